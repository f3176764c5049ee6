"""How the light of a star that turns or of a close pair changes from cycle to cycle: harmonics that drift."""

import itertools
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats, robust_sigma
from desktop_app.core.baseline import Bins
from desktop_app.core.rotation import Sinusoids

GAIN = 0.06
_CYCLES = 6
_SHORTEST_D = 2.5
_LONGEST_PERIOD_D = 3.5
_MOST = 10
_BINS_PER_WAVE = 3
_NEAR = 0.03
_SHARE = 0.7
_BETTER = 1.02
_FEW = 50
_REFITS = 3
_BIWEIGHT = 4.685
_DAMPING = 0.03
_ROUNDS = 2
_PHASES = 64
_FAR = 6.0
_MOSTLY = 0.3


@dataclass(frozen=True, eq=False)
class Drift:
    """Harmonics of one frequency whose amplitudes change along straight lines from knot to knot.

    Attributes
    ----------
    frequency, epoch : float
        Cycles per day; days.
    knots : ndarray, shape (m,)
        Days.
    amplitude : ndarray of complex, shape (m, k)
        Of harmonics 1 to k at each knot: the real part goes with the cosine, the imaginary part with the sine.
    """

    frequency: float
    epoch: float
    knots: Floats
    amplitude: np.ndarray

    def at(self, time: Floats) -> Floats:
        """The sum at each of ``time``; shape (n,)."""
        total = np.zeros(time.size)
        turn = np.exp(-2j * np.pi * self.frequency * (time - self.epoch))
        wave = np.ones(time.size, np.complex128)
        for harmonic in range(self.amplitude.shape[1]):
            wave = wave * turn
            real = np.interp(time, self.knots, self.amplitude[:, harmonic].real)
            imaginary = np.interp(time, self.knots, self.amplitude[:, harmonic].imag)
            total += real * wave.real - imaginary * wave.imag
        return total


STEADY = Drift(1.0, 0.0, np.zeros(1), np.zeros((1, 0), np.complex128))
"""Nothing drifts."""


def find_drift(bins: Bins, rotation: Sinusoids) -> Drift:
    """What repeats with the period of ``rotation`` in what it has left, differently from one week to the next.

    Harmonics are fitted around knots half a stretch of six cycles or more apart, by damped least squares with Tukey's
    biweight, so that a flare does not draw them. A star with eclipses is left as it is: they come back with the period
    too, and are events. The harmonics have to lower the robust scatter by several per cent.

    Parameters
    ----------
    bins : Bins
        Less slow trends and less ``rotation``.
    rotation : Sinusoids
    """
    known = bins.count > 0
    time, value = bins.time[known], bins.value[known]
    frequency = _fundamental(rotation)
    if time.size < _FEW or not frequency * _LONGEST_PERIOD_D > 1:
        return STEADY
    if _eclipsed((time - time[0]) * frequency, value):
        return STEADY
    most = int(min(_MOST, 1 / (frequency * _BINS_PER_WAVE * bins.width_d)))
    length = max(_CYCLES / frequency, _SHORTEST_D)
    if most < 1 or time[-1] - time[0] < length:
        return STEADY
    knots = np.linspace(time[0], time[-1], 1 + max(1, round(2 * (time[-1] - time[0]) / length)))
    steady = Drift(frequency, float(time[0]), knots, np.zeros((knots.size, 0), np.complex128))
    drift = Drift(frequency, float(time[0]), knots, np.zeros((knots.size, most), np.complex128))
    _, before = _refined(steady, time, value, length)
    for _ in range(_ROUNDS):
        drift, _ = _refined(drift, time, value, length)
    _, after = _refined(Drift(frequency, drift.epoch, knots, steady.amplitude), time, value - drift.at(time), length)
    # So many free amplitudes make noise calmer as well.
    free = 2.0 * knots.size * most / time.size
    return drift if after < (1 - GAIN - free) * before else STEADY


def _fundamental(rotation: Sinusoids) -> float:
    """The frequency of which most of ``rotation`` are multiples; 0 where there is none."""
    if rotation.frequency.size == 0:
        return 0.0
    power = rotation.cosine**2 + rotation.sine**2
    strongest = float(rotation.frequency[np.argmax(power)])
    best, most = 0.0, _SHARE * float(power.sum())
    for part in (1, 2, 3):
        multiple = rotation.frequency * part / strongest
        whole = np.maximum(np.round(multiple), 1.0)
        explained = float(power[np.abs(multiple - whole) < _NEAR * whole].sum())
        if explained > most:
            best, most = strongest / part, _BETTER * explained
    return best


def _eclipsed(cycles: Floats, value: Floats) -> bool:
    """Whether a few phases are far too faint in most cycles."""
    phase = np.floor(np.mod(cycles, 1.0) * _PHASES).astype(np.int64)
    starts = np.searchsorted(np.sort(phase), np.arange(_PHASES + 1))
    ordered = value[np.argsort(phase, kind="stable")]
    usual = np.array([np.median(ordered[a:b]) if b > a else np.nan for a, b in itertools.pairwise(starts)])
    far = usual - np.nanmedian(usual) < -_FAR * robust_sigma(usual)
    return bool(0 < np.count_nonzero(far) < _MOSTLY * _PHASES)


def _refined(drift: Drift, time: Floats, value: Floats, length: float) -> tuple[Drift, float]:
    """``drift`` with what is left around each of its knots added, rows near a knot count most; and what stays left."""
    left = value - drift.at(time)
    most = drift.amplitude.shape[1]
    amplitude, level = drift.amplitude.copy(), np.zeros(drift.knots.size)
    for place, knot in enumerate(drift.knots):
        low, high = np.searchsorted(time, [knot - 0.5 * length, knot + 0.5 * length])
        if high - low > 4 * most + 4:
            near = 1 - np.abs(time[low:high] - knot) / (0.5 * length)
            phase = 2 * np.pi * drift.frequency * (time[low:high] - drift.epoch)
            level[place], more = _harmonics(phase, left[low:high], near, most)
            amplitude[place] += more
    refined = Drift(drift.frequency, drift.epoch, drift.knots, amplitude)
    return refined, robust_sigma(value - refined.at(time) - np.interp(time, drift.knots, level))


def _harmonics(phase: Floats, value: Floats, near: Floats, most: int) -> tuple[float, np.ndarray]:
    """The level, and complex amplitudes of the harmonics 1 to ``most``, shape (most,)."""
    order = np.arange(1, most + 1)
    turns = phase[:, None] * order[None, :]  # (n, most)
    design = np.column_stack([np.ones(phase.size), np.cos(turns), np.sin(turns)])
    damping = np.concatenate([[0.0], order**2, order**2]) / max(most, 1) ** 2
    residual: Floats = value - np.median(value)
    solution: Floats = np.zeros(1 + 2 * most)
    for _ in range(_REFITS):
        scale = max(robust_sigma(residual), 1e-300)
        weight = near * np.clip(1 - (residual / (_BIWEIGHT * scale)) ** 2, 0, None) ** 2
        normal = design.T @ (design * weight[:, None])
        normal[np.diag_indices_from(normal)] += _DAMPING * weight.sum() * damping + 1e-9 * weight.sum() + 1e-300
        solution = np.asarray(np.linalg.solve(normal, design.T @ (weight * value)), np.float64)
        residual = value - design @ solution
    return float(solution[0]), np.asarray(solution[1 : most + 1] + 1j * solution[most + 1 :])
