"""What is said of one artefact, and how outlines become pixels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.compiled import compiled
from desktop_app.core.images.objects import Outline


@dataclass(frozen=True)
class Artefact:
    """One thing in a picture that is not of the sky.

    Attributes
    ----------
    kind : str
        One of `ARTEFACT_KINDS`.
    outline : Outline
        The polygon it fills, in pixels.
    x, y : float
        Its middle.
    score : float
        Sigmas of a normal distribution, chance finds among all places looked at taken off.
    reason : str
        Why, for a person.
    numbers : mapping of str to float
        What was measured: "length_px", "width_px", "angle_deg" (from the x axis towards y), "fraction" (share of the
        picture) and what else the kind has.
    """

    kind: str
    outline: Outline
    x: float
    y: float
    score: float
    reason: str
    numbers: Mapping[str, float] = field(default_factory=dict)


def after_trials(sigmas: float, trials: float) -> float:
    """The sigmas that are left of the best of ``trials`` independent looks; 0 where chance does as well.

    The chance that the best of n normal deviates exceeds z is about n exp(-z²/2), which a single one has at the root
    of z² - 2 ln n.
    """
    return float(np.sqrt(max(sigmas**2 - 2 * np.log(max(trials, 1.0)), 0.0)))


def rectangle(x0: float, y0: float, x1: float, y1: float) -> Outline:
    """The rectangle along the axes that covers the pixels from ``x0``, ``y0`` to ``x1``, ``y1``, both included."""
    return ((x0 - 0.5, y0 - 0.5), (x1 + 0.5, y0 - 0.5), (x1 + 0.5, y1 + 0.5), (x0 - 0.5, y1 + 0.5))


def middle_of(outline: Outline) -> tuple[float, float]:
    """The middle of the corners' box."""
    corners = np.asarray(outline)
    x, y = (corners.min(axis=0) + corners.max(axis=0)) / 2
    return float(x), float(y)


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


def mask_of(artefacts: Iterable[Artefact], shape: tuple[int, int]) -> Bools:
    """The pixels that lie inside any of the outlines.

    Parameters
    ----------
    artefacts : iterable of Artefact
    shape : tuple of int
        ny, nx of the picture.
    """
    mask = np.zeros(shape, bool)
    for artefact in artefacts:
        rows, columns, inside = pixels_inside(artefact.outline, shape)
        mask[rows, columns] |= inside
    return mask


def overlap(one: Outline, other: Outline, *, per_px: int = 4) -> float:
    """The area that two polygons share over the area of both together, by counting ``per_px``² points a pixel."""
    corners = np.asarray((*one, *other), np.float64)
    low = np.floor(corners.min(axis=0))
    width, height = np.ceil((corners.max(axis=0) - low) * per_px).astype(int) + 1
    filled = []
    for outline in (one, other):
        grid = np.zeros((int(height), int(width)), bool)
        placed = tuple(((x - low[0]) * per_px, (y - low[1]) * per_px) for x, y in outline)
        rows, columns, inside = pixels_inside(placed, (int(height), int(width)))
        grid[rows, columns] = inside
        filled.append(grid)
    both = np.count_nonzero(filled[0] | filled[1])
    return float(np.count_nonzero(filled[0] & filled[1]) / both) if both else 0.0
