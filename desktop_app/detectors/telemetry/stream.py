"""Judges each sample by what came before it alone, as a live stream would: the streaming detector over a whole file."""

from functools import partial
from typing import Self

import numpy as np

from desktop_app.core.channels.series import ChannelScores, EachChannel, Series
from desktop_app.core.channels.streaming import StreamParams, StreamScorer
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.progress import Report
from desktop_app.core.telemetry import Telemetry

_BLOCK = 2000


class ChannelStream:
    """One channel, sample after sample."""

    def __init__(self, params: StreamParams) -> None:
        self._params = params
        self._notes: tuple[str, ...] = ()

    def fit(self, series: Series, report: Report) -> Self:
        """Take the training stretch for the reference; without one the first samples will be learnt from."""
        if not np.isfinite(series.values).any():
            raise FitError("It has no values.", hint="Open telemetry with numbers in it.")
        self._scorer, self._notes = scorer_of(series, self._params)
        report(1.0, "Reference taken")
        return self

    def score(self, series: Series, report: Report) -> ChannelScores:
        """As they would have come live; 0 where nothing can be told yet: warm-up, and windows that are not full."""
        n = len(series)
        values, model = np.full(n, np.nan), np.full(n, np.nan)
        stale = False
        for first in range(0, n, _BLOCK):
            rows = slice(first, first + _BLOCK)
            found = self._scorer.push(series.time[rows], series.values[rows])
            values[rows], model[rows] = found.scores, found.model
            stale |= self._scorer.stale
            report(min(1.0, (first + _BLOCK) / n), "Scoring in the order of time")
        values[np.isfinite(series.values) & ~np.isfinite(values)] = 0.0
        return ChannelScores(values, {"model": model}, self._notes + ((_STALE,) if stale else ()))


_STALE = "for a while most of it was beyond the limit: the reference is no longer like the data; train anew"


def scorer_of(series: Series, params: StreamParams) -> tuple[StreamScorer, tuple[str, ...]]:
    """A scorer that has learnt the training stretch where there is one to learn from, and what to say about it."""
    scorer = StreamScorer(params)
    first = f"without a training stretch its first {params.warm_up} values were learnt from, not judged"
    if series.training is None:
        return scorer, (first,)
    try:
        return scorer.learn(series.training.time, series.training.values), ()
    except FitError as error:
        return scorer, (f"its training stretch is of no use ({error.message}); {first}",)


def build(params: StreamParams) -> EachChannel:
    """The streaming detector of every channel."""
    return EachChannel(partial(ChannelStream, params))


SPEC = DetectorSpec(
    name="stream",
    label="Stream",
    help="Judges each sample by earlier ones alone, as a live stream would: less sure than a look at the whole file.",
    kinds=(Telemetry,),
    version=1,
    params=StreamParams,
    build=build,
    threshold=1.0,
    finds=("spike", "step"),
    unit="× limit",
    causal=True,
)
