"""Finds where a curve comes back to its level after a gap as the instrument settles: an exponential in time."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.baseline import Bins

WINDOW_D = 2.0
_SHORTEST_D = 1.0
_TIMES_D = (0.08, 0.14, 0.25, 0.45)
_ENDS_D = (0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7)
_DEGREE = 2
_WORST = 9.0
_PER_BIN = 3.0
_BETTER = 40.0
_THAN_EVENT = 0.8
_FEW = 30
_REFITS = 4
_GONE = 8.0


@dataclass(frozen=True, eq=False)
class Ramps:
    """Exponentials that begin with a stretch.

    Attributes
    ----------
    begin, until : ndarray, shape (k,)
        Days: where the stretch begins, and where the ramp is over or the stretch ends.
    height, time_d : ndarray, shape (k,)
        Height at the beginning, in the unit of the flux, and days in which it falls to a third.
    """

    begin: Floats
    until: Floats
    height: Floats
    time_d: Floats

    def at(self, time: Floats) -> Floats:
        """Their sum at each of ``time``; shape (n,)."""
        total = np.zeros(time.size)
        for begin, until, height, time_d in zip(self.begin, self.until, self.height, self.time_d, strict=True):
            low, high = np.searchsorted(time, begin), np.searchsorted(time, until, side="right")
            total[low:high] += height * np.exp((begin - time[low:high]) / time_d)
        return total


def find_ramps(bins: Bins) -> Ramps:
    """The ramps of ``bins``; what repeats is taken out before.

    The first two days of each stretch are fitted by a parabola, by a parabola and an exponential, and by a parabola
    and a box that begins with the stretch, all robustly. It is a ramp where the exponential is far better than
    nothing, better than the box, which a dip or a flare cut by the gap resembles more, and where it leaves little.
    """
    found = []
    noise = _noise(bins)
    for segment in range(int(bins.segment[-1]) + 1):
        rows = np.flatnonzero((bins.segment == segment) & (bins.count > 0))
        rows = rows[: np.searchsorted(bins.time[rows], bins.time[rows[:1]] + WINDOW_D)[0]] if rows.size else rows
        if rows.size < _FEW or bins.time[rows[-1]] - bins.time[rows[0]] < _SHORTEST_D or not noise > 0:
            continue
        ramp = _ramp(bins.time[rows], bins.value[rows] / noise)
        if ramp is not None:
            height, time_d = ramp
            begin = float(bins.time[rows[0]]) - 0.5 * bins.width_d
            last = float(bins.time[bins.segment == segment][-1]) + bins.width_d
            found.append((begin, min(begin + _GONE * time_d, last), height * noise, time_d))
    columns = np.array(found, dtype=np.float64).reshape(-1, 4)
    return Ramps(columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3])


def _noise(bins: Bins) -> float:
    """One robust sigma of a bin, from the differences of neighbours."""
    known = bins.value[bins.count > 0]
    return float(1.0484 * np.median(np.abs(np.diff(known)))) if known.size > _FEW else 0.0


def _ramp(time: Floats, value: Floats) -> tuple[float, float] | None:
    """Height at the beginning and time of the ramp in ``value``, which is in sigmas; None where there is none."""
    x = time - time[0]
    slow = np.vander(x / WINDOW_D, _DEGREE + 1)
    plain, _ = _fitted(slow, value)
    ramps = [_fitted(np.column_stack([slow, np.exp(-x / time_d)]), value) for time_d in _TIMES_D]
    best = int(np.argmin([cost for cost, _ in ramps]))
    cost, solution = ramps[best]
    if plain - cost < _BETTER or cost > _PER_BIN * x.size:
        return None
    boxes = [_fitted(np.column_stack([slow, x < end]), value)[0] for end in _ENDS_D]
    if plain - min(boxes) > _THAN_EVENT * (plain - cost):
        return None
    return float(solution[-1]), _TIMES_D[best]


def _fitted(design: Floats, value: Floats) -> tuple[float, Floats]:
    """The cost of the robust fit, squares that count no more than `_WORST`, and its solution."""
    weight: Floats = np.ones(value.size)
    solution: Floats = np.zeros(design.shape[1])
    for _ in range(_REFITS):
        normal = design.T @ (design * weight[:, None])
        normal[np.diag_indices_from(normal)] += 1e-9 * weight.sum()
        solution = np.asarray(np.linalg.solve(normal, design.T @ (weight * value)), np.float64)
        square = (value - design @ solution) ** 2
        weight = np.where(square < _WORST, 1.0, np.sqrt(_WORST / np.maximum(square, _WORST)))
    return float(np.minimum((value - design @ solution) ** 2, _WORST).sum()), solution
