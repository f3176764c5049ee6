"""Puts several ways of looking at a channel together: what is flagged, and one score that says so at 1."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.constants import CONSTANTS
from desktop_app.core.channels.novelty import Novelty
from desktop_app.core.telemetry import stretches

_JUST_BELOW = 0.999
_KNEE = 0.9


def narrowed(flagged: Sequence[Bools], widths: Sequence[int]) -> Bools:
    """The runs of all windows, those of longer windows without what they smear over the runs of shorter ones.

    What is strange makes every window over it strange, so that a run is up to a width longer at either end. Where a
    run holds one of a shorter window, what it has beyond it is dropped but for half a window; more than a width is
    no smear and stays.

    Parameters
    ----------
    flagged : sequence of ndarray of bool, shape (n,)
        By width, the shortest first.
    widths : sequence of int
    """
    result, least = np.array(flagged[0]), widths[0] // 2
    for runs, width in zip(flagged[1:], widths[1:], strict=True):
        shorter = np.array(result)
        for start, stop in stretches(runs):
            inside = start + np.flatnonzero(shorter[start:stop])
            first, last = (int(inside[0]), int(inside[-1]) + 1) if inside.size else (start, stop)
            low = start if first - start >= width else max(start, first - least)
            high = stop if stop - last >= width else min(stop, last + least)
            result[low:high] = True
    return result


def without_beginning(flagged: Bools, novelty: Novelty | None, width: int) -> Bools:
    """``flagged`` without a run at the very beginning, unless the training stretch agrees that it is strange.

    Nothing comes before it, and what follows is as likely to be the one that changed.

    Parameters
    ----------
    flagged : ndarray of bool, shape (n,)
    novelty : Novelty or None
        None where there is no training stretch.
    width : int
        Samples that count as the beginning.
    """
    result = np.array(flagged)
    for start, stop in stretches(flagged):
        if start >= width:
            break
        result[start:stop] = (
            novelty is not None and not novelty.obsolete and bool((novelty.distance[start:stop] > novelty.edge).any())
        )
    return result


def joined(flagged: Bools, gap: int) -> Bools:
    """``flagged`` with gaps of fewer than ``gap`` samples filled."""
    result = np.array(flagged)
    for (_, stop), (start, _) in pairwise(stretches(flagged)):
        result[stop:start] |= start - stop < gap
    return result


def one_score(ratios: Sequence[Floats], regime: Floats, flagged: Bools) -> Floats:
    """How strange each sample is: at least 1 where it is flagged, below 1 elsewhere, in the order of all ratios.

    Parameters
    ----------
    ratios : sequence of ndarray, shape (n,)
        Scores over their limits; NaN where they were not looked at.
    regime : ndarray, shape (n,)
        The same of regimes; it adds to the rest, as a long stretch is strange in a way of its own.
    flagged : ndarray of bool, shape (n,)
    """
    ratio = np.fmax.reduce(ratios)
    ratio = ratio + CONSTANTS.regime_weight * np.minimum(regime, 1.0)
    score: Floats = np.where(flagged, np.maximum(ratio, 1.0), below_one(ratio))
    return score


def below_one(ratio: Floats) -> Floats:
    """Ratios in their order, those near 1 and above squeezed below it."""
    above = np.maximum(ratio - _KNEE, 0.0)
    return np.minimum(ratio, _KNEE) + (_JUST_BELOW - _KNEE) * (1 - np.exp(-above / (_JUST_BELOW - _KNEE)))
