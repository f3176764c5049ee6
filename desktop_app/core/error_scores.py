"""Scores rows by how far a residual is from what a network makes of it, at every time scale at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.matched import FLOOR, gauge, response_scale
from desktop_app.core.window_errors import Binned

WIDTHS = (1, 2, 3)
"""Over so many neighbouring bins errors are summed; over more of the longest ones."""
_WIDER = (4, 6, 8)
TAILS = np.array([0.16, 0.05, 0.02, 0.01, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5])
"""Shares of the errors of clean curves whose levels a calibration keeps."""
_SIGMAS = -ndtri(TAILS / 2)
_EDGE, _NARROW_EDGE = 2.0, 3.0
_MOST = 3.0
_REACH = 4


@dataclass(frozen=True, eq=False)
class Errors:
    """What is left of the bins of one time scale less their reconstruction; shape (m,), NaN where not known."""

    bins: Binned
    error: Floats


@dataclass(frozen=True, eq=False)
class _Responses:
    """Errors summed over ``width`` bins of one scale, from each bin on, in sigmas of this curve.

    Attributes
    ----------
    start, stop : ndarray of int, shape (k,)
        Rows, half open.
    sigma : ndarray, shape (k,)
        Signed.
    """

    start: Ints
    stop: Ints
    sigma: Floats


def levels_of(curves: Sequence[Sequence[Errors]], longest: Sequence[int]) -> Floats:
    """The levels, in sigmas of their own curve, that `TAILS` of the errors of clean curves are beyond.

    Parameters
    ----------
    curves : sequence of sequence of Errors
        Of each curve those of every time scale.
    longest : sequence of int
        Rows of the longest event looked for in each.
    """
    pooled = np.concatenate(
        [np.abs(one.sigma) for errors, rows in zip(curves, longest, strict=True) for one in _responses(errors, rows)]
    )
    return np.maximum.accumulate(np.quantile(pooled, 1 - TAILS))


def row_scores(errors: Sequence[Errors], levels: Floats, longest: int, n: int) -> Floats:
    """Robust sigmas for each of ``n`` rows; all rows of what is found at one place have one score.

    A sum of errors is measured in units of what such sums scatter by in this curve, more where the calmer of its
    tails is heavy; then in those of clean curves: what is as rare there as ``x`` sigmas of Gaussian noise, scores
    ``x``, times `core.matched.gauge` for the number of places it was looked for.

    Parameters
    ----------
    errors : sequence of Errors
        The finest time scale first.
    levels : ndarray
        As `levels_of` gives them.
    longest : int
        Rows of the longest event looked for.
    n : int
    """
    responses = _responses(errors, longest)
    fine = np.nan_to_num(errors[0].error)
    found, values = [], np.zeros(n)
    for one in responses:
        scores = to_gaussian(np.abs(one.sigma), levels) * gauge(one.sigma.size, len(responses))
        if one is responses[0]:
            values[one.start] = np.minimum(scores, FLOOR)
        top = np.flatnonzero((scores >= FLOOR) & _hills(scores))
        found.append(np.column_stack([one.start[top], one.stop[top], np.sign(one.sigma[top]), scores[top]]))
    _paint(values, np.concatenate(found), fine, errors[0].bins.pauses)
    return values


def to_gaussian(level: Floats, levels: Floats) -> Floats:
    """How many sigmas of Gaussian noise are as rare as ``level`` is in clean curves; shape of ``level``."""
    beyond = np.maximum(level - levels[-1], 0.0) * (_SIGMAS[-1] / levels[-1])
    known = np.interp(level, np.concatenate([[0.0], levels]), np.concatenate([[0.0], _SIGMAS]))
    # Nothing scores more than it would in Gaussian noise.
    return np.minimum(known + beyond, level)


def _responses(errors: Sequence[Errors], longest: int) -> list[_Responses]:
    made = []
    for one in errors:
        widths = list(WIDTHS)
        if one is errors[-1]:
            widths += [width for width in _WIDER if width * one.bins.factor <= longest]
        made += [_response(one, width) for width in widths if width <= one.error.size]
    return made


def _response(one: Errors, width: int) -> _Responses:
    bins = one.bins
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(one.error))])
    sums = (total[width:] - total[:-width]) / np.sqrt(width)
    known = np.concatenate([[0], np.cumsum(np.isfinite(one.error))])
    stretch = np.searchsorted(bins.pauses, np.arange(one.error.size), side="right")
    whole = (known[width:] - known[:-width] == width) & (stretch[width - 1 :] == stretch[: sums.size])
    at = np.flatnonzero(whole)
    sigma = sums[at]
    scale = response_scale(sigma, width) if at.size else 1.0
    return _Responses(bins.first[at], bins.first[at + width], sigma / scale)


def _hills(scores: Floats) -> Bools:
    """Where neither neighbour is higher."""
    padded = np.concatenate([[0.0], scores, [0.0]])
    return (scores >= padded[:-2]) & (scores >= padded[2:])


def _paint(values: Floats, found: Floats, error: Floats, pauses: Ints) -> None:
    """Give the rows of what was found, strongest first, its score; what overlaps a stronger one is part of it."""
    taken = np.zeros(values.size, dtype=np.bool_)
    stops = np.append(pauses[1:], values.size)
    for first, last, sign, score in found[np.argsort(-found[:, 3], kind="stable")]:
        start, stop = int(first), int(last)
        if taken[start] or taken[stop - 1] or taken[start:stop].any():
            continue
        place = int(np.searchsorted(pauses, start, side="right")) - 1
        low = max(int(pauses[place]), start - _REACH * (stop - start))
        high = min(int(stops[place]), stop + _REACH * (stop - start))
        before, after = np.flatnonzero(taken[low:start]), np.flatnonzero(taken[stop:high])
        low = low + int(before[-1]) + 1 if before.size else low
        high = stop + int(after[0]) if after.size else high
        begin, end = _edges(sign * error[low:high], start - low, stop - low)
        rows = slice(low + begin, low + end)
        values[rows] = np.maximum(score, values[rows].max())
        taken[rows] = True


def _edges(toward: Floats, start: int, stop: int) -> tuple[int, int]:
    """Where what stands out in ``start:stop`` begins and ends, which may be farther out: half open.

    The run of rows whose errors exceed half of their mean, but no more than two or three sigma, by most all together;
    no row counts for much more than others, so that a peak does not reach for its neighbours.
    """
    # One row or two have little to lose to a neighbour that is high by chance.
    most = _EDGE if stop - start > 2 else _NARROW_EDGE
    enough = min(most, 0.5 * float(toward[start:stop].mean()))
    excess = np.clip(toward - enough, -_MOST, _MOST)
    total = np.concatenate([[0.0], np.cumsum(excess)])
    least = np.minimum.accumulate(total)
    last = int(np.argmax(total[1:] - least[:-1])) + 1
    first = int(np.argmin(total[:last]))
    # A run beside the span would be another event.
    return (first, last) if first < stop and last > start else (start, stop)
