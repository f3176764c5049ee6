"""Rare classes among cut-outs: detectors and controls rank the stamps, labels are looked at afterwards."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import nan
from time import perf_counter

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.cutouts import CutoutSet, only_stamps
from desktop_app.core.errors import UserError
from desktop_app.core.metrics.curves import roc_auc
from desktop_app.core.metrics.ranking import average_precision, rank_weighted_score, recall_in_first
from desktop_app.core.progress import Report, part
from desktop_app.engine.detect import detect
from desktop_app.engine.evaluate.images.controls import CONTROLS
from desktop_app.engine.evaluate.images.figures import ClassesFigures, Ranking
from desktop_app.engine.evaluate.side_by_side import NothingKept

FIRST_SHARE = 0.05
_FIRST = 100
_RARE = 1 / 3
_THINNED_TO = 0.1
_FEWEST = 3
_FEWEST_BODY = 12
ALL_OTHERS = "of any other class"


def classes_figures(
    folder: str,
    data: CutoutSet,
    labels: Mapping[str, str],
    detectors: tuple[str, ...],
    settings: Mapping[str, str],
    *,
    controls: bool,
    report: Report,
) -> tuple[ClassesFigures, ...]:
    """The figures of every class that is rare, or made so, among the stamps of one folder.

    Parameters
    ----------
    folder : str
    data : CutoutSet
    labels : mapping of str to str
        The class of each stamp by its id; stamps without one are left out.
    detectors : tuple of str
    settings : mapping
        Of the one detector.
    controls : bool
    report : callable
    """
    asked = list(_questions(data, labels))
    found = []
    for n, (rare, seen, truth, thinned) in enumerate(asked):
        told = part(report, n / len(asked), (n + 1) / len(asked))
        rankings = [_of_detector(seen, truth, name, settings, told) for name in detectors]
        rankings += [_of_control(seen, truth, name) for name in CONTROLS] if controls else []
        found.append(ClassesFigures(folder, rare, len(seen), int(truth.sum()), thinned, tuple(rankings)))
    return tuple(found)


def _questions(data: CutoutSet, labels: Mapping[str, str]) -> Iterator[tuple[str, CutoutSet, Bools, bool]]:
    """What is held to be rare, the stamps it hides among, which of those it is, and whether it was thinned.

    The most frequent class is the usual one, and every other is hidden in it, by itself and all together; of two
    classes the usual one, thinned, is hidden in the other as well.
    """
    classes = np.array([labels.get(name, "") for name in data.ids])
    counts = Counter(classes[classes != ""].tolist())
    usual, *others = [name for name, _ in counts.most_common()] or [""]
    wanted = [(ALL_OTHERS, tuple(others))] if len(others) > 1 else []
    wanted += [(name, (name,)) for name in reversed(others)]
    for rare, names in wanted:
        mine, body = np.flatnonzero(np.isin(classes, names)), np.flatnonzero(classes == usual)
        yield from _question(data, rare, mine, body)
    if len(others) == 1:
        yield from _question(data, usual, np.flatnonzero(classes == usual), np.flatnonzero(classes == others[0]))


def _question(data: CutoutSet, rare: str, mine: Ints, body: Ints) -> Iterator[tuple[str, CutoutSet, Bools, bool]]:
    """Some stamps among others, so few of them that they are rare; nothing where there are too few."""
    most = max(_FEWEST, round(_THINNED_TO * body.size / (1 - _THINNED_TO)))
    thinned = mine.size > _RARE * (mine.size + body.size)
    if thinned:
        mine = mine[np.linspace(0, mine.size - 1, min(most, mine.size)).round().astype(np.int64)]
    if mine.size >= _FEWEST and body.size >= _FEWEST_BODY:
        places = np.sort(np.concatenate([mine, body]))
        yield rare, _unnamed(only_stamps(data, places)), np.isin(places, mine), thinned


def _unnamed(data: CutoutSet) -> CutoutSet:
    """The stamps without names and text, which may hold what they are."""
    return replace(data, ids=tuple(map(str, range(len(data)))), labels={})


def _of_detector(data: CutoutSet, truth: Bools, name: str, settings: Mapping[str, str], report: Report) -> Ranking:
    began = perf_counter()
    try:
        detection = detect(data, name, settings, cache=NothingKept(), report=report)
    except UserError as error:
        return Ranking(name, problem=error.message)
    seconds = perf_counter() - began
    values = detection.scores.values
    return _ranking(name, values, truth, seconds, flagged=int((values >= detection.threshold).sum()))


def _of_control(data: CutoutSet, truth: Bools, name: str) -> Ranking:
    began = perf_counter()
    try:
        values = CONTROLS[name](data)
    except UserError as error:
        return Ranking(name, control=True, problem=error.message)
    return _ranking(name, values, truth, perf_counter() - began, control=True)


def _ranking(
    name: str, values: Floats, truth: Bools, seconds: float = nan, *, flagged: int = -1, control: bool = False
) -> Ranking:
    return Ranking(
        name,
        control,
        roc_auc(values, truth),
        average_precision(values, truth),
        recall_in_first(values, truth, max(1, round(FIRST_SHARE * truth.size))),
        recall_in_first(values, truth, _FIRST),
        rank_weighted_score(values, truth, _FIRST),
        flagged,
        seconds,
    )
