"""An image made ready to be drawn: smaller copies, cuts and a sorted sample; no widget is known here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.cuts import CutsName, Interval, cuts_of, symmetric
from desktop_app.core.larger_pixels import Shares
from desktop_app.core.reduction import ImagePyramid, halved_shares, noise_of, pyramid_of
from desktop_app.core.sky_image import Pixels, SkyImage

SAMPLED = 250_000
_LARGEST = 1e30
_MANY = 400_000
_ROWS_AT_ONCE = 64
_FILTERS = ("FILTER", "FILTER1", "FILTNAM1", "FILTNAM", "FILTERS", "BAND", "FILT")


@dataclass(frozen=True, eq=False)
class ImagePicture:
    """One image, ready to be drawn.

    Attributes
    ----------
    pixels : ndarray, shape (ny, nx)
        As the file has them, for read-outs.
    name, unit : str
        "science", "template", ...; "" for a picture by itself.
    pyramid : ImagePyramid
        Of ``(pixels - zero) / size`` as float32, with infinite values missing.
    zero, size : float
        0 and 1 unless the pixels do not fit float32.
    sample : ndarray, sorted
        Finite values: all, or a regular sample of about `SAMPLED`.
    cuts : mapping of name to (float, float)
        Every choice of cuts; for a difference, zero is in their middle.
    bad : tuple of ndarray of uint8, or empty
        For each level of the pyramid the share of bad pixels.
    missing : int
        How many pixels have no value.
    difference : bool
        Whether zero means nothing, and both sides of it something.
    """

    pixels: Pixels
    name: str
    unit: str
    pyramid: ImagePyramid
    zero: float
    size: float
    sample: Floats
    cuts: dict[CutsName, Interval]
    bad: tuple[Shares, ...]
    missing: int
    difference: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.pixels.shape[0], self.pixels.shape[1]

    def value(self, x: int, y: int) -> float | None:
        """What the file has at a pixel, counted from 0; None outside."""
        ny, nx = self.shape
        return float(self.pixels[y, x]) if 0 <= x < nx and 0 <= y < ny else None


@dataclass(frozen=True, eq=False)
class ImageDrawing:
    """What is drawn of an image: itself, and what belongs beside it, in order.

    ``facts`` are what its header says of it: telescope, filter, exposure, date.
    """

    pictures: tuple[ImagePicture, ...]
    facts: tuple[str, ...] = ()


def drawing_of_image(image: SkyImage) -> ImageDrawing:
    """``image`` and its companions, ready to be drawn."""
    pictures = [
        image_picture(pixels, image.bad if pixels is image.pixels else None, name=name, unit=image.unit)
        for name, pixels in (image.beside or {"": image.pixels}).items()
    ]
    return ImageDrawing(tuple(pictures), _facts(image))


def image_picture(pixels: Pixels, bad: Bools | None = None, *, name: str = "", unit: str = "") -> ImagePicture:
    """``pixels``, ready to be drawn.

    Parameters
    ----------
    pixels : ndarray, shape (ny, nx)
    bad : ndarray of bool, shape (ny, nx), or None
        Pixels not to be trusted.
    name, unit : str
    """
    flat = pixels.reshape(-1)
    spread = flat[:: _stride(flat.size, pixels.shape[1])]
    spread = spread[np.isfinite(spread)]
    sample = np.sort(spread).astype(np.float64)
    low, high, missing = _extremes(pixels)
    zero, size = _scale(pixels, sample, (low, high))
    sky = (float(np.median(sample)) - zero) / size if len(sample) else 0.0
    pyramid = pyramid_of(_drawn(pixels, zero, size), noise_of(pixels) / size, sky, complete=missing == 0)
    difference = name == "difference"
    cuts = cuts_of(sample, (low, high), _for_zscale(flat, complete=missing == 0))
    shares = halved_shares(np.where(bad, np.uint8(255), np.uint8(0))) if bad is not None and bad.any() else ()
    return ImagePicture(
        pixels=pixels,
        name=name,
        unit=unit,
        pyramid=pyramid,
        zero=zero,
        size=size,
        sample=sample,
        cuts={choice: symmetric(cut) for choice, cut in cuts.items()} if difference else cuts,
        bad=shares,
        missing=missing,
        difference=difference,
    )


def _facts(image: SkyImage) -> tuple[str, ...]:
    """Telescope, instrument, filter, exposure time and date, as far as the header has them."""
    first: dict[str, str] = {}
    for card in image.source.header:
        if card.value.strip():
            first.setdefault(card.keyword, card.value.strip().strip("'").strip())
    said = [_first_of(first, names) for names in (("TELESCOP", "OBSERVAT"), ("INSTRUME",), _FILTERS)]
    exposure = _first_of(first, ("EXPTIME", "EXPOSURE"))
    dates = _first_of(first, ("DATE-OBS", "DATE_OBS"))
    said += [_seconds(exposure), dates.split(".")[0].replace("T", " ")]
    return tuple(dict.fromkeys(fact for fact in said if fact))


def _seconds(exposure: str) -> str:
    """An exposure time with four digits; as the header has it where that is no number."""
    try:
        return f"{float(exposure):.4g} s" if exposure else ""
    except ValueError:
        return exposure


def _first_of(header: dict[str, str], names: tuple[str, ...]) -> str:
    return next((header[name] for name in names if name in header), "")


def _extremes(pixels: Pixels) -> tuple[float, float, int]:
    """The smallest and largest finite value, and how many pixels have none."""
    if not pixels.size:
        return 0.0, 1.0, 0
    low, high = float(pixels.min()), float(pixels.max())
    if np.isfinite(low) and np.isfinite(high):
        return low, high, 0
    lows, highs, known = [], [], 0
    for first in range(0, len(pixels), _ROWS_AT_ONCE):
        piece = pixels[first : first + _ROWS_AT_ONCE]
        good = np.isfinite(piece)
        finite = piece if good.all() else piece[good]
        known += finite.size
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    return (min(lows), max(highs), pixels.size - known) if known else (0.0, 1.0, pixels.size)


def _stride(size: int, width: int) -> int:
    """A step through the pixels that walks over all columns."""
    step = max(1, size // SAMPLED)
    while step > 1 and np.gcd(step, width) > 1:
        step += 1
    return step


def _for_zscale(flat: NDArray[np.floating], *, complete: bool) -> NDArray[np.floating]:
    """Finite values in the order of the picture; thinned out first where there are many and some are missing."""
    if complete:
        return flat
    thin = flat[:: max(1, flat.size // _MANY)]
    return thin[np.isfinite(thin)]


def _scale(pixels: Pixels, sample: Floats, extremes: Interval) -> tuple[float, float]:
    """Zero and size that let the pixels fit float32 without losing what differs."""
    if not len(sample):
        return 0.0, 1.0
    far = max(abs(extremes[0]), abs(extremes[1]))
    size = far / 1e6 if far > _LARGEST else 1.0
    zero = float(sample[len(sample) // 2]) if pixels.dtype == np.float64 and size == 1.0 else 0.0
    return zero, size


def _drawn(pixels: Pixels, zero: float, size: float) -> NDArray[np.float32]:
    if (zero, size) == (0.0, 1.0):
        return pixels.astype(np.float32, copy=False)
    with np.errstate(over="ignore", invalid="ignore"):
        return ((pixels - zero) / size).astype(np.float32)
