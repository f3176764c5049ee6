"""A picture as the searches for artefacts see it: in sigmas above its background, with what is not known left out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.images.background import Background, background_of
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.sky_image import SkyImage

_BOX_PX = 128
_MOST_SAMPLES = 400_000
_LOUDER = 3.0
_RIM_PX = 4


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture, made ready once for all kinds.

    Attributes
    ----------
    pixels : ndarray of float32, shape (ny, nx)
        As in the file; 0 where not good.
    good : ndarray of bool, shape (ny, nx)
        Where there is a value.
    sigmas : ndarray of float32, shape (ny, nx)
        Above the background, in units of the noise of the sky; 0 where not good.
    level : ndarray of float32, shape (ny, nx)
        The background.
    noise : float
        The noise of the sky, in the unit of the pixels: the middle one of the picture.
    """

    pixels: NDArray[np.float32]
    good: Bools
    sigmas: NDArray[np.float32]
    level: NDArray[np.float32]
    noise: float

    @property
    def shape(self) -> tuple[int, int]:
        """ny, nx."""
        return self.good.shape[0], self.good.shape[1]


def frame_of(image: SkyImage, background: Background | None = None, report: Report = silent) -> Frame | None:
    """The picture in sigmas; None where too little of it is known or nothing varies.

    Parameters
    ----------
    image : SkyImage
    background : Background, optional
        Where it was measured before.
    report : callable
        Told the progress; may raise `JobCancelled`.
    """
    good = np.isfinite(image.pixels)
    if image.bad is not None:
        good &= ~image.bad
    if np.count_nonzero(good) < 64 or min(good.shape) < 8:
        return None
    pixels = np.where(good, image.pixels, 0).astype(np.float32)
    noise = pixel_noise(pixels, good)
    report(0.1, "Noise of single pixels measured")
    if not noise > 0:
        return None
    if background is None:
        box_px = max(16, min(_BOX_PX, min(good.shape) // 2))
        background = background_of(pixels, ~good, box_px=box_px, report=part(report, 0.1, 0.6))
    level = np.asarray(background.level, np.float32)
    local = np.asarray(background.noise, np.float32)
    # The noise changes from box to box, not from pixel to pixel.
    step = max(1, int(np.sqrt(pixels.size / _MOST_SAMPLES)))
    sampled = local[::step, ::step][good[::step, ::step]]
    usual = float(np.median(sampled if sampled.size else local[good]))
    report(0.7, "Noise of the sky measured")
    # A bright trail makes the noise of its own boxes loud, and would hide behind it.
    scale = np.clip(local, np.float32(noise), np.float32(_LOUDER * max(usual, noise)))
    report(0.8, "Counting in sigmas")
    sigmas = np.where(good, (pixels - level) / scale, 0).astype(np.float32)
    return Frame(pixels, good, sigmas, level, noise)


def stamp_frame(pixels: NDArray[np.float32]) -> Frame | None:
    """A small stamp in sigmas above the median of its rim; None as of `frame_of`."""
    good = np.isfinite(pixels)
    if np.count_nonzero(good) < 64 or min(good.shape) < 8:
        return None
    known = np.where(good, pixels, 0).astype(np.float32)
    noise = pixel_noise(known, good)
    rim = np.ones(good.shape, bool)
    rim[_RIM_PX:-_RIM_PX, _RIM_PX:-_RIM_PX] = False
    sky = known[rim & good]
    if not noise > 0 or not sky.size:
        return None
    middle = np.float32(np.median(sky))
    sigmas = np.where(good, (known - middle) / np.float32(noise), 0).astype(np.float32)
    return Frame(known, good, sigmas, np.full(good.shape, middle), noise)


def stamp_frames(images: NDArray[np.float32]) -> list[Frame | None]:
    """`stamp_frame` of many stamps at once; None also of those that do not know all of their pixels.

    Parameters
    ----------
    images : ndarray of float32, shape (m, ny, nx)
    """
    found: list[Frame | None] = [None] * len(images)
    if min(images.shape[1:]) < 8:
        return found
    whole = np.flatnonzero(np.isfinite(images).all(axis=(1, 2)))
    if not len(whole):
        return found
    rim = np.ones(images.shape[1:], bool)
    rim[_RIM_PX:-_RIM_PX, _RIM_PX:-_RIM_PX] = False
    noise = np.min([_spreads(images[whole], axis) for axis in (1, 2)], axis=0)
    middles = np.median(images[whole][:, rim], axis=1)
    for place, sigma, middle in zip(whole, noise, middles, strict=True):
        if not sigma > 0:
            found[place] = stamp_frame(images[place])
            continue
        pixels = images[place]
        sigmas = (pixels - middle) / np.float32(sigma)
        found[place] = Frame(pixels, np.ones(rim.shape, bool), sigmas, np.full(rim.shape, middle), float(sigma))
    return found


def _spreads(images: NDArray[np.float32], axis: int) -> Floats:
    """As `_spread` of differences over two pixels along an axis; shape (m,)."""
    one, other = (images[:, 2:], images[:, :-2]) if axis == 1 else (images[:, :, 2:], images[:, :, :-2])
    apart = (one - other).reshape(len(images), -1)
    apart -= np.median(apart, axis=1)[:, None]
    spreads: Floats = 1.4826 * np.median(np.abs(apart), axis=1).astype(np.float64) / np.sqrt(2)
    return spreads


def pixel_noise(pixels: NDArray[np.float32], good: Bools) -> float:
    """The noise of single pixels, from differences of neighbours, which what is smooth drops out of.

    Parameters
    ----------
    pixels, good : ndarray, shape (ny, nx)
    """
    step = max(1, int(np.sqrt(pixels.size / _MOST_SAMPLES)))
    found = []
    for known, one, other in (
        (good[:, 2:] & good[:, :-2], pixels[:, 2:], pixels[:, :-2]),
        (good[2:] & good[:-2], pixels[2:], pixels[:-2]),
    ):
        apart = (one[::step, ::step] - other[::step, ::step])[known[::step, ::step]]
        if apart.size:
            found.append(_spread(apart.astype(np.float64)))
    # Lines along one axis are rough across and smooth along.
    return min(found) if found else 0.0


def _spread(apart: Floats) -> float:
    spread = float(1.4826 * np.median(np.abs(apart - np.median(apart)))) / np.sqrt(2)
    if spread > 0:
        return spread
    # Rounded to whole numbers, or mostly blank: what is left when the zeros are.
    rest = apart[apart != 0]
    return float(np.median(np.abs(rest))) / np.sqrt(2) if rest.size > apart.size / 20 else 0.0
