"""The level and the noise of the sky under a picture, as maps, with sources and galaxies kept out of both."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.progress import Report, silent
from desktop_app.core.sky_image import Pixels

Maps = NDArray[np.float32]
"""Of the shape of the picture, in units of its spread."""

_FEWEST_PX = 64
_LEAST_SIDE_PX = 16
_LOOKED_AT = 200_000
# Boxes full of a galaxy are high, so the sky of a neighbourhood is what its lower boxes say.
_NEIGHBOURHOOD, _LOWER_SHARE = 9, 0.3
# Averaged over 3 pixels square, and over 15, what stands so many sigmas above the sky is none: cores, haloes.
_AVERAGED_PX = 3
_CORE, _HALO, _HALO_SIZE = 1.5, 0.6, 5
_AROUND = 3
_CLIPPINGS, _CLIPPED_AT = 5, 2.5
# The sigma of a normal distribution over that of what is left of it within three.
_OF_CLIPPED = 1.014
_LEAST_SKY = 0.15
_FURTHEST = 1e15
_SAID = "Measuring the sky"


@dataclass(frozen=True, eq=False)
class Background:
    """The sky under a picture.

    Attributes
    ----------
    level : ndarray, shape (ny, nx)
        What the pixel would hold without sources, in the unit and the type of the pixels; NaN everywhere where the
        picture has no value at all.
    noise : ndarray, shape (ny, nx)
        One sigma of it, positive; as ``level``.
    """

    level: Pixels
    noise: Pixels

    def __post_init__(self) -> None:
        self.level.flags.writeable = False
        self.noise.flags.writeable = False


def background_of(
    pixels: NDArray[np.generic], bad: Bools | None = None, *, box_px: int = 64, report: Report = silent
) -> Background:
    """The level and noise of the sky in boxes, between which a spline leads.

    Parameters
    ----------
    pixels : ndarray, shape (ny, nx)
        Numbers of any type and byte order; NaN where there is no value.
    bad : ndarray of bool, shape (ny, nx), optional
        Pixels that are not to be trusted.
    box_px : int
        The side of a box. Pictures of less than three boxes have one level.
    report : callable
        Told the progress; may raise `JobCancelled`.

    References
    ----------
    Bertin, E., & Arnouts, S. (1996), A&AS 117, 393, sections 3 and 4; Barbary, K. (2016), JOSS 1, 58.
    """
    own: Pixels = (
        np.ascontiguousarray(pixels, np.float64)
        if pixels.dtype.itemsize > 4
        else np.ascontiguousarray(pixels, np.float32)
    )
    good = trusted(own, bad)
    shape, count = own.shape, int(good.sum())
    if count == 0:
        return Background(np.full(shape, np.nan, own.dtype), np.full(shape, np.nan, own.dtype))
    sample = own[good][:: max(count // _LOOKED_AT, 1)].astype(np.float64)
    middle, spread = float(np.median(sample)), robust_sigma(sample) or float(np.std(sample)) or 1.0
    # What the type cannot resolve of the brightest pixel is no signal.
    least = float(np.finfo(own.dtype).eps) * max(float(np.abs(sample).max()), float(np.finfo(np.float32).tiny))
    if count < _FEWEST_PX or min(shape) < _LEAST_SIDE_PX:
        noise = max(robust_sigma(sample), least)
        return Background(np.full(shape, middle, own.dtype), np.full(shape, noise, own.dtype))
    # sep counts in float32, where a large offset would hide the noise.
    scaled = np.clip((own - middle) / spread, -_FURTHEST, _FURTHEST).astype(np.float32)
    scaled[~good] = 0
    report(0.2, _SAID)
    level, noise_in_spreads = _maps(scaled, ~good, box_px, report)
    noise = np.maximum(noise_in_spreads * spread, least)
    if own.dtype == np.float64:
        return Background(level.astype(np.float64) * spread + middle, noise.astype(np.float64))
    return Background(level * np.float32(spread) + np.float32(middle), noise.astype(np.float32))


def trusted(pixels: Pixels, bad: Bools | None) -> Bools:
    """Where there is a value that nothing speaks against, shape (ny, nx)."""
    finite: Bools = np.isfinite(pixels)
    return finite if bad is None else finite & ~np.asarray(bad, np.bool_)


def _maps(scaled: Maps, bad: Bools, box_px: int, report: Report) -> tuple[Maps, Maps]:
    """Level and noise, shapes (ny, nx), first from all pixels, then from those that are sky by the first."""
    import sep

    box = box_px if min(scaled.shape) >= 3 * box_px else max(min(scaled.shape) // 3, _LEAST_SIDE_PX)
    first = sep.Background(scaled, mask=bad, bw=box, bh=box, fw=1, fh=1)
    report(0.3, _SAID)
    level, noise = _lower(np.asarray(first.back()), box), _lower(np.asarray(first.rms()), box)
    report(0.5, _SAID)
    level += _still_below(scaled, level, noise, ~bad)
    report(0.55, _SAID)
    sky = _sky(scaled, level, noise, ~bad)
    report(0.65, _SAID)
    if sky is None:
        # Nearly all of it is source: the lower boxes are the best that is known of the sky.
        return level, noise
    if min(scaled.shape) < 3 * box_px:
        middle, sigma = _clipped(scaled[sky])
        return np.full(scaled.shape, middle, np.float32), np.full(scaled.shape, sigma, np.float32)
    return _between_boxes(scaled, sky, box, report)


def _between_boxes(scaled: Maps, sky: Bools, box: int, report: Report) -> tuple[Maps, Maps]:
    """Level and noise of the sky pixels of each box, smoothed over neighbours, and lines between the boxes."""
    from scipy.ndimage import distance_transform_edt, median_filter

    ny, nx = scaled.shape
    meshes = np.full((2, -(-ny // box), -(-nx // box)), np.nan)
    for row, column in np.ndindex(meshes.shape[1:]):
        if column == 0:
            report(0.65 + 0.3 * row / meshes.shape[1], _SAID)
        here = slice(row * box, (row + 1) * box), slice(column * box, (column + 1) * box)
        values = scaled[here][sky[here]]
        if values.size >= _LEAST_SKY * box**2:
            meshes[:, row, column] = _clipped(values)
    if not np.isfinite(meshes).any():
        meshes[:] = np.reshape(_clipped(scaled[sky]), (2, 1, 1))
    unknown = np.isnan(meshes[0])
    nearest = distance_transform_edt(unknown, return_distances=False, return_indices=True)
    level, noise = (median_filter(mesh[tuple(nearest)], 3, mode="nearest") for mesh in meshes)
    return _lines_between(level, scaled.shape, box), _lines_between(noise, scaled.shape, box)


def _clipped(values: Maps) -> tuple[float, float]:
    """The mode and one sigma of what lies within three sigmas.

    Whole numbers may all but agree, so that deviations have a median of zero; after the clip their mean square holds.
    """
    sigma = robust_sigma(values.astype(np.float64)) or float(np.std(values))
    kept = values[np.abs(values - np.median(values)) <= 3 * sigma]
    middle, mean, sigma = float(np.median(kept)), float(np.mean(kept)), float(np.std(kept))
    # Pearson's rule, where the mean says that no bright wing is left.
    mode = 2.5 * middle - 1.5 * mean if abs(mean - middle) < 0.3 * sigma else middle
    return mode, _OF_CLIPPED * sigma


def _still_below(scaled: Maps, level: Maps, noise: Maps, good: Bools) -> float:
    """How far the lower boxes lie below the sky where much of the picture is sky; no more than one sigma."""
    step = max(scaled.size // _LOOKED_AT, 1)
    above = ((scaled - level) / noise.clip(np.finfo(np.float32).eps)).ravel()[::step][good.ravel()[::step]]
    for _ in range(_CLIPPINGS):
        middle = float(np.median(above)) if above.size else 0.0
        above = above[np.abs(above - middle) < _CLIPPED_AT]
    return float(np.clip(middle, 0, 1)) * float(np.median(noise))


def _lower(map_: NDArray[np.floating], box: int) -> Maps:
    """The lower boxes of each neighbourhood, between which lines lead; shape as ``map_``."""
    from scipy.ndimage import percentile_filter

    mesh = map_[np.ix_(*(_middles(n, box).astype(int) for n in map_.shape))]
    return _lines_between(
        percentile_filter(mesh, 100 * _LOWER_SHARE, size=_NEIGHBOURHOOD, mode="nearest"), map_.shape, box
    )


def _middles(n: int, box: int) -> Floats:
    """Where the boxes along an axis have their middle; the last may be cut off by the edge."""
    return np.minimum(np.arange(0, n, box) + box / 2, n - 1)


def _lines_between(mesh: NDArray[np.floating], shape: tuple[int, ...], box: int) -> Maps:
    """Values at the middles of boxes, led over to all pixels."""
    (before, after, weight), (left, right, along) = (_neighbours(n, box) for n in shape)
    mesh = mesh.astype(np.float32)
    rows = mesh[before] * (1 - weight[:, None]) + mesh[after] * weight[:, None]  # (ny, boxes)
    return np.asarray(rows[:, left] * (1 - along) + rows[:, right] * along, np.float32)


def _neighbours(n: int, box: int) -> tuple[Ints, Ints, Maps]:
    """For each pixel of an axis the boxes before and after it, and the weight of the latter."""
    middles = _middles(n, box)
    place = np.interp(np.arange(n), middles, np.arange(len(middles)))
    before = np.minimum(place.astype(np.int64), max(len(middles) - 2, 0))
    return before, np.minimum(before + 1, len(middles) - 1), (place - before).astype(np.float32)


def _sky(scaled: Maps, level: Maps, noise: Maps, good: Bools) -> Bools | None:
    """Where nothing stands above the sky, nor near it; None where that is nowhere.

    In a crowded field haloes are everywhere: there only cores are kept out.
    """
    from scipy.ndimage import maximum_filter, uniform_filter

    small = _averaged((scaled - level) / noise.clip(np.finfo(np.float32).eps))
    cores = maximum_filter(small > _CORE, size=_AROUND)
    haloes = cores | maximum_filter(uniform_filter(small, _HALO_SIZE) > _HALO, size=_AROUND)
    ny, nx = scaled.shape
    for found in (haloes, cores):
        sky: Bools = good & ~np.repeat(np.repeat(found, _AVERAGED_PX, axis=0), _AVERAGED_PX, axis=1)[:ny, :nx]
        if sky.sum() >= _LEAST_SKY * good.sum():
            return sky
    return None


def _averaged(map_: Maps) -> Maps:
    """The means of squares; the last squares hold what is left."""
    n = _AVERAGED_PX
    (ny, nx), missing = map_.shape, [(0, -size % n) for size in map_.shape]
    padded = np.pad(map_, missing, mode="edge") if ny % n or nx % n else map_
    rows, columns = padded.shape
    squares: Maps = np.zeros((rows // n, columns // n), np.float32)
    for place in np.ndindex(n, n):
        squares += padded[place[0] :: n, place[1] :: n]
    squares /= n**2
    return squares
