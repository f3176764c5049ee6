"""How well a classifier does on channels that it did not learn from, and the threshold chosen on some of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.series import Series
from desktop_app.core.metrics.curves import pr_curve, roc_auc
from desktop_app.core.metrics.points import count_points, sum_points
from desktop_app.core.metrics.sequences import EventCounts, count_events, sum_events
from desktop_app.core.telemetry import stretches
from desktop_app.engine.training_groups import PARTS

_FLAGGED = (0.0005, 0.5)
"""The smallest and the largest share of samples that a threshold may flag where it is chosen by events."""
_CHOICES = 80
_LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class Labelled:
    """A channel, what is labelled in it, and which of its rows belong to which part."""

    key: str
    digest: str
    series: Series
    labels: Bools
    parts: Mapping[str, slice]

    def rows(self, name: str) -> slice:
        """The rows of one part; none where nothing of it is in there."""
        return self.parts.get(name, slice(0, 0))


def pooled(channels: Sequence[Labelled], said: Mapping[str, Floats], name: str) -> tuple[Floats, Bools]:
    """Probability and truth of all samples of one part that something is said of."""
    rows = [(said[one.key][one.rows(name)], one.labels[one.rows(name)]) for one in channels if name in one.parts]
    if not rows:
        return np.zeros(0), np.zeros(0, np.bool_)
    score, truth = (np.concatenate(arrays) for arrays in zip(*rows, strict=True))
    known = np.isfinite(score)
    return score[known], truth[known]


def average_precision(score: Floats, truth: Bools) -> float:
    """The area under precision against recall, in steps; 0 where nothing is labelled."""
    if not truth.any():
        return 0.0
    recall, precision = pr_curve(score, truth)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def best_threshold(score: Floats, truth: Bools) -> float:
    """The probability from which on flagged samples have the best F1; one half where nothing is labelled."""
    order = np.argsort(-score, kind="stable")
    found = np.cumsum(truth[order])
    if not found.size or not found[-1]:
        return 0.5
    f1 = 2 * found / (np.arange(1, found.size + 1) + found[-1])
    # Only where the next score is another can a threshold lie.
    last = np.append(score[order][1:] < score[order][:-1], True)
    return float(max(score[order][np.argmax(np.where(last, f1, -1.0))], _LEAST))


def best_sample_threshold(channels: Sequence[Labelled], said: Mapping[str, Floats], name: str) -> float:
    """The probability from which on samples of one part have the best F1."""
    return best_threshold(*pooled(channels, said, name))


def best_event_threshold(channels: Sequence[Labelled], said: Mapping[str, Floats], name: str) -> float:
    """The probability from which on events of one part have the best F1; the middle one of several."""
    score, truth = pooled(channels, said, name)
    if not truth.any():
        return 0.5
    held = [one for one in channels if name in one.parts]
    choices = np.unique(np.quantile(score, 1 - np.geomspace(*_FLAGGED, _CHOICES)))
    f1 = np.array([sum_events(_events_of(one, said, name, choice) for one in held).f1 for choice in choices])
    best = np.flatnonzero(f1 == f1.max())
    return float(max(choices[best[best.size // 2]], _LEAST))


def _events_of(one: Labelled, said: Mapping[str, Floats], name: str, threshold: float) -> EventCounts:
    rows = one.rows(name)
    return count_events(_intervals(one.labels[rows]), _intervals(said[one.key][rows] >= threshold))


def f1_at_best(score: Floats, truth: Bools) -> float:
    return count_points(score >= best_threshold(score, truth), truth).f1


def figures_of(
    channels: Sequence[Labelled], said: Mapping[str, Floats], name: str, threshold: float
) -> dict[str, float | int]:
    """How well a part is judged at the threshold, sample by sample and event by event."""
    held = [one for one in channels if name in one.parts]
    score, truth = pooled(channels, said, name)
    points, events = [], []
    for one in held:
        rows = one.rows(name)
        flagged, labels = said[one.key][rows] >= threshold, one.labels[rows]
        points.append(count_points(flagged, labels))
        events.append(_events_of(one, said, name, threshold))
    counted, found = sum_points(points), sum_events(events)
    return {
        "channels": len(held),
        "average_precision": average_precision(score, truth),
        "share_labelled": float(truth.mean()) if truth.size else float("nan"),
        "roc_auc": roc_auc(score, truth),
        "point_precision": counted.precision,
        "point_recall": counted.recall,
        "point_f1": counted.f1,
        "event_precision": found.precision,
        "event_recall": found.recall,
        "event_f1": found.f1,
    }


def _intervals(rows: Bools) -> np.ndarray:
    return np.array(stretches(rows), np.int64).reshape(-1, 2)


def by_group(
    channels: Sequence[Labelled], said: Mapping[str, Floats], groups: Mapping[str, str], threshold: float
) -> dict[str, dict[str, object]]:
    """The figures of every group that was held back."""
    told: dict[str, dict[str, object]] = {}
    for name in PARTS[1:]:
        held = [one for one in channels if name in one.parts]
        for group in dict.fromkeys(groups[one.key] for one in held):
            members = [one for one in held if groups[one.key] == group]
            found = figures_of(members, said, name, threshold)
            told[f"{name} {group}"] = {"members": [one.key for one in members], **found}
    return told
