"""Finds where the level of a curve changes within a cadence or two and stays changed."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from desktop_app.core.arrays import Floats, Ints, robust_sigma
from desktop_app.core.baseline import Bins

REACH_D = 1.0
_FEWEST = 12
_MOST = 144
_SIGMAS = 8.0
_SHARE = 0.6
_NEAR = 3
_SAMPLE = 1000


def find_steps(bins: Bins) -> tuple[Ints, Floats]:
    """The bins that begin a new level, and how much higher it is; two arrays of shape (k,).

    The median of the bins up to `REACH_D` days before is compared with that of as many after, and the difference
    has to stand out among all such differences in the curve. It is a step where the nearest bins and the farther
    half differ as much: a slope fails the first, a dip or a flare that is over fails the second.

    Parameters
    ----------
    bins : Bins
        Slow trends may be in it.
    """
    reach = int(np.clip(round(REACH_D / bins.width_d), _FEWEST, _MOST))
    known = np.flatnonzero(bins.count > 0)
    value, segment = bins.value[known], bins.segment[known]
    if known.size < 4 * reach:
        return np.zeros(0, np.int64), np.zeros(0)
    place = np.arange(reach, known.size - reach + 1)  # the first bin after the step
    place = place[segment[place - reach] == segment[place + reach - 1]]
    short = np.median(sliding_window_view(value, _NEAR), axis=1)
    near = short[np.minimum(place, short.size - 1)] - short[place - _NEAR]
    usual = robust_sigma(_change(value, place[:: max(1, place.size // _SAMPLE)], reach, reach))
    least = _SIGMAS * max(usual, robust_sigma(np.diff(value)) / np.sqrt(reach / _NEAR)) if place.size else np.inf
    place, near = place[np.abs(near) > _SHARE * least], near[np.abs(near) > _SHARE * least]
    change = _change(value, place, reach, reach)
    far = _change(value, place, reach, reach // 2)
    side = np.sign(change)
    alike = (near * side > _SHARE * np.abs(change)) & (far * side > _SHARE * np.abs(change))
    edge = np.abs(value[place] - value[place - 1])
    chosen = _apart(np.flatnonzero((np.abs(change) > least) & alike), place, edge, reach)
    return known[place[chosen]], change[chosen]


def _change(value: Floats, place: Ints, reach: int, length: int) -> Floats:
    """Median of the last of ``reach`` bins from ``place`` on, less that of the first of as many before it."""
    window = sliding_window_view(value, length)
    return np.asarray(np.median(window[place + reach - length], axis=1) - np.median(window[place - reach], axis=1))


def _apart(candidates: Ints, place: Ints, strength: Floats, distance: int) -> Ints:
    """The strongest of ``candidates`` whose places are at least ``distance`` apart, in order."""
    chosen: list[int] = []
    for at in candidates[np.argsort(-strength[candidates], kind="stable")]:
        if all(abs(int(place[at]) - int(place[other])) >= distance for other in chosen):
            chosen.append(int(at))
    return np.array(sorted(chosen), np.int64)
