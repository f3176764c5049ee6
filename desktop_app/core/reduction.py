"""Pictures made smaller without losing what stands out: means, but a pixel far from its neighbours stays itself."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import local

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
Shares = NDArray[np.uint8]
Places = NDArray[np.intp]

STANDS_OUT_SIGMA = 3.5
SMALLEST = 1
_ROWS_AT_ONCE = 16
_BINS_AT_ONCE = 32
_MUCH = 300_000
_THREADS = min(8, os.cpu_count() or 1)
_ALL = 255
_CLEARLY = 1.5


@dataclass(frozen=True)
class Steps:
    """Larger pixels along one side.

    Attributes
    ----------
    first : float
        Where the first one begins, in pixels; pixel 0 begins at 0.0.
    step : float
        How many pixels each covers, in [1, 2].
    count : int
    """

    first: float
    step: float
    count: int


@dataclass(frozen=True, eq=False)
class ImagePyramid:
    """A picture at full size and halved again and again.

    A pixel of a halved picture is the mean of the four below it, unless one of them is further from that mean than
    noise makes it: then it is that one. Single bright or dark pixels and thin lines are seen at every size, and noise
    averages out.

    Attributes
    ----------
    levels : tuple of ndarray of float32
        Shapes (ny, nx), (ny / 2, nx / 2), ..., rounded up; NaN where no pixel below has a value.
    missing : tuple of ndarray of uint8, or empty
        For each level which share of the pixels below has no value, 255 for all of them and never 0 where one has
        none; empty where every pixel of the picture has a value.
    noise : float
        Standard deviation of the difference of neighbours, over the square root of 2.
    sky : float
        The usual value: where two of four are bright and two are not, those far from it are kept.
    """

    levels: tuple[Values, ...]
    missing: tuple[Shares, ...]
    noise: float
    sky: float

    @property
    def tolerance(self) -> float:
        """How far from the mean a pixel stands out."""
        return STANDS_OUT_SIGMA * self.noise


def pyramid_of(values: Values, noise: float, sky: float, *, complete: bool) -> ImagePyramid:
    """``values`` and its halves.

    Parameters
    ----------
    values : ndarray of float32, shape (ny, nx)
    noise, sky : float
    complete : bool
        Whether every value is finite; others count as missing.
    """
    missing: list[Shares] = []
    if not complete:
        gone = ~np.isfinite(values)
        if np.isinf(values).any():
            values = np.where(gone, np.float32(np.nan), values)
        missing = list(halved_shares(gone.view(np.uint8) * np.uint8(_ALL)))
    levels = [values]
    while max(levels[-1].shape) > SMALLEST:
        levels.append(_halved(levels[-1], STANDS_OUT_SIGMA * noise, sky, complete=complete))
    return ImagePyramid(tuple(levels), tuple(missing), noise, sky)


def halved_shares(shares: Shares) -> tuple[Shares, ...]:
    """``shares`` and its halves: means, rounded up, so that nothing becomes none."""
    levels = [shares]
    while max(levels[-1].shape) > SMALLEST:
        total = np.zeros(((levels[-1].shape[0] + 1) // 2, (levels[-1].shape[1] + 1) // 2), np.uint16)
        for quarter in _quarters(levels[-1]):
            total += quarter
        levels.append(((total + 3) // 4).astype(np.uint8))
    return tuple(levels)


def reduced(values: Values, tolerance: float, rows: Steps, columns: Steps, *, complete: bool) -> Values:
    """``values`` in larger pixels, each the mean of what it covers, or the one pixel in it that stands out.

    Parameters
    ----------
    values : ndarray of float32, shape (ny, nx)
    tolerance : float
        How far from the mean a pixel stands out.
    rows, columns : Steps
    complete : bool
        Whether every value is finite; NaN counts as missing.
    """
    made = np.empty((rows.count, columns.count), np.float32)
    limit = np.float32(tolerance)
    across = _Bins.of(columns, values.shape[1])

    def reduce_from(first: int) -> None:
        part = Steps(rows.first + first * rows.step, rows.step, min(_BINS_AT_ONCE, rows.count - first))
        down = _fewer_rows(values, limit, _Bins.of(part, len(values)), complete=complete)
        both = _fewer_rows(np.ascontiguousarray(down.T), limit, across, complete=complete)
        made[first : first + part.count] = both.T

    _in_pieces(reduce_from, range(0, rows.count, _BINS_AT_ONCE), made.size)
    return made


def shrunk(values: Values, step: float) -> Values:
    """A small picture made smaller: each pixel covers ``step`` of ``values`` and more than 1 along a side.

    It is NaN where it covers any that is missing.
    """
    finite = values[np.isfinite(values)]
    sky = float(np.median(finite)) if finite.size else 0.0
    pyramid = pyramid_of(values, noise_of(values), sky, complete=finite.size == values.size)
    level = min(int(np.log2(step) + 1e-9), len(pyramid.levels) - 1)
    rows, columns = (Steps(0.0, step / 2**level, int(np.ceil(size / step - 1e-9))) for size in values.shape)
    made = reduced(pyramid.levels[level], pyramid.tolerance, rows, columns, complete=not pyramid.missing)
    if pyramid.missing:
        made[largest(pyramid.missing[level], rows, columns) > 0] = np.nan
    return made


def noise_of(pixels: NDArray[np.floating]) -> float:
    """The scatter between neighbours, from a hundred rows; 0 where it cannot be told."""
    rows = pixels[:: max(1, len(pixels) // 100)].astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        steps = np.abs(np.diff(rows, axis=1))
    steps = steps[np.isfinite(steps)]
    return float(1.4826 * np.median(steps) / np.sqrt(2)) if steps.size else 0.0


def largest(shares: Shares, rows: Steps, columns: Steps) -> Shares:
    """The largest of the shares that lie in each larger pixel."""
    first, second = _members(rows, len(shares))
    down = np.maximum(shares[first], shares[second])
    first, second = _members(columns, shares.shape[1])
    return np.maximum(down[:, first], down[:, second])


def _halved(values: Values, tolerance: float, sky: float, *, complete: bool) -> Values:
    ny, nx = values.shape
    half = np.empty(((ny + 1) // 2, (nx + 1) // 2), np.float32)
    rule = _Rule(np.float32(tolerance), np.float32(2 * sky))
    spare = local()

    def halve_from(first: int) -> None:
        piece = values[2 * first : 2 * (first + _ROWS_AT_ONCE)]
        if piece.shape[0] % 2 or piece.shape[1] % 2:
            piece = np.pad(piece, [(0, size % 2) for size in piece.shape], mode="edge")
        made = half[first : first + _ROWS_AT_ONCE]
        if complete or np.isfinite(piece).all():
            if not hasattr(spare, "rooms"):
                spare.rooms = [np.empty((_ROWS_AT_ONCE, nx + nx % 2), np.float32) for _ in range(4)]
            _halve(piece, made, rule, [room[: len(made)] for room in spare.rooms])
        else:
            mean, high, low = _known(_quarters(piece))
            made[:] = mean
            rule.keep(made, high, low, high - mean, mean - low)

    _in_pieces(halve_from, range(0, len(half), _ROWS_AT_ONCE), half.size)
    return half


def _in_pieces(doing: Callable[[int], None], starts: range, size: int) -> None:
    """Call ``doing`` for each of ``starts``; by several threads where there is much to do.

    Pieces stay in the processor's cache, and numpy lets other threads run while it works on one.
    """
    if size < _MUCH:
        for first in starts:
            doing(first)
        return
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="reduction") as pool:
        for _ in pool.map(doing, starts):
            pass


@dataclass(frozen=True)
class _Rule:
    """When an extreme takes the place of the mean, and which one."""

    tolerance: np.float32
    twice_sky: np.float32

    def keep(self, mean: Values, high: Values, low: Values, up: Values, down: Values) -> None:
        """Write the extreme that stands out over ``mean``; ``up`` and ``down`` are how far they are from it."""
        far = np.maximum(up, down) > self.tolerance
        lower = (down > _CLEARLY * up) | ((up <= _CLEARLY * down) & (high + low < self.twice_sky))
        np.copyto(mean, high, where=far)
        np.copyto(mean, low, where=far & lower)


def _halve(piece: Values, mean: Values, rule: _Rule, spare: list[Values]) -> None:
    """Write the halved ``piece`` into ``mean``."""
    upper, lower = piece[::2], piece[1::2]
    rows, high, low, room = spare
    width = mean.shape[1]
    np.add(upper, lower, out=rows)
    np.add(rows[:, ::2], rows[:, 1::2], out=mean)
    np.multiply(mean, np.float32(0.25), out=mean)
    np.maximum(upper, lower, out=high)
    np.minimum(upper, lower, out=low)
    highest = np.maximum(high[:, ::2], high[:, 1::2], out=room[:, :width])
    lowest = np.minimum(low[:, ::2], low[:, 1::2], out=room[:, width:])
    up = np.subtract(highest, mean, out=rows[:, :width])
    down = np.subtract(mean, lowest, out=rows[:, width:])
    rule.keep(mean, highest, lowest, up, down)


def _known(quarters: tuple[Values, ...]) -> tuple[Values, Values, Values]:
    """Mean, largest and smallest of the values that are known; NaN where none is."""
    total, count = np.zeros_like(quarters[0]), np.zeros(quarters[0].shape, np.float32)
    high, low = np.full_like(total, np.nan), np.full_like(total, np.nan)
    for quarter in quarters:
        known = np.isfinite(quarter)
        total += np.where(known, quarter, np.float32(0))
        count += known
        high, low = np.fmax(high, quarter), np.fmin(low, quarter)
    with np.errstate(invalid="ignore"):
        return total / count, high, low


def _quarters(values: NDArray[np.generic]) -> tuple:  # type: ignore[type-arg]  # of whatever type the values are
    """The four pixels below each halved one; at odd edges the last one counts twice."""
    if values.shape[0] % 2 or values.shape[1] % 2:
        values = np.pad(values, [(0, size % 2) for size in values.shape], mode="edge")
    return tuple(values[row::2, column::2] for row in (0, 1) for column in (0, 1))


@dataclass(frozen=True, eq=False)
class _Bins:
    """Which pixels lie in each larger one, and how much of each it covers.

    Attributes
    ----------
    covered : tuple of (ndarray, ndarray)
        Pixels, shape (count,), and their shares, shape (count, 1).
    first, last : ndarray, shape (count,)
        The first and the last pixel whose middle lies in it.
    """

    covered: tuple[tuple[Places, Values], ...]
    first: Places
    last: Places

    @classmethod
    def of(cls, steps: Steps, size: int) -> "_Bins":
        """The larger pixels of ``steps`` over ``size`` pixels."""
        edges = np.clip(steps.first + steps.step * np.arange(steps.count + 1), 0, size)
        begin = np.minimum(np.floor(edges[:-1]), size - 1).astype(np.intp)
        covered = []
        for shift in range(int(np.ceil(steps.step)) + 1):
            place = begin + shift
            overlap = np.minimum(edges[1:], place + 1) - np.maximum(edges[:-1], place)
            share = np.clip(overlap / np.maximum(np.diff(edges), 1e-9), 0, 1).astype(np.float32)[:, None]
            if share.any():
                covered.append((np.minimum(place, size - 1), share))
        return cls(tuple(covered), *_members(steps, size))


def _fewer_rows(values: Values, limit: np.float32, bins: _Bins, *, complete: bool) -> Values:
    """One row for each of ``bins``."""
    one, two = values[bins.first], values[bins.last]
    mean = np.zeros_like(one)
    if complete:
        for rows, share in bins.covered:
            taken = values[rows]
            taken *= share
            mean += taken
    else:
        weight = np.zeros_like(one)
        for rows, share in bins.covered:
            taken = values[rows]
            known = np.isfinite(taken)
            mean += np.where(known, share * taken, np.float32(0))
            weight += share * known
        with np.errstate(invalid="ignore", divide="ignore"):
            mean /= weight
    far = (np.abs(one - mean) > limit) | (np.abs(two - mean) > limit)
    rows, columns = np.nonzero(far)
    if len(rows):
        mean[rows, columns] = _standing_out(values, bins.first[rows], bins.last[rows], columns)
    return mean


def _standing_out(values: Values, first: Places, last: Places, columns: Places) -> Values:
    """Of the pixels in rows ``first`` and ``last`` the one that is less like the rows about them."""
    one, two = values[first, columns], values[last, columns]
    below, above = first - 1, last + 1
    outside = above >= len(values)
    below, above = np.where(below < 0, np.where(outside, first, above), below), np.where(outside, below, above)
    before, after = values[below, columns], values[np.maximum(above, 0), columns]
    before, after = np.where(np.isnan(before), after, before), np.where(np.isnan(after), before, after)
    usual = (before + after) / 2
    second = np.isnan(one) | (np.abs(two - usual) > np.abs(one - usual))
    return np.where(second & ~np.isnan(two), two, one)


def _members(steps: Steps, size: int) -> tuple[Places, Places]:
    """The first and the last pixel whose middle lies in each larger one; each pixel lies in one."""
    edges = np.ceil(steps.first + steps.step * np.arange(steps.count + 1) - 0.5 - 1e-9).astype(np.intp)
    first = np.clip(edges[:-1], 0, size - 1)
    return first, np.clip(edges[1:] - 1, first, size - 1)
