"""What a flare looks like in rows of a light curve, exposures included."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.simulate import flare_shape

WIDTHS_GROW = 1.7
"""Each template is so much wider than the one before: 1, 1.7, 2.9, 5, 8.5, 14 rows."""
LEAST_WIDTHS = 3
_SYMMETRIC_ROWS = 3.0
_RISE = 1.5
_DECAY = 8.0
_MOMENTS = 9


@dataclass(frozen=True, eq=False)
class Template:
    """A flare of height 1 as rows show it.

    Attributes
    ----------
    fwhm : float
        Its full width at half maximum, rows, before exposures smear it.
    decays : bool
        Whether it falls slower than it rises; else it is symmetric.
    peak : int
        The place of its highest row in ``shape``.
    shape : ndarray, shape (k,)
    """

    fwhm: float
    decays: bool
    peak: int
    shape: Floats


def template_bank(shortest: float, longest: float) -> tuple[Template, ...]:
    """Templates of all widths from ``shortest`` to ``longest`` rows, and at least `LEAST_WIDTHS` of them.

    Each has the two-exponential decay of Davenport et al. (2014, ApJ 797, 122); the narrowest come symmetric as
    well, one row alone among them: at a long cadence little is left of rise and decay.
    """
    widths = [max(shortest, 1.0)]
    while len(widths) < LEAST_WIDTHS or widths[-1] * WIDTHS_GROW <= longest * 1.01:
        widths.append(widths[-1] * WIDTHS_GROW)
    decaying = [_decaying(width) for width in widths]
    return tuple(decaying + [_symmetric(width) for width in widths if width <= max(widths[0], _SYMMETRIC_ROWS)])


def _decaying(fwhm: float) -> Template:
    before, after = int(np.ceil(_RISE * fwhm)), int(np.ceil(_DECAY * fwhm))
    shape = in_rows(np.arange(-before, after + 1, dtype=np.float64), peak=0.0, fwhm=fwhm)
    return Template(fwhm, decays=True, peak=int(np.argmax(shape)), shape=shape / shape.max())


def _symmetric(fwhm: float) -> Template:
    half = int(np.ceil(fwhm)) - 1
    place = np.arange(-half, half + 1, dtype=np.float64)
    return Template(fwhm, decays=False, peak=half, shape=np.maximum(1 - np.abs(place) / fwhm, 0.0))


def in_rows(row: Floats, *, peak: float | Floats, fwhm: float | Floats, moments: int = _MOMENTS) -> Floats:
    """A flare of height 1 averaged over the exposure of each row.

    Parameters
    ----------
    row : ndarray, shape (n,)
        Middles of exposures one unit long.
    peak, fwhm : float or ndarray of shape (m, 1)
        In rows.
    moments : int
        How many moments of the exposure are averaged.

    Returns
    -------
    ndarray, shape (n,) or (m, n)
    """
    offsets = (np.arange(moments) - (moments - 1) / 2) / moments
    # One moment after the other keeps the arrays small enough for the cache.
    return sum((_davenport((row + offset - peak) / fwhm) for offset in offsets), np.zeros(1)) / moments


def _davenport(x: Floats) -> Floats:
    return flare_shape(x, peak=0.0, half_width_d=1.0)
