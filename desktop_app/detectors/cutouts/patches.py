"""Flags stamps with patches unlike all that usual stamps are made of, and shows where these are."""

from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet, Stamps
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.images.elliptical import elliptical
from desktop_app.core.images.fusion import Tail, sigmas_of
from desktop_app.core.images.objects import Outline
from desktop_app.core.images.outlines import outline_of
from desktop_app.core.images.patch_memory import PatchMemory, on_pixels
from desktop_app.core.images.stamp_heat import clipped, layout_for, patch_score
from desktop_app.core.images.stamp_set import Found, by_content, owners, require, scores_of
from desktop_app.core.images.stamp_sky import in_sigmas
from desktop_app.core.images.subspace import Subspace
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part, silent

_LEARNT_FROM = 800
_SPACE = 32
_LOCATED_FROM = 2.0


class PatchesParams(Params):
    """The settings of the memory of patches."""

    memory: int = setting(1024, title="Patches", help="How many patches are remembered.", ge=32, le=16384)
    residuals: bool = setting(
        True,
        title="Without the object",
        help="Whether the smooth ellipse in the middle is taken away first, so that patches tell of what is beside it.",
    )
    seed: int = setting(0, title="Seed", help="For the choice of patches.", ge=0, le=2**31 - 1, advanced=True)


class Patches:
    """Distances of the patches of each stamp to the nearest ones that are remembered."""

    def __init__(self, params: PatchesParams) -> None:
        self._params = params

    def fit(self, data: CutoutSet, report: Report) -> Self:
        """Remember patches, and how strange the strangest of a stamp usually are."""
        usable = require(data)
        weights, _ = owners(data, usable)
        images = self._seen(data.images[usable], part(report, 0.0, 0.4))
        side = min(images.shape[1:])
        some = images[by_content(images)[:_LEARNT_FROM]]
        layout = layout_for(side, self._params.memory)
        self._memory = PatchMemory.fit(some, layout, seed=self._params.seed, report=part(report, 0.4, 0.6))
        maps = self._memory.maps(images, part(report, 0.6, 1.0))
        self._tail = Tail.fit(patch_score(maps, layout, side), weights)
        flat = maps.reshape(len(maps), -1).astype(np.float64)
        self._space = Subspace.fit(flat, _SPACE, weights=weights)
        return self

    def score(self, data: CutoutSet, report: Report) -> Scores:
        """How unlikely the strangest patches of each stamp are among what is usual."""
        usable = require(data)
        images = self._seen(data.images[usable], part(report, 0.0, 0.4))
        maps = self._memory.maps(images, part(report, 0.4, 0.9))
        strange = patch_score(maps, self._memory.layout, min(images.shape[1:]))
        values = sigmas_of(self._tail.surprise(strange))
        shape = images.shape[1], images.shape[2]
        outlines: list[Outline] = [()] * len(values)
        for row in np.flatnonzero(values >= _LOCATED_FROM):
            outlines[row] = outline_of(self._heat(maps[row : row + 1], shape))
        usual = float(np.median(strange))
        reasons = [
            (f"its strangest patches are {one:.2f} from those remembered, usual {usual:.2f}",) for one in strange
        ]
        found = Found(
            values,
            self._space.transform(maps.reshape(len(maps), -1).astype(np.float64)),
            numbers={"patch_distance": strange},
            outlines=outlines,
            reasons=reasons,
            notes=(f"{len(self._memory.kept)} patches of {self._memory.layout.side} pixels are remembered.",),
        )
        report(1.0, "Compared")
        return scores_of(data, usable, found)

    def heat(self, data: CutoutSet, place: int) -> Floats:
        """How unlike what is remembered each part of the stamp at ``place`` is, of shape (ny, nx)."""
        image = data.images[place]
        maps = self._memory.maps(self._seen(image[None], silent))
        heat = self._heat(maps, (image.shape[0], image.shape[1]))
        return np.where(np.isfinite(image), heat, np.nan)

    def _heat(self, maps: Stamps, shape: tuple[int, int]) -> Floats:
        """Distances above what one patch in a hundred has, of the one stamp of ``maps``, on its pixels."""
        return np.maximum(on_pixels(maps.astype(np.float64), shape, self._memory.layout)[0] - 1.0, 0.0)

    def _seen(self, images: Stamps, report: Report) -> Stamps:
        """The stamps in sigmas, without the ellipse where that is asked for."""
        if self._params.residuals:
            return clipped(elliptical(images, report).residuals)
        return in_sigmas(images)[0]


SPEC = DetectorSpec(
    name="patches",
    label="Memory of patches",
    help="Flags stamps with patches unlike all that usual stamps are made of, and shows where these are.",
    kinds=(CutoutSet,),
    version=1,
    params=PatchesParams,
    build=Patches,
    threshold=2.6,
    finds=("strange",),
)
