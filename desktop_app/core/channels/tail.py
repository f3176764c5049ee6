"""Where the tail of a distribution says that few values lie: peaks over a threshold."""

import numpy as np

from desktop_app.core.arrays import Floats

_FEWEST = 10
_HEAVIEST = 0.5


def tail_limit(values: Floats, level: float, rate: float) -> float:
    """The value that a share ``rate`` of all is expected to exceed.

    The excesses over the quantile ``level`` follow a generalised Pareto distribution (Siffer et al. 2017, KDD, eq. 1),
    fitted by probability-weighted moments (Hosking & Wallis 1987, Technometrics 29, 339), which need no search.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite, at least one.
    level : float
        In (0, 1).
    rate : float
        In (0, 1 - level).
    """
    start = float(np.quantile(values, level))
    excess = np.sort(values[values > start] - start)
    n = excess.size
    if n < _FEWEST:
        return float(values.max())
    mean = float(excess.mean())
    low = float(np.mean((1 - (np.arange(1, n + 1) - 0.35) / n) * excess))
    if mean <= 2 * low:
        return float(values.max())
    shape = float(np.clip(2 - mean / (mean - 2 * low), -_HEAVIEST, _HEAVIEST))
    width = mean * (1 - shape)
    share = rate * values.size / n
    if abs(shape) < 1e-6:
        return start - width * float(np.log(share))
    return start + width / shape * (share**-shape - 1)
