"""Which objects look like one: neighbours in the subspace, near ones first, or near ones that differ."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from desktop_app.core.arrays import Floats, Ints

Metric = Literal["cosine", "euclid"]
_TINY = np.finfo(np.float64).tiny
_POOL = 10


@dataclass(frozen=True, eq=False)
class Similar:
    """Objects like one.

    Attributes
    ----------
    places : ndarray of int, shape (k,)
        Their rows, the one itself left out.
    likeness : ndarray, shape (k,)
        In [-1, 1] by cosine, in (0, 1] by Euclid; 1 for what is the same.
    """

    places: Ints
    likeness: Floats


def likeness_to(space: Floats, place: int, *, metric: Metric = "cosine") -> Floats:
    """How alike every object is to the one in row ``place``; NaN where it, or the other, has no place in the space.

    Parameters
    ----------
    space : ndarray, shape (m, d)
    place : int
    metric : str
        "cosine" compares directions from the middle of all objects, whatever their distance; "euclid" distances, as
        1 / (1 + distance / median distance).

    Returns
    -------
    ndarray, shape (m,)
    """
    if not space.shape[1]:
        return np.full(len(space), np.nan)
    if metric == "cosine":
        rows = space - np.nan_to_num(np.nanmean(space, axis=0)) if len(space) else space
        lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
        found = (rows @ rows[place]) / np.maximum(lengths * lengths[place], _TINY)
        return np.clip(found, -1.0, 1.0)
    gap = space - space[place]
    distance = np.sqrt(np.einsum("ij,ij->i", gap, gap))
    usual = np.nanmedian(distance) if np.isfinite(distance).any() else 0.0
    return 1 / (1 + distance / max(float(usual), _TINY))


def similar_to(
    space: Floats, place: int, k: int = 20, *, metric: Metric = "cosine", variety: float = 0.0, least: float = -np.inf
) -> Similar:
    """The ``k`` objects most like the one in row ``place``.

    Parameters
    ----------
    space : ndarray, shape (m, d)
    place, k : int
    metric : str
        As in `likeness_to`.
    variety : float
        From 0, the most alike whatever they are among themselves, to 1, ones as different from each other as can be:
        maximal marginal relevance (Carbonell and Goldstein 1998) among the ten times ``k`` most alike.
    least : float
        Those less alike are left out.
    """
    likeness = likeness_to(space, place, metric=metric)
    ranked = np.where(np.isfinite(likeness) & (likeness >= least), likeness, -np.inf)
    ranked[place] = -np.inf
    k = min(k, int(np.isfinite(ranked).sum()))
    pool = min(len(ranked), k * _POOL if variety else k)
    some = np.argpartition(-ranked, pool - 1)[:pool] if 0 < pool < len(ranked) else np.arange(len(ranked))
    some = some[np.isfinite(ranked[some])]
    nearest = some[np.lexsort((some, -ranked[some]))]
    places = nearest[:k] if not variety else nearest[varied(space[nearest], ranked[nearest], k, variety)]
    return Similar(places.astype(np.int64), likeness[places])


def varied(space: Floats, worth: Floats, k: int, variety: float) -> Ints:
    """The rows of ``k`` objects of high ``worth`` of which none is a copy of another: greedy, the best first.

    Parameters
    ----------
    space : ndarray, shape (p, d)
    worth : ndarray, shape (p,)
        In units of its own; made comparable with likenesses by its spread.
    k : int
    variety : float
        In [0, 1]: how much likeness to those already taken counts against worth.
    """
    n = len(worth)
    if not variety or not space.shape[1] or n < 2:
        return np.argsort(-worth, kind="stable")[:k]
    spread = float(np.ptp(worth))
    value = (worth - worth.min()) / (spread or 1.0)
    scale = max(_usual_gap(space), _TINY)
    nearest = np.zeros(n)
    left = np.ones(n, bool)
    taken = []
    for _ in range(min(k, n)):
        gain = np.where(left, (1 - variety) * value - variety * nearest, -np.inf)
        place = int(np.argmax(gain))
        taken.append(place)
        left[place] = False
        gap = space - space[place]
        squared = np.einsum("ij,ij->i", gap, gap) / scale**2
        nearest = np.maximum(nearest, np.exp(-squared / 2))
    return np.array(taken, np.int64)


def _usual_gap(space: Floats) -> float:
    """A fifth of the median distance between objects, from at most 200 of them."""
    some = space[:: max(1, len(space) // 200)]
    gaps = some[:, None] - some[None]  # (s, s, d)
    distance = np.sqrt(np.einsum("ijk,ijk->ij", gaps, gaps))[np.triu_indices(len(some), 1)]
    return float(np.median(distance)) / 5 if distance.size else 1.0
