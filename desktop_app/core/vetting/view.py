"""Events and the rows around them as arrays: what all questions about an event are asked of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats, Ints, robust_sigma
from desktop_app.core.detection import Event, Scores
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.segments import cadence_of, joins_among, segment_bounds, segment_starts

_PAUSE_D = 0.2
_PAUSE_CADENCES = 6
_REFERENCES = 96
_LEAST_NEIGHBOURS = 3


@dataclass(frozen=True, eq=False)
class View:
    """The rows that a detector looked at, and m events among them.

    Attributes
    ----------
    rows, time, value : ndarray, shape (n,)
        Rows of the data, days, and the deviation from the baseline in sigmas, positive where brighter.
    wander : float
        How far the baseline goes up and down, in sigmas of the noise.
    begin, end : ndarray, shape (n,)
        Where the uninterrupted stretch around each row starts and stops (half open).
    cadence_d : float
    first, stop, peak : ndarray of int, shape (m,)
        The events ``first:stop`` among these rows, and where they deviate most.
    sign, depth, snr, score : ndarray, shape (m,)
        1 where brighter and -1 where fainter; the others as the events have them.
    """

    rows: Ints
    time: Floats
    value: Floats
    wander: float
    begin: Ints
    end: Ints
    cadence_d: float
    first: Ints
    stop: Ints
    peak: Ints
    sign: Floats
    depth: Floats
    snr: Floats
    score: Floats

    @property
    def length(self) -> Ints:
        """Rows in each event; shape (m,)."""
        return self.stop - self.first

    @property
    def duration_d(self) -> Floats:
        """How long each event is, the exposure of its last row included; shape (m,)."""
        return self.time[self.stop - 1] - self.time[self.first] + self.cadence_d


def view_of(data: LightCurve, scores: Scores, events: Sequence[Event]) -> View | None:
    """``events`` among the rows that were looked at; None where the scores know no baseline."""
    if not {"baseline", "noise"} <= set(scores.tracks):
        return None
    noise = scores.tracks["noise"]
    rows = np.flatnonzero(np.isfinite(scores.values) & np.isfinite(noise) & (noise > 0) & np.isfinite(data.flux))
    if rows.size < 2:
        return None
    time, baseline, noise = data.time[rows], scores.tracks["baseline"][rows], noise[rows]
    value = (data.flux[rows] - baseline) / noise * (-1 if data.in_magnitudes else 1)
    cadence = cadence_of(time)
    starts = segment_starts(time, max(_PAUSE_D, _PAUSE_CADENCES * cadence), joins_among(data.joins, rows))
    begin, end = segment_bounds(starts, rows.size)
    first = np.searchsorted(rows, [event.start for event in events])
    stop = np.searchsorted(rows, [event.stop for event in events])
    first = np.minimum(first, rows.size - 1)
    depth = _evidence(events, "depth")
    return View(
        rows,
        time,
        np.nan_to_num(value),
        robust_sigma(baseline) / float(np.median(noise)),
        begin,
        end,
        cadence,
        first,
        np.maximum(stop, first + 1),
        np.minimum(np.searchsorted(rows, [event.peak for event in events]), rows.size - 1),
        np.where(depth > 0, -1.0, 1.0),
        depth,
        _evidence(events, "snr"),
        np.array([event.score for event in events]),
    )


def _evidence(events: Sequence[Event], name: str) -> Floats:
    return np.nan_to_num(np.array([event.evidence.get(name, np.nan) for event in events], np.float64))


@dataclass(frozen=True, eq=False)
class Sums:
    """A series that can be averaged over any stretch of rows, parts of rows included.

    Attributes
    ----------
    total, count : ndarray, shape (n + 1,)
        Running sums of the values and of how many are known; the first is 0.
    """

    total: Floats
    count: Floats

    @classmethod
    def over(cls, values: Floats) -> "Sums":
        """The sums of ``values``, shape (n,); NaN is left out."""
        known = np.isfinite(values)
        total = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
        return cls(total, np.concatenate([[0.0], np.cumsum(known, dtype=np.float64)]))

    def mean(self, low: Floats | Ints, high: Floats | Ints) -> Floats:
        """The mean from ``low`` to ``high``, in rows and parts of rows; NaN where nothing is known there."""
        count = _at(self.count, high) - _at(self.count, low)
        total = _at(self.total, high) - _at(self.total, low)
        return np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 1e-6)


def _at(running: Floats, place: Floats | Ints) -> Floats:
    """``running`` between its entries, along straight lines."""
    inside = np.clip(place, 0, running.size - 1).astype(np.float64)
    low = np.minimum(inside.astype(np.int64), running.size - 2)
    share = inside - low
    return np.asarray(running[low] * (1 - share) + running[low + 1] * share, np.float64)


def profile(view: View, sums: Sums, bins: int, outside: int) -> Floats:
    """The mean deviation in ``bins`` even parts of each event and ``outside`` such parts before and after.

    Returns
    -------
    ndarray, shape (m, outside + bins + outside)
        In sigmas; NaN beyond the ends of the uninterrupted stretch that the event is in.
    """
    step = np.arange(-outside, bins + outside + 1) / bins
    edges = view.first[:, None] + view.length[:, None] * step[None, :]
    edges = np.clip(edges, view.begin[view.first][:, None], view.end[view.stop - 1][:, None])
    return sums.mean(edges[:, :-1], edges[:, 1:])


def elsewhere(view: View) -> Ints:
    """First rows of stretches as long as each event, evenly spread over the curve; shape (m, references)."""
    spread = (np.arange(_REFERENCES) + 0.5) / _REFERENCES
    room = np.maximum(view.rows.size - view.length[:, None], 0)
    return np.floor(room * spread[None, :]).astype(np.int64)


def contrast(view: View, sums: Sums) -> tuple[Floats, Floats]:
    """How far each event's mean is from that of its neighbourhood, and the same for stretches all over the curve.

    The neighbourhood is as long as the event on either side, at least three rows.

    Returns
    -------
    ndarray, shape (m,), ndarray, shape (m, references)
        NaN where it is not known.
    """
    n = view.rows.size
    length = view.length[:, None]
    low = np.concatenate([view.first[:, None], elsewhere(view)], axis=1)  # (m, 1 + references)
    high = low + length
    side = np.maximum(length, _LEAST_NEIGHBOURS)
    begin, end = view.begin[np.minimum(low, n - 1)], view.end[np.minimum(high, n) - 1]
    before = sums.mean(np.maximum(low - side, np.minimum(begin, low)), low)
    after = sums.mean(high, np.minimum(high + side, np.maximum(end, high)))
    around = np.where(np.isnan(before), after, np.where(np.isnan(after), before, 0.5 * (before + after)))
    found = sums.mean(low, high) - around
    return found[:, 0], found[:, 1:]


def usual_scatter(references: Floats) -> Floats:
    """Robust scatter of each row of ``references``, shape (m, k); NaN where fewer than eight are known."""
    known = np.isfinite(references)
    some = known.sum(axis=1) >= 8
    filled = np.where(some[:, None], references, 0.0)
    middle = np.nanmedian(filled, axis=1, keepdims=True) if filled.size else filled[:, :1]
    scatter = 1.4826 * np.nanmedian(np.abs(filled - middle), axis=1) if filled.size else np.zeros(0)
    return np.where(some & (scatter > 0), scatter, np.nan)
