"""Whether the light moves on the detector while a dip lasts, as it does when another star is the one that dims."""

from collections.abc import Mapping

import numpy as np

from desktop_app.core.arrays import Floats, robust_sigma
from desktop_app.core.detection import UNKNOWN
from desktop_app.core.flattened import Flattened
from desktop_app.core.transits.around import Around

_AXES = ("1", "2")
_FEW = 10


def centroid_checks(flat: Flattened, dips: Around, model: Floats, depth: float) -> Mapping[str, float]:
    """How far the light moves, from the centroids of the file less the motion of the spacecraft.

    "centroid_shift" (sigmas, both axes together), "centroid_x" and "centroid_y" (in dips less beside them, pixels),
    "source_offset" (pixels: how far from the middle of the light the star that dims would be, the shift over the
    depth; Bryson et al. 2013, PASP 125, 889). NaN where the file has no centroids.
    """
    names = ("centroid_shift", "centroid_x", "centroid_y", "source_offset")
    moved = [_shift(_motion(flat, axis), dips, model) for axis in _AXES]
    if not all(np.isfinite(shift) and error > 0 for shift, error in moved):
        return dict.fromkeys(names, UNKNOWN)
    (x, x_error), (y, y_error) = moved
    offset = float(np.hypot(x, y)) * (1 - depth) / depth if depth > 0 else UNKNOWN
    return dict(zip(names, (float(np.hypot(x / x_error, y / y_error)), x, y, offset), strict=True))


def _motion(flat: Flattened, axis: str) -> Floats:
    """Centroids at the usable rows less what pointing explains; all NaN where the file has none. Shape (n,)."""
    columns = flat.data.columns
    centre = columns.get(f"MOM_CENTR{axis}")
    if centre is None:
        return np.full(flat.rows.size, np.nan)
    motion = np.array(centre.values[flat.rows])
    pointing = columns.get(f"POS_CORR{axis}")
    if pointing is not None and np.isfinite(pointing.values[flat.rows]).mean() > 0.5:
        motion -= pointing.values[flat.rows]
    return motion


def _shift(motion: Floats, dips: Around, model: Floats) -> tuple[float, float]:
    """How much more ``motion`` there is at the bottom of the dips than beside them, pixels, and its error.

    The error is the larger of what the rows, and what the dips among one another, tell.
    """
    bottom = (1 - model) / max(float(np.max(1 - model, initial=0.0)), 1e-12)
    shifts, errors = [], []
    for dip in range(len(dips)):
        part = slice(dips.starts[dip], dips.starts[dip + 1])
        value, hidden, along = motion[dips.rows[part]], bottom[part], dips.along[part]
        known = np.isfinite(value)
        if np.count_nonzero(known & (hidden > 0.5)) < 3 or np.count_nonzero(known & (hidden == 0)) < _FEW:
            continue
        design = np.column_stack([hidden, np.ones(along.size), along])[known]
        inverse = np.linalg.pinv(design.T @ design, hermitian=True)
        found = inverse @ (design.T @ value[known])
        scatter = robust_sigma(value[known] - design @ found)
        shifts.append(float(found[0]))
        errors.append(scatter * float(np.sqrt(inverse[0, 0])))
    if not shifts or not all(error > 0 for error in errors):
        return UNKNOWN, UNKNOWN
    shift, error = np.array(shifts), np.array(errors)
    weight = 1 / error**2
    mean = float(np.sum(shift * weight) / np.sum(weight))
    spread = float(np.sum((shift - mean) ** 2 * weight)) / max(shift.size - 1, 1)
    return mean, float(np.sqrt(max(1.0, spread) / np.sum(weight)))
