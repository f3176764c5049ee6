"""How deep each dip of a signal is, and whether every second one is different."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.detection import UNKNOWN
from desktop_app.core.transits.around import Around

_COVERED = 0.5
_SYSTEMATIC = 0.02


@dataclass(frozen=True, eq=False)
class Depths:
    """Dips with data, in order of time.

    Attributes
    ----------
    number : ndarray of int, shape (m,)
        Counted from the epoch.
    depth, error : ndarray, shape (m,)
        As shares of the depth of the model: 1 where a dip is as deep as that.
    """

    number: Ints
    depth: Floats
    error: Floats

    def mean(self, which: Bools) -> tuple[float, float]:
        """The weighted mean depth of some, and its error, larger where they scatter by more than their errors."""
        depth, error = self.depth[which], self.error[which]
        weight = 1 / error**2
        mean = float(np.sum(depth * weight) / np.sum(weight))
        spread = float(np.sum((depth - mean) ** 2 * weight)) / max(depth.size - 1, 1)
        return mean, float(np.sqrt(max(spread, 1.0) / np.sum(weight)))


def depths_of(dips: Around, model: Floats, red: float, cadence_d: float, duration_d: float) -> Depths:
    """The depth of each dip of which half the rows are there, against a straight line through the rows beside it.

    Parameters
    ----------
    dips : Around
    model : ndarray, shape (k,)
        Light left.
    red : float
        By how much errors are larger than those of white noise.
    cadence_d, duration_d : float
    """
    expected = max(1.0, _COVERED * duration_d / cadence_d)
    found = []
    hidden = (1 - model) / max(float(np.max(1 - model, initial=0.0)), 1e-12)
    for dip, number in enumerate(dips.number):
        part = slice(dips.starts[dip], dips.starts[dip + 1])
        if np.count_nonzero(hidden[part] > 0) < expected or dips.level_prior[dip] > 0:
            continue
        tilt = dips.along[part] if dips.tilt_prior[dip] == 0 else np.zeros(part.stop - part.start)
        design = np.column_stack([model[part] - 1, np.ones(tilt.size), tilt])
        weight = dips.weight[part]
        normal = design.T @ (design * weight[:, None])
        inverse = np.linalg.pinv(normal, hermitian=True)
        share = float(inverse[0] @ (design.T @ (weight * (dips.value[part] - 1))))
        error = float(np.sqrt(max(inverse[0, 0], 0.0))) * red
        if error > 0:
            found.append((int(number), share, error))
    table = np.array(found, np.float64).reshape(-1, 3)
    return Depths(table[:, 0].astype(np.int64), table[:, 1], table[:, 2])


def depth_checks(depths: Depths) -> Mapping[str, float]:
    """What the depths say.

    "transits" (dips with data); "odd_even" (difference of the depths of odd and even dips, sigmas, with two per cent
    of the depth added to the error for what detrending does) and "odd_even_share" (the same over the depth);
    "depth_scatter" (by how much the depths scatter more than their errors, 1 for not at all); "one_dip" (the
    strongest dip's share of the squared SNR over its fair share). After Thompson et al. (2018, ApJS 235, 38),
    appendix A.4.
    """
    m = depths.number.size
    checks = {"transits": float(m), "odd_even": UNKNOWN, "odd_even_share": UNKNOWN}
    checks |= {"depth_scatter": UNKNOWN, "one_dip": UNKNOWN}
    if m < 2:
        return checks
    odd = depths.number % 2 == 1
    if odd.any() and not odd.all():
        (one, one_error), (other, other_error) = depths.mean(odd), depths.mean(~odd)
        middle = max((one + other) / 2, 1e-12)
        error = float(np.sqrt(one_error**2 + other_error**2 + (_SYSTEMATIC * middle) ** 2))
        checks["odd_even"] = abs(one - other) / error
        checks["odd_even_share"] = (one - other) / middle
    weight = 1 / depths.error**2
    mean = float(np.sum(depths.depth * weight) / np.sum(weight))
    checks["depth_scatter"] = float(np.sqrt(np.sum((depths.depth - mean) ** 2 * weight) / (m - 1)))
    strength = np.maximum(depths.depth, 0.0) ** 2 * weight
    checks["one_dip"] = float(strength.max() / strength.sum() * m) if strength.sum() > 0 else UNKNOWN
    return checks
