"""A person who labels page after page, by truth: what is found with and without learning."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.detection import Scores
from desktop_app.core.images.learning import LearningSettings, features_of, learn, rank_weighted, suggested


@dataclass(frozen=True)
class Found:
    """What ``labels`` labels found: how many, after each page, and the rank-weighted score."""

    after_pages: tuple[int, ...]
    rank_weighted: float

    def __str__(self) -> str:
        return f"{self.after_pages[-1]} (pages {', '.join(map(str, self.after_pages))}; RWS {self.rank_weighted:.2f})"


def labelled(
    scores: Scores, truth: NDArray[np.bool_], settings: LearningSettings, *, labels: int = 100, learns: bool = True
) -> Found:
    """Label page after page of what is suggested; without learning, of the top of the scores."""
    objects = scores.objects
    assert objects is not None
    features = features_of(scores.values, objects.space, scores.tracks, objects.numbers)
    known: dict[int, bool] = {}
    after = []
    while len(known) < min(labels, len(truth)):
        learned = learn(features, scores.values, known if learns else {}, settings)
        page = suggested(learned, scores.values, features, known, settings if learns else LearningSettings(variety=0.0))
        known |= {one.place: bool(truth[one.place]) for one in page}
        after.append(sum(list(known.values())[:labels]))
    course = np.array(list(known.values())[:labels], bool)
    return Found(tuple(after), rank_weighted(course, len(course), int(truth.sum())))
