"""Binary tables of FITS files: their columns by the header, and their rows as astropy reads them."""

from dataclasses import dataclass
from functools import lru_cache
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.arrays import Floats, Ints, whole_numbers
from desktop_app.core.errors import ReadError
from desktop_app.core.source import Card
from desktop_app.io.fits.fits_file import AGAIN, BLOCK, Header, cards_of, guarded, headers, is_fits
from desktop_app.io.source import open_bytes, read_head

if TYPE_CHECKING:
    # astropy ships no types: what is annotated with it is Any.
    from astropy.io import fits


@dataclass(frozen=True)
class Column:
    """One column of a table: its name, its place from 0, and what a row of it holds."""

    name: str
    place: int
    dtype: np.dtype[np.generic]
    header: Header

    @property
    def unit(self) -> str:
        """As the file writes it."""
        return self.header.text(f"TUNIT{self.place + 1}")

    @property
    def is_number(self) -> bool:
        """Whether a row holds exactly one number, or one yes or no."""
        return self.dtype.kind in "iuf" and not self.dtype.shape

    @property
    def is_time(self) -> bool:
        """Whether a row holds one number, or a Julian date in two parts as astropy writes it."""
        return self.is_number or self.dtype == np.dtype("2f8")


@dataclass(frozen=True, eq=False)
class TableHead:
    """What the headers tell of a file and its first table; the columns by name in upper case, as FITS compares them."""

    primary: Header
    header: Header
    columns: dict[str, Column]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.header.size("NAXIS2")

    def text(self, keyword: str) -> str:
        """The value in the table's header, else in the primary one; "" where neither has it."""
        return self.header.text(keyword) or self.primary.text(keyword)

    def number(self, keyword: str) -> float:
        """The value as a number in the table's header, else in the primary one; NaN where neither has it."""
        value = self.header.number(keyword)
        return self.primary.number(keyword) if isnan(value) else value

    def has(self, *names: str) -> bool:
        """Whether there is a column of numbers for each name."""
        return all(name in self.columns and self.columns[name].is_number for name in names)

    def cards(self) -> tuple[Card, ...]:
        """All cards of both headers; astropy takes longer over them than over the table."""
        return cards_of(self.primary, self.header)


@lru_cache(maxsize=16)
def table_head(path: Path, head: bytes) -> TableHead | None:
    """The first binary table of a file that begins with ``head``; None where there is none in sight.

    Raises
    ------
    ReadError
        The headers contradict themselves.
    """
    found = headers(path, head) if is_fits(head) else ()
    if not found or not found[-1].is_table:
        return None
    with guarded(f"Table {found[-1].hdu} of {path.name}"):
        return TableHead(found[0], found[-1], columns_of(found[-1]))


def head_of_table(path: Path) -> TableHead:
    """The first binary table of ``path``, by its headers.

    Raises
    ------
    ReadError
        There is none in sight.
    """
    head = table_head(path, read_head(path))
    if head is None:
        raise ReadError(f"{path.name} holds no table.", hint="Open a light-curve file.")
    return head


def columns_of(header: Header) -> dict[str, Column]:
    """The columns of a binary table by name in upper case.

    Raises
    ------
    ReadError
        Their formats are unknown, or do not fit into its rows.
    """
    """The columns of a table by name in upper case.

    Raises
    ------
    ReadError
        They contradict the width of a row, or have a form that FITS does not know.
    """
    from astropy.io import fits

    table = f"{header.hdu} of {header.file}"
    columns: dict[str, Column] = {}
    for n in range(1, header.size("TFIELDS") + 1):
        name, form = header.text(f"TTYPE{n}"), header.text(f"TFORM{n}")
        if not name or name.upper() in columns:
            name = f"column {n}"
        try:
            columns[name.upper()] = Column(name, n - 1, _dtype(form), header)
        except fits.VerifyError as error:
            how = f"Column {name} of table {table} has TFORM = {form!r}, which FITS does not know."
            raise ReadError(how, hint=AGAIN) from error
        except ValueError as error:
            raise ReadError(f"Table {table} contradicts itself: no row has room for {form}.", hint=AGAIN) from error
    taken, width = sum(column.dtype.itemsize for column in columns.values()), header.size("NAXIS1")
    if taken != width:
        how = f"its columns take {taken} bytes a row, its header says {width}"
        raise ReadError(f"Table {table} contradicts itself: {how}.", hint=AGAIN)
    return columns


@lru_cache(maxsize=256)
def _dtype(form: str) -> np.dtype[np.generic]:
    from astropy.io import fits

    # In lower case astropy would take the names of numpy's types too.
    return np.dtype(fits.Column(name="any", format=form.upper()).dtype)


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a table as astropy reads them, and whether its DATASUM, where it has one, agrees with its bytes."""

    head: TableHead
    rows: "fits.FITS_rec"
    sound: bool

    def floats(self, column: Column) -> Floats:
        """The column as float64, scaled, NaN where the file has no value; a yes is 1."""
        with guarded(f"Column {column.name} of {self.head.header.file}"):
            values = self.rows.field(column.place)
            floats = values.astype(np.float64).reshape(len(values), *column.dtype.shape)
            null = self.rows.columns[column.place].null
            if null is not None:
                # astropy scales what stands for no value like any other.
                raw = self.rows.view(np.ndarray)[self.rows.dtype.names[column.place]]
                floats[raw == null] = np.nan
        return floats

    def ints(self, column: Column) -> Ints:
        """The column as int64; 0 where the file has no whole number."""
        with guarded(f"Column {column.name} of {self.head.header.file}"):
            values = self.rows.field(column.place)
            if values.dtype.kind == "i" and values.ndim == 1 and self.rows.columns[column.place].null is None:
                return values.astype(np.int64)
        return whole_numbers(self.floats(column))


def read_table(path: Path, head: TableHead | None = None) -> Table:
    """The first binary table of ``path``, wholly read.

    Parameters
    ----------
    path : Path
    head : TableHead, optional
        Which table; the first where not given.

    Raises
    ------
    ReadError
        There is no table, or the file ends inside it.
    """
    from astropy.io import fits

    head = head or head_of_table(path)
    header, width = head.header, head.header.size("NAXIS1")
    begin = header.data_at - header.at
    size = begin + header.data_size_padded
    with open_bytes(path) as file:
        file.skip(header.at)
        content = file.read(size)
        file.finish()
    if len(content) < begin + head.rows * width:
        raise ReadError(
            f"{path.name} is cut short: table {header.hdu} promises {head.rows:,} rows "
            f"and {max(0, len(content) - begin) // max(width, 1):,} are there.",
            hint=AGAIN,
        )
    if size - len(content) < BLOCK:
        content = content.ljust(size, b"\0")
    with guarded(f"Table {header.hdu} of {path.name}"):
        hdu = fits.BinTableHDU.fromstring(content)
        for column in head.columns.values():
            keyword = f"TTYPE{column.place + 1}"
            if hdu.header.get(keyword) != column.name:
                hdu.header[keyword] = column.name
        summed = header.text("DATASUM").isdecimal() and len(content) == size
        sound = not summed or hdu.verify_datasum() != 0
        if hdu.columns.dtype.itemsize != width:
            raise ValueError("the TDIM of its columns do not fit their TFORM")
        return Table(head, hdu.data, sound)
