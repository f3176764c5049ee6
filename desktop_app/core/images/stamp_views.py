"""Two more ways to look at a stamp: its object alone at one brightness, and what a smooth model leaves of it."""

from typing import NamedTuple

import numpy as np

from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.deblending import deblended
from desktop_app.core.images.footprints import footprints_of, smoothed
from desktop_app.core.images.isophotes import isophotes_of, residuals_of, significant
from desktop_app.core.images.stamp_sky import in_sigmas
from desktop_app.core.progress import Report, silent

_CHUNK = 256
_SMALLEST = 8


class StampViews(NamedTuple):
    """Each stamp seen in two ways, shape (m, ny, nx).

    Attributes
    ----------
    shape : ndarray of float32
        The object without its neighbours over its peak, in [0, 1]: a faint galaxy looks like a bright one of its kind.
    residuals : ndarray of float32
        What the smooth ellipses of the object leave, over the noise and a tenth of them.
    """

    shape: Stamps
    residuals: Stamps


def views_of(images: Stamps, report: Report = silent) -> StampViews:
    """The two views of each stamp.

    Parameters
    ----------
    images : ndarray, shape (m, ny, nx)
        NaN counts as sky. Stamps narrower than 8 pixels are left as they are, in units of the noise.
    report : callable
        Told the progress; may raise `JobCancelled`.
    """
    shape, left = np.zeros(images.shape, np.float32), np.zeros(images.shape, np.float32)
    for low in range(0, len(images), _CHUNK):
        report(low / len(images), "Taking neighbours and smooth light out of stamps")
        part = slice(low, low + _CHUNK)
        shape[part], left[part] = _seen(images[part])
    return StampViews(shape, left)


def elliptical_residuals(images: Stamps, report: Report = silent) -> Stamps:
    """Each stamp without neighbours and the smooth ellipses of its object, over the noise and a tenth of these.

    Parameters
    ----------
    images : ndarray, shape (m, ny, nx)
        NaN counts as sky; what is left there is 0.
    report : callable
        Told the progress.
    """
    return views_of(images, report).residuals


def _seen(images: Stamps) -> tuple[Stamps, Stamps]:
    above, _ = in_sigmas(images)
    if min(images.shape[1:]) < _SMALLEST:
        return np.clip(above / _peaks_of(above), 0.0, 1.0), above
    _, alone = deblended(above, footprints_of(above))
    prints = footprints_of(alone)
    left = residuals_of(alone, prints, isophotes_of(alone, prints))
    marked = significant(left, alone - left)
    marked[~np.isfinite(images)] = 0.0
    return np.clip(alone / _peaks_of(smoothed(alone)), 0.0, 1.0), marked


def _peaks_of(above: Stamps) -> Stamps:
    """The brightest pixel of each stamp, at least one sigma, shape (m, 1, 1)."""
    return np.maximum(above.max(axis=(1, 2), initial=1.0), 1.0)[:, None, None]
