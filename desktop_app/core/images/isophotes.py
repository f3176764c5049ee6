"""The smooth elliptical galaxy or round star that a stamp would be, and what is left without it."""

from typing import NamedTuple

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.compiled import compiled
from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.footprints import Footprints

_FLATTEST = 0.15
_MODEL_ERROR = 0.1


class Isophotes(NamedTuple):
    """Light along ellipses of the shape of the object, around it, one pixel of the mean radius wide.

    Attributes
    ----------
    profile : ndarray, shape (m, r)
        The median of the ring at radius 0, 1, 2, ...; 0 beyond the stamp.
    model : ndarray, shape (m, r)
        The profile that never rises outwards and is closest to it.
    """

    profile: Floats
    model: Floats


def isophotes_of(above: Stamps, prints: Footprints) -> Isophotes:
    """The profiles of the stamps.

    Ring medians (as Jedrzejewski 1987, MNRAS 226, 747, has ring means) do not feel companions and arms. Light that
    does not fall outwards, such as a ring, is kept out of the model by isotonic regression (Barlow et al. 1972).

    Parameters
    ----------
    above : ndarray, shape (m, ny, nx)
        Pixels above the sky in units of its noise, without NaN.
    prints : Footprints
    """
    profile, counts = _ring_medians(above, *ellipses_of(prints))
    return Isophotes(profile, _falling(profile, counts))


def residuals_of(above: Stamps, prints: Footprints, isophotes: Isophotes) -> Stamps:
    """What is left of each stamp without its model, in the units of ``above``."""
    return _without(above, *ellipses_of(prints), isophotes.model)


@compiled
def ring_residuals(left: Stamps, x: Floats, y: Floats, ratio: Floats, theta: Floats, radii: Floats) -> Floats:
    """The light above and below the model in annuli, in units of the noise times pixels; shape (m, 2 n).

    What noise of one sigma would make, 1 / sqrt(2 pi) a pixel, is taken away; ``radii`` of shape (m, n) are the outer
    ends of the annuli.
    """
    m, ny, nx = left.shape
    n = radii.shape[1]
    found = np.zeros((m, 2 * n))
    for k in range(m):
        c, s, q = np.cos(theta[k]), np.sin(theta[k]), np.sqrt(ratio[k])
        for j in range(ny):
            for i in range(nx):
                dx, dy = i - x[k], j - y[k]
                u, v = (c * dx + s * dy) * q, (c * dy - s * dx) / q
                r = np.sqrt(u * u + v * v)
                for a in range(n):
                    if r <= radii[k, a]:
                        found[k, 2 * a] += max(left[k, j, i], 0.0) - 0.3989422804014327
                        found[k, 2 * a + 1] += max(-left[k, j, i], 0.0) - 0.3989422804014327
                        break
    return found


def significant(left: Stamps, model: Stamps) -> Stamps:
    """What is left over the noise and a tenth of the model.

    A smooth model of a bright galaxy is never better than that: without the tenth, bright galaxies would be the
    strangest of all, and in their cores.
    """
    return np.asarray(left / np.sqrt(1.0 + np.square(_MODEL_ERROR * np.maximum(model, 0.0))), np.float32)


def ellipses_of(prints: Footprints) -> tuple[Floats, Floats, Floats, Floats]:
    """Centres, axis ratios and angles."""
    ratio = np.where(prints.there, np.maximum(prints.b_px / prints.a_px, _FLATTEST), 1.0)
    return prints.x, prints.y, ratio, prints.theta


@compiled
def _ring_medians(above: Stamps, x: Floats, y: Floats, ratio: Floats, theta: Floats) -> tuple[Floats, Floats]:
    """The median of each ring and its number of pixels, shape (m, r) each."""
    m, ny, nx = above.shape
    reach = int(np.hypot(ny, nx) / np.sqrt(0.15)) + 2
    medians, counts = np.zeros((m, reach)), np.zeros((m, reach))
    ring = np.empty(ny * nx, np.int64)
    start = np.empty(reach + 1, np.int64)
    pixels = np.empty(ny * nx, np.float32)
    for k in range(m):
        c, s, q = np.cos(theta[k]), np.sin(theta[k]), np.sqrt(ratio[k])
        start[:] = 0
        for j in range(ny):
            for i in range(nx):
                dx, dy = i - x[k], j - y[k]
                u, v = (c * dx + s * dy) * q, (c * dy - s * dx) / q
                r = int(np.sqrt(u * u + v * v) + 0.5)
                ring[j * nx + i] = r
                start[r + 1] += 1
        for r in range(reach):
            counts[k, r] = start[r + 1]
            start[r + 1] += start[r]
        place = start[:reach].copy()
        for j in range(ny):
            for i in range(nx):
                r = ring[j * nx + i]
                pixels[place[r]] = above[k, j, i]
                place[r] += 1
        for r in range(reach):
            if counts[k, r] > 0:
                medians[k, r] = np.median(pixels[start[r] : start[r + 1]])
    return medians, counts


@compiled
def _falling(profile: Floats, counts: Floats) -> Floats:
    """The closest profile that never rises, by pooling neighbours that do; rings without pixels are 0."""
    m, reach = profile.shape
    model = np.zeros((m, reach))
    level, weight, last = np.empty(reach), np.empty(reach), np.empty(reach, np.int64)
    for k in range(m):
        n = 0
        for r in range(reach):
            if counts[k, r] == 0:
                continue
            level[n], weight[n], last[n] = profile[k, r], counts[k, r], r
            n += 1
            while n > 1 and level[n - 1] > level[n - 2]:
                both = weight[n - 2] + weight[n - 1]
                level[n - 2] = (level[n - 2] * weight[n - 2] + level[n - 1] * weight[n - 1]) / both
                weight[n - 2], last[n - 2] = both, last[n - 1]
                n -= 1
        first = 0
        for b in range(n):
            for r in range(first, last[b] + 1):
                model[k, r] = level[b]
            first = last[b] + 1
    return model


@compiled
def _without(above: Stamps, x: Floats, y: Floats, ratio: Floats, theta: Floats, model: Floats) -> Stamps:
    """The stamps without their models, which are taken in between rings along a straight line."""
    m, ny, nx = above.shape
    left = np.empty((m, ny, nx), np.float32)
    for k in range(m):
        c, s, q = np.cos(theta[k]), np.sin(theta[k]), np.sqrt(ratio[k])
        for j in range(ny):
            for i in range(nx):
                dx, dy = i - x[k], j - y[k]
                u, v = (c * dx + s * dy) * q, (c * dy - s * dx) / q
                r = np.sqrt(u * u + v * v)
                low = int(r)
                share = r - low
                left[k, j, i] = above[k, j, i] - (1 - share) * model[k, low] - share * model[k, low + 1]
    return left
