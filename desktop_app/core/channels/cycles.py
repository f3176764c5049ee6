"""How long the cycle of a channel is that repeats itself, as temperatures do with the orbit."""

import numpy as np

from desktop_app.core.arrays import Floats

_SHORTEST = 8
_FEWEST_CYCLES = 3
_ALIKE = 0.5
_AS_GOOD = 0.9


def cycle_rows(values: Floats) -> int:
    """The rows from one cycle to the next, 0 where the channel does not repeat itself.

    It is the first peak of the autocorrelation, after that fell below zero, that comes near the highest; a channel
    repeats itself where the highest is 0.5 or more and there are three cycles or more.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN counts as the mean.
    """
    n = len(values)
    longest = n // _FEWEST_CYCLES
    if longest <= _SHORTEST:
        return 0
    centred = np.nan_to_num(values - np.nanmean(values)) if np.isfinite(values).any() else np.zeros(n)
    variance = float(centred @ centred)
    if not variance > 0.0:
        return 0
    spectrum = np.fft.rfft(centred, 2 * n)
    raw = np.fft.irfft(spectrum * spectrum.conj(), 2 * n)[: longest + 1]
    # Fewer products go into a longer lag; without that a steady cycle would seem to fade.
    alike = raw / variance * (n / (n - np.arange(longest + 1)))
    below = np.flatnonzero(alike < 0.0)
    if below.size == 0:
        return 0
    first = max(int(below[0]), _SHORTEST)
    if first > longest:
        return 0
    best = float(alike[first:].max())
    if best < _ALIKE:
        return 0
    # Of many cycles that are as much alike the shortest: two cycles are no cycle.
    high = np.flatnonzero(alike[first:] >= _AS_GOOD * best)
    stop = first + int(high[np.flatnonzero(np.diff(high, append=high[-1] + 2) > 1)[0]])
    start = first + int(high[0])
    cycle = start + int(np.argmax(alike[start : stop + 1]))
    return cycle if cycle < longest else 0
