"""Flags samples outside of the range that is nominal: the plainest check, and the control for all others."""

from functools import partial
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats, robust_sigma
from desktop_app.core.channels.series import ChannelScores, EachChannel, Series
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report
from desktop_app.core.telemetry import Telemetry

_FEWEST = 10
_OF_ALL = 0.05


class LimitsParams(Params):
    """The settings of the limit check."""

    margin: float = setting(
        0.02,
        title="Margin",
        help="How far outside of the nominal range values may lie, as a share of the range.",
        ge=0.0,
        le=10.0,
    )
    sigmas: float = setting(
        5.0,
        title="Sigmas",
        help="Without a training stretch the range is the median plus and minus so many robust sigmas.",
        unit="σ",
        ge=1.0,
        le=100.0,
    )


class ChannelLimits:
    """The nominal range of one channel."""

    def __init__(self, params: LimitsParams) -> None:
        self._params = params
        self._low = self._high = np.nan

    def fit(self, series: Series, report: Report) -> Self:
        """Take the range from the training stretch, or from the body of the values."""
        known = series.training if series.training is not None else series
        values = known.values[np.isfinite(known.values)]
        if values.size < _FEWEST:
            raise FitError(
                f"It has {values.size} values; a range needs {_FEWEST}.", hint="Open a longer stretch of telemetry."
            )
        if series.training is not None:
            low, high = float(values.min()), float(values.max())
            margin = self._params.margin * (high - low) or _OF_ALL * max(abs(low), 1.0)
        else:
            middle = float(np.median(values))
            low = high = middle
            margin = self._params.sigmas * robust_sigma(values) or _OF_ALL * max(abs(middle), 1.0)
        self._low, self._high = low - margin, high + margin
        report(1.0, "Range taken")
        return self

    def score(self, series: Series, report: Report) -> ChannelScores:
        """One at the edge of the range, more the further outside, in half ranges."""
        middle, half = (self._low + self._high) / 2, (self._high - self._low) / 2
        report(1.0, "Compared")
        values: Floats = np.abs(series.values - middle) / half
        low, high = (np.full(len(series), edge) for edge in (self._low, self._high))
        return ChannelScores(np.where(np.isfinite(series.values), values, np.nan), {"low": low, "high": high})


def build(params: LimitsParams) -> EachChannel:
    """The limit check of every channel."""
    return EachChannel(partial(ChannelLimits, params))


SPEC = DetectorSpec(
    name="limits",
    label="Limits",
    help="Flags samples outside of the range of the training stretch, or far outside of the body of the values.",
    kinds=(Telemetry,),
    version=1,
    params=LimitsParams,
    build=build,
    threshold=1.0,
    finds=("spike", "step"),
    unit="× limit",
    causal=True,
)
