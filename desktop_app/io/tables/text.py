"""Light curves in delimited text: time, brightness and perhaps an error, told by the names of the columns."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from desktop_app.core.errors import ReadError
from desktop_app.core.light_curve import LightCurve
from desktop_app.io.reader import FileSummary, Reader
from desktop_app.io.source import read_head
from desktop_app.io.tables.column_names import TextColumn, may_be_light_curve, may_be_unnamed_light_curve
from desktop_app.io.tables.named_columns import NamedTable, curve_of, star_name
from desktop_app.io.tables.text_columns import Columns
from desktop_app.io.tables.text_header import source_in
from desktop_app.io.tables.text_lines import LINE_END, decoded, is_text, pieces
from desktop_app.io.tables.text_rows import TextRows, joined, rows_in
from desktop_app.io.tables.text_table import NAME_THEM, TextTable, is_comment, layout_of, table_in

T = TypeVar("T")
_SAMPLE_CHARACTERS = 8 << 10


def accepts(path: Path, head: bytes) -> bool:
    """Whether the file is text that may be a light curve; text that is no table at all is refused when it is read."""
    if not is_text(head):
        return False
    try:
        return layout_in_head(path, head, lambda table, _file: _may_be_curve(table))
    except ReadError:
        return True


def read(path: Path, part: str | None = None) -> LightCurve:
    """The light curve; its columns are told apart by their names and units.

    Raises
    ------
    ReadError
        It is no table, or its columns cannot be told apart.
    """
    layout, rows = _read_rows(path, layout_of, lambda layout: (layout.table, layout.words))
    table = _named(path, layout.table, layout.words, rows)
    if layout.by_order and not np.all(np.diff(table.numbers[layout.roles.time]) > 0):
        raise layout.table.as_columns(path.name).unclear(
            f"{path.name} does not name its columns, and its first column does not rise all the way.", NAME_THEM
        )
    return curve_of(table, layout.roles, part)


def read_named(path: Path) -> tuple[Columns, NamedTable]:
    """The table in ``path`` before anyone says what its columns are; those of dates, bands and objects are words.

    Raises
    ------
    ReadError
        It is no table, or a row of it is damaged.
    """
    table, rows = _read_rows(
        path, lambda table, _file: table, lambda table: (table, table.as_columns(path.name).as_words)
    )
    columns = table.as_columns(path.name)
    return columns, _named(path, table, columns.as_words, rows)


def _named(path: Path, table: TextTable, words: tuple[TextColumn, ...], rows: TextRows) -> NamedTable:
    numbers = {column: np.ascontiguousarray(rows.values[:, n]) for n, column in enumerate(table.numbers)}
    limits = {} if rows.limits is None else {column: rows.limits[:, n] for n, column in enumerate(table.numbers)}
    numbered = {column: values for column, values in numbers.items() if column not in words}
    return NamedTable(numbered, source_in(path, table.comments), dict(zip(words, rows.words, strict=True)), limits)


def summarise(path: Path) -> FileSummary:
    """What the comments of the file say, and that it is a light curve.

    Raises
    ------
    ReadError
    """
    head = read_head(path)
    layout = layout_in_head(path, head, layout_of)
    source = source_in(path, layout.table.comments)
    survey = layout.roles.survey.name if layout.roles.survey else ""
    stars = set(layout.table.fields(layout.roles.star)) if layout.roles.star else set()
    return FileSummary(
        path=path,
        kind="light curve",
        object_name=source.object_name or (star_name(survey, stars.pop()) if len(stars) == 1 else ""),
        mission=source.mission or survey,
        segment=source.segment,
    )


def layout_in_head(path: Path, head: bytes, of: Callable[[TextTable, str], T]) -> T:
    """What ``of`` tells of the table that begins in ``head``, the first bytes of the file.

    Raises
    ------
    ReadError
        There is no table of numbers, or ``of`` refuses it.
    """
    return of(_table_in_head(path.name, head), path.name)


@lru_cache(maxsize=4)
def _table_in_head(file: str, head: bytes) -> TextTable:
    end = head.rfind(b"\n") + 1
    return _table(decoded(head[:end] if end else head, file), file)


def _may_be_curve(table: TextTable) -> bool:
    if not table.is_named:
        return may_be_unnamed_light_curve(table.width)
    return may_be_light_curve(table.columns, table.numbers)


def _read_rows(
    path: Path, of: Callable[[TextTable, str], T], columns_of: Callable[[T], tuple[TextTable, tuple[TextColumn, ...]]]
) -> tuple[T, TextRows]:
    table: TextTable | None = None
    told: list[T] = []
    found: list[TextRows] = []
    words: tuple[TextColumn, ...] = ()
    line = 1
    for text in pieces(path):
        skipped = 0
        if table is None:
            table = _table(text, path.name)
            told.append(of(table, path.name))
            table, words = columns_of(told[0])
            skipped = table.skipped
        found.append(rows_in(text, table, words, skipped, line, path.name))
        line += text.count("\n")
    if not told:
        raise ReadError(f"{path.name} is empty.", hint="Open another file.")
    return told[0], joined(found)


def _table(text: str, file: str) -> TextTable:
    """The table by the first 8 KiB of text, or by the first lines where comments take more."""
    end = _SAMPLE_CHARACTERS
    while True:
        lines = LINE_END.split(text[:end])
        if end < len(text):
            # The last line may be cut.
            lines = lines[:-1]
        if end >= len(text) or sum(not is_comment(line) for line in lines) > 2:
            return table_in(lines, file)
        end *= 4


_SUFFIXES = (".csv", ".txt", ".dat", ".tsv", ".ecsv", ".tbl")
READER = Reader("text", "Light curves in text", _SUFFIXES, accepts, read, summarise)
