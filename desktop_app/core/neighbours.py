"""The local outlier factor (Breunig et al. 2000) of rows that were not learnt from."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats, Ints

_AT_ONCE = 250
_TINY = 1e-10


@dataclass(frozen=True, eq=False)
class LocalOutlierFactor:
    """How much thinner a row's surroundings are than those of its neighbours.

    Attributes
    ----------
    rows : ndarray, shape (n, features)
        What was learnt.
    neighbours : int
    reach, density : ndarray, shape (n,)
        Distance of each row's farthest neighbour, and its local reachability density.
    """

    rows: Floats
    neighbours: int
    reach: Floats
    density: Floats

    @classmethod
    def learnt(cls, rows: Floats, neighbours: int) -> Self:
        """The factors of ``rows``, shape (n, features), n > 1; at most n - 1 neighbours are looked at."""
        count = max(1, min(neighbours, len(rows) - 1))
        distance, nearest = _nearest(rows, rows, count + 1)
        # A row is its own nearest, unless it has a double; either way one of distance 0 is left out.
        distance, nearest = distance[:, 1:], nearest[:, 1:]
        reach = distance[:, -1]
        return cls(rows, count, reach, _density(distance, reach[nearest]))

    def strangeness(self, rows: Floats) -> Floats:
        """About 1 where a row is at home, more where it is not; shape (n,)."""
        distance, nearest = _nearest(rows, self.rows, self.neighbours)
        return self.density[nearest].mean(axis=1) / _density(distance, self.reach[nearest])


def _density(distance: Floats, reach: Floats) -> Floats:
    return 1 / (np.maximum(distance, reach).mean(axis=1) + _TINY)


def _nearest(rows: Floats, learnt: Floats, count: int) -> tuple[Floats, Ints]:
    """Distances to the ``count`` nearest of ``learnt``, rising, and which they are; two arrays (n, count)."""
    found = [_nearest_of_few(rows[low : low + _AT_ONCE], learnt, count) for low in range(0, len(rows), _AT_ONCE)]
    distances, numbers = zip(*found, strict=True)
    return np.concatenate(distances), np.concatenate(numbers)


def _nearest_of_few(rows: Floats, learnt: Floats, count: int) -> tuple[Floats, Ints]:
    # Single precision finds who is near, double precision says how near.
    asked, known = rows.astype(np.float32), learnt.astype(np.float32)
    square = (known**2).sum(axis=1)[None, :] - 2 * asked @ known.T
    nearest = np.argpartition(square, count - 1, axis=1)[:, :count]
    distance = np.sqrt(((rows[:, None, :] - learnt[nearest]) ** 2).sum(axis=2))
    order = np.argsort(distance, axis=1, kind="stable")
    return np.take_along_axis(distance, order, axis=1), np.take_along_axis(nearest, order, axis=1)
