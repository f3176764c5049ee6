"""From a map of heat over a stamp to the polygon about its hottest part."""

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.images.objects import Outline

_LEVEL = 0.4
_FEWEST = 3


def outline_of(heat: Floats, level: float = _LEVEL) -> Outline:
    """The convex polygon about the part of ``heat`` that holds its peak and stays above ``level`` times the peak.

    Parameters
    ----------
    heat : ndarray, shape (ny, nx)
        Not negative; () comes back where all of it is 0.
    level : float
    """
    from scipy.ndimage import label

    peak = float(np.nanmax(heat, initial=0.0))
    if peak <= 0:
        return ()
    parts, _ = label(np.nan_to_num(heat) >= level * peak, structure=np.ones((3, 3)))
    row, column = np.unravel_index(int(np.nanargmax(heat)), heat.shape)
    return hull_of(parts == parts[row, column])


def hull_of(where: Bools) -> Outline:
    """The convex polygon about the outer edges of the pixels ``where`` of shape (ny, nx); () for none."""
    from scipy.spatial import ConvexHull

    rows, columns = np.nonzero(where)
    if not len(rows):
        return ()
    corners = np.concatenate(
        [np.stack([columns + dx, rows + dy], axis=1) for dx in (-0.5, 0.5) for dy in (-0.5, 0.5)]
    ).astype(np.float64)
    hull = corners[ConvexHull(corners).vertices]
    return tuple((float(x), float(y)) for x, y in hull)
