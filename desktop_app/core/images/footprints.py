"""Which pixels of a stamp are its object, and the ellipse that has their moments."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats
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
        The centroid in pixels of the stamp, the middle of the first pixel 0; the middle of the stamp where there is no
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
    together with the brightest such mean in the middle half: as Lotz et al. 2004 (AJ 128, 163) segment before they
    measure. The ellipse is that of the second moments of the light (Bertin & Arnouts 1996, A&AS 117, 393).

    Parameters
    ----------
    above : ndarray, shape (m, ny, nx)
        Pixels above the sky in units of its noise, without NaN.
    """
    smooth = smoothed(above)
    inside = _grown(smooth, _ABOVE / 3.0)
    x, y, mxx, myy, mxy, area = _moments(above, inside)
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
def _grown(smooth: Stamps, least: float) -> Bools:
    """The pixels above ``least`` that hang together with the brightest in the middle half of each stamp."""
    m, ny, nx = smooth.shape
    inside = np.zeros((m, ny, nx), np.bool_)
    waiting = np.empty(ny * nx, np.int64)
    for k in range(m):
        best, at = least, -1
        for j in range(ny // 4, ny - ny // 4):
            for i in range(nx // 4, nx - nx // 4):
                if smooth[k, j, i] > best:
                    best, at = smooth[k, j, i], j * nx + i
        n = 0
        if at >= 0:
            waiting[0], n = at, 1
            inside[k, at // nx, at % nx] = True
        while n > 0:
            n -= 1
            j, i = waiting[n] // nx, waiting[n] % nx
            for dj, di in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                q, p = j + dj, i + di
                if 0 <= q < ny and 0 <= p < nx and not inside[k, q, p] and smooth[k, q, p] > least:
                    inside[k, q, p] = True
                    waiting[n] = q * nx + p
                    n += 1
    return inside


@compiled
def _moments(above: Stamps, inside: Bools) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Centroid, central second moments and number of pixels of what is positive inside."""
    m, ny, nx = above.shape
    found = np.zeros((6, m))
    for k in range(m):
        total, area = 0.0, 0
        sums = np.zeros(5)
        for j in range(ny):
            for i in range(nx):
                if inside[k, j, i]:
                    area += 1
                    light = max(above[k, j, i], 0.0)
                    total += light
                    dx, dy = i - 0.5 * (nx - 1), j - 0.5 * (ny - 1)
                    sums += light * np.array([dx, dy, dx * dx, dy * dy, dx * dy])
        found[0, k], found[1, k] = 0.5 * (nx - 1), 0.5 * (ny - 1)
        found[2, k], found[3, k], found[5, k] = 1.0, 1.0, area
        if total > 0:
            sums /= total
            found[0, k] += sums[0]
            found[1, k] += sums[1]
            found[2, k] = max(sums[2] - sums[0] * sums[0], 0.0)
            found[3, k] = max(sums[3] - sums[1] * sums[1], 0.0)
            found[4, k] = sums[4] - sums[0] * sums[1]
    return found[0], found[1], found[2], found[3], found[4], found[5]


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
