"""What is said of one artefact, and how outlines become pixels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from desktop_app.core.arrays import Bools
from desktop_app.core.images.objects import Outline
from desktop_app.core.images.polygons import pixels_inside


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
