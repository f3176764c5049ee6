"""From a map of heat over a stamp to the polygon about its hottest part."""

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.images.objects import Outline
from desktop_app.core.images.polygons import hull_of

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
    rows, columns = np.nonzero(parts == parts[row, column])
    return hull_of(columns.astype(np.float64), rows.astype(np.float64))
