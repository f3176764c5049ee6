"""Flags stamps that a few principal components of the set cannot give back: the plain recipe, to compare with."""

from typing import Literal, Self

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.images.fusion import Tail, sigmas_of
from desktop_app.core.images.stamp_set import Found, scores_of
from desktop_app.core.images.stretching import SetStretch
from desktop_app.core.images.subspace import Subspace
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part
from desktop_app.detectors.cutouts.embedding import embedding_of, encoder_setting


class EmbeddingPcaParams(Params):
    """The settings of the reconstruction."""

    encoder: str = encoder_setting()
    components: int = setting(2, title="Components", help="Principal components that stamps are made of.", ge=1, le=256)
    deviations: float = setting(
        2.0,
        title="Deviations",
        help="The error limit of the recipe: the mean plus so many standard deviations.",
        ge=0.5,
        le=10,
    )
    scores: Literal["sigmas", "recipe"] = setting(
        "sigmas",
        title="Scores",
        help="sigmas: how unlikely the error is among what is usual, so that a clean set has nothing flagged. recipe: "
        "the error over its limit times the threshold of this detector, so that its limit is where flagging begins, "
        "which always flags a few in a hundred.",
    )


class EmbeddingPca:
    """The error of stamps that are made of principal components alone."""

    def __init__(self, params: EmbeddingPcaParams) -> None:
        self._params = params
        self._stretch = SetStretch()

    def fit(self, data: CutoutSet, report: Report) -> Self:
        """Find the principal components and how large errors are."""
        self._stretch = SetStretch.fit(data.images)
        seen = embedding_of(data, self._params.encoder, self._stretch, report)
        self._space = Subspace.fit(seen.rows, self._params.components, weights=seen.weights, scaled=True)
        error = self._space.error(seen.rows)
        share = seen.weights / seen.weights.sum()
        mean = float(share @ error)
        self._limit = mean + self._params.deviations * float(np.sqrt(share @ (error - mean) ** 2))
        self._tail = Tail.fit(error, seen.weights)
        report(1.0, "Principal components found")
        return self

    def score(self, data: CutoutSet, report: Report) -> Scores:
        """How unlikely each error is, or how many times its limit it is."""
        seen = embedding_of(data, self._params.encoder, self._stretch, part(report, 0.0, 0.9))
        error = self._space.error(seen.rows)
        ratio = error / self._limit if self._limit > 0 else np.zeros(len(error))
        recipe = self._params.scores == "recipe"
        values = ratio * SPEC.threshold if recipe else sigmas_of(self._tail.surprise(error))
        numbers = {
            "reconstruction_error": error,
            "error_over_limit": ratio,
            "explained_variance": self._explained(error),
        }
        report(1.0, "Compared")
        return scores_of(
            data,
            seen.usable,
            Found(values, self._space.transform(seen.rows), numbers=numbers, notes=(seen.note, self._note(ratio)),
                  reasons=[_reason(one) for one in ratio]),
        )  # fmt: skip

    def _explained(self, error: Floats) -> Floats:
        return np.full(len(error), float(self._space.explained.sum()))

    def _note(self, ratio: Floats) -> str:
        shares = ", ".join(f"{100 * share:.1f}" for share in self._space.explained[:5])
        whole = 100 * self._space.explained.sum()
        return (
            f"{len(self._space.explained)} principal components explain {whole:.1f} % of the variance ({shares} %"
            f"{', ...' if len(self._space.explained) > 5 else ''}); {int((ratio > 1).sum())} stamps are above the mean "
            f"error plus {self._params.deviations:g} standard deviations."
        )


def _reason(ratio: float) -> tuple[str, ...]:
    return (f"principal components leave {ratio:.2f} times the limit of the error",)


SPEC = DetectorSpec(
    name="embedding_pca",
    label="Reconstruction error",
    help="Flags stamps that a few principal components cannot give back: the plain recipe, kept to compare with.",
    kinds=(CutoutSet,),
    version=1,
    params=EmbeddingPcaParams,
    build=EmbeddingPca,
    threshold=2.75,
    finds=("strange",),
)
