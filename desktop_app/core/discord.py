"""Finds windows of a curve that are unlike all others: the exact Euclidean matrix profile, not z-normalised."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.compiled import compiled
from desktop_app.core.progress import Report, silent

LONGEST = 6000
"""Values that are compared with one another at once."""
# Of the squared distance to the nearest window in white noise, over the square root of the width: measured.
_WHITE = 1.35
# In 180 curves of white and red noise, TESS-like and Kepler-like, the strangest of four lengths is 3 to 4 sigmas, and
# five events reach 5: fewer than one in ten curves.
_TAIL = 1.1
STILL_SHOWS = 2.0
_MOST_ENERGY = 900.0


@dataclass(frozen=True, eq=False)
class Profile:
    """How far each window is from the one most like it.

    Attributes
    ----------
    distance : ndarray, shape (n - width + 1,)
        Sum of squared differences to the nearest window, or to the k-th nearest; NaN where a window is not valid
        or has too few to be compared with.
    neighbour : ndarray of int, shape (n - width + 1,)
        First value of the window nearest to it, -1 where there is none.
    """

    distance: Floats
    neighbour: Ints


def matrix_profile(values: Floats, width: int, valid: Bools, *, k: int = 1) -> Profile:
    """The distance of each window to its nearest neighbour, exact up to rounding.

    Windows nearer than one width to one another are not compared, as they share values. The k-th neighbour is found
    among windows that do not overlap the nearer ones: a shape that comes ``k`` times is still unlike the rest.

    Squared distances of windows from one row of the distance matrix to the next change by one value that enters and
    one that leaves (Yeh et al. 2016, ICDM, "Matrix Profile I", for the z-normalised case).

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite; of order one, so that rounding does not add up.
    width : int
        Between 1 and n.
    valid : ndarray of bool, shape (n - width + 1,)
        Windows that may be compared, by their first value.
    k : int
        Which neighbour.
    """
    distance, nearest = _nearest(values, width, valid, np.zeros((0, valid.size), np.int64))
    nearer = nearest[None, :]
    for _ in range(1, k):
        distance, neighbour = _nearest(values, width, valid, nearer)
        nearer = np.vstack([nearer, neighbour])
    return Profile(np.where(valid & np.isfinite(distance), distance, np.nan), np.where(valid, nearest, -1))


def long_profile(
    values: Floats, width: int, valid: Bools, *, k: int = 1, longest: int = LONGEST, report: Report = silent
) -> Profile:
    """The profile of a curve of any length: in chunks that overlap by a quarter, so that time grows with length.

    A window in two chunks has the nearer of its two neighbours; parameters as in `matrix_profile`.

    Parameters
    ----------
    longest : int
        Values of a chunk, at least four widths.
    report : callable
        Told the progress.
    """
    distance, neighbour = np.full(valid.size, np.nan), np.full(valid.size, -1, np.int64)
    longest = max(longest, 4 * width)
    step = longest - longest // 4
    lows = range(0, max(1, values.size - longest + step), step)
    for low in lows:
        report(low / values.size, "Comparing windows")
        high = min(values.size, low + longest)
        windows = slice(low, max(low, high - width + 1))
        if not valid[windows].any():
            continue
        found = matrix_profile(values[low:high], width, valid[windows], k=k)
        nearer = np.isfinite(found.distance) & ~(found.distance >= distance[windows])
        distance[windows][nearer] = found.distance[nearer]
        neighbour[windows][nearer] = low + found.neighbour[nearer]
    return Profile(distance, neighbour)


def energy_excess(value: Floats, surrogate: Floats, width: int) -> Floats:
    """How much more energy each window has than noise windows usually have at most; shape (windows,), 0 and more."""
    own, noise = (np.convolve(one**2, np.ones(width), mode="valid") for one in (value, surrogate))
    return np.maximum(own - np.quantile(noise, 0.84), 0.0)


def distance_sigmas(profile: Profile, usual: Profile, width: int, excess: Floats) -> Floats:
    """How far each distance lies above the usual, in sigmas; shape (windows,), NaN where a window is not valid.

    The usual is that of noise with the same spectrum, or of the calmer half of the windows where that is more:
    strange windows are few, but each makes all windows over it strange. A window of noise has thousands to choose the
    nearest from, a strange one has its twin alone, so that their noise differs by all of twice its variance: where
    the nearest window has an ``excess`` of energy, this much of the distance is usual.

    Parameters
    ----------
    excess : ndarray, shape (windows,)
        Of the window nearest to each.
    """
    own, noise = (one.distance[np.isfinite(one.distance)] for one in (profile, usual))
    if own.size == 0 or noise.size == 0:
        return np.full(profile.distance.shape, np.nan)
    low, middle, high = np.quantile(noise, [0.25, 0.5, 0.84])
    calm, calmer, lower = np.quantile(own, [0.25, 0.4, 0.1])
    white = _WHITE * np.sqrt(width)
    sigma = max(high - middle, white, calmer - lower)
    middle = max(middle, calm + middle - low)
    of_twins = 2 * width + np.sqrt(8 * width) * sigma / white
    usual_distance = middle + np.minimum(excess, max(0.0, of_twins - middle))
    return (profile.distance - usual_distance) / (sigma * _TAIL)


def covered_mean(of_windows: Floats, width: int) -> Floats:
    """The mean over all windows that cover each value; shape (m + width - 1,), NaN where no known window does."""
    known = np.isfinite(of_windows)
    pad = np.zeros(width - 1)
    total = np.cumsum(np.concatenate([[0.0], pad, np.where(known, of_windows, 0.0), pad]))
    count = np.cumsum(np.concatenate([[0.0], pad, known, pad]))
    n = of_windows.size + width - 1
    number = count[width : width + n] - count[:n]
    return np.where(number > 0, (total[width : width + n] - total[:n]) / np.maximum(number, 1), np.nan)


def deviating_part(difference: Floats) -> tuple[int, int]:
    """The stretch that makes a window strange: where its squared differences stand out most, and what still shows.

    Of all stretches the one whose energy exceeds that of noise most significantly is taken, then widened while two
    sigma are left.

    Parameters
    ----------
    difference : ndarray, shape (n,)
        Window less what it should be, in sigmas.
    """
    total = np.concatenate([[0.0], np.cumsum(np.minimum(difference**2, _MOST_ENERGY) - 1.0)])
    best = (-np.inf, 0, difference.size)
    length = 1.0
    while round(length) <= difference.size:
        rows = round(length)
        excess = (total[rows:] - total[:-rows]) / np.sqrt(2 * rows)
        at = int(np.argmax(excess))
        best = max(best, (float(excess[at]), at, at + rows))
        length = max(length + 1, length * 1.25)
    _, start, stop = best
    shows = np.abs(difference) > STILL_SHOWS
    left, right = np.flatnonzero(~shows[:start]), np.flatnonzero(~shows[stop:])
    start = int(left[-1]) + 1 if left.size else 0
    return start, stop + int(right[0]) if right.size else difference.size


@compiled
def _nearest(values: Floats, width: int, valid: Bools, nearer: Ints) -> tuple[Floats, Ints]:
    """Squared distance and first value of the nearest window that overlaps none of ``nearer``, shape (k, m)."""
    m = valid.size
    best, place = np.full(m, np.inf), np.full(m, -1, np.int64)
    bar = np.where(valid, 0.0, np.inf)
    # How far window i is from windows i + width, i + width + 1, ...: of the next i the same lags, updated in place.
    lagged = np.zeros(max(0, m - width))
    for lag in range(lagged.size):
        for t in range(width):
            lagged[lag] += (values[t] - values[t + width + lag]) ** 2
    for i in range(m - width):
        row = lagged[: m - width - i]
        if i > 0:
            enters, leaves = values[i + width - 1], values[i - 1]
            enter, leave = values[i + 2 * width - 1 :], values[i + width - 1 :]
            for j in range(row.size):
                gained, lost = enters - enter[j], leaves - leave[j]
                row[j] += gained * gained - lost * lost
        if not valid[i]:
            continue
        later, at, theirs = best[i + width :], place[i + width :], row
        if nearer.shape[0] > 0:
            theirs = row.copy()
            for taken in nearer:
                them = taken[i + width :]
                for j in range(theirs.size):
                    theirs[j] = np.inf if abs(them[j] - i) < width else theirs[j]
        for j in range(theirs.size):
            better = theirs[j] < later[j]
            later[j] = theirs[j] if better else later[j]
            at[j] = i if better else at[j]
        barred = bar[i + width :]
        if nearer.shape[0] > 0:
            barred = barred.copy()
            for taken in nearer:
                barred[max(0, taken[i] - i - 2 * width + 1) : max(0, taken[i] - i)] = np.inf
        # Four minima at once: one alone would wait for itself at each value.
        a = b = c = d = np.inf
        whole = row.size // 4 * 4
        for j in range(0, whole, 4):
            a = min(a, row[j] + barred[j])
            b = min(b, row[j + 1] + barred[j + 1])
            c = min(c, row[j + 2] + barred[j + 2])
            d = min(d, row[j + 3] + barred[j + 3])
        for j in range(whole, row.size):
            a = min(a, row[j] + barred[j])
        least = min(min(a, b), min(c, d))
        if least < best[i]:
            best[i] = least
            for j in range(row.size):
                if row[j] + barred[j] == least:
                    place[i] = i + width + j
                    break
    return np.maximum(best, 0.0), place
