"""Takes out of a light curve what its star does anyway, so that events are left, in units of the noise."""

from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.baseline import BINS_PER_WINDOW, bin_medians, draw_line, local_noise, smooth_line
from desktop_app.core.segments import cadence_of, segment_starts

WINDOWS_D = (4.0, 2.0, 1.0, 0.5)
"""Baseline windows to choose from."""
_ROWS_PER_WINDOW = 40
_TOLERANCE = 1.25
_GAP_D = 0.5
_GAP_CADENCES = 12


@dataclass(frozen=True, eq=False)
class Detrended:
    """A curve and its baseline; rows that cannot be used are left out.

    Attributes
    ----------
    time, flux, baseline, noise : ndarray, shape (n,)
        Days; the other three in the unit of the flux. ``noise`` is one robust sigma.
    starts : ndarray, shape (m,)
        First rows of the stretches that the baseline takes one by one.
    cadence_d, window_d : float
        The usual spacing, and the length of the stretch that the baseline follows.
    """

    time: Floats
    flux: Floats
    baseline: Floats
    noise: Floats
    starts: Ints
    cadence_d: float
    window_d: float

    @property
    def residual(self) -> Floats:
        """Flux less baseline in units of the noise; shape (n,)."""
        return (self.flux - self.baseline) / self.noise


def detrend(time: Floats, flux: Floats, *, window_d: float = 0.0, gap_d: float = 0.0) -> Detrended:
    """The curve less a baseline as slow as the star allows.

    Parameters
    ----------
    time, flux : ndarray, shape (n,)
        Finite, n > 1, times never decreasing.
    window_d : float
        Length of the stretch that the baseline follows; 0 takes the longest of `WINDOWS_D` that leaves little
        more scatter than the shortest.
    gap_d : float
        A longer pause than this interrupts the baseline; 0 takes half a day or twelve cadences.
    """
    cadence = cadence_of(time)
    starts = segment_starts(time, gap_d or max(_GAP_D, _GAP_CADENCES * cadence))
    everything = np.ones(time.size, dtype=np.bool_)
    choices = [window_d] if window_d else list(WINDOWS_D)
    choices = sorted({max(choice, _ROWS_PER_WINDOW * cadence) for choice in choices}, reverse=True)
    lines = [_line(time, flux, everything, starts, choice) for choice in choices]
    fine_d = max(choices[-1] / BINS_PER_WINDOW, 2 * cadence)
    left = [robust_sigma(bin_medians(time, flux - line, everything, starts, fine_d).value) for line in lines]
    chosen = next(k for k, scatter in enumerate(left) if scatter <= _TOLERANCE * min(left))
    made = Detrended(time, flux, lines[chosen], flux, starts, cadence, choices[chosen])
    return replace(made, noise=_noise(made, everything))


def detrend_again(curve: Detrended, keep: Bools) -> Detrended:
    """The same with a baseline and a noise drawn by the rows ``keep`` alone; shape (n,)."""
    baseline = _line(curve.time, curve.flux, keep, curve.starts, curve.window_d)
    made = replace(curve, baseline=baseline)
    return replace(made, noise=_noise(made, keep))


def _line(time: Floats, flux: Floats, keep: Bools, starts: Ints, window_d: float) -> Floats:
    bins = bin_medians(time, flux, keep, starts, window_d / BINS_PER_WINDOW)
    value, slope = smooth_line(bins, window_d)
    return draw_line(time, starts, bins, value, slope)


def _noise(curve: Detrended, keep: Bools) -> Floats:
    block_d = max(2 * curve.window_d, 60 * curve.cadence_d)
    return local_noise(curve.time, curve.flux - curve.baseline, keep, block_d)
