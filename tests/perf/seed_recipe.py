"""The slow yardstick: windows described one by one in a Python loop, then a forest and local outlier factors."""

import numpy as np
from scipy import stats

from desktop_app.core.arrays import Bools, Floats

WINDOW = 50
STRIDE = 25
CONTAMINATION = 0.05
VOTES = 0.3


def features_of(time: Floats, flux: Floats) -> list[float]:
    """The fourteen numbers of one window."""
    slope, intercept = np.polyfit(time, flux, 1)
    step = np.abs(np.diff(flux))
    return [
        float(np.mean(flux)),
        float(np.std(flux)),
        float(np.median(flux)),
        float(np.min(flux)),
        float(np.max(flux)),
        float(np.ptp(flux)),
        float(stats.skew(flux)),
        float(stats.kurtosis(flux)),
        float(slope),
        float(intercept),
        float(np.median(np.abs(flux - np.median(flux)))),
        float(np.sqrt(np.mean(flux**2))),
        float(np.mean(step)),
        float(np.max(step)),
    ]


def flagged(time: Floats, flux: Floats) -> Bools:
    """The rows that the recipe flags; shape (n,)."""
    from sklearn.ensemble import IsolationForest
    from sklearn.neighbors import LocalOutlierFactor
    from sklearn.preprocessing import StandardScaler

    flux = (flux - np.mean(flux)) / np.std(flux)
    begin = range(0, time.size - WINDOW + 1, STRIDE)
    table = np.array([features_of(time[low : low + WINDOW], flux[low : low + WINDOW]) for low in begin])
    scaled = StandardScaler().fit_transform(table)
    forest = IsolationForest(n_estimators=100, contamination=CONTAMINATION, random_state=42).fit(scaled)
    factor = LocalOutlierFactor(n_neighbors=20, contamination=CONTAMINATION, novelty=True).fit(scaled)
    together = 0.5 * (forest.score_samples(scaled) + factor.score_samples(scaled))
    odd = together < np.quantile(together, CONTAMINATION)
    votes, seen = np.zeros(time.size), np.zeros(time.size)
    for low, strange in zip(begin, odd, strict=True):
        seen[low : low + WINDOW] += 1
        votes[low : low + WINDOW] += strange
    return votes >= VOTES * np.maximum(seen, 1)
