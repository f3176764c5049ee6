"""How far the shape of each source is from what is usual among sources as bright, and by what, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.images.fusion import Tail, sigmas_of
from desktop_app.core.images.sources import AT_EDGE, BLENDED, MASKED, SATURATED, Sources
from desktop_app.core.images.strangeness import Gaussian

FEWEST = 12
"""Among fewer sources nothing is usual."""
# The finest difference of shape between stars of one picture, and what noise adds at a signal-to-noise of one.
_LEAST_SCATTER, _OF_NOISE = 0.04, 1.5
_WINDOW, _FEWEST_IN_WINDOW = 0.2, 25
_CLIP = 60.0
_NEIGHBOUR_IN_FWHM, _NEIGHBOUR_IN_FLUX, _NEIGHBOURS = 4.0, 0.1, 4
_TOLD_FROM = 3.0
_MOST_REASONS = 3


@dataclass(frozen=True, eq=False)
class Shapes:
    """What the shapes of the sources of one picture say.

    Attributes
    ----------
    values : ndarray, shape (m,)
        Sigmas of a normal distribution that are as unlikely as the shape; NaN where a source cannot be judged, as it is
        cut off or has missing pixels.
    off : mapping of str to ndarray, shape (m,)
        By how many sigmas each number is off from those of sources as bright: "width", "elongation",
        "concentration".
    ratios : mapping of str to ndarray, shape (m,)
        The number over the usual one.
    """

    values: Floats
    off: Mapping[str, Floats]
    ratios: Mapping[str, Floats]

    @property
    def space(self) -> Floats:
        """The numbers as a space, shape (m, 3); zero where a source cannot be judged."""
        return np.nan_to_num(np.column_stack(list(self.off.values())))


def judged(sources: Sources) -> Bools:
    """Which sources are whole, shape (m,)."""
    numbers = np.isfinite(sources.fwhm_px) & np.isfinite(sources.snr) & (sources.snr > 0) & (sources.peak > 0)
    return numbers & (sources.flux > 0) & ((sources.flags & (AT_EDGE | MASKED)) == 0)


def shapes_of(sources: Sources) -> Shapes:
    """How the shape of each source differs from the others'.

    The logarithms of three numbers are compared with their running median over the brightness and scaled by their
    running scatter, since faint sources have noisy shapes and blends have odd ones. The robust Mahalanobis distance
    is then counted in the sigmas of its own tail.
    """
    whole = judged(sources)
    logs = _logs(sources)
    off = {name: np.full(len(sources), np.nan) for name in logs}
    ratios = {name: np.full(len(sources), np.nan) for name in logs}
    values = np.full(len(sources), np.nan)
    if whole.sum() < FEWEST:
        values[whole] = 0.0
        return Shapes(values, off, ratios)
    brightness = np.log(sources.snr[whole])
    for name, column in logs.items():
        middle, scatter = _running(brightness, column[whole])
        scatter = np.hypot(scatter, _OF_NOISE / sources.snr[whole])
        off[name][whole] = np.clip((column[whole] - middle) / scatter, -_CLIP, _CLIP)
        ratios[name][whole] = np.exp(column[whole] - middle)
    rows = np.column_stack([column[whole] for column in off.values()])
    crowded = crowded_of(sources)[whole]
    usual = ~crowded if (~crowded).sum() >= FEWEST else np.ones(len(rows), np.bool_)
    distance = Gaussian.fit(rows[usual], np.ones(int(usual.sum()))).distance(rows)
    found = np.zeros(len(rows))
    found[usual] = sigmas_of(Tail.fit(distance[usual]).surprise(distance[usual]))
    if not usual.all():
        # Light of neighbours makes shapes odd, so these are held against one another, and never to be stranger than
        # they would be on their own.
        alone = Tail.fit(distance[usual]).surprise(distance[~usual])
        among = Tail.fit(distance[~usual]).surprise(distance[~usual])
        found[~usual] = sigmas_of(np.minimum(alone, among))
    values[whole] = found
    return Shapes(values, off, ratios)


def crowded_of(sources: Sources) -> Bools:
    """Which sources have light of a neighbour in them, shape (m,)."""
    from scipy.spatial import cKDTree

    crowded = (sources.flags & BLENDED) > 0
    if len(sources) < 2:
        return crowded
    places = np.column_stack([sources.x, sources.y])
    found = cKDTree(places).query(places, k=min(_NEIGHBOURS + 1, len(sources)))
    away, nearest = (np.asarray(one)[:, 1:] for one in found)
    with np.errstate(invalid="ignore"):
        near = away < _NEIGHBOUR_IN_FWHM * float(np.nanmedian(sources.fwhm_px))
        bright = sources.flux[nearest] > _NEIGHBOUR_IN_FLUX * sources.flux[:, None]
    return crowded | (near & bright).any(axis=1)


def either(shape: Floats, stamp: Floats) -> Floats:
    """What the shape of each source or the look of its stamp says, whichever is less likely, in sigmas, shape (m,).

    The chance that the smaller of two chances is as small (Šidák) counts, as there were two to choose from. What one
    view alone sees is then hardly weakened by the other: a stamp shows neighbours, which say nothing of the source.
    Where a stamp says nothing, the shape does.
    """
    from scipy.special import log_ndtr

    strongest = np.fmax(shape, stamp)
    chance = log_ndtr(-strongest)
    # 1 - (1 - p)² = p (2 - p)
    both = chance + np.log(2 - np.exp(chance))
    return np.asarray(sigmas_of(-np.where(np.isfinite(stamp), both, chance)))


def _logs(sources: Sources) -> dict[str, Floats]:
    """The logarithms of width, elongation and concentration, shape (m,)."""
    with np.errstate(all="ignore"):
        return {
            "width": np.log(sources.fwhm_px),
            "elongation": np.log(np.maximum(sources.a_px, 1e-3) / np.maximum(sources.b_px, 1e-3)),
            "concentration": np.log(sources.peak / sources.flux),
        }


def _running(brightness: Floats, column: Floats) -> tuple[Floats, Floats]:
    """The median and the robust scatter of ``column`` among sources about as bright, shapes (m,)."""
    order = np.argsort(brightness, kind="stable")
    size = min(max(round(_WINDOW * len(order)), _FEWEST_IN_WINDOW), len(order))
    starts = np.unique(np.linspace(0, len(order) - size, max(2 * len(order) // size, 1)).astype(int))
    windows = [order[start : start + size] for start in starts]
    at = np.array([np.median(brightness[window]) for window in windows])
    middles = np.array([np.median(column[window]) for window in windows])
    scatters = np.array([robust_sigma(column[window]) for window in windows])
    middle = np.interp(brightness, at, middles)
    return middle, np.maximum(np.interp(brightness, at, scatters), _LEAST_SCATTER)


def reasons_of(sources: Sources, shapes: Shapes, which: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Why each of some sources is unlike the others, what is furthest off first.

    Parameters
    ----------
    which : sequence of int
        The places of the sources.
    """
    return {place: _reasons(sources, shapes, place) for place in which}


def _reasons(sources: Sources, shapes: Shapes, place: int) -> tuple[str, ...]:
    off = {name: float(column[place]) for name, column in shapes.off.items() if np.isfinite(column[place])}
    told = [
        _WORDS[name](float(shapes.ratios[name][place]))
        for name in sorted(off, key=lambda name: -abs(off[name]))
        if abs(off[name]) >= _TOLD_FROM and name in _WORDS
    ][:_MOST_REASONS]
    flags = int(sources.flags[place])
    told += [words for bit, words in _OF_FLAGS.items() if flags & bit]
    return tuple(told)


def _times(ratio: float) -> str:
    """ "twice", "3.4 times", "half", "0.3 times"."""
    if 1.9 <= ratio <= 2.1:
        return "twice"
    if 0.48 <= ratio <= 0.52:
        return "half"
    return f"{ratio:.0f} times" if ratio >= 10 else f"{ratio:.2g} times"


_WORDS = {
    "width": lambda ratio: f"{_times(ratio)} as wide as others",
    "elongation": lambda ratio: f"{_times(ratio)} as elongated as others" if ratio > 1 else "rounder than others",
    "concentration": lambda ratio: f"its light is {_times(ratio)} as concentrated as that of others",
}
_OF_FLAGS = {BLENDED: "overlaps with a neighbour", SATURATED: "as bright as pixels of this picture get"}
