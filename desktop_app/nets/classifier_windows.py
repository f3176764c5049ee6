"""What the classifier of channels is fed: a few numbers about each step, and the labels beside them."""

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.scaling import Grid
from desktop_app.core.channels.series import Series
from desktop_app.core.channels.windows import begins
from desktop_app.nets.channel_columns import columns_of, known_of, training_scale

FEATURES = 4
UNKNOWN = -1
"""The label of steps that no sample stands at: they teach nothing."""
_SCATTER_STEPS = 32
_LEAST_STEP = 2e-3


def features_of(series: Series) -> tuple[Grid, NDArray[np.float32]]:
    """What the network sees at each even step, in units of the channel's own training; shape (m, 4).

    The value, its change from the step before, how much it scatters over the last steps, and how far it lies outside
    of the training's range. What is beside each other in other channels, the commands, is not looked at, so files
    may have any number of columns. Nothing looks ahead.
    """
    scale, known = training_scale(series), known_of(series)
    columns = columns_of(series, scale, commands=False)
    usual = columns_of(known, scale, commands=False).values[:, 0].astype(np.float64)
    value = columns.values[:, 0].astype(np.float64)
    step = max(float(np.median(np.abs(np.diff(usual)))) if usual.size > 1 else 0.0, _LEAST_STEP)
    scatter = max(float(np.median(_scatter(usual))) if usual.size else 0.0, _LEAST_STEP)
    change = np.diff(value, prepend=value[:1]) / step
    low, high = (float(usual.min()), float(usual.max())) if usual.size else (0.0, 0.0)
    outside = np.maximum(np.maximum(low - value, value - high), 0.0)
    features = (
        value,
        np.sign(change) * np.log1p(np.abs(change)) / 3,
        np.clip(np.log2((_scatter(value) + _LEAST_STEP) / (scatter + _LEAST_STEP)) / 4, -3, 3),
        np.log1p(10 * outside),
    )
    return columns.grid, np.stack(features, axis=1).astype(np.float32)


def _scatter(value: Floats) -> Floats:
    """The standard deviation over the last steps up to each, fewer at the beginning; shape (m,)."""
    count = np.minimum(np.arange(1, value.size + 1), _SCATTER_STEPS)

    def mean(of: Floats) -> Floats:
        total = np.concatenate([[0.0], np.cumsum(of)])
        return (total[1:] - total[np.arange(1, value.size + 1) - count]) / count

    calm = value - value.mean() if value.size else value
    return np.sqrt(np.maximum(mean(calm**2) - mean(calm) ** 2, 0.0))


def examples_of(
    series: Series, labels: Bools, window: int, stride: int, rows: slice
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Windows that lie wholly within ``rows`` of the series, and what each of their steps is.

    Parameters
    ----------
    series : Series
    labels : ndarray of bool, shape (n,)
    window, stride : int
    rows : slice

    Returns
    -------
    windows : ndarray of float32, shape (w, window, 4)
    wanted : ndarray of int64, shape (w, window)
        1 for anomalous, 0 for nominal, -1 where nothing is known.
    """
    grid, features = features_of(series)
    wanted = np.full(len(features), UNKNOWN, np.int64)
    wanted[grid.places] = labels[grid.rows]
    inside = np.flatnonzero((grid.rows >= rows.start) & (grid.rows < rows.stop))
    empty = np.zeros((0, window, FEATURES), np.float32), np.zeros((0, window), np.int64)
    if not inside.size:
        return empty
    low, high = int(grid.places[inside[0]]), int(grid.places[inside[-1]]) + 1
    if high - low < window:
        return empty
    begin = low + begins(high - low, window, stride)
    begin = begin[grid.windows(window)[begin]]
    return cut(features, begin, window), wanted[begin[:, None] + np.arange(window)[None, :]]


def cut(features: NDArray[np.float32], begin: NDArray[np.int64], window: int) -> NDArray[np.float32]:
    """The windows that begin at ``begin``; shape (w, window, 4)."""
    return features[begin[:, None] + np.arange(window)[None, :]]  # (w, window, 4)
