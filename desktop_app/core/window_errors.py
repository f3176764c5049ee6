"""A residual in bins of several time scales, and windows of them for a network to look at."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.window_features import window_starts

Windows = NDArray[np.float32]
STEP = 4
"""From one time scale to the next, bins grow by this factor."""


@dataclass(frozen=True, eq=False)
class Binned:
    """A residual in bins, each in units of what such bins scatter by.

    Attributes
    ----------
    value : ndarray, shape (m,)
        NaN where every row of a bin is left out.
    scatter : float
        What the bins scatter by against what white noise would; at least 1.
    first : ndarray of int, shape (m + 1,)
        First row of each bin; the last entry is the number of rows.
    pauses : ndarray of int
        First bins of the stretches that are not interrupted.
    factor : int
        Rows to a bin.
    """

    value: Floats
    scatter: float
    first: Ints
    pauses: Ints
    factor: int


def binned(residual: Floats, pauses: Ints, factor: int, keep: Bools | None = None) -> Binned:
    """``residual`` in bins of ``factor`` rows; none reaches over a pause, the last of a stretch takes what is left.

    Parameters
    ----------
    residual : ndarray, shape (n,)
        In sigmas.
    pauses : ndarray of int
        First rows of the stretches.
    factor : int
    keep : ndarray of bool, shape (n,), optional
        Rows that count; all where not given.
    """
    n = residual.size
    lengths = np.diff(np.append(pauses, n))
    bins = np.maximum(1, np.round(lengths / factor)).astype(np.int64)
    number = np.arange(bins.sum()) - np.repeat(np.cumsum(bins) - bins, bins)
    first = np.repeat(pauses, bins) + factor * number
    weight = np.ones(n) if keep is None else keep.astype(np.float64)
    count = np.add.reduceat(weight, first)
    total = np.add.reduceat(residual * weight, first)
    value = np.where(count > 0, total / np.sqrt(np.maximum(count, 1.0)), np.nan)
    scatter = max(1.0, float(np.nan_to_num(robust_sigma(value))))
    return Binned(value / scatter, scatter, np.append(first, n), np.cumsum(bins) - bins, factor)


def factors(n: int, longest: int, window: int) -> list[int]:
    """Bin sizes in rows: 1, then `STEP` times as many, while two bins are no longer than the longest event.

    Parameters
    ----------
    n : int
        Rows; a window of ``window`` bins has to fit in.
    longest : int
        Rows of the longest event looked for.
    window : int
        Bins to a window.
    """
    found = [1]
    while 2 * STEP * found[-1] <= longest and window * STEP * found[-1] <= n:
        found.append(STEP * found[-1])
    return found


def windows_of(bins: Binned, window: int, stride: int) -> tuple[Ints, Windows]:
    """First bins of windows that cross no pause, and the windows as float32; shapes (w,) and (w, window)."""
    begin = window_starts(bins.pauses, bins.value.size, window, stride)
    if begin.size == 0:
        return begin, np.zeros((0, window), np.float32)
    return begin, sliding_window_view(bins.value, window)[begin].astype(np.float32)


def together(begin: Ints, made: Windows, m: int) -> Floats:
    """The mean over the windows that cover it, for each of ``m`` bins; NaN where none does.

    Parameters
    ----------
    begin : ndarray of int, shape (w,)
        First bins of the windows.
    made : ndarray, shape (w, window)
    m : int
    """
    total, count = np.zeros(m), np.zeros(m)
    for place in range(made.shape[1]):
        # Windows begin at different bins, so no bin is hit twice by one place.
        total[begin + place] += made[:, place]
        count[begin + place] += 1
    with np.errstate(invalid="ignore"):
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def clean_rows(n: int, start: Ints, stop: Ints) -> Bools:
    """Of ``n`` rows those that no match ``start:stop`` holds, nor its surroundings as wide as itself; shape (n,)."""
    clean = np.ones(n, dtype=np.bool_)
    for first, last in zip(start, stop, strict=True):
        margin = max(1, (last - first) // 2)
        clean[max(0, first - margin) : last + margin] = False
    return clean
