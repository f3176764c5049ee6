"""Events of telemetry as stretches of rows in JSON, laid out as label files are, which come back as labels."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.errors import WriteError
from desktop_app.core.event_table import EventTable
from desktop_app.export.writer import Writer, write_together

_NAMELESS = "value"
_COUNTED_IN_SECONDS = "s"


@dataclass(frozen=True)
class Stretch:
    """Rows of one channel, both ends inclusive; ``in_seconds`` where its times count from nobody knows when."""

    channel: str
    start: int
    end: int
    kind: str
    in_seconds: bool


def write(table: EventTable, path: Path) -> list[Path]:
    """Write the stretches of ``table`` to ``path``.

    ``{"P-1": {"anomalies": [[2149, 2349, "pattern"]]}}``: rows of the file from 0, both ends inclusive. Where times
    are seconds from nobody knows when, bare numbers would be read as such, so each stretch says that it counts rows.

    Raises
    ------
    WriteError
        These are events of light curves, two files have a channel of one name, or the file cannot be written.
    """
    channels: dict[str, dict[str, list[object]]] = {}
    for stretch in stretches_of(table, path):
        bare: list[object] = [stretch.start, stretch.end, stretch.kind]
        told = dict(zip(("row_start", "row_end", "kind"), bare, strict=True))
        channels.setdefault(stretch.channel, {"anomalies": []})["anomalies"].append(
            told if stretch.in_seconds else bare
        )
    lines = [f"  {json.dumps(name, ensure_ascii=False)}: {_json(entry)}" for name, entry in channels.items()]
    return write_together({path: "{\n" + ",\n".join(lines) + "\n}\n"})


WRITER = Writer("intervals", "Stretches of rows in JSON, as label files", ".json", write, of="telemetry")


def stretches_of(table: EventTable, path: Path) -> list[Stretch]:
    """The events as stretches of channels; a channel that bears no name of its own goes by its part.

    Raises
    ------
    WriteError
        These are events of light curves, or two files have a channel of one name.
    """
    columns = {column.name: column.values.tolist() for column in table.columns}
    if "channel" not in columns:
        raise WriteError(
            f"{path.name} would be a list of stretches in telemetry, and these are events of a light curve.",
            hint="Let the name end in .csv or .ecsv.",
        )
    pairs = zip(columns["channel"], columns["part"], strict=True)
    names = [part if channel == _NAMELESS and part else channel for channel, part in pairs]
    places = set(zip(names, columns["file"], columns["part"], strict=True))
    for name, count in Counter(name for name, *_ in places).items():
        if count > 1:
            raise WriteError(
                f"{path.name} cannot tell the channels apart that are called {name}: they are in different files or "
                "parts.",
                hint="Write a list for each file, or one that ends in .csv or .ecsv.",
            )
    systems = [system == _COUNTED_IN_SECONDS for system in columns["time_system"]]
    rows = zip(names, columns["row_start"], columns["row_end"], columns["kind"], systems, strict=True)
    return [Stretch(*row) for row in rows]


def _json(entry: object) -> str:
    return json.dumps(entry, ensure_ascii=False)
