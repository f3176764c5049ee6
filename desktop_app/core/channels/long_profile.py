"""Distances to the nearest windows in stretches of any length: exact where short, in chunks where long."""

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.constants import CONSTANTS
from desktop_app.core.channels.profile import join_profile, self_profile
from desktop_app.core.discord import matrix_profile
from desktop_app.core.progress import Report, part


def neighbour_distance(values: Floats, width: int, valid: Bools, neighbour: int, report: Report) -> Floats:
    """Root mean square difference of each window to its k-th nearest one; shape (m,), NaN where there is none.

    Beyond some 50,000 samples windows are compared with those of their chunk, which overlap by a quarter, and with
    stretches from all over the rest.

    Parameters
    ----------
    values, width, valid
        As in `self_profile`.
    neighbour : int
        k; the nearer ones share no sample with one another.
    """
    if values.size <= CONSTANTS.exact:
        return _whole(values, width, valid, neighbour, report)
    distance = np.full(valid.size, np.nan)
    size = max(CONSTANTS.chunk, 4 * width)
    step = size - size // 4
    lows = range(0, max(1, values.size - size + step), step)
    for place, low in enumerate(lows):
        high = min(values.size, low + size)
        windows = slice(low, max(low, high - width + 1))
        told = part(report, 0.6 * place / len(lows), 0.6 * (place + 1) / len(lows))
        found = _whole(values[low:high], width, valid[windows], neighbour, told)
        distance[windows] = np.fmin(distance[windows], found)
    if neighbour == 1:
        distance = np.fmin(distance, _to_samples(values, width, valid, part(report, 0.6, 1.0)))
    return distance


def training_distance(
    values: Floats, width: int, valid: Bools, reference: Floats, known: Bools, report: Report
) -> Floats:
    """As `join_profile`; of a long reference stretches from all over it."""
    places = _spread(reference.size, width)
    distance = np.full(valid.size, np.nan)
    for place, (low, high) in enumerate(places):
        told = part(report, place / len(places), (place + 1) / len(places))
        windows = slice(low, high - width + 1)
        if not known[windows].any():
            continue
        distance = np.fmin(distance, join_profile(values, width, valid, reference[low:high], known[windows], told))
    return distance


def _whole(values: Floats, width: int, valid: Bools, neighbour: int, report: Report) -> Floats:
    if neighbour == 1:
        return self_profile(values, width, valid, report).nearest
    squares = matrix_profile(values, width, valid, k=neighbour).distance
    distance: Floats = np.sqrt(squares / width)
    return distance


def _spread(size: int, width: int) -> list[tuple[int, int]]:
    """Stretches of a long record, evenly spread, that together are as long as half a chunk; all of a short one."""
    most = CONSTANTS.chunk // 2
    if size <= CONSTANTS.chunk:
        return [(0, size)]
    length = min(size, max(4 * width, most // 8))
    count = max(1, most // length)
    starts = np.linspace(0, size - length, count).astype(int)
    return [(int(start), int(start) + length) for start in starts]


def _to_samples(values: Floats, width: int, valid: Bools, report: Report) -> Floats:
    """The distance of each window to the nearest one in the stretches that stand for all, but for its own."""
    distance = np.full(valid.size, np.nan)
    places = _spread(values.size, width)
    for place, (low, high) in enumerate(places):
        told = part(report, place / len(places), (place + 1) / len(places))
        known = valid[low : high - width + 1]
        apart = np.array(valid)
        apart[max(0, low - width + 1) : high] = False
        if known.any() and apart.any():
            distance = np.fmin(distance, join_profile(values, width, apart, values[low:high], known, told))
    return distance
