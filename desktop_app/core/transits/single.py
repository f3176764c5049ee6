"""Matched sums of one transit at each moment, and the single dips that stand out in them."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.compiled import compiled

_SAMPLE = 20_000
_FEW = 30
_CERTAIN = 7.0
_ALONE = 4.0
_PER_DURATION = 40


@dataclass(frozen=True, eq=False)
class Rows:
    """What a search for transits looks at.

    Attributes
    ----------
    time : ndarray, shape (n,)
        Days, never decreasing.
    dimming : ndarray, shape (n,)
        Weight times how much fainter than the baseline, in units of the noise of the row.
    power : ndarray, shape (n,)
        Weight squared, the weight being one over the noise in units of the usual one; 0 where a row is left out.
    cadence_d : float
    """

    time: Floats
    dimming: Floats
    power: Floats
    cadence_d: float

    @classmethod
    def of(cls, time: Floats, residual: Floats, noise: Floats, cadence_d: float) -> "Rows":
        """From a residual in units of its noise; rows that stand out alone on either side are left out."""
        before, after = np.roll(residual, 1), np.roll(residual, -1)
        high, low = np.maximum(before, after), np.minimum(before, after)
        alone = (residual - high > _ALONE) | (low - residual > _ALONE)
        weight = np.where(alone, 0.0, float(np.median(noise)) / noise)
        return cls(time, -weight * residual, weight**2, cadence_d)

    def without(self, rows: Bools) -> "Rows":
        """The same with no weight on ``rows``, shape (n,)."""
        return replace(self, dimming=np.where(rows, 0.0, self.dimming), power=np.where(rows, 0.0, self.power))

    def binned(self, width_d: float) -> "Rows":
        """Sums over steps of ``width_d`` days; the same where rows are not much closer than that."""
        if width_d < 2 * self.cadence_d:
            return self
        place = ((self.time - self.time[0]) / width_d).astype(np.int64)
        first = np.concatenate([[0], np.flatnonzero(np.diff(place)) + 1])
        number = np.diff(np.append(first, place.size))
        dimming, power = np.add.reduceat(self.dimming, first), np.add.reduceat(self.power, first)
        return Rows(np.add.reduceat(self.time, first) / number, dimming, power, width_d)


@dataclass(frozen=True, eq=False)
class Singles:
    """Matched sums for one duration, at even steps of time.

    Attributes
    ----------
    start, step_d, duration_d : float
        Days.
    total, power : ndarray, shape (k,)
        Sum of weight, dimming and template, over ``scatter``; sum of weight and template squared.
    whole : float
        The ``power`` of a transit without gaps.
    scatter : float
        How much more the signal to noise scatters than in white noise.
    """

    start: float
    step_d: float
    duration_d: float
    total: Floats
    power: Floats
    whole: float
    scatter: float

    @property
    def sigmas(self) -> Floats:
        """The signal to noise of a transit at each step, 0 where there are no data; shape (k,)."""
        return self.total / np.sqrt(np.maximum(self.power, 1e-12))


def singles(rows: Rows, duration_d: float, per_duration: int, table: Floats) -> Singles:
    """Matched sums of a transit of this duration in the middle of every step.

    They are divided by the robust scatter of the signal to noise, where that is more than one: red noise raises the
    bar for the durations it lives at.

    Parameters
    ----------
    rows : Rows
    duration_d : float
    per_duration : int
        Steps of time in a duration.
    table : ndarray
        The shape, from the middle to the end.
    """
    step_d = duration_d / per_duration
    start = rows.time[0] - duration_d
    number = int(np.ceil((rows.time[-1] - rows.time[0] + 2 * duration_d) / step_d)) + 1
    total, power = np.zeros(number), np.zeros(number)
    few = rows.binned(duration_d / _PER_DURATION)
    _matched(few.time - start, few.dimming, few.power, table, step_d, 0.5 * duration_d, total, power)
    seen = power > 0
    whole = float(np.median(power[seen])) if seen.any() else 0.0
    most = seen & (power > 0.5 * whole)
    scatter = noise_of(total[most] / np.sqrt(power[most]), per_duration)
    return Singles(start, step_d, duration_d, total / scatter, power, whole, scatter)


def noise_of(sigmas: Floats, per_event: float) -> float:
    """One sigma of noise among ``sigmas``: the scatter of the calmer side, or more where that has heavy tails.

    Parameters
    ----------
    sigmas : ndarray, shape (k,)
    per_event : float
        How many neighbours say the same.
    """
    some = sigmas[:: max(1, sigmas.size // _SAMPLE)]
    bright, faint = -some[some < 0], some[some > 0]
    if min(bright.size, faint.size) < _FEW:
        return 1.0
    scatter = max(1.0, 1.4826 * min(float(np.median(bright)), float(np.median(faint))))
    share = float(np.clip(40.0 * per_event / sigmas.size, 0.006, 0.2))
    tails = [float(np.quantile(side[side < _CERTAIN * scatter], 1 - share)) for side in (bright, faint)]
    return max(scatter, min(tails) / -float(ndtri(0.5 * share)))


@compiled
def _matched(
    time: Floats,
    dimming: Floats,
    power: Floats,
    table: Floats,
    step_d: float,
    half_d: float,
    total: Floats,
    whole: Floats,
) -> None:
    """Add each row to the sums of all steps whose transit covers it; ``total`` and ``whole`` are changed in place."""
    last = table.size - 1
    for i in range(time.size):
        if power[i] <= 0.0:
            continue
        begin = int(np.ceil((time[i] - half_d) / step_d))
        stop = int(np.floor((time[i] + half_d) / step_d))
        for k in range(max(begin, 0), min(stop, total.size - 1) + 1):
            place = abs(time[i] - k * step_d) / half_d * last
            low = min(int(place), last - 1)
            depth = table[low] + (place - low) * (table[low + 1] - table[low])
            total[k] += dimming[i] * depth
            whole[k] += power[i] * depth * depth
