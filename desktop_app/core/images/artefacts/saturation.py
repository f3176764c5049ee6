"""Saturation: the tops of stars that end in a plateau, at a level that the picture itself tells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.images.artefacts.artefact import Artefact, after_trials, middle_of
from desktop_app.core.images.artefacts.frame import Frame
from desktop_app.core.images.polygons import hull_of

KIND = "saturation"
_BRIGHT = 25.0
_FLAT = 0.005
_LEAST_PIXELS = 6
_LEAST_AT_LEVEL = 3
_CLOSE = 0.02
# What a pixel says: that it is this flat beside its neighbour by chance happens once in twenty times.
_PER_PIXEL = 2 * np.log(20.0)


@dataclass(frozen=True)
class _Top:
    """The highest pixels of one bright thing."""

    x: Ints
    y: Ints
    level: float


def find_saturation(frame: Frame, least: float) -> tuple[Artefact, ...]:
    """Bright things whose highest pixels are alike, within half a percent of their height and side by side.

    Light that came through the optics falls off from its peak at once, and its noise makes neighbours differ; only a
    well that was full makes many pixels of one value. Levels that several plateaus share are then looked for in
    smaller ones.

    Parameters
    ----------
    frame : Frame
    least : float
        The lowest score that is told.
    """
    bright = frame.sigmas > _BRIGHT
    if not bright.any():
        return ()
    tops = _tops(frame)
    sure = [top for top in tops if len(top.x) >= _LEAST_PIXELS]
    if not sure:
        return ()
    levels = np.array([top.level for top in sure])
    # The wells of one detector are full at one level: what is flat far below it is something else.
    full = float(np.median(levels[levels > 0.5 * levels.max()]))
    trials = float(np.count_nonzero(bright))
    found = []
    for top in tops:
        at_level = abs(top.level - full) < _CLOSE * full
        if len(top.x) < (_LEAST_AT_LEVEL if at_level else _LEAST_PIXELS) or top.level < 0.5 * full:
            continue
        score = after_trials(float(np.sqrt(_PER_PIXEL * len(top.x))), 1.0 if at_level else trials)
        if score >= least:
            found.append(_artefact(top, frame, score))
    return tuple(found)


def _tops(frame: Frame) -> list[_Top]:
    from scipy import ndimage

    labels, _ = ndimage.label(frame.sigmas > _BRIGHT, structure=np.ones((3, 3)))
    tops = []
    for label, place in enumerate(ndimage.find_objects(labels), start=1):
        if place is None:
            continue
        inside = labels[place] == label
        if np.count_nonzero(inside) < _LEAST_AT_LEVEL:
            continue
        top = _plateau(frame, place, inside)
        if top is not None:
            tops.append(top)
    return tops


def _plateau(frame: Frame, place: tuple[slice, ...], inside: NDArray[np.bool_]) -> _Top | None:
    """The largest patch of pixels within `_FLAT` of a level that nothing but a few single pixels exceeds."""
    from scipy import ndimage

    values = np.where(inside, frame.pixels[place], -np.inf)
    # A cosmic ray in the star may stand above the plateau.
    inner = np.sort(values[inside])
    peak = float(inner[-min(3, inner.size)])
    sky = float(np.median(frame.level[place]))
    patches, n = ndimage.label(np.abs(values - peak) <= _FLAT * (peak - sky))
    if n == 0:
        return None
    sizes = np.bincount(patches.ravel())[1:]
    y, x = np.nonzero(patches == 1 + int(np.argmax(sizes)))
    level = float(np.median(values[y, x]))
    return _Top(x + place[1].start, y + place[0].start, level)


def _artefact(top: _Top, frame: Frame, score: float) -> Artefact:
    x: Floats = top.x.astype(np.float64)
    y: Floats = top.y.astype(np.float64)
    outline = hull_of(x, y)
    middle = middle_of(outline)
    return Artefact(
        kind=KIND,
        outline=outline,
        x=middle[0],
        y=middle[1],
        score=score,
        reason=f"{len(x)} pixels side by side end at the same level of {top.level:,.6g}",
        numbers={
            "area_px": float(len(x)),
            "level": top.level,
            "width_px": float(np.ptp(x) + 1),
            "length_px": float(np.ptp(y) + 1),
            "fraction": float(len(x) / frame.good.size),
        },
    )
