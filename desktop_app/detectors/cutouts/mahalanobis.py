"""Flags stamps far from the middle of all, in the subspace of what an encoder sees, by their Mahalanobis distance."""

from typing import Self

import numpy as np

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.images.fusion import Tail, sigmas_of
from desktop_app.core.images.stamp_set import Found, scores_of
from desktop_app.core.images.strangeness import Gaussian, Levelled
from desktop_app.core.images.stretching import SetStretch
from desktop_app.core.images.subspace import Subspace
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part
from desktop_app.detectors.cutouts.embedding import embedding_of, encoder_setting

_STAMPS_A_COMPONENT = 5


class MahalanobisParams(Params):
    """The settings of the distance."""

    encoder: str = encoder_setting()
    components: int = setting(64, title="Components", help="Principal components that are kept.", ge=1, le=256)
    robust: bool = setting(
        True,
        title="Leave out what is far off",
        help="Whether the middle and the covariance are found without the sixth of the stamps that is furthest off.",
    )


class Mahalanobis:
    """Distances from the middle, in units of how far stamps usually are in each direction."""

    def __init__(self, params: MahalanobisParams) -> None:
        self._params = params
        self._stretch = SetStretch()

    def fit(self, data: CutoutSet, report: Report) -> Self:
        """Find the subspace, the middle and the covariance."""
        self._stretch = SetStretch.fit(data.images)
        seen = embedding_of(data, self._params.encoder, self._stretch, report)
        self._level = Levelled.fit(seen.rows, seen.weights)
        rows = self._level.apply(seen.rows)
        # Every direction in which stamps may differ takes a few stamps to know.
        most = max(2, min(self._params.components, len(np.unique(seen.owner)) // _STAMPS_A_COMPONENT))
        self._space = Subspace.fit(rows, most, weights=seen.weights)
        places = self._space.transform(rows)
        self._gaussian = Gaussian.fit(places, seen.weights, robust=self._params.robust)
        self._tail = Tail.fit(self._gaussian.distance(places), seen.weights)
        report(1.0, "Middle and covariance found")
        return self

    def score(self, data: CutoutSet, report: Report) -> Scores:
        """How unlikely each distance is among what is usual."""
        seen = embedding_of(data, self._params.encoder, self._stretch, part(report, 0.0, 0.9))
        places = self._space.transform(self._level.apply(seen.rows))
        distance = self._gaussian.distance(places)
        report(1.0, "Compared")
        usual = float(np.median(distance))
        reasons = [(f"{one:.1f} from the middle of all, usual {usual:.1f}",) for one in distance]
        note = f"{len(self._space.axes)} components explain {100 * self._space.explained.sum():.0f} % of the variance."
        found = Found(
            sigmas_of(self._tail.surprise(distance)),
            places,
            numbers={"distance": distance},
            reasons=reasons,
            notes=(seen.note, note),
        )
        return scores_of(data, seen.usable, found)


SPEC = DetectorSpec(
    name="mahalanobis",
    label="Distance from the middle",
    help="Flags stamps far from the middle of all, in units of how far stamps usually are in each direction.",
    kinds=(CutoutSet,),
    version=1,
    params=MahalanobisParams,
    build=Mahalanobis,
    threshold=2.75,
    finds=("strange",),
)
