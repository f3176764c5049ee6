"""The spectrum of a search for transits: how well dips of any epoch and duration fit at each period."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from desktop_app.core.arrays import Floats, Ints, robust_sigma
from desktop_app.core.progress import Report
from desktop_app.core.transits.folding import Series, fold_into
from desktop_app.core.transits.grid import Axis, plausible_periods
from desktop_app.core.transits.single import Singles

FINER = 4
"""Steps of the matched sums to a step of the folding."""
_DIP_CLIP = 6.0
_LEAK = 0.5
_APART = 12
_LEVELS = 40
_FEW_STEPS = 20
_SUMS_AT_ONCE = 20_000_000
_CHANCE_BLOCKS = 60
# Of Gumbel's distribution, in units of its scale: 1.4826 times the median absolute deviation, and the median.
_GUMBEL_SIGMA = 1.1374
_GUMBEL_MEDIAN = 0.3665


@dataclass(frozen=True, eq=False)
class Spectrum:
    """How well transits fit at each period.

    Attributes
    ----------
    period_d, sigma, mirror : ndarray, shape (k,)
        The best period of each step; the signal to noise of dips there, of which one alone counts no more than a
        clear one; the same of brightenings, which no transit makes.
    which : ndarray of int, shape (k,)
        Number of the duration.
    sde : ndarray, shape (k,)
        ``sigma`` less its running median, in robust sigmas of the whole.
    trials : int
        Periods that were tried, of all durations.
    """

    period_d: Floats
    sigma: Floats
    mirror: Floats
    which: Ints
    sde: Floats
    trials: int

    def chance_of(self, place: int) -> float:
        """How likely noise such as that of the brightenings has a peak as high as ``sigma[place]`` anywhere.

        From Gumbel's distribution for the highest of each of many blocks of the spectrum.
        """
        level, middle, spread, blocks = self._noise
        expected = blocks * np.exp(-(self.sigma[place] - level[place] - middle) / spread)
        return float(-np.expm1(-expected))

    @cached_property
    def _noise(self) -> tuple[Floats, float, float, int]:
        """Level of ``mirror``, and middle, spread and number of its highest values above that."""
        level = running_level(self.mirror)
        blocks = np.array_split(self.mirror - level, int(np.clip(self.mirror.size // _FEW_STEPS, 1, _CHANCE_BLOCKS)))
        highest = np.array([block.max() for block in blocks])
        spread = max(robust_sigma(highest) / _GUMBEL_SIGMA, 1e-3)
        return level, float(np.median(highest)) - _GUMBEL_MEDIAN * spread, spread, len(blocks)

    def peaks(self, number: int) -> list[int]:
        """Places of the highest peaks, each some steps from all higher ones, highest first."""
        padded = np.concatenate([[-np.inf], self.sde, [-np.inf]])
        tops = np.flatnonzero((self.sde >= padded[:-2]) & (self.sde > padded[2:]))
        tops = tops[np.argsort(-self.sde[tops], kind="stable")][: 2 * _APART * number]
        chosen: list[int] = []
        for top in tops:
            if all(abs(top - other) > _APART for other in chosen):
                chosen.append(int(top))
            if len(chosen) == number:
                break
        return chosen


def spectrum_of(fine: list[Singles], axis: Axis, transits: int, report: Report) -> Spectrum:
    """All periods of ``axis``, folded with every duration that is plausible there.

    Parameters
    ----------
    fine : list of Singles
        One for each duration.
    axis : Axis
    transits : int
        How many there have to be data of.
    report : callable
        Told the progress.
    """
    best, worst = np.zeros(axis.number, np.float32), np.zeros(axis.number, np.float32)
    period, which = np.zeros(axis.number), np.zeros(axis.number, np.int64)
    trials = 0
    for number, one in enumerate(fine):
        if not one.whole > 0:
            continue
        total, power = _tamed(one)
        least, step_d = (transits - 0.5) * one.whole, FINER * one.step_d
        low, high = plausible_periods(one.duration_d, axis)
        first, last = max(2, int(low / step_d)), int(np.ceil(high / step_d))
        chunk = max(1, _SUMS_AT_ONCE // total.size)
        for begin in range(first, last + 1, chunk):
            report((number + (begin - first) / (last + 1 - first)) / len(fine), "Folding")
            stop = min(begin + chunk - 1, last)
            place = axis.scale, axis.offset, number
            trials += fold_into(total, power, least, begin, stop, step_d, *place, best, worst, period, which)
    sigma, mirror = np.sqrt(best.astype(np.float64)), np.sqrt(worst.astype(np.float64))
    return Spectrum(period, sigma, mirror, which, detection_efficiency(sigma), trials)


def _tamed(one: Singles) -> tuple[Series, Series]:
    """Total and power at every `FINER`-th step; what stands out alone is made small, so that it makes no period."""
    sigmas = one.sigmas[::FINER]
    size = np.abs(sigmas)
    size = np.minimum(size, _DIP_CLIP + _LEAK * np.log(np.maximum(size, _DIP_CLIP) / _DIP_CLIP))
    power = one.power[::FINER]
    return (np.sign(sigmas) * size * np.sqrt(power)).astype(np.float32), power.astype(np.float32)


def detection_efficiency(sigma: Floats) -> Floats:
    """``sigma`` less its running median, in units of the robust scatter of what is left; shape (k,)."""
    seen = sigma > 0
    if not seen.any():
        return np.zeros(sigma.size)
    left = np.where(seen, sigma - running_level(sigma), 0.0)
    return left / max(robust_sigma(left[seen]), 1e-6)


def running_level(sigma: Floats) -> Floats:
    """Medians of stretches of a spectrum, joined by straight lines; steps without a trial are left out. Shape (k,)."""
    count = int(np.clip(sigma.size // _FEW_STEPS, 1, _LEVELS))
    edges = np.linspace(0, sigma.size, count + 1).astype(np.int64)
    stretches = [stretch[stretch > 0] for stretch in np.split(sigma, edges[1:-1])]
    known = np.array([stretch.size > 0 for stretch in stretches])
    if not known.any():
        return np.zeros(sigma.size)
    level = [float(np.median(stretch)) for stretch in stretches if stretch.size]
    return np.interp(np.arange(sigma.size), 0.5 * (edges[1:] + edges[:-1])[known], level)
