"""Takes out of a light curve what follows the pointing, as the six-hour sawtooth of K2 does."""

from collections.abc import Callable
from enum import StrEnum

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.baseline import BINS_PER_WINDOW, bin_medians, draw_line, smooth_line
from desktop_app.core.segments import segment_starts

FIRING_D = 0.245203
"""The thrusters of K2 may fire every twelfth long cadence."""
GAIN = 0.08
"""The scatter has to fall by this share for the pointing to be at fault."""
_LINE_D = 1.5
_GAP_D = 0.5
_WINDOW_D = 8.0
_BINS = 15
_ROWS_PER_BIN = 8
_ROUNDS = 2
_TURNS = 2
_CLIP = 5.0
_PHASES = 12
_CYCLES = 5


class Pointing(StrEnum):
    """When to take out what follows the pointing."""

    AUTOMATIC = "automatic"
    ALWAYS = "always"
    NEVER = "never"


def follows_pointing(
    time: Floats,
    flux: Floats,
    place: tuple[Floats, Floats] | None,
    steady: Bools,
    repeated_in: Callable[[Floats], Floats],
) -> tuple[Floats, bool]:
    """What in ``flux`` follows the pointing, shape (n,), and whether the curve is calmer without it.

    Parameters
    ----------
    time, flux, place, steady
        As `pointing_part` takes them.
    repeated_in : callable
        Tells of a flux what in it repeats because the star turns or pulsates: that must not be taken for the
        pointing's, and can be told from it only once some of that is out.
    """
    following = pointing_part(time, flux, place, steady)
    repeated = np.zeros(time.size)
    for _ in range(_TURNS):
        repeated = repeated_in(flux - following)
        following = pointing_part(time, flux - repeated, place, steady)
    return following, is_at_fault(time, flux - repeated, following, steady)


def pointing_part(time: Floats, flux: Floats, place: tuple[Floats, Floats] | None, steady: Bools) -> Floats:
    """What in ``flux`` follows where the star lies on the detector; shape (n,), in the unit of the flux.

    With positions this is self flat-fielding (Vanderburg & Johnson 2014): within about eight days the star moves to
    and fro along one line, and what is left of the flux once slow changes are out is a function of the place on that
    line. Without positions it is what comes back with every chance of the thrusters to fire.

    Parameters
    ----------
    time, flux : ndarray, shape (n,)
        Finite, times never decreasing.
    place : pair of ndarray, shape (n,), or None
        Position in pixels; what follows is not known where it is NaN, and 0 is given.
    steady : ndarray of bool, shape (n,)
        Rows that tell: not while a thruster fires.
    """
    following = np.zeros(time.size)
    for _ in range(_ROUNDS):
        rest = flux - following
        rest = flux - _slow(time, rest, steady)
        following = _comb(time, rest, steady) if place is None else _along(time, rest, place, steady)
    return following


def is_at_fault(time: Floats, flux: Floats, following: Floats, steady: Bools) -> bool:
    """Whether taking ``following`` out makes the curve calmer."""
    before = robust_sigma((flux - _slow(time, flux, steady))[steady])
    less = flux - following
    return robust_sigma((less - _slow(time, less, steady))[steady]) < (1 - GAIN) * before


def _slow(time: Floats, flux: Floats, steady: Bools) -> Floats:
    starts = segment_starts(time, _GAP_D)
    bins = bin_medians(time, flux, steady, starts, _LINE_D / BINS_PER_WINDOW)
    return draw_line(time, starts, bins, *smooth_line(bins, _LINE_D))


def _along(time: Floats, rest: Floats, place: tuple[Floats, Floats], steady: Bools) -> Floats:
    """What follows the place, from windows that overlap by half; shape (n,)."""
    total, weight = np.zeros(time.size), np.zeros(time.size)
    windows = max(1, round((time[-1] - time[0]) / (0.5 * _WINDOW_D)) - 1)
    half = 0.5 * (time[-1] - time[0]) if windows == 1 else (time[-1] - time[0]) / (windows + 1)
    known = np.isfinite(place[0]) & np.isfinite(place[1])
    for window in range(windows):
        centre = time[0] + (window + 1) * half
        low, high = np.searchsorted(time, [centre - half, np.nextafter(centre + half, np.inf)])
        rows = low + np.flatnonzero(known[low:high])
        if np.count_nonzero(steady[rows]) < 2 * _ROWS_PER_BIN:
            continue
        share = 1.001 - np.abs(time[rows] - centre) / half
        arc = _arc(place[0][rows], place[1][rows])
        total[rows] += share * _function_of(arc, rest[rows], steady[rows])
        weight[rows] += share
    return np.divide(total, weight, out=np.zeros(time.size), where=weight > 0)


def _arc(x: Floats, y: Floats) -> Floats:
    """How far along its line of motion the star is; shape (n,)."""
    away = np.column_stack([x - np.median(x), y - np.median(y)])
    size = np.hypot(away[:, 0], away[:, 1])
    # A star that is lost for some rows must not turn the line.
    away_clipped = away * np.minimum(1.0, 3 * np.median(size) / np.maximum(size, 1e-12))[:, None]
    _, axes = np.linalg.eigh(away_clipped.T @ away_clipped)
    return np.asarray(away @ axes[:, -1], np.float64)


def _function_of(arc: Floats, rest: Floats, steady: Bools) -> Floats:
    """Medians of ``rest`` in equal shares of the rows by ``arc``, joined by straight lines; shape (n,)."""
    order = np.flatnonzero(steady)[np.argsort(arc[steady], kind="stable")]
    parts = np.array_split(order, int(np.clip(order.size // _ROWS_PER_BIN, 2, _BINS)))
    at = np.array([np.median(arc[part]) for part in parts])
    level = np.array([np.median(rest[part]) for part in parts])
    following = np.interp(arc, at, level)
    return following - float(np.median(following[steady]))


def _comb(time: Floats, rest: Floats, steady: Bools) -> Floats:
    """Medians over neighbouring cycles at each phase between two chances to fire; shape (n,)."""
    moment = (time - time[0]) / (FIRING_D / _PHASES)
    cell = np.floor(moment + 1e-6).astype(np.int64)
    cycles = int(cell[-1]) // _PHASES + 1
    sigma = robust_sigma(rest[steady])
    told = np.flatnonzero(steady & (np.abs(rest) < _CLIP * sigma))
    count = np.bincount(cell[told], minlength=cycles * _PHASES)
    level = np.bincount(cell[told], weights=rest[told], minlength=cycles * _PHASES) / np.maximum(count, 1)
    wide = np.pad(
        level.reshape(cycles, _PHASES), ((_CYCLES, _CYCLES), (0, 0)), mode="reflect" if cycles > _CYCLES else "edge"
    )
    around = np.array([wide[turn : turn + cycles] for turn in range(2 * _CYCLES + 1)])  # (turns, cycles, phases)
    return np.asarray(np.median(around, axis=0).ravel()[cell], np.float64)
