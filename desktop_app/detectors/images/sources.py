"""Finds the sources of a picture and flags those whose shape is not that of the others."""

from typing import Self

import numpy as np

from desktop_app.core.arrays import robust_sigma
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.images.objects import Objects, box
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report
from desktop_app.core.sky_image import SkyImage

_FEWEST = 5


class SourcesParams(Params):
    """The settings of the search for sources."""

    least_sigma: float = setting(
        3.0,
        title="Detection",
        help="Pixels of a source are so many sigmas above the background.",
        unit="σ",
        ge=1,
        le=50,
    )
    least_px: int = setting(
        5, title="Least area", help="A source has so many pixels at least.", unit="px", ge=1, le=500
    )


class Sources:
    """Sources by connected pixels above the background, ranked by how their shapes differ from the body."""

    def __init__(self, params: SourcesParams) -> None:
        self._params = params

    def fit(self, data: SkyImage, report: Report) -> Self:
        """Nothing is learned beforehand."""
        if not np.isfinite(data.pixels).any():
            raise FitError("The picture has no value.", hint="Choose another part of the file.")
        report(1.0, "Ready")
        return self

    def score(self, data: SkyImage, report: Report) -> Scores:
        """How far the size and ellipticity of each source are from the median, in robust sigmas."""
        import sep

        pixels = np.array(data.pixels, dtype=np.float32)  # sep wants to be able to write
        bad = ~np.isfinite(pixels) if data.bad is None else data.bad | ~np.isfinite(pixels)
        background = sep.Background(pixels, mask=bad)
        found = sep.extract(
            pixels - background.back(),
            self._params.least_sigma,
            err=background.globalrms,
            mask=bad,
            minarea=self._params.least_px,
        )
        report(0.8, f"{len(found):,} sources")
        if len(found) < _FEWEST:
            return Scores(np.zeros(len(found)), objects=_objects(data, found))
        shape = np.column_stack([np.log(found["a"]), np.log(found["a"] / found["b"])])
        off = np.abs(shape - np.median(shape, axis=0)) / np.maximum([robust_sigma(one) for one in shape.T], 1e-9)
        report(1.0, "Compared")
        return Scores(off.max(axis=1), objects=_objects(data, found))


def _objects(data: SkyImage, found: np.ndarray) -> Objects:
    x, y = np.asarray(found["x"], np.float64), np.asarray(found["y"], np.float64)
    ra, dec = data.sky.to_sky(x, y) if data.sky is not None else (np.full(x.size, np.nan),) * 2
    outlines = tuple(box(float(one["x"]), float(one["y"]), 3 * float(one["a"])) for one in found)
    numbers = {"flux": np.asarray(found["flux"], np.float64), "fwhm_px": 2.355 * np.asarray(found["a"], np.float64)}
    return Objects(x, y, ("strange",) * len(found), outlines, ra, dec, numbers)


SPEC = DetectorSpec(
    name="sources",
    label="Sources",
    help="Finds the sources of a picture and flags those that do not look like the others.",
    kinds=(SkyImage,),
    version=1,
    params=SourcesParams,
    build=Sources,
    threshold=5.0,
    finds=("strange",),
)
