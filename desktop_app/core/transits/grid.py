"""Which durations, periods and shapes a search for transits tries."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.transits.limb import light_left

SUNLIKE_D = 0.0756
"""Days that a planet needs to cross the middle of a star as dense as the Sun, if it comes back every day."""
SHORTEST, LONGEST = 0.25, 3.0
"""Durations that are tried for a period, in units of that of a star like the Sun: a dwarf 20 times as dense that is
crossed near its edge, and a subgiant or two stars of one size."""
DURATION_STEP = 1.25
TABLE = 128
_RADIUS_RATIO = 0.05
_IMPACT = 0.3
_SHORTEST_CADENCES = 2.0
_PER_TRANSIT = 5.0
_LEAST_PERIOD_D = 0.4
_LEAST_PERIOD_CADENCES = 15.0
_MOST = 400_000
_LONGEST_SHARE = 0.2
_CUTS = 60
_LEAST_REACH = 5.0


def transit_table(*, box: bool = False) -> Floats:
    """The depth of a transit from its middle to last contact, 1 in the middle; shape (TABLE + 1,).

    Parameters
    ----------
    box : bool
        Whether it is as deep everywhere.
    """
    if box:
        return np.ones(TABLE + 1)
    chord = np.sqrt((1 + _RADIUS_RATIO) ** 2 - _IMPACT**2)
    hidden = 1 - light_left(np.hypot(_IMPACT, chord * np.linspace(0, 1, TABLE + 1)), _RADIUS_RATIO)
    table: Floats = hidden / hidden[0]
    return table


@dataclass(frozen=True)
class Axis:
    """Periods, divided so that a step moves the last of the transits as far against the first at all of them.

    That is evenly in the cube root of the frequency (Ofir 2014, A&A 561, A138).

    Attributes
    ----------
    shortest_d, longest_d : float
    number : int
    """

    shortest_d: float
    longest_d: float
    number: int

    @classmethod
    def over(cls, span_d: float, shortest_d: float, longest_d: float) -> "Axis":
        """The axis for a curve that lasts ``span_d`` days."""
        step = SUNLIKE_D / (3 * span_d * _PER_TRANSIT)
        number = (shortest_d ** (-1 / 3) - longest_d ** (-1 / 3)) / step
        return cls(shortest_d, longest_d, int(np.clip(np.ceil(number), 1, _MOST)))

    @property
    def scale(self) -> float:
        """Steps for each unit of the cube root of the frequency."""
        return self.number / (self.shortest_d ** (-1 / 3) - self.longest_d ** (-1 / 3))

    @property
    def offset(self) -> float:
        """Steps from nothing to the lowest frequency."""
        return self.scale * self.longest_d ** (-1 / 3)


def period_limits(span_d: float, cadence_d: float, shortest_d: float, longest_d: float, transits: int) -> Axis | None:
    """The periods to be tried, None where there are none: 0 is as short as can be told, as long as ``transits`` allow.

    Parameters
    ----------
    span_d, cadence_d : float
        Of the curve.
    shortest_d, longest_d : float
        Wanted periods; 0 is automatic.
    transits : int
        How many there must be at least.
    """
    low = max(shortest_d or _LEAST_PERIOD_D, _LEAST_PERIOD_CADENCES * cadence_d)
    high = min(longest_d or np.inf, span_d / max(transits - 1, 1))
    return Axis.over(span_d, low, high) if low < high else None


def durations(axis: Axis, cadence_d: float, shortest_d: float, longest_d: float) -> Floats:
    """Durations to be tried, days; each `DURATION_STEP` times the one before.

    Parameters
    ----------
    axis : Axis
    cadence_d : float
    shortest_d, longest_d : float
        Wanted durations; 0 is what is plausible for the periods of ``axis``.
    """
    low = max(shortest_d or SHORTEST * SUNLIKE_D * axis.shortest_d ** (1 / 3), _SHORTEST_CADENCES * cadence_d)
    high = max(longest_d or min(LONGEST * SUNLIKE_D * axis.longest_d ** (1 / 3), _LONGEST_SHARE * axis.longest_d), low)
    number = int(np.floor(np.log(high / low) / np.log(DURATION_STEP) + 1e-9)) + 1
    tried: Floats = low * DURATION_STEP ** np.arange(float(number))
    return tried


def plausible_periods(duration_d: float, axis: Axis) -> tuple[float, float]:
    """The shortest and the longest period of ``axis`` at which a transit may last ``duration_d``."""
    low = max((duration_d / (LONGEST * SUNLIKE_D)) ** 3, duration_d / _LONGEST_SHARE)
    high = (duration_d / (SHORTEST * SUNLIKE_D)) ** 3
    return max(axis.shortest_d, low), min(axis.longest_d, high)


def folding_work(axis: Axis, tried: Floats, span_d: float, steps: int) -> float:
    """How many sums the folding takes for all periods of ``axis``.

    Parameters
    ----------
    axis : Axis
    tried : ndarray, shape (k,)
        Durations in days.
    span_d : float
        How long the curve lasts.
    steps : int
        Of time in a duration.
    """
    limits = np.array([plausible_periods(float(duration), axis) for duration in tried]).reshape(-1, 2)
    low, high = limits[:, 0], np.maximum(limits[:, 1], limits[:, 0])
    step_d = tried / steps
    rounds = np.log2(np.maximum(span_d / np.sqrt(low * high), 2.0))
    return float(((high - low) / step_d * span_d / step_d * rounds).sum())


def within_work(axis: Axis, cadence_d: float, span_d: float, steps: int, most: float) -> Axis | None:
    """``axis`` without its longest periods where folding all of them would take more than ``most`` sums.

    None where what is left would hardly be a search.
    """
    for high in np.geomspace(axis.longest_d, min(_LEAST_REACH * axis.shortest_d, axis.longest_d), _CUTS):
        cut = axis if high == axis.longest_d else Axis.over(span_d, axis.shortest_d, float(high))
        if folding_work(cut, durations(cut, cadence_d, 0.0, 0.0), span_d, steps) <= most:
            return cut
    return None
