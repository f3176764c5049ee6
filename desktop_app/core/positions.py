"""Positions on the sky as people write them: sexagesimal and decimal degrees, both ways."""

import re
from math import isfinite

_NUMBER = r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+"
_PART = rf"({_NUMBER})"
_BETWEEN = r"\s*[:hd°\s]\s*"
_MINUTES = r"\s*[:m'′\s]\s*"
_SIX = re.compile(
    rf"\s*{_PART}{_BETWEEN}{_PART}(?:{_MINUTES}{_PART}\s*s?)?\s*,?\s*([+-]?)\s*{_PART}{_BETWEEN}{_PART}"
    rf"(?:{_MINUTES}{_PART}\s*[s\"″]?)?\s*['′]?\s*"
)
_TWO = re.compile(rf"\s*([+-]?(?:{_NUMBER}))\s*(?:d|°|deg)?\s*[,;\s]\s*([+-]?(?:{_NUMBER}))\s*(?:d|°|deg)?\s*")
_HOUR_DEG = 15.0


def sexagesimal(ra_deg: float, dec_deg: float) -> tuple[str, str]:
    """ "13 29 52.71", "+47 11 42.6": hours and degrees; "" for what is not known."""
    if not (isfinite(ra_deg) and isfinite(dec_deg)):
        return "", ""
    hundredths = round(ra_deg % 360 / _HOUR_DEG * 360_000) % (24 * 360_000)
    tenths = round(abs(dec_deg) * 36_000)
    sign = "−" if dec_deg < 0 and tenths else "+"
    hours, minutes, seconds = hundredths // 360_000, hundredths // 6000 % 60, hundredths % 6000 / 100
    degrees, arcmin, arcsec = tenths // 36_000, tenths // 600 % 60, tenths % 600 / 10
    return f"{hours:02d} {minutes:02d} {seconds:05.2f}", f"{sign}{degrees:02d} {arcmin:02d} {arcsec:04.1f}"


def parse_position(text: str) -> tuple[float, float] | None:
    """Right ascension and declination in degrees, of hours and degrees in sexagesimal; None where it is none."""
    match = _SIX.fullmatch(text.replace("−", "-"))
    if match is None:
        return None
    *ra, sign, degrees, arcmin, arcsec = match.groups()
    hours, minutes, seconds = (float(part or 0) for part in ra)
    dec = float(degrees) + float(arcmin) / 60 + float(arcsec or 0) / 3600
    if hours >= 24 or minutes >= 60 or seconds >= 60 or float(arcmin) >= 60 or float(arcsec or 0) >= 60 or dec > 90:
        return None
    return _HOUR_DEG * (hours + minutes / 60 + seconds / 3600), -dec if sign == "-" else dec


def parse_pair(text: str) -> tuple[float, float] | None:
    """Two decimal numbers, as degrees or pixels are written; None where it is something else."""
    match = _TWO.fullmatch(text.replace("−", "-"))
    return (float(match[1]), float(match[2])) if match else None
