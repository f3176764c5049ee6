"""Flags stamps far from their nearest neighbours, in the subspace of what an encoder sees in them."""

from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.images.fusion import Tail, sigmas_of
from desktop_app.core.images.stamp_set import Found, scores_of
from desktop_app.core.images.strangeness import Levelled, neighbour_distance
from desktop_app.core.images.stretching import SetStretch
from desktop_app.core.images.subspace import Subspace
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part
from desktop_app.detectors.cutouts.embedding import embedding_of, encoder_setting


class KnnParams(Params):
    """The settings of the search for neighbours."""

    encoder: str = encoder_setting()
    components: int = setting(64, title="Components", help="Principal components that are kept.", ge=2, le=512)
    neighbours: int = setting(10, title="Neighbours", help="How many of the nearest are averaged.", ge=1, le=200)


class Knn:
    """Distances to the nearest stamps of other objects in the subspace of the principal components."""

    def __init__(self, params: KnnParams) -> None:
        self._params = params
        self._stretch = SetStretch()
        self._digest = ""
        self._known: Floats = np.zeros((0, 0))
        self._owner: Ints = np.zeros(0, np.int64)

    def fit(self, data: CutoutSet, report: Report) -> Self:
        """Find the principal components, and how far neighbours usually are."""
        self._stretch = SetStretch.fit(data.images)
        seen = embedding_of(data, self._params.encoder, self._stretch, report)
        self._digest = data.digest
        self._level = Levelled.fit(seen.rows, seen.weights)
        rows = self._level.apply(seen.rows)
        self._space = Subspace.fit(rows, self._params.components, weights=seen.weights)
        self._known, self._owner = self._space.transform(rows), seen.owner
        self._tail = Tail.fit(self._far(self._known, seen.owner), seen.weights)
        report(1.0, "Principal components found")
        return self

    def score(self, data: CutoutSet, report: Report) -> Scores:
        """How unlikely it is among what is usual to be so far from one's neighbours."""
        seen = embedding_of(data, self._params.encoder, self._stretch, part(report, 0.0, 0.9))
        places = self._space.transform(self._level.apply(seen.rows))
        same = data.digest == self._digest
        distance = self._far(places, seen.owner if same else np.full(len(places), -1))
        report(1.0, "Compared")
        usual = float(np.median(distance))
        found = Found(
            sigmas_of(self._tail.surprise(distance)),
            places,
            numbers={"neighbour_distance": distance},
            reasons=[(f"its nearest neighbours are {one:.1f} away, usual {usual:.1f}",) for one in distance],
            notes=(seen.note,),
        )
        return scores_of(data, seen.usable, found)

    def _far(self, places: Floats, whose: Ints) -> Floats:
        return neighbour_distance(self._known, self._owner, places, whose, self._params.neighbours)


SPEC = DetectorSpec(
    name="knn",
    label="Nearest neighbours",
    help="Flags stamps that have no others like them: far from their neighbours among the principal components.",
    kinds=(CutoutSet,),
    version=2,
    params=KnnParams,
    build=Knn,
    threshold=2.75,
    finds=("strange",),
)
