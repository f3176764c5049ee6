"""Frames of a target pixel file, out of the table's bytes: one when it is looked at, all of them to be summed."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.errors import ReadError
from desktop_app.core.progress import Report, silent
from desktop_app.io.fits_file import AGAIN, Column, TableHead
from desktop_app.io.source import Bytes, open_bytes, version_of

# A cut-out of a thousand pixels square takes 20 MiB a row; all that is longer is no target pixel file.
ROW_LIMIT_BYTES = 32 << 20
_BLOCK_BYTES = 4 << 20
_LARGEST_FLUX = 1e100
Raw = NDArray[np.generic]


@dataclass(frozen=True)
class Field:
    """One column in the bytes of a row: where it begins, how its numbers are written, and what they mean."""

    column: Column
    at: int
    stored: np.dtype[np.generic]
    count: int
    scale: float
    zero: float
    null: float

    @property
    def size(self) -> int:
        """Bytes in a row."""
        return self.stored.itemsize * self.count

    @property
    def is_unscaled(self) -> bool:
        """Whether the numbers are what is stored."""
        return self.scale == 1.0 and self.zero == 0.0

    def cut(self, rows: NDArray[np.uint8]) -> Raw:
        """Its numbers as stored, shape (m, count), out of whole rows of shape (m, width)."""
        return rows[:, self.at : self.at + self.size].view(self.stored)

    def floats(self, raw: Raw) -> Floats:
        """Stored numbers as float64, scaled, NaN where the file has no value."""
        # A signalling NaN is no news: it becomes NaN.
        with np.errstate(all="ignore"):
            values = raw.astype(np.float64)
            missing = None if isnan(self.null) else raw == int(self.null)
            values = values if self.is_unscaled else values * self.scale + self.zero
        if missing is not None:
            values[missing] = np.nan
        return values


def field_of(head: TableHead, name: str) -> Field:
    """The column called ``name`` in upper case, which holds numbers."""
    column = head.columns[name]
    header, n = column.header, column.place + 1
    before = [other.dtype.itemsize for other in head.columns.values() if other.place < column.place]
    scale, zero = header.number(f"TSCAL{n}"), header.number(f"TZERO{n}")
    whole = column.dtype.base.kind in "iu"
    return Field(
        column,
        sum(before),
        column.dtype.base.newbyteorder(">"),
        int(np.prod(column.dtype.shape, dtype=np.int64)),
        1.0 if isnan(scale) else scale,
        0.0 if isnan(zero) else zero,
        header.number(f"TNULL{n}") if whole else float("nan"),
    )


@dataclass(frozen=True, eq=False)
class PixelTable:
    """The table of a target pixel file, as its headers describe it.

    Attributes
    ----------
    path : Path
    version : tuple of int
        Of the file, when the headers were read.
    head : TableHead
    size : (int, int)
        Height and width of a frame.
    flux, error, background : Field, or None where the file has none
    """

    path: Path
    version: tuple[int, int]
    head: TableHead
    size: tuple[int, int]
    flux: Field
    error: Field | None
    background: Field | None

    @property
    def width(self) -> int:
        """Bytes in a row."""
        return self.head.header.size("NAXIS1")

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of frames, height and width."""
        return (self.head.rows, *self.size)

    def blocks(self, file: Bytes) -> Iterator[tuple[int, bytes, NDArray[np.uint8]]]:
        """First row, bytes, and rows of shape (m, width), in pieces of a few MiB; ``file`` stands before the table.

        Raises
        ------
        ReadError
            The file ends inside the table.
        """
        # Four rows are whole words, which the checksum adds up.
        at_once = max(4, _BLOCK_BYTES // self.width // 4 * 4)
        for first in range(0, self.head.rows, at_once):
            wanted = min(at_once, self.head.rows - first)
            content = file.read(wanted * self.width)
            if len(content) < wanted * self.width:
                raise self.cut_short(first + len(content) // self.width)
            yield first, content, np.frombuffer(content, np.uint8).reshape(wanted, self.width)

    def cut_short(self, there: int) -> ReadError:
        """What to tell where only ``there`` rows are left."""
        promised = "1 row" if self.head.rows == 1 else f"{self.head.rows:,} rows"
        return ReadError(
            f"{self.path.name} is cut short: table {self.head.header.hdu} promises {promised} and {there:,} are there.",
            hint=AGAIN,
        )

    def check_version(self) -> None:
        """Make sure that the file is the one whose headers were read.

        Raises
        ------
        ReadError
        """
        if version_of(self.path) != self.version:
            raise ReadError(f"{self.path.name} has changed since it was opened.", hint="Open it again.")


@dataclass(frozen=True, eq=False)
class PlainFrames:
    """Frames that stay in the file, each read where it lies.

    Attributes
    ----------
    table : PixelTable
    order : ndarray, shape (n,), or None
        The row in the file of each frame; None where they lie in order.
    """

    table: PixelTable
    order: Ints | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of frames, height and width."""
        return self.table.shape

    def frame(self, row: int) -> Floats:
        """The pixels at ``row``, shape (ny, nx)."""
        table, flux = self.table, self.table.flux
        place = row if self.order is None else int(self.order[row])
        table.check_version()
        with open_bytes(table.path) as file:
            file.skip(table.head.header.data_at + place * table.width + flux.at)
            content = file.read(flux.size)
        if len(content) < flux.size:
            raise table.cut_short(place)
        return flux.floats(np.frombuffer(content, flux.stored)).reshape(table.size)

    def sums(self, mask: Bools, report: Report = silent) -> tuple[Floats, Floats]:
        """The flux in ``mask`` and its error, by one pass through the file."""
        table = self.table
        table.check_version()
        adding = Sums(table, mask)
        with open_bytes(table.path) as file:
            file.skip(table.head.header.data_at)
            for first, _content, rows in table.blocks(file):
                report(first / table.head.rows, "Summing pixels")
                adding.add(first, table.flux.cut(rows), table.error.cut(rows) if table.error else None)
        return adding.result(self.order)


@dataclass(frozen=True, eq=False)
class KeptFrames:
    """Frames of a gzipped file, which cannot be read where they lie and are kept in memory as they are stored.

    Attributes
    ----------
    table : PixelTable
    flux, error : ndarray, shape (n, ny * nx)
        As stored; no error where the file has none.
    order : ndarray, shape (n,), or None
        As of `PlainFrames`.
    """

    table: PixelTable
    flux: Raw
    error: Raw | None
    order: Ints | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of frames, height and width."""
        return self.table.shape

    def frame(self, row: int) -> Floats:
        """The pixels at ``row``, shape (ny, nx)."""
        place = row if self.order is None else int(self.order[row])
        return self.table.flux.floats(self.flux[place]).reshape(self.table.size)

    def sums(self, mask: Bools, report: Report = silent) -> tuple[Floats, Floats]:
        """The flux in ``mask`` and its error."""
        return self.added(mask, report).result(self.order)

    def added(self, mask: Bools, report: Report = silent) -> "Sums":
        """The flux in ``mask``, added up."""
        adding = Sums(self.table, mask)
        at_once = max(1, _BLOCK_BYTES // self.table.flux.size)
        for first in range(0, len(self.flux), at_once):
            report(first / len(self.flux), "Summing pixels")
            rows = slice(first, first + at_once)
            adding.add(first, self.flux[rows], None if self.error is None else self.error[rows])
        return adding


class Sums:
    """The flux in an aperture, added up block by block.

    A pixel that never has a value is left out. A row where another one has none has no flux, and neither has a row
    where every pixel of the frame is zero while those of other rows are not: nothing was measured there.
    """

    def __init__(self, table: PixelTable, mask: Bools) -> None:
        n = table.head.rows
        self._table = table
        self._chosen = np.flatnonzero(mask)
        self._flux, self._variance = np.zeros(n), np.full(n, np.nan)
        self._counts, self._ever = np.zeros(n, np.int64), np.zeros(len(self._chosen), np.bool_)
        self._blank = np.zeros(n, np.bool_)

    def add(self, first: int, flux: Raw, error: Raw | None) -> None:
        """The pixels of the rows from ``first`` on, as stored, each of shape (m, ny * nx)."""
        here = slice(first, first + len(flux))
        self._blank[here] = (flux == 0).all(axis=1) if self._table.flux.stored.kind == "f" else False
        values = self._table.flux.floats(flux[:, self._chosen])
        known = np.isfinite(values)
        self._ever |= known.any(axis=0)
        self._counts[here] = known.sum(axis=1)
        self._flux[here] = np.where(known, values, 0.0).sum(axis=1)
        if error is not None and self._table.error is not None:
            errors = self._table.error.floats(error[:, self._chosen])
            with np.errstate(all="ignore"):
                self._variance[here] = np.where(known, errors**2, 0.0).sum(axis=1)

    def result(self, order: Ints | None) -> tuple[Floats, Floats]:
        """Flux and error at every row, put into ``order``; NaN where there is none."""
        whole = (self._counts == self._ever.sum()) & self._ever.any() & (np.abs(self._flux) <= _LARGEST_FLUX)
        if self.blank_rows:
            whole &= ~self._blank
        with np.errstate(all="ignore"):
            flux, error = np.where(whole, self._flux, np.nan), np.where(whole, np.sqrt(self._variance), np.nan)
        return (flux, error) if order is None else (flux[order], error[order])

    @property
    def blank_rows(self) -> int:
        """In how many rows nothing was measured, where that is not so in all of them."""
        return 0 if self._blank.all() else int(self._blank.sum())
