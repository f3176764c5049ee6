"""What stands out of a difference: where, how sure, and how much like a point source."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats, robust_sigma
from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.difference.alert_numbers import AlertNumbers, alert_numbers, matched
from desktop_app.core.sky_image import Pixels

_STAMP_HALF = 24
_MOST = 150


@dataclass(frozen=True, eq=False)
class Candidates:
    """Peaks of one difference, the highest first.

    Attributes
    ----------
    x, y : ndarray, shape (m,)
        Pixels of the difference.
    snr : ndarray, shape (m,)
        Of a point source, negative where it is fainter than the reference.
    """

    x: Floats
    y: Floats
    snr: Floats


def candidates_in(difference: Floats, noise: Floats | float, fwhm_px: float, sigma: float, *, both: bool) -> Candidates:
    """Peaks of ``sigma`` or more of the difference filtered by the seeing.

    Parameters
    ----------
    difference : ndarray, shape (ny, nx)
    noise : ndarray, shape (ny, nx), or float
        One sigma of each pixel.
    fwhm_px : float
    sigma : float
    both : bool
        Whether what is fainter counts too.
    """
    from scipy.ndimage import binary_erosion, maximum_filter

    known = np.isfinite(difference)
    if not known.any():
        return Candidates(np.zeros(0), np.zeros(0), np.zeros(0))
    filtered = matched(np.where(known, difference / noise, 0.0), fwhm_px)
    # Noise that was interpolated hangs together: what one sigma is, the picture itself tells.
    filtered = filtered / max(robust_sigma(filtered[known]), 1.0)
    height = np.abs(filtered) if both else filtered
    inside = binary_erosion(known, iterations=3)
    peaks = (height >= sigma) & (height == maximum_filter(height, 2 * max(round(fwhm_px), 1) + 1)) & inside
    y, x = np.nonzero(peaks)
    order = np.argsort(-height[y, x], kind="stable")[:_MOST]
    y, x = y[order], x[order]
    return Candidates(x.astype(np.float64), y.astype(np.float64), filtered[y, x])


def measured(pictures: Sequence[Pixels], found: Candidates, fwhm_px: float) -> AlertNumbers | None:
    """What is measured of each candidate as of an alert; places in pixels of the pictures. None of none.

    Parameters
    ----------
    pictures : sequence of ndarray, shapes (ny, nx)
        Science, template and difference.
    found : Candidates
    fwhm_px : float
    """
    from dataclasses import replace

    if not found.x.size:
        return None
    science, template, difference = (stamps_at(picture, found.x, found.y) for picture in pictures)
    numbers = alert_numbers(science, template, difference, np.full(found.x.size, fwhm_px))
    return replace(numbers, x=numbers.x + found.x - _STAMP_HALF, y=numbers.y + found.y - _STAMP_HALF)


def stamps_at(picture: Pixels, x: Floats, y: Floats) -> Stamps:
    """Stamps about whole pixels, NaN outside; shape (m, 49, 49)."""
    half = _STAMP_HALF
    padded = np.pad(picture.astype(np.float32), half, constant_values=np.nan)
    rows, columns = np.rint(y).astype(int), np.rint(x).astype(int)
    steps = np.arange(2 * half + 1)
    return padded[rows[:, None, None] + steps[None, :, None], columns[:, None, None] + steps[None, None, :]]
