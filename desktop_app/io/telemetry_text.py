"""Telemetry in delimited text: a time in dates, unix times, elapsed seconds or none, and a column for each channel."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.io.channel_table import ChannelTable, channels_in, is_list_of_labels, is_of_light, is_of_sky
from desktop_app.io.clock import TimeName, times_of_dates, times_of_numbers
from desktop_app.io.labels import with_labels_beside
from desktop_app.io.mixed_columns import Layout, layout_of, read_pieces
from desktop_app.io.moments import Moments, Texts, dates_in, joined, numbers_in
from desktop_app.io.reader import HEAD_BYTES, FileSummary, Reader, the_only_part
from desktop_app.io.source import read_head
from desktop_app.io.telemetry_columns import STATE_LIMIT, Words, beside_name, marks_in, numbers_among, states_of
from desktop_app.io.telemetry_rows import Columns, Marks, Times, row_numbers, telemetry_of
from desktop_app.io.text_columns import TextColumn, listed
from desktop_app.io.text_lines import decoded, is_text

_FEW_UNNAMED = 3


def accepts(path: Path, head: bytes) -> bool:
    """Whether the file is a table of channels: nothing in it is called like a brightness or a place in the sky."""
    layout = layout_in_head(path, head) if is_text(head) else None
    if layout is None or is_of_light(layout.columns):
        return False
    if is_list_of_labels(layout.columns):
        return True
    table = channels_in(layout.columns, layout.sample, path.name)
    if table.dated:
        return True
    if is_of_sky(layout.columns) or (not layout.is_named and len(layout.columns) <= _FEW_UNNAMED):
        return False
    return bool(table.numbers) and (table.time is not None or not _is_catalogue(layout, table))


def layout_in_head(path: Path, head: bytes) -> Layout | None:
    """How the table that begins in ``head`` is cut; None where it is no table."""
    end = head.rfind(b"\n") + 1
    whole = len(head) < HEAD_BYTES
    try:
        return layout_of(decoded(head if whole or not end else head[:end], path.name), whole=whole)
    except ReadError:
        # The reader of text says the same in its own words.
        return None


def read(path: Path, part: str | None = None) -> Telemetry:
    """The channels of the table.

    Raises
    ------
    ReadError
        A row is damaged, or the times cannot be read.
    """
    the_only_part(path.name, part)
    layout, table = _told_apart(path)
    gathered = _Gathered(table)
    numbers = table.numbers
    texts = tuple(column for column in (table.time, table.clock, table.label, *table.states) if column is not None)
    for piece in read_pieces(path, layout, numbers, texts):
        gathered.add(piece.numbers, dict(zip(texts, piece.words, strict=True)), piece.odd)
    source = Source(path=path, object_name=beside_name(path), notes=(*table.notes, *gathered.notes()))
    return with_labels_beside(telemetry_of(source, gathered.times(), gathered.columns()))


def summarise(path: Path) -> FileSummary:
    """How many channels there are; a text file says no more of itself.

    Raises
    ------
    ReadError
    """
    _, table = _told_apart(path)
    channels = len(table.numbers) + len(table.states)
    return FileSummary(path, "telemetry", object_name=beside_name(path), shape=(channels,))


def _told_apart(path: Path) -> tuple[Layout, ChannelTable]:
    layout = layout_in_head(path, read_head(path))
    if layout is None:
        raise ReadError(f"{path.name} holds no table of channels.", hint="Open a table with a column for each channel.")
    if is_list_of_labels(layout.columns):
        raise ReadError(
            f"{path.name} is a list of labels, not telemetry: its columns are {listed(layout.columns)}.",
            hint="Open the data that it is about, and load the labels to them.",
        )
    return layout, channels_in(layout.columns, layout.sample, path.name)


def _is_catalogue(layout: Layout, table: ChannelTable) -> bool:
    """Whether a table without times names something in each row, or holds more words than numbers."""
    if len(table.states) > len(table.numbers):
        return True
    for column in table.states:
        words = [row[column.place] for row in layout.sample]
        if len(words) > 1 and len(set(words)) > len(words) / 2:
            return True
    return False


@dataclass(eq=False)
class _Gathered:
    """The rows of a table, piece by piece."""

    table: ChannelTable
    numbers: list[Floats] = field(default_factory=list)
    moments: list[Moments] = field(default_factory=list)
    words: dict[TextColumn, Words] = field(default_factory=dict)
    odd: int = 0

    def add(self, numbers: Floats, words: dict[TextColumn, Texts], odd: int) -> None:
        """The next rows."""
        table = self.table
        self.numbers.append(numbers)
        self.odd += odd
        if table.time is not None:
            texts = words[table.time]
            if table.clock is not None:
                texts = np.char.add(np.char.add(texts, "T"), words[table.clock])
            self.moments.append(dates_in(texts) if table.dated else numbers_in(texts))
        for column in (table.label, *table.states):
            if column is not None:
                self.words.setdefault(column, Words()).add(words[column])

    def times(self) -> Times:
        """The times of all rows."""
        time = self.table.time
        if time is None:
            return row_numbers(sum(map(len, self.numbers)))
        moments = joined(self.moments)
        if self.table.dated:
            return times_of_dates(moments)
        return times_of_numbers(moments, TimeName(time.name, time.unit))

    def notes(self) -> tuple[str, ...]:
        """On what was left out."""
        logs = [column.name for column, words in self.words.items() if words.are_too_many]
        told = [f"Column {name} has more than {STATE_LIMIT:,} different texts and is left out." for name in logs]
        if self.odd:
            told.append(f"{self.odd:,} different texts among the numbers count as missing.")
        return tuple(told)

    def columns(self) -> Columns:
        """The channels in the order of the file, and the labels."""
        table = self.table
        found: dict[TextColumn, tuple[Channel, Floats]] = {}
        for n, column in enumerate(table.numbers):
            values = np.concatenate([piece[:, n] for piece in self.numbers]) if self.numbers else np.empty(0)
            found[column] = Channel(column.name, column.unit), values
        marks: tuple[Marks, ...] = ()
        for column, words in self.words.items():
            said = marks_in(words.words, words.codes) if column == table.label else None
            marks += said or ()
            if said is None and not words.are_too_many:
                found[column] = _channel(column, words)
        return columns_of(found, marks)


def columns_of(found: dict[TextColumn, tuple[Channel, Floats]], marks: tuple[Marks, ...]) -> Columns:
    """Channels in the order of their places in the file."""
    ordered = [found[column] for column in sorted(found, key=lambda column: column.place)]
    return Columns(tuple(channel for channel, _ in ordered), [values for _, values in ordered], marks)


def _channel(column: TextColumn, words: Words) -> tuple[Channel, Floats]:
    """An enumeration; or numbers, where a column that is called a label holds no labels."""
    codes = words.codes
    values = numbers_among(words.words, codes)
    if words.words and np.isfinite(values).sum() == np.isfinite(codes).sum():
        return Channel(column.name, column.unit), values
    states, codes = states_of(words.words, codes)
    return Channel(column.name, column.unit, states), codes


READER = Reader("telemetry-text", "Telemetry in text", (".csv", ".tsv", ".txt", ".dat"), accepts, read, summarise)
