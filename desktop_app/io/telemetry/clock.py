"""What the times of telemetry count, and from when: dates, unix times of any unit, Julian dates, or elapsed time."""

import re
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.timescales import TimeReference
from desktop_app.io.curves.time_zero import reference_in
from desktop_app.io.fits.fits_file import guarded
from desktop_app.io.telemetry.moments import EPOCHS, Moments, unix_seconds
from desktop_app.io.telemetry.telemetry_rows import Times

UNIX_ZERO_JD = 2440587.5
# 1960, when UTC began, and 2150.
_FIRST_JD, _LAST_JD = 2436934.5, 2506331.5
_UNITS = {
    **dict.fromkeys(("ns", "nanosecond", "nanoseconds", "nsec"), 1e-9),
    **dict.fromkeys(("us", "µs", "μs", "microsecond", "microseconds", "usec"), 1e-6),
    **dict.fromkeys(("ms", "millisecond", "milliseconds", "msec"), 1e-3),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
}
_SINCE = re.compile(r"(\w{1,14})\s{1,3}since\s{1,3}(.{8,40})")
_ELAPSED = re.compile(r"elapsed|relative|since|offset|duration|(?:^|_)met(?:_|$)|sclk|uptime")
_ENDING = re.compile(r"_(ns|us|ms|s|sec|seconds|min|h|hours|d|days)$")


@dataclass(frozen=True)
class TimeName:
    """How a column of times is called, and its unit as the file writes it."""

    name: str
    unit: str = ""

    @property
    def unit_s(self) -> float:
        """How many seconds its unit is, by unit or name; NaN where neither tells."""
        ending = _ENDING.search(self.name.strip().lower())
        return _UNITS.get(self.unit.strip().lower().rstrip("."), _UNITS.get(ending[1] if ending else "", float("nan")))


def times_of_dates(moments: Moments) -> Times:
    """The times of rows that have dates."""
    times = _utc(moments, 1.0)
    notes = () if moments.zoned else ("The dates name no time zone and are taken for UTC.",)
    return replace(times, notes=notes)


def times_of_numbers(moments: Moments, column: TimeName) -> Times:
    """The times of rows that have numbers; what they count is told by name, unit and size, and said in a note."""
    since = _SINCE.search(column.unit)
    if since is not None and (zero := unix_seconds(since[2].strip())) is not None and since[1].lower() in _UNITS:
        unit = _UNITS[since[1].lower()]
        return replace(_elapsed(moments, unit), clock="utc", zero_unix_s=zero)
    reference = reference_in(f"{column.name} {column.unit}")
    if reference is not None and reference.known:
        return _julian(moments, reference, column.name)
    epoch = None if _ELAPSED.search(column.name.lower()) else _epoch(moments)
    if epoch is not None:
        what = {1.0: "seconds", 1e-3: "milliseconds", 1e-6: "microseconds", 1e-9: "nanoseconds"}[epoch]
        note = f"The numbers in {column.name} are taken for unix times in {what}."
        return replace(_utc(moments, epoch), notes=(note,))
    unit = column.unit_s
    if np.isnan(unit):
        note = f"Column {column.name} names no unit and is taken for elapsed seconds."
        return replace(_elapsed(moments, 1.0), notes=(note,))
    return _elapsed(moments, unit)


def _epoch(moments: Moments) -> float | None:
    """The unit, in seconds, in which every time is a unix time; None where there is none."""
    whole = moments.whole[moments.known]
    if not len(whole):
        return None
    lowest, highest = float(whole.min()), float(whole.max())
    return next((unit for low, beyond, unit in EPOCHS if low <= lowest and highest < beyond), None)


def _utc(moments: Moments, unit_s: float) -> Times:
    """Unix times, counted from the whole second of the first so that their fractions are kept."""
    a_second = round(1 / unit_s)
    seconds, rest = np.divmod(moments.whole, a_second)
    zero = int(seconds[moments.known].min()) if moments.known.any() else 0
    # The rest is put together last: a fraction of a nanosecond would not outlive the sum with a unix time.
    since = (seconds - zero) + (rest + moments.fraction) / a_second
    return Times(np.where(moments.known, since, np.nan), "utc", float(zero))


def _elapsed(moments: Moments, unit_s: float) -> Times:
    seconds = (moments.whole + moments.fraction) * unit_s
    return Times(np.where(moments.known, seconds, np.nan), "elapsed")


def _julian(moments: Moments, reference: TimeReference, name: str) -> Times:
    """Julian dates of any zero; in a scale other than UTC they are converted."""
    zero = int(moments.whole[moments.known].min()) if moments.known.any() else 0
    since = ((moments.whole - zero) + moments.fraction) * 86400.0
    start_jd = reference.zero_jd + zero
    zero_unix_s, converted = unix_of_jd(start_jd, reference.scale)
    notes = (f"Column {name} is converted from {reference.scale} to UTC.",) if converted else ()
    if not reference.scale:
        notes = (f"Column {name} names no time scale and is taken for UTC.",)
    return Times(np.where(moments.known, since, np.nan), "utc", zero_unix_s, notes)


def unix_of_jd(jd: float, scale: str, seconds: float = 0.0) -> tuple[float, bool]:
    """The unix time of a Julian date in ``scale`` plus ``seconds``, and whether it was converted to UTC.

    It is not where the scale is UTC or unknown, or where no spacecraft can have been there yet.
    """
    if scale.upper() in ("", "UTC", "UT1") or not _FIRST_JD < jd + seconds / 86400.0 < _LAST_JD:
        return round((jd - UNIX_ZERO_JD) * 86400.0, 3) + seconds, False
    from astropy.time import Time

    # Leap seconds beyond those that are known are a warning to astropy.
    with guarded("The time"):
        moment = Time(jd, seconds / 86400.0, format="jd", scale=scale.lower()).utc
        return round(float((moment.jd1 - UNIX_ZERO_JD) * 86400.0 + moment.jd2 * 86400.0), 6), True


def unix_of_seconds(seconds: Floats, zero_jd: float, scale: str) -> Times:
    """The times of rows that have seconds since a Julian date, as housekeeping tables count them."""
    known = seconds[np.isfinite(seconds)]
    first = float(np.floor(known.min())) if len(known) else 0.0
    zero_unix_s, converted = unix_of_jd(zero_jd, scale, first)
    notes = (f"The times are converted from {scale.upper()} to UTC.",) if converted else ()
    return Times(seconds - first, "utc", zero_unix_s, notes)
