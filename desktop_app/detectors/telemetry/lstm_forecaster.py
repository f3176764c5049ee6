"""Finds where a channel does not go on as a network expects that knows its training stretch."""

from functools import partial
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.decision import below_one
from desktop_app.core.channels.error_threshold import ErrorRules, judged_errors, smoothed
from desktop_app.core.channels.scaling import scale_of
from desktop_app.core.channels.series import ChannelScores, EachChannel, Series
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.params import setting
from desktop_app.core.progress import Report, part
from desktop_app.core.telemetry import Telemetry
from desktop_app.nets.channel_columns import known_of
from desktop_app.nets.channel_fitted import Fitted, TrainedHereParams, fitted
from desktop_app.nets.channel_forecaster import ChannelForecaster, ChannelForecasterParams

WEIGHTS = "telemetry_lstm_forecaster"
_NET = ChannelForecaster()
_LARGEST = 5.0
"""Errors of more than so many ranges of the channel all count alike."""


class LstmForecasterParams(ChannelForecasterParams, TrainedHereParams):
    """The settings of the forecaster."""

    smoothing: int = setting(
        105,
        title="Smoothing",
        help="The span of the weighted mean of errors so far.",
        unit="samples",
        ge=1,
        le=5000,
    )
    error_window: int = setting(
        2100,
        title="Error window",
        help="So many errors, up to those that are judged, tell which are usual.",
        unit="samples",
        ge=50,
        le=100_000,
        advanced=True,
    )
    judged: int = setting(
        70, title="Judged at a time", help="Errors of one batch.", unit="samples", ge=1, le=10_000, advanced=True
    )
    buffer: int = setting(
        100,
        title="Buffer",
        help="By how much what is flagged is widened on both sides.",
        unit="samples",
        ge=0,
        le=1000,
        advanced=True,
    )
    pruning: float = setting(
        0.13,
        title="Pruning",
        help="Of the stretches above the limit those are kept that exceed the next lower one by this share.",
        ge=0.0,
        le=1.0,
    )
    inverted: bool = setting(
        False,
        title="Inverted errors",
        help="Flag also what is forecast far better than usual: finds more, and more that is nothing.",
    )


class ChannelLstmForecaster:
    """The forecaster of one channel."""

    def __init__(self, params: LstmForecasterParams) -> None:
        self._params = params
        self._rules = ErrorRules(
            params.error_window, params.judged, params.buffer, params.pruning, inverted=params.inverted
        )
        self._fitted: Fitted | None = None

    def fit(self, series: Series, report: Report) -> Self:
        """Take the weights that were trained on this stretch, or train."""
        if not np.isfinite(series.values).any():
            raise FitError("It has no values.", hint="Open a stretch of telemetry that holds values.")
        self._fitted = fitted(_NET, series, self._params, WEIGHTS, report)
        report(1.0, "Learnt")
        return self

    def score(self, series: Series, report: Report) -> ChannelScores:
        """How far the smoothed error of the forecasts is from the usual one, as multiples of the limit.

        What is flagged is at least 1, all else below, pruned stretches too; below 1, errors that are far too small
        count as those that are too large.
        """
        assert self._fitted is not None
        model = self._fitted.says(series, part(report, 0.0, 0.7))
        known = np.isfinite(series.values)
        score, band = np.full(len(series), np.nan), np.full(len(series), np.nan)
        if known.any():
            told = part(report, 0.7, 1.0)
            score[known], band[known] = self._judged(series, series.values[known], model[known], told)
        report(1.0, "Scored")
        return ChannelScores(score, {"model": model, "low": model - band, "high": model + band}, self._fitted.notes)

    def _judged(self, series: Series, values: Floats, model: Floats, report: Report) -> tuple[Floats, Floats]:
        """Scores of the samples that have a value, and the error up to which each is usual."""
        assert self._fitted is not None
        stretches = (values, known_of(series).values)
        width = scale_of(*(stretch[np.isfinite(stretch)] for stretch in stretches)).width
        # Of the first sample nothing was known before: it is what was expected.
        error = np.minimum(np.nan_to_num(np.abs(values - model)), _LARGEST * width)
        mean = smoothed(error, self._params.smoothing)
        early = min(int(getattr(self._fitted.params, "history", 0)), mean.size)
        # The first forecasts look back on less than they need: their errors say nothing yet.
        mean[:early] = mean[: 2 * early].mean() if early else 0.0
        judged = judged_errors(mean, values, width, self._rules, report)
        ratio = np.abs(mean - np.median(mean)) / max(float(np.median(judged.limit - judged.middle)), 1e-9 * width)
        return np.where(judged.flagged, np.maximum(ratio, 1.0), below_one(ratio)), judged.limit


def build(params: LstmForecasterParams) -> EachChannel:
    """A forecaster for every channel."""
    return EachChannel(partial(ChannelLstmForecaster, params))


SPEC = DetectorSpec(
    name="lstm_forecaster",
    label="LSTM forecaster",
    help="Finds where a channel does not go on as its training stretch lets a network expect, by the dynamic "
    "threshold of smoothed errors that mission telemetry is watched with.",
    kinds=(Telemetry,),
    version=1,
    params=LstmForecasterParams,
    build=build,
    threshold=1.0,
    finds=("step", "drift", "noise", "regime", "pattern"),
    weights=WEIGHTS,
    unit="× limit",
)
