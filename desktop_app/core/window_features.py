"""Numbers that describe the shape and the texture of short stretches of a residual."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from desktop_app.core.arrays import Floats, Ints

FEATURES = (
    "mean",
    "standard deviation",
    "median",
    "minimum",
    "maximum",
    "range",
    "skewness",
    "kurtosis",
    "slope",
    "value at the start",
    "median absolute deviation",
    "root mean square",
    "mean step",
    "largest step",
    "curvature",
    "step to scatter ratio",
    "lag-one correlation",
    "crossings of the median",
    "difference of the halves",
    "scatter ratio of the halves",
    "quartile asymmetry",
)
_TINY = 1e-12


def window_starts(starts: Ints, n: int, width: int, stride: int) -> Ints:
    """First rows of windows of ``width`` rows, ``stride`` apart, that lie within the stretches; shape (w,).

    The last window of a stretch ends with it; a stretch shorter than ``width`` has none.
    """
    stops = np.append(starts[1:], n)
    found = []
    for start, stop in zip(starts, stops, strict=True):
        if stop - start >= width:
            begin = np.arange(start, stop - width + 1, stride)
            found.append(begin)
            if begin[-1] != stop - width:
                found.append(np.array([stop - width]))
    return np.concatenate(found).astype(np.int64) if found else np.zeros(0, np.int64)


def window_features(values: Floats, begin: Ints, width: int) -> Floats:
    """The `FEATURES` of the windows ``values[begin : begin + width]``; shape (w, len(FEATURES)).

    None of them knows the time zero: what is linear in time is measured from the window's start.
    """
    window = sliding_window_view(values, width)[begin]  # (w, width)
    ordered = np.sort(window, axis=1)
    low, median, high = _quantile(ordered, 0.25), _quantile(ordered, 0.5), _quantile(ordered, 0.75)
    mean = window.mean(axis=1)
    centred = window - mean[:, None]
    square = centred**2
    variance = square.mean(axis=1)
    scatter = np.sqrt(variance)
    skew = (square * centred).mean(axis=1) / np.maximum(variance * scatter, _TINY)
    kurtosis = (square**2).mean(axis=1) / np.maximum(variance**2, _TINY) - 3
    x = np.linspace(-1, 1, width)
    slope = centred @ x / (x @ x)
    bow = x**2 - (x**2).mean()
    curvature = centred @ bow / (bow @ bow)
    mad = np.median(np.abs(window - median[:, None]), axis=1)
    step = np.diff(window, axis=1)
    size = np.abs(step)
    ratio = (step**2).mean(axis=1) / np.maximum(variance, _TINY)
    lag = (centred[:, 1:] * centred[:, :-1]).mean(axis=1) / np.maximum(variance, _TINY)
    above = window > median[:, None]
    crossings = (above[:, 1:] != above[:, :-1]).mean(axis=1)
    half = width // 2
    halves = window[:, :half].mean(axis=1) - window[:, half:].mean(axis=1)
    tilt = np.log(np.maximum(window[:, :half].std(axis=1), _TINY) / np.maximum(window[:, half:].std(axis=1), _TINY))
    asymmetry = high + low - 2 * median
    return np.column_stack(
        [
            mean,
            scatter,
            median,
            ordered[:, 0],
            ordered[:, -1],
            ordered[:, -1] - ordered[:, 0],
            skew,
            kurtosis,
            slope,
            mean - slope,
            mad,
            np.sqrt(variance + mean**2),
            size.mean(axis=1),
            size.max(axis=1),
            curvature,
            ratio,
            lag,
            crossings,
            halves,
            tilt,
            asymmetry,
        ]
    )


def _quantile(ordered: Floats, share: float) -> Floats:
    """The quantile of sorted rows by straight interpolation; shape (w,)."""
    at = share * (ordered.shape[1] - 1)
    low = int(at)
    high = min(low + 1, ordered.shape[1] - 1)
    return ordered[:, low] + (at - low) * (ordered[:, high] - ordered[:, low])


def roughness(values: Floats, starts: Ints, width: int) -> Floats:
    """How rough each row's surroundings are against the usual, in robust sigmas; shape (n,).

    The mean over ``width`` rows of the squared steps from row to row, each counted as two sigma at most: a lone
    outlier, a smooth dip or a flare leave it calm, a stretch of jitter does not.
    """
    step = np.diff(values, prepend=values[:1]) / np.sqrt(2.0)
    step[starts] = 0.0
    square = np.minimum(step**2, 4.0)
    total = np.concatenate([[0.0], np.cumsum(square)])
    place = np.arange(values.size)
    low, high = np.maximum(place - width // 2, 0), np.minimum(place + width - width // 2, values.size)
    mean = (total[high] - total[low]) / (high - low)
    some = mean[:: max(1, mean.size // 30_000)]
    usual = float(np.median(some))
    # What the mean of so many clipped squares of white noise would scatter by; neighbours share a value.
    noise = 1.8 * max(usual, _TINY) / np.sqrt(width)
    return (mean - usual) / max(noise, 1.4826 * float(np.median(np.abs(some - usual))), _TINY)
