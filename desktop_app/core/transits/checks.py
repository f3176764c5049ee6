"""What speaks for a planet and what for two stars in the dips of a signal, and which dip an event belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite

import numpy as np

from desktop_app.core.arrays import Bools
from desktop_app.core.detection import UNKNOWN, PeriodicSignal
from desktop_app.core.flattened import Flattened
from desktop_app.core.transits.around import Light, light_of
from desktop_app.core.transits.centroids import centroid_checks
from desktop_app.core.transits.depths import depth_checks, depths_of
from desktop_app.core.transits.fit import Shape, cleared, dips_of, inside_dips, refine, shape_of
from desktop_app.core.transits.phases import depths_by_phase, phase_checks, wave_checks

_DIFFERENT = 5.0
_DIFFERENT_SHARE = 0.05
_THERMAL = 0.1
_STELLAR_RATIO = 0.25
_STELLAR_EARTHS = 30.0
_EARTHS = 109.08
_GRAZING = 1.04
_GRAZING_DEPTH = 0.02
_CLOSEST = 1.8
_ELLIPSOIDAL = 1e-3
_IN_STEP = 0.7
_ABOVE_OTHERS = 3.0
_SAME = 0.1
_WHOLE = 1.2
_LENGTHS = 4.0
_TWICE = 2


def check(flat: Flattened, signal: PeriodicSignal, others: Sequence[PeriodicSignal] = ()) -> PeriodicSignal:
    """``signal`` with its `checks` filled, its kind, and its period doubled or halved where the dips say so.

    The kind is "eclipse" where one of `reasons_for_eclipse` holds, else "transit". If odd and even dips differ, two
    stars eclipse one another in turns and the period is twice that of the search; if the second dip is just like the
    first and half a period later, it is half.

    Parameters
    ----------
    flat : Flattened
    signal : PeriodicSignal
        After `refine`.
    others : sequence of PeriodicSignal
        Stronger signals of the same curve, whose dips must not pass for second dips of this one.
    """
    checked = _checked(flat, signal, others)
    other = _other_period(checked)
    if other is None:
        return checked
    settled = _checked(flat, refine(flat, other), others)
    return checked if _other_period(settled) else settled


def reasons_for_eclipse(signal: PeriodicSignal) -> tuple[str, ...]:
    """What only two stars do, as names of checks; () where a planet could do all of it.

    Where no other source is named, after Thompson et al. (2018, ApJS 235, 38), appendix A.4.

    - "odd_even": every second dip is deeper, by five sigma and five per cent.
    - "secondary": a second dip, seen twice, that noise, other dips and brightenings do not reach, and deeper than a
      tenth of the first, which no planet's glow is.
    - "radius": larger than 30 radii of the Earth, or than a quarter of a star of unknown radius.
    - "v_shape": grazing (radius ratio and impact beyond 1.04) and deeper than two per cent, which no planet is that
      hides only a part of itself.
    - "axis": the orbit is within 1.8 radii of the star, where a planet is torn apart.
    - "ellipsoidal": the star is pulled out of shape by more than a thousandth of its light, in step with the dips.
    """
    checks = signal.checks
    found = {
        "odd_even": _odd_even(checks),
        "secondary": _second_star(signal),
        "radius": _too_large(checks),
        "v_shape": _sum(checks, "radius_ratio", "impact") > _GRAZING and signal.depth > _GRAZING_DEPTH,
        "axis": checks.get("axis", UNKNOWN) < _CLOSEST,
        "ellipsoidal": checks.get("ellipsoidal", UNKNOWN) > _ELLIPSOIDAL and checks.get("in_step", UNKNOWN) > _IN_STEP,
    }
    return tuple(name for name, holds in found.items() if holds)


def signal_of(time_span: tuple[float, float], signals: Sequence[PeriodicSignal]) -> int:
    """Which of ``signals`` has a dip, or an eclipse its second dip, that the stretch of time overlaps; -1 for none.

    Parameters
    ----------
    time_span : tuple of float
        First and last time of an event, on the axis of the data.
    signals : sequence of PeriodicSignal
        Of several that have a dip there, the first is taken.
    """
    start, stop = time_span
    for place, signal in enumerate(signals):
        for epoch in _epochs(signal):
            middle = epoch
            if isfinite(signal.period_d):
                middle += signal.period_d * round(((start + stop) / 2 - epoch) / signal.period_d)
            # An event of many hours that merely holds a dip of minutes is not that dip.
            near = abs((start + stop) / 2 - middle) <= signal.duration_d
            if near and start <= middle + signal.duration_d / 2 and stop >= middle - signal.duration_d / 2:
                return place
    return -1


def _epochs(signal: PeriodicSignal) -> tuple[float, ...]:
    phase = signal.checks.get("secondary_phase", UNKNOWN)
    if signal.kind == "eclipse" and isfinite(phase) and has_secondary(signal.checks):
        return signal.epoch, signal.epoch + phase * signal.period_d
    return (signal.epoch,)


def has_secondary(checks: Mapping[str, float]) -> bool:
    """Whether there is a second dip, seen twice, that noise, dips and brightenings at other phases do not reach."""
    if not checks.get("secondary_dips", UNKNOWN) >= _TWICE:
        return False
    second = checks.get("secondary", UNKNOWN)
    others = np.nanmax([checks.get("tertiary", UNKNOWN), checks.get("inverted", UNKNOWN), 0.0])
    return second > checks.get("secondary_limit", UNKNOWN) and second > others + _ABOVE_OTHERS


def _checked(flat: Flattened, signal: PeriodicSignal, others: Sequence[PeriodicSignal]) -> PeriodicSignal:
    found = _with_second_dip(flat, signal, others)
    if found.checks["secondary"] > found.checks["secondary_limit"]:
        # A deep second dip has drawn the baseline: now that it is known it is measured without it.
        found = _with_second_fitted(flat, _with_second_dip(flat, found, others))
    clear = cleared(flat, [found, *others])
    light = light_of(clear)
    shape = shape_of(found, light.scale)
    dips = dips_of(light, shape)
    model = shape.light(dips.time, light.cadence_d)
    depths = depths_of(dips, model, _red(found), light.cadence_d, shape.duration_d)
    outside = ~inside_dips(light, shape, _WHOLE) & ~_inside_all(light, others)
    checks = {
        **found.checks,
        **depth_checks(depths),
        **wave_checks(light.time, _whole(clear, light), outside, shape),
        **centroid_checks(clear, dips, model, found.depth),
        "radius_earth": _radius_earth(flat, found),
    }
    made = replace(found, checks=checks)
    return replace(made, kind="eclipse" if reasons_for_eclipse(made) else "transit")


def _with_second_dip(flat: Flattened, signal: PeriodicSignal, others: Sequence[PeriodicSignal]) -> PeriodicSignal:
    """``signal`` with what is found of a second dip."""
    light = light_of(cleared(flat, [signal, *others]))
    shape, red = shape_of(signal, light.scale), _red(signal)
    phases = phase_checks(depths_by_phase(light, shape, red, _inside_all(light, others)), light.scale)
    return replace(signal, checks={**signal.checks, **phases, **_second_dips(light, shape, phases, red)})


def _with_second_fitted(flat: Flattened, signal: PeriodicSignal) -> PeriodicSignal:
    """``signal`` with its second dip fitted by itself: on an eccentric orbit it is shorter or longer than the first."""
    checks = signal.checks
    if not has_secondary(checks):
        return signal
    epoch = signal.epoch + checks["secondary_phase"] * signal.period_d
    second = refine(flat, replace(signal, epoch=epoch, depth=checks["secondary_depth"], checks={}))
    turns = (second.epoch - epoch) / signal.period_d
    moved = abs(turns - round(turns)) * signal.period_d
    lengths = second.duration_d / signal.duration_d
    if not (moved < signal.duration_d and 1 / _LENGTHS < lengths < _LENGTHS and second.depth > 0):
        return signal
    told = {
        "secondary_depth": second.depth,
        "secondary_error": second.checks.get("depth_error", UNKNOWN),
        "secondary_phase": (second.epoch - signal.epoch) / signal.period_d % 1,
        "secondary_duration": second.duration_d,
        "secondary_ratio": second.checks.get("radius_ratio", UNKNOWN),
        "secondary_impact": second.checks.get("impact", UNKNOWN),
    }
    return replace(signal, checks={**checks, **told})


def _inside_all(light: Light, signals: Sequence[PeriodicSignal]) -> Bools:
    """Rows in the dips of any of ``signals``; shape (n,)."""
    known = np.zeros(light.time.size, dtype=np.bool_)
    for signal in signals:
        known |= inside_dips(light, shape_of(signal, light.scale), _WHOLE)
    return known


def _red(signal: PeriodicSignal) -> float:
    return signal.checks.get("red_noise", 1.0)


def _second_dips(light: Light, shape: Shape, phases: Mapping[str, float], red: float) -> Mapping[str, float]:
    """In how many periods the second dip is there, at three sigma or three quarters of its mean; how deep it is."""
    if not isfinite(phases["secondary_phase"]):
        return {"secondary_dips": UNKNOWN}
    second = replace(shape, epoch=shape.epoch + phases["secondary_phase"] * shape.period_d)
    dips = dips_of(light, second)
    depths = depths_of(dips, second.light(dips.time, light.cadence_d), red, light.cadence_d, shape.duration_d)
    if not depths.number.size:
        return {"secondary_dips": 0.0}
    mean, error = depths.mean(np.ones(depths.number.size, dtype=np.bool_))
    if mean <= 0:
        return {"secondary_dips": 0.0}
    there = (depths.depth > 3 * depths.error) | (depths.depth > 0.75 * mean)
    return {
        "secondary_dips": float(np.count_nonzero(there & (depths.depth > 0))),
        "secondary_depth": mean * second.depth,
        "secondary_error": error * second.depth,
    }


def _whole(flat: Flattened, light: Light) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """The light with what repeats in the star still in it; shape (n,)."""
    return np.asarray(light.value + flat.unit * flat.curve.repeated / light.level, np.float64)


def _radius_earth(flat: Flattened, signal: PeriodicSignal) -> float:
    """In radii of the Earth, where the header tells the radius of the star in those of the Sun."""
    stars = [card.value for card in flat.data.source.header if card.keyword == "RADIUS"]
    try:
        star = float(stars[0]) if stars else UNKNOWN
    except ValueError:
        return UNKNOWN
    return signal.checks.get("radius_ratio", UNKNOWN) * star * _EARTHS if star > 0 else UNKNOWN


def _odd_even(checks: Mapping[str, float]) -> bool:
    different = checks.get("odd_even", UNKNOWN) > _DIFFERENT
    return different and abs(checks.get("odd_even_share", UNKNOWN)) > _DIFFERENT_SHARE


def _second_star(signal: PeriodicSignal) -> bool:
    return has_secondary(signal.checks) and signal.checks["secondary_depth"] > _THERMAL * signal.depth


def _too_large(checks: Mapping[str, float]) -> bool:
    earths = checks.get("radius_earth", UNKNOWN)
    if isfinite(earths):
        return earths > _STELLAR_EARTHS
    return checks.get("radius_ratio", UNKNOWN) > _STELLAR_RATIO


def _sum(checks: Mapping[str, float], one: str, other: str) -> float:
    return checks.get(one, UNKNOWN) + checks.get(other, UNKNOWN)


def _other_period(signal: PeriodicSignal) -> PeriodicSignal | None:
    """The same with twice or half the period, where its dips say that this is the right one."""
    checks = signal.checks
    if _odd_even(checks):
        # From the deeper ones on: those are called primary.
        shift = signal.period_d if checks["odd_even_share"] > 0 else 0.0
        return replace(signal, period_d=2 * signal.period_d, epoch=signal.epoch + shift)
    if has_secondary(checks) and isfinite(signal.period_d):
        half = abs(checks["secondary_phase"] - 0.5) * signal.period_d < signal.duration_d / 4
        unlike = abs(checks["secondary_depth"] - signal.depth)
        if half and unlike < max(3 * checks["secondary_error"], _SAME * signal.depth):
            return replace(signal, period_d=signal.period_d / 2)
    return None
