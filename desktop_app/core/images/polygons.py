"""Outlines as polygons of pixels: the hull of some, the pixels inside, and how well outlines cover each other."""

from collections.abc import Sequence

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.compiled import compiled
from desktop_app.core.images.objects import Outline

_FINER = 4
"""A trail is but a few pixels wide: overlaps are counted on so many points along each side of a pixel."""


def hull_of(x: Floats, y: Floats) -> Outline:
    """The convex polygon about whole pixels, their corners included.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Middles of pixels; at least one.
    """
    corners = sorted({(float(px) + dx, float(py) + dy) for px, py in zip(x, y, strict=True) for dx, dy in _CORNERS})
    lower, upper = _half_hull(corners), _half_hull(corners[::-1])
    return (*lower[:-1], *upper[:-1])


_CORNERS = ((-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5))


def _half_hull(corners: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    # Andrew's monotone chain: keeps turning left.
    kept: list[tuple[float, float]] = []
    for x, y in corners:
        while len(kept) > 1:
            (x0, y0), (x1, y1) = kept[-2], kept[-1]
            if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0:
                break
            kept.pop()
        kept.append((x, y))
    return kept


def pixels_inside(outline: Outline, shape: tuple[int, int]) -> tuple[slice, slice, Bools]:
    """The rows and columns of the outline's box within the picture, and which pixels of that box are inside."""
    corners = np.asarray(outline, np.float64)
    low, high = corners.min(axis=0), corners.max(axis=0)
    x0, y0 = np.maximum(np.ceil(low), 0).astype(int)
    x1 = max(min(int(np.floor(high[0])) + 1, shape[1]), x0)
    y1 = max(min(int(np.floor(high[1])) + 1, shape[0]), y0)
    inside = np.zeros((y1 - int(y0), x1 - int(x0)), bool)
    fill(corners, int(x0), int(y0), inside)
    return slice(int(y0), y1), slice(int(x0), x1), inside


@compiled
def fill(corners: Floats, x0: int, y0: int, inside: Bools) -> None:  # pragma: no cover  compiled
    """Set pixels inside a polygon, by the even-odd rule, in a box that begins at ``x0``, ``y0`` and is False so far."""
    ny, nx = inside.shape
    ends = np.empty(len(corners))
    for row in range(ny):
        y = float(y0 + row)
        n = 0
        for i in range(len(corners)):
            j = (i + 1) % len(corners)
            ax, ay, bx, by = corners[i, 0], corners[i, 1], corners[j, 0], corners[j, 1]
            if ay != by and min(ay, by) <= y < max(ay, by):
                ends[n] = ax + (y - ay) * (bx - ax) / (by - ay)
                n += 1
        crossed = np.sort(ends[:n])
        for k in range(0, n - 1, 2):
            start = max(int(np.ceil(crossed[k])) - x0, 0)
            stop = min(int(np.ceil(crossed[k + 1])) - x0, nx)
            for x in range(start, stop):
                inside[row, x] = True


def overlap(found: Sequence[Outline], true: Sequence[Outline]) -> float:
    """The area that both have over the area of both together, in [0, 1]; NaN where neither has an outline."""
    corners = np.array([corner for outline in (*found, *true) for corner in outline], np.float64).reshape(-1, 2)
    if not len(corners):
        return float("nan")
    low = np.floor(corners.min(axis=0))
    width, height = (np.ceil((corners.max(axis=0) - low) * _FINER).astype(int) + 1).tolist()
    one, other = (_filled(outlines, low, (height, width)) for outlines in (found, true))
    union = np.count_nonzero(one | other)
    return float(np.count_nonzero(one & other) / union) if union else float("nan")


def _filled(outlines: Sequence[Outline], low: Floats, shape: tuple[int, int]) -> Bools:
    """Whether each point of the finer grid that begins at ``low`` is inside one of ``outlines``."""
    grid = np.zeros(shape, np.bool_)
    for outline in outlines:
        placed = tuple(((x - low[0]) * _FINER, (y - low[1]) * _FINER) for x, y in outline)
        rows, columns, inside = pixels_inside(placed, shape)
        grid[rows, columns] |= inside
    return grid
