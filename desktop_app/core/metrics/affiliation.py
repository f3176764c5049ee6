"""Affiliation: how near flagged samples are to true events, by chance; a second opinion that chance alone gives 0.5."""

from dataclasses import dataclass
from math import nan

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.metrics.points import f_beta


@dataclass(frozen=True)
class Affiliation:
    """Precision and recall of Huet et al. (2022, KDD, 635); NaN where there is nothing to take a mean of."""

    precision: float = nan
    recall: float = nan

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return f_beta(self.precision, self.recall, 1.0)


def affiliation(flagged: Bools, truth: Ints) -> Affiliation:
    """How near, each true event in the zone where it is the nearest one.

    A flagged sample is worth the chance that one drawn from its zone is farther from the event; a sample of the event
    the chance that one drawn from the zone is farther from it than the nearest flagged one.

    Parameters
    ----------
    flagged : ndarray, shape (n,)
    truth : ndarray, shape (m, 2)
        Half open, in order, apart.
    """
    if not len(truth):
        return Affiliation()
    middles = (truth[:-1, 1] + truth[1:, 0]) // 2
    edges = np.concatenate([[0], middles, [flagged.size]])
    each = [
        _of_zone(np.flatnonzero(flagged[low:high]).astype(np.float64), start - low, stop - low, high - low)
        for (start, stop), low, high in zip(truth, edges[:-1], edges[1:], strict=True)
    ]
    precisions = [precision for precision, _recall in each if not np.isnan(precision)]
    return Affiliation(
        float(np.mean(precisions)) if precisions else nan, float(np.mean([recall for _precision, recall in each]))
    )


def _of_zone(rows: Floats, start: int, stop: int, size: int) -> tuple[float, float]:
    """Precision and recall of the event ``start:stop`` in a zone of ``size`` samples, of which ``rows`` are flagged."""
    if not rows.size:
        return nan, 0.0
    # A sample is a stretch of length 1 in continuous time, looked at from its middle.
    away = np.maximum(np.maximum(start - rows, rows - (stop - 1)) - 0.5, 0.0)
    nearer = np.minimum(start, away) + np.minimum(size - stop, away) + (stop - start)
    precision = float(np.where(away > 0, 1 - nearer / size, 1.0).mean())
    event = np.arange(start, stop, dtype=np.float64)
    place = np.searchsorted(rows, event)
    before = np.where(place > 0, event - rows[np.maximum(place - 1, 0)], np.inf)
    after = np.where(place < rows.size, rows[np.minimum(place, rows.size - 1)] - event, np.inf)
    gap = np.maximum(np.minimum(before, after) - 0.5, 0.0)
    closer = np.minimum(event + 0.5, gap) + np.minimum(size - event - 0.5, gap)
    return precision, float((1 - closer / size).mean())
