"""Writers, one file a format: from a table of events to a file."""

from pathlib import Path

from desktop_app.core.errors import WriteError
from desktop_app.core.event_table import EventTable
from desktop_app.core.registry import Registry
from desktop_app.export.writer import Writer

WRITERS: Registry[Writer] = Registry(
    "export format",
    {
        "ecsv": "desktop_app.export.ecsv:WRITER",
        "telemanom": "desktop_app.export.anomaly_table:WRITER",
        "csv": "desktop_app.export.csv:WRITER",
        "intervals": "desktop_app.export.intervals:WRITER",
        "ds9": "desktop_app.export.ds9:WRITER",
    },
)


def writer_for(path: Path) -> Writer:
    """The writer of the format that the end of the name ``path`` asks for.

    Raises
    ------
    WriteError
        No format has this suffix.
    """
    for writer in WRITERS.values():
        if path.name.lower().endswith(writer.suffix):
            return writer
    known = ", ".join(f"{writer.suffix} ({writer.label})" for writer in WRITERS.values())
    raise WriteError(f"{path.name} does not say which format to write.", hint=f"Let the name end in {known}.")


def writers_of(table: EventTable) -> list[Writer]:
    """The writers that take these events: some formats are of one kind of data alone."""
    names = {column.name for column in table.columns}
    of = "telemetry" if "channel" in names else "pictures" if "region_pixels" in names else ""
    return [writer for writer in WRITERS.values() if writer.of in ("", of)]


def write_events(table: EventTable, path: Path) -> list[Path]:
    """Write ``table`` in the format that the suffix of ``path`` names; the paths that were written.

    Raises
    ------
    WriteError
        No format has this suffix, or the file cannot be written; a file that stood there is then left as it was.
    """
    return writer_for(path).write(table, path)
