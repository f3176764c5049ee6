"""How well outlines cover each other: intersection over union of polygons, on the grid of the pixels."""

from collections.abc import Sequence

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.images.objects import Outline

_FINER = 2


def overlap(found: Sequence[Outline], true: Sequence[Outline]) -> float:
    """Intersection over union of all polygons of one kind with all of the other; NaN where both are empty.

    Polygons are filled on a grid of half pixels, as trails are but a few pixels wide.
    """
    corners = [corner for outline in (*found, *true) for corner in outline]
    if not corners:
        return float("nan")
    low = np.floor(np.min(corners, axis=0)) - 1
    high = np.ceil(np.max(corners, axis=0)) + 1
    nx, ny = ((high - low) * _FINER).astype(int) + 1
    x, y = low[0] + np.arange(nx) / _FINER, low[1] + np.arange(ny) / _FINER
    one, other = filled(found, x, y), filled(true, x, y)
    union = np.count_nonzero(one | other)
    return float(np.count_nonzero(one & other) / union) if union else float("nan")


def filled(outlines: Sequence[Outline], x: Floats, y: Floats) -> Bools:
    """Whether each point of the grid is inside one of ``outlines``; shape (ny, nx).

    Row by row, by the crossings of the row with the edges (the even-odd rule).
    """
    inside = np.zeros((y.size, x.size), np.bool_)
    for outline in outlines:
        corners = np.array(outline, np.float64)
        if len(corners) < 3:
            continue
        following = np.roll(corners, -1, axis=0)
        for row, height in enumerate(y):
            crossed = (corners[:, 1] <= height) != (following[:, 1] <= height)
            if not crossed.any():
                continue
            a, b = corners[crossed], following[crossed]
            at = np.sort(a[:, 0] + (height - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0]))
            inside[row] |= np.searchsorted(at, x) % 2 == 1
    return inside
