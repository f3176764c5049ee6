"""Finds the stretch of a channel that is most like a given one."""

import numpy as np

from desktop_app.core.arrays import Floats

_FEWEST = 8


def nearest_like(values: Floats, start: int, stop: int) -> tuple[int, float] | None:
    """The first row of the stretch most like ``start:stop``, and how far it is from it.

    The distance is the root of the mean squared difference, sample by sample, without scaling. Stretches that share
    a row with the given one do not count. None where there is no other, or the stretch is too short to have a shape.
    Dot products by FFT, as in MASS (Mueen et al. 2017).

    Parameters
    ----------
    values : ndarray, shape (n,)
        Where values are missing the one before holds.
    start, stop : int
        Rows, half open.
    """
    known = np.flatnonzero(np.isfinite(values))
    rows, n = stop - start, len(values)
    if rows < _FEWEST or n < 2 * rows or not known.size:
        return None
    held = values[known[np.maximum(np.searchsorted(known, np.arange(n), side="right") - 1, 0)]]
    # Far from zero the squares would swallow the differences.
    with np.errstate(over="ignore"):
        held = np.clip(held - np.median(held), -1e150, 1e150)
    unit = float(np.abs(held).max()) or 1.0
    held = held / unit
    shape = held[start:stop]
    size = 1 << (n + rows).bit_length()
    dots = np.fft.irfft(np.fft.rfft(held, size) * np.fft.rfft(shape[::-1], size), size)[rows - 1 : n]
    squares = np.concatenate(([0.0], np.cumsum(held * held)))
    distance = squares[rows:] - squares[:-rows] - 2 * dots + float(shape @ shape)
    distance[max(start - rows + 1, 0) : stop] = np.inf
    best = int(np.argmin(distance))
    if not np.isfinite(distance[best]):
        return None
    exact = held[best : best + rows] - shape
    return best, unit * float(np.sqrt(np.mean(exact * exact)))
