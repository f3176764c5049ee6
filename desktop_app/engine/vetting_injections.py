"""Puts events of every kind into real light curves, so that the judge of events sees enough of each."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.injection.signals import Signal, change
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.simulate import exposed, exposure_times, transit_shape

CROSSING = "crossing"
"""A small body that drifts through the aperture: not of the star."""
_WEAKEST, _STRONGEST = 6.0, 120.0
_VERY_STRONG = 2000.0
_SEEN = 0.1
_STEP_ROWS = 3
_MOST_REPEATS = 20


@dataclass(frozen=True, eq=False)
class _Stage:
    """Where events are put: the times, of which some may not be known, the cadence, and one sigma of a row."""

    time: Floats
    first: float
    last: float
    cadence_d: float
    noise: float

    def height(self, snr: float, duration_d: float) -> float:
        """The relative depth that has this signal to noise over that long."""
        return float(snr * self.noise / np.sqrt(max(1.0, duration_d / self.cadence_d)))


def with_injections(curve: LightCurve, rng: np.random.Generator) -> tuple[LightCurve, list[tuple[str, Bools]]]:
    """``curve`` with events of three to five kinds, and where each is: its kind, and its rows, shape (n,).

    No two events share a row; what falls into gaps is left out.
    """
    usable = np.flatnonzero(curve.usable)
    time, flux = curve.time[usable], curve.flux[usable] / np.median(curve.flux[usable])
    noise = 1.4826 * float(np.median(np.abs(np.diff(flux)))) / np.sqrt(2)
    stage = _Stage(curve.time, float(time[0]), float(time[-1]), float(np.median(np.diff(time))), noise)
    factor, taken = np.ones(len(curve)), np.zeros(len(curve), np.bool_)
    spans: list[tuple[str, Bools]] = []
    names = sorted(_MAKERS)
    for place in rng.permutation(len(names))[: rng.integers(3, 6)]:
        kind = names[place]
        for signal in _MAKERS[kind](stage, float(rng.choice(time)), rng):
            rows = _rows_of(kind, signal)
            if rows[usable].any() and not (taken & rows).any():
                taken |= rows
                factor *= 1 + signal
                spans.append((kind, rows))
    return replace(curve, flux=curve.flux * factor), spans


def _rows_of(kind: str, signal: Floats) -> Bools:
    """The rows that an event of this kind is found at; shape (n,)."""
    rows = np.abs(signal) > _SEEN * np.abs(signal).max(initial=0.0)
    if kind == "step" and rows.any():
        begin = int(np.argmax(rows))
        rows = np.zeros(signal.size, np.bool_)
        rows[max(0, begin - _STEP_ROWS) : begin + _STEP_ROWS + 1] = True
    return rows


def _snr(rng: np.random.Generator, strongest: float = _STRONGEST) -> float:
    return float(np.exp(rng.uniform(np.log(_WEAKEST), np.log(strongest))))


def _moments(stage: _Stage, mid: float, rng: np.random.Generator, most: int) -> list[float]:
    """``mid`` and up to ``most`` others."""
    return [mid, *rng.uniform(stage.first, stage.last, int(rng.integers(0, most + 1))).tolist()]


def _flares(stage: _Stage, mid: float, rng: np.random.Generator) -> list[Floats]:
    made = []
    for moment in _moments(stage, mid, rng, 4):
        width = stage.cadence_d * float(np.exp(rng.uniform(np.log(0.4), np.log(12))))
        depth = -1.7 * stage.height(_snr(rng), 2 * width)
        made.append(change(Signal("flare", moment, depth, width), stage.time, stage.cadence_d))
    return made


def _dips(stage: _Stage, mid: float, rng: np.random.Generator) -> list[Floats]:
    made = []
    for moment in _moments(stage, mid, rng, 2):
        spread = float(np.exp(rng.uniform(np.log(max(0.05, 6 * stage.cadence_d)), np.log(2.0))))
        depth = min(0.5, 1.5 * stage.height(_snr(rng, _VERY_STRONG), spread))
        if rng.random() < 0.5:
            signal = Signal("dip", moment, depth, 3 * spread, seed=int(rng.integers(2**31)))
            made.append(change(signal, stage.time, stage.cadence_d))
        else:
            made.append(-depth * _lobes(stage.time, moment, spread, rng))
    return made


def _lobes(time: Floats, mid: float, spread: float, rng: np.random.Generator) -> Floats:
    """A few lobes of unequal rise and fall, 1 at the deepest; shape (n,), 0 where the time is not known."""
    total = np.zeros(time.size)
    for _ in range(int(rng.integers(1, 5))):
        centre = mid + rng.normal(0, 0.6) * spread
        before, after = spread * np.exp(rng.normal(-0.5, 0.7, 2))
        width = np.where(time < centre, before, after)
        blunt = rng.uniform(0.8, 2.5)
        total += rng.uniform(0.2, 1.0) * np.nan_to_num(np.exp(-0.7 * (np.abs(time - centre) / width) ** blunt))
    return total / max(float(total.max()), 1e-12)


def _steps(stage: _Stage, mid: float, rng: np.random.Generator) -> list[Floats]:
    made = []
    for moment in _moments(stage, mid, rng, 2):
        depth = float(rng.choice([-1, 1])) * 2 * stage.height(_snr(rng), 0.5)
        signal = change(Signal("step", moment, depth), stage.time, stage.cadence_d)
        if rng.random() < 0.4:
            # A detector that was hit recovers.
            signal = signal * np.nan_to_num(np.exp(-np.maximum(stage.time - moment, 0) / rng.uniform(0.3, 3)))
        made.append(signal)
    return made


def _spikes(stage: _Stage, mid: float, rng: np.random.Generator) -> list[Floats]:
    made = []
    for moment in _moments(stage, mid, rng, 3):
        rows = int(rng.integers(2, 5))
        inside = (stage.time >= moment) & (stage.time < moment + (rows - 0.5) * stage.cadence_d)
        made.append(stage.height(_snr(rng), rows * stage.cadence_d) * inside * rng.uniform(0.6, 1.2, inside.size))
    return made


def _outliers(stage: _Stage, mid: float, rng: np.random.Generator) -> list[Floats]:
    made = []
    for moment in _moments(stage, mid, rng, 3):
        depth = float(rng.choice([-1, 1])) * stage.noise * float(np.exp(rng.uniform(np.log(7), np.log(60))))
        made.append(change(Signal("outlier", moment, depth), stage.time, stage.cadence_d))
    return made


def _crossings(stage: _Stage, mid: float, rng: np.random.Generator) -> list[Floats]:
    shortest, longest = max(0.02, 3 * stage.cadence_d), max(0.25, 6 * stage.cadence_d)
    width = float(np.exp(rng.uniform(np.log(shortest), np.log(longest))))
    shape = np.nan_to_num(np.exp(-0.5 * (np.abs(stage.time - mid) / width) ** rng.uniform(1.7, 3)))
    return [2 * stage.height(_snr(rng), 2 * width) * shape]


def _orbit(stage: _Stage, mid: float, rng: np.random.Generator) -> tuple[float, float, list[float]]:
    """Duration and period in days, and the middles of dips; a quarter come but once, and may be long."""
    single = rng.random() < 0.25
    period = float(np.exp(rng.uniform(np.log(1.0), np.log(1500.0 if single else 40.0))))
    typical = 0.13 * (period / 10) ** (1 / 3)
    duration = float(np.clip(typical * rng.uniform(0.5, 2.0), 3 * stage.cadence_d, 0.3 * period))
    if single:
        return duration, period, [mid]
    first = mid - period * np.floor((mid - stage.first) / period)
    return duration, period, np.arange(first, stage.last, period)[:_MOST_REPEATS].tolist()


def _transits(stage: _Stage, mid: float, rng: np.random.Generator) -> list[Floats]:
    duration, _, middles = _orbit(stage, mid, rng)
    depth, impact = min(0.03, stage.height(_snr(rng, 4 * _STRONGEST), duration)), float(rng.uniform(0, 0.85))
    signals = [Signal("transit", middle, depth, duration, impact=impact) for middle in middles]
    return [change(signal, stage.time, stage.cadence_d) for signal in signals]


def _eclipses(stage: _Stage, mid: float, rng: np.random.Generator) -> list[Floats]:
    """One star before the other: mostly V-shaped, seven in ten with a second dip half a period later."""
    duration, period, middles = _orbit(stage, mid, rng)
    ratio = float(rng.uniform(0.4, 1.0))
    impact = float(rng.uniform(0.45, 0.87)) * (1 + ratio)
    depth = min(0.6, stage.height(_snr(rng, _VERY_STRONG), duration))
    second = depth * float(rng.uniform(0.1, 1.0)) if rng.random() < 0.7 and len(middles) > 1 else 0.0
    made = [depth * _grazed(stage, middle, duration, ratio, impact) for middle in middles]
    if second:
        made += [second * _grazed(stage, middle + 0.5 * period, duration, ratio, impact) for middle in middles]
    return made


def _grazed(stage: _Stage, mid: float, duration_d: float, ratio: float, impact: float) -> Floats:
    """An eclipse that takes all of its depth, -1 at the deepest; shape (n,)."""
    around = np.flatnonzero(np.abs(stage.time - mid) < duration_d)
    changed = np.zeros(stage.time.size)
    if around.size:
        moments = exposure_times(stage.time[around], stage.cadence_d)
        left = transit_shape(moments, mid=mid, duration_d=duration_d, radius_ratio=ratio, impact=impact)
        deepest = 1 - transit_shape(np.array([mid]), mid=mid, duration_d=duration_d, radius_ratio=ratio, impact=impact)
        changed[around] = (exposed(left) - 1) / max(float(deepest[0]), 1e-6)
    return changed


_MAKERS: dict[str, Callable[[_Stage, float, np.random.Generator], list[Floats]]] = {
    "transit": _transits,
    "eclipse": _eclipses,
    "flare": _flares,
    "dip": _dips,
    "step": _steps,
    "spike": _spikes,
    "outlier": _outliers,
    CROSSING: _crossings,
}
