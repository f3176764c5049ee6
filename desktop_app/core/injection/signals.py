"""Shapes of signals that are put into a light curve: transits, flares, irregular dips, steps, single rows."""

from dataclasses import dataclass
from math import isfinite

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.simulate import exposed, exposure_times, flare_shape
from desktop_app.core.transits.limb import Distance, exposed_light, light_left

FLARE_BEGINS, FLARE_ENDS = 1.0, 25.0
"""How far a flare reaches before and after its peak, in times above half its height; a thousandth is left then."""
_TURNS = 12
_PARTS = (2, 6)


@dataclass(frozen=True)
class Signal:
    """One signal of known truth.

    Attributes
    ----------
    kind : str
        "transit", "flare", "dip", "step" or "outlier".
    t0 : float
        On the time axis of the curve: the middle of a transit (of the first one of several) or a dip, the peak of a
        flare, the moment of a step or an outlier.
    depth : float
        The largest change relative to the star, positive where fainter, negative where brighter.
    duration_d : float
        Transits and dips: from first to last contact; flares: above half their height; else 0.
    period_d : float
        NaN where the signal does not repeat.
    impact : float
        Of transits: distance from the star's middle at mid-transit, in radii of the star.
    seed : int
        Of irregular dips: which shape.
    """

    kind: str
    t0: float
    depth: float
    duration_d: float = 0.0
    period_d: float = float("nan")
    impact: float = 0.0
    seed: int = 0

    @property
    def repeats(self) -> bool:
        """Whether it comes back after a period."""
        return isfinite(self.period_d)

    @property
    def adds_light(self) -> bool:
        """Whether it is light beside the star's, which the star's own variation does not change."""
        return self.kind in ("flare", "outlier")

    def reach(self) -> tuple[float, float]:
        """From where to where about ``t0`` it changes anything, in days; a step goes on for ever."""
        match self.kind:
            case "flare":
                return -FLARE_BEGINS * self.duration_d, FLARE_ENDS * self.duration_d
            case "step":
                return 0.0, float("inf")
            case _:
                return -0.5 * self.duration_d, 0.5 * self.duration_d

    def middles(self, first: float, last: float) -> Floats:
        """``t0`` of each repetition that reaches into the times from ``first`` to ``last``."""
        if not self.repeats:
            return np.array([self.t0])
        half = 0.5 * self.duration_d
        low = np.ceil((first - half - self.t0) / self.period_d)
        high = np.floor((last + half - self.t0) / self.period_d)
        return self.t0 + self.period_d * np.arange(low, high + 1)


def change(signal: Signal, time: Floats, cadence_d: float) -> Floats:
    """How much the light changes at each row, relative to the star; shape (n,), 0 where there is no time.

    Transits, flares and dips are averaged over the exposure. Transits are limb-darkened (quadratic law), flares have
    the shape of Davenport et al. (2014, ApJ 797, 122).

    Parameters
    ----------
    time : ndarray, shape (n,)
        Days; finite times never decrease.
    cadence_d : float
        The exposure.
    """
    changed = np.zeros(time.size)
    known = np.flatnonzero(np.isfinite(time))
    if known.size == 0:
        return changed
    seen = time[known]
    if signal.kind == "outlier":
        changed[known[nearest_row(seen, signal.t0)]] = -signal.depth
        return changed
    if signal.kind == "step":
        changed[known[seen >= signal.t0]] = -signal.depth
        return changed
    low, high = signal.reach()
    for middle in signal.middles(float(seen[0]), float(seen[-1])):
        rows = _rows_between(seen, middle + low - cadence_d, middle + high + cadence_d)
        if rows.size:
            changed[known[rows]] = _seen(signal, seen[rows] - middle, cadence_d)
    return changed


def nearest_row(time: Floats, moment: float) -> int:
    """The row whose time is nearest to ``moment``; all of ``time`` finite and never decreasing."""
    place = int(np.clip(np.searchsorted(time, moment), 1, max(time.size - 1, 1)))
    return place - 1 if time.size < 2 or moment - time[place - 1] <= time[place] - moment else place


def radius_ratio(depth: float, impact: float) -> float:
    """The radius of the planet over that of the star whose transit is ``depth`` deep at its middle."""
    ratio = np.sqrt(depth)
    for _ in range(_TURNS):
        ratio *= np.sqrt(depth / max(_depth_of(float(ratio), impact), 1e-12))
        ratio = min(ratio, 0.9)
    return float(ratio)


def _depth_of(ratio: float, impact: float) -> float:
    return float(1 - light_left(np.array([impact]), ratio)[0])


def _rows_between(time: Floats, first: float, last: float) -> Ints:
    return np.arange(np.searchsorted(time, first), np.searchsorted(time, last, side="right"))


def _seen(signal: Signal, time: Floats, cadence_d: float) -> Floats:
    """The change of each exposure around ``time``, which counts from the middle of the signal."""
    if signal.kind == "transit":
        ratio = radius_ratio(signal.depth, signal.impact)
        way = Distance(float("nan"), 0.0, signal.duration_d, signal.impact, ratio)
        return exposed_light(way, time, cadence_d, ratio) - 1
    moment = exposure_times(time, cadence_d)
    if signal.kind == "flare":
        shape = flare_shape(moment, peak=0.0, half_width_d=signal.duration_d)
        # Its tail never ends; what is below a thousandth is left out, so that it ends somewhere.
        return -signal.depth * exposed(np.where(moment <= FLARE_ENDS * signal.duration_d, shape, 0.0))
    return -signal.depth * exposed(irregular(moment / signal.duration_d, signal.seed))


def irregular(place: Floats, seed: int) -> Floats:
    """A dip of several lobes of unequal width, as clumps of dust make it; 0 outside [-0.5, 0.5], 1 at its deepest.

    Parameters
    ----------
    place : ndarray, shape (n,)
        In units of its duration, 0 in the middle.
    seed : int
        Which of them.
    """
    rng = np.random.default_rng(seed)
    lobes = int(rng.integers(*_PARTS))
    centre = rng.uniform(-0.3, 0.3, lobes)
    narrow, wide = rng.uniform(0.05, 0.15, lobes), rng.uniform(0.08, 0.3, lobes)
    height = rng.uniform(0.25, 1.0, lobes)

    def lobed(where: Floats) -> Floats:
        away = where[:, None] - centre[None, :]  # (n, lobes)
        width = np.where(away < 0, narrow, wide)
        shape = (height * np.exp(-0.5 * (away / width) ** 2)).sum(axis=1)
        return np.where(np.abs(where) < 0.5, shape * np.cos(np.pi * np.clip(where, -0.5, 0.5)) ** 0.5, 0.0)

    return lobed(place) / float(lobed(np.linspace(-0.5, 0.5, 1001)).max())
