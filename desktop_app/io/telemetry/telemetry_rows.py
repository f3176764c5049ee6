"""From columns as they lie in a file to telemetry: rows put into the order of time, labels moved along with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Clock, Interval, Telemetry, stretches

# Milliseconds since 1970 stay below it; what is beyond only damage can have made.
_LARGEST_TIME_S = 1e15


@dataclass(frozen=True, eq=False)
class Times:
    """The times of rows.

    Attributes
    ----------
    seconds : ndarray, shape (n,)
        NaN where a row has no time.
    clock : str
    zero_unix_s : float
        As in `Telemetry`.
    notes : tuple of str
    """

    seconds: Floats
    clock: Clock = "samples"
    zero_unix_s: float = float("nan")
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Marks:
    """Rows that carry one kind of label: ``rows`` has shape (n,); ``channel`` is "" where it is about all channels."""

    kind: str
    rows: Bools
    channel: str = ""


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns as they lie in the file: ``values`` are arrays of shape (n,), one a channel."""

    channels: tuple[Channel, ...]
    values: Sequence[Floats]
    marks: tuple[Marks, ...] = ()
    row: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


def row_numbers(n: int) -> Times:
    """The times of ``n`` rows that have none."""
    return Times(np.arange(n, dtype=np.float64))


def telemetry_of(source: Source, times: Times, columns: Columns) -> Telemetry:
    """Telemetry with notes on rows without time, on order and on repeated times.

    Rows without time are left out, rows out of order are put into it; ``row`` keeps their numbers in the file. Values
    that are infinite count as missing; nothing else is changed.
    """
    seconds = np.where(np.abs(times.seconds) <= _LARGEST_TIME_S, times.seconds, np.nan)
    place = np.flatnonzero(np.isfinite(seconds))
    untimed = len(seconds) - len(place)
    moved = 0
    if np.any(np.diff(seconds[place]) < 0):
        order = np.argsort(seconds[place], kind="stable")
        moved = int(np.sum(order != np.arange(len(order))))
        place = place[order]
    as_it_is = not untimed and not moved
    time = seconds if as_it_is else seconds[place]
    values = np.empty((len(time), len(columns.values)))
    for n, column in enumerate(columns.values):
        values[:, n] = column if as_it_is else column[place]
    endless = int(_make_missing(values))
    notes = (
        *times.notes,
        *([f"{_have(untimed)} no time, and {'is' if untimed == 1 else 'are'} left out."] if untimed else []),
        *([f"Time goes back: {moved:,} rows were put into order."] if moved else []),
        *_repeated(time, times.clock),
        *([f"{endless:,} infinite values count as missing."] if endless else []),
    )
    rows = columns.row if len(columns.row) else np.arange(len(seconds), dtype=np.int64)
    return Telemetry(
        source=replace(source, notes=(*source.notes, *notes)),
        time=time,
        values=values,
        channels=columns.channels,
        clock=times.clock,
        zero_unix_s=times.zero_unix_s,
        row=rows if as_it_is else rows[place],
        labels=tuple(_intervals(columns.marks, place)),
    )


def _make_missing(values: Floats) -> int:
    """Put NaN in the place of what is infinite; how many there were."""
    count = 0
    for column in values.T:
        endless = np.isinf(column)
        if endless.any():
            column[endless] = np.nan
            count += int(endless.sum())
    return count


def _intervals(marks: tuple[Marks, ...], place: Ints) -> list[Interval]:
    found = [
        Interval(start, stop, mark.kind, mark.channel) for mark in marks for start, stop in stretches(mark.rows[place])
    ]
    return sorted(found, key=lambda label: (label.start, label.stop))


def _repeated(time: Floats, clock: Clock) -> list[str]:
    same = int(np.sum(time[1:] == time[:-1]))
    return [f"{_have(same)} the time of the row before."] if same and clock != "samples" else []


def _have(count: int) -> str:
    return "1 row has" if count == 1 else f"{count:,} rows have"
