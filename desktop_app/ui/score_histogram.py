"""How the scores of one detection are spread, and where the highest is: made ready away from the window's thread."""

from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.detection import Detection
from desktop_app.ui.score_scale import LIMITS, SIGMAS

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
    ordered : ndarray, shape (rows,)
        Their scores from the lowest to the highest, so that those above a threshold are counted at once.
    percentile : float
        The score that `PERCENTILE` percent of the rows are below.
    top_row : int
        The row of the highest score.
    top_score : float
    window : (float, float)
        First and last time of the stretch about the highest score; of no meaning for objects.
    channel : str
        Of telemetry the channel of the highest score.
    """

    edges: Floats
    counts: Floats
    rows: int
    ordered: Floats
    percentile: float
    top_row: int
    top_score: float
    window: tuple[float, float]
    channel: str = ""

    def above(self, threshold: float) -> int:
        """How many rows score ``threshold`` or more."""
        return self.rows - int(np.searchsorted(self.ordered, threshold, "left"))


def histogram_of(detection: Detection) -> ScoreHistogram | None:
    """The histogram of ``detection`` of a light curve; None where no row was looked at."""
    return _histogram(detection.scores.values, detection.curve.time, SIGMAS.histogram_top)


def histogram_of_channel(detection: Detection, place: int) -> ScoreHistogram | None:
    """The histogram of one channel of ``detection`` of telemetry; None where nobody looked at it."""
    data = detection.telemetry
    found = _histogram(detection.scores.values[:, place], data.time, LIMITS.histogram_top)
    return None if found is None else replace(found, channel=data.channels[place].name)


def histogram_of_channels(detection: Detection) -> ScoreHistogram | None:
    """The histogram of all channels of ``detection`` together; its highest score is that of the strangest."""
    values, data = detection.scores.values, detection.telemetry
    looked = np.flatnonzero(np.isfinite(values).any(axis=0)) if values.size else np.zeros(0, np.int64)
    if not looked.size:
        return None
    strangest = int(looked[np.argmax(np.nanmax(values[:, looked], axis=0))])
    chief = histogram_of_channel(detection, strangest)
    if chief is None or looked.size == 1:
        return chief
    ordered = np.sort(values[np.isfinite(values)])
    edges, counts, percentile = _spread(ordered, LIMITS.histogram_top)
    name = data.channels[strangest].name
    return replace(
        chief, edges=edges, counts=counts, rows=ordered.size, ordered=ordered, percentile=percentile, channel=name
    )


def histogram_of_objects(detection: Detection) -> ScoreHistogram | None:
    """The histogram of ``detection`` of a picture or of cut-outs; None where there was no object to look at."""
    values = detection.scores.values
    looked = np.flatnonzero(np.isfinite(values))
    if not looked.size:
        return None
    ordered = np.sort(values[looked])
    edges, counts, percentile = _spread(ordered, SIGMAS.histogram_top)
    top = int(looked[np.argmax(values[looked])])
    return ScoreHistogram(edges, counts, ordered.size, ordered, percentile, top, float(values[top]), (0.0, 1.0))


def _histogram(values: Floats, time: Floats, least_top: float) -> ScoreHistogram | None:
    looked = np.flatnonzero(np.isfinite(values))
    if looked.size == 0:
        return None
    scores = values[looked]
    ordered = np.sort(scores)
    edges, counts, percentile = _spread(ordered, least_top)
    row = int(looked[np.argmax(scores)])
    window = _window(scores, time[looked], looked, row)
    return ScoreHistogram(edges, counts, scores.size, ordered, percentile, row, float(values[row]), window)


def _spread(ordered: Floats, least_top: float) -> tuple[Floats, Floats, float]:
    """Edges and counts of the bins, and the score that `PERCENTILE` percent are below."""
    squeezed = np.arcsinh(ordered)
    edges = np.linspace(0.0, max(float(squeezed[-1]), float(np.arcsinh(least_top))) * 1.0001, BINS + 1)
    # Bins of one width need no search for where each score belongs.
    counts = np.bincount(np.maximum(squeezed * (BINS / edges[-1]), 0.0).astype(np.int64), minlength=BINS)
    place = min(ordered.size - 1, int(np.ceil(PERCENTILE / 100 * ordered.size)))
    return edges, counts.astype(np.float64), float(ordered[place])


def _window(scores: Floats, time: Floats, looked: Ints, row: int) -> tuple[float, float]:
    """The rows about ``row`` that score half as much, and as much again on either side."""
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
