"""Which pixels of a stamp are its object, and the ellipse that has their moments."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.compiled import compiled
from desktop_app.core.cutouts import Stamps

FEWEST_PIXELS = 5
_ABOVE = 2.4


@dataclass(frozen=True, eq=False)
class Footprints:
    """The object of each stamp.

    Attributes
    ----------
    inside : ndarray of bool, shape (m, ny, nx)
        The pixels that hang together with the brightest near the middle; none where nothing stands out there.
    x, y : ndarray, shape (m,)
        The centre in pixels of the stamp, the middle of the first pixel 0; the middle of the stamp where there is no
        object.
    a_px, b_px : ndarray, shape (m,)
        Standard deviations along the axes of the ellipse; 1 where there is no object.
    theta : ndarray, shape (m,)
        Radians from x towards y.
    area_px : ndarray, shape (m,)
    """

    inside: Bools
    x: Floats
    y: Floats
    a_px: Floats
    b_px: Floats
    theta: Floats
    area_px: Floats

    @property
    def there(self) -> Bools:
        """Whether a stamp has an object at all."""
        return self.area_px >= FEWEST_PIXELS


def footprints_of(above: Stamps) -> Footprints:
    """The object of each stamp.

    Pixels belong to it where the mean over three by three is 2.4 of its own sigmas above the sky, and where they hang
    together with the brightest such mean near the middle: as Lotz et al. 2004 (AJ 128, 163) segment before they
    measure. The centre is a windowed centroid, the ellipse that of second moments (Bertin & Arnouts 1996, A&AS 117,
    393) of what is as bright on the other side of the centre: neighbours are not (Lupton et al. 2001, ASPC 238, 269).

    Parameters
    ----------
    above : ndarray, shape (m, ny, nx)
        Pixels above the sky in units of its noise, without NaN.
    """
    smooth = smoothed(above)
    inside, seed = _grown(smooth, _ABOVE / 3.0)
    area = inside.sum(axis=(1, 2)).astype(np.float64)
    x, y = _centred(smooth, inside, seed, area)
    mxx, myy, mxy = _moments(smooth, inside, x, y)
    half = 0.5 * (mxx + myy)
    apart = np.hypot(0.5 * (mxx - myy), mxy)
    # A twelfth is the variance of light spread evenly over a pixel: a single pixel has a size, too.
    a, b = np.sqrt(half + apart + 1 / 12), np.sqrt(np.maximum(half - apart, 0.0) + 1 / 12)
    return Footprints(inside, x, y, a, b, 0.5 * np.arctan2(2 * mxy, mxx - myy), area)


def smoothed(above: Stamps) -> Stamps:
    """The mean over three by three pixels; the border is repeated beyond itself."""
    from scipy.ndimage import uniform_filter

    return np.asarray(uniform_filter(above, size=(1, 3, 3), mode="nearest"), np.float32)


@compiled
def _grown(smooth: Stamps, least: float) -> tuple[Bools, Ints]:
    """The pixels above ``least`` that hang together with the brightest near the middle, and which that is.

    Brightness near the middle is that under a bell an eighth of the stamp wide; -1 where nothing is bright enough.
    """
    m, ny, nx = smooth.shape
    inside, seed = np.zeros((m, ny, nx), np.bool_), np.full(m, -1)
    waiting = np.empty(ny * nx, np.int64)
    narrow = 32.0 / min(ny, nx) ** 2
    for k in range(m):
        best = 0.0
        for j in range(ny // 4, ny - ny // 4):
            for i in range(nx // 4, nx - nx // 4):
                if smooth[k, j, i] > least:
                    away = (i - 0.5 * (nx - 1)) ** 2 + (j - 0.5 * (ny - 1)) ** 2
                    bright = smooth[k, j, i] * np.exp(-away * narrow)
                    if bright > best:
                        best, seed[k] = bright, j * nx + i
        n = 0
        if seed[k] >= 0:
            waiting[0], n = seed[k], 1
            inside[k, seed[k] // nx, seed[k] % nx] = True
        while n > 0:
            n -= 1
            j, i = waiting[n] // nx, waiting[n] % nx
            for dj, di in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                q, p = j + dj, i + di
                if 0 <= q < ny and 0 <= p < nx and not inside[k, q, p] and smooth[k, q, p] > least:
                    inside[k, q, p] = True
                    waiting[n] = q * nx + p
                    n += 1
    return inside, seed


@compiled
def _centred(smooth: Stamps, inside: Bools, seed: Ints, area: Floats) -> tuple[Floats, Floats]:
    """Centroids under a bell about the seed that moves along, half as wide as the object."""
    m, ny, nx = smooth.shape
    x, y = np.full(m, 0.5 * (nx - 1)), np.full(m, 0.5 * (ny - 1))
    for k in range(m):
        if seed[k] < 0:
            continue
        x[k], y[k] = seed[k] % nx, seed[k] // nx
        wide = max(1.5, 0.4 * np.sqrt(area[k] / np.pi))
        for _turn in range(4):
            total, sx, sy = 0.0, 0.0, 0.0
            reach = int(3 * wide) + 1
            left, low = int(x[k]), int(y[k])
            for j in range(max(0, low - reach), min(ny, low + reach + 1)):
                for i in range(max(0, left - reach), min(nx, left + reach + 1)):
                    if inside[k, j, i]:
                        dx, dy = i - x[k], j - y[k]
                        weight = smooth[k, j, i] * np.exp(-0.5 * (dx * dx + dy * dy) / (wide * wide))
                        total, sx, sy = total + weight, sx + weight * dx, sy + weight * dy
            if total > 0:
                x[k], y[k] = x[k] + 2 * sx / total, y[k] + 2 * sy / total
            x[k], y[k] = min(max(x[k], 0.0), nx - 1.0), min(max(y[k], 0.0), ny - 1.0)
    return x, y


@compiled
def _moments(smooth: Stamps, inside: Bools, x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """Second moments about the centre of what light is inside on both of its sides; 1, 1, 0 without any."""
    m, ny, nx = smooth.shape
    mxx, myy, mxy = np.ones(m), np.ones(m), np.zeros(m)
    for k in range(m):
        total, sxx, syy, sxy = 0.0, 0.0, 0.0, 0.0
        cx, cy = int(np.floor(2 * x[k] + 0.5)), int(np.floor(2 * y[k] + 0.5))
        for j in range(max(0, cy - ny + 1), min(ny - 1, cy) + 1):
            for i in range(max(0, cx - nx + 1), min(nx - 1, cx) + 1):
                if inside[k, j, i]:
                    light = max(min(smooth[k, j, i], smooth[k, cy - j, cx - i]), 0.0)
                    dx, dy = i - 0.5 * cx, j - 0.5 * cy
                    total, sxx = total + light, sxx + light * dx * dx
                    syy, sxy = syy + light * dy * dy, sxy + light * dx * dy
        if total > 0:
            mxx[k], myy[k], mxy[k] = sxx / total, syy / total, sxy / total
    return mxx, myy, mxy


@compiled
def shape_asymmetry(inside: Bools, x: Floats, y: Floats) -> Floats:
    """The area of each object that half a turn about its centroid does not bring back, as a share of all.

    Pawlik et al. 2016 (MNRAS 456, 3032): what is faint counts as much as what is bright, so tails show.
    """
    m, ny, nx = inside.shape
    found = np.full(m, np.nan)
    for k in range(m):
        cx, cy = int(np.floor(2 * x[k] + 0.5)), int(np.floor(2 * y[k] + 0.5))
        area, alone = 0, 0
        for j in range(ny):
            for i in range(nx):
                if inside[k, j, i]:
                    area += 1
                    q, p = cy - j, cx - i
                    if q < 0 or p < 0 or q >= ny or p >= nx or not inside[k, q, p]:
                        alone += 1
        if area > 0:
            found[k] = alone / area
    return found
