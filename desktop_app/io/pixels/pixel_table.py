"""The table of a target pixel file as bytes: where its columns lie in a row, and its rows in the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.io.fits.fits_file import AGAIN
from desktop_app.io.fits.fits_table import Column, TableHead
from desktop_app.io.source import Bytes, version_of

# A cut-out of a thousand pixels square takes 20 MiB a row; all that is longer is no target pixel file.
ROW_LIMIT_BYTES = 32 << 20
BLOCK_BYTES = 4 << 20
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
        at_once = max(4, BLOCK_BYTES // self.width // 4 * 4)
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
