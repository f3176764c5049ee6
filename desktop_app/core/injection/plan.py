"""What is to be injected: the kind, the ranges, how many, and the cells they fall into."""

from dataclasses import dataclass
from math import log10

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ParamError
from desktop_app.core.injection.kinds import Across, Counted, Kind, Measure, Scramble
from desktop_app.core.injection.signals import Signal, change
from desktop_app.core.params import Params, setting

DEEPEST_TRANSIT = 0.3
_WEAKEST, _STRONGEST = 3.0, 30.0
_HOUR_D = 1 / 24
_FEW_CADENCES = 3.0


class InjectionPlan(Params):
    """What is injected, and how often."""

    kind: Kind = setting(
        Kind.SINGLE_TRANSITS,
        title="Signals",
        help="Transits and single transits are limb-darkened; dips are irregular; outliers are one row alone.",
    )
    measure: Measure = setting(
        Measure.DEPTH, title="Rows are", help="Depth or height of the signals, or their signal to noise."
    )
    depth_from: float = setting(
        0.0, title="Depth from", help="Relative to the star.", unit="%", zero="automatic", ge=0.0, le=1e6
    )
    depth_to: float = setting(
        0.0,
        title="Depth to",
        help="Both at 0 take signal to noise 3 to 30.",
        unit="%",
        zero="automatic",
        ge=0.0,
        le=1e6,
    )
    snr_from: float = setting(
        0.0, title="SNR from", help="Of a matched filter, where rows are SNR.", zero="automatic", ge=0.0, le=1e4
    )
    snr_to: float = setting(0.0, title="SNR to", help="Both at 0 take 3 to 30.", zero="automatic", ge=0.0, le=1e4)
    duration_from: float = setting(
        0.0,
        title="Duration from",
        help="From first to last contact; of flares above half their height.",
        unit="h",
        zero="automatic",
        ge=0.0,
        le=1e5,
    )
    duration_to: float = setting(
        0.0, title="Duration to", help="No longer than the curve.", unit="h", zero="automatic", ge=0.0, le=1e5
    )
    number: int = setting(20, title="Injections per cell", help="More take longer and tell better.", ge=1, le=10_000)
    seed: int = setting(0, title="Seed", help="The same seed injects the same.", ge=0, le=2**32 - 1)
    across: Across = setting(
        Across.DURATION, title="Columns are", help="Duration, or the period of transits.", advanced=True
    )
    period_from: float = setting(
        0.0, title="Period from", help="Of transits.", unit="d", zero="automatic", ge=0.0, le=1e5, advanced=True
    )
    period_to: float = setting(
        0.0, title="Period to", help="Of transits.", unit="d", zero="automatic", ge=0.0, le=1e5, advanced=True
    )
    rows: int = setting(5, title="Rows", help="Steps of depth or SNR.", ge=1, le=20, advanced=True)
    columns: int = setting(4, title="Columns", help="Steps of duration or period.", ge=1, le=20, advanced=True)
    scrambles: int = setting(
        20,
        title="Scrambled curves",
        help="On which false events are counted; their baseline and noise are those of the curve.",
        ge=1,
        le=10_000,
        advanced=True,
    )
    scramble: Scramble = setting(
        Scramble.BLOCKS,
        title="Scramble",
        help="Blocks of the residual keep its outliers; phases keep its power spectrum alone.",
        advanced=True,
    )
    counted: Counted = setting(
        Counted.ALL,
        title="False events counted",
        help="All, or those on the side of the signals alone: brighter for flares, fainter for transits and dips.",
        advanced=True,
    )
    false_events: float = setting(
        0.1,
        title="False events wished",
        help="Per curve; the suggested threshold gives no more.",
        ge=0.001,
        le=100.0,
        advanced=True,
    )


@dataclass(frozen=True)
class Sampling:
    """What the ranges have to fit: of one curve, or the usual among several.

    Attributes
    ----------
    cadence_d, span_d : float
    noise : float
        One sigma of one row, relative to the star.
    """

    cadence_d: float
    span_d: float
    noise: float


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells.

    Attributes
    ----------
    kind, measure, across : Kind, Measure, Across
    strength : ndarray, shape (rows + 1,)
        Edges, rising: relative depths or SNR.
    width : ndarray, shape (columns + 1,)
        Edges, rising: days of duration or of the period; two equal ones where signals have neither.
    other : (float, float)
        Days: what is not across, the period or the duration; NaN where signals have none.
    """

    kind: Kind
    measure: Measure
    across: Across
    strength: Floats
    width: Floats
    other: tuple[float, float]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.strength.size - 1, self.width.size - 1


def grid_of(plan: InjectionPlan, sampling: Sampling) -> Grid:
    """The cells of ``plan``, with what it leaves open.

    Raises
    ------
    ParamError
        A range that is upside down, or does not fit the curve.
    """
    kind = plan.kind
    durations = _durations(plan, sampling) if kind.lasts else (0.0, 0.0)
    periods = _periods(plan, sampling, durations[1]) if kind is Kind.TRANSITS else (float("nan"),) * 2
    by_period = plan.across is Across.PERIOD
    if by_period and kind is not Kind.TRANSITS:
        raise ParamError(f"Of {kind.value} there is no period to look across.", hint="Choose transits, or duration.")
    if plan.measure is Measure.SNR:
        strengths = _range("SNR", plan.snr_from, plan.snr_to, (_WEAKEST, _STRONGEST))
    else:
        strengths = _depths(plan, sampling, durations, periods)
    width, other = (periods, durations) if by_period else (durations, periods)
    columns = plan.columns if kind.lasts and width[1] > width[0] else 1
    rows = plan.rows if strengths[1] > strengths[0] else 1
    across = np.geomspace(*width, columns + 1) if kind.lasts else np.zeros(2)
    return Grid(kind, plan.measure, plan.across, np.geomspace(*strengths, rows + 1), across, other)


def unit_snr(kind: Kind, duration_d: float, sampling: Sampling, period_d: float = float("nan")) -> float:
    """The signal to noise of a signal that changes the light by all of it, or as good as, on evenly spaced rows."""
    if not kind.lasts:
        return 1.0 / sampling.noise
    reach = 30 * duration_d if kind is Kind.FLARES else duration_d
    time = np.arange(-reach, reach, max(sampling.cadence_d, reach / 20_000))
    small = 0.01
    signal = Signal(kind.signal, 0.0, small, duration_d, seed=1)
    power = float(np.square(change(signal, time, sampling.cadence_d)).sum()) * (time[1] - time[0]) / sampling.cadence_d
    times = max(1.0, sampling.span_d / period_d) if period_d > 0 else 1.0
    return float(np.sqrt(power * times)) / small / sampling.noise


def _durations(plan: InjectionPlan, sampling: Sampling) -> tuple[float, float]:
    cadence_d = sampling.cadence_d
    usual = {
        Kind.FLARES: (max(2 / 1440, 0.5 * cadence_d), max(24 / 1440, 6 * cadence_d)),
        Kind.DIPS: (0.2, 3.0),
    }.get(plan.kind, (_HOUR_D, 16 * _HOUR_D))
    shortest = (0.5 if plan.kind is Kind.FLARES else _FEW_CADENCES) * cadence_d
    longest = max(sampling.span_d / 8, 2 * shortest)
    low = min(max(usual[0], shortest), longest / 2)
    automatic = low, min(max(usual[1], 2 * low), longest)
    given = plan.duration_from * _HOUR_D, plan.duration_to * _HOUR_D
    if max(given) > sampling.span_d:
        raise ParamError(
            f"A duration of {24 * max(given):.4g} h is longer than the curve, which has {24 * sampling.span_d:.4g} h.",
            hint="Choose shorter signals.",
        )
    return _range("Duration in days", *given, automatic, sampling.span_d)


def _periods(plan: InjectionPlan, sampling: Sampling, longest_d: float) -> tuple[float, float]:
    low = max(1.0, 5 * longest_d)
    found = _range("Period", plan.period_from, plan.period_to, (low, max(sampling.span_d / 3, 1.01 * low)))
    if found[1] > sampling.span_d / 2:
        raise ParamError(
            f"A period of {found[1]:.4g} d does not repeat twice in {sampling.span_d:.4g} d.",
            hint="Choose a shorter period, or single transits.",
        )
    if found[0] <= 2 * longest_d:
        raise ParamError(
            f"Transits of {longest_d / _HOUR_D:.4g} h do not fit a period of {found[0]:.4g} d.",
            hint="Choose shorter transits or longer periods.",
        )
    return found


def _depths(
    plan: InjectionPlan, sampling: Sampling, durations: tuple[float, float], periods: tuple[float, float]
) -> tuple[float, float]:
    middle, period = float(np.sqrt(durations[0] * durations[1])), float(np.sqrt(periods[0] * periods[1]))
    one = unit_snr(plan.kind, middle, sampling, period)
    deepest = {"transit": DEEPEST_TRANSIT, "dip": 0.99, "step": 0.99}.get(plan.kind.signal, np.inf)
    low, high = (_round(snr / one) for snr in (_WEAKEST, _STRONGEST))
    automatic = (min(low, deepest / 10), min(high, deepest))
    found = _range("Depth", plan.depth_from / 100, plan.depth_to / 100, automatic, deepest)
    if found[1] > deepest:
        raise ParamError(
            f"A {plan.kind.signal} cannot be {100 * found[1]:.4g} % deep here: {100 * deepest:.4g} % is the most.",
            hint="Choose shallower ones." if deepest > 0.9 else "Choose shallower ones, or dips.",
        )
    return found


def _range(
    what: str, low: float, high: float, automatic: tuple[float, float], most: float = float("inf")
) -> tuple[float, float]:
    """From ``low`` to ``high``; the automatic one takes the place of a 0, as far as it fits and ``most`` allows."""
    if low and high and low > high:
        raise ParamError(f"{what} goes from {low:.4g} to {high:.4g}.", hint="Give the smaller number first.")
    if not low:
        low = min(automatic[0], high / 10) if high else automatic[0]
    if not high:
        high = automatic[1] if automatic[1] > low else max(low, min(10 * low, most))
    return low, high


def _round(value: float) -> float:
    """``value`` with two significant digits."""
    return round(value, 1 - int(np.floor(log10(value))))
