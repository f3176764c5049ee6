"""The seeing in small pictures: how wide the point sources in them are."""

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.cutouts import Stamps

_SIGMA = 10.0
_USUAL_PX = 2.5
_NARROWEST_PX, _WIDEST_PX = 1.2, 9.0
_FEWEST = 4


def seeing_of(science: Stamps) -> Floats:
    """The full width at half maximum of point sources in each stamp, in pixels; shape (m,).

    What is in the middle of a stamp is asked last: it may be a particle. Stamps in which no other source is bright
    enough have the median of those that were cut to the same size, as one survey does.
    """
    widths = np.array([_widths(np.asarray(stamp, np.float64)) for stamp in science]).reshape(-1, 2)
    sizes = np.array([_size(np.isfinite(stamp)) for stamp in science]).reshape(-1, 2)
    seeing = np.full(len(science), np.nan)
    for size in np.unique(sizes, axis=0):
        here = (sizes == size).all(axis=1)
        alike = here if here.sum() >= _FEWEST else np.ones(len(science), np.bool_)
        seeing[here] = _together(widths[here, 0], widths[alike])
    return np.clip(seeing, _NARROWEST_PX, _WIDEST_PX)


def _together(own: Floats, alike: Floats) -> Floats:
    """The widths of some stamps by their own sources and by those of stamps like them, shape (n, 2)."""
    known = alike[:, 0][np.isfinite(alike[:, 0])]
    if known.size < _FEWEST:
        known = np.concatenate([known, alike[:, 1][np.isfinite(alike[:, 1])]])
    usual = float(np.median(known)) if known.size else _USUAL_PX
    # One star tells little of the width: half of what is told comes from the others.
    return np.sqrt(np.where(np.isfinite(own), own, usual) * usual)


def _size(known: Bools) -> tuple[int, int]:
    """Height and width of what has values."""
    rows, columns = np.flatnonzero(known.any(axis=1)), np.flatnonzero(known.any(axis=0))
    return (int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1) if rows.size else (0, 0)


def _widths(stamp: Floats) -> tuple[float, float]:
    """Widths of the sources around the middle, of which few are galaxies, and of the one at the middle."""
    finite = np.isfinite(stamp)
    if finite.sum() < 100:
        return np.nan, np.nan
    level = float(np.median(stamp[finite]))
    values = np.where(finite, stamp - level, -np.inf)
    noise = robust_sigma(values[finite])
    inner = values[1:-1, 1:-1]
    near = np.stack([values[1 + dy : values.shape[0] - 1 + dy, 1 + dx : values.shape[1] - 1 + dx] for dy, dx in _RING])
    peaks = (inner > _SIGMA * max(noise, 1e-30)) & (inner >= near.max(axis=0)) & np.isfinite(near).all(axis=0)
    y, x = np.nonzero(peaks)
    if y.size == 0:
        return np.nan, np.nan
    y, x = y + 1, x + 1
    with np.errstate(all="ignore"):
        high = np.log(values)
        bent_x = 2 * high[y, x] - high[y, x - 1] - high[y, x + 1]
        bent_y = 2 * high[y, x] - high[y - 1, x] - high[y + 1, x]
        # Of a Gaussian the logarithm is a parabola, bent by one over the variance.
        width = 2.3548 / np.sqrt(np.sqrt(bent_x * bent_y))
    fine = np.isfinite(width) & (width > _NARROWEST_PX) & (width < _WIDEST_PX)
    away = np.hypot(y - (stamp.shape[0] - 1) / 2, x - (stamp.shape[1] - 1) / 2) > 5
    others, ours = width[fine & away], width[fine & ~away]
    return (
        float(np.quantile(others, 0.35)) if others.size else np.nan,
        float(np.median(ours)) if ours.size else np.nan,
    )


_RING = tuple((dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx)
