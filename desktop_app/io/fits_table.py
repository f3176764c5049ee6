"""The first binary table of a FITS file, its columns as native arrays."""

import re
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.errors import ReadError
from desktop_app.io.fits_header import AGAIN, BLOCK, Header, headers, is_fits
from desktop_app.io.reader import HEAD_BYTES
from desktop_app.io.source import open_bytes

_FORM = re.compile(r"([0-9]{0,12})([LXBIJKAEDCMPQ])")
_BITS = {
    "L": 8,
    "X": 1,
    "B": 8,
    "I": 16,
    "J": 32,
    "K": 64,
    "A": 8,
    "E": 32,
    "D": 64,
    "C": 64,
    "M": 128,
    "P": 64,
    "Q": 128,
}
_DTYPES = {"L": "u1", "B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8"}
_MOST_COLUMNS = 999


@dataclass(frozen=True)
class Column:
    """One column as its header describes it.

    Attributes
    ----------
    name, unit : str
    code : str
        The letter of its TFORM.
    count : int
        Values in a row.
    at : int
        Where it begins in a row, in bytes.
    scale, zero : float
        TSCAL and TZERO.
    null : int or None
        The whole number that stands for no value.
    """

    name: str
    unit: str
    code: str
    count: int
    at: int
    scale: float = 1.0
    zero: float = 0.0
    null: int | None = None

    @property
    def is_number(self) -> bool:
        """Whether a row holds exactly one number, or one yes or no."""
        return self.code in _DTYPES and self.count == 1

    @property
    def is_time(self) -> bool:
        """Whether a row holds one number, or a Julian date in two parts as astropy writes it."""
        return self.is_number or (self.code == "D" and self.count == 2)


@dataclass(frozen=True)
class TableHead:
    """What the headers tell of a file and its first table.

    Attributes
    ----------
    primary, header : Header
        Of the file, and of the table.
    columns : mapping of str to Column
        By name in upper case, as FITS compares names.
    width, rows : int
        Bytes of a row, and number of rows.
    """

    primary: Header
    header: Header
    columns: dict[str, Column]
    width: int
    rows: int

    def text(self, keyword: str) -> str:
        """The value in the table's header, else in the primary one; "" where neither has it."""
        return self.header.text(keyword) or self.primary.text(keyword)

    def number(self, keyword: str) -> float:
        """The value as a number in the table's header, else in the primary one; NaN where neither has it."""
        value = self.header.number(keyword)
        return self.primary.number(keyword) if isnan(value) else value

    def primary_first(self, keyword: str) -> float:
        """The number in the primary header, else in the table's; NaN where neither has it."""
        value = self.primary.number(keyword)
        return self.header.number(keyword) if isnan(value) else value

    def has(self, *names: str) -> bool:
        """Whether there is a column of numbers for each name."""
        return all(name in self.columns and self.columns[name].is_number for name in names)


def table_head(path: Path, head: bytes) -> TableHead | None:
    """The first binary table of a file that begins with ``head``; None where there is none in sight.

    Raises
    ------
    ReadError
        The headers contradict themselves.
    """
    if not is_fits(head):
        return None
    found = headers(head, path.name)
    table = next((header for header in found if header.is_table), None)
    if table is None:
        return None
    columns = _columns(table, path.name)
    width, rows = table.whole("NAXIS1"), table.whole("NAXIS2")
    last = columns[-1] if columns else None
    taken = last.at + -(-_BITS[last.code] * last.count // 8) if last else 0
    if taken != width:
        raise ReadError(
            f"Table {table.hdu} of {path.name} contradicts itself: "
            f"its columns take {taken} bytes a row, its header says {width}.",
            hint=AGAIN,
        )
    by_name: dict[str, Column] = {}
    for column in columns:
        by_name.setdefault(column.name.upper(), column)
    return TableHead(found[0], table, by_name, width, rows)


def _columns(header: Header, file: str) -> list[Column]:
    count = header.whole("TFIELDS", -1)
    if not 0 <= count <= _MOST_COLUMNS:
        raise ReadError(f"Table {header.hdu} of {file} has no possible number of columns.", hint=AGAIN)
    columns: list[Column] = []
    at = 0
    for n in range(1, count + 1):
        form = _FORM.match(header.text(f"TFORM{n}"))
        name = header.text(f"TTYPE{n}") or f"column {n}"
        if form is None:
            raise ReadError(
                f"Column {name} of table {header.hdu} of {file} has TFORM = {header.text(f'TFORM{n}')!r}, "
                "which FITS does not know.",
                hint=AGAIN,
            )
        values, code = int(form[1] or 1), form[2]
        scale, zero = header.number(f"TSCAL{n}"), header.number(f"TZERO{n}")
        null = header.values.get(f"TNULL{n}")
        columns.append(
            Column(
                name,
                header.text(f"TUNIT{n}"),
                code,
                values,
                at,
                1.0 if isnan(scale) else scale,
                0.0 if isnan(zero) else zero,
                null if isinstance(null, int) else None,
            )
        )
        at += -(-_BITS[code] * values // 8)
    return columns


class Table:
    """The rows of a table, and its columns as arrays.

    Parameters
    ----------
    head : TableHead
    data : bytes
        The rows, ``head.rows`` times ``head.width`` bytes.
    sound : bool
        Whether the table's DATASUM agrees with its bytes; True where it has none.
    """

    def __init__(self, head: TableHead, data: bytes, *, sound: bool) -> None:
        self.head = head
        self.sound = sound
        self._data = data

    def raw(self, column: Column) -> NDArray[np.generic]:
        """The column as it lies in the file; shape (n,), or (n, count) where a row holds several values."""
        dtype = np.dtype(_DTYPES[column.code])
        inner = (column.count,) if column.count != 1 else ()
        shape = (self.head.rows, *inner)
        strides = (self.head.width, *(dtype.itemsize for _ in inner))
        return np.ndarray(shape, dtype, self._data, column.at, strides)

    def floats(self, column: Column) -> Floats:
        """The column as float64, scaled, NaN where the file has no value; a yes is 1."""
        raw = self.raw(column)
        # A signalling NaN, or a number past the end, is no news here: it becomes NaN or inf.
        with np.errstate(invalid="ignore", over="ignore"):
            values = np.equal(raw, ord("T")).astype(np.float64) if column.code == "L" else raw.astype(np.float64)
            if column.null is not None and column.code in "BIJK":
                values[np.equal(raw, column.null)] = np.nan
            if (column.scale, column.zero) != (1.0, 0.0):
                values = values * column.scale + column.zero
        return values

    def ints(self, column: Column) -> Ints:
        """The column as int64; 0 where the file has no whole number."""
        if column.code in "BIJK" and (column.scale, column.zero, column.null) == (1.0, 0.0, None):
            return self.raw(column).astype(np.int64)
        return whole_numbers(self.floats(column))


def whole_numbers(values: Floats) -> Ints:
    """``values`` as int64; 0 where a value is no number that float64 counts exactly."""
    known = np.abs(values) <= 2.0**53
    return np.where(known, values, 0.0).astype(np.int64)


def read_table(path: Path) -> Table:
    """The first binary table of ``path``, wholly read.

    Raises
    ------
    ReadError
        There is no table, or the file ends inside it.
    """
    with open_bytes(path) as file:
        start = file.read(HEAD_BYTES)
        head = table_head(path, start)
        if head is None:
            raise ReadError(f"{path.name} holds no table.", hint="Open a light-curve file.")
        size = head.rows * head.width
        padded = -(-head.header.data_size // BLOCK) * BLOCK
        begin = head.header.data_at
        skipped = begin - len(start)
        while skipped > 0 and (piece := file.read(min(skipped, HEAD_BYTES))):
            skipped -= len(piece)
        data = start[begin : begin + padded]
        if len(data) < padded:
            data += file.read(padded - len(data))
        file.finish()
    if len(data) < size:
        raise ReadError(
            f"{path.name} is cut short: table {head.header.hdu} promises {head.rows:,} rows "
            f"and {len(data) // max(head.width, 1):,} are there.",
            hint=AGAIN,
        )
    return Table(head, data, sound=_sound(head.header, data))


def _sound(header: Header, data: bytes) -> bool:
    promised = header.text("DATASUM")
    if not promised.isdecimal() or len(data) % 4:
        return True
    total = int(np.frombuffer(data, ">u4").sum(dtype=np.uint64))
    while total >> 32:
        total = (total & 0xFFFFFFFF) + (total >> 32)
    return total == int(promised)
