"""The stars and galaxies of a picture, which a search for trails leaves out, and the lines that are plain to see."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.images.artefacts.frame import Frame
from desktop_app.core.images.artefacts.line_sums import SAID, Line
from desktop_app.core.progress import Report, silent

_ABOVE = 1.7
_LEAST_AREA = 4
_LARGE_AREA = 250
_SLENDER = 6.0
_FILLED = 0.35
_LONG_PX = 20.0
_STAR = 50.0
_LINE_LEVELS = (3.0, 12.0, 48.0, 192.0)


@dataclass(frozen=True, eq=False)
class Blobs:
    """What stands out of the sky, and is no line.

    Attributes
    ----------
    mask : ndarray of bool, shape (ny, nx)
        Their pixels, and those around.
    large : ndarray of bool, shape (ny, nx)
        The same of what is bright or large only: dashes and other pieces of trails are left in.
    x, y, peak, radius : ndarray, shape (m,)
        Middle, highest pixel in sigmas, and half of the size in pixels.
    """

    mask: Bools
    large: Bools
    x: Floats
    y: Floats
    peak: Floats
    radius: Floats


@dataclass(frozen=True, eq=False)
class _Patches:
    """Connected pixels and their shapes: ``x``, ``y``, ``which`` one a pixel, all else one a patch."""

    x: Ints
    y: Ints
    which: Ints
    area: Floats
    mx: Floats
    my: Floats
    major: Floats
    minor: Floats
    angle: Floats
    peak: Floats

    @property
    def slender(self) -> Bools:
        """Which are lines, or made of lines."""
        filled = self.area / (4 * np.pi * self.major * self.minor)
        return (3.46 * self.major > _LONG_PX) & ((self.major > _SLENDER * self.minor) | (filled < _FILLED))


def blobs_of(frame: Frame, report: Report = silent) -> Blobs:
    """Connected pixels above the sky that are not long and thin: stars, galaxies, but no trails."""
    from scipy import ndimage

    smooth = ndimage.uniform_filter(frame.sigmas, 3, mode="nearest")
    report(0.1, SAID)
    patches = _patches(smooth > _ABOVE, frame.sigmas)
    report(0.4, SAID)
    line = patches.slender
    blob = ~line & (patches.area >= _LEAST_AREA)
    mx, my = _hearts(patches, frame)
    # The heart of a bright star is a blob too where its spikes make it look like a line.
    kept = blob | (line & (patches.peak > 2 * _STAR))
    radius = 2 * patches.major
    masks = []
    for some in (blob, blob & ((patches.peak > _STAR) | (patches.area > _LARGE_AREA))):
        mask = np.zeros(frame.shape, bool)
        mask[patches.y, patches.x] = some[patches.which]
        report(0.5, SAID)
        mask = ndimage.maximum_filter(mask.view(np.uint8), 5, mode="constant").view(np.bool_)
        _with_wings(mask, x=mx[some], y=my[some], peak=patches.peak[some], radius=radius[some])
        masks.append(mask)
    return Blobs(masks[0], masks[1], mx[kept], my[kept], patches.peak[kept], radius[kept])


def slender_lines(frame: Frame, report: Report = silent) -> list[tuple[Line, float]]:
    """Long and thin patches of bright pixels, the largest first, each with its width in pixels."""
    found = []
    for above in _LINE_LEVELS:
        report(0.8, SAID)
        patches = _patches(frame.sigmas > above, frame.sigmas)
        long = (3.46 * patches.major > _LONG_PX) & (patches.major > _SLENDER * patches.minor)
        for i in np.flatnonzero(long & (patches.area > _LONG_PX)):
            half = 1.73 * patches.major[i]
            dx, dy = half * np.cos(patches.angle[i]), half * np.sin(patches.angle[i])
            x, y = patches.mx[i], patches.my[i]
            line = Line(float(x - dx), float(y - dy), float(x + dx), float(y + dy), float(np.sqrt(patches.area[i])))
            found.append((line, float(3.46 * patches.minor[i])))
    return sorted(found, key=lambda one: -one[0].sigmas)


def binned(values: NDArray[np.float32], times: int) -> NDArray[np.float32]:
    """Sums over squares of ``times`` pixels a side; rows and columns that do not fill one are left out."""
    ny, nx = (n // times for n in values.shape)
    sums = np.zeros((ny, nx), np.float32)
    for row in range(times):
        for column in range(times):
            sums += values[row : ny * times : times, column : nx * times : times]
    return sums


def _patches(mask: Bools, sigmas: NDArray[np.float32]) -> _Patches:
    from scipy import ndimage

    labels, n = ndimage.label(mask, structure=np.ones((3, 3)))
    y, x = np.nonzero(labels)
    which = labels[y, x].astype(np.int64) - 1
    area = np.bincount(which, minlength=n).astype(np.float64)
    mx, my = (np.bincount(which, one, n) / area for one in (x, y))
    dx, dy = x - mx[which], y - my[which]
    xx, yy = (np.bincount(which, one * one, n) / area + 1 / 12 for one in (dx, dy))
    xy = np.bincount(which, dx * dy, n) / area
    apart = np.sqrt((xx - yy) ** 2 / 4 + xy**2)
    major, minor = np.sqrt((xx + yy) / 2 + apart), np.sqrt(np.maximum((xx + yy) / 2 - apart, 1 / 12))
    peak = np.zeros(n)
    np.maximum.at(peak, which, sigmas[y, x])
    return _Patches(x, y, which, area, mx, my, major, minor, 0.5 * np.arctan2(2 * xy, xx - yy), peak)


def _hearts(patches: _Patches, frame: Frame) -> tuple[Floats, Floats]:
    """Middles; of what is bright the middle of its brightest pixels, as its neighbours hang on to it."""
    n = len(patches.area)
    top = frame.sigmas[patches.y, patches.x] > 0.8 * patches.peak[patches.which]
    which = patches.which[top]
    many = np.maximum(np.bincount(which, minlength=n), 1)
    x, y = (np.bincount(which, one[top].astype(np.float64), n) / many for one in (patches.x, patches.y))
    bright = patches.peak > _STAR
    return np.where(bright, x, patches.mx), np.where(bright, y, patches.my)


def _with_wings(mask: Bools, *, x: Floats, y: Floats, peak: Floats, radius: Floats) -> None:
    """Cover the wings of bright stars as well: they reach further than a threshold shows."""
    ny, nx = mask.shape
    wide = radius * (1 + 0.25 * np.log10(np.maximum(peak / _STAR, 1)))
    for px, py, r in zip(*(one[peak > _STAR] for one in (x, y, wide)), strict=True):
        rows = slice(max(int(py - r), 0), min(int(py + r) + 2, ny))
        columns = slice(max(int(px - r), 0), min(int(px + r) + 2, nx))
        at_y, at_x = np.ogrid[rows, columns]
        mask[rows, columns] |= (at_x - px) ** 2 + (at_y - py) ** 2 <= r * r
