"""Small pictures of an object and of the ordinary one that is most like it."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import ARTEFACT_KINDS, Detection
from desktop_app.core.larger_pixels import Values
from desktop_app.core.sky_image import SkyImage

_SIDES_PX = (25, 161)
_ROOM = 1.5
_USUAL_PX = 41


@dataclass(frozen=True, eq=False)
class ObjectStamp:
    """A small picture and whose it is.

    Attributes
    ----------
    pixels : ndarray, shape (ny, nx)
        NaN where there is none.
    caption : str
    place : int
        The row of the object.
    """

    pixels: Values
    caption: str
    place: int


def stamps_of(detection: Detection, place: int) -> tuple[ObjectStamp, ...]:
    """The object itself, and the nearest ordinary one of the subspace where there is such a space."""
    side = _side_of(detection, place)
    own = (ObjectStamp(stamp_at(detection, place, side), "This", place),)
    if detection.objects.kinds[place] in ARTEFACT_KINDS:
        return own  # what the instrument made has no likeness among the sources
    usual = nearest_ordinary(detection, place)
    if usual is None:
        return own
    return (*own, ObjectStamp(stamp_at(detection, usual, side), "Nearest ordinary", usual))


def stamp_at(detection: Detection, place: int, side: int = _USUAL_PX) -> Values:
    """The pixels about an object; of cut-outs its stamp."""
    data, objects = detection.data, detection.objects
    if isinstance(data, CutoutSet):
        return data.images[place]
    assert isinstance(data, SkyImage)
    return _cut(data, float(objects.x[place]), float(objects.y[place]), side)


def nearest_ordinary(detection: Detection, place: int) -> int | None:
    """The object below the threshold that lies nearest in the subspace; None where there is no space or none below."""
    objects, values = detection.objects, detection.scores.values
    usual = np.flatnonzero(values < detection.threshold)
    usual = usual[usual != place]
    if not objects.space.shape[1] or not usual.size or not np.isfinite(objects.space[place]).all():
        return None
    away: Floats = ((objects.space[usual] - objects.space[place]) ** 2).sum(axis=1)
    if not np.isfinite(away).any():
        return None
    return int(usual[np.nanargmin(away)])


def _side_of(detection: Detection, place: int) -> int:
    outline = detection.objects.outlines[place]
    if not outline:
        return _USUAL_PX
    reach = float(np.ptp(np.array(outline), axis=0).max())
    return int(np.clip(round(_ROOM * reach), *_SIDES_PX))


def _cut(image: SkyImage, x: float, y: float, side: int) -> Values:
    """A square about a pixel; NaN beyond the picture."""
    stamp = np.full((side, side), np.nan, np.float32)
    if not (np.isfinite(x) and np.isfinite(y)):
        return stamp
    ny, nx = image.pixels.shape
    left, low = round(x) - side // 2, round(y) - side // 2
    columns, rows = slice(max(left, 0), min(left + side, nx)), slice(max(low, 0), min(low + side, ny))
    if columns.stop > columns.start and rows.stop > rows.start:
        within = slice(rows.start - low, rows.stop - low), slice(columns.start - left, columns.stop - left)
        stamp[within] = image.pixels[rows, columns]
    return stamp
