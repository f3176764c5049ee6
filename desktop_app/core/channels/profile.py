"""How far each window of a channel is from the most similar one: before it, after it, and in its training stretch."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.compiled import compiled
from desktop_app.core.discord import covered_mean
from desktop_app.core.progress import Report, silent

_STEPS = 64


@dataclass(frozen=True, eq=False)
class SelfProfile:
    """The nearest neighbours of windows among those of the same values.

    Attributes
    ----------
    before, after : ndarray, shape (n - width + 1,)
        Root mean square difference to the nearest window that ends before it starts, and that starts after it ends;
        infinite where there is none.
    """

    before: Floats
    after: Floats

    @property
    def nearest(self) -> Floats:
        """The nearer of both; NaN where a window has no neighbour."""
        return finite_or_nan(np.minimum(self.before, self.after))


def self_profile(values: Floats, width: int, valid: Bools, report: Report = silent, *, apart: int = 0) -> SelfProfile:
    """The exact Euclidean matrix profile, not z-normalised; windows that share samples are not compared.

    The squared distances of one window to all later ones become those of the next window by the sample that enters
    and the one that leaves (Yeh et al. 2016, ICDM, "Matrix Profile I", there for z-normalised windows).

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite; of order one, so that rounding does not add up.
    width : int
        Between 1 and n.
    valid : ndarray of bool, shape (n - width + 1,)
        Windows that may be compared, by their first sample.
    apart : int
        Only windows that start so many samples from one another are compared; at least one width.
    """
    m, apart = valid.size, max(width, apart)
    before, after = np.full(m, np.inf), np.full(m, np.inf)
    later = max(0, m - apart)
    if later:
        lagged = _first_row(values[:width], values[apart:], later)
        bar = np.where(valid, 0.0, np.inf)
        for low in range(0, later, _block(later)):
            report(low / later, "Comparing windows")
            _self_rows(values, width, apart, bar, lagged, low, min(later, low + _block(later)), before, after)
    return SelfProfile(_root(before, width), _root(after, width))


def join_profile(
    values: Floats, width: int, valid: Bools, reference: Floats, known: Bools, report: Report = silent
) -> Floats:
    """Root mean square difference of each window to the nearest one of a reference; shape (n - width + 1,).

    Parameters
    ----------
    values : ndarray, shape (n,)
        As in `self_profile`; of at least one window.
    reference : ndarray, shape (r,)
        Finite, in the same unit; of at least one window.
    known : ndarray of bool, shape (r - width + 1,)
        Windows of the reference that may be compared with.

    Returns
    -------
    ndarray
        NaN where a window is not valid, or the reference has none.
    """
    m, k = valid.size, known.size
    nearest = np.full(m, np.inf)
    lagged = np.concatenate([np.zeros(k - 1), _first_row(reference[:width], values, m)])
    bar = np.where(valid, 0.0, np.inf)
    for low in range(0, k, _block(k)):
        report(low / k, "Comparing with the training stretch")
        _join_rows(values, width, bar, reference, known, lagged, low, min(k, low + _block(k)), nearest)
    return finite_or_nan(_root(nearest, width))


def nearest_window(values: Floats, start: int, width: int, valid: Bools, low: int = 0, high: int | None = None) -> int:
    """First sample of the window most like the one at ``start`` that shares no sample with it; -1 where none is.

    Parameters
    ----------
    values, width, valid
        As in `self_profile`.
    low, high : int
        Among windows that start there.
    """
    high = valid.size if high is None else min(high, valid.size)
    distance = distances_to(values[low : high + width - 1], values[start : start + width])
    distance[~valid[low:high]] = np.inf
    distance[max(0, start - width + 1 - low) : max(0, start + width - low)] = np.inf
    best = int(np.argmin(distance)) if distance.size else 0
    return low + best if distance.size and np.isfinite(distance[best]) else -1


def distances_to(values: Floats, window: Floats) -> Floats:
    """Mean squared difference of ``window`` to each window of ``values``; shape (n - width + 1,), 0 and more."""
    from scipy.signal import fftconvolve

    width = window.size
    if values.size < width:
        return np.zeros(0)
    energy = np.concatenate([[0.0], np.cumsum(values**2)])
    own = energy[width:] - energy[:-width]
    product = fftconvolve(values, window[::-1], mode="valid")
    result: Floats = np.maximum(own - 2 * product + float(window @ window), 0.0) / width
    return result


def sample_scores(of_windows: Floats, width: int) -> Floats:
    """As `covered_mean`; the first and last half width take the score next to them, which more windows cover."""
    score = covered_mean(of_windows, width)
    half = width // 2
    if score.size > 2 * half:
        score[:half] = np.where(np.isfinite(score[:half]), score[half], np.nan)
        score[score.size - half :] = np.where(np.isfinite(score[score.size - half :]), score[-half - 1], np.nan)
    return score


def finite_or_nan(values: Floats) -> Floats:
    """``values`` with NaN where they are infinite."""
    return np.where(np.isfinite(values), values, np.nan)


def _root(squares: Floats, width: int) -> Floats:
    root: Floats = np.sqrt(np.maximum(squares, 0.0) / width)
    return root


def _block(rows: int) -> int:
    return max(256, -(-rows // _STEPS))


@compiled
def _first_row(window: Floats, values: Floats, count: int) -> Floats:
    """Squared distances of one window to the first ``count`` windows of ``values``."""
    row = np.zeros(count)
    for t in range(window.size):
        for j in range(count):
            difference = window[t] - values[j + t]
            row[j] += difference * difference
    return row


@compiled
def _self_rows(
    values: Floats,
    width: int,
    apart: int,
    bar: Floats,
    lagged: Floats,
    low: int,
    high: int,
    before: Floats,
    after: Floats,
) -> None:
    """Compare windows ``low:high`` with all later ones; ``lagged`` holds row ``low - 1`` and is moved on."""
    m = bar.size
    for i in range(low, high):
        count = m - apart - i
        row, theirs, barred = lagged[:count], before[i + apart :], bar[i + apart :]
        if i > 0:
            enters, leaves = values[i + width - 1], values[i - 1]
            enter, leave = values[i + apart + width - 1 :], values[i + apart - 1 :]
            for j in range(count):
                gained, lost = enters - enter[j], leaves - leave[j]
                row[j] += gained * gained - lost * lost
        if bar[i] > 0:
            continue
        for j in range(count):
            theirs[j] = row[j] if row[j] < theirs[j] else theirs[j]
        # Four minima at once: one alone would wait for itself at each window.
        a = b = c = d = np.inf
        whole = count // 4 * 4
        for j in range(0, whole, 4):
            a = min(a, row[j] + barred[j])
            b = min(b, row[j + 1] + barred[j + 1])
            c = min(c, row[j + 2] + barred[j + 2])
            d = min(d, row[j + 3] + barred[j + 3])
        for j in range(whole, count):
            a = min(a, row[j] + barred[j])
        after[i] = min(min(a, b), min(c, d))
    for i in range(low, min(high + apart, m)):
        if bar[i] > 0:
            before[i] = np.inf


@compiled
def _join_rows(
    values: Floats,
    width: int,
    bar: Floats,
    reference: Floats,
    known: Bools,
    lagged: Floats,
    low: int,
    high: int,
    nearest: Floats,
) -> None:
    """Compare windows ``low:high`` of the reference with all of ``values``; ``lagged`` holds a distance per lag."""
    m, last = bar.size, known.size - 1
    for i in range(low, high):
        row = lagged[last - i : last - i + m]
        if i > 0:
            enters, leaves = reference[i + width - 1], reference[i - 1]
            enter, leave, moved = values[width:], values[: m - 1], row[1:]
            for j in range(m - 1):
                gained, lost = enters - enter[j], leaves - leave[j]
                moved[j] += gained * gained - lost * lost
            row[0] = 0.0
            for t in range(width):
                difference = reference[i + t] - values[t]
                row[0] += difference * difference
        if known[i]:
            for j in range(m):
                distance = row[j] + bar[j]
                nearest[j] = distance if distance < nearest[j] else nearest[j]
