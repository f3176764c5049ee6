"""A set of stamps made ready to be drawn: the cuts that suit all of them, and each one's own when it is looked at."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.cuts import CUTS, CutsName, Interval, cuts_by, cuts_of
from desktop_app.core.larger_pixels import Values
from desktop_app.core.stretch import LEVELS
from desktop_app.ui.images.colour_maps import Colours
from desktop_app.ui.images.image_picture import SAMPLED

_FIRST_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class GalleryPicture:
    """Stamps, ready to be drawn.

    Attributes
    ----------
    data : CutoutSet
    sample : ndarray, sorted
        Finite values of all stamps, or a regular sample of them.
    cuts : mapping of name to (float, float)
        Every choice of cuts for all stamps alike.
    difference : bool
        Whether zero means nothing, and both sides of it something.
    """

    data: CutoutSet
    sample: Floats
    cuts: dict[CutsName, Interval]
    difference: bool = False


def gallery_picture(data: CutoutSet) -> GalleryPicture:
    """``data``, ready to be drawn."""
    flat = data.images.reshape(-1)
    spread = flat[:: max(1, flat.size // SAMPLED)]
    spread = spread[np.isfinite(spread)]
    low, high = np.inf, -np.inf
    for first in range(0, len(data), _FIRST_AT_ONCE):
        piece = data.images[first : first + _FIRST_AT_ONCE]
        finite = piece[np.isfinite(piece)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    extremes = (low, high) if low <= high else (0.0, 1.0)
    sample = np.sort(spread).astype(np.float64)
    return GalleryPicture(data, sample, cuts_of(sample, extremes, spread), data.source.part == "difference")


def own_cuts(stamp: Values, name: str) -> Interval:
    """The cuts of one stamp by itself."""
    finite = stamp[np.isfinite(stamp)]
    return cuts_by(next(choice for choice in CUTS if choice == name), finite)


def stamp_image(stamp: Values, cuts: Interval, table: Colours, missing: str) -> QImage:
    """One stamp in the colours of ``table``, a pixel a pixel; those without a value in ``missing``."""
    low, high = cuts
    with np.errstate(invalid="ignore", over="ignore"):
        levels = (stamp[::-1] - np.float32(low)) * np.float32((LEVELS - 1) / max(high - low, 1e-30))
        known = np.isfinite(stamp[::-1])
        places = np.where(known, np.clip(levels, 0, LEVELS - 1), 0).astype(np.uint16)
    colours = table[places]
    if not known.all():
        colours = np.where(known, colours, np.uint32(int(missing[1:], 16) | 0xFF000000))
    colours = np.ascontiguousarray(colours)
    height, width = colours.shape
    return QImage(colours.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
