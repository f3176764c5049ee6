"""The rows around the dips of one signal, each dip with a straight baseline of its own."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.compiled import compiled
from desktop_app.core.flattened import Flattened
from desktop_app.core.segments import cadence_of

_SIDE_ROWS = 3
_SIDE = 0.55
_LEAST = 0.05
_NO_TILT = 1e12
_SHALLOW = 20.0
_LONE = 6.0
_ALIKE = 4.0
_LONE_WEIGHT = 1e-6
_LONG_ROWS = 6


@dataclass(frozen=True, eq=False)
class Light:
    """A flattened curve as light: 1 where nothing is hidden.

    Attributes
    ----------
    time, value, noise : ndarray, shape (n,)
        Days; relative to the baseline; one sigma of ``value``.
    level : ndarray, shape (n,)
        What a light of 1 is in the unit of the file's flux.
    scale : float
        What turns a share of light into a depth: 1, or, where the flux has no level to be relative to, its unit.
    cadence_d : float
    """

    time: Floats
    value: Floats
    noise: Floats
    level: Floats
    scale: float
    cadence_d: float


def light_of(flat: Flattened) -> Light:
    """The usable rows of ``flat`` relative to their baseline."""
    curve = flat.curve
    flux, baseline = flat.middle + flat.unit * curve.flux, flat.middle + flat.unit * curve.baseline
    return light_from(curve.time, flux, baseline, flat.unit * curve.noise, flat.unit)


def light_from(time: Floats, flux: Floats, baseline: Floats, noise: Floats, scatter: float) -> Light:
    """``flux`` relative to ``baseline``, all of shape (n,) and in one unit, as is ``scatter``, the flux's own."""
    usual = float(np.median(baseline))
    if usual > scatter and np.all(baseline > _LEAST * usual):
        level, scale = baseline, 1.0
    else:
        # A flux about zero, or in no unit of light: nothing says what a share of it would be.
        scale = max(1.0, _SHALLOW * float(np.max(baseline - flux, initial=0.0)))
        level = np.full(time.size, scale)
    return Light(time, 1 + (flux - baseline) / level, noise / level, level, scale, cadence_of(time))


def numbers_of(time: Floats, period_d: float, epoch: float) -> Ints:
    """Which dip each of ``time`` is nearest to, 0 for that at ``epoch``; all 0 without a period. Shape (n,)."""
    if not np.isfinite(period_d):
        return np.zeros(time.size, np.int64)
    return np.round((time - epoch) / period_d).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Around:
    """The rows around dips.

    Attributes
    ----------
    rows : ndarray of int, shape (k,)
        Rows of the light.
    time, value, weight : ndarray, shape (k,)
        ``weight`` is one over the square of the noise.
    starts : ndarray of int, shape (m + 1,)
        Dip i has the rows ``starts[i]:starts[i + 1]`` of these arrays.
    number : ndarray of int, shape (m,)
        Which dip each is, counted from the epoch.
    along : ndarray, shape (k,)
        Time from the middle of the dip over the reach, -1 to 1.
    level_prior, tilt_prior : ndarray, shape (m,)
        How strongly the baseline of a dip is held at 1, and its slope at 0, where rows beside it are missing.
    """

    rows: Ints
    time: Floats
    value: Floats
    weight: Floats
    starts: Ints
    number: Ints
    along: Floats
    level_prior: Floats
    tilt_prior: Floats

    def __len__(self) -> int:
        return self.number.size

    def fitted(self, model: Floats) -> Floats:
        """``model``, light left of shape (k,), times the straight baseline of each dip that fits best."""
        args = (model, self.value, self.weight, self.along, self.starts, self.level_prior, self.tilt_prior)
        return model * _lines(*args)


def around(light: Light, period_d: float, epoch: float, duration_d: float, reach_d: float) -> Around:
    """The rows within ``reach_d`` of the middle of a dip.

    Parameters
    ----------
    light : Light
    period_d : float
        NaN for a single dip.
    epoch, duration_d : float
    reach_d : float
        Half the width of the stretch about each dip; at most half a period is taken.
    """
    reach_d = min(reach_d, period_d / 2) if np.isfinite(period_d) else reach_d
    number = numbers_of(light.time, period_d, epoch)
    centre = epoch + (number * period_d if np.isfinite(period_d) else 0.0)
    away = light.time - centre
    rows = np.flatnonzero(np.abs(away) <= reach_d)
    of_row = number[rows]
    starts = np.append(np.flatnonzero(np.diff(of_row, prepend=of_row[:1] - 1)), rows.size).astype(np.int64)
    before = _counted(away[rows] < -_SIDE * duration_d, starts)
    after = _counted(away[rows] > _SIDE * duration_d, starts)
    weight = np.where(_lone(light, dips=duration_d)[rows], _LONE_WEIGHT, 1.0) / light.noise[rows] ** 2
    heavy = _NO_TILT * max(float(weight.max(initial=1.0)), 1.0)
    both = (before >= _SIDE_ROWS) & (after >= _SIDE_ROWS)
    return Around(
        rows,
        light.time[rows],
        light.value[rows],
        weight,
        starts,
        of_row[starts[:-1]],
        away[rows] / reach_d,
        np.where(before + after >= _SIDE_ROWS, 0.0, heavy),
        np.where(both, 0.0, heavy),
    )


def _lone(light: Light, *, dips: float) -> Bools:
    """Rows far from neighbours that agree with one another; faint ones only where ``dips`` are longer than that."""
    value, noise = light.value, light.noise
    if value.size < 5:
        return np.zeros(value.size, dtype=np.bool_)
    beside = np.stack([np.roll(value, shift) for shift in (-2, -1, 1, 2)])  # (4, n)
    low, high = beside.min(axis=0), beside.max(axis=0)
    alike = high - low < _ALIKE * noise
    lone = alike & (value > high + _LONE * noise)
    if dips > _LONG_ROWS * light.cadence_d:
        lone |= alike & (value < low - _LONE * noise)
    return np.asarray(lone, np.bool_)


def _counted(flags: Bools, starts: Ints) -> Ints:
    """How many of ``flags`` are set in each dip."""
    total = np.concatenate([[0], np.cumsum(flags)]).astype(np.int64)
    return total[starts[1:]] - total[starts[:-1]]


@compiled
def _lines(
    model: Floats,
    value: Floats,
    weight: Floats,
    along: Floats,
    starts: Ints,
    level_prior: Floats,
    tilt_prior: Floats,
) -> Floats:
    line = np.empty(model.size)
    for dip in range(starts.size - 1):
        ww, wx, wxx = level_prior[dip], 0.0, tilt_prior[dip]
        wy, wxy = level_prior[dip], 0.0
        for i in range(starts[dip], starts[dip + 1]):
            strength = weight[i] * model[i]
            ww += strength * model[i]
            wx += strength * model[i] * along[i]
            wxx += strength * model[i] * along[i] * along[i]
            wy += strength * value[i]
            wxy += strength * value[i] * along[i]
        found = ww * wxx - wx * wx
        level, tilt = 1.0, 0.0
        if found > 1e-12 * ww * wxx:
            level = (wxx * wy - wx * wxy) / found
            tilt = (ww * wxy - wx * wy) / found
        for i in range(starts[dip], starts[dip + 1]):
            line[i] = level + tilt * along[i]
    return line


def red_factor(light: Light, quiet: Bools, duration_d: float) -> float:
    """How much larger the scatter of means over ``duration_d`` is than white noise would make it; at least 1.

    The time-averaging method of Winn et al. (2008, ApJ 683, 1076).

    Parameters
    ----------
    light : Light
    quiet : ndarray of bool, shape (n,)
        Rows outside of all dips.
    duration_d : float
    """
    rest = (light.value[quiet] - 1) / light.noise[quiet]
    white = robust_sigma(rest)
    if not white > 0:
        return 1.0
    place = np.floor((light.time[quiet] - light.time[0]) / duration_d).astype(np.int64)
    count = np.bincount(place)
    usual = max(2.0, 0.5 * duration_d / light.cadence_d)
    full = count >= usual
    if np.count_nonzero(full) < 5:
        return 1.0
    limit = 5 * white
    sums = np.bincount(place, weights=np.clip(rest - np.median(rest), -limit, limit))
    return max(1.0, robust_sigma(sums[full] / np.sqrt(count[full])) / white)
