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
    window = sliding_window_view(value, reach)
    median = np.median(window, axis=1)
    place = np.arange(reach, known.size - reach + 1)  # the first bin after the step
    whole = segment[place - reach] == segment[place + reach - 1]
    change = np.where(whole, median[place] - median[place - reach], 0.0)
    usual = robust_sigma(change[whole]) if whole.any() else np.inf
    strong = np.abs(change) > _SIGMAS * max(usual, robust_sigma(np.diff(value)) / np.sqrt(reach / 3))
    half, few = reach // 2, 3
    short = np.median(sliding_window_view(value, few), axis=1)
    near = short[np.minimum(place, short.size - 1)] - short[place - few]
    later = np.median(sliding_window_view(value, half), axis=1)
    far = later[place + reach - half] - later[place - reach]
    alike = (near * np.sign(change) > _SHARE * np.abs(change)) & (far * np.sign(change) > _SHARE * np.abs(change))
    edge = np.abs(value[place] - value[place - 1])
    chosen = _apart(np.flatnonzero(strong & alike & whole), edge, reach)
    return known[place[chosen]], change[chosen]


def _apart(candidates: Ints, strength: Floats, distance: int) -> Ints:
    """The strongest of ``candidates`` that are at least ``distance`` apart, in order."""
    chosen: list[int] = []
    for at in candidates[np.argsort(-strength[candidates], kind="stable")]:
        if all(abs(int(at) - other) >= distance for other in chosen):
            chosen.append(int(at))
    return np.array(sorted(chosen), np.int64)
