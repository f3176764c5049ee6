"""Where in a stamp it does not belong: what an ellipse leaves over, and patches unlike all that is remembered."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.elliptical import Elliptical, elliptical
from desktop_app.core.images.patch_memory import PatchLayout, PatchMemory, on_pixels, places_in
from desktop_app.core.progress import Report, part, silent

_LEARNT_FROM = 400
_CLIP = 12.0
_SMOOTH_PX = 1.2
_QUIET = 2.5
"""Sigmas of the smoothed residual that are no heat: what noise alone reaches somewhere in a stamp."""


def layout_for(side: int, memory: int = 1024) -> PatchLayout:
    """Patches for stamps of ``side`` pixels: a ninth of it, and no less than five pixels."""
    wide = int(np.clip(2 * (side // 18) + 1, 5, 11))
    return PatchLayout(side=wide, step=max(2, wide // 2), memory=memory)


@dataclass(frozen=True, eq=False)
class StampHeat:
    """The heat of single stamps of a set, after it was fitted to the set."""

    memory: PatchMemory

    @classmethod
    def fit(cls, images: Stamps, order: Ints, *, seed: int = 0, report: Report = silent) -> Self:
        """Remember patches of some of ``images``.

        Parameters
        ----------
        images : ndarray of float32, shape (m, ny, nx)
        order : ndarray, shape (m,)
            An order of the stamps that does not depend on their places; the first few hundred are remembered.
        seed : int
        """
        some = images[order[:_LEARNT_FROM]]
        seen = elliptical(some, part(report, 0.0, 0.5))
        return cls.of_residuals(seen.residuals, seed=seed, report=part(report, 0.5, 1.0))

    @classmethod
    def of_residuals(cls, residuals: Stamps, *, seed: int = 0, report: Report = silent) -> Self:
        """As `fit`, of residuals that are known already."""
        layout = layout_for(min(residuals.shape[1:]))
        return cls(PatchMemory.fit(clipped(residuals[:_LEARNT_FROM]), layout, seed=seed, report=report))

    def heat(self, image: Stamps) -> Floats:
        """The heat of one stamp of shape (ny, nx): 0 where all is usual; NaN where it has no value."""
        found = self.of(elliptical(image[None]))[0]
        return np.where(np.isfinite(image), found, np.nan)

    def of(self, seen: Elliptical) -> Floats:
        """The heat of every stamp of ``seen``, of shape (m, ny, nx).

        The smoothed residual less what noise reaches, times how unlike its patch is to those that are remembered: a
        neighbour like many others stays cool, an arc or a trail does not.
        """
        from scipy.ndimage import gaussian_filter

        residuals = clipped(seen.residuals)
        # Divided by the noise that is left after smoothing.
        smooth = np.abs(gaussian_filter(residuals, (0, _SMOOTH_PX, _SMOOTH_PX))) * (2 * np.sqrt(np.pi) * _SMOOTH_PX)
        bright = np.maximum(smooth.astype(np.float64) - _QUIET, 0.0)
        maps = self.memory.maps(residuals)
        shape = residuals.shape[1], residuals.shape[2]
        odd = on_pixels(maps.astype(np.float64), shape, self.memory.layout)
        return np.asarray(np.sqrt(bright) * odd)


def clipped(residuals: Stamps) -> Stamps:
    """Residuals no further off than a dozen sigmas, so that a bright star does not outshine all else."""
    return np.clip(residuals, -_CLIP, _CLIP)


def patch_score(maps: Stamps, layout: PatchLayout, side: int) -> Floats:
    """How strange the patches of each stamp are: the mean of the twentieth of them that is strangest, of shape (m,)."""
    many = max(1, places_in(side, layout) ** 2 // 20)
    rows = np.sort(maps.reshape(len(maps), -1), axis=1)
    return np.asarray(rows[:, -many:].mean(axis=1), np.float64)
