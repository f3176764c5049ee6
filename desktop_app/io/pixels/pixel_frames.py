"""Frames of a target pixel file, out of the table's bytes: one when it is looked at, all of them to be summed."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.progress import Report, silent
from desktop_app.io.pixels.pixel_table import BLOCK_BYTES, PixelTable, Raw
from desktop_app.io.source import open_bytes

_LARGEST_FLUX = 1e100


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
        at_once = max(1, BLOCK_BYTES // self.table.flux.size)
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
        if self._table.flux.stored.kind == "f":
            self._blank[here] = _is_blank(flux)
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


def _is_blank(flux: Raw) -> Bools:
    """Where every pixel that has a value is zero, and at least one has; shape (m,)."""
    # A signalling NaN is no news.
    with np.errstate(all="ignore"):
        zero = flux == 0
        return zero.any(axis=1) & (zero | np.isnan(flux)).all(axis=1)
