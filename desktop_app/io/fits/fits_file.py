"""FITS files through astropy, which here prints nothing, takes no memory on a file's word and shows no traceback."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from math import isfinite, isnan, prod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.errors import ReadError
from desktop_app.core.quiet import ALONE
from desktop_app.core.source import Card
from desktop_app.io.curves.rows import whole_numbers
from desktop_app.io.fits.plain_cards import PlainCards, end_of_header, plain_cards
from desktop_app.io.source import open_bytes, read_head

if TYPE_CHECKING:
    # astropy ships no types: what is annotated with it is Any.
    from astropy.io import fits

AGAIN = "Download or copy the file again."
_BLOCK = 2880
_POSSIBLE = {
    "NAXIS": range(1000),
    "BITPIX": (8, 16, 32, 64, -32, -64),
    "ZNAXIS": range(1000),
    "ZBITPIX": (8, 16, 32, 64, -32, -64),
    "GCOUNT": range(1 << 16),
    "TFIELDS": range(1000),
}
_POSSIBLE_SIZE = range(1 << 48)
_EXTRA = (("GCOUNT", 1), ("PCOUNT", 0))
# What astropy raises on broken files beside its VerifyError; found by mutating files.
_BROKEN = (AssertionError, KeyError, TypeError, ValueError)


@contextmanager
def guarded(what: str) -> Iterator[None]:
    """Where astropy looks at ``what``: what it raises becomes a `ReadError`.

    Its warnings are dropped: they tell of cards against the standard that can be read all the same.
    """
    from astropy.io import fits

    # A signalling NaN, or a number past the end, is no news: it becomes NaN or inf.
    with ALONE, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            yield
        except (fits.VerifyError, *_BROKEN) as error:
            said = " ".join(str(error).split()).partition(", fix it first")[0][:200].strip('".')
            raise ReadError(f"{what} cannot be read: {said or type(error).__name__}.", hint=AGAIN) from error


@dataclass(frozen=True, eq=False)
class Header:
    """One header of a file, its place among them, and where it and its data begin.

    Cards in the plain form of the standard are read here, all others by astropy: to list a folder is to read the
    headers of thousands of files, and astropy takes four times as long over one.

    Attributes
    ----------
    file : str
    place : int
    raw : bytes
        Whole blocks with an END card.
    at, data_at : int
        Where the header and its data begin in the file.
    """

    file: str
    place: int
    raw: bytes
    at: int
    data_at: int

    @cached_property
    def parsed(self) -> "fits.Header":
        """The header as astropy has it."""
        from astropy.io import fits

        with guarded(f"HDU {self.place} of {self.file}"):
            try:
                return fits.Header.fromfile(BytesIO(self.raw), padding=False)
            except OSError as error:
                raise ValueError(str(error)) from error

    @cached_property
    def data_size(self) -> int:
        """How many bytes of data follow, without the filling of the last block."""
        axes = self.axes()
        grouped = axes[:1] == [0] and self.value("GROUPS") is True
        axes = axes[1:] if grouped else axes
        if not axes:
            return 0
        count, more = (self.size(keyword) if self._has(keyword) else default for keyword, default in _EXTRA)
        return abs(self.size("BITPIX")) * count * (more + prod(axes)) // 8

    @property
    def data_size_padded(self) -> int:
        """How many bytes of data follow, in whole blocks."""
        return -(-self.data_size // _BLOCK) * _BLOCK

    @cached_property
    def _first(self) -> dict[str, "fits.Card"]:
        """The first card of each keyword; astropy's own search takes longer than all the rest of a summary."""
        return {card.keyword: card for card in reversed([*self.parsed.cards])}

    @cached_property
    def _plain(self) -> PlainCards:
        return plain_cards(self.raw)

    def _has(self, keyword: str) -> bool:
        plain = self._plain
        return keyword in plain.values or ((keyword in plain.others or plain.odd) and keyword in self._first)

    @property
    def hdu(self) -> str:
        """Its EXTNAME, or "PRIMARY" or "HDU 2" where it has none."""
        return self.text("EXTNAME") or (f"HDU {self.place}" if self.place else "PRIMARY")

    @property
    def is_table(self) -> bool:
        """Whether the data are a binary table."""
        return self.text("XTENSION") in ("BINTABLE", "A3DTABLE")

    def value(self, keyword: str) -> object:
        """The first value of the keyword; None where there is none."""
        plain = self._plain
        if keyword in plain.values:
            return plain.values[keyword]
        return _value(self._first[keyword]) if self._has(keyword) else None

    def text(self, keyword: str) -> str:
        """The value as text, "" where there is none."""
        return _shown(self.value(keyword))

    def number(self, keyword: str) -> float:
        """The value as a number, NaN where it is none; numbers written as text count."""
        try:
            number = float(self.text(keyword).replace("D", "E"))
        except ValueError:
            return float("nan")
        return number if isfinite(number) else float("nan")

    def size(self, keyword: str) -> int:
        """The value, which counts axes, rows or bytes."""
        value = self.value(keyword)
        if type(value) is not int or value not in _POSSIBLE.get(keyword, _POSSIBLE_SIZE):
            what = f"HDU {self.hdu} of {self.file} has {keyword} = {_shown(value)[:30]}"
            raise ReadError(f"{what}, which cannot be.", hint=AGAIN)
        return value

    def axes(self) -> list[int]:
        """The sizes of its axes, once it is known that all its sizes are possible."""
        sizes = {keyword: self.size(keyword) for keyword in ("NAXIS", "PCOUNT", "GCOUNT") if self._has(keyword)}
        axes = [self.size(f"NAXIS{axis}") for axis in range(1, sizes.get("NAXIS", 0) + 1)]
        if axes:
            self.size("BITPIX")
        return axes


def _value(card: "fits.Card") -> object:
    from astropy.io import fits

    try:
        value = card.value
    except fits.VerifyError:
        # astropy takes a value against the standard, such as a text without its last quote, where it can mend it.
        try:
            card.verify("silentfix")
            value = card.value
        except (fits.VerifyError, ValueError):
            return None
    return None if isinstance(value, fits.card.Undefined) else value


def _comment(card: "fits.Card") -> str:
    from astropy.io import fits

    try:
        return str(card.comment).strip()
    except fits.VerifyError:
        return ""


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    return "" if value is None else str(value).strip()


def is_fits(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is FITS."""
    return head.startswith(b"SIMPLE  =")


@lru_cache(maxsize=16)
def headers(path: Path, head: bytes) -> tuple[Header, ...]:
    """The headers up to the first table's that lie wholly in ``head``, the first bytes of a FITS file.

    Raises
    ------
    ReadError
        A header gives its data a size that cannot be.
    """
    found: list[Header] = []
    at = 0
    while at < len(head) and (not found or (head.startswith(b"XTENSION", at) and not found[-1].is_table)):
        data_at = end_of_header(head, at)
        if data_at is None:
            break
        with guarded(f"HDU {len(found)} of {path.name}"):
            found.append(Header(path.name, len(found), head[at:data_at], at, data_at))
            at = data_at + found[-1].data_size_padded
    return tuple(found)


def parse_header(file: str, place: int, raw: bytes, at: int) -> Header:
    """The header in ``raw``, whole blocks with an END card, that begins at byte ``at`` of ``file``.

    Raises
    ------
    ReadError
        It gives its data a size that cannot be.
    """
    with guarded(f"HDU {place} of {file}"):
        header = Header(file, place, raw, at, at + len(raw))
        header.axes()
    return header


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


def cards_of(*shown: Header) -> tuple[Card, ...]:
    """All cards of the headers, in about 10 microseconds each."""
    with guarded(f"The header of {shown[0].file}"):
        return tuple(
            Card(header.hdu, card.keyword, _shown(_value(card)), _comment(card))
            for header in shown
            for card in header.parsed.cards
        )


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
    if size - len(content) < _BLOCK:
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
