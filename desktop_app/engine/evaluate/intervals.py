"""Shares and rates over many files, with bootstrap intervals over the files."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import nan

import numpy as np

_RESAMPLES = 2000
_ENDS = (2.5, 97.5)


@dataclass(frozen=True)
class Ratio:
    """``part`` of ``whole``: hits of events, or events of days.

    Attributes
    ----------
    part, whole : float
    low, high : float
        Between these lie 95 of 100 resamplings of the files; NaN with fewer than two files.
    """

    part: float
    whole: float
    low: float = nan
    high: float = nan

    @property
    def value(self) -> float:
        """Part over whole; NaN where there is no whole."""
        return self.part / self.whole if self.whole > 0 else nan


def ratio(of_files: Iterable[tuple[float, float]]) -> Ratio:
    """The ratio of the sums, with its interval.

    Parameters
    ----------
    of_files : iterable of (float, float)
        Part and whole of each file; those without a whole are left out.
    """
    pairs = np.array([pair for pair in of_files if pair[1] > 0], np.float64).reshape(-1, 2)
    part, whole = (float(total) for total in pairs.sum(axis=0))
    if len(pairs) < 2:
        return Ratio(part, whole)
    # Always the same resamples, so that the same predictions give the same report.
    drawn = np.random.default_rng(0).integers(len(pairs), size=(_RESAMPLES, len(pairs)))
    sums = pairs[drawn].sum(axis=1)  # (resamples, 2)
    low, high = np.percentile(sums[:, 0] / sums[:, 1], _ENDS)
    return Ratio(part, whole, float(low), float(high))
