"""Telemetry in delimited text: a time in dates, unix times, elapsed seconds or none, and a column for each channel."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from desktop_app.core.errors import ReadError
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Telemetry
from desktop_app.io.reader import HEAD_BYTES, FileSummary, Reader, the_only_part
from desktop_app.io.source import read_head
from desktop_app.io.tables.column_names import TextColumn, listed
from desktop_app.io.tables.mixed_columns import Layout, layout_of, read_pieces
from desktop_app.io.tables.text_lines import decoded, is_text
from desktop_app.io.telemetry.channel_table import (
    ChannelTable,
    channels_in,
    is_list_of_labels,
    is_of_light,
    is_telemetry,
)
from desktop_app.io.telemetry.gathered import Gathered
from desktop_app.io.telemetry.labels import with_labels_beside
from desktop_app.io.telemetry.moments import Moments, Texts, dates_in, numbers_in
from desktop_app.io.telemetry.telemetry_columns import beside_name
from desktop_app.io.telemetry.telemetry_rows import telemetry_of


def accepts(path: Path, head: bytes) -> bool:
    """Whether the file is a table of channels: nothing in it is called like a brightness or a place in the sky."""
    layout = layout_in_head(path, head) if is_text(head) else None
    if layout is None or is_of_light(layout.columns):
        return False
    if is_list_of_labels(layout.columns):
        return True
    table = channels_in(layout.columns, layout.sample, path.name)
    return is_telemetry(layout.columns, table, layout.sample, is_named=layout.is_named)


def layout_in_head(path: Path, head: bytes) -> Layout | None:
    """How the table that begins in ``head`` is cut; None where it is no table."""
    return _layout(path.name, head)


# Several readers ask for the same head, one after the other.
@lru_cache(maxsize=4)
def _layout(file: str, head: bytes) -> Layout | None:
    end = head.rfind(b"\n") + 1
    whole = len(head) < HEAD_BYTES
    try:
        return layout_of(decoded(head if whole or not end else head[:end], file), whole=whole)
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
    gathered = Gathered(table)
    texts = tuple(column for column in (table.time, table.clock, table.label, *table.states) if column is not None)
    for piece in read_pieces(path, layout, table.numbers, texts):
        words = dict(zip(texts, piece.words, strict=True))
        gathered.add(piece.numbers, moments_in(table, words), words, piece.odd)
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


def moments_in(table: ChannelTable, words: Mapping[TextColumn, Texts]) -> Moments | None:
    """The times of rows by their texts; None where they have none."""
    if table.time is None:
        return None
    texts = words[table.time]
    if table.clock is not None:
        texts = np.char.add(np.char.add(texts, "T"), words[table.clock])
    return dates_in(texts) if table.dated else numbers_in(texts)


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


READER = Reader("telemetry-text", "Telemetry in text", (".csv", ".tsv", ".txt", ".dat"), accepts, read, summarise)
