"""The loops behind scoring samples as they come in: nearest windows, each found from its neighbour's in two steps."""

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.compiled import compiled

# What changes from call to call stands in `at`: samples seen, where the next one stands in the buffer, which half of
# the distances to the reference is in use, calm samples so far, and those since the tail was fitted.


@compiled
def nearest_within(values: Floats, ages: Ints, width: int) -> Floats:
    """How far the window that ends with each value is from the nearest that shares none with it; shape (n,).

    Parameters
    ----------
    values : ndarray, shape (n,)
    ages : ndarray of int, shape (n,)
        How many values without a gap end with each; windows over gaps are left out, inf comes back.
    width : int
    """
    n = values.size
    best = np.full(n, np.inf)
    for lag in range(width, n):
        total = 0.0
        for end in range(lag, n):
            difference = values[end] - values[end - lag]
            total += difference * difference
            if end - lag >= width:
                left = values[end - width] - values[end - lag - width]
                total -= left * left
            if end - lag >= width - 1 and ages[end] >= width and ages[end - lag] >= width:
                best[end] = min(best[end], total)
                best[end - lag] = min(best[end - lag], total)
    return np.sqrt(np.maximum(best, 0.0) / width)


@compiled
def nearest_reference(
    reference: Floats,
    reference_age: Ints,
    windows: Ints,
    distances: Floats,
    past: Floats,
    ages: Ints,
    at: Ints,
    near: Floats,
    place: Floats,
) -> None:
    """Squared distance of the windows that end with new samples to the nearest of the reference, and its end's value.

    Parameters
    ----------
    reference, reference_age : ndarray, shape (m,)
    windows : ndarray of int, shape (k,)
    distances : ndarray, shape (2, k, m)
        Of the window that ended last to the one that ends with each value of the reference; carried on in place.
    past, ages : ndarray
        The buffer of samples with the new ones in it.
    at : ndarray of int
    near, place : ndarray, shape (n new samples, k)
        Filled: inf and NaN where there is none.
    """
    m, half = reference.size, at[2]
    for row in range(near.shape[0]):
        end, seen = at[1] + row, at[0] + row
        value = past[end]
        for k in range(windows.size):
            width = windows[k]
            old, new = distances[half, k], distances[1 - half, k]
            left = past[end - width] if seen >= width else 0.0
            for j in range(m):
                entered = value - reference[j]
                new[j] = entered * entered + (old[j - 1] if j > 0 else 0.0)
            if seen >= width:
                for j in range(width, m):
                    gone = left - reference[j - width]
                    new[j] -= gone * gone
            if ages[end] >= width:
                for j in range(width - 1, m):
                    if new[j] < near[row, k] and reference_age[j] >= width:
                        near[row, k], place[row, k] = new[j], reference[j]
        half = 1 - half
    at[2] = half


@compiled
def nearest_past(
    windows: Ints,
    distances: Floats,
    past: Floats,
    ages: Ints,
    flagged: Bools,
    at: Ints,
    calm: Floats,
    near: Floats,
    place: Floats,
    first: int,
    limit: float,
    quarantine: int,
    refit: int,
    distance: Floats,
    model: Floats,
) -> int:
    """Judge new samples from row ``first`` on by the reference and by the past; the row to go on with.

    Stops where ``refit`` calm samples came since the tail was fitted.

    Parameters
    ----------
    distances : ndarray, shape (k, h + 1)
        Of the window that ended last to the one so many samples earlier; carried on in place.
    flagged : ndarray of bool
        Beside the buffer: which samples were beyond the limit when they came.
    calm : ndarray
        A ring of distances that were not.
    near, place : ndarray, shape (n, k)
        As `nearest_reference` left them.
    distance, model : ndarray, shape (n,)
        Filled: the mean root mean square difference, and the end of the window nearest by the middle length.
    """
    for row in range(first, near.shape[0]):
        end, seen = at[1], at[0]
        total, full = 0.0, 0
        for k in range(windows.size):
            width, lags = windows[k], distances[k]
            reach = min(seen, lags.size - 1)
            best, nearest = near[row, k], place[row, k]
            for lag in range(1, reach + 1):
                entered = past[end] - past[end - lag]
                lags[lag] += entered * entered
            for lag in range(1, min(reach, seen - width) + 1):
                gone = past[end - width] - past[end - lag - width]
                lags[lag] -= gone * gone
            if ages[end] < width:
                continue
            for lag in range(width, reach + 1):
                other = end - lag
                if lags[lag] < best and ages[other] >= width and (not flagged[other] or lag > quarantine):
                    best, nearest = lags[lag], past[other]
            total += np.sqrt(max(best, 0.0) / width)
            full += 1
            if full == 1 or 2 * k <= windows.size:
                model[row] = nearest
        at[0] += 1
        at[1] += 1
        flagged[end] = False
        if full == 0:
            continue
        distance[row] = total / full
        flagged[end] = distance[row] >= limit
        if not flagged[end]:
            calm[at[3] % calm.size] = distance[row]
            at[3] += 1
            at[4] += 1
            if at[4] >= refit:
                return row + 1
    return near.shape[0]
