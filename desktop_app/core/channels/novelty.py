"""Judges how far a channel has left what its training stretch holds."""

import numpy as np

from desktop_app.core.arrays import Floats, robust_sigma
from desktop_app.core.channels.constants import CONSTANTS
from desktop_app.core.channels.dynamic_threshold import Limited
from desktop_app.core.telemetry import stretches


def novelty_limit(distance: Floats, shortest_run: int) -> Limited:
    """What lies far above the usual distance to the training stretch for long; nothing where most of it does.

    Parameters
    ----------
    distance : ndarray, shape (n,)
        To the nearest window of the training stretch, in shares of the range; NaN is left out.
    shortest_run : int
        Samples; shorter runs are left to others.
    """
    limit = novelty_edge(distance)
    above = np.isfinite(distance) & (distance > limit)
    flagged = np.zeros(distance.size, bool)
    if not is_obsolete(distance):
        for start, stop in stretches(above):
            flagged[start:stop] = stop - start >= shortest_run
    return Limited(np.full(distance.size, limit), flagged)


def novelty_edge(distance: Floats) -> float:
    """Where novelty begins: so many robust sigmas above the usual distance, and an absolute floor."""
    usual = float(np.nanmedian(distance)) if np.isfinite(distance).any() else 0.0
    return usual + CONSTANTS.novelty_sigmas * float(np.nan_to_num(robust_sigma(distance))) + CONSTANTS.novelty_floor


def is_obsolete(distance: Floats) -> bool:
    """Whether so much of the data is unlike the training stretch that this says nothing about faults."""
    looked = distance[np.isfinite(distance)]
    return looked.size > 0 and bool((looked > novelty_edge(distance)).mean() >= CONSTANTS.novelty_covered)
