"""Flags where forecasts fail: the dynamic threshold of smoothed errors of Hundman et al. 2018, batch by batch."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.progress import Report
from desktop_app.core.telemetry import stretches

_FIRST_Z, _LAST_Z, _STEP_Z = 2.5, 12.0, 0.5
_MOST_RUNS = 5
_MOST_COVERED = 0.5
_OF_SPREAD = 0.05
_LEAST_ERROR = 0.025


@dataclass(frozen=True)
class ErrorRules:
    """What decides which errors are flagged; lengths in samples.

    Attributes
    ----------
    window : int
        So many errors, up to the end of a batch, tell what is usual in it.
    batch : int
        How many are judged at a time.
    buffer : int
        By how much a run is widened on both sides, within what is judged with it.
    pruning : float
        Runs are kept down to the last one that exceeds the next by this share.
    inverted : bool
        Whether errors that are far too small are flagged as well.
    """

    window: int = 2100
    batch: int = 70
    buffer: int = 100
    pruning: float = 0.13
    inverted: bool = False


@dataclass(frozen=True, eq=False)
class Judged:
    """What came of the errors.

    Attributes
    ----------
    middle, limit : ndarray, shape (n,)
        The usual error and where flagging begins, in the unit of the errors; the same all over a batch.
    flagged : ndarray of bool, shape (n,)
    """

    middle: Floats
    limit: Floats
    flagged: Bools


def smoothed(error: Floats, span: int) -> Floats:
    """The mean of the errors so far, the later ones weighing more: exponentially weighted with a span.

    Parameters
    ----------
    error : ndarray, shape (n,)
        Finite.
    span : int
        Samples; the weight falls by ``1 - 2 / (span + 1)`` with each.
    """
    from scipy.signal import lfilter

    share = 2.0 / (span + 1.0)
    weights = ([share], [1.0, share - 1.0])
    mean: Floats = lfilter(*weights, error) / lfilter(*weights, np.ones_like(error))
    return mean


def judged_errors(error: Floats, values: Floats, width: float, rules: ErrorRules, report: Report) -> Judged:
    """Which smoothed errors are too large; batch after batch, none knows of what comes after it.

    Hundman et al. 2018 (KDD), "Detecting Spacecraft Anomalies Using LSTMs and Nonparametric Dynamic Thresholding",
    with the rules of its published code where the paper is silent: runs are widened, and errors that are small against
    the values do not count.

    Parameters
    ----------
    error, values : ndarray, shape (n,)
        Smoothed errors, and what was to be forecast; finite, in one unit.
    width : float
        The range of the channel, in the same unit.
    rules : ErrorRules
    report : callable
    """
    n = error.size
    middle, limit, flagged = np.zeros(n), np.full(n, np.inf), np.zeros(n, bool)
    start, stop = 0, min(max(rules.window, rules.batch), n)
    while start < n:
        report(start / n, "Judging the errors")
        low = max(0, stop - max(rules.window, rules.batch))
        seen, new = error[low:stop], slice(start - low, stop - low)
        middle[start:stop] = np.median(seen)
        limit[start:stop] = max(best_limit(seen, rules.buffer), _LEAST_ERROR * width)
        flagged[start:stop] = _flagged(seen, values[low:stop], limit[start], width, rules)[new]
        start, stop = stop, min(n, stop + rules.batch)
    return Judged(middle, limit, flagged)


def best_limit(error: Floats, buffer: int) -> float:
    """The limit whose exceedances, in few and short runs, hold most of the mean and the spread.

    Parameters
    ----------
    error : ndarray, shape (n,)
    buffer : int
        Samples by which runs are widened before they are counted.
    """
    mean, deviation = float(error.mean()), float(error.std())
    best, chosen = -np.inf, mean + _LAST_Z * deviation
    if deviation <= 0:
        return float(np.nextafter(mean, np.inf))
    for z in np.arange(_FIRST_Z, _LAST_Z, _STEP_Z):
        above = error >= mean + z * deviation
        if not above.any():
            break
        wide = widened(above, buffer)
        runs, covered = len(stretches(wide)), int(wide.sum())
        if runs > _MOST_RUNS or covered >= _MOST_COVERED * error.size:
            continue
        below = error[~above]
        gain = ((mean - below.mean()) / mean + (deviation - below.std()) / deviation) / (runs**2 + covered)
        if gain >= best:
            best, chosen = gain, mean + z * deviation
    return float(chosen)


def widened(marked: Bools, buffer: int) -> Bools:
    """``marked`` with every run longer by ``buffer`` samples on both sides."""
    edges = np.zeros(marked.size + 1, np.int64)
    for start, stop in stretches(marked):
        edges[max(0, start - buffer)] += 1
        edges[min(marked.size, stop + buffer)] -= 1
    wide: Bools = np.cumsum(edges)[:-1] > 0
    return wide


def _flagged(error: Floats, values: Floats, limit: float, width: float, rules: ErrorRules) -> Bools:
    """Which errors of one window are flagged."""
    low, high = np.percentile(values, [5.0, 95.0])
    spread, highest = float(high - low), float(error.max())
    if highest <= _OF_SPREAD * spread and error.std() <= _OF_SPREAD * values.std():
        return np.zeros(error.size, bool)
    found = _pruned(error, (error >= limit) & (error > _OF_SPREAD * spread), rules)
    if rules.inverted and highest > _LEAST_ERROR * width:
        mirrored = 2 * error.mean() - error
        found |= _pruned(mirrored, mirrored >= best_limit(mirrored, rules.buffer), rules)
    return found


def _pruned(error: Floats, above: Bools, rules: ErrorRules) -> Bools:
    """The widened runs without those that hardly exceed the next one, or what lies below the limit."""
    wide = widened(above, rules.buffer)
    runs = stretches(wide)
    if not runs:
        return wide
    highest = np.array([error[start:stop].max() for start, stop in runs])
    order = np.argsort(-highest, kind="stable")
    outside = error[~wide]
    steps = np.append(highest[order], outside.max() if outside.size else 0.0)
    drops = np.flatnonzero(steps[:-1] - steps[1:] >= rules.pruning * np.abs(steps[:-1]))
    kept = np.zeros(error.size, bool)
    for place in order[: drops[-1] + 1 if drops.size else 0]:
        kept[slice(*runs[place])] = True
    return kept
