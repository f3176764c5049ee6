"""Flags samples far from the moving average of those before: the baseline that everything else has to beat."""

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
_OF_RANGE = 0.02
_LARGEST = 1e300


class EwmaParams(Params):
    """The settings of the moving average."""

    span: int = setting(
        30,
        title="Span",
        help="Over how many samples the average forgets: the newest weighs 2 / (span + 1).",
        unit="samples",
        ge=2,
        le=100_000,
    )
    sigmas: float = setting(
        5.0,
        title="Sigmas",
        help="How many standard deviations of what is usual a sample may lie off the average.",
        unit="σ",
        ge=0.5,
        le=1000.0,
    )


class ChannelEwma:
    """The moving average of one channel, and how far samples usually are from it (Roberts 1959, Technometrics 1)."""

    def __init__(self, params: EwmaParams) -> None:
        self._params = params
        self._limit = np.nan

    def fit(self, series: Series, report: Report) -> Self:
        """Take the limit from the training stretch, or from the body of the values."""
        known = series.training if series.training is not None else series
        values = known.values[np.isfinite(known.values)]
        if values.size < _FEWEST:
            raise FitError(
                f"It has {values.size} values; a moving average needs {_FEWEST}.",
                hint="Open a longer stretch of telemetry.",
            )
        self._limit = _limit_of(values, self._params, trained=series.training is not None)
        report(1.0, "Limit taken")
        return self

    def score(self, series: Series, report: Report) -> ChannelScores:
        """How many limits each sample is off the average of those before it."""
        there = np.isfinite(series.values)
        model = np.full(len(series), np.nan)
        if there.any():
            model[there] = average_before(series.values[there], self._params.span)
        report(1.0, "Compared")
        # Numbers near the largest that there are may differ by more than that.
        with np.errstate(over="ignore"):
            off = np.minimum(np.abs(series.values - model), _LARGEST)
            tracks = {"model": model, "low": model - self._limit, "high": model + self._limit}
        return ChannelScores(np.where(there, off / self._limit, np.nan), tracks)


def _limit_of(values: Floats, params: EwmaParams, *, trained: bool) -> float:
    """How far off the average a value may lie."""
    with np.errstate(over="ignore", invalid="ignore"):
        off = values - average_before(values, params.span)
        # A nominal stretch may use all of its scatter; in other data strange samples must not widen the limit.
        usual = float(np.sqrt(np.mean(off * off))) if trained else robust_sigma(off)
        low, high = np.percentile(values, (0.5, 99.5))
        least = _OF_RANGE * float(high - low) or _OF_ALL * max(abs(float(low)), 1.0)
    limits = (params.sigmas * usual, least)
    return max((limit for limit in limits if np.isfinite(limit)), default=_LARGEST)


def average_before(values: Floats, span: int) -> Floats:
    """For each value the exponentially weighted mean of those before it; the first value for itself.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite, n at least 1.
    span : int
        The newest weighs 2 / (span + 1).
    """
    from scipy.signal import lfilter

    weight = 2.0 / (span + 1)
    with np.errstate(over="ignore", invalid="ignore"):
        after, _ = lfilter([weight], [1.0, weight - 1.0], values, zi=np.array([(1.0 - weight) * values[0]]))
    return np.concatenate((values[:1], after[:-1]))


def build(params: EwmaParams) -> EachChannel:
    """The moving average of every channel."""
    return EachChannel(partial(ChannelEwma, params))


SPEC = DetectorSpec(
    name="ewma",
    label="Moving average",
    help="Flags samples far from the exponentially weighted average of those before: the baseline to beat.",
    kinds=(Telemetry,),
    version=1,
    params=EwmaParams,
    build=build,
    threshold=1.0,
    finds=("spike", "step"),
    unit="× limit",
    causal=True,
)
