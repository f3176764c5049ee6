"""Finds long stretches in which a channel keeps to something that it does nowhere else, not even in its training."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.channels.constants import CONSTANTS
from desktop_app.core.progress import Report


@dataclass(frozen=True)
class Regime:
    """A stretch and how unlike the rest it is.

    Attributes
    ----------
    start, stop : int
        Samples ``start:stop``.
    contrast : float
        How far nearly all of its windows are from every window outside, over how far those outside are from one
        another.
    """

    start: int
    stop: int
    contrast: float


@dataclass(frozen=True, eq=False)
class _Rest:
    """Distances of each pooled window to what lies before, after and apart from a stretch.

    Attributes
    ----------
    edges : ndarray of int, shape (k,)
        Pooled samples where a stretch may begin or end.
    before, after : ndarray, shape (k, m)
        To the nearest window that ends at or before an edge, and that starts at or after it.
    training, apart : ndarray, shape (m,)
        To the nearest window of the training stretch, and to the nearest one of all that shares no sample.
    valid : ndarray of bool, shape (m,)
    """

    edges: Ints
    before: Floats
    after: Floats
    training: Floats
    apart: Floats
    valid: Bools


def contrasts(values: Floats, known: Bools, training: Floats, report: Report) -> tuple[Floats, list[Regime]]:
    """The contrast of the best stretch that each sample is in, shape (n,), and the stretches beyond the limit.

    A stretch is between ``regime_shortest`` samples and half of the values long and does not begin where they begin,
    as the beginning is what the rest is measured by. Long records are searched in blocks.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite, in shares of the range.
    known : ndarray of bool, shape (n,)
        Which were measured.
    training : ndarray, shape (r,)
        Of an earlier, nominal stretch in the same unit; r may be 0.
    """
    track, found = np.zeros(values.size), []
    pooled = _windows(_pooled(training))
    blocks = list(_blocks(values.size))
    for place, (low, high) in enumerate(blocks):
        report(place / len(blocks), "Looking for regimes")
        every = _stretches_of(_rest(values[low:high], known[low:high], pooled), high - low)
        for one in every:
            inside = track[low + one.start : low + one.stop]
            np.maximum(inside, one.contrast, out=inside)
        found += [Regime(low + one.start, low + one.stop, one.contrast) for one in _best(every)]
    return track, found


def _blocks(n: int) -> Iterator[tuple[int, int]]:
    """Blocks side by side; one where the record is not much longer than a block."""
    edges = np.linspace(0, n, max(1, round(n / CONSTANTS.block)) + 1).astype(int)
    for low, high in pairwise(edges):
        yield int(low), int(high)


def _pooled(values: Floats) -> Floats:
    """Means of a few samples each."""
    few = CONSTANTS.regime_pool
    means: Floats = values[: values.size // few * few].reshape(-1, few).mean(axis=1)
    return means


def _windows(pooled: Floats) -> Floats:
    """All windows of pooled values, shape (m, w); no rows where there are too few."""
    width = CONSTANTS.regime_window // CONSTANTS.regime_pool
    if pooled.size < width:
        return np.zeros((0, width))
    return np.lib.stride_tricks.sliding_window_view(pooled, width)


def _distances(windows: Floats, others: Floats) -> Floats:
    """Root mean square difference of each window to each other; shape (m, k)."""
    own, theirs = (windows**2).sum(axis=1), (others**2).sum(axis=1)
    squares = own[:, None] + theirs[None, :] - 2 * windows @ others.T  # (m, k)
    root: Floats = np.sqrt(np.maximum(squares, 0.0) / windows.shape[1])
    return root


def _rest(values: Floats, known: Bools, training: Floats) -> _Rest:
    windows = _windows(_pooled(values))
    m, width = windows.shape
    measured = _windows(_pooled(known.astype(np.float64)))
    valid: Bools = measured.mean(axis=1) >= 1 - CONSTANTS.missing_share
    between = _distances(windows, windows)
    between[:, ~valid] = np.inf
    edges = np.arange(0, m + width, width)
    edges[-1] = m + width - 1
    before, after = np.full((edges.size, m), np.inf), np.full((edges.size, m), np.inf)
    for place in range(1, edges.size):
        ended = slice(max(0, edges[place - 1] - width + 1), max(0, edges[place] - width + 1))
        before[place] = np.minimum(before[place - 1], between[:, ended].min(axis=1, initial=np.inf))
    for place in range(edges.size - 2, -1, -1):
        begun = slice(edges[place], edges[place + 1])
        after[place] = np.minimum(after[place + 1], between[:, begun].min(axis=1, initial=np.inf))
    trained = _distances(windows, training).min(axis=1, initial=np.inf)
    rows = np.arange(m)
    between[np.abs(rows[:, None] - rows[None, :]) < width] = np.inf
    apart = np.minimum(between.min(axis=1, initial=np.inf), trained)
    return _Rest(edges, before, after, trained, apart, valid)


def _stretches_of(rest: _Rest, n: int) -> list[Regime]:
    """Every stretch between two edges with its contrast."""
    few, width = CONSTANTS.regime_pool, CONSTANTS.regime_window // CONSTANTS.regime_pool
    found = []
    for first in range(1, rest.edges.size):
        start = int(rest.edges[first])
        for last in range(first + 1, rest.edges.size):
            stop = int(rest.edges[last])
            if not CONSTANTS.regime_shortest <= (stop - start) * few <= CONSTANTS.regime_longest * n:
                continue
            inside = slice(start, stop - width + 1)
            away = np.minimum(np.minimum(rest.before[first, inside], rest.after[last, inside]), rest.training[inside])
            out = np.append(rest.apart[: max(0, start - width + 1)], rest.apart[stop:])
            usual = np.append(rest.valid[: max(0, start - width + 1)], rest.valid[stop:])
            contrast = _contrast(away[rest.valid[inside]], out[usual & np.isfinite(out)])
            end = n if last == rest.edges.size - 1 else stop * few
            found.append(Regime(start * few, end, contrast))
    return found


def _contrast(away: Floats, usual: Floats) -> float:
    away = away[np.isfinite(away)]
    if away.size == 0 or usual.size == 0:
        return 0.0
    low, high = int(CONSTANTS.regime_inside * (away.size - 1)), int(CONSTANTS.regime_outside * (usual.size - 1))
    inside, outside = np.partition(away, low)[low], np.partition(usual, high)[high]
    return float(inside / (outside + CONSTANTS.regime_floor))


def _best(every: list[Regime]) -> list[Regime]:
    """Those beyond the limit, highest first, none of which overlaps a higher one."""
    found: list[Regime] = []
    for one in sorted(every, key=lambda regime: -regime.contrast):
        if one.contrast < CONSTANTS.regime_limit:
            break
        if all(one.stop <= other.start or other.stop <= one.start for other in found):
            found.append(one)
    return found
