"""What of an image fills the screen: values in the screen's pixels, and their colours."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, log2

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats
from desktop_app.core.cuts import Interval
from desktop_app.core.larger_pixels import Shares, Steps, Values, largest, reduced
from desktop_app.core.stretch import LEVELS, Stretch, contrasted, stretched
from desktop_app.ui.images.colour_maps import DEFAULT_MAP, N_COLOURS, Colours, colours_of
from desktop_app.ui.images.image_picture import ImagePicture

_SPREAD = (0.0002, 0.9998)


@dataclass(frozen=True)
class Aim:
    """Where one looks: the pixel in the middle of the view, and how large a pixel is.

    Attributes
    ----------
    x, y : float
        Counted from 0; the middle of a pixel is a whole number.
    scale : float
        Logical pixels of the screen for one of the image.
    """

    x: float
    y: float
    scale: float


@dataclass(frozen=True)
class Look:
    """How values become colours.

    Attributes
    ----------
    cuts : (float, float)
        The values that have the first and the last colour.
    stretch : str
    colours : str
        The name of a colour map.
    inverted : bool
    contrast, bias : float
        As in DS9; 1 and 0.5 change nothing.
    """

    cuts: Interval
    stretch: Stretch = "asinh"
    colours: str = DEFAULT_MAP
    inverted: bool = False
    contrast: float = 1.0
    bias: float = 0.5


@dataclass(frozen=True)
class Window:
    """A part of an image, in pixels counted from 0 at their middles."""

    left: float
    right: float
    bottom: float
    top: float


@dataclass(frozen=True, eq=False)
class ImageRaster:
    """Values of the part of an image that is in view, and a margin.

    Attributes
    ----------
    values : ndarray of float32, shape (height, width)
        Row 0 is the lowest.
    missing, bad : ndarray of uint8, shape (height, width), or None
        Which share of each has no value, or is bad.
    window : Window
        What it covers.
    step : float
        Pixels of the image for one of these along a side; 1 where the image is enlarged.
    """

    values: Values
    missing: Shares | None
    bad: Shares | None
    window: Window
    step: float

    def holds(self, window: Window) -> bool:
        """Whether ``window`` lies in this one."""
        mine = self.window
        return (
            mine.left <= window.left
            and mine.right >= window.right
            and mine.bottom <= window.bottom
            and mine.top >= window.top
        )


def rasterise_image(picture: ImagePicture, scale: float, window: Window, margin: float = 0.0) -> ImageRaster:
    """The part of ``picture`` in ``window`` and a margin.

    Parameters
    ----------
    picture : ImagePicture
    scale : float
        Pixels of the screen for one of the image. Below 1, each pixel of the screen is the mean of those it covers,
        or the one of them that stands out.
    window : Window
    margin : float
        On each side, as a share of the window.
    """
    ny, nx = picture.shape
    step = max(1.0, 1 / scale)
    columns = _cells(window.left, window.right, step, nx, margin)
    rows = _cells(window.bottom, window.top, step, ny, margin)
    covered = Window(columns[0] * step - 0.5, columns[1] * step - 0.5, rows[0] * step - 0.5, rows[1] * step - 0.5)
    pyramid = picture.pyramid
    if step == 1.0:
        part = slice(*rows), slice(*columns)
        shares = [levels[0][part] if levels else None for levels in (pyramid.missing, picture.bad)]
        return ImageRaster(pyramid.levels[0][part], shares[0], shares[1], covered, step)
    level = min(floor(log2(step) + 1e-9), len(pyramid.levels) - 1)
    finer = step / 2**level
    down, across = (Steps(first * finer, finer, last - first) for first, last in (rows, columns))
    complete = not pyramid.missing
    values = reduced(pyramid.levels[level], pyramid.tolerance, down, across, complete=complete)
    shares = [largest(levels[level], down, across) if levels else None for levels in (pyramid.missing, picture.bad)]
    return ImageRaster(values, shares[0], shares[1], covered, step)


def coloured(values: Values, picture: ImagePicture, look: Look) -> Colours:
    """``values`` as colours, shape (height, width), the highest row first."""
    low, high = ((cut - picture.zero) / picture.size for cut in level_cuts(picture, look))
    with np.errstate(invalid="ignore", over="ignore"):
        levels = values[::-1] - np.float32(low)
        levels *= np.float32((LEVELS - 1) / max(high - low, 1e-300))
        np.clip(levels, 0, LEVELS - 1, out=levels)
        places = levels.astype(np.uint16)
    return level_colours(picture, look)[places]


def level_cuts(picture: ImagePicture, look: Look) -> Interval:
    """The values at the first and the last level."""
    return spread_cuts(look, picture.sample)


def level_shares(picture: ImagePicture, look: Look) -> NDArray[np.float64]:
    """For each level between the cuts the share of the colours, before contrast and bias; shape (65536,)."""
    return _shares(look, picture.sample)


def level_colours(picture: ImagePicture, look: Look) -> Colours:
    """For each level between the cuts its colour, shape (65536,)."""
    return table_of(look, picture.sample)


def table_of(look: Look, sample: Floats) -> Colours:
    """For each level between the cuts its colour, shape (65536,); ``sample`` are sorted values, for equalising."""
    if look.stretch != "histogram":
        return _table(look.stretch, look.colours, look.inverted, look.contrast, look.bias)
    return _coloured(_shares(look, sample), look.colours, look.inverted, look.contrast, look.bias)


def spread_cuts(look: Look, sample: Floats) -> Interval:
    """Equalising spends levels where values are, so few far ones must not use them all up."""
    low, high = look.cuts
    if look.stretch == "histogram" and len(sample):
        first, last = (float(sample[round(share * (len(sample) - 1))]) for share in _SPREAD)
        if max(low, first) < min(high, last):
            return max(low, first), min(high, last)
    return low, high


def _shares(look: Look, sample: Floats) -> Floats:
    if look.stretch != "histogram":
        return _formula(look.stretch)
    low, high = spread_cuts(look, sample)
    return stretched("histogram", np.linspace(0, 1, LEVELS), (sample - low) / (high - low))


@lru_cache(maxsize=8)
def _table(stretch: Stretch, colours: str, inverted: bool, contrast: float, bias: float) -> Colours:
    return _coloured(_formula(stretch), colours, inverted, contrast, bias)


def _coloured(shares: Floats, colours: str, inverted: bool, contrast: float, bias: float) -> Colours:
    places = np.round(contrasted(shares, contrast, bias) * (N_COLOURS - 1)).astype(np.intp)
    return colours_of(colours, inverted=inverted)[places]


@lru_cache(maxsize=8)
def _formula(stretch: Stretch) -> NDArray[np.float64]:
    return stretched(stretch, np.linspace(0, 1, LEVELS), np.zeros(0))


def _cells(start: float, stop: float, step: float, size: int, margin: float) -> tuple[int, int]:
    """The first cell in view and the one after the last, with a margin; cells begin at the edge of pixel 0."""
    margin *= stop - start
    most = ceil(size / step - 1e-9)
    first = min(max(0, floor((start - margin + 0.5) / step)), most - 1)
    return first, max(min(most, ceil((stop + margin + 0.5) / step)), first + 1)
