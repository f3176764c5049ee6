"""Takes out of a light curve what its star does anyway, so that events are left, in units of the noise."""

from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.baseline import BINS_PER_WINDOW, Bins, bin_medians, draw_line, local_noise, smooth_line
from desktop_app.core.drifting import find_drift
from desktop_app.core.progress import Report, silent
from desktop_app.core.ramps import find_ramps
from desktop_app.core.rotation import BIN_D, MOST_BINS, NOTHING, find_rotation
from desktop_app.core.segments import NO_JOINS, cadence_of, segment_starts
from desktop_app.core.steps import find_steps

WINDOWS_D = (3.0, 1.5, 0.75)
"""Baseline windows to choose from."""
_ROWS_PER_WINDOW = 40
_TOLERANCE = 1.15
_SLOW_D = 12.0
_FAR = 8.0
_SHORT = 6
_GAP_D = 0.5
_NOISE_D = 2.0
_NOISE_ROWS = 300
_GAP_CADENCES = 12
_DRAWING = "Drawing the baseline"


@dataclass(frozen=True, eq=False)
class Detrended:
    """A curve and its baseline; rows that cannot be used are left out.

    Attributes
    ----------
    time, flux, repeated, instrument, baseline, noise, step : ndarray, shape (n,)
        Days; the others in the unit of the flux. ``repeated`` is the part of the baseline that is periodic,
        ``instrument`` that which settles after a gap or follows the pointing; ``noise`` one robust sigma, ``step``
        the height of a step that begins at the row, 0 elsewhere.
    usual : ndarray, shape (n,)
        Where no dip or flare is that no baseline of any length explains.
    starts : ndarray, shape (m,)
        First rows of the stretches that the baseline takes one by one.
    cadence_d, window_d : float
        The usual spacing, and the length of the stretch that the baseline follows.
    """

    time: Floats
    flux: Floats
    repeated: Floats
    instrument: Floats
    baseline: Floats
    noise: Floats
    step: Floats
    usual: Bools
    starts: Ints
    cadence_d: float
    window_d: float

    @property
    def residual(self) -> Floats:
        """Flux less baseline in units of the noise; shape (n,)."""
        return (self.flux - self.baseline) / self.noise

    def with_instrument(self, more: Floats) -> "Detrended":
        """The same curve before ``more``, shape (n,), was taken out of its flux; the baseline has it instead."""
        return replace(self, flux=self.flux + more, baseline=self.baseline + more, instrument=self.instrument + more)


def detrend(
    time: Floats,
    flux: Floats,
    *,
    window_d: float = 0.0,
    gap_d: float = 0.0,
    rotation: bool = True,
    joins: Ints = NO_JOINS,
    report: Report = silent,
) -> Detrended:
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
    rotation : bool
        Whether to look for what repeats.
    joins : ndarray of int
        Rows at which the baseline is interrupted without a pause too.
    report : callable
        Told the progress.
    """
    cadence = cadence_of(time)
    starts = segment_starts(time, gap_d or max(_GAP_D, _GAP_CADENCES * cadence), joins)
    everything = np.ones(time.size, dtype=np.bool_)
    fine_d = max(BIN_D, cadence, (time[-1] - time[0]) / MOST_BINS)
    fine = bin_medians(time, flux, everything, starts, fine_d)
    report(0.3, _DRAWING)
    begin, height = _steps(time, flux, fine)
    if begin.size:
        starts = np.union1d(starts, begin).astype(np.int64)
        fine = bin_medians(time, flux, everything, starts, fine_d)
    step = np.zeros(time.size)
    step[begin] = height
    report(0.4, _DRAWING)
    usual = _usual_rows(time, flux, starts, fine)
    if not usual.all():
        fine = bin_medians(time, flux, usual, starts, fine_d)
    choices = [window_d] if window_d else list(WINDOWS_D)
    choices = sorted({max(choice, _ROWS_PER_WINDOW * cadence) for choice in choices}, reverse=True)
    level = _less(fine, _at(fine, fine, choices[0]))
    turning = find_rotation(level) if rotation else NOTHING
    drift = find_drift(_less(level, turning.at(fine.time)), turning)
    report(0.5, _DRAWING)
    fine = _less(fine, turning.at(fine.time) + drift.at(fine.time))
    ramps = find_ramps(fine)
    fine = _less(fine, ramps.at(fine.time))
    chosen = _choose(fine, choices)
    repeated = turning.at(time) + drift.at(time)
    curve = Detrended(time, flux, repeated, ramps.at(time), flux, flux, step, usual, starts, cadence, chosen)
    report(0.7, _DRAWING)
    return _with_line(curve, fine, usual, report)


def detrend_again(curve: Detrended, keep: Bools, report: Report = silent) -> Detrended:
    """The same with a baseline and a noise drawn by the rows ``keep`` alone; shape (n,)."""
    fine_d = max(BIN_D, curve.cadence_d, (curve.time[-1] - curve.time[0]) / MOST_BINS)
    fine = bin_medians(curve.time, curve.flux - curve.repeated - curve.instrument, keep, curve.starts, fine_d)
    report(0.5, _DRAWING)
    return _with_line(curve, fine, keep, report)


def _usual_rows(time: Floats, flux: Floats, starts: Ints, fine: Bins) -> Bools:
    """Rows outside dips and flares so strong that a baseline would be drawn into them; shape (n,).

    All rows where none is strong for long: short ones the baseline withstands.
    """
    rest = fine.value - _at(fine, fine, _SLOW_D)
    limit = _FAR * robust_sigma(rest)
    everything = np.ones(time.size, dtype=np.bool_)
    short = max(1, round(WINDOWS_D[-1] / _SHORT / fine.width_d))
    far = ~(np.abs(rest) <= limit)  # an empty bin does not end a long event
    if not np.any(np.convolve(far, np.ones(short)) >= short):
        return everything
    usual = np.abs(flux - draw_line(time, starts, *_line(fine, _SLOW_D))) <= limit
    return usual if usual.mean() > 0.5 else everything


def _steps(time: Floats, flux: Floats, fine: Bins) -> tuple[Ints, Floats]:
    """The rows at which a new level begins, and how much higher it is."""
    bins, height = find_steps(fine)
    around = np.searchsorted(time, fine.time[bins] - 1.5 * fine.width_d)
    until = np.searchsorted(time, fine.time[bins] + 1.5 * fine.width_d)
    rows = np.zeros(bins.size, np.int64)
    for place, (low, high, rise) in enumerate(zip(around, until, height, strict=True)):
        rows[place] = (
            low + 1 + int(np.argmax(np.diff(flux[low:high]) * np.sign(rise)))
            if high - low > 1
            else min(low, time.size - 1)
        )
    return rows, height


def _with_line(curve: Detrended, fine: Bins, keep: Bools, report: Report) -> Detrended:
    bins, value, slope = _line(fine, curve.window_d)
    baseline = draw_line(curve.time, curve.starts, bins, value, slope) + curve.repeated + curve.instrument
    report(0.9, _DRAWING)
    made = replace(curve, baseline=baseline)
    return replace(made, noise=_noise(made, keep))


def _choose(fine: Bins, choices: list[float]) -> float:
    """The longest window that leaves little more scatter than the shortest."""
    coarse = _coarser(fine, choices[-1] / BINS_PER_WINDOW)
    left = [robust_sigma(coarse.value - _at(fine, coarse, choice)) for choice in choices]
    return next(choice for choice, scatter in zip(choices, left, strict=True) if scatter <= _TOLERANCE * min(left))


def _less(bins: Bins, values: Floats) -> Bins:
    return replace(bins, value=bins.value - values)


def _coarser(fine: Bins, width_d: float) -> Bins:
    starts = np.concatenate([[0], np.flatnonzero(np.diff(fine.segment)) + 1]).astype(np.int64)
    return bin_medians(fine.time, fine.value, fine.count > 0, starts, width_d)


def _line(fine: Bins, window_d: float) -> tuple[Bins, Floats, Floats]:
    bins = _coarser(fine, window_d / BINS_PER_WINDOW)
    return bins, *smooth_line(bins, window_d)


def _at(fine: Bins, where: Bins, window_d: float) -> Floats:
    """The smooth line through ``fine`` at the times of ``where``."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(where.segment)) + 1]).astype(np.int64)
    return draw_line(where.time, starts, *_line(fine, window_d))


def _noise(curve: Detrended, keep: Bools) -> Floats:
    block_d = max(_NOISE_D, _NOISE_ROWS * curve.cadence_d)
    return local_noise(curve.time, curve.flux - curve.baseline, keep, block_d)
