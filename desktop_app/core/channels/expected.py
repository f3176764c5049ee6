"""What a channel should have looked like where it was strange: the values of the most similar usual windows."""

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.constants import CONSTANTS
from desktop_app.core.channels.profile import nearest_window
from desktop_app.core.telemetry import stretches


def expected_values(values: Floats, valid: Bools, flagged: Bools, width: int) -> Floats:
    """The nearest windows that are not flagged, laid under the flagged stretches one after another; else NaN.

    Parameters
    ----------
    values : ndarray, shape (n,)
    valid : ndarray of bool, shape (n - width + 1,)
        Windows that may be compared.
    flagged : ndarray of bool, shape (n,)
    width : int
    """
    model = np.full(values.size, np.nan)
    count = np.concatenate([[0], np.cumsum(flagged)])
    usual = valid & (count[width:] - count[:-width] == 0) if valid.size else valid
    for start, stop in stretches(flagged):
        for place in _tiles(start, stop, width, values.size):
            reach = CONSTANTS.chunk // 2
            nearest = nearest_window(values, place, width, usual, max(0, place - reach), place + reach)
            if nearest < 0:
                continue
            inside = slice(max(start, place), min(stop, place + width))
            model[inside] = values[nearest + inside.start - place : nearest + inside.stop - place]
    return model


def _tiles(start: int, stop: int, width: int, n: int) -> list[int]:
    """First samples of windows that cover ``start:stop`` side by side, the middle one of short stretches centred."""
    if stop - start <= width:
        return [min(max(0, (start + stop - width) // 2), n - width)]
    places = list(range(start, stop - width, width))
    return [*places, stop - width]
