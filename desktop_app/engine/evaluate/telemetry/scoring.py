"""Scores predictions that are on disk against labels: a process of its own, which no detector ever runs in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.errors import ReadError
from desktop_app.core.metrics.affiliation import affiliation
from desktop_app.core.metrics.curves import roc_auc
from desktop_app.core.metrics.points import count_points
from desktop_app.core.metrics.ranges import range_scores
from desktop_app.core.metrics.sequences import count_events, delays
from desktop_app.core.metrics.volume import WINDOW, volume_under_pr
from desktop_app.core.telemetry import stretches
from desktop_app.engine.evaluate.telemetry.files import Found, MethodRun, PartRun, read_found, read_manifest
from desktop_app.engine.evaluate.telemetry.pooling import group_figures
from desktop_app.engine.evaluate.telemetry.predict import Place
from desktop_app.engine.evaluate.telemetry.results import Channel, ChannelFigures, MethodFigures
from desktop_app.engine.evaluate.telemetry.truth import Case, PartTruth, check_labelled, labels_hash, read_truth

_HINT = "Run the evaluation again; a part of the channels gives no figure."


@dataclass(frozen=True)
class Order:
    """What to score.

    Attributes
    ----------
    folder : Path
        Where the predictions are.
    places : tuple of Place
        All that had to be looked at.
    labels : Path or None
        A label file in place of the labels that came with the data.
    methods : tuple of MethodFigures
        Without figures yet.
    about : str
        What the data are called.
    """

    folder: Path
    places: tuple[Place, ...]
    labels: Path | None
    methods: tuple[MethodFigures, ...]
    about: str


@dataclass(frozen=True)
class Scored:
    """What came of it.

    Attributes
    ----------
    channels : tuple of Channel
    methods : tuple of MethodFigures
    labels_sha256, data_sha256 : str
    """

    channels: tuple[Channel, ...]
    methods: tuple[MethodFigures, ...]
    labels_sha256: str
    data_sha256: str


def score(order: Order) -> Scored:
    """Read predictions and labels, in this order, and hold one against the other.

    Samples without a value may have no score: they rank below all others and are never flagged by one.

    Raises
    ------
    ReadError
        Predictions are missing, damaged or of other data, or nothing is labelled.
    """
    runs = read_manifest(order.folder)
    names = tuple(method.name for method in order.methods)
    _check_complete(runs, order)
    found = [read_found(order.folder, run, names) for run in runs]
    truths = [read_truth(place, order.labels) for place in order.places]
    for run, truth in zip(runs, truths, strict=True):
        _check_same(run, truth)
    check_labelled(truths, order.about)
    channels = tuple(
        Channel(case.name, case.group, truth.samples, case.window, _pairs(case.events), number, case.columns)
        for number, truth in enumerate(truths)
        for case in truth.cases
    )
    methods = tuple(_scored(method, runs, found, truths) for method in order.methods)
    data = sha256("".join(run.digest for run in runs).encode()).hexdigest()
    return Scored(channels, methods, labels_hash(truths), data)


def _check_complete(runs: Sequence[PartRun], order: Order) -> None:
    looked = [(run.file, run.part) for run in runs]
    asked = [(place.path.name, place.part) for place in order.places]
    missing = [part or file for file, part in asked if (file, part) not in looked]
    if missing or looked != asked:
        named = ", ".join(missing[:5]) or "some channels in another order"
        raise ReadError(f"{len(looked):,} of {len(asked):,} parts are predicted; missing: {named}.", hint=_HINT)
    for run in runs:
        if absent := [method.name for method in order.methods if method.name not in run.methods]:
            raise ReadError(f"{run.part or run.file} was not looked at by {', '.join(absent)}.", hint=_HINT)


def _check_same(run: PartRun, truth: PartTruth) -> None:
    called = run.part or run.file
    if (run.samples, run.channels, run.digest) != (truth.samples, truth.channels, truth.digest):
        raise ReadError(f"The predictions for {called} are of other data than the labels.", hint=_HINT)


def _scored(
    method: MethodFigures,
    runs: Sequence[PartRun],
    found: Sequence[Mapping[str, Found]],
    truths: Sequence[PartTruth],
) -> MethodFigures:
    refused = [
        _refusal(method.name, run, of_part, truth) for run, of_part, truth in zip(runs, found, truths, strict=True)
    ]
    bad = [why for why in refused if why]
    done = [run.methods[method.name] for run in runs]
    method = replace(
        method, output=sha256("".join(run.output for run in done).encode()).hexdigest(), notes=_notes(done)
    )
    if bad:
        good = len(refused) - len(bad)
        return replace(method, refused=f"{good:,} of {len(refused):,} parts have scores: {bad[0]}")
    pooled: dict[str, list[tuple[Floats, Bools]]] = {}
    figures: list[ChannelFigures] = []
    for run, of_part, truth in zip(runs, found, truths, strict=True):
        for case in truth.cases:
            scores = _highest(of_part[method.name].scores[:, case.columns])
            pooled.setdefault(case.group, []).append((scores, case.truth))
            figures.append(_figures(method, run.methods[method.name], case, scores, of_part[method.name].events, truth))
    groups = tuple(
        group_figures(group, [one for one in figures if one.group == group], _pooled_auc(parts))
        for group, parts in pooled.items()
    )
    return replace(method, channels=tuple(figures), groups=groups)


def _refusal(name: str, run: PartRun, found: Mapping[str, Found], truth: PartTruth) -> str:
    """Why what was found in a part cannot be scored; "" where it can."""
    called = run.part or run.file
    if run.methods[name].error:
        return f"{called}: {run.methods[name].error}"
    scores, events = found[name].scores, found[name].events
    if scores.shape != (truth.samples, len(truth.channels)):
        return f"{called} has scores of shape {scores.shape}, not ({truth.samples}, {len(truth.channels)})."
    for case in truth.cases:
        unknown = int(np.count_nonzero(np.isnan(_highest(scores[:, case.columns])) & case.valued))
        if unknown:
            return f"{case.name} has {unknown:,} values without a score."
    if len(events) and not (events.min() >= 0 and events[:, 0].max() < len(truth.channels)):
        return f"{called} has events in channels that it does not have."
    if len(events) and not ((events[:, 1] < events[:, 2]).all() and events[:, 2].max() <= truth.samples):
        return f"{called} has events outside of its rows."
    return ""


def _figures(
    method: MethodFigures, run: MethodRun, case: Case, scores: Floats, events: Ints, part: PartTruth
) -> ChannelFigures:
    flagged = np.zeros(part.samples, np.bool_)
    for channel, start, stop in events:
        if channel in case.columns:
            flagged[start:stop] = True
    alone = len(case.columns) == 1
    # Of one channel its events are taken as they are; of several, what any of them flags is one event.
    found = (
        events[events[:, 0] == case.columns[0], 1:] if alone else np.array(stretches(flagged), np.int64).reshape(-1, 2)
    )
    late = delays(case.events, found)
    near = affiliation(flagged, case.events)
    ranges = range_scores(case.events, np.array(stretches(flagged), np.int64).reshape(-1, 2))
    cases = max(len(part.cases), 1)
    return ChannelFigures(
        channel=case.name,
        group=case.group,
        vus_pr=volume_under_pr(scores, case.truth, WINDOW),
        vus_pr_own=volume_under_pr(scores, case.truth, case.window),
        roc_auc=roc_auc(scores, case.truth),
        events=count_events(case.events, found),
        points=count_points(flagged, case.truth),
        alarms=len(found),
        delays=tuple(float(one) for one in late[np.isfinite(late)]),
        affiliation_precision=near.precision,
        affiliation_recall=near.recall,
        range_precision=ranges.precision,
        range_recall=ranges.recall,
        # What is counted for a part is told with its first channel.
        nominal_events=run.nominal_events if case is part.cases[0] else 0,
        nominal_samples=run.nominal_samples if case is part.cases[0] else 0,
        seconds=run.seconds / cases,
        found=() if method.control else _pairs(found),
    )


def _highest(scores: Floats) -> Floats:
    """The highest score of each row, shape (n,); NaN where none of its columns has one."""
    known = np.where(np.isnan(scores), -np.inf, scores).max(axis=1)
    return np.where(np.isneginf(known) & np.isnan(scores).all(axis=1), np.nan, known)


def _pooled_auc(parts: Sequence[tuple[Floats, Bools]]) -> float:
    return roc_auc(np.concatenate([scores for scores, _truth in parts]), np.concatenate([truth for _s, truth in parts]))


def _pairs(events: Ints) -> tuple[tuple[int, int], ...]:
    return tuple((int(start), int(stop)) for start, stop in events)


def _notes(runs: Sequence[MethodRun]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for run in runs for note in run.notes))
