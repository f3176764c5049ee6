"""Between which values a picture is shown: the usual choices of cuts."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats

CutsName = Literal["min–max", "zscale", "90 %", "95 %", "99 %", "99.5 %", "99.9 %"]
CUTS: tuple[CutsName, ...] = get_args(CutsName)
DEFAULT_CUTS: CutsName = "99.5 %"
Interval = tuple[float, float]

_SHARES: dict[CutsName, float] = {"90 %": 90, "95 %": 95, "99 %": 99, "99.5 %": 99.5, "99.9 %": 99.9}
_CONTRAST = 0.25
_ZSCALE_SAMPLES = 1000
_FEWEST = 5
_MOST_REJECTED = 0.5
_REJECT_SIGMA = 2.5
_ROUNDS = 5
_LARGE = 1e100


def cuts_of(values: Floats, extremes: Interval, spread: NDArray[np.floating]) -> dict[CutsName, Interval]:
    """Every choice of cuts.

    Parameters
    ----------
    values : ndarray, sorted
        A sample of the finite values.
    extremes : (float, float)
        The smallest and largest of all values.
    spread : ndarray
        Finite values, each some way from the next in the picture, for zscale.
    """
    if not len(values):
        return dict.fromkeys(CUTS, (0.0, 1.0))
    sides = [50 - share / 2 for share in _SHARES.values()]
    low, high = np.percentile(values, sides), np.percentile(values, [100 - side for side in sides])
    found: dict[CutsName, Interval] = {"min–max": extremes, "zscale": zscale(spread)}
    found |= {name: (float(a), float(b)) for name, a, b in zip(_SHARES, low, high, strict=True)}
    return {name: _apart(*found[name]) for name in CUTS}


def cuts_by(name: CutsName, values: NDArray[np.floating]) -> Interval:
    """One choice of cuts.

    Parameters
    ----------
    name : str
    values : ndarray
        Finite, in the order of the picture.
    """
    if not values.size:
        return 0.0, 1.0
    if name == "min–max":
        return _apart(float(values.min()), float(values.max()))
    if name == "zscale":
        return _apart(*zscale(values))
    side = 50 - _SHARES[name] / 2
    low, high = np.percentile(values, [side, 100 - side])
    return _apart(float(low), float(high))


def zscale(values: NDArray[np.floating]) -> Interval:
    """The cuts of IRAF's and DS9's zscale, contrast 0.25: about the median, by the slope of the sorted values.

    Parameters
    ----------
    values : ndarray, not empty
        Finite, in the order of the picture; every so manieth is looked at.
    """
    samples = np.sort(values[:: max(1, values.size // _ZSCALE_SAMPLES)][:_ZSCALE_SAMPLES].astype(np.float64))
    n = len(samples)
    low, high = float(samples[0]), float(samples[-1])
    size = max(abs(low), abs(high))
    if size > _LARGE:  # their squares would be infinite
        first, last = zscale(samples / size)
        return first * size, last * size
    fewest, place = max(_FEWEST, int(n * _MOST_REJECTED)), np.arange(n)
    widening = max(1, int(n * 0.01))
    good, bad = n, np.zeros(n, np.bool_)
    before, slope = n + 1, 0.0
    for _ in range(_ROUNDS):
        if good >= before or good < fewest:
            break
        slope, start = np.polyfit(place[~bad], samples[~bad], 1)
        off = samples - (slope * place + start)
        limit = _REJECT_SIGMA * off[~bad].std()
        bad = np.convolve(bad | (np.abs(off) > limit), np.ones(widening, np.bool_), mode="same")
        before, good = good, int(np.count_nonzero(~bad))
    if good < fewest:
        return low, high
    middle, half = float(np.median(samples)), (n - 1) // 2
    slope /= _CONTRAST
    return max(low, middle - (half - 1) * float(slope)), min(high, middle + (n - half) * float(slope))


def symmetric(cuts: Interval) -> Interval:
    """``cuts`` with zero in the middle, for differences."""
    far = max(abs(cuts[0]), abs(cuts[1]))
    return -far, far


def _apart(low: float, high: float) -> Interval:
    """Cuts that differ."""
    return (low, high) if high > low else (low, low + (abs(low) * 1e-6 or 1.0))
