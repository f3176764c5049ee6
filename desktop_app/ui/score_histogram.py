"""How the scores of one detection are spread, and where the highest is: made ready away from the window's thread."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Detection

BINS = 120
PERCENTILE = 99.5
_FROM_HALF = 0.5
_AROUND = 1.5
_LEAST_ROWS = 20


@dataclass(frozen=True, eq=False)
class ScoreHistogram:
    """The scores of the rows that were looked at.

    Attributes
    ----------
    edges : ndarray, shape (BINS + 1,)
        Squeezed scores, as they are drawn.
    counts : ndarray, shape (BINS,)
    ordered : ndarray of float32, shape (n,)
        The scores, lowest first.
    percentile : float
        The score that `PERCENTILE` percent of the rows are below.
    top_row : int
        The row of the highest score.
    top_score : float
    window : (float, float)
        First and last time of the stretch about the highest score.
    """

    edges: Floats
    counts: Floats
    ordered: np.ndarray[tuple[int], np.dtype[np.float32]]
    percentile: float
    top_row: int
    top_score: float
    window: tuple[float, float]

    def above(self, threshold: float) -> int:
        """How many rows score ``threshold`` or more."""
        return int(self.ordered.size - np.searchsorted(self.ordered, np.float32(threshold), side="left"))


def histogram_of(detection: Detection) -> ScoreHistogram | None:
    """The histogram of ``detection``; None where no row was looked at."""
    values = detection.scores.values
    looked = np.flatnonzero(np.isfinite(values))
    if looked.size == 0:
        return None
    ordered = np.sort(values[looked].astype(np.float32))
    squeezed = np.arcsinh(ordered.astype(np.float64))
    edges = np.linspace(0.0, max(float(squeezed[-1]), float(np.arcsinh(10.0))) * 1.0001, BINS + 1)
    # The scores are in order, so counting them is finding the edges.
    counts = np.diff(np.searchsorted(squeezed, edges)).astype(np.float64)
    row = int(looked[np.argmax(values[looked])])
    return ScoreHistogram(
        edges,
        counts,
        ordered,
        float(ordered[min(ordered.size - 1, int(np.ceil(PERCENTILE / 100 * ordered.size)))]),
        row,
        float(values[row]),
        _window(detection, looked, row),
    )


def _window(detection: Detection, looked: np.ndarray[tuple[int], np.dtype[np.int64]], row: int) -> tuple[float, float]:
    """The rows about ``row`` that score half as much, and as much again on either side."""
    scores, time = detection.scores.values[looked], detection.data.time[looked]
    at = int(np.searchsorted(looked, row))
    low = np.flatnonzero(scores[:at] < _FROM_HALF * scores[at])
    high = np.flatnonzero(scores[at:] < _FROM_HALF * scores[at])
    first = int(low[-1]) + 1 if low.size else 0
    last = at + int(high[0]) - 1 if high.size else looked.size - 1
    more = max(_LEAST_ROWS, round(_AROUND * (last - first)))
    cadence = float(np.median(np.diff(time[max(0, first - 500) : last + 501]))) if looked.size > 1 else 1.0
    # A pause must not fill the picture.
    start = max(float(time[max(0, first - more)]), float(time[first]) - 2 * more * cadence)
    stop = min(float(time[min(looked.size - 1, last + more)]), float(time[last]) + 2 * more * cadence)
    return (start, stop) if stop > start else (start - 0.5, stop + 0.5)
