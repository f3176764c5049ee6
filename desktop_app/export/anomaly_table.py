"""Events of telemetry as telemanom's ``labeled_anomalies.csv``: a row a channel, with the rows of its sequences."""

import csv
import io
from pathlib import Path

from desktop_app.core.event_table import EventTable
from desktop_app.export.csv import in_cell
from desktop_app.export.intervals import Stretch, stretches_of
from desktop_app.export.writer import Writer, write_together


def write(table: EventTable, path: Path) -> list[Path]:
    """Write ``table`` to ``path``: rows of the file from 0, both ends inclusive.

    Raises
    ------
    WriteError
        These are events of light curves, two files have a channel of one name, or the file cannot be written.
    """
    channels: dict[str, list[Stretch]] = {}
    for stretch in stretches_of(table, path):
        channels.setdefault(stretch.channel, []).append(stretch)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("chan_id", "spacecraft", "anomaly_sequences", "class"))
    for name, stretches in channels.items():
        sequences = [[stretch.start, stretch.end] for stretch in stretches]
        kinds = ", ".join(stretch.kind for stretch in stretches)
        writer.writerow((in_cell(name), "", str(sequences), f"[{kinds}]"))
    return write_together({path: text.getvalue()})


WRITER = Writer("telemanom", "Labels as of telemanom", "labeled_anomalies.csv", write, of="telemetry")
