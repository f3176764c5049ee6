"""Flags stamps far from their nearest neighbours, seen as pixels in the subspace of their principal components."""

from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats, robust_sigma
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.images.objects import Objects, box
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report

_FEWEST = 10


class KnnParams(Params):
    """The settings of the search for neighbours."""

    components: int = setting(64, title="Components", help="Principal components that are kept.", ge=2, le=512)
    neighbours: int = setting(10, title="Neighbours", help="How many of the nearest are averaged.", ge=1, le=200)


class Knn:
    """Distances to the nearest stamps in the subspace of the principal components of their pixels."""

    def __init__(self, params: KnnParams) -> None:
        self._params = params
        self._middle: Floats = np.zeros(0)
        self._axes: Floats = np.zeros((0, 0))
        self._known: Floats = np.zeros((0, 0))

    def fit(self, data: CutoutSet, report: Report) -> Self:
        """Find the principal components."""
        from scipy.linalg import svd

        if len(data) < _FEWEST:
            raise FitError(f"There are {len(data)} stamps; at least {_FEWEST} are needed.", hint="Open more of them.")
        rows = _rows(data)
        self._middle = rows.mean(axis=0)
        _, _, axes = svd(rows - self._middle, full_matrices=False)
        self._axes = axes[: self._params.components]
        self._known = (rows - self._middle) @ self._axes.T
        report(1.0, "Principal components found")
        return self

    def score(self, data: CutoutSet, report: Report) -> Scores:
        """How much further from its neighbours each stamp is than usual, in robust sigmas of the logarithm."""
        from scipy.spatial import KDTree

        space = (_rows(data) - self._middle) @ self._axes.T
        found, _ = KDTree(self._known).query(space, k=min(self._params.neighbours + 1, len(self._known)))
        distance = np.asarray(found, np.float64)
        far = np.log(np.maximum(distance[:, 1:].mean(axis=1), np.finfo(np.float64).tiny))
        values = (far - np.median(far)) / max(robust_sigma(far), np.finfo(np.float64).tiny)
        report(1.0, "Compared")
        _, ny, nx = data.images.shape
        middle = np.full(len(data), (nx - 1) / 2), np.full(len(data), (ny - 1) / 2)
        whole = box((nx - 1) / 2, (ny - 1) / 2, min(nx, ny) / 2)
        objects = Objects(
            *middle, ("strange",) * len(data), (whole,) * len(data), data.ra_deg, data.dec_deg, space=space
        )
        return Scores(values, objects=objects)


def _rows(data: CutoutSet) -> Floats:
    """Every stamp as a row of pixels on a common scale: its median zero, its sigma one, softened by asinh."""
    rows = data.images.reshape(len(data), -1).astype(np.float64)
    rows = rows - np.nan_to_num(np.nanmedian(rows, axis=1, keepdims=True))
    scale = np.array([[robust_sigma(row[np.isfinite(row)]) or 1.0] for row in rows])
    return np.nan_to_num(np.arcsinh(rows / scale))


SPEC = DetectorSpec(
    name="knn",
    label="Nearest neighbours",
    help="Flags stamps that have no others like them: far from their neighbours among the principal components.",
    kinds=(CutoutSet,),
    version=1,
    params=KnnParams,
    build=Knn,
    threshold=4.0,
    finds=("strange",),
)
