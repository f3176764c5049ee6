"""What a detector has to beat: a running median, chance, and a forest over window features as it is often done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.light_curve import LightCurve

WINDOW = 50
STRIDE = 25
CONTAMINATION = 0.05
VOTES = 0.3
_MEDIAN_ROWS = 101


@dataclass(frozen=True, eq=False)
class Runs:
    """What a control flags in one light curve.

    Attributes
    ----------
    score : ndarray, shape (n,)
        Higher is stranger; 0 where a row cannot be used.
    flagged : ndarray, shape (n,)
    weaker : ndarray, shape (n,)
        What a lower threshold would flag as well; holds all that is ``flagged``.
    level : float
        The usual flux: what is above it counts as brighter.
    """

    score: Floats
    flagged: Bools
    weaker: Bools
    level: float


@dataclass(frozen=True)
class Control:
    """One row of the table that is no detector of ours.

    Attributes
    ----------
    label : str
    look : callable
        Of a light curve in flux with at least one usable row.
    """

    label: str
    look: Callable[[LightCurve], Runs]


def running_median_sigmas(data: LightCurve) -> Floats:
    """How far each row is from a running median of 101 points, in robust sigmas; 0 where it cannot be used."""
    from scipy.ndimage import median_filter

    rows = np.flatnonzero(data.usable)
    residual = data.flux[rows] - median_filter(data.flux[rows], _MEDIAN_ROWS, mode="nearest")
    residual -= np.median(residual)
    sigmas = np.zeros(len(data))
    sigmas[rows] = np.abs(residual) / max(1.4826 * float(np.median(np.abs(residual))), np.finfo(np.float64).tiny)
    return sigmas


def window_recipe(time: Floats, flux: Floats) -> tuple[Bools, Floats]:
    """The rows that a forest and local outlier factors over windows flag, and how odd each row is; two arrays (n,).

    Windows of 50 rows are described one by one; the oddest twentieth of them votes for its rows.

    Parameters
    ----------
    time, flux : ndarray, shape (n,)
        Finite, n >= 50.
    """
    from sklearn.ensemble import IsolationForest
    from sklearn.neighbors import LocalOutlierFactor
    from sklearn.preprocessing import StandardScaler

    flux = (flux - np.mean(flux)) / max(float(np.std(flux)), np.finfo(np.float64).tiny)
    begin = range(0, time.size - WINDOW + 1, STRIDE)
    table = np.array([features_of(time[low : low + WINDOW], flux[low : low + WINDOW]) for low in begin])
    scaled = StandardScaler().fit_transform(np.nan_to_num(table))
    forest = IsolationForest(n_estimators=100, contamination=CONTAMINATION, random_state=42).fit(scaled)
    near = max(1, min(20, len(scaled) - 1))
    factor = LocalOutlierFactor(n_neighbors=near, contamination=CONTAMINATION, novelty=True).fit(scaled)
    together = 0.5 * (forest.score_samples(scaled) + factor.score_samples(scaled))
    odd = together < np.quantile(together, CONTAMINATION)
    votes, seen, sums = np.zeros(time.size), np.zeros(time.size), np.zeros(time.size)
    for low, strange, raw in zip(begin, odd, together, strict=True):
        seen[low : low + WINDOW] += 1
        votes[low : low + WINDOW] += strange
        sums[low : low + WINDOW] -= raw
    return votes >= VOTES * np.maximum(seen, 1), sums / np.maximum(seen, 1)


def features_of(time: Floats, flux: Floats) -> list[float]:
    """The fourteen numbers of one window."""
    from scipy import stats

    slope, intercept = np.polyfit(time, flux, 1) if np.ptp(time) > 0 else (0.0, float(flux[0]))
    step = np.abs(np.diff(flux))
    moves = float(np.ptp(flux)) > 0
    return [
        float(np.mean(flux)),
        float(np.std(flux)),
        float(np.median(flux)),
        float(np.min(flux)),
        float(np.max(flux)),
        float(np.ptp(flux)),
        float(stats.skew(flux)) if moves else 0.0,
        float(stats.kurtosis(flux)) if moves else 0.0,
        float(slope),
        float(intercept),
        float(np.median(np.abs(flux - np.median(flux)))),
        float(np.sqrt(np.mean(flux**2))),
        float(np.mean(step)),
        float(np.max(step)),
    ]


def _running_median(data: LightCurve) -> Runs:
    sigmas = running_median_sigmas(data)
    return Runs(sigmas, sigmas >= 4, sigmas >= 3, _level(data))


def _chance(data: LightCurve) -> Runs:
    """Random sigmas; the same for the same times."""
    rng = np.random.default_rng(crc32(data.time.tobytes()))
    sigmas = np.where(data.usable, np.abs(rng.standard_normal(len(data))), 0.0)
    return Runs(sigmas, sigmas >= 4, sigmas >= 3, _level(data))


def _windows(data: LightCurve) -> Runs:
    rows = np.flatnonzero(data.usable)
    flagged, score = np.zeros(len(data), dtype=np.bool_), np.zeros(len(data))
    if rows.size >= 2 * WINDOW:
        flagged[rows], score[rows] = window_recipe(data.time[rows], data.flux[rows])
    return Runs(score, flagged, flagged, _level(data))


def _level(data: LightCurve) -> float:
    return float(np.median(data.flux[data.usable]))


CONTROLS: Mapping[str, Control] = {
    "running-median": Control("running median, 4 MAD", _running_median),
    "windows": Control("forest + LOF of windows", _windows),
    "random": Control("random scores", _chance),
}
