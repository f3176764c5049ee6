"""The subspace of the principal components of many rows, in which distances are measured."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats

_LEAST_VARIANCE = 1e-10


@dataclass(frozen=True, eq=False)
class Subspace:
    """Principal components of rows, found once, into which other rows are put.

    Attributes
    ----------
    middle : ndarray, shape (d,)
    scale : ndarray, shape (d,)
        By which every column is divided beforehand.
    axes : ndarray, shape (k, d)
        Orthonormal, the one with most variance first.
    variance : ndarray, shape (k,)
        Along each axis, of the scaled columns.
    explained : ndarray, shape (k,)
        The share of the whole variance that each axis has.
    """

    middle: Floats
    scale: Floats
    axes: Floats
    variance: Floats
    explained: Floats

    @classmethod
    def fit(cls, rows: Floats, components: int, *, weights: Floats | None = None, scaled: bool = False) -> Self:
        """The first ``components`` axes of ``rows``; fewer where there is no more variance.

        Parameters
        ----------
        rows : ndarray, shape (m, d)
            Finite, m at least 2.
        components : int
        weights : ndarray, shape (m,), optional
            How much each row counts.
        scaled : bool
            Whether every column is given a variance of one beforehand.
        """
        weights = np.ones(len(rows)) if weights is None else weights
        weights = weights / weights.sum()
        middle = weights @ rows
        spread = np.sqrt(weights @ (rows - middle) ** 2)
        scale = (
            np.where(spread > 1e-9 * max(float(spread.max()), 1e-300), spread, 1.0) if scaled else np.ones(len(middle))
        )
        axes, variance = _principal((rows - middle) / scale * np.sqrt(weights)[:, None])
        whole = max(float(variance.sum()), np.finfo(np.float64).tiny)
        kept = int(np.clip((variance > _LEAST_VARIANCE * whole).sum(), 1, components))
        return cls(middle, scale, axes[:kept], variance[:kept], variance[:kept] / whole)

    def transform(self, rows: Floats) -> Floats:
        """Where ``rows`` of shape (m, d) lie along the axes, of shape (m, k)."""
        return np.asarray(((rows - self.middle) / self.scale) @ self.axes.T)

    def back(self, places: Floats) -> Floats:
        """The rows that lie at ``places``."""
        return np.asarray((places @ self.axes) * self.scale + self.middle)

    def error(self, rows: Floats) -> Floats:
        """How far each row is from the subspace, in scaled columns, of shape (m,)."""
        centred = (rows - self.middle) / self.scale
        inside = centred @ self.axes.T
        return np.sqrt(np.maximum((centred**2).sum(axis=1) - (inside**2).sum(axis=1), 0.0))

    def whitened(self, rows: Floats) -> Floats:
        """As `transform`, every axis with a variance of one."""
        return np.asarray(self.transform(rows) / np.sqrt(np.maximum(self.variance, np.finfo(np.float64).tiny)))


def _principal(rows: Floats) -> tuple[Floats, Floats]:
    """Axes and variances of weighted, centred ``rows``, from the smaller of the two products of theirs."""
    from scipy.linalg import eigh

    m, d = rows.shape
    if d <= m:
        variance, vectors = eigh(rows.T @ rows)
        order = np.argsort(-variance)
        return _steady(vectors[:, order].T), np.maximum(variance[order], 0.0)
    variance, vectors = eigh(rows @ rows.T)
    order = np.argsort(-variance)
    variance = np.maximum(variance[order], 0.0)
    axes = (rows.T @ vectors[:, order]).T / np.sqrt(np.maximum(variance, np.finfo(np.float64).tiny))[:, None]
    return _steady(axes), variance


def _steady(axes: Floats) -> Floats:
    """Axes whose largest entry is positive, so that their sign does not depend on the library."""
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    return np.asarray(axes * np.where(largest < 0, -1.0, 1.0))
