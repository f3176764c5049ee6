"""Apertures: which pixels of a target are summed, how they are chosen, and how they are told."""

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma

THRESHOLD_SIGMA = 3.0


def threshold_aperture(frame: Floats, sigma: float = THRESHOLD_SIGMA) -> Bools:
    """The pixels that stand out of ``frame``, about the one of them that is nearest to the middle.

    Those brighter than the median by ``sigma`` times 1.4826 times the median absolute deviation, of which the group
    nearest to the middle is kept; pixels that touch by a side belong to one group. This is the method that
    lightkurve documents as its threshold mask (Lightkurve Collaboration 2018, ascl:1812.013).

    Parameters
    ----------
    frame : ndarray, shape (ny, nx)
        The median of many frames; NaN where there is no pixel.
    sigma : float

    Returns
    -------
    ndarray of bool, shape (ny, nx)
        All False where no pixel stands out.
    """
    known = frame[np.isfinite(frame)]
    bright = np.zeros(frame.shape, np.bool_)
    if not known.size:
        return bright
    limit = float(np.median(known)) + sigma * robust_sigma(known)
    np.greater(frame, limit, where=np.isfinite(frame), out=bright)
    return _group_nearest_to_the_middle(bright)


def aperture_name(mask: Bools) -> str:
    """What the summed flux is called: "SUM 12 px"."""
    return f"SUM {int(mask.sum()):,} px"


def aperture_told(mask: Bools, corner: tuple[int, int]) -> str:
    """The pixels of ``mask`` by the detector's rows and columns: "row 796: 740-742; row 797: 741".

    Parameters
    ----------
    mask : ndarray of bool, shape (ny, nx)
    corner : tuple of int
        Column and row of the lower left pixel.
    """
    column, row = corner
    rows = [f"row {row + y}: {_runs(np.flatnonzero(mask[y]) + column)}" for y in np.flatnonzero(mask.any(axis=1))]
    return "; ".join(rows) or "no pixel"


def _group_nearest_to_the_middle(bright: Bools) -> Bools:
    places = np.argwhere(bright)
    if not len(places):
        return bright
    middle = (np.array(bright.shape) - 1) / 2
    seed = places[np.argmin(((places - middle) ** 2).sum(axis=1))]
    group = np.zeros_like(bright)
    group[tuple(seed)] = True
    while True:
        grown = group.copy()
        grown[1:] |= group[:-1]
        grown[:-1] |= group[1:]
        grown[:, 1:] |= group[:, :-1]
        grown[:, :-1] |= group[:, 1:]
        grown &= bright
        if np.array_equal(grown, group):
            return group
        group = grown


def _runs(numbers: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> str:
    """Rising ``numbers`` as "740-742, 745"."""
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) != 1) + 1)
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
