"""Stamps cut out of a picture about positions, all of one side."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.cutouts import Stamps

LEAST_SIDE_PX, MOST_SIDE_PX = 21, 95
# A stamp shows a star to where it fades, and as much sky again.
_SIDE_IN_FWHM = 8.0
_SIDE_IN_AXES = 8.0
_MOST_SHARE = 0.9


def cut_stamps(pixels: NDArray[np.generic], x: Floats, y: Floats, side: int) -> Stamps:
    """A square about each position; the middle of the stamp is the pixel that holds it, NaN outside of the picture.

    Parameters
    ----------
    pixels : ndarray, shape (ny, nx)
    x, y : ndarray, shape (m,)
        The middle of the first pixel is 0.0; a position that is not finite has an empty stamp.
    side : int
        An even side has its middle half a pixel before the position.

    Returns
    -------
    ndarray of float32, shape (m, side, side)
    """
    ny, nx = pixels.shape
    before = side // 2
    known = np.isfinite(x) & np.isfinite(y)
    columns = np.where(known, np.floor(np.where(known, x, 0) + 0.5), -2 * side)
    rows = np.where(known, np.floor(np.where(known, y, 0) + 0.5), -2 * side)
    # Whatever lies further out than a stamp reaches is as empty as what lies just beyond.
    left = np.clip(columns, -side, nx + side).astype(np.int64) - before + 2 * side
    low = np.clip(rows, -side, ny + side).astype(np.int64) - before + 2 * side
    with np.errstate(over="ignore"):
        single = np.asarray(pixels).astype(np.float32)
    padded = np.pad(single, 2 * side, constant_values=np.nan)
    return np.ascontiguousarray(sliding_window_view(padded, (side, side))[low, left])


def side_for(fwhm_px: Floats, a_px: Floats) -> int:
    """An odd side in which the ordinary source of a picture has sky around it, and nearly all sources are whole.

    Parameters
    ----------
    fwhm_px, a_px : ndarray, shape (m,)
        Full widths at half maximum and longer half axes of the sources.
    """
    widths, axes = fwhm_px[np.isfinite(fwhm_px)], a_px[np.isfinite(a_px)]
    if not len(widths):
        return LEAST_SIDE_PX
    wanted = max(
        _SIDE_IN_FWHM * float(np.median(widths)),
        _SIDE_IN_AXES * float(np.quantile(axes, _MOST_SHARE)) if len(axes) else 0.0,
    )
    return int(np.clip(round(wanted), LEAST_SIDE_PX, MOST_SIDE_PX)) | 1


def grid_of(shape: tuple[int, ...], side: int, overlap: float = 0.0) -> tuple[Ints, Ints]:
    """The middles x, y of squares that cover a picture, shapes (m,).

    Parameters
    ----------
    shape : tuple of int
        Height and width.
    side : int
    overlap : float
        Which share of a square the next one covers as well, at least 0 and below 1.
    """
    step = max(round(side * (1 - overlap)), 1)
    rows, columns = (_middles(n, side, step) for n in shape)
    y, x = np.meshgrid(rows, columns, indexing="ij")
    return x.ravel(), y.ravel()


def _middles(n: int, side: int, step: int) -> Ints:
    """Where squares stand along one axis; the last ends at the edge."""
    if n <= side:
        return np.array([n // 2])
    starts = np.append(np.arange(0, n - side, step), n - side)
    return starts + side // 2


def recentred(pixels: NDArray[np.generic], x: Floats, y: Floats, reach_px: float) -> tuple[Floats, Floats]:
    """Positions moved onto the light within ``reach_px``, shapes (m,); as they were where there is none.

    Parameters
    ----------
    pixels : ndarray, shape (ny, nx)
        Without the level of the sky.
    """
    import sep

    ny, nx = pixels.shape
    light = np.nan_to_num(np.asarray(pixels), nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
    inside = np.isfinite(x) & np.isfinite(y) & (x > -0.5) & (y > -0.5) & (x < nx - 0.5) & (y < ny - 0.5)
    moved_x, moved_y = np.array(x, np.float64), np.array(y, np.float64)
    if not inside.any():
        return moved_x, moved_y
    found_x, found_y, flags = sep.winpos(light, moved_x[inside], moved_y[inside], np.full(inside.sum(), reach_px / 3))
    away = np.hypot(found_x - moved_x[inside], found_y - moved_y[inside])
    near = (away <= reach_px) & (flags == 0)
    moved_x[inside] = np.where(near, found_x, moved_x[inside])
    moved_y[inside] = np.where(near, found_y, moved_y[inside])
    return moved_x, moved_y
