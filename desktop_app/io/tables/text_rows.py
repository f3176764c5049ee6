"""The rows of a text table: numbers at once where numpy can, else field by field, with words and limits."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.io.tables.column_names import TextColumn
from desktop_app.io.tables.named_columns import Words
from desktop_app.io.tables.text_lines import LINE_END
from desktop_app.io.tables.text_table import COMMENTS, TextTable, is_comment, limit_of, number_of, split_line

_HAS_ROW = re.compile(r"^[ \t]*[^\s#%!]", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class TextRows:
    """Some rows.

    Attributes
    ----------
    values : ndarray, shape (m, number of columns)
        The columns of numbers, NaN where there is none.
    limits : ndarray of the same shape, or None
        Limits where a field has one in place of a number, NaN elsewhere; None where none has.
    words : tuple of ndarray of str, shape (m,)
        The columns of words.
    """

    values: Floats
    limits: Floats | None = None
    words: tuple[Words, ...] = ()


def joined(found: list[TextRows]) -> TextRows:
    """All rows, one piece after the other."""
    limits = None
    if any(rows.limits is not None for rows in found):
        parts = [np.full_like(rows.values, np.nan) if rows.limits is None else rows.limits for rows in found]
        limits = np.concatenate(parts)
    words = tuple(np.concatenate(column) for column in zip(*(rows.words for rows in found), strict=True))
    return TextRows(np.concatenate([rows.values for rows in found]), limits, words)


def rows_in(
    text: str, table: TextTable, words: tuple[TextColumn, ...], skipped: int, first_line: int, file: str
) -> TextRows:
    """The rows in ``text``, whose first line has the number ``first_line``; ``skipped`` lines stand before them.

    Raises
    ------
    ReadError
        A row has too many or too few fields, or one that is no number.
    """
    if not _HAS_ROW.search(text):
        return TextRows(np.empty((0, len(table.numbers))), None, tuple(np.empty(0, np.str_) for _ in words))
    values = None if words else _by_numpy(text, table, skipped)
    return _by_hand(text, table, words, skipped, first_line, file) if values is None else TextRows(values)


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
    rows = (line for line in LINE_END.split(text)[skipped:] if not is_comment(line))
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
) -> TextRows:
    """The same, field by field: for words, limits, and fields that are empty or quoted, or say that there is none."""
    rows, lines = _split_rows(text, table, skipped, first_line, file)
    columns = list(zip(*rows, strict=True)) if rows else [()] * table.width
    values = np.full((len(rows), len(table.numbers)), np.nan)
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
    return TextRows(values, limits, tuple(np.array(_bare(columns[column.place]), dtype=np.str_) for column in words))


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
    for number, line in enumerate(LINE_END.split(text)):
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
