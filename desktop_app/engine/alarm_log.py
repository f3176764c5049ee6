"""Alarms of a replay as lines of text: appended to a file at once, so that a program that is killed leaves them."""

import csv
import io
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from desktop_app.core.channels.alarms import LogEntry
from desktop_app.core.errors import WriteError
from desktop_app.core.telemetry import Telemetry, utc_dates
from desktop_app.export.csv import in_cell
from desktop_app.export.writer import check_target

SUFFIXES = (".csv", ".jsonl")
COLUMNS = (
    "run",
    "file",
    "part",
    "channel",
    "alarm",
    "what",
    "severity",
    "row",
    "time",
    "date",
    "row_began",
    "row_ended",
    "row_peak",
    "peak",
    "threshold",
    "duration",
    "acknowledged",
    "injected",
    "reason",
)
Cell = str | int | float | bool | None


@dataclass(frozen=True)
class LogOrigin:
    """What the lines of a log are about: the replay's own mark, the data, and from which score on samples count."""

    run: str
    data: Telemetry


def record_of(entry: LogEntry, origin: LogOrigin, threshold: float) -> dict[str, Cell]:
    """One entry by the names of `COLUMNS`; rows are those of the file, from 0; None where a thing is not known yet."""
    data, alarm = origin.data, entry.alarm
    last = entry.row if alarm.stands else alarm.ended
    date = utc_dates(np.array([data.zero_unix_s + data.time[entry.row]]))[0]
    source = data.source
    return {
        "run": origin.run,
        "file": str(source.path) if source.path else source.object_name,
        "part": source.part,
        "channel": alarm.channel,
        "alarm": alarm.number,
        "what": entry.what,
        "severity": alarm.severity,
        "row": int(data.row[entry.row]),
        "time": float(data.time[entry.row]),
        "date": date or None,
        "row_began": int(data.row[alarm.began]),
        "row_ended": None if alarm.stands else int(data.row[alarm.ended]),
        "row_peak": int(data.row[alarm.peak_row]),
        "peak": round(alarm.peak, 4),
        "threshold": threshold,
        "duration": float(data.time[last] - data.time[alarm.began]),
        "acknowledged": alarm.acknowledged,
        "injected": alarm.injected,
        "reason": entry.reason,
    }


def as_csv(records: Iterable[dict[str, Cell]], *, header: bool = True) -> str:
    """Records as CSV (RFC 4180)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    if header:
        writer.writerow(COLUMNS)
    writer.writerows([_cell(record[name]) for name in COLUMNS] for record in records)
    return text.getvalue()


def as_text(records: Sequence[dict[str, Cell]]) -> str:
    """Records as lines for a person."""
    return "".join(line_of(record) + "\n" for record in records)


def line_of(record: dict[str, Cell]) -> str:
    """One record in a line: "row 4,690  A-1  alarm 1 raised, major: 3 of the last 3 samples …"."""
    injected = " [injected fault]" if record["injected"] else ""
    at = f"{record['date']} UTC" if record["date"] else f"row {record['row']:,}"
    what = f"alarm {record['alarm']} {record['what']}"
    return f"{at}  {record['channel']}  {what}, {record['severity']}, peak {record['peak']:.2f}{injected}: " + str(
        record["reason"]
    )


class AlarmLog:
    """A file that every entry is appended to, whole lines at once; what stood there stays.

    Parameters
    ----------
    path : Path
        Ends in .csv or .jsonl.

    Raises
    ------
    WriteError
        It cannot be written, or is a CSV of something else.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in SUFFIXES:
            raise WriteError(f"{path.name} is no kind of log.", hint=f"Let its name end in {' or '.join(SUFFIXES)}.")
        check_target(path)
        self._path = path
        self._csv = path.suffix.lower() == ".csv"
        header = ",".join(COLUMNS)
        try:
            before = path.read_bytes() if path.exists() else b""
            if self._csv and before and not before.decode("utf-8", "replace").startswith(header):
                raise WriteError(f"{path.name} is a table of something else.", hint="Give the name of another file.")
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
        except OSError as error:
            raise _unwritable(path, error) from error
        # A program that was killed while it wrote may have left half a line.
        self._put(("" if not before or before.endswith(b"\n") else "\r\n") + ("" if before else self._header()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        os.close(self._file)

    def append(self, records: Sequence[dict[str, Cell]]) -> None:
        """Write records, each in its line, before coming back.

        Raises
        ------
        WriteError
            The disk is full or gone.
        """
        if self._csv:
            self._put(as_csv(records, header=False))
        else:
            self._put("".join(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n" for record in records))

    def _header(self) -> str:
        return as_csv(()) if self._csv else ""

    def _put(self, text: str) -> None:
        if not text:
            return
        try:
            left = text.encode("utf-8", "backslashreplace")
            while left:
                left = left[os.write(self._file, left) :]
            os.fsync(self._file)
        except OSError as error:
            raise _unwritable(self._path, error) from error


def _cell(value: Cell) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else in_cell(value) if isinstance(value, str) else str(value)


def _unwritable(path: Path, error: OSError) -> WriteError:
    return WriteError(f"{path} cannot be written: {error.strerror or 'the system refuses'}.", hint="Choose another.")
