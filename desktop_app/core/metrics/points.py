"""Counts of single samples: flagged and labelled, only one of both, or neither."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan, nan

import numpy as np

from desktop_app.core.arrays import Bools


@dataclass(frozen=True)
class PointCounts:
    """Samples by what was said and what is true.

    Attributes
    ----------
    hits, false, missed, quiet : int
        Flagged and labelled, flagged only, labelled only, neither.
    """

    hits: int = 0
    false: int = 0
    missed: int = 0
    quiet: int = 0

    @property
    def precision(self) -> float:
        """Hits among what is flagged; NaN where nothing is."""
        return share(self.hits, self.hits + self.false)

    @property
    def recall(self) -> float:
        """Hits among what is labelled; NaN where nothing is."""
        return share(self.hits, self.hits + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 0 without a hit."""
        return f_beta(self.precision, self.recall, 1.0)

    @property
    def false_rate(self) -> float:
        """The share of samples without a label that are flagged; NaN where there are none."""
        return share(self.false, self.false + self.quiet)


def count_points(flagged: Bools, truth: Bools) -> PointCounts:
    """The counts of one channel.

    Parameters
    ----------
    flagged, truth : ndarray, shape (n,)
    """
    hits = int(np.count_nonzero(flagged & truth))
    false, missed = int(np.count_nonzero(flagged)) - hits, int(np.count_nonzero(truth)) - hits
    return PointCounts(hits, false, missed, truth.size - hits - false - missed)


def sum_points(counts: Iterable[PointCounts]) -> PointCounts:
    """The counts of all channels together."""
    every = [(one.hits, one.false, one.missed, one.quiet) for one in counts]
    return PointCounts(*(sum(column) for column in zip(*every, strict=True))) if every else PointCounts()


def share(part: float, whole: float) -> float:
    """Part over whole; NaN where there is no whole."""
    return part / whole if whole else nan


def f_beta(precision: float, recall: float, beta: float) -> float:
    """The weighted harmonic mean, for which recall counts ``beta`` times as much as precision; NaN without a recall.

    Nothing flagged has no precision, and an F of 0.
    """
    if isnan(recall):
        return nan
    if isnan(precision) or not precision or not recall:
        return 0.0
    return (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
