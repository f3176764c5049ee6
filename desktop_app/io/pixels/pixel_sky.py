"""Where the pixels of a target pixel file are: on the detector and on the sky, by the keywords of the flux column."""

from math import isfinite

from desktop_app.core.errors import ReadError
from desktop_app.core.sky import Sky
from desktop_app.io.fits.fits_file import Header, guarded
from desktop_app.io.fits.fits_table import TableHead

# FITS standard 4.0, table 22: the form of a WCS keyword for a column of pictures, and for an image.
_OF_IMAGE = {
    "1CTYP": "CTYPE1",
    "2CTYP": "CTYPE2",
    "1CUNI": "CUNIT1",
    "2CUNI": "CUNIT2",
    "1CRPX": "CRPIX1",
    "2CRPX": "CRPIX2",
    "1CRVL": "CRVAL1",
    "2CRVL": "CRVAL2",
    "1CDLT": "CDELT1",
    "2CDLT": "CDELT2",
    "11PC": "PC1_1",
    "12PC": "PC1_2",
    "21PC": "PC2_1",
    "22PC": "PC2_2",
    "11CD": "CD1_1",
    "12CD": "CD1_2",
    "21CD": "CD2_1",
    "22CD": "CD2_2",
    "LONP": "LONPOLE",
    "LATP": "LATPOLE",
    "EQUI": "EQUINOX",
}
_FARTHEST = 1e6


def corner_of(head: TableHead, column: int, aperture: Header | None) -> tuple[int, int]:
    """Column and row of the lower left pixel on the detector, by the physical WCS; zeros where there is none.

    Parameters
    ----------
    head : TableHead
    column : int
        The number of the flux column, from 1.
    aperture : Header or None
        Of the APERTURE extension.
    """
    found = []
    for axis in (1, 2):
        value, reference, step = (head.header.number(f"{axis}{key}{column}P") for key in ("CRV", "CRP", "CDL"))
        if not isfinite(value) and aperture is not None:
            value, reference, step = (aperture.number(f"{key}{axis}P") for key in ("CRVAL", "CRPIX", "CDELT"))
        first = value - ((reference if isfinite(reference) else 1.0) - 1.0) * (step if isfinite(step) else 1.0)
        found.append(round(first) if abs(first) <= _FARTHEST else 0)
    return found[0], found[1]


def sky_of_pixels(head: TableHead, column: int, aperture: Header | None) -> Sky | None:
    """The celestial WCS of the flux column, else that of the APERTURE extension; None where neither has one."""
    cards = {
        name: value
        for key, name in _OF_IMAGE.items()
        if isinstance(value := head.header.value(f"{key}{column}"), str | int | float)
    }
    if _is_celestial(str(cards.get("CTYPE1", ""))) and {"CRVAL1", "CRVAL2"} <= cards.keys():
        frame = head.text("RADESYS")
        return Sky(
            "".join(_card(name, value) for name, value in [*cards.items(), *([("RADESYS", frame)] * bool(frame))])
        )
    if aperture is None or not _is_celestial(aperture.text("CTYPE1")):
        return None
    try:
        with guarded(f"The header of {aperture.hdu} of {aperture.file}"):
            return Sky(aperture.parsed.tostring())
    except ReadError:
        return None


def _is_celestial(axis: str) -> bool:
    return axis.upper().startswith(("RA--", "DEC-", "GLON", "GLAT", "ELON", "ELAT"))


def _card(name: str, value: str | float) -> str:
    written = f"'{value[:60].replace(chr(39), '')}'" if isinstance(value, str) else f"{float(value)!r:>20}"
    return f"{name:<8}= {written}".ljust(80)
