"""How two channels go together: correlation of values and of ranks, and how far one runs behind the other."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats

_FEWEST = 3
_FARTHEST = 0.25
_LEAST_OVERLAP = 0.5
_MOST_ROWS = 1 << 20


@dataclass(frozen=True)
class Relation:
    """Two channels over the same rows.

    Attributes
    ----------
    samples : int
        Rows where both have a value.
    pearson, spearman : float
        Correlation of the values and of their ranks, in [-1, 1]; NaN where one of the two does not change, or where
        there are too few samples.
    lag : int
        By how many rows the second runs behind the first where they go together best; negative where it runs ahead.
    at_lag : float
        The correlation of the values there; NaN where it is not known, or where the rows are too many to try.
    """

    samples: int
    pearson: float
    spearman: float
    lag: int
    at_lag: float


NO_RELATION = Relation(0, float("nan"), float("nan"), 0, float("nan"))


def relation_of(first: Floats, second: Floats) -> Relation:
    """How ``second`` goes with ``first``.

    Parameters
    ----------
    first, second : ndarray, shape (n,)
        Of the same rows; NaN where there is no value.
    """
    both = np.isfinite(first) & np.isfinite(second)
    n = int(both.sum())
    if n < _FEWEST:
        return Relation(n, float("nan"), float("nan"), 0, float("nan"))
    a, b = first[both], second[both]
    lag, at_lag = best_lag(first, second)
    return Relation(n, pearson(a, b), pearson(ranks(a), ranks(b)), lag, at_lag)


def pearson(first: Floats, second: Floats) -> float:
    """The correlation of finite values; NaN where one of the two does not change."""
    a, b = _scaled(first), _scaled(second)
    length = float(np.sqrt(np.dot(a, a) * np.dot(b, b)))
    return float(np.clip(np.dot(a, b) / length, -1.0, 1.0)) if length > 0 else float("nan")


def ranks(values: Floats) -> Floats:
    """The ranks of finite values from 1 on; equal ones share the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    mean: Floats = np.cumsum(count) - (count - 1) / 2.0
    return mean[place.reshape(-1)]


def best_lag(first: Floats, second: Floats) -> tuple[int, float]:
    """By how many rows ``second`` runs behind ``first`` where the size of their correlation is largest, and that there.

    Up to a quarter of the rows are tried, and what overlaps has to be half of what both have. Rows without a value
    count neither as high nor as low: the correlation of each lag is that of the values which meet there, by Fourier
    transforms of values, squares and masks (Padfield 2012, IEEE Trans. Image Process. 21, 2706).

    Returns
    -------
    (int, float)
        (0, NaN) where nothing can be told.
    """
    n = len(first)
    farthest = int(_FARTHEST * n)
    if farthest < 1 or n > _MOST_ROWS:
        return 0, float("nan")
    a, b = (_scaled(values) for values in (first, second))
    found = _correlations(a, np.isfinite(first), b, np.isfinite(second), farthest)
    if not np.isfinite(found).any():
        return 0, float("nan")
    size = np.abs(found)
    top = np.nanmax(size)
    # Of lags as good as each other the shortest: what repeats fits again a whole period later.
    good = np.flatnonzero(size >= top - 1e-9)
    lag = int(good[np.argmin(np.abs(good - farthest))]) - farthest
    return lag, float(np.clip(found[lag + farthest], -1.0, 1.0))


def _correlations(a: Floats, of_a: Bools, b: Floats, of_b: Bools, farthest: int) -> Floats:
    """The correlation at every lag from ``-farthest`` to ``farthest``; NaN where too little meets.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        Scaled values, 0 where there is none.
    of_a, of_b : ndarray of bool, shape (n,)
        Where there is one.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    n = len(a)
    size = next_fast_len(n + farthest, real=True)
    values_a, squares_a, mask_a = (rfft(one, size) for one in (a, a * a, of_a.astype(np.float64)))
    values_b, squares_b, mask_b = (rfft(one, size) for one in (b, b * b, of_b.astype(np.float64)))

    def met(left: np.ndarray[tuple[int], np.dtype[np.complex128]], right: object) -> Floats:
        """The sum over rows i of left[i] right[i + lag], for lags from -farthest to farthest."""
        found = irfft(np.conj(left) * right, size)
        return np.concatenate((found[-farthest:], found[: farthest + 1]))

    count = np.round(met(mask_a, mask_b))
    enough = count >= max(_FEWEST, _LEAST_OVERLAP * count[farthest])
    count = np.where(enough, count, np.nan)
    sum_a, sum_b = met(values_a, mask_b), met(mask_a, values_b)
    spread_a = met(squares_a, mask_b) - sum_a**2 / count
    spread_b = met(mask_a, squares_b) - sum_b**2 / count
    together = met(values_a, values_b) - sum_a * sum_b / count
    # What is left of a constant after rounding is no scatter.
    least = 1e-9 * count
    good = (spread_a > least) & (spread_b > least)
    found: Floats = np.full(len(count), np.nan)
    found[good] = together[good] / np.sqrt(spread_a[good] * spread_b[good])
    return found


def _scaled(values: Floats) -> Floats:
    """Finite values about their mean, in standard deviations; 0 elsewhere, and where they do not change."""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros(len(values))
    largest = float(np.max(np.abs(values[known])))
    own = values / largest if largest > 0 else values
    about = np.where(known, own - np.mean(own[known]), 0.0)
    spread = float(np.sqrt(np.mean(about[known] ** 2)))
    return about / spread if spread > 1e-12 else np.zeros(len(values))
