"""Events as ECSV: text with units, UCDs and the whole provenance in its head, read by astropy and TOPCAT."""

import io
from dataclasses import asdict
from pathlib import Path

from desktop_app.core.event_table import EventTable, signals_as_values
from desktop_app.export.writer import Writer, write_together


def write(table: EventTable, path: Path) -> list[Path]:
    """Write ``table`` to ``path``."""
    return write_together({path: _text(table)})


WRITER = Writer("ecsv", "ECSV, the table format of astropy", ".ecsv", write)


def _text(table: EventTable) -> str:
    from astropy.table import Column, Table

    columns = [
        Column(
            column.values,
            name=column.name,
            unit=column.unit or None,
            description=column.help,
            meta={"label": column.label, "ucd": column.ucd},
        )
        for column in table.columns
    ]
    meta: dict[str, object] = {"events": len(table), "provenance": [asdict(origin) for origin in table.provenance]}
    if table.signals:
        meta["signals"] = signals_as_values(table)
    text = io.StringIO(newline="")
    Table(columns, meta=meta).write(text, format="ascii.ecsv")
    return text.getvalue()
