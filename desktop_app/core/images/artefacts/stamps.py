"""Artefacts of many small stamps at once: the weightiest of each, told only where it is plain."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools
from desktop_app.core.compiled import compiled
from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.artefacts.artefact import Artefact, rectangle
from desktop_app.core.images.artefacts.columns import find_columns, with_runs
from desktop_app.core.images.artefacts.cosmic_rays import find_cosmic_rays
from desktop_app.core.images.artefacts.frame import Frame, stamp_frame, stamp_frames
from desktop_app.core.images.artefacts.saturation import find_saturation
from desktop_app.core.images.artefacts.streaks import stamp_streaks

_LEAST = 6.0
_LEAST_RAY = 12.0
_BLANK = 0.1
_SMALLEST = 32
_UP_TO_OBJECT = 0.4
"""Blank sides so wide reach within a tenth of the stamp of its middle, where what it is about is."""
_AT_ONCE = 32


def stamp_artefacts(images: Stamps) -> tuple[Artefact | None, ...]:
    """The weightiest artefact of each stamp, None where there is none.

    What crosses a stamp from side to side, one-pixel columns, plateaus, hits and blank sides are told; arcs, spirals
    and edge-on galaxies are left to those who look for what is strange.

    Parameters
    ----------
    images : ndarray, shape (m, ny, nx)
        NaN where not known.
    """
    found: list[Artefact | None] = []
    for start in range(0, len(images), _AT_ONCE):
        some = np.ascontiguousarray(images[start : start + _AT_ONCE], np.float32)
        frames = stamp_frames(some)
        lined = np.ones(len(some), np.bool_)
        whole = [place for place, frame in enumerate(frames) if frame is not None]
        if whole:
            lined[whole] = with_runs(np.stack([frame.sigmas for frame in frames if frame is not None]))
        found += [_weightiest(*one) for one in zip(some, frames, lined, strict=True)]
    return tuple(found)


def _weightiest(image: NDArray[np.float32], frame: Frame | None, lined: np.bool_) -> Artefact | None:
    if frame is not None:
        return _edge(image) or _of_frame(frame, bool(lined))
    rows, columns = _within_margins(image)
    inner = np.ascontiguousarray(image[rows, columns])
    frame = stamp_frame(inner)
    found = _edge(inner) or (None if frame is None else _of_frame(frame, lined=True))
    return None if found is None else _moved(found, columns.start, rows.start)


def _of_frame(frame: Frame, lined: bool) -> Artefact | None:
    found = [*(_columns(frame) if lined else ()), *find_saturation(frame, _LEAST)]
    if not found:
        found += stamp_streaks(frame, _LEAST)
    if not found and is_sharp(frame.pixels, frame.good, frame.noise, _LEAST_RAY):
        found += find_cosmic_rays(frame, _LEAST_RAY)
    return max(found, key=lambda artefact: artefact.score, default=None)


@compiled
def is_sharp(
    pixels: NDArray[np.float32], good: Bools, noise: float, least: float
) -> bool:  # pragma: no cover  compiled
    """Whether some pixel steps up as a hit does, ``least`` sigmas and more than what is about it: a cheap first look.

    Parameters
    ----------
    pixels, good : ndarray, shape (ny, nx)
    noise : float
        Of one pixel.
    least : float
        Of the Laplacian over the noise.
    """
    ny, nx = pixels.shape
    near = np.empty(25)
    for y in range(ny):
        for x in range(nx):
            if not good[y, x]:
                continue
            one = pixels[y, x]
            left = pixels[y, x - 1] if x > 0 and good[y, x - 1] else one
            right = pixels[y, x + 1] if x + 1 < nx and good[y, x + 1] else one
            below = pixels[y - 1, x] if y > 0 and good[y - 1, x] else one
            above = pixels[y + 1, x] if y + 1 < ny and good[y + 1, x] else one
            # The lower neighbour of each axis draws the sharpest of the four corners.
            if 2 * one - min(left, right) - min(below, above) < 2 * least * noise:
                continue
            n = 0
            for j in range(max(y - 2, 0), min(y + 3, ny)):
                for i in range(max(x - 2, 0), min(x + 3, nx)):
                    if good[j, i]:
                        near[n] = pixels[j, i]
                        n += 1
            ordered = np.sort(near[:n])
            # In the light of a star half of what is about a pixel is bright too.
            if one - ordered[n // 2] > 3 * (ordered[3 * n // 4] - ordered[n // 4]):
                return True
    return False


def _columns(frame: Frame) -> tuple[Artefact, ...]:
    """Lines that reach over half of the stamp: shorter ones may be part of what it shows."""
    ny, nx = frame.shape
    if min(ny, nx) < _SMALLEST:
        return ()
    return tuple(one for one in find_columns(frame, _LEAST) if one.numbers["length_px"] > min(ny, nx) / 2)


def _edge(image: NDArray[np.float32]) -> Artefact | None:
    """Sides of one value, or without values up to what the stamp is about."""
    blank: Bools = ~np.isfinite(image)
    for turned, mask in ((False, blank), (True, blank.T)):
        values = image.T if turned else image
        empty: Bools = np.asarray(mask.all(axis=1))
        if not empty.any() and ((values[0] != values[0, 0]).any() and (values[-1] != values[-1, 0]).any()):
            continue
        same = empty | (~mask.any(axis=1) & (values == values[:, :1]).all(axis=1))
        if same.all():
            return None
        n = len(same)
        first, last = int(np.argmin(same)), int(np.argmin(same[::-1]))
        for width, lines in sorted(((last, slice(n - last, n)), (first, slice(0, first))), key=lambda one: -one[0]):
            # Where a stamp was cut at the side of a picture nothing is wrong with what it shows.
            filled = width - int(np.count_nonzero(empty[lines]))
            if filled >= _BLANK * n or (width > filled and width >= _UP_TO_OBJECT * n):
                return _edge_artefact(lines, values.shape, turned)
    return None


def _edge_artefact(lines: slice, shape: tuple[int, ...], turned: bool) -> Artefact:
    across, along = (lines.start, lines.stop - 1), (0, shape[1] - 1)
    (x0, x1), (y0, y1) = (across, along) if turned else (along, across)
    width = lines.stop - lines.start
    return Artefact(
        kind="edge",
        outline=rectangle(x0, y0, x1, y1),
        x=(x0 + x1) / 2,
        y=(y0 + y1) / 2,
        score=float(np.sqrt(2.0 * width * shape[1])),
        reason=f"{width} {'columns' if turned else 'rows'} at its side hold no picture",
        numbers={"width_px": float(width), "fraction": width / shape[0]},
    )


def _within_margins(image: NDArray[np.float32]) -> tuple[slice, slice]:
    """The stamp less as many blank lines on either side: one that was put into a larger frame is judged as it was."""
    known: Bools = np.isfinite(image)
    places = []
    for axis in (1, 0):
        some: Bools = np.asarray(known.any(axis=axis))
        margin = min(int(np.argmax(some)), int(np.argmax(some[::-1])))
        places.append(slice(margin, len(some) - margin))
    return places[0], places[1]


def _moved(artefact: Artefact, dx: int, dy: int) -> Artefact:
    outline = tuple((x + dx, y + dy) for x, y in artefact.outline)
    return replace(artefact, outline=outline, x=artefact.x + dx, y=artefact.y + dy)
