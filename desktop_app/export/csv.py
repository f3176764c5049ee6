"""Events as CSV (RFC 4180) for spreadsheets and scripts, with units and provenance in a JSON file beside it."""

import csv
import io
import json
import math
from dataclasses import asdict
from pathlib import Path

import numpy as np

from desktop_app.core.event_table import EventTable, signals_as_values
from desktop_app.export.writer import Writer, write_together

# What a spreadsheet takes for the start of a formula, in narrow and in full width.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(table: EventTable, path: Path) -> list[Path]:
    """Write ``table`` to ``path`` and its description to ``path`` with ``.json`` added; both or neither."""
    return write_together({path: _rows(table), path.with_name(f"{path.name}.json"): _description(table)})


WRITER = Writer("csv", "CSV with a JSON description beside it", ".csv", write)


def _rows(table: EventTable) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)  # RFC 4180 is this module's default: CRLF, quotes doubled
    writer.writerow(column.name for column in table.columns)
    cells = [[_cell(value) for value in column.values] for column in table.columns]
    writer.writerows(zip(*cells, strict=True))
    return text.getvalue()


def _cell(value: np.generic) -> str:
    plain = value.item()
    if isinstance(plain, float):
        return "" if math.isnan(plain) else repr(plain)
    return in_cell(plain) if isinstance(plain, str) else str(plain)


def in_cell(text: str) -> str:
    """``text`` as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _description(table: EventTable) -> str:
    columns = [
        {"name": column.name, "label": column.label, "unit": column.unit, "ucd": column.ucd, "description": column.help}
        for column in table.columns
    ]
    reading = (
        "An empty cell of a number is not known (NaN). A text that a spreadsheet would take for a formula has an "
        "apostrophe before it."
    )
    provenance = [asdict(origin) for origin in table.provenance]
    whole: dict[str, object] = {"events": len(table), "reading": reading, "columns": columns, "provenance": provenance}
    if table.signals:
        whole["signals"] = signals_as_values(table)
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
