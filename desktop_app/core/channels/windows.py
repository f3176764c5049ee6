"""Windows of a channel: where they begin, which of them learn and which judge, and how they are put together again."""

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints


def begins(n: int, window: int, stride: int) -> Ints:
    """Where windows begin so that every one of ``n`` samples lies in one: the last one ends with the samples.

    Parameters
    ----------
    n : int
        At least ``window``.
    window, stride : int
        Samples; strides longer than a window are as long as one.
    """
    last = n - window
    first = np.arange(0, last + 1, min(stride, window))
    return first if first[-1] == last else np.append(first, last)


def split_in_time(begin: Ints, window: int, share: float) -> tuple[Bools, Bools]:
    """Which windows to learn from and which to judge by: the latest ``share`` of the samples judges.

    At least one window judges. Those that reach over the border are in neither, so no sample is in both.

    Parameters
    ----------
    begin : ndarray, shape (w,)
        Sorted.
    window : int
    share : float
        In (0, 1).
    """
    stop = int(begin[-1]) + window
    border = min(round((1 - share) * stop), stop - window)
    return begin + window <= border, begin >= border


class LaidTogether:
    """The mean, for each of ``n`` samples, of what many windows say of it.

    Parameters
    ----------
    n : int
    """

    def __init__(self, n: int) -> None:
        self._total, self._count = np.zeros(n), np.zeros(n, np.int64)

    def add(self, begin: Ints, windows: Floats) -> None:
        """Count in windows that begin at ``begin``, shape (w,); ``windows`` has shape (w, length)."""
        if not begin.size:
            return
        rows = (begin[:, None] + np.arange(windows.shape[1])[None, :]).ravel()  # (w * length,)
        # Only the stretch that is touched: many small parts of a long series each cost what they hold.
        low = int(begin.min())
        part = slice(low, int(rows.max()) + 1)
        self._total[part] += np.bincount(rows - low, windows.ravel().astype(np.float64))
        self._count[part] += np.bincount(rows - low)

    @property
    def mean(self) -> Floats:
        """NaN where no window says anything; shape (n,)."""
        silent = np.full(self._total.size, np.nan)
        return np.divide(self._total, self._count, out=silent, where=self._count > 0)
