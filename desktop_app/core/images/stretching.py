"""One stretch for a whole set of stamps, so that what is bright in one is bright in all."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Self

import numpy as np

from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.stamp_sky import sky_of
from desktop_app.core.progress import Report, silent

_LOW, _HIGH = 0.02, 0.999
_PIXELS = 4_000_000


@dataclass(frozen=True)
class SetStretch:
    """Pixels above the sky of their stamp, softened by asinh and brought between 0 and 1 by quantiles of the set.

    The softening follows Lupton, Gunn & Szalay 1999 (AJ 118, 1406): linear in the noise, logarithmic far above it.

    Attributes
    ----------
    sigma : float
        The usual noise of a stamp of the set, in its units.
    low, high : float
        The softened values that become 0 and 1: quantiles 0.02 and 0.999 of the pixels of the set.
    """

    sigma: float = 1.0
    low: float = 0.0
    high: float = 1.0

    @classmethod
    def fit(cls, images: Stamps, report: Report = silent) -> Self:
        """The stretch of a set.

        Parameters
        ----------
        images : ndarray, shape (m, ny, nx)
            NaN is left out. A set without a finite pixel, or with one value only, gets a stretch that makes zeros.
        """
        sky = sky_of(images)
        noise = sky.noise[np.isfinite(sky.noise) & (sky.noise > 0)]
        step = max(1, images.size // _PIXELS)
        above = (images - sky.level[:, None, None]).reshape(-1)[::step]
        above = above[np.isfinite(above)]
        if not above.size:
            return cls()
        sigma = float(np.median(noise)) if noise.size else float(np.abs(above).max()) / 1e3
        soft = np.arcsinh(above / (sigma or 1.0))
        low, high = (float(value) for value in np.quantile(soft, (_LOW, _HIGH)))
        report(1.0, "Stretch found")
        return cls(sigma or 1.0, low, high if high > low else low + 1.0)

    def apply(self, images: Stamps) -> Stamps:
        """The stamps in [0, 1] as float32; NaN has the value of the sky.

        Parameters
        ----------
        images : ndarray, shape (m, ny, nx)
        """
        level = sky_of(images).level.astype(np.float32)[:, None, None]
        above = np.asarray(images - level, dtype=np.float32)
        above[~np.isfinite(above)] = 0.0
        above /= np.float32(self.sigma)
        np.arcsinh(above, out=above)
        above -= np.float32(self.low)
        above /= np.float32(self.high - self.low)
        return np.clip(above, 0.0, 1.0, out=above)

    @property
    def digest(self) -> str:
        """What tells this stretch from others."""
        return sha256(f"stretch/{self.sigma!r}/{self.low!r}/{self.high!r}".encode()).hexdigest()
