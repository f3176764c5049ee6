"""Judges how far a channel has left what its training stretch holds."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.channels.constants import CONSTANTS
from desktop_app.core.telemetry import stretches


@dataclass(frozen=True, eq=False)
class Novelty:
    """How far each sample is from the training stretch.

    Attributes
    ----------
    distance : ndarray, shape (n,)
        To the nearest window of the training stretch, in shares of the range; NaN where nobody looked.
    own_worst : float
        The largest distance of a window of the training stretch to the rest of it; NaN where it is too short.
    """

    distance: Floats
    own_worst: float

    @property
    def edge(self) -> float:
        """Where novelty begins: so many robust sigmas above the usual distance, and an absolute floor."""
        looked = self.distance[np.isfinite(self.distance)]
        if looked.size == 0:
            return np.inf
        return float(np.median(looked)) + CONSTANTS.novelty_sigmas * robust_sigma(looked) + CONSTANTS.novelty_floor

    @property
    def obsolete(self) -> bool:
        """Whether most of the data is stranger than anything in the training stretch, so that it says little."""
        looked = self.distance[np.isfinite(self.distance)]
        least = min(self.edge, np.nan_to_num(self.own_worst, nan=np.inf) + CONSTANTS.novelty_floor)
        return looked.size > 0 and bool((looked > least).mean() >= CONSTANTS.novelty_covered)


def novelties(novelty: Novelty, shortest_run: int) -> Bools:
    """Which samples are beyond the edge for long; none where the training stretch is obsolete.

    Parameters
    ----------
    shortest_run : int
        Samples; shorter runs are left to others.
    """
    above = np.isfinite(novelty.distance) & (novelty.distance > novelty.edge)
    flagged = np.zeros(above.size, bool)
    if not novelty.obsolete:
        for start, stop in stretches(above):
            flagged[start:stop] = stop - start >= shortest_run
    return flagged
