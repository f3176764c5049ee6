"""What the times of a file count from, as far as the file says; never a guess."""

import re

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.timescales import BKJD_ZERO, BTJD_ZERO, MJD_ZERO, TimeReference, named_reference

_SYSTEM = re.compile(r"(?<![A-Z])(BTJD|TBJD|BKJD|BMJD|BJD|HMJD|HJD|MJD|JD)(?![A-Z])")
_OFFSET = re.compile(r"[-−–]\s*([0-9]+(?:\.[0-9]*)?)")
_SCALE = re.compile(r"(?<![A-Z])(TDB|TCB|UTC|TAI|UT1|TT)(?![A-Z])")
_SECONDS = {
    **dict.fromkeys(("", "d", "day", "days"), 86400.0),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3600.0),
    **dict.fromkeys(("min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1.0),
}
LATEST_JD = 1e7
_LEAST_FULL_JD = 2_000_000.0
# TDB by the definition of their missions.
_MISSION_ZEROS = {"BTJD": BTJD_ZERO, "TBJD": BTJD_ZERO, "BKJD": BKJD_ZERO}


def reference_in(text: str) -> TimeReference | None:
    """The reference that a column name or unit spells out; None where it spells none.

    "BJD - 2454833, days", "btjd", "time [BJD_TDB]" and "HJD-2450000" do, "d" and "time" do not.
    """
    words = text.upper().replace("_", " ")
    system = _SYSTEM.search(words)
    if system is None:
        return None
    name = system[1]
    offset = _OFFSET.match(words[system.end() :].lstrip())
    scale = scale_in(words)
    if name in _MISSION_ZEROS:
        return named_reference(_MISSION_ZEROS[name], scale or "TDB", barycentric=True)
    zero = (MJD_ZERO if "MJD" in name else 0.0) + (float(offset[1]) if offset else 0.0)
    if not is_possible_zero(zero):
        return None
    if name.startswith("H"):
        return TimeReference(f"{name} − {offset[1]}" if offset else name, zero, scale)
    return named_reference(zero, scale, barycentric="B" in name)


def scale_in(text: str) -> str:
    """The time scale that the text names, "" where it names none."""
    scale = _SCALE.search(text.upper())
    return scale[1] if scale else ""


def is_possible_zero(jd: float) -> bool:
    """Whether time can count from this Julian date: any from 4713 BC to AD 22,000."""
    return 0.0 <= jd <= LATEST_JD


def counted_from_nearby(
    time: Floats, reference: TimeReference, usual_zero: float | None = None
) -> tuple[Floats, TimeReference]:
    """Full Julian dates counted from a round one nearby, so that no digits are lost later; other times as they are.

    Barycentric ones count from ``usual_zero``, where the mission has one.
    Times that are said to be full Julian dates, but are far too small for it, count from nobody knows where.
    """
    if reference.zero_jd != 0.0:
        return time, reference
    known = time[np.isfinite(time)]
    if known.size == 0:
        return time, reference
    if known[0] < _LEAST_FULL_JD:
        return time, TimeReference(scale=reference.scale, barycentric=reference.barycentric)
    zero = usual_zero if usual_zero and reference.barycentric else 1000.0 * (float(known[0]) // 1000.0)
    # A time of -inf, which no clock has, has no digits to lose.
    time = np.where(np.isfinite(time), time, np.nan)
    if reference.name == "HJD":
        return time - zero, TimeReference(f"HJD − {zero:.10g}", zero, reference.scale)
    return time - zero, named_reference(zero, reference.scale, barycentric=reference.barycentric)


def days_in(unit: str) -> float:
    """How many days the unit of time is; no unit is days, as everywhere in astronomy, and NaN one that is not known."""
    if reference_in(unit) is not None:
        return 1.0
    return _SECONDS.get(unit.strip().lower(), float("nan")) / 86400.0
