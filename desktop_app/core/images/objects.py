"""What was looked at in pictures: where each object is, what it is, and what was measured of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats, frozen_floats

Outline = tuple[tuple[float, float], ...]
"""The corners x, y of a polygon in pixels, counted from 0, the middle of the first pixel being 0.0; () for none."""


@dataclass(frozen=True, eq=False)
class Objects:
    """Sources of a picture, or the stamps of a set; one row each, in the order of the scores.

    Attributes
    ----------
    x, y : ndarray, shape (m,)
        Pixels of the picture, or of the stamp; the middle of the first pixel is 0.0.
    kinds : tuple of str
        One of `IMAGE_EVENT_KINDS` for each, should its score flag it.
    outlines : tuple of Outline
        One for each: where in the picture, or in the stamp, it does not belong; () where nobody told.
    ra_deg, dec_deg : ndarray, shape (m,)
        ICRS; NaN where not known.
    numbers : mapping of str to ndarray, shape (m,)
        What was measured, by name: "flux", "fwhm_px", "asymmetry"...; NaN where it could not be.
    space : ndarray, shape (m, d)
        Where each lies in the subspace in which distances were measured: what is near looks alike. The first two
        columns are drawn. Of shape (m, 0) where the detector knows no such space.
    frames : tuple of str
        The frame that each was seen in; () where there is one picture.
    reasons : tuple of tuple of str
        Why each does not belong, the weightiest reason first; () where nobody told.
    """

    x: Floats
    y: Floats
    kinds: tuple[str, ...]
    outlines: tuple[Outline, ...] = ()
    ra_deg: Floats = field(default_factory=lambda: np.zeros(0))
    dec_deg: Floats = field(default_factory=lambda: np.zeros(0))
    numbers: Mapping[str, Floats] = field(default_factory=dict)
    space: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    frames: tuple[str, ...] = ()
    reasons: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        m = len(self.x)
        for name in ("ra_deg", "dec_deg"):
            given: Floats = getattr(self, name)
            object.__setattr__(self, name, frozen_floats(given if len(given) else np.full(m, np.nan)))
        for name in ("x", "y"):
            object.__setattr__(self, name, frozen_floats(getattr(self, name)))
        space = self.space if len(self.space) else np.zeros((m, 0))
        object.__setattr__(self, "space", frozen_floats(space))
        object.__setattr__(self, "numbers", {name: frozen_floats(given) for name, given in self.numbers.items()})
        object.__setattr__(self, "outlines", self.outlines or ((),) * m)
        object.__setattr__(self, "reasons", self.reasons or ((),) * m)
        columns: Sequence[Sequence[object] | Floats] = (
            self.y,
            self.kinds,
            self.outlines,
            self.ra_deg,
            self.dec_deg,
            self.space,
            self.frames or self.x,
            self.reasons,
            *self.numbers.values(),
        )
        lengths = {len(column) for column in columns}
        if lengths != {m}:
            raise ValueError(f"{m} objects have columns of {sorted(lengths)} rows")

    def __len__(self) -> int:
        return len(self.x)


def box(x: float, y: float, half: float) -> Outline:
    """The square of side 2 ``half`` about ``x``, ``y``."""
    return ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
