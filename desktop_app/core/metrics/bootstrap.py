"""A mean over channels, with the interval that drawing them anew gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

_RESAMPLES = 2000
_ENDS = (2.5, 97.5)


@dataclass(frozen=True)
class Mean:
    """The mean of channels.

    Attributes
    ----------
    value : float
        NaN where no channel has one.
    low, high : float
        Between these lie 95 of 100 resamplings of the channels; NaN with fewer than two of them.
    channels : int
        Those that have a value.
    """

    value: float = nan
    low: float = nan
    high: float = nan
    channels: int = 0


def mean_of(of_channels: Sequence[float]) -> Mean:
    """The mean of all that is not NaN, with its interval (Efron 1979, percentile method)."""
    values = np.array([value for value in of_channels if not np.isnan(value)], np.float64)
    if not values.size:
        return Mean()
    if values.size < 2:
        return Mean(float(values[0]), channels=1)
    # Always the same resamples, so that the same predictions give the same report.
    drawn = np.random.default_rng(0).integers(values.size, size=(_RESAMPLES, values.size))
    low, high = np.percentile(values[drawn].mean(axis=1), _ENDS)
    return Mean(float(values.mean()), float(low), float(high), values.size)
