"""Neighbours that are plain stars or galaxies of their own, taken out of a stamp before its object is measured."""

from typing import NamedTuple

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.compiled import compiled
from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.footprints import Footprints, footprints_of, smoothed
from desktop_app.core.images.isophotes import isophotes_of, residuals_of

_PEAK = 5 / 3
_NEAREST = 2.5
_MOST = 8
_WINDOW = 5
_FLATTEST = 0.45


class Neighbours(NamedTuple):
    """The peaks beside the object of each stamp, the brightest first, shape (m, 8) each; NaN where there are fewer."""

    x: Floats
    y: Floats
    peak: Floats


def deblended(above: Stamps, prints: Footprints) -> tuple[Neighbours, Stamps]:
    """The peaks of each stamp beside its object, and the stamp without those that are plain stars or galaxies.

    What is taken out is the smooth elliptical model of what is around a peak. A ring about a point of an arc, of a
    tail or of a satellite's trail lies mostly beside it, so that its median is sky; and what is much longer than wide
    is no plain neighbour. So arcs, tails and trails stay.

    Parameters
    ----------
    above : ndarray, shape (m, ny, nx)
        Pixels above the sky in units of its noise, without NaN.
    prints : Footprints
        Of the same stamps.
    """
    left = residuals_of(above, prints, isophotes_of(above, prints))
    near = np.where(prints.there, np.maximum(_NEAREST, 0.7 * np.sqrt(prints.a_px * prints.b_px)), 0.0)
    found = Neighbours(*_peaks(smoothed(left), prints.x, prints.y, near, _PEAK, _MOST))
    stamp, place = np.nonzero(np.isfinite(found.x))
    if not stamp.size:
        return found, above
    half = max(4, min(above.shape[1:]) // _WINDOW)
    column, row = (np.rint(axis[stamp, place]).astype(np.int64) for axis in (found.x, found.y))
    windows = _windows(left, stamp, column, row, half)
    shapes = footprints_of(windows)
    models = windows - residuals_of(windows, shapes, isophotes_of(windows, shapes))
    models[~shapes.there | (shapes.b_px < _FLATTEST * shapes.a_px)] = 0.0
    return found, _less(above, models, stamp, column, row, half)


@compiled
def _peaks(
    smooth: Stamps, x: Floats, y: Floats, near: Floats, least: float, most: int
) -> tuple[Floats, Floats, Floats]:
    """The brightest of five by five pixels that are above ``least`` and further off than ``near``."""
    m, ny, nx = smooth.shape
    px, py, peak = np.full((m, most), np.nan), np.full((m, most), np.nan), np.full((m, most), np.nan)
    for k in range(m):
        n = 0
        for j in range(ny):
            for i in range(nx):
                value = smooth[k, j, i]
                if value < least or (i - x[k]) ** 2 + (j - y[k]) ** 2 <= near[k] ** 2:
                    continue
                top = True
                for q in range(max(0, j - 2), min(ny, j + 3)):
                    for p in range(max(0, i - 2), min(nx, i + 3)):
                        if smooth[k, q, p] > value or (smooth[k, q, p] == value and (q, p) < (j, i)):
                            top = False
                if not top or (n == most and value <= peak[k, n - 1]):
                    continue
                at = min(n, most - 1)
                n = min(n + 1, most)
                while at > 0 and peak[k, at - 1] < value:
                    px[k, at], py[k, at], peak[k, at] = px[k, at - 1], py[k, at - 1], peak[k, at - 1]
                    at -= 1
                px[k, at], py[k, at], peak[k, at] = i, j, value
    return px, py, peak


@compiled
def _windows(left: Stamps, stamp: Ints, column: Ints, row: Ints, half: int) -> Stamps:
    """What is around each peak; 0 beyond the stamp."""
    _, ny, nx = left.shape
    side = 2 * half + 1
    cut = np.zeros((len(stamp), side, side), np.float32)
    for n in range(len(stamp)):
        for j in range(max(0, half - row[n]), min(side, ny - row[n] + half)):
            for i in range(max(0, half - column[n]), min(side, nx - column[n] + half)):
                cut[n, j, i] = left[stamp[n], row[n] + j - half, column[n] + i - half]
    return cut


@compiled
def _less(above: Stamps, models: Stamps, stamp: Ints, column: Ints, row: Ints, half: int) -> Stamps:
    """``above`` without the positive part of the models within the circle that fits their windows."""
    _, ny, nx = above.shape
    side = 2 * half + 1
    taken = np.zeros(above.shape, np.float32)
    for n in range(len(stamp)):
        for j in range(max(0, half - row[n]), min(side, ny - row[n] + half)):
            for i in range(max(0, half - column[n]), min(side, nx - column[n] + half)):
                if (j - half) ** 2 + (i - half) ** 2 <= half * half:
                    q, p = row[n] + j - half, column[n] + i - half
                    # Models of neighbours of one another hold some of the same light.
                    taken[stamp[n], q, p] = max(taken[stamp[n], q, p], models[n, j, i])
    return above - taken
