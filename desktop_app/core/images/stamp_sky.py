"""The sky of each stamp: its level and its noise, told by the frame of pixels along the border."""

from typing import NamedTuple

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import Stamps

_FRAME = 8
_BELOW = 0.158655


class StampSky(NamedTuple):
    """Level and noise of the sky, shape (m,) each, in units of the stamps; NaN where a border has no finite pixel."""

    level: Floats
    noise: Floats


def sky_of(images: Stamps) -> StampSky:
    """The sky of each stamp.

    The level is the median of a frame an eighth of the stamp wide. The noise is how far the quantile 0.159 lies
    below it, one sigma of a normal distribution: what shines raises pixels, so those below tell more of the noise.

    Parameters
    ----------
    images : ndarray, shape (m, ny, nx)
        NaN is left out.
    """
    m = len(images)
    ordered = np.sort(_frames(images), axis=1)
    counts = np.isfinite(ordered).sum(axis=1)
    row = np.arange(m)
    last = np.maximum(counts - 1, 0)
    with np.errstate(invalid="ignore"):
        level = 0.5 * (ordered[row, last // 2] + ordered[row, (last + 1) // 2])
        noise = level - ordered[row, np.floor(_BELOW * last).astype(np.int64)]
    level[counts == 0] = np.nan
    noise[counts == 0] = np.nan
    return StampSky(level, noise)


def in_sigmas(images: Stamps) -> tuple[Stamps, StampSky]:
    """Stamps above their sky in units of its noise, NaN as sky, and that sky.

    A sky without noise, as in pictures that were made by no camera, takes a thousandth of the brightest pixel's
    height for noise, so that numbers stay finite; a constant stamp is zero.
    """
    sky = sky_of(images)
    above = (images - sky.level[:, None, None]).astype(np.float32)
    above[~np.isfinite(above)] = 0.0
    height = np.abs(above).reshape(len(above), -1).max(axis=1, initial=0.0).astype(np.float64)
    noise = np.where(sky.noise > 1e-6 * height, sky.noise, 1e-3 * height)
    noise = np.where(noise > 0, noise, 1.0)
    above /= noise[:, None, None].astype(np.float32)
    return above, StampSky(sky.level, noise)


def _frames(images: Stamps) -> Floats:
    """The pixels along the border, shape (m, n), as float64; infinite ones are NaN."""
    _, ny, nx = images.shape
    wide = max(1, min(ny, nx) // _FRAME)
    border = np.ones((ny, nx), bool)
    border[wide : ny - wide, wide : nx - wide] = False
    pixels = images[:, border].astype(np.float64)
    pixels[~np.isfinite(pixels)] = np.nan
    return pixels
