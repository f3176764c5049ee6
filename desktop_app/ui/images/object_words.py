"""What was measured of an object, in words and with units."""

from math import isfinite

import numpy as np

from desktop_app.ui.facts import Fact
from desktop_app.ui.words import significant

_UNIX_EPOCH_JD = 2440587.5
_DAY_MS = 86_400_000
_WHOLE = {
    "fwhm": "FWHM",
    "snr": "Signal to noise",
    "gini": "Gini",
    "m20": "M20",
    "a": "Half axis a",
    "b": "Half axis b",
}
_FLUXES = ("flux", "flux_err", "peak")
_ENDS = {"deg": "°", "arcsec": "″", "mag": " mag", "sigma": " σ", "d": " d", "s": " s"}


def measured_fact(name: str, value: float, unit: str, scale_arcsec: float) -> Fact:
    """One number: "FWHM", "3.2 px = 1.1″".

    Parameters
    ----------
    name : str
        As the detector calls it: its last word may be its unit, "fwhm_px".
    value : float
    unit : str
        That of the pixels; fluxes are counted in it.
    scale_arcsec : float
        The side of a pixel; NaN where not known.
    """
    words = name.split("_")
    if len(words) > 1 and words[-1] == "px":
        sky = f" = {significant(value * scale_arcsec, 3)}″" if isfinite(scale_arcsec) and words[0] != "area" else ""
        if words[0] == "area":
            return Fact("Area", f"{value:,.0f} px")
        return Fact(_label(words[:-1]), f"{significant(value, 3)} px{sky}")
    if len(words) > 1 and words[-1] in _ENDS:
        return Fact(_label(words[:-1]), f"{significant(value, 4)}{_ENDS[words[-1]]}")
    if name in _FLUXES and unit:
        return Fact(_label(words), f"{significant(value, 4)} {unit}")
    return Fact(_label(words), significant(value, 4))


def _label(words: list[str]) -> str:
    said = " ".join(words)
    return _WHOLE.get(said, said[:1].upper() + said[1:])


def date_text(jd: float, scale: str) -> str:
    """ "2021-03-04 05:06:07 UTC (JD 2459277.71258)"."""
    whole = np.floor(jd)
    ms = round(((whole - _UNIX_EPOCH_JD) + (jd - whole)) * _DAY_MS)
    stamp = str(np.datetime64(ms, "ms")).replace("T", " ").split(".")[0]
    return f"{stamp} {scale} (JD {jd:.5f})".replace("  ", " ")
