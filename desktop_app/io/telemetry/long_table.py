"""The rows of a long table, which has the channel, the time and the value of one measurement in each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.errors import ReadError
from desktop_app.io.source import read_head, version_of
from desktop_app.io.tables.column_names import TextColumn
from desktop_app.io.tables.mixed_columns import Layout, read_pieces
from desktop_app.io.telemetry.channel_table import channels_in
from desktop_app.io.telemetry.clock import TimeName, times_of_dates, times_of_numbers
from desktop_app.io.telemetry.moments import Moments, dates_in, floats_in, joined, numbers_in
from desktop_app.io.telemetry.telemanom import in_counting_order
from desktop_app.io.telemetry.telemetry_columns import STATE_LIMIT, Words, marks_in
from desktop_app.io.telemetry.telemetry_rows import Marks, Times
from desktop_app.io.telemetry.telemetry_text import layout_in_head

_CHANNELS = ("channel", "chan", "chan_id", "channel_id", "channel_name", "signal", "parameter", "param", "mnemonic")
_FURTHER_CHANNELS = ("sensor", "sensor_id", "tag", "variable", "measurement", "metric", "name", "id")
_VALUES = ("value", "val", "values", "reading", "eng_value", "engineering_value", "raw_value", "raw", "data")
_UNITS = ("unit", "units")
CHANNELS = 20_000
_LOG = f"More than {STATE_LIMIT:,} different texts stand among the values and are left out."


class _TextAmongNumbers(Exception):  # noqa: N818  it is no error but news
    pass


@dataclass(frozen=True)
class LongColumns:
    """Which column of a long table is what."""

    time: TextColumn
    dated: bool
    channel: TextColumn
    value: TextColumn
    label: TextColumn | None
    unit: TextColumn | None


@dataclass(frozen=True, eq=False)
class LongTable:
    """A long table.

    Attributes
    ----------
    times : Times
    names : tuple of str
        The channels in the order people count.
    channel : ndarray, shape (n,)
        The place of each row's channel among ``names``; -1 where it names none.
    values, codes : ndarray, shape (n,)
        Numbers, and the places of texts among ``words``; NaN where a row has none.
    words : tuple of str
        What the values are where they are texts.
    units : mapping of str to str
        Of the channels, where the table tells.
    marks : tuple of Marks
    notes : tuple of str
    """

    times: Times
    names: tuple[str, ...]
    channel: Ints
    values: Floats
    codes: Floats
    words: tuple[str, ...]
    units: dict[str, str]
    marks: tuple[Marks, ...]
    notes: tuple[str, ...]


def columns_in(every: tuple[TextColumn, ...], sample: tuple[tuple[str, ...], ...], file: str) -> LongColumns | None:
    """Which column is what; None where it is no long table. Parameters as in `channels_in`."""

    def first(names: tuple[str, ...]) -> TextColumn | None:
        return next((column for name in names for column in every if column.key == name), None)

    channel, value = first((*_CHANNELS, *_FURTHER_CHANNELS)), first(_VALUES)
    if channel is None or value is None:
        return None
    rest = tuple(column for column in every if column != channel)
    table = channels_in(rest, sample, file)
    if table.time is None:
        return None
    return LongColumns(table.time, table.dated, channel, value, table.label, first(_UNITS))


def is_of_segments(every: Sequence[TextColumn]) -> bool:
    """Whether each row has the statistics of a segment, as OPS-SAT's table to learn from has."""
    keys = {column.key for column in every}
    return {"segment", "channel", "mean"} <= keys and not keys & set(_VALUES)


def told_apart(path: Path) -> tuple[Layout, LongColumns]:
    """How the table is cut, and which column is what.

    Raises
    ------
    ReadError
        It is no long table.
    """
    layout = layout_in_head(path, read_head(path))
    if layout is not None and is_of_segments(layout.columns):
        raise ReadError(
            f"{path.name} holds statistics of segments, one row each, without the times and values behind them.",
            hint="Open the table of the values: its columns are channel, timestamp, value.",
        )
    columns = None if layout is None else columns_in(layout.columns, layout.sample, path.name)
    if layout is None or columns is None:
        raise ReadError(f"{path.name} is no table of channel, time and value.", hint="Name its columns so.")
    return layout, columns


def read_long(path: Path) -> LongTable:
    """All rows of the table.

    Raises
    ------
    ReadError
        It is none, a row is damaged, or the times cannot be read.
    """
    return _of_version(path, version_of(path))


# The channels of one table are looked at one after the other, and each needs the whole of it.
@lru_cache(maxsize=1)
def _of_version(path: Path, _version: tuple[int, int]) -> LongTable:
    layout, columns = told_apart(path)
    # Values are read as numbers, which is fast, until a text turns up among them.
    try:
        rows = _rows(path, layout, columns, worded=False)
    except _TextAmongNumbers:
        rows = _rows(path, layout, columns, worded=True)
    return long_table(path.name, columns, *rows)


def long_table(
    file: str, columns: LongColumns, moments: Moments, words: Mapping[TextColumn, Words], values: Floats
) -> LongTable:
    """The long table by its gathered rows.

    Parameters
    ----------
    file : str
        Its name, for messages.
    columns : LongColumns
    moments : Moments
    words : mapping of TextColumn to Words
        Of channels, labels and units; of values where texts stand among them.
    values : ndarray, shape (n,)

    Raises
    ------
    ReadError
        It has too many channels.
    """
    name = TimeName(columns.time.name, columns.time.unit)
    times = times_of_dates(moments) if columns.dated else times_of_numbers(moments, name)
    channels = words[columns.channel]
    if channels.are_too_many:
        raise ReadError(f"{file} has more than {CHANNELS:,} channels.", hint="Save some of them alone.")
    names, places = _counted(channels)
    labels = None if columns.label is None else words[columns.label]
    texts = words.get(columns.value)
    return LongTable(
        times=times,
        names=names,
        channel=places,
        values=values,
        codes=texts.codes if texts else np.full(len(values), np.nan),
        words=texts.words if texts else (),
        units=_units(names, places, words.get(columns.unit)) if columns.unit else {},
        marks=() if labels is None else marks_in(labels.words, labels.codes) or (),
        notes=(_LOG,) if texts and texts.are_too_many else (),
    )


def _rows(
    path: Path, layout: Layout, columns: LongColumns, *, worded: bool
) -> tuple[Moments, dict[TextColumn, Words], Floats]:
    """Times, texts and numbers of all rows; values are looked at for texts only where they are ``worded``."""
    texts = tuple(column for column in (columns.time, columns.channel, columns.label, columns.unit) if column)
    words = {column: Words(CHANNELS) for column in texts[1:]}
    texts += (columns.value,) if worded else ()
    states = Words()
    moments: list[Moments] = []
    values: list[Floats] = []
    for piece in read_pieces(path, layout, () if worded else (columns.value,), texts):
        if piece.odd:
            raise _TextAmongNumbers
        rows = dict(zip(texts, piece.words, strict=True))
        moments.append(dates_in(rows[columns.time]) if columns.dated else numbers_in(rows[columns.time]))
        for column, known in words.items():
            known.add(rows[column])
        if worded:
            numbers, odd = floats_in(rows[columns.value])
            values.append(numbers)
            states.add(np.where(odd, rows[columns.value], ""))
        else:
            values.append(piece.numbers[:, 0])
    return joined(moments), words | ({columns.value: states} if worded else {}), np.concatenate(values)


def _counted(channels: Words) -> tuple[tuple[str, ...], Ints]:
    """The channels in the order people count, and the place of each row's; -1 where it names none."""
    names = in_counting_order(list(channels.words))
    place = np.array([names.index(word) for word in channels.words] + [-1], np.int64)
    codes = channels.codes
    return names, place[np.where(np.isfinite(codes), codes, -1).astype(np.int64)]


def _units(names: tuple[str, ...], channel: Ints, units: Words | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if units is None:
        return found
    for n, name in enumerate(names):
        rows = units.codes[channel == n]
        rows = rows[np.isfinite(rows)]
        if len(rows):
            found[name] = units.words[int(rows[0])]
    return found
