"""Long tables of telemetry: one row a value, with its channel and its time, as OPS-SAT's and many archives are."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.io.reader import FileSummary, Reader, chosen_part
from desktop_app.io.tables.text_lines import is_text
from desktop_app.io.telemetry.labels import with_labels_beside
from desktop_app.io.telemetry.long_table import LongTable, columns_in, is_of_segments, read_long, told_apart
from desktop_app.io.telemetry.npy_file import VALUES_LIMIT_BYTES
from desktop_app.io.telemetry.telemetry_columns import beside_name, states_of
from desktop_app.io.telemetry.telemetry_rows import Columns, Marks, telemetry_of
from desktop_app.io.telemetry.telemetry_text import layout_in_head

ALL = "all channels"


def accepts(path: Path, head: bytes) -> bool:
    """Whether the file is a text table with a channel, a time and a value in each row; or statistics of such."""
    layout = layout_in_head(path, head) if is_text(head) else None
    if layout is None or not layout.is_named:
        return False
    return is_of_segments(layout.columns) or columns_in(layout.columns, layout.sample, path.name) is not None


def read(path: Path, part: str | None = None) -> Telemetry:
    """One channel on its own clock, or all of them on the union of their times.

    Raises
    ------
    ReadError
        A row is damaged, or the times cannot be read.
    ParamError
        There is no such channel.
    """
    return telemetry_in(read_long(path), path, part)


def telemetry_in(table: LongTable, path: Path, part: str | None) -> Telemetry:
    """One channel of a long table, or all of them.

    Raises
    ------
    ParamError
        There is no such channel.
    """
    parts = _parts(table)
    chosen = parts[chosen_part(path.name, parts, part)]
    source = Source(path=path, object_name=chosen, part=chosen, parts=parts, notes=table.notes)
    if chosen == ALL and ALL not in table.names:
        return with_labels_beside(_together(replace(source, object_name=beside_name(path)), table))
    return with_labels_beside(_alone(source, table, table.names.index(chosen)))


def summarise(path: Path) -> FileSummary:
    """That it is telemetry; how many channels there are, only the whole file tells.

    Raises
    ------
    ReadError
    """
    told_apart(path)
    return FileSummary(path, "telemetry", object_name=beside_name(path))


def _parts(table: LongTable) -> tuple[str, ...]:
    """The channels, and all of them together where there are several and they have room in memory."""
    n = int(np.isfinite(table.times.seconds).sum())
    if len(table.names) < 2 or ALL in table.names or n * len(table.names) * 8 > VALUES_LIMIT_BYTES // 4:
        return table.names
    return (*table.names, ALL)


def _channel(table: LongTable, name: str, rows: Ints) -> tuple[Channel, Floats]:
    """A channel and its values: states where most of them are texts, else numbers, and texts count as missing."""
    unit, values, codes = table.units.get(name, ""), table.values[rows], table.codes[rows]
    if np.isfinite(codes).sum() <= np.isfinite(values).sum():
        return Channel(name, unit), values
    used = np.unique(codes[np.isfinite(codes)]).astype(np.int64)
    place = np.full(len(table.words) + 1, np.nan)
    place[used] = np.arange(len(used))
    own = place[np.where(np.isfinite(codes), codes, len(table.words)).astype(np.int64)]
    states, codes = states_of([table.words[n] for n in used], own)
    return Channel(name, unit, states), codes


def _alone(source: Source, table: LongTable, place: int) -> Telemetry:
    rows = np.flatnonzero(table.channel == place)
    channel, values = _channel(table, table.names[place], rows)
    marks = tuple(replace(mark, rows=mark.rows[rows]) for mark in table.marks)
    times = replace(table.times, seconds=table.times.seconds[rows])
    return telemetry_of(source, times, Columns((channel,), [values], marks, rows))


def _together(source: Source, table: LongTable) -> Telemetry:
    """All channels on the union of their times; a second value of a channel at one time has a row of its own."""
    rows = np.flatnonzero(np.isfinite(table.times.seconds) & (table.channel >= 0))
    seconds, channel = table.times.seconds[rows], table.channel[rows]
    order = np.lexsort((rows, channel, seconds))
    again = np.zeros(len(rows), np.int64)
    same = (np.diff(seconds[order]) == 0) & (np.diff(channel[order]) == 0)
    starts = np.flatnonzero(np.concatenate(([True], ~same)))
    again[order] = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
    keys, first, place = np.unique(
        np.stack([seconds, again.astype(np.float64)], axis=1), axis=0, return_index=True, return_inverse=True
    )
    place = place.reshape(-1)
    found = []
    marks = []
    for n, name in enumerate(table.names):
        mine = np.flatnonzero(channel == n)
        described, values = _channel(table, name, rows[mine])
        column = np.full(len(keys), np.nan)
        column[place[mine]] = values
        found.append((described, column))
        for mark in table.marks:
            marked = np.zeros(len(keys), bool)
            marked[place[mine]] = mark.rows[rows[mine]]
            if marked.any():
                marks.append(Marks(mark.kind, _filled(marked, place[mine]), name))
    times = replace(table.times, seconds=keys[:, 0])
    channels = tuple(channel for channel, _ in found)
    return telemetry_of(source, times, Columns(channels, [values for _, values in found], tuple(marks), rows[first]))


def _filled(marked: Bools, own: Ints) -> Bools:
    """``marked`` with the rows of other channels marked as well that lie between two neighbours of its own that are."""
    own = np.sort(own)
    before = np.searchsorted(own, np.arange(len(marked)), side="right") - 1
    after = np.minimum(np.searchsorted(own, np.arange(len(marked))), len(own) - 1)
    return (before >= 0) & marked[own[np.maximum(before, 0)]] & marked[own[after]]


READER = Reader("telemetry-long", "Long tables of telemetry", (".csv", ".tsv"), accepts, read, summarise)
