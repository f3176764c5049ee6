"""Columns of numbers, dates and words out of a text table, read in pieces by numpy's own parser."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.io.tables.column_names import TextColumn
from desktop_app.io.tables.text_lines import LINE_END, pieces
from desktop_app.io.tables.text_table import COMMENTS, delimiter_of, is_comment, number_of, split_line
from desktop_app.io.telemetry.moments import Texts, floats_in
from desktop_app.io.telemetry.npy_file import VALUES_LIMIT_BYTES

WORD_LIMIT = 64
_SAMPLE_LINES = 120
_COMMENT = re.compile(r"^[ \t]*[#%!]", re.MULTILINE)
_WITH_COMMA = re.compile(r"[+\-]?\d{1,15},\d{1,17}(?:[eE][+\-]?\d{1,3})?")
_NAME_AND_UNIT = re.compile(r"([^\[(]*)[\[(]([^\])]*)[\])]\s*")


@dataclass(frozen=True)
class Layout:
    """How a text table is cut.

    Attributes
    ----------
    delimiter : str or None
        None for blanks.
    skipped : int
        Lines before the first row.
    columns : tuple of TextColumn
    sample : tuple of tuple of str
        The fields of the first rows.
    is_named : bool
        Whether the file names its columns.
    has_commas : bool
        Whether numbers have a decimal comma, as in many countries where the delimiter is a semicolon.
    """

    delimiter: str | None
    skipped: int
    columns: tuple[TextColumn, ...]
    sample: tuple[tuple[str, ...], ...]
    is_named: bool
    has_commas: bool = False


@dataclass(frozen=True, eq=False)
class Piece:
    """Some rows: ``numbers`` of shape (m, number of columns), and an array of texts for each column of ``words``."""

    numbers: Floats
    words: tuple[Texts, ...]
    odd: int


def layout_of(text: str, *, whole: bool) -> Layout | None:
    """How the table that begins with ``text`` is cut; None where it is no table of at least one row.

    Parameters
    ----------
    text : str
    whole : bool
        Whether that is all of it, so that its last line is not cut.
    """
    lines = LINE_END.split(text, maxsplit=_SAMPLE_LINES)
    lines = lines[: len(lines) if whole and len(lines) <= _SAMPLE_LINES else -1]
    rows = [(n, line) for n, line in enumerate(lines) if not is_comment(line)]
    if not rows:
        return None
    delimiter = delimiter_of(rows[0][1])
    tables = [(n, tuple(split_line(line, delimiter))) for n, line in rows]
    names = tables[0][1]
    if _is_row(names):
        names, comment = _commented(lines[: rows[0][0]], len(names), delimiter), True
    else:
        tables, comment = tables[1:], False
    # Loggers write the units on a line of their own.
    units = tables[0][1] if len(tables) > 1 and not comment and _are_units(tables[0][1], tables[1][1]) else None
    tables = tables[1:] if units else tables
    if not tables or len(tables[0][1]) < 1 or (names and len(names) != len(tables[0][1])):
        return None
    named = names or tuple(f"column {n + 1}" for n in range(len(tables[0][1])))
    columns = _each_once(tuple(_column(name, n, units[n] if units else "") for n, name in enumerate(named)))
    sample = tuple(fields for _, fields in tables if len(fields) == len(columns))
    # "1,234" alone may be a thousand.
    commas = delimiter not in (None, ",") and any(
        _WITH_COMMA.fullmatch(field) and len(field.rpartition(",")[2]) != 3 for row in sample for field in row
    )
    if commas:
        sample = tuple(tuple(field.replace(",", ".") for field in row) for row in sample)
    return Layout(delimiter, tables[0][0], columns, sample, is_named=bool(names), has_commas=commas)


def read_pieces(
    path: Path, layout: Layout, numbers: tuple[TextColumn, ...], words: tuple[TextColumn, ...]
) -> Iterator[Piece]:
    """The rows in pieces; a field that is no number counts as missing among numbers.

    Raises
    ------
    ReadError
        A row has too many or too few fields, or the file has too many.
    """
    line, taken = 1, 0
    for piece in pieces(path):
        text = piece.replace(",", ".") if layout.has_commas else piece
        skipped = layout.skipped if line == 1 else 0
        lines = text.count("\n") + 1
        taken += lines * 8 * max(1, len(numbers) + len(words))
        if taken > VALUES_LIMIT_BYTES:
            raise ReadError(
                f"{path.name} has more than {line:,} rows of {len(numbers) + len(words)} columns, too many to look at.",
                hint="Save a part of it on its own.",
            )
        found = _by_numpy(text, layout, skipped, numbers, words)
        yield _by_hand(text, layout, skipped, line, numbers, words, path.name) if found is None else found
        line += text.count("\n")


def _by_numpy(
    text: str, layout: Layout, skipped: int, numbers: tuple[TextColumn, ...], words: tuple[TextColumn, ...]
) -> Piece | None:
    """The rows as numpy reads them: numbers at once, else all as words; None where it cannot."""
    rows = text if not skipped else LINE_END.split(text, maxsplit=skipped)[-1]
    if any(sign in rows for sign in COMMENTS) and _COMMENT.search(rows):
        rows = "\n".join(line for line in LINE_END.split(rows) if not is_comment(line))
    if not rows.strip():
        return Piece(np.empty((0, len(numbers))), tuple(np.empty(0, f"U{WORD_LIMIT}") for _ in words), 0)
    if not _is_even(rows, layout):
        return None
    for kind in ("f8", f"U{WORD_LIMIT}"):
        places = (*words, *numbers)
        dtype = [(f"w{n}", f"U{WORD_LIMIT}") for n in range(len(words))]
        dtype += [(f"n{n}", kind) for n in range(len(numbers))]
        try:
            table = np.loadtxt(
                io.StringIO(rows),
                dtype=np.dtype(dtype),
                delimiter=layout.delimiter,
                comments=None,
                quotechar='"' if '"' in rows else None,
                usecols=[column.place for column in places],
                ndmin=1,
            )
        except (ValueError, OverflowError):
            continue
        return _piece(table, len(words), len(numbers))
    return None


def _piece(table: "np.ndarray[tuple[int], np.dtype[np.void]]", words: int, numbers: int) -> Piece:
    odd = 0
    values = np.empty((len(table), numbers))
    for n in range(numbers):
        column = table[f"n{n}"]
        if column.dtype.kind == "f":
            values[:, n] = column
            continue
        values[:, n], strange = floats_in(column)
        odd += int(strange.sum())
    return Piece(values, tuple(np.char.strip(table[f"w{n}"], " \t\"'") for n in range(words)), odd)


def _is_even(rows: str, layout: Layout) -> bool:
    """Whether every row has a field for each column; numpy does not look where it reads some columns only."""
    if layout.delimiter is None or '"' in rows:
        return True
    # Counting signs in the whole is fast, and enough: a row too short is seldom made up for by one too long.
    count = rows.count("\n") + (not rows.endswith("\n"))
    if rows.count(layout.delimiter) == count * (len(layout.columns) - 1):
        return True
    lines = (line for line in LINE_END.split(rows) if line.strip())
    return all(line.count(layout.delimiter) == len(layout.columns) - 1 for line in lines)


def _by_hand(
    text: str,
    layout: Layout,
    skipped: int,
    first_line: int,
    numbers: tuple[TextColumn, ...],
    words: tuple[TextColumn, ...],
    file: str,
) -> Piece:
    """The same, line by line, to tell which line is damaged."""
    width = len(layout.columns)
    rows: list[list[str]] = []
    for number, line in enumerate(LINE_END.split(text)):
        if number < skipped or is_comment(line):
            continue
        fields = split_line(line, layout.delimiter)
        if len(fields) != width:
            raise ReadError(
                f"Line {first_line + number:,} of {file} has {len(fields)} columns instead of {width}.",
                hint="The file may be cut short or damaged there.",
            )
        rows.append(fields)
    found = [[number_of(row[column.place]) for column in numbers] for row in rows]
    values = np.array([[np.nan if n is None else n for n in row] for row in found], np.float64)
    texts = tuple(np.array([row[column.place] for row in rows], f"U{WORD_LIMIT}") for column in words)
    return Piece(values.reshape(len(rows), len(numbers)), texts, sum(n is None for row in found for n in row))


def _is_row(fields: tuple[str, ...]) -> bool:
    return any(field and (number_of(field) is not None or field[:4].isdigit()) for field in fields)


def _are_units(fields: tuple[str, ...], following: tuple[str, ...]) -> bool:
    """Whether a line without numbers stands between the names and a row that has some."""
    plain = all(number_of(field) is None or field in ("", "-", "--", "n/a", "none") for field in fields)
    short = all(len(field) <= 16 for field in fields)
    return plain and short and len(fields) == len(following) and not _is_row(fields) and _starts_data(following, fields)


def _starts_data(following: tuple[str, ...], fields: tuple[str, ...]) -> bool:
    pairs = zip(following, fields, strict=True)
    return all(number_of(after) is not None or after[:4].isdigit() for after, unit in pairs if unit) and any(fields)


def _commented(lines: list[str], width: int, delimiter: str | None) -> tuple[str, ...]:
    """The words of the last comment that has one for each column; () where none has."""
    for line in reversed(lines):
        fields = split_line(line.lstrip("#%! \t"), delimiter)
        if len(fields) == width > 1 and all(number_of(field) is None for field in fields):
            return tuple(fields)
    return ()


def _each_once(columns: tuple[TextColumn, ...]) -> tuple[TextColumn, ...]:
    """The columns with names of their own: a second "x" in column 5 becomes "x (5)"."""
    seen: set[str] = set()
    named = []
    for column in columns:
        name = column.name or f"column {column.place + 1}"
        named.append(replace(column, name=f"{name} ({column.place + 1})" if name in seen else name))
        seen.add(name)
    return tuple(named)


def _column(name: str, place: int, unit: str) -> TextColumn:
    match = _NAME_AND_UNIT.fullmatch(name)
    if match and match[1].strip():
        return TextColumn(match[1].strip(), match[2].strip(), place)
    return TextColumn(name.strip(), unit.strip(), place)
