"""Numbers as people read them: honest digits, units, no surprises."""

from math import floor, isfinite, log10

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.timescales import TimeReference

_UNIX_EPOCH_JD = 2440587.5
_DAY_MS = 86_400_000


def counted(n: int, noun: str) -> str:
    """ "1 row", "20,076 rows"."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def duration(days: float) -> str:
    """A stretch of time in the unit that suits it."""
    if not isfinite(days):
        return "not known"
    seconds = abs(days) * 86400
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.3g} min"
    if seconds < 2 * 86400:
        return f"{seconds / 3600:.3g} h"
    return f"{days:.4g} d"


def waiting(seconds: float) -> str:
    """How long something will still take, in words."""
    return f"about {max(1, round(seconds))} s left" if seconds < 90 else f"about {round(seconds / 60)} min left"


def relative(value: float) -> str:
    """A relative change in per cent, or in ppm where it is small."""
    if not isfinite(value):
        return "not known"
    return f"{value * 1e6:,.0f} ppm" if abs(value) < 1e-3 else f"{value * 100:.3g} %"


def per_cent(share: float) -> str:
    """A probability as a person says it: never quite sure."""
    return f"{min(99, max(1, round(100 * share)))} %"


def signed(value: float) -> str:
    """ "+2.1", "−0.3", "0.0"."""
    return "0.0" if abs(value) < 0.05 else f"{value:+.1f}".replace("-", "−")


def significant(value: float, digits: int = 4) -> str:
    """``value`` with that many significant digits and no exponent where it can be helped."""
    if not isfinite(value):
        return "none"
    if value == 0:
        return "0"
    magnitude = floor(log10(abs(value)))
    near = -5 <= magnitude <= 9
    text = f"{value:,.{max(0, digits - 1 - magnitude)}f}" if near else f"{value:.{digits - 1}e}"
    return text.replace("-", "−")


def dates(time: Floats, reference: TimeReference) -> list[str]:
    """Calendar dates to the millisecond in the reference's own scale, for axes; the reference must be known."""
    whole = floor(reference.zero_jd)
    # The whole days are taken apart first: a full Julian date in one float64 is only good to 40 microseconds.
    days = (whole - _UNIX_EPOCH_JD) + (reference.zero_jd - whole) + time
    return [str(stamp) for stamp in np.round(days * _DAY_MS).astype("datetime64[ms]")]
