"""Prints how well each way of ranking finds what does not belong: python -m tests.perf.strangeness_figures [seeds]."""

import sys
from collections.abc import Callable

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.images.strangeness import neighbour_distance
from desktop_app.core.images.stretching import SetStretch
from desktop_app.core.images.subspace import Subspace
from desktop_app.core.metrics.curves import roc_auc
from desktop_app.core.metrics.ranking import average_precision, rank_weighted_score, recall_in_first
from desktop_app.core.progress import silent
from desktop_app.core.simulate_galaxies import simulate_galaxies
from desktop_app.detectors import CUTOUT_DETECTORS
from desktop_app.detectors.cutouts.embedding import embedding_of
from desktop_app.detectors.cutouts.measured import pixel_rows

FIRST = 100


def figures(score: Floats, truth: Bools) -> tuple[float, float, float, float]:
    """Average precision, area under the ROC curve, recall and rank-weighted score in the first hundred."""
    return (
        average_precision(score, truth),
        roc_auc(score, truth),
        recall_in_first(score, truth, FIRST),
        rank_weighted_score(score, truth, FIRST),
    )


def by_detector(name: str, **settings: object) -> Callable[[CutoutSet], Floats]:
    """What a detector of the registry says."""

    def scored(data: CutoutSet) -> Floats:
        spec = CUTOUT_DETECTORS[name]
        return spec.build(spec.params.checked(settings)).fit(data, silent).score(data, silent).values

    return scored


def pixel_error(data: CutoutSet) -> Floats:
    """The reconstruction error of pixels from two principal components."""
    rows = pixel_rows(data.images)
    return Subspace.fit(rows, 2).error(rows)


def pixel_neighbours(data: CutoutSet) -> Floats:
    """The distance of pixels to the nearest ten."""
    rows = pixel_rows(data.images)
    owner = np.arange(len(rows))
    return neighbour_distance(rows, owner, rows, owner, 10)


def forest(encoder: str) -> Callable[[CutoutSet], Floats]:
    """An isolation forest on the same numbers."""

    def scored(data: CutoutSet) -> Floats:
        from sklearn.ensemble import IsolationForest

        rows = embedding_of(data, encoder, SetStretch.fit(data.images), silent).rows
        return -IsolationForest(n_estimators=200, random_state=0).fit(rows).score_samples(rows)

    return scored


WAYS: dict[str, Callable[[CutoutSet], Floats]] = {
    "PCA error, pixels": pixel_error,
    "PCA error, EfficientNet": by_detector("embedding_pca", encoder="efficientnet_lite0"),
    "neighbours, pixels": pixel_neighbours,
    "isolation forest, shapes": forest("none"),
    "isolation forest, EfficientNet": forest("efficientnet_lite0"),
    "mahalanobis, shapes": by_detector("mahalanobis", encoder="none"),
    "knn, shapes": by_detector("knn", encoder="none"),
    "knn, EfficientNet": by_detector("knn", encoder="efficientnet_lite0"),
    "patches": by_detector("patches"),
    "strange, without an encoder": by_detector("strange", encoder="none"),
    "strange, EfficientNet": by_detector("strange", encoder="efficientnet_lite0"),
}


def main(seeds: list[int]) -> None:
    """Print a row for each way: means over ``seeds``."""
    found: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in WAYS}
    for seed in seeds:
        data = simulate_galaxies(2000, 50, seed=seed)
        truth = np.array([kind != "" for kind in data.labels["truth"]])
        for name, way in WAYS.items():
            found[name].append(figures(way(data), truth))
    print(f"{'':32s}   AP    AUC  rec100 RWS100   (2,000 galaxies + 50, seeds {seeds})")  # noqa: T201 - it tells its figures
    for name, rows in found.items():
        print(f"{name:32s} " + "  ".join(f"{value:.3f}" for value in np.mean(rows, axis=0)))  # noqa: T201 - it tells its figures


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [101, 102])
