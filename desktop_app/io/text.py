"""Light curves in delimited text: time, brightness and perhaps an error, told by the names of the columns."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.light_curve import LightCurve
from desktop_app.io.column_names import TextColumn, may_be_light_curve, may_be_unnamed_light_curve
from desktop_app.io.fits_file import is_fits
from desktop_app.io.named_columns import NamedTable, Words, curve_of, star_name
from desktop_app.io.reader import FileSummary, Reader
from desktop_app.io.source import open_bytes, read_head
from desktop_app.io.text_columns import Columns
from desktop_app.io.text_header import source_in
from desktop_app.io.text_table import (
    COMMENTS,
    NAME_THEM,
    TextTable,
    is_comment,
    layout_of,
    limit_of,
    number_of,
    split_line,
    table_in,
)

T = TypeVar("T")
# Small pieces let other threads run in between: numpy's text reader keeps the interpreter to itself.
_PIECE_BYTES = 512 << 10
_LONGEST_LINE_BYTES = 16 << 20
_SAMPLE_CHARACTERS = 8 << 10
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HAS_ROW = re.compile(r"^[ \t]*[^\s#%!]", re.MULTILINE)
_SAVE_AS = "Save it as plain text in UTF-8, with columns such as time,flux,flux_err."
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, eq=False)
class _Rows:
    """Some rows: numbers and limits of shape (m, number of columns), words of shape (number of columns, m)."""

    values: Floats
    limits: Floats | None = None
    words: tuple[Words, ...] = ()


def is_text(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is text."""
    return bool(head.strip()) and not is_fits(head) and (head[:2] in _UTF_16 or not _NOT_TEXT.search(head))


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


def _named(path: Path, table: TextTable, words: tuple[TextColumn, ...], rows: "_Rows") -> NamedTable:
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
    return _table(_decoded(head[:end] if end else head, file), file)


def _may_be_curve(table: TextTable) -> bool:
    if not table.is_named:
        return may_be_unnamed_light_curve(table.width)
    return may_be_light_curve(table.columns, table.numbers)


def _read_rows(
    path: Path, of: Callable[[TextTable, str], T], columns_of: Callable[[T], tuple[TextTable, tuple[TextColumn, ...]]]
) -> tuple[T, _Rows]:
    table: TextTable | None = None
    told: list[T] = []
    found: list[_Rows] = []
    words: tuple[TextColumn, ...] = ()
    line = 1
    for text in _pieces(path):
        skipped = 0
        if table is None:
            table = _table(text, path.name)
            told.append(of(table, path.name))
            table, words = columns_of(told[0])
            skipped = table.skipped
        found.append(_rows(text, table, words, skipped, line, path.name))
        line += text.count("\n")
    if not told:
        raise ReadError(f"{path.name} is empty.", hint="Open another file.")
    return told[0], _joined(found)


def _joined(found: list[_Rows]) -> _Rows:
    limits = None
    if any(rows.limits is not None for rows in found):
        parts = [np.full_like(rows.values, np.nan) if rows.limits is None else rows.limits for rows in found]
        limits = np.concatenate(parts)
    words = tuple(np.concatenate(column) for column in zip(*(rows.words for rows in found), strict=True))
    return _Rows(np.concatenate([rows.values for rows in found]), limits, words)


def _pieces(path: Path) -> Iterator[str]:
    """The text in pieces of whole lines."""
    rest = b""
    with open_bytes(path) as file:
        while piece := file.read(_PIECE_BYTES):
            whole, end, tail = piece.rpartition(b"\n")
            if end:
                yield _decoded(rest + whole + end, path.name)
                rest = tail
            else:
                rest += piece
            if len(rest) > _LONGEST_LINE_BYTES:
                raise ReadError(f"{path.name} has a line of more than 16 MiB, which no table has.", hint=NAME_THEM)
    if rest.strip():
        yield _decoded(rest, path.name)


def _decoded(data: bytes, file: str) -> str:
    if data[:2] in _UTF_16 or b"\0" in data:
        what = "text in UTF-16" if data[:2] in _UTF_16 else "not plain text: it holds zero bytes"
        raise ReadError(f"{file} is {what}.", hint=_SAVE_AS)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _table(text: str, file: str) -> TextTable:
    """The table by the first 8 KiB of text, or by the first lines where comments take more."""
    end = _SAMPLE_CHARACTERS
    while True:
        lines = _LINE_END.split(text[:end])
        if end < len(text):
            # The last line may be cut.
            lines = lines[:-1]
        if end >= len(text) or sum(not is_comment(line) for line in lines) > 2:
            return table_in(lines, file)
        end *= 4


def _rows(
    text: str, table: TextTable, words: tuple[TextColumn, ...], skipped: int, first_line: int, file: str
) -> _Rows:
    """The rows in ``text``, whose first line has the number ``first_line``."""
    if not _HAS_ROW.search(text):
        return _Rows(np.empty((0, len(table.numbers))), None, tuple(np.empty(0, np.str_) for _ in words))
    values = None if words else _by_numpy(text, table, skipped)
    return _by_hand(text, table, words, skipped, first_line, file) if values is None else _Rows(values)


def _by_numpy(text: str, table: TextTable, skipped: int) -> Floats | None:
    """The columns of numbers; None where numpy cannot read them."""
    places = None
    if len(table.numbers) != table.width:
        if not _is_even(text, table, skipped):
            return None
        places = [column.place for column in table.numbers]
    values = _loaded(text, table, skipped, places)
    return _loaded(_filled(text, table.delimiter), table, skipped, places) if values is None else values


def _loaded(text: str, table: TextTable, skipped: int, places: list[int] | None) -> Floats | None:
    try:
        values = np.loadtxt(
            io.StringIO(text),
            delimiter=table.delimiter,
            comments=[sign for sign in COMMENTS if sign in text] or None,
            skiprows=skipped,
            usecols=places,
            ndmin=2,
        )
    except ValueError:
        return None
    return values if values.shape[1] == len(table.numbers) else None


def _is_even(text: str, table: TextTable, skipped: int) -> bool:
    """Whether every row has a field for each column; numpy does not look where it reads some columns only."""
    rows = (line for line in _LINE_END.split(text)[skipped:] if not is_comment(line))
    return all(len(row.split(table.delimiter)) == table.width for row in rows)


def _filled(text: str, delimiter: str | None) -> str:
    """``text`` with nan in empty fields, and without quotes."""
    if delimiter is None:
        return text
    sign = re.escape(delimiter)
    empty = rf"(?:(?<={sign})|^)[ \t]*(?={sign})|(?<={sign})[ \t]*(?=\r?$)"
    return re.sub(empty, "nan", text.replace('"', ""), flags=re.MULTILINE)


def _by_hand(
    text: str, table: TextTable, words: tuple[TextColumn, ...], skipped: int, first_line: int, file: str
) -> _Rows:
    """The same, field by field: for words, limits, and fields that are empty or quoted, or say that there is none."""
    rows, lines = _split_rows(text, table, skipped, first_line, file)
    columns = list(zip(*rows, strict=True)) if rows else [()] * table.width
    values = np.empty((len(rows), len(table.numbers)))
    limits: Floats | None = None
    for n, column in enumerate(table.numbers):
        fields = columns[column.place]
        if column in words:
            continue
        plain = _plain_numbers(fields)
        if plain is not None:
            values[:, n] = plain
            continue
        fields = _bare(fields)
        numbers = [number_of(field) for field in fields]
        odd = [row for row, number in enumerate(numbers) if number is None]
        values[:, n] = [np.nan if number is None else number for number in numbers]
        if odd and limits is None:
            limits = np.full_like(values, np.nan)
        for row in odd:
            limit = limit_of(fields[row])
            if limit is None or limits is None:
                raise _no_number(fields[row], column, lines[row], file)
            limits[row, n] = limit
    return _Rows(values, limits, tuple(np.array(_bare(columns[column.place]), dtype=np.str_) for column in words))


def _bare(fields: Sequence[str]) -> tuple[str, ...]:
    return tuple(field.strip().strip("\"'") for field in fields)


def _plain_numbers(fields: tuple[str, ...]) -> Floats | None:
    """A column all at once; None where a field is no number as Python writes it, or hides one in underscores."""
    try:
        return np.array(fields, dtype=np.float64) if "_" not in "".join(fields) else None
    except ValueError:
        return None


def _split_rows(
    text: str, table: TextTable, skipped: int, first_line: int, file: str
) -> tuple[list[list[str]], list[int]]:
    """The fields of each row, perhaps with blanks and quotes around them, and the number of its line."""
    rows, lines = [], []
    for number, line in enumerate(_LINE_END.split(text)):
        if number < skipped or is_comment(line):
            continue
        fields = split_line(line, table.delimiter) if '"' in line else line.split(table.delimiter)
        if len(fields) != table.width:
            raise ReadError(
                f"Line {first_line + number:,} of {file} has {len(fields)} columns instead of {table.width}.",
                hint="The file may be cut short or damaged there.",
            )
        rows.append(fields)
        lines.append(first_line + number)
    return rows, lines


def _no_number(field: str, column: TextColumn, line: int, file: str) -> ReadError:
    return ReadError(
        f"Line {line:,} of {file} has {field[:40]!r} in column {column.name}, which is not a number.",
        hint="Mend or delete that line.",
    )


_SUFFIXES = (".csv", ".txt", ".dat", ".tsv", ".ecsv", ".tbl")
READER = Reader("text", "Light curves in text", _SUFFIXES, accepts, read, summarise)
