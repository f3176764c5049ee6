"""What the headers of a picture say of the exposure: its object, telescope and filter, and when its middle was."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor, isfinite, isnan

from desktop_app.core.timescales import MJD_ZERO
from desktop_app.io.fits.fits_file import Header

_NAN = float("nan")
_UNIX_ZERO_JD = 2440587.5
_DAY_S = 86400.0
_SCALES = ("UTC", "TDB", "TT", "TAI", "TCB", "TCG", "UT1")
_OTHER_SCALES = {"": "UTC", "ET": "TT", "TDT": "TT", "IAT": "TAI", "UT": "UTC", "GMT": "UTC"}
_EXPOSURES_S = ("EXPTIME", "EXPOSURE", "TEXPTIME", "XPOSURE", "ITIME", "EXPOSED")
_OBJECTS = ("OBJECT", "TARGNAME", "TARGPROP", "TARG_NAME")
_CLOCKS = ("TIME-OBS", "UT", "UTC", "UTC-OBS", "UT-OBS", "TIME-BEG", "UTC_OBS", "UTSTART", "TIME")
_FILTERS = ("FILTER", "FILTER1", "FILTER2", "FILTNAM", "FILTNAM1", "FILTNAME", "BAND")
_NO_FILTER = ("", "none", "clear1l", "clear2l", "clear1s", "clear2s", "n/a")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d*)?))?)?\s*(Z|[+-]\d\d:?\d\d)?")
_OLD = re.compile(r"(\d\d)/(\d\d)/(\d\d)")
_CLOCK = re.compile(r"(\d\d?):(\d\d)(?::(\d\d(?:\.\d*)?))?")


@dataclass(frozen=True)
class Exposure:
    """What a picture shows and when it was taken.

    Attributes
    ----------
    object_name : str
        "" where the header does not say.
    mission : str
        "TESS", "Kepler" or "K2", or the telescope as the header names it.
    segment : str
        The sector, quarter or campaign of a full-frame image of TESS or Kepler, else the filter.
    ra_deg, dec_deg : float
        Of the target, where the header gives it in ICRS; NaN else.
    jd : float
        Julian date of the middle of the exposure in ``time_scale``; NaN where not known.
    time_scale : str
    """

    object_name: str = ""
    mission: str = ""
    segment: str = ""
    ra_deg: float = _NAN
    dec_deg: float = _NAN
    jd: float = _NAN
    time_scale: str = ""


def exposure_of(header: Header, primary: Header) -> Exposure:
    """What the header of a picture tells, and the primary one where it does not."""
    both = _Both((header, primary))
    jd, scale = _middle(both)
    mission = both.text("TELESCOP")
    camera, ccd = both.text("CAMERA"), both.text("CCD")
    of_tess = mission.upper() == "TESS"
    name = both.first_text(_OBJECTS) or (f"camera {camera}, CCD {ccd}" if of_tess and camera and ccd else "")
    of_kepler = mission.upper() == "KEPLER"
    keyword = "sector" if of_tess else "quarter" if of_kepler and both.text("QUARTER") else "campaign"
    number = both.text(keyword.upper()) if of_tess or of_kepler else ""
    return Exposure(
        object_name=name,
        mission={"TESS": "TESS", "KEPLER": both.text("MISSION") or "Kepler"}.get(mission.upper(), mission),
        segment=f"{keyword} {number}" if number else _filter(both),
        ra_deg=both.first_number("RA_OBJ", "RA_TARG"),
        dec_deg=both.first_number("DEC_OBJ", "DEC_TARG"),
        jd=jd,
        time_scale=scale if isfinite(jd) else "",
    )


@dataclass(frozen=True)
class _Both:
    """Two headers, of which the first has the say."""

    headers: tuple[Header, ...]

    def text(self, keyword: str) -> str:
        return next((text for header in self.headers if (text := header.text(keyword))), "")

    def number(self, keyword: str) -> float:
        return next((number for header in self.headers if not isnan(number := header.number(keyword))), _NAN)

    def first_number(self, *keywords: str) -> float:
        return next((number for keyword in keywords if not isnan(number := self.number(keyword))), _NAN)

    def first_text(self, keywords: Sequence[str]) -> str:
        return next((text for keyword in keywords if (text := self.text(keyword))), "")


def _filter(both: _Both) -> str:
    """The filter; of two wheels those that are not empty."""
    named = [text for keyword in _FILTERS if (text := both.text(keyword)).lower() not in _NO_FILTER]
    return ", ".join(dict.fromkeys(named))


def _middle(both: _Both) -> tuple[float, str]:
    """Julian date of the middle of the exposure and its scale; the surest of the ways in which a header can tell it."""
    system = both.text("TIMESYS").upper()
    scale = system if system in _SCALES else _OTHER_SCALES.get(system, "")
    zero = both.number("BJDREFI") + (0.0 if isnan(both.number("BJDREFF")) else both.number("BJDREFF"))
    relative = (both.number("TSTART") + both.number("TSTOP")) / 2
    half_d = both.first_number(*_EXPOSURES_S) / 2 / _DAY_S
    half_d = half_d if 0 <= half_d < 1e3 else 0.0
    began = _julian(both.text("DATE-OBS") or both.text("DATE_OBS"), both.first_text(_CLOCKS))
    mjd = both.number("MJD-OBS")
    ways = (
        (zero + relative, "TDB" if not system else scale),
        (both.number("MJD-AVG") + MJD_ZERO, scale),
        (_julian(both.text("DATE-AVG")), scale),
        ((both.number("MJD-BEG") + both.number("MJD-END")) / 2 + MJD_ZERO, scale),
        ((_julian(both.text("DATE-BEG")) + _julian(both.text("DATE-END"))) / 2, scale),
        ((both.number("EXPSTART") + both.number("EXPEND")) / 2 + MJD_ZERO, scale),
        ((both.number("MJDSTART") + both.number("MJDEND")) / 2 + MJD_ZERO, scale),
        # SDSS counts seconds of MJD zero in TAI.
        (both.number("TAI") / _DAY_S + MJD_ZERO + half_d, "TAI"),
        # Some write MJD-OBS to the day or the minute beside a DATE-OBS to the millisecond.
        (mjd + MJD_ZERO + half_d if _is_fine(mjd) else _NAN, scale),
        (began + half_d, scale),
        (both.first_number("MJD-OBS", "MJD_OBS", "OBSMJD", "MJD") + MJD_ZERO + half_d, scale),
        (both.first_number("OBSJD", "JD-OBS", "JD") + half_d, scale),
    )
    return next(((jd, scale) for jd, scale in ways if isfinite(jd) and 0 < jd < 1e7), (_NAN, ""))


def _is_fine(mjd: float) -> bool:
    """Whether a date has more decimals than a rounding to half a minute would leave it."""
    return isfinite(mjd) and abs(mjd * 1e4 - floor(mjd * 1e4 + 0.5)) > 1e-4


def _julian(date: str, clock: str = "") -> float:
    """Julian date of an ISO date, or of an old one such as 05/04/87; NaN without a time of day."""
    iso, old = _ISO.match(date.strip()), _OLD.fullmatch(date.strip())
    if iso:
        year, month, day = int(iso[1]), int(iso[2]), int(iso[3])
        hour, minute, second = iso[4], iso[5], iso[6]
    elif old:
        day, month, year = int(old[1]), int(old[2]), 1900 + int(old[3])
        hour = minute = second = None
    else:
        return _NAN
    if hour is None:
        match = _CLOCK.match(clock.strip())
        if match is None:
            return _NAN
        hour, minute, second = match[1], match[2], match[3]
    zone = (iso[7] if iso else None) or "Z"
    east_min = 0 if zone == "Z" else int(zone[0] + "1") * (60 * int(zone[1:3]) + int(zone[-2:]))
    try:
        moment = datetime(year, month, day, int(hour), int(minute)) - timedelta(minutes=east_min)
    except (ValueError, OverflowError):
        return _NAN
    # Via days since 1970, whose fraction keeps the microseconds that a sum of large numbers would lose.
    days = (moment - datetime(1970, 1, 1)) / timedelta(days=1)
    return _UNIX_ZERO_JD + (days + float(second or 0) / _DAY_S)
