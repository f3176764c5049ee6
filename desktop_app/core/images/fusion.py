"""From how strange each view finds a stamp to how unlikely that is, and from all views to one number in sigmas."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats

_BODY = 0.8
_TOP = 0.95
_HEAVIEST = 0.35
_FEWEST_FOR_A_TAIL = 30
_MOST = 200.0


@dataclass(frozen=True, eq=False)
class Tail:
    """How often a score is reached among what is usual: counted in the body, fitted in the tail.

    The upper fifth without its last twentieth, where what is strange would be, is fitted with a generalised
    Pareto distribution by its quantiles; beyond, the fit goes on. So a set without anything strange has about as many
    high sigmas as chance, however heavy its tail, and one strange stamp among thousands may have many.

    Attributes
    ----------
    known : ndarray, shape (m,)
        Scores of the set in rising order.
    weights : ndarray, shape (m,)
        How much each counts.
    edge, scale, heaviness : float
        Where the tail begins, its width, and the shape parameter of the Pareto distribution, 0 for an exponential.

    References
    ----------
    Pickands, J., "Statistical inference using extreme order statistics", Ann. Statist. 3, 119 (1975).
    """

    known: Floats
    weights: Floats
    edge: float
    scale: float
    heaviness: float

    @classmethod
    def fit(cls, scores: Floats, weights: Floats | None = None) -> Self:
        """The tail of ``scores`` of shape (m,), all finite."""
        order = np.argsort(scores, kind="stable")
        weights = (np.ones(len(scores)) if weights is None else weights)[order]
        known = np.asarray(scores, np.float64)[order]
        below = np.cumsum(weights) - 0.5 * weights
        share = below / weights.sum()
        edge = float(np.interp(_BODY, share, known))
        levels = np.linspace(_BODY, _TOP, 9)[1:]
        over = np.interp(levels, share, known) - edge
        scale, heaviness = _pareto(over, (1 - levels) / (1 - _BODY))
        if len(known) < _FEWEST_FOR_A_TAIL:
            # So few scores tell little of their tail: a heavy one is taken for granted.
            heaviness = max(heaviness, 0.2)
        return cls(known, weights, edge, scale, heaviness)

    def surprise(self, scores: Floats) -> Floats:
        """-ln of the chance that what is usual scores as high, of shape (m,)."""
        whole = float(self.weights.sum())
        ahead = np.concatenate([[0.0], np.cumsum(self.weights)])
        place = np.searchsorted(self.known, scores, side="left"), np.searchsorted(self.known, scores, side="right")
        # Equal scores share the middle of their ranks.
        above = whole - 0.5 * (ahead[place[0]] + ahead[place[1]])
        body = -np.log(np.clip((above + 0.5) / (whole + 1.0), 1 / (whole + 1.0), 1.0))
        if self.scale <= 0:
            return np.minimum(body, -np.log(1 - _BODY))
        over = np.maximum(scores - self.edge, 0.0) / self.scale
        heavy = self.heaviness
        beyond = np.log1p(heavy * over) / heavy if heavy > 1e-9 else over
        tail = np.minimum(-np.log(1 - _BODY) + beyond, _MOST)
        return np.asarray(np.where(scores > self.edge, tail, np.minimum(body, -np.log(1 - _BODY))))


def _pareto(over: Floats, left: Floats) -> tuple[float, float]:
    """Scale and shape with which a Pareto tail is nearest to the quantiles ``over`` at which ``left`` of it is left."""
    best = (np.inf, 0.0, 0.0)
    size = float(np.abs(over).max())
    if size <= 0:
        return 0.0, 0.0
    for heavy in np.linspace(0.0, _HEAVIEST, 26):
        shape = (left**-heavy - 1) / heavy if heavy > 1e-9 else -np.log(left)
        scale = float(shape @ over / (shape @ shape))
        missed = float(((over - scale * shape) ** 2).sum())
        if missed < best[0]:
            best = (missed, scale, float(heavy))
    return best[1], best[2]


def sigmas_of(surprise: Floats) -> Floats:
    """The sigmas of a normal distribution that are exceeded with probability exp(-``surprise``)."""
    from scipy.special import ndtri_exp

    return np.asarray(-ndtri_exp(-np.clip(surprise, 1e-9, None)))


def fused(surprises: Floats, weights: Floats) -> Floats:
    """What several views together make of each stamp, of shape (m,); to be calibrated anew, as views agree by nature.

    The weighted sum of the surprises (Fisher's method) rewards agreement; half of the largest is added, so that one
    view alone can tell. On simulated galaxies it ranks better than the largest alone.

    Parameters
    ----------
    surprises : ndarray, shape (m, v)
    weights : ndarray, shape (v,)
        How much each view counts.
    """
    return np.asarray(surprises @ weights + 0.5 * (surprises * np.minimum(weights, 1.0)).max(axis=1))
