"""From pixels to the sky and back, by the WCS of a header; a bad one is told, never raised."""

import threading
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.arrays import Floats

if TYPE_CHECKING:
    # astropy ships no types: what is annotated with it is Any.
    from astropy.wcs import WCS

# The filters of warnings belong to all threads.
_ALONE = threading.Lock()


@dataclass(frozen=True)
class Sky:
    """A celestial WCS, parsed when it is first asked.

    Pixels are counted from 0, the middle of the first one being 0.0, as in arrays; FITS counts from 1.

    Attributes
    ----------
    cards : str
        The header that holds it, card after card of 80 characters.
    """

    cards: str

    @cached_property
    def _parsed(self) -> "tuple[WCS | None, str, tuple[str, ...]]":
        """The WCS, why there is none, and the warnings on the way."""
        from astropy.io.fits import Header
        from astropy.wcs import WCS

        with _ALONE, warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
            warnings.simplefilter("always")
            try:
                wcs = WCS(Header.fromstring(self.cards)).celestial
                if wcs.naxis != 2:
                    return None, "The header has no celestial coordinates.", ()
                wcs.all_pix2world(np.zeros(1), np.zeros(1), 0)
            # wcslib answers a broken header with whatever it stumbles over.
            except Exception as error:  # noqa: BLE001
                return None, f"Its WCS cannot be used: {' '.join(str(error).split())[:200]}", ()
        return wcs, "", tuple(" ".join(str(warning.message).split())[:200] for warning in caught)

    @property
    def problem(self) -> str:
        """Why positions cannot be told, "" where they can."""
        return self._parsed[1]

    @property
    def notes(self) -> tuple[str, ...]:
        """What astropy warned of while it read the header."""
        return self._parsed[2]

    def to_sky(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """ICRS right ascension and declination in degrees at pixels ``x``, ``y``; NaN where they cannot be told."""
        return self._ask("pixel_to_world", x, y)

    def to_pixel(self, ra_deg: Floats, dec_deg: Floats) -> tuple[Floats, Floats]:
        """Pixels ``x``, ``y`` of ICRS positions in degrees; NaN where they cannot be told."""
        return self._ask("world_to_pixel", ra_deg, dec_deg)

    def _ask(self, way: str, first: Floats, second: Floats) -> tuple[Floats, Floats]:
        from astropy.coordinates import SkyCoord

        wcs, first, second = self._parsed[0], np.asarray(first, np.float64), np.asarray(second, np.float64)
        nothing = np.full(first.shape, np.nan)
        if wcs is None:
            return nothing, nothing
        with _ALONE, warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                if way == "pixel_to_world":
                    where = wcs.pixel_to_world(first, second).icrs
                    return np.asarray(where.ra.deg), np.asarray(where.dec.deg)
                x, y = wcs.world_to_pixel(SkyCoord(first, second, unit="deg"))
                return np.asarray(x, np.float64), np.asarray(y, np.float64)
            # An iteration that does not converge, a point beyond the projection.
            except Exception:  # noqa: BLE001
                return nothing, nothing
