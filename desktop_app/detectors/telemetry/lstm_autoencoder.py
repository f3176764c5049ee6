"""Finds what a network that knows the training stretch of a channel cannot give back."""

from enum import StrEnum
from functools import partial
from typing import Self

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.decision import below_one
from desktop_app.core.channels.dynamic_threshold import dynamic_limit
from desktop_app.core.channels.scaling import scale_of
from desktop_app.core.channels.series import ChannelScores, EachChannel, Series
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.discord import covered_mean
from desktop_app.core.errors import FitError
from desktop_app.core.params import setting
from desktop_app.core.progress import Report, part
from desktop_app.core.telemetry import Telemetry
from desktop_app.nets.channel_autoencoder import ChannelAutoencoder, ChannelAutoencoderParams
from desktop_app.nets.channel_columns import known_of
from desktop_app.nets.channel_fitted import Fitted, TrainedHereParams, fitted

WEIGHTS = "telemetry_lstm_autoencoder"
_NET = ChannelAutoencoder()
_LARGEST = 5.0
"""Errors of more than so many ranges of the channel all count alike."""


class Rule(StrEnum):
    """What sets the limit."""

    DYNAMIC = "dynamic"
    TRAINING = "training"


class LstmAutoencoderParams(ChannelAutoencoderParams, TrainedHereParams):
    """The settings of the autoencoder."""

    smoothing: int = setting(
        100,
        title="Smoothing",
        help="Errors are averaged over stretches of this length, and over all stretches that cover a sample.",
        unit="samples",
        ge=1,
        le=5000,
    )
    rule: Rule = setting(
        Rule.DYNAMIC,
        title="Limit",
        help="dynamic: where few stretches stand out of all errors; training: the largest error in training.",
    )
    margin: float = setting(
        0.02,
        title="Margin",
        help="Errors that differ from the usual one by less than this share of the range are never flagged; with the "
        "limit of the training stretch it is added to that.",
        ge=0.0,
        le=10.0,
        advanced=True,
    )


class ChannelLstmAutoencoder:
    """The autoencoder of one channel."""

    def __init__(self, params: LstmAutoencoderParams) -> None:
        self._params = params
        self._fitted: Fitted | None = None
        self._usual = self._worst = 0.0

    def fit(self, series: Series, report: Report) -> Self:
        """Take the weights that were trained on this stretch, or train."""
        if not np.isfinite(series.values).any():
            raise FitError("It has no values.", hint="Open a stretch of telemetry that holds values.")
        self._fitted = fitted(_NET, series, self._params, WEIGHTS, part(report, 0.0, 0.9))
        if self._params.rule is Rule.TRAINING:
            known = known_of(series)
            mean = self._mean_error(known, series, self._model(known, part(report, 0.9, 1.0)))
            self._usual = float(np.nanmedian(mean))
            self._worst = float(np.nanmax(np.abs(mean - self._usual)))
        report(1.0, "Learnt")
        return self

    def score(self, series: Series, report: Report) -> ChannelScores:
        """How far the mean error about each sample is from the usual one, as multiples of the limit.

        Errors that are far too small count as well: a stretch that is easier to give back than any other is no usual
        one either.
        """
        assert self._fitted is not None
        model = self._model(series, part(report, 0.0, 0.9))
        report(0.9, "Judging the errors")
        mean = self._mean_error(series, series, model)
        least = self._params.margin * _width(series)
        if self._params.rule is Rule.TRAINING:
            usual, limit = self._usual, np.full(len(series), self._worst + max(least, 1e-12))
            deviation = np.abs(mean - usual)
            flagged: Bools = deviation >= limit
        else:
            usual = float(np.nanmedian(mean))
            deviation = np.abs(mean - usual)
            limited = dynamic_limit(deviation)
            limit, flagged = np.maximum(limited.limit, least), limited.flagged & (deviation >= least)
        ratio = deviation / np.maximum(limit, np.finfo(np.float64).tiny)
        values = np.where(flagged, np.maximum(ratio, 1.0), below_one(ratio))
        band = usual + limit
        return ChannelScores(values, {"model": model, "low": model - band, "high": model + band}, self._fitted.notes)

    def _model(self, series: Series, report: Report) -> Floats:
        assert self._fitted is not None
        return self._fitted.says(series, report)

    def _mean_error(self, series: Series, about: Series, model: Floats) -> Floats:
        """The mean absolute error of the value alone about each sample; NaN where there is no value."""
        known = np.isfinite(series.values)
        error = np.minimum(np.abs(series.values - model)[known], _LARGEST * _width(about))
        width = min(self._params.smoothing, error.size)
        mean = np.full(len(series), np.nan)
        if width:
            total = np.concatenate([[0.0], np.cumsum(error)])
            mean[known] = covered_mean((total[width:] - total[:-width]) / width, width)
        return mean


def _width(series: Series) -> float:
    """The range of the channel, training and data together."""
    stretches = (series.values, known_of(series).values)
    return scale_of(*(values[np.isfinite(values)] for values in stretches)).width


def build(params: LstmAutoencoderParams) -> EachChannel:
    """An autoencoder for every channel."""
    return EachChannel(partial(ChannelLstmAutoencoder, params))


SPEC = DetectorSpec(
    name="lstm_autoencoder",
    label="LSTM autoencoder",
    help="Finds what a network that knows the training stretch of a channel cannot give back; commands tell it what "
    "to expect, only the value is judged.",
    kinds=(Telemetry,),
    version=1,
    params=LstmAutoencoderParams,
    build=build,
    threshold=1.0,
    finds=("step", "drift", "frozen", "noise", "regime", "pattern"),
    weights=WEIGHTS,
    unit="× limit",
)
