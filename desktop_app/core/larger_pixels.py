"""A picture in larger pixels, up to twice as large: means, but a pixel far from its neighbours stays itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.pieces import in_pieces

Values = NDArray[np.float32]
Shares = NDArray[np.uint8]
Places = NDArray[np.intp]

_BINS_AT_ONCE = 32


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

    in_pieces(reduce_from, range(0, rows.count, _BINS_AT_ONCE), made.size)
    return made


def largest(shares: Shares, rows: Steps, columns: Steps) -> Shares:
    """The largest of the shares that lie in each larger pixel."""
    first, second = _members(rows, len(shares))
    down = np.maximum(shares[first], shares[second])
    first, second = _members(columns, shares.shape[1])
    return np.maximum(down[:, first], down[:, second])


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
