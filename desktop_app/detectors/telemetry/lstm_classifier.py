"""Finds faults that look like those a network was shown, with labels, in other channels."""

from functools import partial
from typing import Self

import numpy as np

from desktop_app.core.channels.series import ChannelScores, EachChannel, Series
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report
from desktop_app.core.telemetry import Telemetry
from desktop_app.nets.channel_classifier import ChannelClassifier, Trained, load_classifier
from desktop_app.nets.device import one_thread

WEIGHTS = "telemetry_lstm_classifier"


class LstmClassifierParams(Params):
    """The settings of the classifier; those of its network stand on the card of its weights."""

    weights: str = setting(
        "",
        title="Weights",
        help="A folder that 'peculiar train lstm_classifier' wrote; nothing for those that come with the program.",
    )


class ChannelLstmClassifier:
    """The classifier before one channel; it sees no labels of it."""

    def __init__(self, params: LstmClassifierParams) -> None:
        self._params = params
        self._trained: Trained | None = None

    def fit(self, series: Series, report: Report) -> Self:
        """Take the weights; the training stretch of the channel only sets its scale."""
        if not np.isfinite(series.values).any():
            raise FitError("It has no values.", hint="Open a stretch of telemetry that holds values.")
        self._trained = load_classifier(self._params.weights or WEIGHTS)
        report(1.0, "Weights taken")
        return self

    def score(self, series: Series, report: Report) -> ChannelScores:
        """How likely each sample is a fault, in units of the probability from which on they are flagged."""
        assert self._trained is not None
        trained = self._trained
        with one_thread():
            said = ChannelClassifier().says(trained.network, series, trained.params, report)
        notes = () if series.training is not None else ("There is no training stretch: its first part sets the scale.",)
        return ChannelScores(said / trained.threshold, notes=notes)


def build(params: LstmClassifierParams) -> EachChannel:
    """The classifier before every channel."""
    return EachChannel(partial(ChannelLstmClassifier, params))


SPEC = DetectorSpec(
    name="lstm_classifier",
    label="LSTM classifier",
    help="Finds what looks like the labelled faults that its network was shown; it knows no others. Train it on labels "
    "of your own.",
    kinds=(Telemetry,),
    version=1,
    params=LstmClassifierParams,
    build=build,
    threshold=1.0,
    finds=("step",),
    weights=WEIGHTS,
    unit="× limit",
)
