"""What repeats in a star, rotation or pulsation, as a sum of sinusoids that eclipses and flares do not draw."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats, robust_sigma
from desktop_app.core.baseline import Bins

BIN_D = 1 / 144
MOST_BINS = 1 << 16
_MOST = 16
_GAIN = 0.04
_TOGETHER = (1, 4)
_LONGEST_D = 5.0
_CLIP = 4.0
_OVERSAMPLED = 4
_FEW = 50
_REFITS = 3


@dataclass(frozen=True, eq=False)
class Sinusoids:
    """A constant and pairs of cosine and sine around ``epoch``.

    Attributes
    ----------
    epoch : float
        Days.
    frequency : ndarray, shape (k,)
        Cycles per day.
    cosine, sine : ndarray, shape (k,)
        Amplitudes, in the unit of the flux.
    """

    epoch: float
    frequency: Floats
    cosine: Floats
    sine: Floats

    def at(self, time: Floats) -> Floats:
        """The sum at each of ``time``; shape (n,)."""
        total = np.zeros(time.size)
        for frequency, cosine, sine in zip(self.frequency, self.cosine, self.sine, strict=True):
            phase = 2 * np.pi * frequency * (time - self.epoch)
            total += cosine * np.cos(phase) + sine * np.sin(phase)
        return total


NOTHING = Sinusoids(0.0, np.zeros(0), np.zeros(0), np.zeros(0))


def find_rotation(bins: Bins) -> Sinusoids:
    """Sinusoids that lower the robust scatter of ``bins``, each by several per cent; none is a good answer too.

    The strongest frequency of the periodogram is taken, all are fitted together by least squares with Tukey's
    biweight, and the next is looked for in what is left; one that alone is not enough is tried with its overtones.
    As the scatter that has to fall is the robust one, an eclipse or a transit, which is brief, never earns a sinusoid.

    Parameters
    ----------
    bins : Bins
        Even in time within each stretch, slow trends taken out.
    """
    known = bins.count > 0
    time, value = bins.time[known], bins.value[known]
    epoch = float(time[0]) if time.size else 0.0
    best = NOTHING
    if time.size < _FEW or time[-1] - time[0] < 4 * bins.width_d:
        return best
    left = value - np.median(value)
    scatter = robust_sigma(left)
    while best.frequency.size < _MOST and scatter > 0:
        frequency = _strongest(time, left, bins.width_d)
        if not frequency > 0:
            break
        for harmonics in _TOGETHER:
            # A star that is bright most of the time is no calmer for one sinusoid less, but for its whole shape.
            added = frequency * np.arange(1.0, harmonics + 1)
            more = _fitted(time, value, epoch, np.append(best.frequency, added))
            rest = value - more.at(time)
            rest -= np.median(rest)
            if robust_sigma(rest) <= (1 - _GAIN) ** harmonics * scatter:
                break
        else:
            break
        best, left, scatter = more, rest, robust_sigma(rest)
    return best


def _strongest(time: Floats, value: Floats, step_d: float) -> float:
    """The frequency of the highest peak in the periodogram of the clipped values; 0 where there is none."""
    limit = _CLIP * robust_sigma(value)
    place = np.round((time - time[0]) / step_d).astype(np.int64)
    grid = np.bincount(place, weights=np.clip(value, -limit, limit))
    size = 1 << int(np.ceil(np.log2(_OVERSAMPLED * grid.size)))
    power = np.abs(np.fft.rfft(grid, size)) ** 2
    frequency = np.fft.rfftfreq(size, step_d)
    span = time[-1] - time[0]
    power[frequency < max(1 / _LONGEST_D, 2 / span)] = 0.0
    top = int(np.argmax(power[: -max(1, power.size // 20)]))
    if power[top] <= 0 or top == 0:
        return 0.0
    before, at, after = power[top - 1 : top + 2]
    shift = 0.5 * (before - after) / (before - 2 * at + after) if before - 2 * at + after < 0 else 0.0
    return float(frequency[top] + shift * (frequency[1] - frequency[0]))


def _fitted(time: Floats, value: Floats, epoch: float, frequency: Floats) -> Sinusoids:
    """Amplitudes and slightly moved frequencies that fit best, outliers left aside."""
    moment = time - epoch
    furthest = 0.25 / (moment[-1] - moment[0])
    weight: Floats = np.ones(time.size)
    k = frequency.size
    solution: Floats = np.zeros(1 + 3 * k)
    for _ in range(_REFITS):
        pairs = _pairs(moment, frequency)  # (n, 2k)
        turn = (
            2
            * np.pi
            * moment[:, None]
            * (solution[k + 1 : 2 * k + 1] * pairs[:, :k] - solution[1 : k + 1] * pairs[:, k:])
        )
        size = np.maximum(np.abs(turn).max(axis=0), 1e-300)
        design = np.column_stack([np.ones(time.size), pairs, turn / size])
        solution = _solved(design, value, weight)
        residual = value - design @ solution
        frequency = frequency + np.clip(solution[2 * k + 1 :] / size, -furthest, furthest)
        scale = max(robust_sigma(residual), 1e-300)
        weight = np.clip(1 - (residual / (4.685 * scale)) ** 2, 0, None) ** 2
    solution = _solved(np.column_stack([np.ones(time.size), _pairs(moment, frequency)]), value, weight)
    return Sinusoids(epoch, frequency, solution[1 : k + 1], solution[k + 1 :])


def _pairs(moment: Floats, frequency: Floats) -> Floats:
    phase = 2 * np.pi * moment[:, None] * frequency[None, :]
    return np.column_stack([np.cos(phase), np.sin(phase)])


def _solved(design: Floats, value: Floats, weight: Floats) -> Floats:
    """Weighted least squares, with a trace of damping for columns that say the same."""
    normal = design.T @ (design * weight[:, None])
    normal[np.diag_indices_from(normal)] += 1e-9 * weight.sum()
    return np.asarray(np.linalg.solve(normal, design.T @ (weight * value)), np.float64)
