"""Time systems: BTJD, BKJD, BJD, MJD and ISO dates from one relative float64 time."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from desktop_app.core.arrays import Floats

BTJD_ZERO = 2457000.0
BKJD_ZERO = 2454833.0
MJD_ZERO = 2400000.5


class TimeSystem(StrEnum):
    """How a time is shown."""

    NATIVE = "native"
    BTJD = "BTJD"
    BKJD = "BKJD"
    BJD = "BJD"
    ISO = "ISO"


@dataclass(frozen=True)
class TimeReference:
    """What the relative times of a file count from.

    Attributes
    ----------
    name : str
        The name of the system: "BTJD", "BKJD", "BJD", "MJD", or "time" where the file does not say.
    zero_jd : float
        The Julian date of time zero, in ``scale``; NaN where the file does not say.
    scale : str
        "TDB", "UTC", ..., or "" where the file does not say.
    barycentric : bool
        Whether light travel time to the barycentre is taken out, so that a Julian date is a BJD.
    """

    name: str = "time"
    zero_jd: float = float("nan")
    scale: str = ""
    barycentric: bool = False

    @property
    def known(self) -> bool:
        """Whether absolute dates can be told."""
        return bool(np.isfinite(self.zero_jd))

    @property
    def label(self) -> str:
        """The name with its scale: "BTJD, TDB"."""
        return f"{self.name}, {self.scale}" if self.scale else self.name

    def systems(self) -> tuple[TimeSystem, ...]:
        """The systems in which the times can be shown; the file's own comes first."""
        if not self.known:
            return (TimeSystem.NATIVE,)
        return (TimeSystem.NATIVE, *(system for system in TimeSystem if system not in ("native", self.name)))


def named_reference(zero_jd: float, scale: str, *, barycentric: bool) -> TimeReference:
    """The reference whose name follows from its zero: 2457000 is BTJD, 2454833 is BKJD, 0 is BJD or JD."""
    names = {BTJD_ZERO: "BTJD", BKJD_ZERO: "BKJD", 0.0: "BJD", MJD_ZERO: "BMJD"}
    name = names.get(zero_jd, f"BJD − {zero_jd:.10g}")
    if not barycentric:
        name = name.removeprefix("B") if zero_jd in (0.0, MJD_ZERO) else f"JD − {zero_jd:.10g}"
    return TimeReference(name, zero_jd, scale, barycentric)


def offset_of(reference: TimeReference, system: TimeSystem) -> float:
    """What to add to a relative time so that it reads as ``system``; 0 for the file's own and for ISO dates."""
    zeros = {TimeSystem.BTJD: BTJD_ZERO, TimeSystem.BKJD: BKJD_ZERO, TimeSystem.BJD: 0.0}
    return reference.zero_jd - zeros[system] if system in zeros else 0.0


def iso_dates(time: Floats, reference: TimeReference, *, precision: int = 3) -> list[str]:
    """ISO 8601 dates in the file's own time scale, "" for NaN; the reference must be known.

    Parameters
    ----------
    time : ndarray, shape (n,)
        Days since the reference's zero.
    precision : int
        Decimal places of the seconds.
    """
    from astropy.time import Time

    dates = np.full(time.shape, "", dtype=object)
    finite = np.isfinite(time)
    scale = reference.scale.lower() or "tdb"
    # Two parts keep the microseconds that one float64 Julian date would lose.
    moments = Time(reference.zero_jd, time[finite], format="jd", scale=scale, precision=precision)
    dates[finite] = moments.isot
    return [str(date) for date in dates]


def show_time(time: float, reference: TimeReference, system: TimeSystem = TimeSystem.NATIVE) -> str:
    """One time as a person reads it: "1348.53120 BTJD", "2018-08-17T00:44:55.680 TDB"."""
    if not np.isfinite(time):
        return "no time"
    if system is TimeSystem.ISO and reference.known:
        return f"{iso_dates(np.array([time]), reference)[0]} {reference.scale}".rstrip()
    if system is TimeSystem.NATIVE or not reference.known:
        return f"{time:.5f} {reference.name}"
    return f"{time + offset_of(reference, system):.5f} {system}"
