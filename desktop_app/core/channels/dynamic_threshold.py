"""Finds the limit of a score by itself: the one that separates few, high runs best, and drops runs that fade away."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.constants import CONSTANTS
from desktop_app.core.telemetry import stretches


@dataclass(frozen=True, eq=False)
class Limited:
    """A score with its limit.

    Attributes
    ----------
    limit : ndarray, shape (n,)
        The same all over a block.
    flagged : ndarray of bool, shape (n,)
        What lies above it and was not pruned.
    """

    limit: Floats
    flagged: Bools


def dynamic_limit(score: Floats) -> Limited:
    """The nonparametric dynamic threshold of Hundman et al. 2018 (KDD), in blocks where the stretch is long.

    Parameters
    ----------
    score : ndarray, shape (n,)
        0 and more; NaN is left out.
    """
    limit, flagged = np.full(score.size, np.inf), np.zeros(score.size, bool)
    looked = np.flatnonzero(np.isfinite(score))
    for block in np.array_split(looked, max(1, round(looked.size / CONSTANTS.block))):
        if block.size == 0:
            continue
        values = score[block]
        limit[block] = best_limit(values)
        flagged[block] = kept_runs(values, values > limit[block])
    return Limited(limit, flagged)


def best_limit(score: Floats) -> float:
    """The limit above which few runs hold most of the spread; above the highest value where none does.

    Parameters
    ----------
    score : ndarray, shape (n,)
        Finite.
    """
    mean, deviation = float(score.mean()), float(score.std())
    best, chosen = -np.inf, float(mean + CONSTANTS.last_z * deviation)
    if deviation <= 0:
        return max(chosen, np.nextafter(mean, np.inf))
    for z in np.arange(CONSTANTS.first_z, CONSTANTS.last_z + CONSTANTS.step_z / 2, CONSTANTS.step_z):
        above = score > mean + z * deviation
        runs = len(stretches(above))
        if runs == 0:
            break
        if runs > CONSTANTS.most_runs or above.mean() >= CONSTANTS.most_covered:
            continue
        below = score[~above]
        gain = ((mean - below.mean()) / mean + (deviation - below.std()) / deviation) / runs**2
        if gain > best:
            best, chosen = gain, float(mean + z * deviation)
    return chosen


def kept_runs(score: Floats, above: Bools) -> Bools:
    """The runs of ``above`` without those that are hardly higher than what lies below the limit.

    Sorted by their highest value they are kept down to the last one that exceeds the next by a share.
    """
    runs = stretches(above)
    if not runs:
        return above
    highest = np.array([score[start:stop].max() for start, stop in runs])
    order = np.argsort(-highest, kind="stable")
    below = score[~above]
    steps = np.append(highest[order], below.max() if below.size else 0.0)
    drops = np.flatnonzero(steps[:-1] - steps[1:] >= CONSTANTS.least_drop * steps[:-1])
    kept = np.zeros(score.size, bool)
    for place in order[: drops[-1] + 1 if drops.size else 0]:
        kept[slice(*runs[place])] = True
    return kept


def higher_than(score: Floats, flagged: Bools, least: float) -> Bools:
    """The runs of ``flagged`` whose highest score exceeds ``least``."""
    kept = np.zeros(flagged.size, bool)
    for start, stop in stretches(flagged):
        kept[start:stop] = np.nanmax(score[start:stop]) > least
    return kept
