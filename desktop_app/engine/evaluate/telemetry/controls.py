"""What a detector of telemetry has to beat: chance, saying one thing, the position in the file, and one-line checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.channels.series import Series

Mode = Literal["offline", "streaming"]
"""Whether a score may depend on the whole file, or on nothing later than its sample."""
BOTH: tuple[Mode, ...] = ("offline", "streaming")
_WINDOW = 100
_RANDOM_SHARE = 0.01
_LAST_SHARE = 0.1
_SIGMAS = 5.0
_HUGE = 1e150
_BLOCK = 50_000
Look = Callable[[Series], tuple[Floats, Bools]]


@dataclass(frozen=True)
class Control:
    """One row of the table that is no detector of ours.

    Attributes
    ----------
    label : str
    look : callable or None
        Scores and flagged samples of one channel, shape (n,) each; None where a detector does it.
    modes : tuple of str
        The tables that it stands in.
    detector : str
        The plain detector whose scores these are; "" where ``look`` makes them.
    """

    label: str
    look: Look | None = None
    modes: tuple[Mode, ...] = BOTH
    detector: str = ""


def _random(series: Series) -> tuple[Floats, Bools]:
    """White noise, of which the highest hundredth is flagged; the same for the same values."""
    score = np.random.default_rng(crc32(series.values.tobytes())).random(len(series))
    return score, score > 1 - _RANDOM_SHARE


def _all(series: Series) -> tuple[Floats, Bools]:
    return np.ones(len(series)), np.ones(len(series), np.bool_)


def _none(series: Series) -> tuple[Floats, Bools]:
    return np.zeros(len(series)), np.zeros(len(series), np.bool_)


def _position(series: Series) -> tuple[Floats, Bools]:
    """How far into the file, of which the last tenth is flagged: it looks at no value."""
    score = np.arange(1, len(series) + 1) / max(len(series), 1)
    return score, score > 1 - _LAST_SHARE


def _deviation_around(series: Series) -> tuple[Floats, Bools]:
    return _deviation(series, centred=True)


def _deviation_before(series: Series) -> tuple[Floats, Bools]:
    return _deviation(series, centred=False)


def _deviation(series: Series, *, centred: bool) -> tuple[Floats, Bools]:
    """The standard deviation of 100 samples, flagged where it is larger than anywhere in training.

    Without a training stretch it is flagged where it is 5 robust sigmas above its median.
    """
    score = moving_deviation(series.values, centred=centred)
    if series.training is None:
        return score, score > np.median(score) + _SIGMAS * robust_sigma(score) if score.size else score > 0
    usual = moving_deviation(series.training.values, centred=centred)
    return score, score > max(usual.max(initial=0.0), np.finfo(np.float64).eps)


def moving_deviation(values: Floats, *, centred: bool) -> Floats:
    """The standard deviation of the `_WINDOW` samples around each, or up to it; missing ones are as their neighbour.

    Parameters
    ----------
    values : ndarray, shape (n,)
    """
    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        return np.zeros(values.size)
    # Only earlier samples fill, so that the score up to a sample knows nothing that comes later.
    last = np.searchsorted(known, np.arange(values.size), side="right") - 1
    filled = np.clip(values[known[np.maximum(last, 0)]], -_HUGE, _HUGE)
    before = _WINDOW // 2 if centred else _WINDOW - 1
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(filled, (before, _WINDOW - 1 - before), mode="edge"), _WINDOW
    )
    return np.concatenate([windows[start : start + _BLOCK].std(axis=1) for start in range(0, values.size, _BLOCK)])


CONTROLS: Mapping[str, Control] = {
    "random": Control("random", _random),
    "flag-all": Control("flag all", _all),
    "flag-none": Control("flag none", _none),
    "position": Control("position only", _position),
    "moving-deviation": Control("moving deviation", _deviation_around, ("offline",)),
    "past-deviation": Control("past deviation", _deviation_before, ("streaming",)),
    "limit-check": Control("limit check", detector="limits"),
    "ewma": Control("EWMA", detector="ewma"),
}
