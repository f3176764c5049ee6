"""Counts of events: a true one is found where a found one overlaps with it, and counts once however often it is hit."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan, nan

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.metrics.points import f_beta, share


@dataclass(frozen=True)
class EventCounts:
    """Events by what was said and what is true, as Hundman et al. (2018, KDD, 387) count them.

    Attributes
    ----------
    found, false, missed : int
        True events that were hit, found events that hit none, true events that were not hit.
    """

    found: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Found among found and false; NaN where nothing is."""
        return share(self.found, self.found + self.false)

    @property
    def recall(self) -> float:
        """Found among all true events; NaN where there are none."""
        return share(self.found, self.found + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 0 without a hit."""
        return f_beta(self.precision, self.recall, 1.0)

    def corrected_precision(self, false_rate: float) -> float:
        """Precision times the share of quiet samples that are not flagged, so that flagging everything has none.

        The corrected event-wise precision of Kotowski et al. (2024, arXiv:2406.17826, ESA-ADB).

        Parameters
        ----------
        false_rate : float
            The share of samples without a label that are flagged; NaN where there are none.
        """
        return self.precision * (1 - (0.0 if isnan(false_rate) else false_rate))

    def corrected_f05(self, false_rate: float) -> float:
        """The event-wise F0.5 of the corrected precision: precision counts twice as much as recall."""
        return f_beta(self.corrected_precision(false_rate), self.recall, 0.5)


def count_events(truth: Ints, found: Ints) -> EventCounts:
    """The counts of one channel.

    Parameters
    ----------
    truth, found : ndarray, shape (m, 2) and (k, 2)
        Rows ``start:stop``, half open.
    """
    overlap = overlaps(truth, found)
    hit = int(overlap.any(axis=1).sum())
    return EventCounts(hit, int((~overlap.any(axis=0)).sum()), len(truth) - hit)


def sum_events(counts: Iterable[EventCounts]) -> EventCounts:
    """The counts of all channels together."""
    every = [(one.found, one.false, one.missed) for one in counts]
    return EventCounts(*(sum(column) for column in zip(*every, strict=True))) if every else EventCounts()


def delays(truth: Ints, found: Ints) -> Floats:
    """How many samples after its onset each true event was flagged, shape (m,); NaN for those that were missed.

    0 where it was flagged at its first sample or before.

    Parameters
    ----------
    truth, found : ndarray, shape (m, 2) and (k, 2)
    """
    overlap = overlaps(truth, found)
    late = [
        max(0, int(found[hits, 0].min()) - int(start)) if hits.any() else nan
        for (start, _stop), hits in zip(truth, overlap, strict=True)
    ]
    return np.array(late, np.float64)


def merged(intervals: Iterable[tuple[int, int]]) -> Ints:
    """Intervals in order, those that overlap made one; shape (m, 2). Adjacent ones stay two."""
    kept: list[list[int]] = []
    for start, stop in sorted(intervals):
        if kept and start < kept[-1][1]:
            kept[-1][1] = max(kept[-1][1], stop)
        else:
            kept.append([start, stop])
    return np.array(kept, np.int64).reshape(-1, 2)


def overlaps(truth: Ints, found: Ints) -> "np.ndarray":
    """Which true event shares a sample with which found one, shape (m, k)."""
    starts, stops = truth[:, :1], truth[:, 1:]  # (m, 1) each, against (k,)
    return (found[:, 0] < stops) & (starts < found[:, 1])
