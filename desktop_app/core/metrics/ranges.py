"""Precision and recall of ranges: how much of each event was found, and in how many pieces."""

from dataclasses import dataclass
from math import nan

import numpy as np

from desktop_app.core.arrays import Ints
from desktop_app.core.metrics.points import f_beta


@dataclass(frozen=True)
class RangeScores:
    """Of Tatbul et al. (2018, NeurIPS 31), with flat bias, no reward for mere existence, and 1 over the pieces."""

    precision: float = nan
    recall: float = nan

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return f_beta(self.precision, self.recall, 1.0)


def range_scores(truth: Ints, found: Ints) -> RangeScores:
    """The scores of one channel; NaN where there are no ranges to take a mean of.

    Parameters
    ----------
    truth, found : ndarray, shape (m, 2) and (k, 2)
        Half open; neither overlap among themselves.
    """
    return RangeScores(_mean_covered(found, truth), _mean_covered(truth, found))


def _mean_covered(ranges: Ints, others: Ints) -> float:
    """The share of each range that the others cover, over the number of pieces they do it in, averaged."""
    if not len(ranges):
        return nan
    low = np.maximum(ranges[:, :1], others[:, 0])  # (m, k)
    high = np.minimum(ranges[:, 1:], others[:, 1])
    shared = np.maximum(high - low, 0)
    pieces = np.maximum((shared > 0).sum(axis=1), 1)
    return float((shared.sum(axis=1) / (ranges[:, 1] - ranges[:, 0]) / pieces).mean())
