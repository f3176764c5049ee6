"""How well a ranked list serves a person who looks at its beginning: precision on the way, finds in the first N."""

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.metrics.curves import ranked


def average_precision(score: Floats, truth: Bools) -> float:
    """The mean of the precision at each true object, the highest score first; NaN without any.

    Of equal scores the true ones come last, so that a constant score gains nothing.

    Parameters
    ----------
    score, truth : ndarray, shape (n,)
    """
    listed = _listed(score, truth)
    if not listed.any():
        return float("nan")
    precision = np.cumsum(listed) / np.arange(1, listed.size + 1)
    return float(precision[listed].mean())


def recall_in_first(score: Floats, truth: Bools, first: int) -> float:
    """Which share of the true objects is among the ``first`` of the list; NaN without any."""
    listed = _listed(score, truth)
    return float(listed[:first].sum() / listed.sum()) if listed.any() else float("nan")


def rank_weighted_score(score: Floats, truth: Bools, first: int) -> float:
    """The weights N, N - 1, ... 1 of the true objects among the first N over those of an ideal list, in [0, 1].

    References
    ----------
    Lochner, M. and Bassett, B. A., "Astronomaly: Personalised active anomaly detection in astronomical data",
    Astronomy and Computing 36, 100481 (2021).
    """
    listed = _listed(score, truth)[:first]
    weights = np.arange(listed.size, 0, -1, dtype=np.float64)
    best = weights[: int(truth.sum())].sum()
    return float(weights[listed].sum() / best) if best else float("nan")


def _listed(score: Floats, truth: Bools) -> Bools:
    """Whether each object is a true one, in the order of a list that nobody's ties favour; shape (n,)."""
    return truth[np.lexsort((truth, -ranked(score)))]
