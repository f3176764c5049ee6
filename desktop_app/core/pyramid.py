"""Exact extrema and point densities of long series, at the width of a screen."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, Ints, frozen_floats, frozen_ints

BLOCK = 64
DIRECT = 1500
DENSITY_SAMPLES = 400_000


@dataclass(frozen=True, eq=False)
class Envelope:
    """The lowest and highest value in each of ``width`` columns of time; NaN where a column has no points.

    Attributes
    ----------
    low, high : ndarray, shape (width,)
    count : ndarray, shape (width,)
    """

    low: Floats
    high: Floats
    count: Ints


@dataclass(frozen=True, eq=False)
class Pyramid:
    """A series without gaps in memory: finite values at times that never decrease, with the extrema of its blocks.

    Attributes
    ----------
    time, values : ndarray, shape (m,)
        Finite.
    rows : ndarray, shape (m,)
        Where each point stands in the arrays it was taken from.
    block_low, block_high : ndarray, shape (m // BLOCK + 2,)
        Extrema of `BLOCK` points each; what lies past the last point is +inf and -inf.
    """

    time: Floats
    values: Floats
    rows: Ints
    block_low: Floats = field(repr=False)
    block_high: Floats = field(repr=False)

    def __len__(self) -> int:
        return len(self.time)

    def between(self, start: float, stop: float) -> tuple[int, int]:
        """The points ``first:last`` whose time is in [start, stop]."""
        return int(np.searchsorted(self.time, start, "left")), int(np.searchsorted(self.time, stop, "right"))

    def columns(self, start: float, stop: float, width: int) -> Ints:
        """Where each column of [start, stop] begins, and where the last one ends; shape (width + 1,)."""
        edges = np.linspace(start, stop, width + 1)
        edges[-1] = np.nextafter(stop, np.inf)  # the last column is closed, so that no point at the end is lost
        return np.searchsorted(self.time, edges, "left").astype(np.int64)

    def envelope(self, start: float, stop: float, width: int, bounds: Ints | None = None) -> Envelope:
        """The extrema of every point in [start, stop], column by column; ``bounds`` are its `columns`, where known."""
        bounds = self.columns(start, stop, width) if bounds is None else bounds
        count = np.diff(bounds)
        low, high = np.full(width, np.nan), np.full(width, np.nan)
        filled = count > 0
        if filled.any():
            # Columns without points take no room in the series: a filled column ends where the next one begins.
            first, last = bounds[:-1][filled], bounds[1:][filled]
            # Going through all points is faster than looking up blocks until they are very many.
            if last[-1] - first[0] < DIRECT * width:
                part = self.values[first[0] : last[-1]]
                low[filled] = np.minimum.reduceat(part, first - first[0])
                high[filled] = np.maximum.reduceat(part, first - first[0])
            else:
                low[filled], high[filled] = self._extrema(first, last)
        return Envelope(low, high, count)

    def density(
        self,
        start: float,
        stop: float,
        width: int,
        top: float,
        bottom: float,
        height: int,
        samples: int = DENSITY_SAMPLES,
        bounds: Ints | None = None,
    ) -> tuple[NDArray[np.int64], int]:
        """How many points fall on each pixel, and how many points each of those counted stands for.

        Where there are more than ``samples`` points, every ``step``-th is counted: a shade needs no more, and
        the extrema are the envelope's. The counted points stay the same while the view is panned.

        Returns
        -------
        counts : ndarray, shape (height, width)
        step : int
        """
        bounds = self.columns(start, stop, width) if bounds is None else bounds
        step = max(1, -(-int(bounds[-1] - bounds[0]) // samples))
        first = -(-bounds // step)  # the first counted point of each column, in units of step
        values = self.values[first[0] * step : bounds[-1] : step]
        column = np.repeat(np.arange(width), np.diff(first))
        place = ((top - values) * (height / (top - bottom))).astype(np.int64)
        inside = (values <= max(top, bottom)) & (values >= min(top, bottom))
        np.clip(place, 0, height - 1, out=place)
        flat = (place * width + column)[inside]
        return np.bincount(flat, minlength=width * height).reshape(height, width), step

    def _extrema(self, first: Ints, last: Ints) -> tuple[Floats, Floats]:
        """Extrema of the stretches ``first:last``: whole blocks from the pyramid, both ends from the points."""
        block_first, block_last = -(-first // BLOCK), last // BLOCK
        whole = block_first < block_last
        pairs = np.stack([block_first, np.maximum(block_first, block_last)], axis=1).ravel()
        low = np.where(whole, np.minimum.reduceat(self.block_low, pairs)[::2], np.inf)
        high = np.where(whole, np.maximum.reduceat(self.block_high, pairs)[::2], -np.inf)
        offset = np.arange(BLOCK)
        head_end = np.maximum(np.minimum(block_first * BLOCK, last) - 1, first)
        tail_start = np.minimum(np.maximum(block_last * BLOCK, first), last - 1)
        # (columns, BLOCK): indices beyond an end repeat a point of the same column, which changes no extremum.
        head = self.values[np.minimum(first[:, None] + offset, head_end[:, None])]
        tail = self.values[np.maximum(last[:, None] - 1 - offset, tail_start[:, None])]
        low = np.minimum(low, np.minimum(head.min(axis=1), tail.min(axis=1)))
        high = np.maximum(high, np.maximum(head.max(axis=1), tail.max(axis=1)))
        return low, high


def build_pyramid(time: Floats, values: Floats, shown: Bools | None = None) -> Pyramid:
    """The finite points of a series, ready to be drawn at any zoom.

    Parameters
    ----------
    time, values : ndarray, shape (n,)
        NaN is left out; finite times never decrease.
    shown : ndarray of bool, shape (n,), optional
        Points to leave out beside that.
    """
    keep = np.isfinite(time) & np.isfinite(values)
    if shown is not None:
        keep &= shown
    rows = np.flatnonzero(keep)
    return _built(frozen_floats(time[rows]), frozen_floats(values[rows]), frozen_ints(rows))


def build_pyramids(time: Floats, values: Floats) -> tuple[Pyramid, ...]:
    """One pyramid for each column; columns that are NaN in the same rows share their times and row numbers.

    Parameters
    ----------
    time : ndarray, shape (n,)
        Finite, never decreasing.
    values : ndarray, shape (n, c)
        NaN is left out.
    """
    shared: dict[bytes, tuple[Floats, Ints]] = {}
    built = []
    for column in values.T:
        keep = np.isfinite(column)
        holes = np.packbits(keep).tobytes()
        if holes not in shared:
            whole = bool(keep.all())
            rows = np.flatnonzero(keep)
            shared[holes] = (frozen_floats(time if whole else time[rows]), frozen_ints(rows))
        built.append(_built(shared[holes][0], frozen_floats(column[keep]), shared[holes][1]))
    return tuple(built)


def _built(time: Floats, values: Floats, rows: Ints) -> Pyramid:
    blocks = len(rows) // BLOCK + 2
    padded = np.full(blocks * BLOCK, np.nan)
    padded[: len(rows)] = values
    table = padded.reshape(blocks, BLOCK)
    low = np.fmin.reduce(table, axis=1, initial=np.inf)
    high = np.fmax.reduce(table, axis=1, initial=-np.inf)
    return Pyramid(time, values, rows, low, high)
