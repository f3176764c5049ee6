"""Rows of a table of channels, gathered piece by piece as they are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.telemetry import Channel
from desktop_app.io.tables.column_names import TextColumn
from desktop_app.io.telemetry.channel_table import ChannelTable
from desktop_app.io.telemetry.clock import TimeName, times_of_dates, times_of_numbers
from desktop_app.io.telemetry.moments import Moments, Texts, joined
from desktop_app.io.telemetry.telemetry_columns import STATE_LIMIT, Words, marks_in, numbers_among, states_of
from desktop_app.io.telemetry.telemetry_rows import Columns, Marks, Times, row_numbers


@dataclass(eq=False)
class Gathered:
    """The rows of a table, piece by piece."""

    table: ChannelTable
    numbers: list[Floats] = field(default_factory=list)
    moments: list[Moments] = field(default_factory=list)
    words: dict[TextColumn, Words] = field(default_factory=dict)
    odd: int = 0

    def add(self, numbers: Floats, moments: Moments | None, words: Mapping[TextColumn, Texts], odd: int = 0) -> None:
        """The next rows: numbers of shape (m, number of columns), times, and the texts of labels and states."""
        self.numbers.append(numbers)
        self.odd += odd
        if moments is not None:
            self.moments.append(moments)
        for column in (self.table.label, *self.table.states):
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
            what = "1 text among the numbers counts" if self.odd == 1 else f"{self.odd:,} texts among the numbers count"
            told.append(f"{what} as missing.")
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
