"""Finds dips that come back after one period, one signal after the other, and tells signals from noise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.detection import PeriodicSignal
from desktop_app.core.flattened import Flattened
from desktop_app.core.progress import Report, part
from desktop_app.core.transits.around import light_of
from desktop_app.core.transits.candidates import Candidate, refined, transit_numbers
from desktop_app.core.transits.checks import check, has_secondary
from desktop_app.core.transits.fit import cleared, inside_dips, refine, second_shape, shape_of
from desktop_app.core.transits.grid import Axis, durations, period_limits, transit_table, within_work
from desktop_app.core.transits.single import Rows, singles
from desktop_app.core.transits.spectrum import FINER, Spectrum, spectrum_of
from desktop_app.core.transits.tls import refine_with_tls

_PEAKS = 30
_WORTH = 0.4
_ABOVE_BRIGHT = 1.3
_LEAST_CHANCE = 0.01
_AGREEING = 0.6
_WITHOUT_BEST = 5.0
_EVIDENT = 20.0
_MASKED = 1.5
_NEAR = 0.6
_MOVED = 0.02
_KEPT = 0.5


@dataclass(frozen=True)
class Search:
    """What a search for periodic transits tries.

    Attributes
    ----------
    shortest_period_d, longest_period_d : float
        Days; 0 is 0.4 days, or fifteen cadences, and as long as the curve allows.
    transits : int
        How many transits there have to be data of.
    shortest_d, longest_d : float
        Durations in days; 0 is what is plausible for the period.
    oversampling : int
        Steps of time in a duration.
    signals : int
        How many to look for at most.
    box : bool
        Whether transits are boxes; else they have the round bottom of a limb-darkened star.
    tls : bool
        Whether `transitleastsquares` refines each signal first.
    least_snr, least_sde : float
        What a signal has to reach.
    most_sums : float
        How much work each look at all periods may be; the longest periods are left out where it would be more.
    """

    shortest_period_d: float = 0.0
    longest_period_d: float = 0.0
    transits: int = 3
    shortest_d: float = 0.0
    longest_d: float = 0.0
    oversampling: int = 4
    signals: int = 4
    box: bool = False
    tls: bool = False
    least_snr: float = 7.0
    least_sde: float = 6.0
    most_sums: float = inf


def find_signals(flat: Flattened, how: Search, report: Report) -> tuple[PeriodicSignal, ...]:
    """Periodic signals, fitted and checked, in the order they were found: the clearest first; often none.

    After each the baseline is drawn anew without its dips, and these are left out of the next search.

    Parameters
    ----------
    flat : Flattened
    how : Search
    report : callable
        Told the progress.
    """
    rows = rows_of(flat)
    span_d = float(rows.time[-1] - rows.time[0])
    axis = period_limits(span_d, rows.cadence_d, how.shortest_period_d, how.longest_period_d, how.transits)
    found: tuple[PeriodicSignal, ...] = ()
    if axis is None or not rows.power.any():
        return found
    axis = within_work(axis, rows.cadence_d, span_d, how.oversampling, how.most_sums)
    if axis is None:
        return found
    for turn in range(how.signals):
        told = part(report, turn / how.signals, (turn + 1) / how.signals)
        best, _ = strongest(rows, how, axis, part(told, 0.0, 0.7))
        if best is None or not holds(best, how) or _clings(best, rows, found):
            break
        signal = _fitted(best, flat, found, how, part(told, 0.7, 1.0))
        if signal.kind == "transit" and signal.checks["transits"] < how.transits:
            break
        found += (signal,)
        rows = rows_of(cleared(flat, found)).without(dips_of(flat, found))
    return found


def rows_of(flat: Flattened) -> Rows:
    """The usable rows as a search looks at them."""
    curve = flat.curve
    return Rows.of(curve.time, curve.residual, curve.noise, curve.cadence_d)


def dips_of(flat: Flattened, signals: Sequence[PeriodicSignal], share: float = _MASKED) -> Bools:
    """Rows within ``share`` of the duration of a dip of any signal, second dips of eclipses among them; shape (n,)."""
    light = light_of(flat)
    inside = np.zeros(light.time.size, dtype=np.bool_)
    for signal in signals:
        shape = shape_of(signal, light.scale)
        inside |= inside_dips(light, shape, share)
        if signal.kind == "eclipse" and has_secondary(signal.checks):
            inside |= inside_dips(light, second_shape(signal, shape), share)
    return inside


def strongest(rows: Rows, how: Search, axis: Axis, report: Report) -> tuple[Candidate | None, Spectrum]:
    """The best of all periods: the strongest candidate that holds, else the strongest; and the spectrum.

    Parameters
    ----------
    rows : Rows
    how : Search
    axis : Axis
    report : callable
        Told the progress.
    """
    table = transit_table(box=how.box)
    tried = durations(axis, rows.cadence_d, how.shortest_d, how.longest_d)
    fine = []
    for number, duration in enumerate(tried):
        report(0.2 * number / tried.size, "Looking for single dips")
        fine.append(singles(rows, float(duration), FINER * how.oversampling, table))
    spectrum = spectrum_of(fine, axis, how.transits, part(report, 0.2, 0.9))
    found: list[Candidate] = []
    for peak in spectrum.peaks(_PEAKS):
        report(0.9, "Comparing periods")
        if spectrum.sde[peak] < _WORTH * how.least_sde:
            break
        candidate = refined(fine, float(spectrum.period_d[peak]), int(spectrum.which[peak]), how.transits)
        if candidate is not None:
            chance = max(spectrum.chance_of(peak), float(-np.expm1(-candidate.alignment)))
            found.append(replace(candidate, sde=float(spectrum.sde[peak]), false_alarm=chance))
    # What only chance may have spaced evenly still hides weaker periods: those are made of some of its dips.
    sure = [candidate for candidate in found if holds(replace(candidate, false_alarm=0.0), how)]
    if sure:
        # Among harmonics that all hold, the one whose dips together say most is the period.
        return max(sure, key=lambda candidate: candidate.robust_snr * candidate.scatter), spectrum
    return max(found, key=lambda candidate: candidate.robust_snr, default=None), spectrum


def holds(best: Candidate, how: Search) -> bool:
    """Whether a candidate is a signal: strong in most of its dips, unlike its spectrum, unlike any brightening."""
    agree = best.robust_snr * best.scatter > _AGREEING * best.snr and best.without_best > _WITHOUT_BEST
    stands_out = best.sde > (how.least_sde if best.robust_snr < _EVIDENT else 0.5 * how.least_sde)
    unlike_bright = best.robust_snr > _ABOVE_BRIGHT * best.brightening and best.false_alarm < _LEAST_CHANCE
    return best.robust_snr > how.least_snr and agree and stands_out and unlike_bright


def _clings(candidate: Candidate, rows: Rows, earlier: Sequence[PeriodicSignal]) -> bool:
    """Whether most dips of ``candidate`` are beside those of an earlier signal: what its masking left over."""
    number = np.unique(transit_numbers(rows.time, candidate.period_d, candidate.epoch))
    middle = candidate.epoch + candidate.period_d * number
    for signal in earlier:
        phases = (0.0, signal.checks.get("secondary_phase", 0.0)) if signal.kind == "eclipse" else (0.0,)
        for phase in phases:
            away = (middle - signal.epoch) / signal.period_d - (phase if isfinite(phase) else 0.0)
            away = np.abs(away - np.round(away)) * signal.period_d
            near = away < signal.duration_d + 0.5 * candidate.duration_d
            if near.mean() > max(_NEAR, 4 * signal.duration_d / signal.period_d):
                return True
    return False


def _fitted(
    candidate: Candidate, flat: Flattened, earlier: Sequence[PeriodicSignal], how: Search, report: Report
) -> PeriodicSignal:
    """The candidate as a signal, fitted and checked; as it was found where the fit goes astray."""
    rough = _signal(candidate, flat)
    fine = refine_with_tls(flat, rough, report) if how.tls else refine(flat, rough, report)
    moved = abs(fine.period_d / rough.period_d - 1) > _MOVED
    if moved or not (fine.snr > _KEPT * rough.snr and fine.depth > 0):
        fine = rough
    return check(flat, fine, earlier)


def _signal(candidate: Candidate, flat: Flattened) -> PeriodicSignal:
    curve = flat.curve
    away = curve.time - candidate.epoch
    away -= candidate.period_d * transit_numbers(curve.time, candidate.period_d, candidate.epoch)
    inside = np.abs(away) < 0.5 * candidate.duration_d
    level = flat.middle + flat.unit * float(np.median(_where(curve.baseline, inside)))
    depth = candidate.depth * float(np.median(curve.noise)) * flat.unit / (level if level > 0 else 1.0)
    return PeriodicSignal(
        "transit",
        candidate.period_d,
        candidate.epoch,
        candidate.duration_d,
        depth,
        candidate.snr,
        candidate.sde,
        {"transits": float(candidate.transits), "false_alarm": candidate.false_alarm},
    )


def _where(values: Floats, inside: Bools) -> Floats:
    """``values`` where ``inside``; all of them where that is nowhere."""
    return values[inside] if inside.any() else values
