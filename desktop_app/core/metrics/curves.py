"""How well scores put labelled samples before all others: the area under ROC, and the points of both curves."""

import numpy as np

from desktop_app.core.arrays import Bools, Floats

_POINTS = 400


def ranked(score: Floats) -> Floats:
    """``score`` with what is not known below everything else."""
    return np.where(np.isnan(score), -np.inf, score)


def roc_auc(score: Floats, truth: Bools) -> float:
    """The chance that a labelled sample scores above one that is not; equal ones count half. NaN without both kinds.

    Parameters
    ----------
    score, truth : ndarray, shape (n,)
    """
    found, false = _steps(score, truth)
    if not found.size or found[-1] == 0 or false[-1] == 0:
        return float("nan")
    areas = np.diff(false) * (found[1:] + found[:-1]) / 2
    return float(areas.sum() / (found[-1] * false[-1]))


def roc_curve(score: Floats, truth: Bools) -> tuple[Floats, Floats]:
    """Shares of other and of labelled samples that are flagged, from none to all; two arrays of one length."""
    found, false = _steps(score, truth)
    keep = _thinned(found.size)
    return false[keep] / max(false[-1], 1.0), found[keep] / max(found[-1], 1.0)


def pr_curve(score: Floats, truth: Bools) -> tuple[Floats, Floats]:
    """Recall and precision at every threshold, from the strictest to the mildest; two arrays of one length."""
    found, false = _steps(score, truth)
    keep = _thinned(found.size)
    keep = keep[keep > 0]
    return found[keep] / max(found[-1], 1.0), found[keep] / np.maximum(found[keep] + false[keep], 1.0)


def _steps(score: Floats, truth: Bools) -> tuple[Floats, Floats]:
    """How many labelled and other samples score a value or more, for each value from the highest; begins with none."""
    known = ranked(score)
    order = np.argsort(-known, kind="stable")
    falling, labelled = known[order], truth[order]
    last = (
        np.append(np.flatnonzero(falling[1:] != falling[:-1]), falling.size - 1) if falling.size else np.zeros(0, int)
    )
    found = np.concatenate([[0.0], np.cumsum(labelled)[last]])
    false = np.concatenate([[0.0], np.cumsum(~labelled)[last]])
    return found, false


def _thinned(size: int) -> "np.ndarray":
    """Which points of a curve are kept, the first and the last among them."""
    return np.unique(np.linspace(0, size - 1, min(size, _POINTS)).round().astype(np.int64))
