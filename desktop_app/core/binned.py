"""The residual of a light curve at a workable cadence, in one piece, with its pauses marked."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.flattened import Flattened

_MOST_EMPTY = 0.2
_CLIP = 30.0
_ORDINARY = 3.0


@dataclass(frozen=True, eq=False)
class Binned:
    """The residual at a workable cadence.

    Attributes
    ----------
    value : ndarray, shape (m,)
        In its own robust sigmas, bounded; between neighbours where a bin is empty.
    mean : ndarray, shape (m,)
        The same, as a mean of rows, in sigmas of one row.
    empty : ndarray of bool, shape (m,)
    stretch : ndarray of int, shape (m,)
        Number of the uninterrupted stretch.
    of_row : ndarray of int, shape (n,)
        The bin of each row; never decreases.
    bin_d : float
    """

    value: Floats
    mean: Floats
    empty: Bools
    stretch: Ints
    of_row: Ints
    bin_d: float

    def valid(self, width: int) -> Bools:
        """Windows that lie in one stretch and have rows enough; shape (m - width + 1,)."""
        m = self.value.size - width + 1
        holes = np.concatenate([[0], np.cumsum(self.empty)])
        whole = self.stretch[:m] == self.stretch[width - 1 :]
        return whole & (holes[width:] - holes[:m] <= _MOST_EMPTY * width)


def bin_residual(flat: Flattened, bin_d: float) -> Binned:
    """Means of rows in bins that begin anew after each pause."""
    time, residual, n = flat.curve.time, flat.curve.residual, flat.rows.size
    starts = flat.pauses
    own = np.repeat(np.arange(starts.size), np.diff(np.append(starts, n)))
    # A thousandth of a bin: rows that lie on an edge but for rounding belong to the bin that begins there.
    within = np.floor((time - time[starts][own]) / bin_d + 1e-3).astype(np.int64)
    last = within[np.append(starts[1:], n) - 1]
    offset = np.concatenate([[0], np.cumsum(last + 1)])
    of_row = offset[own] + within
    m = int(offset[-1])
    count = np.bincount(of_row, minlength=m)
    total = np.bincount(of_row, residual, minlength=m)
    filled = np.flatnonzero(count)
    mean = np.interp(np.arange(m), filled, total[filled] / count[filled])
    value = mean * np.sqrt(np.interp(np.arange(m), filled, count[filled]))
    scatter = robust_sigma(value) or 1.0
    stretch = np.repeat(np.arange(starts.size), last + 1)
    return Binned(np.clip(value / scatter, -_CLIP, _CLIP), mean, count == 0, stretch, of_row, bin_d)


def surrogate_of(value: Floats, rng: np.random.Generator) -> Floats:
    """Noise with the spectrum of what is ordinary in ``value``: its phases are drawn anew."""
    spectrum = np.abs(np.fft.rfft(np.clip(value, -_ORDINARY, _ORDINARY)))
    turned = spectrum * np.exp(2j * np.pi * rng.random(spectrum.size))
    return np.fft.irfft(turned, value.size)
