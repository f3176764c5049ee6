"""Mini-traces: a whole channel on a few dozen columns, for lists."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Event
from desktop_app.core.pyramid import Pyramid
from desktop_app.core.telemetry import Telemetry

COLUMNS = 56
_MARKS = 24


@dataclass(frozen=True, eq=False)
class Thumb:
    """One channel, small.

    Attributes
    ----------
    low, high : ndarray, shape (COLUMNS,)
        Extrema of each column between 0, the lowest value of the channel, and 1, its highest; NaN without values.
    marks : ndarray, shape (m,)
        Where events are, between 0 at the first sample and 1 at the last one.
    """

    low: Floats
    high: Floats
    marks: Floats


def thumb_of(series: Pyramid, time_range: tuple[float, float], heights: tuple[float, float]) -> Thumb:
    """``series`` over ``time_range``, small.

    Parameters
    ----------
    heights : (float, float)
        The values drawn at the lower and the upper edge.
    """
    seen = series.envelope(*time_range, COLUMNS)
    bottom, top = heights
    # In halves, as the difference of two very large numbers may be infinite.
    span = (top / 2 - bottom / 2) or 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        low, high = ((edge / 2 - bottom / 2) / span for edge in (seen.low, seen.high))
    flat = 0.5 if top == bottom else 0.0
    return Thumb(low + flat, high + flat, np.zeros(0))


def with_marks(thumb: Thumb, at: Floats) -> Thumb:
    """``thumb`` with events at the shares ``at`` of its width, as many as can be told apart."""
    return replace(thumb, marks=np.unique(np.round(at, 2))[:_MARKS])


def shares(data: Telemetry, events: Sequence[Event]) -> Floats:
    """Where the peaks of ``events`` are, between 0 at the first sample of ``data`` and 1 at the last."""
    if not events or len(data) < 2:
        return np.zeros(len(events))
    time = data.time[[event.peak for event in events]]
    return np.asarray((time - data.time[0]) / max(float(data.time[-1] - data.time[0]), 1e-300), np.float64)
