"""The volume under the precision-recall surface: how well scores rank, whatever the threshold and the exact edges."""

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.compiled import compiled
from desktop_app.core.metrics.curves import ranked
from desktop_app.core.telemetry import stretches

WINDOW = 100
"""The widest buffer in samples, both sides of an event together, where none is chosen by the data."""
THRESHOLDS = 250
_LONGEST_ACF = 20_000
_LAGS = 400
_FIRST_LAG = 3
_LAST_LAG = 300
_NO_PERIOD = 125


def volume_under_pr(score: Floats, truth: Bools, window: int = WINDOW) -> float:
    """VUS-PR of Paparrizos et al. (2022, PVLDB 15, 2774); NaN where nothing is labelled.

    The area under the precision-recall curve, averaged over buffers of 0 to ``window`` samples about each event, in
    which a sample counts by the square root of how close to the event it is. Recall is multiplied by the share of
    events that were touched at all. Thresholds are `THRESHOLDS` ranks. As in the authors' own figures, and those of
    TSB-AD, only the part of a buffer that was flagged counts as to be found.

    Parameters
    ----------
    score : ndarray, shape (n,)
        Higher is stranger; NaN is less strange than anything.
    truth : ndarray, shape (n,)
    window : int
        At least 0.
    """
    events = np.array(stretches(truth), np.int64).reshape(-1, 2)
    if not len(events):
        return float("nan")
    known = ranked(score)
    falling = np.sort(known)[::-1]
    levels = falling[np.linspace(0, known.size - 1, THRESHOLDS).astype(np.int64)]
    # The first level that flags each sample; where levels are equal the first of them does.
    first = np.searchsorted(-levels, -known, side="left").astype(np.int64)
    flagged = np.cumsum(np.bincount(first, minlength=THRESHOLDS)).astype(np.float64)
    inside = np.cumsum(np.bincount(first[truth], minlength=THRESHOLDS)).astype(np.float64)
    return float(_mean_area(first, truth, events, flagged, inside, window))


def window_of(values: Floats) -> int:
    """The widest buffer that the data ask for: the lag of the highest peak of their autocorrelation, as TSB-AD does.

    125 where there is no peak, or a later one than 303.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Of the first 20,000 finite ones the autocorrelation is taken.
    """
    seen = values[np.isfinite(values)][:_LONGEST_ACF]
    scale = float(np.abs(seen).max()) if seen.size else 0.0
    if seen.size <= _FIRST_LAG + 2 or scale == 0:
        return _NO_PERIOD
    seen = seen / scale
    seen = seen - seen.mean()
    power = np.abs(np.fft.rfft(seen, 2 * seen.size)) ** 2
    correlation = np.fft.irfft(power)[: min(_LAGS + 1, seen.size)][_FIRST_LAG:]
    peaks = 1 + np.flatnonzero((correlation[1:-1] > correlation[:-2]) & (correlation[1:-1] > correlation[2:]))
    if not peaks.size or not power.any():
        return _NO_PERIOD
    highest = int(peaks[np.argmax(correlation[peaks])])
    return highest + _FIRST_LAG if _FIRST_LAG <= highest <= _LAST_LAG else _NO_PERIOD


@compiled
def _mean_area(
    first: Ints, truth: Bools, events: Ints, flagged: Floats, inside: Floats, window: int
) -> float:  # pragma: no cover - numba compiles it
    """The area under the curve, averaged over buffers.

    Parameters
    ----------
    first : ndarray, shape (n,)
        The first of k levels at which each sample is flagged.
    truth : ndarray, shape (n,)
    events : ndarray, shape (m, 2)
        Half open, in order.
    flagged, inside : ndarray, shape (k,)
        How many samples are flagged at each level, and how many of those are labelled.
    window : int
    """
    n, m, levels = first.size, len(events), flagged.size
    positives = inside[-1]
    weight = np.zeros(n)
    total = 0.0
    for width in range(window + 1):
        half = width // 2
        near = np.zeros(levels)
        for place in range(m):
            for step in range(1, half + 1):
                share = np.sqrt(1.0 - step / width)
                for row in (events[place, 0] - step, events[place, 1] - 1 + step):
                    if 0 <= row < n:
                        weight[row] += share
        for place in range(m):
            for step in range(1, half + 1):
                for row in (events[place, 0] - step, events[place, 1] - 1 + step):
                    if 0 <= row < n:
                        if not truth[row]:
                            near[first[row]] += min(weight[row], 1.0)
                        weight[row] = 0.0
        touched = np.zeros(levels)
        number = 0
        place = 0
        while place < m:
            last = place
            while last + 1 < m and events[last, 1] - 1 + half >= events[last + 1, 0] - half:
                last += 1
            earliest = levels - 1
            for row in range(max(events[place, 0] - half, 0), min(events[last, 1] + half, n)):
                earliest = min(earliest, first[row])
            touched[earliest] += 1.0
            number += 1
            place = last + 1
        buffered, seen, before = 0.0, 0.0, 0.0
        for level in range(levels):
            buffered += near[level]
            seen += touched[level]
            hits = inside[level] + buffered
            recall = min(hits / (positives + 0.5 * buffered), 1.0) * seen / number
            if flagged[level] > 0:
                total += (recall - before) * hits / flagged[level]
            before = recall
    return total / (window + 1)
