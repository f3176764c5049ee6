"""The light that a limb-darkened star has left while a disc crosses it."""

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.compiled import compiled

SUNLIKE = (0.4, 0.25)
"""Quadratic limb darkening of a star like the Sun in the broad red bands of Kepler and TESS."""
_NODES = 12
_AT, _WEIGHT = np.polynomial.legendre.leggauss(_NODES)
# Both ends of a ring's way across the disc are square roots of the radius; in this angle they are smooth.
_COSINE = np.cos(0.5 * np.pi * (1.0 + _AT))
_MEASURE = 0.5 * np.pi * _WEIGHT * np.sin(0.5 * np.pi * (1.0 + _AT))
_STEP_SHARE = 0.15
_MOST_MOMENTS = 15


def light_left(distance: Floats, radius_ratio: float, limb: tuple[float, float] = SUNLIKE) -> Floats:
    """The share of the star's light that is left, 1 where nothing is hidden; shape (n,).

    The hidden light is integrated over rings of the star, ring by ring, in an angle in which the integrand is smooth
    (the integral of Mandel & Agol 2002, ApJ 580, L171, taken by Gauss-Legendre quadrature); exact to 1e-6 of the
    star's light for any size of the disc, grazing or not.

    Parameters
    ----------
    distance : ndarray, shape (n,)
        Of the middles, in radii of the star.
    radius_ratio : float
        Radius of the disc in radii of the star.
    limb : tuple of float
        Linear and quadratic coefficient of the limb darkening.
    """
    return _light_left(distance, radius_ratio, limb[0], limb[1], _COSINE, _MEASURE)


@compiled
def _light_left(
    distance: Floats, ratio: float, linear: float, quadratic: float, cosine: Floats, measure: Floats
) -> Floats:
    left = np.ones(distance.size)
    whole = np.pi * (1.0 - linear / 3.0 - quadratic / 6.0)
    for i in range(distance.size):
        apart = abs(distance[i])
        if not apart < 1.0 + ratio:
            continue
        first, last = abs(apart - ratio), min(1.0, apart + ratio)
        hidden = 0.0
        if apart < ratio:  # all rings up to the first are hidden whole
            square = min(1.0, (ratio - apart) ** 2)
            rest = 1.0 - square
            slant = square / 2.0 - (1.0 - rest**1.5) / 3.0
            slant2 = square - square**2 / 4.0 - 2.0 * (1.0 - rest**1.5) / 3.0
            hidden = 2.0 * np.pi * (square / 2.0 - linear * slant - quadratic * slant2)
        if first < last:
            middle, half = 0.5 * (first + last), 0.5 * (last - first)
            total = 0.0
            for k in range(cosine.size):
                ring = middle + half * cosine[k]
                cos = (ring * ring + apart * apart - ratio * ratio) / max(2.0 * ring * apart, 1e-300)
                slope = 1.0 - np.sqrt(max(0.0, 1.0 - ring * ring))
                light = 1.0 - linear * slope - quadratic * slope * slope
                total += measure[k] * light * ring * np.arccos(min(1.0, max(-1.0, cos)))
            hidden += 2.0 * half * total
        left[i] = 1.0 - hidden / whole
    return left


def exposed_light(
    distance_at: "Distance", time: Floats, exposure_d: float, radius_ratio: float, limb: tuple[float, float] = SUNLIKE
) -> Floats:
    """The mean of `light_left` over each exposure; shape (n,).

    Parameters
    ----------
    distance_at : Distance
        Where the disc is at a time.
    time : ndarray, shape (n,)
        Middles of the exposures, days.
    exposure_d : float
        Length of an exposure; as many moments of it are taken as its length demands.
    radius_ratio : float
    limb : tuple of float
    """
    count = distance_at.moments(exposure_d, radius_ratio)
    if count == 1:
        return light_left(distance_at(time), radius_ratio, limb)
    offset = ((np.arange(count) + 0.5) / count - 0.5) * exposure_d
    moments = (time[:, None] + offset[None, :]).ravel()  # (n * count,)
    return light_left(distance_at(moments), radius_ratio, limb).reshape(time.size, count).mean(axis=1)


class Distance:
    """How far the middles of star and disc are apart: on a circular orbit, or on a straight line without a period.

    Parameters
    ----------
    period_d : float
        NaN for a straight line.
    epoch : float
        The middle of a transit.
    duration_d : float
        From first to last contact.
    impact : float
        In radii of the star, less than 1 + ``radius_ratio``.
    radius_ratio : float
    """

    def __init__(self, period_d: float, epoch: float, duration_d: float, impact: float, radius_ratio: float) -> None:
        self.period_d, self.epoch, self.duration_d, self.impact = period_d, epoch, duration_d, impact
        self._chord = np.sqrt(max((1 + radius_ratio) ** 2 - impact**2, 1e-12))
        angle = np.pi * duration_d / period_d
        self._axis = float(np.hypot(impact, self._chord / np.sin(angle))) if np.isfinite(period_d) else np.nan

    @property
    def axis(self) -> float:
        """Radius of the orbit in radii of the star; NaN for a straight line."""
        return self._axis

    def __call__(self, time: Floats) -> Floats:
        """In radii of the star; infinite behind it. Shape (n,)."""
        if not np.isfinite(self.period_d):
            return np.hypot(self.impact, 2 * self._chord * (time - self.epoch) / self.duration_d)
        phase = 2 * np.pi * (time - self.epoch) / self.period_d
        cosine = np.cos(phase)
        distance = np.hypot(self._axis * np.sin(phase), self.impact * cosine)
        return np.where(cosine > 0, distance, np.inf)

    def moments(self, exposure_d: float, radius_ratio: float) -> int:
        """How many moments of an exposure stand for all of it: the disc moves by a small part of itself between."""
        way = 2 * self._chord * exposure_d / self.duration_d
        step = _STEP_SHARE * min(1.0, max(2 * radius_ratio, 0.05)) * 2
        return int(np.clip(np.ceil(way / step), 1, _MOST_MOMENTS))


def contacts(duration_d: float, impact: float, radius_ratio: float) -> tuple[float, float]:
    """Duration from second to third contact, 0 where grazing, and the share of ingress and egress in the whole."""
    chord = (1 + radius_ratio) ** 2 - impact**2
    inner = max((1 - radius_ratio) ** 2 - impact**2, 0.0) if impact < 1 - radius_ratio else 0.0
    flat = duration_d * float(np.sqrt(inner / chord)) if chord > 0 else 0.0
    return flat, 1 - flat / duration_d
