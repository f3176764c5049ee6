"""Signals in words: columns, their help, and why a signal is taken for an eclipse."""

from dataclasses import dataclass
from math import isfinite

from desktop_app.core.detection import UNKNOWN, PeriodicSignal
from desktop_app.core.timescales import TimeReference, TimeSystem, show_time
from desktop_app.core.transits.checks import has_secondary, reasons_for_eclipse
from desktop_app.ui.theme import kind_of
from desktop_app.ui.words import duration, relative

NOT_KNOWN = "–"
_REASONS = {
    "odd_even": "odd and even dips differ",
    "secondary": "a second dip",
    "radius": "too large for a planet",
    "v_shape": "grazing and deep",
    "axis": "orbit touches the star",
    "ellipsoidal": "star pulled out of shape",
}


@dataclass(frozen=True)
class Heading:
    """One column: its key, what stands above it, its help, and whether its cells are numbers."""

    key: str
    label: str
    help: str
    number: bool = True


HEADINGS = (
    Heading("number", "#", "The strongest signal comes first."),
    Heading("kind", "Kind", "Transit of a planet, or eclipse of two stars.", number=False),
    Heading("period", "Period", "With the uncertainty of its last digits. A single dip has none."),
    Heading("depth", "Depth", "At the middle of the dip, relative to the baseline."),
    Heading("duration", "Duration", "From first to last contact."),
    Heading("snr", "SNR", "Depth over its uncertainty, all dips together, red noise taken in."),
    Heading("sde", "SDE", "How far the peak stands out of the spectrum of the search, in sigmas of that."),
    Heading("epoch", "Mid-time", "The middle of one dip, in the time system shown."),
    Heading("transits", "Dips", "Dips with data."),
    Heading("odd_even", "Odd/even", "Difference in depth of odd and even dips, in sigmas. Two unequal stars differ."),
    Heading("second", "Second dip", "The strongest dip at any other phase, in sigmas; brackets: noise does as well."),
    Heading("ratio", "Radius ratio", "Of what passes to the star, from the fit."),
    Heading("v_shape", "V-shape", "Share of ingress and egress in the dip: 0 for a flat bottom, 1 for a V."),
    Heading(
        "centroid",
        "Centroid",
        "Shift of the light during dips, in sigmas; of target pixels, how far off light is lost.",
    ),
    Heading("why", "Why", "Why it is taken for an eclipse.", number=False),
)


def cells_of(place: int, signal: PeriodicSignal, reference: TimeReference, system: TimeSystem) -> dict[str, str]:
    """What stands in each column for ``signal``, by key."""
    checks = signal.checks
    kind = kind_of(signal.kind)
    return {
        "number": str(place + 1),
        "kind": f"{kind.letter}  {kind.label}",
        "period": period_text(signal),
        "epoch": show_time(signal.epoch, reference, system).split()[0],
        "depth": relative(signal.depth),
        "duration": duration(signal.duration_d),
        "snr": _number(signal.snr),
        "sde": _number(signal.sde),
        "transits": _number(checks.get("transits", UNKNOWN), 0),
        "odd_even": _number(checks.get("odd_even", UNKNOWN), unit=" σ"),
        "second": _second(signal),
        "ratio": _number(checks.get("radius_ratio", UNKNOWN), 4),
        "v_shape": _number(checks.get("v_shape", UNKNOWN), 2),
        "centroid": _centroid(signal),
        "why": why(signal),
    }


def period_text(signal: PeriodicSignal) -> str:
    """ "3.28866(15) d"; for a single dip the range that the density of stars allows."""
    if isfinite(signal.period_d):
        return f"{with_error(signal.period_d, signal.checks.get('period_error', UNKNOWN))} d"
    low, high = signal.checks.get("period_low", UNKNOWN), signal.checks.get("period_high", UNKNOWN)
    return f"single, {_rough(low)} to {_rough(high)} d" if isfinite(low) and isfinite(high) else "single"


def with_error(value: float, error: float) -> str:
    """ "3.28866(15)": the value with the uncertainty of its last digits in brackets."""
    if not (isfinite(error) and error > 0):
        return f"{value:.5f}"
    digits = 0
    while error * 10**digits < 2 and digits < 9:
        digits += 1
    return f"{value:.{digits}f}({max(1, round(error * 10**digits))})"


def why(signal: PeriodicSignal) -> str:
    """Why it is taken for an eclipse, in a few words; "" for a transit."""
    return ", ".join(_REASONS[name] for name in reasons_for_eclipse(signal))


def _second(signal: PeriodicSignal) -> str:
    sigma, depth = signal.checks.get("secondary", UNKNOWN), signal.checks.get("secondary_depth", UNKNOWN)
    if not (isfinite(sigma) and isfinite(depth)):
        return NOT_KNOWN
    told = f"{sigma:.1f} σ, {relative(depth)}"
    return told if has_secondary(signal.checks) else f"({told})"


def _centroid(signal: PeriodicSignal) -> str:
    """Of target pixels where the light is lost; else how far the light moves."""
    offset, sigma = (signal.checks.get(f"difference_{name}", UNKNOWN) for name in ("offset", "sigma"))
    if isfinite(offset) and isfinite(sigma):
        return f"{offset:.2f} px off ({sigma:.1f} σ)"
    return _number(signal.checks.get("centroid_shift", UNKNOWN), unit=" σ")


def _rough(value: float) -> str:
    """Two significant digits, without an exponent."""
    return f"{float(f'{value:.2g}'):,g}"


def _number(value: float, digits: int = 1, unit: str = "") -> str:
    return f"{value:,.{digits}f}{unit}" if isfinite(value) else NOT_KNOWN
