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
    rows : int
        How many were looked at.
    values : ndarray, shape (n,)
        The scores of all rows, NaN where nobody looked.
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
    rows: int
    values: Floats
    percentile: float
    top_row: int
    top_score: float
    window: tuple[float, float]

    def above(self, threshold: float) -> int:
        """How many rows score ``threshold`` or more."""
        return int(np.count_nonzero(self.values >= threshold))


def histogram_of(detection: Detection) -> ScoreHistogram | None:
    """The histogram of ``detection``; None where no row was looked at."""
    values = detection.scores.values
    looked = np.flatnonzero(np.isfinite(values))
    if looked.size == 0:
        return None
    scores = values[looked]
    squeezed = np.arcsinh(scores)
    edges = np.linspace(0.0, max(float(squeezed.max()), float(np.arcsinh(10.0))) * 1.0001, BINS + 1)
    # Bins of one width need no search for where each score belongs.
    counts = np.bincount(np.maximum(squeezed * (BINS / edges[-1]), 0.0).astype(np.int64), minlength=BINS)
    place = min(scores.size - 1, int(np.ceil(PERCENTILE / 100 * scores.size)))
    row = int(looked[np.argmax(scores)])
    return ScoreHistogram(
        edges,
        counts.astype(np.float64),
        scores.size,
        values,
        float(np.partition(scores, place)[place]),
        row,
        float(values[row]),
        _window(detection, looked, row),
    )


def _window(detection: Detection, looked: np.ndarray[tuple[int], np.dtype[np.int64]], row: int) -> tuple[float, float]:
    """The rows about ``row`` that score half as much, and as much again on either side."""
    scores, time = detection.scores.values[looked], detection.curve.time[looked]
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
