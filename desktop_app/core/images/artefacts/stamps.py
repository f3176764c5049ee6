"""Artefacts of many small stamps at once: the weightiest of each, told only where it is plain."""

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.artefacts.artefact import Artefact, rectangle
from desktop_app.core.images.artefacts.columns import find_columns
from desktop_app.core.images.artefacts.cosmic_rays import find_cosmic_rays
from desktop_app.core.images.artefacts.frame import Frame, stamp_frame
from desktop_app.core.images.artefacts.saturation import find_saturation
from desktop_app.core.images.artefacts.streaks import stamp_streaks

_LEAST = 6.0
_LEAST_RAY = 12.0
_BLANK = 0.1
_SMALLEST = 32


def stamp_artefacts(images: Stamps) -> tuple[Artefact | None, ...]:
    """The weightiest artefact of each stamp, None where there is none.

    What crosses a stamp from side to side, one-pixel columns, plateaus, hits and blank sides are told; arcs, spirals
    and edge-on galaxies are left to those who look for what is strange.

    Parameters
    ----------
    images : ndarray, shape (m, ny, nx)
        NaN where not known.
    """
    return tuple(_weightiest(np.asarray(image, np.float32)) for image in images)


def _weightiest(image: NDArray[np.float32]) -> Artefact | None:
    edge = _edge(image)
    if edge is not None:
        return edge
    frame = stamp_frame(image)
    if frame is None:
        return None
    found = [*_columns(frame), *find_saturation(frame, _LEAST)]
    if not found:
        found += stamp_streaks(frame, _LEAST)
    if not found and float(frame.sigmas.max()) > _LEAST_RAY:
        found += find_cosmic_rays(frame, _LEAST_RAY)
    return max(found, key=lambda artefact: artefact.score, default=None)


def _columns(frame: Frame) -> tuple[Artefact, ...]:
    """Lines that reach over half of the stamp: shorter ones may be part of what it shows."""
    ny, nx = frame.shape
    if min(ny, nx) < _SMALLEST:
        return ()
    return tuple(one for one in find_columns(frame, _LEAST) if one.numbers["length_px"] > min(ny, nx) / 2)


def _edge(image: NDArray[np.float32]) -> Artefact | None:
    """Sides without values, or of one value."""
    blank = ~np.isfinite(image)
    for turned, mask in ((False, blank), (True, blank.T)):
        values = image.T if turned else image
        empty = mask.all(axis=1)
        if not empty.any() and ((values[0] != values[0, 0]).any() and (values[-1] != values[-1, 0]).any()):
            continue
        same = empty | (~mask.any(axis=1) & (values == values[:, :1]).all(axis=1))
        if same.all():
            return None
        first, last = int(np.argmin(same)), int(np.argmin(same[::-1]))
        width = max(first, last)
        if width < _BLANK * len(same):
            continue
        lines = (0, width - 1) if first >= last else (len(same) - width, len(same) - 1)
        along = (0, values.shape[1] - 1)
        (x0, x1), (y0, y1) = (lines, along) if turned else (along, lines)
        return Artefact(
            kind="edge",
            outline=rectangle(x0, y0, x1, y1),
            x=(x0 + x1) / 2,
            y=(y0 + y1) / 2,
            score=float(np.sqrt(2.0 * width * values.shape[1])),
            reason=f"{width} {'columns' if turned else 'rows'} at its side hold no picture",
            numbers={"width_px": float(width), "fraction": width / len(same)},
        )
    return None
