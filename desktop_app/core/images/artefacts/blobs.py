"""The stars and galaxies of a picture, as the search for trails has to leave them out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.images.artefacts.frame import Frame

_ABOVE = 2.5
_LEAST_AREA = 4
_SLENDER = 6.0
_FILLED = 0.35
_LONG_PX = 20.0


@dataclass(frozen=True, eq=False)
class Blobs:
    """What stands out of the sky, and is no line.

    Attributes
    ----------
    mask : ndarray of bool, shape (ny, nx)
        Their pixels, and those around.
    x, y, peak, radius : ndarray, shape (m,)
        Middle, highest pixel in sigmas, and half of the size in pixels.
    """

    mask: Bools
    x: Floats
    y: Floats
    peak: Floats
    radius: Floats


def blobs_of(frame: Frame) -> Blobs:
    """Connected pixels above the sky that are not long and thin: stars, galaxies, but no trails.

    Parameters
    ----------
    frame : Frame
    """
    from scipy import ndimage

    smooth = ndimage.uniform_filter(frame.sigmas, 3, mode="nearest")
    labels, n = ndimage.label(smooth > _ABOVE / 1.5)
    if n == 0:
        empty = np.zeros(0)
        return Blobs(np.zeros(frame.shape, bool), empty, empty, empty, empty)
    y, x = np.nonzero(labels)
    which = labels[y, x] - 1
    area = np.bincount(which, minlength=n).astype(np.float64)
    mx, my = (np.bincount(which, one, n) / area for one in (x, y))
    dx, dy = x - mx[which], y - my[which]
    xx, yy, xy = (
        np.bincount(which, one, n) / area + extra for one, extra in ((dx * dx, 1 / 12), (dy * dy, 1 / 12), (dx * dy, 0))
    )
    apart = np.sqrt((xx - yy) ** 2 / 4 + xy**2)
    major, minor = np.sqrt((xx + yy) / 2 + apart), np.sqrt(np.maximum((xx + yy) / 2 - apart, 1 / 12))
    filled = area / (4 * np.pi * major * minor)
    long = 3.46 * major > _LONG_PX
    line = long & ((major > _SLENDER * minor) | (filled < _FILLED))
    blob = ~line & (area >= _LEAST_AREA)
    peak = np.zeros(n)
    np.maximum.at(peak, which, frame.sigmas[y, x])
    mask = np.zeros(frame.shape, bool)
    mask[y, x] = blob[which]
    mask = ndimage.binary_dilation(mask, structure=np.ones((3, 3), bool), iterations=2)
    _with_wings(mask, x=mx[blob], y=my[blob], peak=peak[blob], radius=2 * major[blob])
    # The heart of a bright star is a blob too where its spikes make it look like a line.
    kept = blob | (line & (peak > 100))
    return Blobs(mask, mx[kept], my[kept], peak[kept], 2 * major[kept])


def _with_wings(mask: Bools, *, x: Floats, y: Floats, peak: Floats, radius: Floats) -> None:
    """Cover the wings of bright stars as well: they reach further than a threshold shows."""
    ny, nx = mask.shape
    for px, py, r in zip(*(one[peak > 50] for one in (x, y, 1.25 * radius)), strict=True):
        rows = slice(max(int(py - r), 0), min(int(py + r) + 2, ny))
        columns = slice(max(int(px - r), 0), min(int(px + r) + 2, nx))
        at_y, at_x = np.ogrid[rows, columns]
        mask[rows, columns] |= (at_x - px) ** 2 + (at_y - py) ** 2 <= r * r


def binned(values: NDArray[np.float32], times: int) -> NDArray[np.float32]:
    """Sums over squares of ``times`` pixels a side; rows and columns that do not fill one are left out."""
    ny, nx = (n // times for n in values.shape)
    if times == 1:
        return values
    squares: NDArray[np.float32] = values[: ny * times, : nx * times].reshape(ny, times, nx, times).sum(axis=(1, 3))
    return squares
