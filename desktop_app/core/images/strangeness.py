"""How far each row of numbers is from all the others: robust Mahalanobis distances, and those to neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats, Ints

_KEPT = 0.85
_ROUNDS = 12
_CLIP = 8.0
_CHUNK = 512


def once_each(names: Sequence[str], m: int) -> tuple[Floats, Ints]:
    """Weights by which what was seen many times counts once, and which object each row is; of shape (m,) both.

    Parameters
    ----------
    names : sequence of str
        The object of each row, "" where it is not known; empty where that is true of all.
    m : int
    """
    if not names:
        return np.ones(m), np.arange(m)
    known: dict[str, int] = {}
    owner = np.array([known.setdefault(name or f"\0{place}", len(known)) for place, name in enumerate(names)], np.int64)
    return 1.0 / np.bincount(owner)[owner], owner


@dataclass(frozen=True, eq=False)
class Levelled:
    """Columns on one scale: median 0 and robust sigma 1, clipped where far off."""

    middle: Floats
    scale: Floats

    @classmethod
    def fit(cls, rows: Floats, weights: Floats) -> Self:
        """Medians and robust sigmas of the columns of ``rows``, of shape (m, d)."""
        middle = weighted_quantile(rows, weights, 0.5)
        spread = 1.4826 * weighted_quantile(np.abs(rows - middle), weights, 0.5)
        # Of a column that is mostly one value the few others tell the scale.
        plain = np.sqrt(weights @ (rows - middle) ** 2 / weights.sum())
        scale = np.where(spread > 1e-3 * plain, spread, plain)
        return cls(middle, np.where(scale > 0, scale, 1.0))

    def apply(self, rows: Floats, clip: float = _CLIP) -> Floats:
        """``rows`` on the scale; no further off than ``clip``."""
        return np.clip((rows - self.middle) / self.scale, -clip, clip)


def weighted_quantile(rows: Floats, weights: Floats, level: float) -> Floats:
    """The quantile of each column of ``rows`` of shape (m, d)."""
    if np.ptp(weights) == 0:
        return np.asarray(np.quantile(rows, level, axis=0))
    order = np.argsort(rows, axis=0, kind="stable")
    ahead = np.cumsum(weights[order], axis=0)
    place = (ahead >= level * weights.sum()).argmax(axis=0)
    return np.asarray(np.take_along_axis(rows, np.take_along_axis(order, place[None], axis=0), axis=0)[0])


@dataclass(frozen=True, eq=False)
class Gaussian:
    """Middle and inverse covariance of the bulk of many rows.

    The covariance is shrunk as Ledoit and Wolf do; rows far off are left out and it is found anew until the same rows
    stay, as the minimum covariance determinant does, so that what is strange does not shape what is usual.

    References
    ----------
    Ledoit, O. & Wolf, M., "A well-conditioned estimator for large-dimensional covariance matrices", J. Multivar. Anal.
    88, 365 (2004). Rousseeuw, P. & Van Driessen, K., "A fast algorithm for the minimum covariance determinant
    estimator", Technometrics 41, 212 (1999).
    """

    middle: Floats
    inverse: Floats

    @classmethod
    def fit(cls, rows: Floats, weights: Floats, *, robust: bool = True, least: float = 1e-4) -> Self:
        """The Gaussian of ``rows`` of shape (m, d), shrunk towards independent columns by ``least`` or more."""
        kept = np.ones(len(rows), bool)
        if robust:
            start = (Levelled.fit(rows, weights).apply(rows, 5.0) ** 2).sum(axis=1)
            kept = start <= weighted_quantile(start[:, None], weights, _KEPT)[0]
        for _ in range(_ROUNDS):
            found = cls._of(rows[kept], weights[kept], least)
            if not robust:
                return found
            far = found.distance(rows)
            now = far <= weighted_quantile(far[:, None], weights, _KEPT)[0]
            if (now == kept).all():
                break
            kept = now
        return found

    @classmethod
    def _of(cls, rows: Floats, weights: Floats, least: float) -> Self:
        from scipy.linalg import pinvh

        share = weights / weights.sum()
        middle = share @ rows
        centred = rows - middle
        covariance = (centred * share[:, None]).T @ centred
        d = len(middle)
        mean = float(np.trace(covariance)) / d
        if mean <= 0:
            return cls(middle, np.zeros((d, d)))
        # The mean over rows of |x x' - S|^2, without ever making x x'.
        square = (centred**2).sum(axis=1)
        scatter = float(share**2 @ square**2) - float((share**2).sum()) * float((covariance**2).sum())
        wanted = float(((covariance - mean * np.eye(d)) ** 2).sum())
        shrink = float(np.clip(scatter / wanted, least, 1.0)) if wanted > 0 else 1.0
        return cls(middle, pinvh((1 - shrink) * covariance + shrink * mean * np.eye(d)))

    def distance(self, rows: Floats) -> Floats:
        """The Mahalanobis distance of each row, of shape (m,)."""
        centred = rows - self.middle
        return np.asarray(np.sqrt(np.maximum(np.einsum("ij,ij->i", centred @ self.inverse, centred), 0.0)))


def neighbour_distance(known: Floats, owner: Ints, rows: Floats, whose: Ints, neighbours: int) -> Floats:
    """The mean distance from each of ``rows`` to its nearest ``neighbours`` among ``known`` that are other objects.

    Parameters
    ----------
    known : ndarray, shape (m, d)
    owner : ndarray, shape (m,)
        Which object each is.
    rows : ndarray, shape (n, d)
    whose : ndarray, shape (n,)
        As ``owner``; -1 for an object that is none of these.
    neighbours : int
    """
    square = (known**2).sum(axis=1)
    many = min(neighbours, len(known) - 1)
    found = np.zeros(len(rows))
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        far = np.maximum((part**2).sum(axis=1)[:, None] + square - 2 * part @ known.T, 0.0)  # (chunk, m)
        far[whose[start : start + _CHUNK, None] == owner[None, :]] = np.inf
        near = np.sqrt(np.partition(far, many - 1, axis=1)[:, :many])
        others = np.isfinite(near)
        total = np.where(others, near, 0.0).sum(axis=1)
        found[start : start + _CHUNK] = total / np.maximum(others.sum(axis=1), 1)
    return found
