"""What the worker does for the review of stamps: reads and writes verdicts, learns, compares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import ARTEFACT_KINDS, Detection, Scores
from desktop_app.core.errors import UserError
from desktop_app.core.images.learning import (
    Features,
    Learned,
    LearningSettings,
    Suggestion,
    features_of,
    learn,
    suggested,
)
from desktop_app.core.images.similar import likeness_to
from desktop_app.engine.verdict_files import Merged, import_verdicts, write_verdicts
from desktop_app.engine.verdict_statistics import VerdictStatistics, statistics
from desktop_app.engine.verdicts import Entry, Standing, Subject, VerdictStore, subjects_of
from desktop_app.ui import work
from desktop_app.ui.review.review_state import LikeOne


@dataclass(frozen=True, eq=False)
class Known:
    """What was decided on stamps before."""

    data: CutoutSet
    subjects: tuple[Subject, ...]
    standing: Mapping[int, Standing]
    everything: VerdictStatistics | None
    notes: tuple[str, ...] = ()
    problem: UserError | None = None


@dataclass(frozen=True)
class Written:
    """What became of rows: on the disk, or why not."""

    entries: tuple[Entry, ...]
    everything: VerdictStatistics | None
    problem: UserError | None = None


@dataclass(frozen=True, eq=False)
class Lesson:
    """What was learned, what it was learned from, and the next page where one was wanted."""

    scores: Scores
    features: Features
    learned: Learned
    page: tuple[Suggestion, ...] = ()


def known_of(store: VerdictStore, data: CutoutSet) -> Known:
    """The verdicts on ``data``."""
    subjects = subjects_of(data)
    try:
        found = store.standing(subjects)
        everything = statistics(store.latest())
    except UserError as error:
        return Known(data, subjects, {}, None, problem=error)
    standing = {place: found[subject.key] for place, subject in enumerate(subjects) if subject.key in found}
    kept = {place: one for place, one in standing.items() if any(one.entry.says)}
    return Known(data, subjects, kept, everything, tuple(store.journal.notes))


def written(store: VerdictStore, entries: tuple[Entry, ...]) -> Written:
    """Put rows on the disk."""
    try:
        store.add(entries)
        return Written(entries, statistics(store.latest()))
    except UserError as error:
        return Written(entries, None, error)


def history_of(store: VerdictStore, subject: Subject) -> tuple[Entry, ...]:
    """All that was decided on ``subject``; nothing where that cannot be read, which is told elsewhere."""
    try:
        return store.history(subject)
    except UserError:
        return ()


def lesson(
    detection: Detection,
    features: Features | None,
    labels: Mapping[int, bool],
    settings: LearningSettings,
    *,
    page: bool,
    learns: bool,
) -> Lesson:
    """Learn from ``labels``, and suggest a page where one is wanted."""
    with work.one_importer:
        import scipy.special
        import scipy.stats  # noqa: F401  learning needs both
    scores = detection.scores
    objects = detection.objects
    if features is None:
        features = features_of(scores.values, objects.space, scores.tracks, objects.numbers)
    learned = learn(features, scores.values, labels if learns else {}, settings)
    if not page:
        return Lesson(scores, features, learned)
    among = ~artefacts_in(detection)
    found = suggested(learned, scores.values, features, labels, settings, among=among)
    return Lesson(scores, features, learned, found)


def artefacts_in(detection: Detection) -> NDArray[np.bool_]:
    """Which objects the detector takes for something that the instrument left."""
    return np.array([kind in ARTEFACT_KINDS for kind in detection.objects.kinds], bool)


def like_one(detection: Detection, place: int) -> LikeOne:
    """How alike all stamps are to one of them."""
    return LikeOne(place, likeness_to(detection.objects.space, place))


def exported(store: VerdictStore, entries: Sequence[Entry] | None, path: Path) -> tuple[int, Path]:
    """Write ``entries``, or every row of the journal, to ``path``; how many."""
    told = store.entries() if entries is None else tuple(entries)
    return len(told), write_verdicts(told, path)


def imported(store: VerdictStore, path: Path) -> Merged:
    """Take the verdicts of a file."""
    return import_verdicts(store, path)


def told(doing: Callable[[], object]) -> object:
    """What ``doing`` gives, or the error for a person that it raises, as a result."""
    try:
        return doing()
    except UserError as error:
        return error
