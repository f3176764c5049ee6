"""Light curves in delimited text: time, flux and perhaps an error, told by the names of the columns."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.light_curve import LightCurve
from desktop_app.io.fits_file import is_fits
from desktop_app.io.named_columns import curve_of
from desktop_app.io.reader import FileSummary, Reader, the_only_part
from desktop_app.io.source import open_bytes, read_head
from desktop_app.io.text_columns import TextColumn
from desktop_app.io.text_table import (
    COMMENTS,
    NAME_THEM,
    TextTable,
    is_comment,
    layout_of,
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


def accepts(_path: Path, head: bytes) -> bool:
    """Whether the file is text at all."""
    return bool(head.strip()) and not is_fits(head) and (head[:2] in _UTF_16 or not _NOT_TEXT.search(head))


def read(path: Path, part: str | None = None) -> LightCurve:
    """The light curve; its columns are told apart by their names and units.

    Raises
    ------
    ReadError
        It is no table, or its columns cannot be told apart.
    """
    the_only_part(path.name, part)
    layout, values = read_values(path, layout_of)
    by_column = {column: np.ascontiguousarray(values[:, n]) for n, column in enumerate(layout.table.numbers)}
    if layout.by_order and not np.all(np.diff(by_column[layout.roles.time]) > 0):
        raise ReadError(
            f"{path.name} does not name its columns, and its first column does not rise all the way.", hint=NAME_THEM
        )
    return curve_of(path, layout.roles, by_column)


def summarise(path: Path) -> FileSummary:
    """That the file is a light curve; a text file says no more of itself.

    Raises
    ------
    ReadError
    """
    head = read_head(path)
    layout_in_head(path, head, layout_of)
    return FileSummary(path=path, kind="light curve")


def layout_in_head(path: Path, head: bytes, of: Callable[[TextTable, str], T]) -> T:
    """What ``of`` tells of the table that begins in ``head``, the first bytes of the file.

    Raises
    ------
    ReadError
        There is no table of numbers, or ``of`` refuses it.
    """
    end = head.rfind(b"\n") + 1
    return of(_table(_decoded(head[:end] if end else head, path.name), path.name), path.name)


def read_values(path: Path, of: Callable[[TextTable, str], T]) -> tuple[T, Floats]:
    """What ``of`` tells of the table in ``path``, and its columns of numbers; shape (n, number of columns).

    Raises
    ------
    ReadError
        There is no table of numbers, ``of`` refuses it, or a row of it is damaged.
    """
    table: TextTable | None = None
    told: list[T] = []
    values: list[Floats] = []
    line = 1
    for text in _pieces(path):
        skipped = 0
        if table is None:
            table = _table(text, path.name)
            told.append(of(table, path.name))
            skipped = table.skipped
        values.append(_values(text, table, skipped, line, path.name))
        line += text.count("\n")
    if not told:
        raise ReadError(f"{path.name} is empty.", hint="Open another file.")
    return told[0], np.concatenate(values)


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


def _values(text: str, table: TextTable, skipped: int, first_line: int, file: str) -> Floats:
    """The columns of numbers in ``text``, whose first line has the number ``first_line``."""
    if not _HAS_ROW.search(text):
        return np.empty((0, len(table.numbers)))
    if len(table.numbers) == table.width:
        places = None
    elif _is_even(text, table, skipped):
        places = [column.place for column in table.numbers]
    else:
        return _values_by_hand(text, table, skipped, first_line, file)
    values = _by_numpy(text, table, skipped, places)
    if values is None:
        values = _by_numpy(_filled(text, table.delimiter), table, skipped, places)
    return _values_by_hand(text, table, skipped, first_line, file) if values is None else values


def _by_numpy(text: str, table: TextTable, skipped: int, places: list[int] | None) -> Floats | None:
    """The columns at ``places``; None where numpy cannot read them."""
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


def _values_by_hand(text: str, table: TextTable, skipped: int, first_line: int, file: str) -> Floats:
    """The same, field by field: for fields that are empty or quoted, or say that there is no number."""
    rows: list[list[float]] = []
    for number, line in enumerate(_LINE_END.split(text)):
        if number < skipped or is_comment(line):
            continue
        fields = split_line(line, table.delimiter)
        if len(fields) != table.width:
            raise ReadError(
                f"Line {first_line + number:,} of {file} has {len(fields)} columns instead of {table.width}.",
                hint="The file may be cut short or damaged there.",
            )
        rows.append([_number(fields[column.place], column, first_line + number, file) for column in table.numbers])
    return np.array(rows, dtype=np.float64).reshape(-1, len(table.numbers))


def _number(field: str, column: TextColumn, line: int, file: str) -> float:
    number = number_of(field)
    if number is None:
        raise ReadError(
            f"Line {line:,} of {file} has {field[:40]!r} in column {column.name}, which is not a number.",
            hint="Mend or delete that line.",
        )
    return number


READER = Reader("text", "Light curves in text", (".csv", ".txt", ".dat", ".tsv", ".ecsv"), accepts, read, summarise)
