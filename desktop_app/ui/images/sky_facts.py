"""What is known of the sky in a picture, asked away from the window's thread: parsing a WCS takes a while."""

from dataclasses import dataclass, field

import numpy as np

from desktop_app.core.data import Dataset
from desktop_app.core.pixels import TargetPixels
from desktop_app.core.sky import Sky
from desktop_app.core.sky_image import SkyImage

NOT_KNOWN = float("nan")


@dataclass(frozen=True)
class SkyFacts:
    """Where north is in a picture, and how large its pixels are.

    Attributes
    ----------
    problem : str
        Why positions cannot be told, "" where they can.
    notes : tuple of str
        What was odd about the header.
    north_deg, east_deg : float
        Directions in the middle of the picture, from the x axis towards the y axis; NaN where not known.
    scale_arcsec : float
        The side of a pixel there; NaN where not known.
    sky : Sky or None
        Whom to ask for positions.
    """

    problem: str
    notes: tuple[str, ...] = ()
    north_deg: float = NOT_KNOWN
    east_deg: float = NOT_KNOWN
    scale_arcsec: float = NOT_KNOWN
    sky: Sky | None = field(default=None, repr=False)

    def position(self, x: float, y: float) -> tuple[float, float]:
        """ICRS right ascension and declination in degrees of a pixel; NaN where they cannot be told."""
        if self.sky is None or self.problem:
            return NOT_KNOWN, NOT_KNOWN
        ra, dec = self.sky.to_sky(np.array([x]), np.array([y]))
        return float(ra[0]), float(dec[0])

    def pixel(self, ra_deg: float, dec_deg: float) -> tuple[float, float]:
        """The pixel at an ICRS position in degrees; NaN where it cannot be told."""
        if self.sky is None or self.problem:
            return NOT_KNOWN, NOT_KNOWN
        x, y = self.sky.to_pixel(np.array([ra_deg]), np.array([dec_deg]))
        return float(x[0]), float(y[0])


NO_SKY = SkyFacts("no WCS")


def sky_facts(sky: Sky, shape: tuple[int, int]) -> SkyFacts:
    """What ``sky`` says of a picture of ``shape`` (height, width); it parses the header."""
    if sky.problem:
        return SkyFacts(f"bad WCS: {sky.problem}", sky.notes, sky=sky)
    x, y = (shape[1] - 1) / 2, (shape[0] - 1) / 2
    sky.to_pixel(*sky.to_sky(np.array([x]), np.array([y])))  # the way back is slow the first time too
    return SkyFacts("", sky.notes, sky.north_deg(x, y), sky.east_deg(x, y), sky.scale_arcsec(x, y), sky)


@dataclass(frozen=True, eq=False)
class Placed:
    """The sky of a picture and what is known of it."""

    sky: Sky
    facts: SkyFacts


def sky_of(data: Dataset | None) -> Sky | None:
    """The sky of a picture; None where the file says nothing of it, and for other data."""
    return data.sky if isinstance(data, SkyImage | TargetPixels) else None


def facts_at_once(data: Dataset, before: SkyFacts | None) -> SkyFacts | None:
    """What is known of the sky of ``data`` without parsing anything.

    A further frame of a sequence often has the sky of the one before.
    """
    if not isinstance(data, SkyImage | TargetPixels):
        return None
    if data.sky is None:
        return NO_SKY
    same = before is not None and before.sky is not None and before.sky.with_key(data.sky.key) == data.sky
    return before if same else None


def placed_of(data: Dataset, key: str | None = None) -> Placed:
    """What is known of the sky of a picture that has one, by the WCS ``key`` of its header; for a worker's thread."""
    assert isinstance(data, SkyImage | TargetPixels)
    assert data.sky is not None
    shape = data.pixels.shape if isinstance(data, SkyImage) else data.aperture.shape
    sky = data.sky if key is None else data.sky.with_key(key)
    return Placed(data.sky, sky_facts(sky, (shape[0], shape[1])))
