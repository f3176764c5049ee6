"""From pixels to the sky and back, by the WCS of a header; a bad one is told, never raised."""

import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.quiet import ALONE

if TYPE_CHECKING:
    # astropy ships no types: what is annotated with it is Any.
    from astropy.wcs import WCS, Wcsprm

_CARD = 80
# Parsing takes a time that grows with the square of the order; the highest in use is 9.
_HIGHEST_ORDER = 9
_MOST_AXES = 9
_TABLES = re.compile(r"(CPDIS|CQDIS|CPERR|CQERR|D2IMDIS|D2IMERR|DP|DQ|D2IM)\d|AXISCORR")
_OF_WCS = re.compile(
    r"(NAXIS|CTYPE|CUNIT|CRVAL|CRPIX|CDELT|CROTA|CNAME)\d?[A-Z]?|(CD|PC|PV|PS)\d_\d{1,2}[A-Z]?|(CD|PC)00\d00\d"
    r"|(WCSAXES|WCSNAME|RADESYS|EQUINOX|LONPOLE|LATPOLE|SPECSYS|VELOSYS|RESTFRQ|RESTWAV)[A-Z]?|RADECSYS|EPOCH"
    r"|(MJD|DATE)-(OBS|AVG)|(A|B|AP|BP)_(ORDER|\d_\d)|" + _TABLES.pattern
)
_BEYOND_WCSLIB = re.compile(r"(A|B|AP|BP)_|(WCSAXES.|NAXIS  ) *= *([3-9]|\d\d)|" + _TABLES.pattern)
_TYPE = re.compile(r"CTYPE\d([A-Z]?)")
# A pixel, and half a pixel to each side of it: x and y.
_STEPS = np.array([[0.0, 0.5, -0.5, 0.0, 0.0], [0.0, 0.0, 0.0, 0.5, -0.5]])


@dataclass(frozen=True, eq=False)
class _Parsed:
    """The WCS of the two axes of a picture, or why there is none, and the warnings on the way."""

    wcs: "WCS | None"
    problem: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sky:
    """A celestial WCS, parsed when it is first asked.

    Pixels are counted from 0, the middle of the first one being 0.0, as in arrays; FITS counts from 1.

    Attributes
    ----------
    cards : str
        The header that holds it, card after card of 80 characters.
    key : str
        Which of the WCSs of the header: "" for the first, "A" to "Z" for the alternates.
    tables : tuple of bytes
        Whole HDUs with the lookup tables that the header names.
    """

    cards: str
    key: str = ""
    tables: tuple[bytes, ...] = field(default=(), repr=False)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What ``key`` can be: "" for the first WCS, letters for the alternates."""
        found = {match[1] for card in self._of_wcs if (match := _TYPE.fullmatch(card[:8].rstrip()))}
        return tuple(sorted(found))

    def with_key(self, key: str) -> "Sky":
        """The same pixels by another WCS of the header."""
        return self if key == self.key else replace(self, key=key)

    def lean(self) -> "Sky":
        """The same without the cards that are not about the WCS; headers of many stamps take memory."""
        return replace(self, cards="".join(self._of_wcs))

    @property
    def problem(self) -> str:
        """Why positions cannot be told, "" where they can."""
        return self._parsed.problem

    @property
    def notes(self) -> tuple[str, ...]:
        """What astropy warned of while it read the header."""
        return self._parsed.notes

    def to_sky(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """ICRS right ascension and declination in degrees at pixels ``x``, ``y``; NaN where they cannot be told."""
        return self._ask("pixel_to_world", x, y)

    def to_pixel(self, ra_deg: Floats, dec_deg: Floats) -> tuple[Floats, Floats]:
        """Pixels ``x``, ``y`` of ICRS positions in degrees; NaN where they cannot be told."""
        return self._ask("world_to_pixel", ra_deg, dec_deg)

    def scale_arcsec(self, x: float, y: float) -> float:
        """The side in arcseconds of a square as large as the pixel at ``x``, ``y``; NaN where not known."""
        slopes = self._slopes(x, y)
        return float(3600 * np.sqrt(abs(np.linalg.det(slopes)))) if np.isfinite(slopes).all() else float("nan")

    def north_deg(self, x: float, y: float) -> float:
        """The direction of north at ``x``, ``y``: degrees from the x axis towards the y axis; NaN where not known."""
        return self._direction(x, y, 1)

    def east_deg(self, x: float, y: float) -> float:
        """The direction of east at ``x``, ``y``: degrees from the x axis towards the y axis; NaN where not known."""
        return self._direction(x, y, 0)

    def _direction(self, x: float, y: float, axis: int) -> float:
        slopes = self._slopes(x, y)
        if not np.isfinite(slopes).all() or np.linalg.det(slopes) == 0:
            return float("nan")
        along_x, along_y = np.linalg.inv(slopes)[:, axis]
        return float(np.degrees(np.arctan2(along_y, along_x)))

    def slopes(self, x: Floats, y: Floats) -> Floats:
        """Degrees to the east and to the north, rows, for a pixel along x and along y, columns; shape (m, 2, 2)."""
        across, up = (
            np.asarray(one, np.float64)[None] + step[:, None] for one, step in ((x, _STEPS[0]), (y, _STEPS[1]))
        )
        ra, dec = self.to_sky(across.ravel(), up.ravel())
        return slopes_between(ra.reshape(across.shape), dec.reshape(across.shape))

    def _slopes(self, x: float, y: float) -> Floats:
        return self.slopes(np.array([x]), np.array([y]))[0]

    @cached_property
    def _of_wcs(self) -> list[str]:
        """The cards that a WCS is made of; the others cost time only."""
        cards = [self.cards[at : at + _CARD] for at in range(0, len(self.cards), _CARD)]
        return [card for card in cards if _OF_WCS.fullmatch(card[:8].rstrip())]

    @cached_property
    def _parsed(self) -> _Parsed:
        cards, notes = self._of_wcs, []
        if not self.tables and any(_TABLES.fullmatch(card[:8].rstrip()) for card in cards):
            cards = [card for card in cards if not _TABLES.fullmatch(card[:8].rstrip())]
            notes.append("Its WCS names distortion tables that the file does not hold: positions are without them.")
        with ALONE, warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"), _overhearing() as logged:
            warnings.simplefilter("always")
            try:
                wcs = self._wcs_of(cards)
            # wcslib answers a broken header with whatever it stumbles over.
            except Exception as error:  # noqa: BLE001
                return _Parsed(None, f"Its WCS cannot be used: {_in_a_line(error)}")
        if wcs is None:
            return _Parsed(None, "The header has no celestial coordinates.")
        said = (*(_in_a_line(warning.message) for warning in caught), *map(_in_a_line, logged))
        return _Parsed(wcs, notes=(*notes, *dict.fromkeys(said)))

    def _wcs_of(self, cards: list[str]) -> "WCS | None":
        from astropy.io.fits import Header
        from astropy.wcs import WCS

        header = Header.fromstring("".join(cards))
        for keyword in ("A_ORDER", "B_ORDER", "AP_ORDER", "BP_ORDER"):
            if header.get(keyword, 0) > _HIGHEST_ORDER:
                raise ValueError(f"{keyword} = {header[keyword]}")
        if header.get("WCSAXES" + self.key, 0) > _MOST_AXES or header.get("NAXIS", 0) > _MOST_AXES:
            raise ValueError("it has more axes than can be")
        whole = WCS(header, fobj=self._hdus(), key=self.key or " ")
        axes = (whole.wcs.lng, whole.wcs.lat)
        if sorted(axes) != [0, 1]:
            return None
        # In their own order: what astropy calls celestial would put right ascension first, and swap the pixels too.
        wcs = whole if whole.naxis == 2 else whole.sub([1, 2])
        wcs.all_pix2world(np.zeros(1), np.zeros(1), 0)
        return wcs

    def _plain(self) -> "Wcsprm | None":
        """The same WCS as wcslib alone has it, in a tenth of the time; None where distortions or axes need more."""
        from astropy.wcs import Wcsprm

        cards = self._of_wcs
        # SCAMP once wrote its distortions beside a plain TAN, which astropy mends and wcslib does not.
        old_scamp = any(card.startswith("PV") for card in cards) and any("TAN" in card[9:] for card in cards)
        if old_scamp or any(_BEYOND_WCSLIB.match(card) for card in cards):
            return None
        header = "".join(cards).encode("ascii", "replace") + b"END".ljust(_CARD)
        with ALONE, warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                wcs = Wcsprm(header=header, key=self.key or " ", relax=True)
                wcs.fix()
                wcs.set()
            # wcslib answers a broken header with whatever it stumbles over.
            except Exception:  # noqa: BLE001
                return None
        return wcs if wcs.naxis == 2 and {wcs.lng, wcs.lat} == {0, 1} else None

    def _hdus(self) -> object:
        """The lookup tables as astropy wants them; None where there are none."""
        from astropy.io import fits

        if not self.tables:
            return None
        kinds = {"BINTABLE": fits.BinTableHDU, "IMAGE": fits.ImageHDU}
        made = [kinds[table[11:20].decode("ascii", "replace").strip("' ")].fromstring(table) for table in self.tables]
        return fits.HDUList([fits.PrimaryHDU(), *made])

    def _ask(self, way: str, first: Floats, second: Floats) -> tuple[Floats, Floats]:
        from astropy.coordinates import SkyCoord

        wcs, first, second = self._parsed.wcs, np.asarray(first, np.float64), np.asarray(second, np.float64)
        nothing = np.full(first.shape, np.nan)
        if wcs is None:
            return nothing, nothing
        with ALONE, warnings.catch_warnings(), np.errstate(all="ignore"):
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


def positions(skies: Sequence[Sky | None], x: float, y: float) -> tuple[Floats, Floats]:
    """ICRS right ascension and declination in degrees of the pixel ``x``, ``y`` of many pictures, shapes (n,).

    Turning one position into ICRS takes astropy longer than all the rest, so those of one frame are turned together.
    """
    ra, dec = np.full(len(skies), np.nan), np.full(len(skies), np.nan)
    groups: dict[str, list[int]] = {}
    for place, sky in enumerate(skies):
        found = None if sky is None else _in_own_frame(sky, x, y)
        if found is not None:
            ra[place], dec[place], frame = found
            groups.setdefault(frame, []).append(place)
    for places in groups.values():
        example = skies[places[0]]
        if example is not None:
            ra[places], dec[places] = _icrs(example, ra[places], dec[places])
    return ra, dec


def slopes_of(skies: Sequence[Sky | None], x: float, y: float) -> Floats:
    """`Sky.slopes` at the pixel ``x``, ``y`` of many pictures, shape (n, 2, 2); NaN where one has no sky."""
    found = [positions(skies, x + across, y + up) for across, up in _STEPS.T]
    return slopes_between(np.array([ra for ra, _ in found]), np.array([dec for _, dec in found]))


def slopes_between(ra_deg: Floats, dec_deg: Floats) -> Floats:
    """The slopes of positions at a pixel and half a pixel to each side of it; shapes (5, m) to (m, 2, 2)."""
    ra, dec = np.radians(ra_deg), np.radians(dec_deg)
    towards = np.array([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])  # (3, 5, m)
    zero = np.zeros_like(ra[0])
    east = np.array([-np.sin(ra[0]), np.cos(ra[0]), zero])
    north = np.array([-np.sin(dec[0]) * np.cos(ra[0]), -np.sin(dec[0]) * np.sin(ra[0]), np.cos(dec[0])])
    along = np.stack([towards[:, 1] - towards[:, 2], towards[:, 3] - towards[:, 4]])  # (2, 3, m)
    return np.degrees(np.einsum("ram,cam->mrc", np.stack([east, north]), along))


def about(ra_deg: float, dec_deg: float, slopes: Floats, offsets_px: Floats) -> tuple[Floats, Floats]:
    """Positions of points near ``ra_deg``, ``dec_deg``, on the plane that touches the sky there; NaN where not known.

    Parameters
    ----------
    ra_deg, dec_deg : float
    slopes : ndarray, shape (2, 2)
        As `Sky.slopes` has them there.
    offsets_px : ndarray, shape (k, 2)
        Pixels along x and y.

    References
    ----------
    Calabretta, M. R. and Greisen, E. W., "Representations of celestial coordinates in FITS", A&A 395, 1077 (2002),
    section 5.1.3.
    """
    east, north = np.radians(slopes) @ offsets_px.T
    ra, dec = np.radians(ra_deg), np.radians(dec_deg)
    ahead = np.cos(dec) - north * np.sin(dec)
    turned = np.degrees(ra + np.arctan2(east, ahead)) % 360
    return turned, np.degrees(np.arctan2(np.sin(dec) + north * np.cos(dec), np.hypot(east, ahead)))


def _in_own_frame(sky: Sky, x: float, y: float) -> tuple[float, float, str] | None:
    """Longitude and latitude in degrees in the frame of the WCS, and the frame; None where there are none."""
    wcs = sky._plain()
    if wcs is not None:
        with ALONE, np.errstate(all="ignore"):
            where = wcs.p2s(np.array([[x, y]]), 0)["world"][0]
        return float(where[wcs.lng]), float(where[wcs.lat]), f"{wcs.radesys} {wcs.equinox} {wcs.lngtyp}"
    whole = sky._parsed.wcs
    if whole is None:
        return None
    with ALONE, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        at = whole.all_pix2world(x, y, 0)
    frame = f"{whole.wcs.radesys} {whole.wcs.equinox} {whole.wcs.lngtyp}"
    return float(at[whole.wcs.lng]), float(at[whole.wcs.lat]), frame


def _icrs(example: Sky, longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Positions in the frame of ``example`` in ICRS."""
    from astropy.coordinates import SkyCoord
    from astropy.wcs.utils import wcs_to_celestial_frame

    with ALONE, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            frame = wcs_to_celestial_frame(example._parsed.wcs)
            icrs = SkyCoord(longitude, latitude, unit="deg", frame=frame).icrs
            return np.asarray(icrs.ra.deg), np.asarray(icrs.dec.deg)
        # A frame that astropy does not know, a latitude beyond the pole.
        except Exception:  # noqa: BLE001
            return np.full(len(longitude), np.nan), np.full(len(latitude), np.nan)


@contextmanager
def _overhearing() -> Iterator[list[str]]:
    """What astropy logs meanwhile; it would print it."""
    import astropy  # noqa: F401  the logger of this name is its own

    said: list[str] = []

    def take(record: logging.LogRecord) -> bool:
        said.append(record.getMessage())
        return False

    logger = logging.getLogger("astropy")
    logger.addFilter(take)
    try:
        yield said
    finally:
        logger.removeFilter(take)


def _in_a_line(said: object) -> str:
    return " ".join(str(said).split())[:200]
