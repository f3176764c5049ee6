"""The matrix profile as it is usually computed: what ours is timed against."""

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.compiled import compiled


@compiled
def by_diagonals(values: Floats, width: int) -> Floats:
    """The usual way: one lag after the other."""
    m = values.size - width + 1
    best = np.full(m, np.inf)
    for lag in range(width, m):
        total = 0.0
        for t in range(width):
            total += (values[t] - values[t + lag]) ** 2
        for i in range(m - lag):
            if i > 0:
                total += (values[i + width - 1] - values[i + lag + width - 1]) ** 2
                total -= (values[i - 1] - values[i - 1 + lag]) ** 2
            best[i] = min(best[i], total)
            best[i + lag] = min(best[i + lag], total)
    return best
