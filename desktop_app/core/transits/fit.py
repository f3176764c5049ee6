"""Fits a limb-darkened transit to the dips of a signal, and draws the light curve that signals make."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.detection import UNKNOWN, PeriodicSignal
from desktop_app.core.detrend import detrend_again
from desktop_app.core.flattened import Flattened
from desktop_app.core.progress import Report, silent
from desktop_app.core.transits.around import Around, Light, around, light_of, red_factor
from desktop_app.core.transits.least_squares import Solution, least_squares
from desktop_app.core.transits.limb import Distance, contacts, exposed_light

_REACH = 1.5
_REACH_CADENCES = 6
_RATIOS = (1e-4, 1.2)
_GRAZING = 0.98
_IMPACTS = (0.0, 0.4, 0.65, 0.8, 0.9, 0.96)
_USUAL_IMPACT = 0.5
_LONGEST = 0.48
_FOLDED = 240
_FEW_ROWS = 8
_CLEARED = 1.2
_LEAST_KEPT = 0.4
_T0, _PERIOD, _RATIO, _IMPACT, _DURATION = range(5)
_SOLAR_DENSITY = 1408.0
_GRAVITY = 6.674e-11
_DAY_S = 86400.0
_DENSITIES = (0.1, 4.0)


@dataclass(frozen=True)
class Shape:
    """One transit, as parameters of a star and a disc.

    Attributes
    ----------
    period_d, epoch, duration_d : float
        Days; NaN for the period of a single dip.
    ratio, impact : float
        In radii of the star.
    scale : float
        What turns hidden light into depth, see `Light`.
    """

    period_d: float
    epoch: float
    duration_d: float
    ratio: float
    impact: float
    scale: float = 1.0

    def light(self, time: Floats, exposure_d: float) -> Floats:
        """The light that is left, as exposures of ``exposure_d`` see it; shape (n,)."""
        distance = Distance(self.period_d, self.epoch, self.duration_d, self.impact, self.ratio)
        return exposed_light(distance, time, exposure_d, self.ratio)

    @property
    def depth(self) -> float:
        """At the middle of the dip."""
        return self.scale * float(1 - self.light(np.array([self.epoch]), 0.0)[0])


def shape_of(signal: PeriodicSignal, scale: float = 1.0) -> Shape:
    """The transit that ``signal`` describes; where it was not fitted, a central one of the same depth and duration."""
    ratio, impact = signal.checks.get("radius_ratio", UNKNOWN), signal.checks.get("impact", UNKNOWN)
    if not (np.isfinite(ratio) and np.isfinite(impact)):
        # The middle of a star is brighter than the rest of it, by this for limb darkening like the Sun's.
        ratio, impact = float(np.sqrt(max(signal.depth / scale, 1e-8) / 1.2)), 0.0
    return Shape(signal.period_d, signal.epoch, signal.duration_d, min(ratio, _RATIOS[1]), impact, scale)


def refine(flat: Flattened, signal: PeriodicSignal, report: Report = silent) -> PeriodicSignal:
    """``signal`` with period, epoch, depth and duration of the transit that fits best, and how well it is known.

    Robust least squares of five parameters on the rows around the dips, with a straight baseline for each dip. In
    ``checks``: "radius_ratio", "impact", "v_shape", "axis" (radius of the orbit in radii of the star), "density" (of
    the star, in solar densities, if the orbit is a circle), "period_error", "epoch_error", "depth_error",
    "duration_error", "red_noise" (see `red_factor`); for a single dip "period_low" and "period_high", between which
    a star of 0.1 to 4 solar densities puts the period (Seager & Mallen-Ornelas 2003, ApJ 585, 1038).

    Parameters
    ----------
    flat : Flattened
    signal : PeriodicSignal
        As a search found it: period, epoch and duration are good to a fraction of the duration.
    report : callable
        Told the progress.
    """
    report(0.0, "Fitting a transit")
    light = light_of(cleared(flat, [signal]))
    rough = shape_of(signal, light.scale)
    dips = dips_of(light, rough)
    if dips.rows.size < _FEW_ROWS:
        return signal
    first = _fit(light, dips, _with_depth(dips, rough), held=(_IMPACT,), robust=False)[0]
    report(0.3, "Fitting a transit")
    dips = dips_of(light, first)
    best = _best_impact(light, dips, first)
    report(0.6, "Fitting a transit")
    shape, solution = _fit(light, dips, best, held=(), robust=True)
    report(1.0, "Fitting a transit")
    return _described(light, signal, shape, solution)


def model_of(flat: Flattened, signals: Sequence[PeriodicSignal]) -> Floats:
    """Baseline and transits together, in the unit of the flux of ``flat.curve``; shape (n,)."""
    flat = cleared(flat, signals)
    light = light_of(flat)
    return flat.curve.baseline + light.level * (signals_light(light, signals) - 1) / flat.unit


def cleared(flat: Flattened, signals: Sequence[PeriodicSignal]) -> Flattened:
    """``flat`` with a baseline that is drawn without the rows in the dips, and the second dips, of ``signals``.

    As it is where too little would be left to draw a baseline by.
    """
    light = light_of(flat)
    keep = flat.curve.usual.copy()
    for signal in signals:
        shape = shape_of(signal, light.scale)
        keep &= ~inside_dips(light, shape, _CLEARED)
        if signal.checks.get("secondary", UNKNOWN) > signal.checks.get("secondary_limit", UNKNOWN):
            keep &= ~inside_dips(light, second_shape(signal, shape), _CLEARED)
    if keep.mean() < _LEAST_KEPT:
        return flat
    return replace(flat, curve=detrend_again(flat.curve, keep))


def signals_light(light: Light, signals: Sequence[PeriodicSignal]) -> Floats:
    """The light that all ``signals``, with the secondary dips that were found for them, leave; shape (n,)."""
    left = np.ones(light.time.size)
    for signal in signals:
        shape = shape_of(signal, light.scale)
        left = left * shape.light(light.time, light.cadence_d)
        if signal.kind == "eclipse" and signal.checks.get("secondary_depth", UNKNOWN) > 0:
            left = left * second_shape(signal, shape).light(light.time, light.cadence_d)
    return left


def second_shape(signal: PeriodicSignal, shape: Shape) -> Shape:
    """The second dip of an eclipse as a transit of its own; half a period later and of no depth where none is known."""
    depth, phase = signal.checks.get("secondary_depth", UNKNOWN), signal.checks.get("secondary_phase", UNKNOWN)
    depth = max(depth, 0.0) if np.isfinite(depth) else 0.0
    epoch = signal.epoch + (phase if np.isfinite(phase) else 0.5) * signal.period_d
    duration, own_ratio, own_impact = (
        signal.checks.get(f"secondary_{name}", UNKNOWN) for name in ("duration", "ratio", "impact")
    )
    if np.isfinite([duration, own_ratio, own_impact]).all():
        return Shape(signal.period_d, epoch, duration, own_ratio, own_impact, shape.scale)
    ratio = max(shape.ratio * float(np.sqrt(depth / max(signal.depth, 1e-12))), _RATIOS[0])
    impact = shape.impact * (1 + ratio) / (1 + shape.ratio)
    return replace(shape, epoch=epoch, ratio=min(ratio, _RATIOS[1]), impact=impact)


def dips_of(light: Light, shape: Shape) -> Around:
    """The rows that a fit of ``shape`` looks at: its dips, and as much again on both sides."""
    reach = max(_REACH * shape.duration_d, shape.duration_d / 2 + _REACH_CADENCES * light.cadence_d)
    return around(light, shape.period_d, shape.epoch, shape.duration_d, reach)


def inside_dips(light: Light, shape: Shape, share: float = 1.0) -> Bools:
    """Rows within ``share`` of the duration of a dip; shape (n,)."""
    reach = share * shape.duration_d / 2
    found = np.zeros(light.time.size, dtype=np.bool_)
    found[around(light, shape.period_d, shape.epoch, shape.duration_d, reach).rows] = True
    return found


def _with_depth(dips: Around, rough: Shape) -> Shape:
    """``rough`` in the middle of its dips, as deep as those are."""
    number = dips.number[dips.number.size // 2]
    epoch = rough.epoch + (number * rough.period_d if np.isfinite(rough.period_d) else 0.0)
    near = np.abs(dips.along) * (dips.time.max() - dips.time.min() if len(dips) == 1 else 1.0)
    inner = dips.value[near <= np.quantile(near, 0.2)]
    depth = float(np.clip(1 - np.median(inner), 1e-7, 0.9))
    return replace(rough, epoch=epoch, ratio=float(np.sqrt(depth / 1.15)), impact=_USUAL_IMPACT)


def _fit(light: Light, dips: Around, start: Shape, *, held: Sequence[int], robust: bool) -> tuple[Shape, Solution]:
    """The best transit from ``start`` on; the parameters are epoch, period, log ratio, share of grazing, log length."""
    periodic = np.isfinite(start.period_d) and len(dips) > 1
    sigma = np.sqrt(dips.weight)

    def shaped(values: Floats) -> Shape:
        ratio = float(np.exp(values[_RATIO]))
        period = float(values[_PERIOD]) if np.isfinite(start.period_d) else UNKNOWN
        epoch, duration = float(values[_T0]), float(np.exp(values[_DURATION]))
        return Shape(period, epoch, duration, ratio, float(values[_IMPACT]) * (1 + ratio), start.scale)

    def residuals(values: Floats) -> Floats:
        model = shaped(values).light(dips.time, light.cadence_d)
        rest = (dips.value - dips.fitted(model)) * sigma
        # Where the shape says nothing of the impact, half the radius is as good a guess as any.
        return np.append(rest, (values[_IMPACT] - _USUAL_IMPACT) / _USUAL_IMPACT)

    length = start.duration_d
    period = start.period_d if np.isfinite(start.period_d) else 1.0
    furthest = max(1, int(np.max(np.abs(dips.number - dips.number[dips.number.size // 2]))))
    longest = _LONGEST * start.period_d if np.isfinite(start.period_d) else 3 * length
    values = np.array(
        [start.epoch, period, np.log(start.ratio), start.impact / (1 + start.ratio), np.log(min(length, longest))]
    )
    reach = np.array([length, length / furthest, np.inf, np.inf, np.log(3.0)])
    low, high = values - reach, values + reach
    low[_RATIO], high[_RATIO] = np.log(_RATIOS)
    low[_IMPACT], high[_IMPACT] = 0.0, _GRAZING
    low[_DURATION] = max(low[_DURATION], np.log(0.5 * light.cadence_d))
    high[_DURATION] = min(high[_DURATION], np.log(longest))
    step = np.array([0.01 * length, 0.01 * length / furthest, 0.01, 0.01, 0.01])
    step[list(held)] = 0.0
    step[_PERIOD] = step[_PERIOD] if periodic else 0.0
    low = np.minimum(low, high)
    solution = least_squares(residuals, values, low, high, step, robust=robust)
    return shaped(solution.values), solution


def _best_impact(light: Light, dips: Around, first: Shape) -> Shape:
    """The transit that fits the folded dips best, started at several impacts: each is a valley of its own."""
    folded = _folded(light, dips, first)
    best, least = first, np.inf
    for share in _IMPACTS:
        start = replace(first, impact=share * (1 + first.ratio))
        shape, solution = _fit(light, folded, start, held=(_IMPACT, _PERIOD), robust=True)
        if solution.cost < least:
            best, least = shape, solution.cost
    return best


def _folded(light: Light, dips: Around, shape: Shape) -> Around:
    """All dips put over one another at the epoch of ``shape``, as medians of neighbours where they are many."""
    line = dips.fitted(shape.light(dips.time, light.cadence_d)) / shape.light(dips.time, light.cadence_d)
    period = shape.period_d if np.isfinite(shape.period_d) else 0.0
    away = dips.time - shape.epoch
    away -= period * np.round(away / period) if period else 0.0
    order = np.argsort(away)
    size = max(1, dips.time.size // _FOLDED)
    count = dips.time.size // size
    cut = order[: size * count].reshape(count, size)
    # The median of many Gaussian values has half as much again of the variance of their mean.
    loss = np.pi / 2 if size > 2 else 1.0
    time = shape.epoch + away[cut].mean(axis=1)
    value = np.median((dips.value / line)[cut], axis=1)
    return Around(
        np.zeros(count, np.int64),
        time,
        value,
        dips.weight[cut].sum(axis=1) / loss,
        np.array([0, count], np.int64),
        np.zeros(1, np.int64),
        np.linspace(-1.0, 1.0, count),
        np.zeros(1),
        np.zeros(1),
    )


def _described(light: Light, signal: PeriodicSignal, shape: Shape, solution: Solution) -> PeriodicSignal:
    quiet = ~inside_dips(light, shape, 1.2)
    red = red_factor(light, quiet, shape.duration_d)
    dips = dips_of(light, shape)
    model = shape.light(dips.time, light.cadence_d)
    rest = (dips.value - dips.fitted(model)) * np.sqrt(dips.weight)
    excess = red * max(1.0, robust_sigma(rest))
    snr = float(np.sqrt(np.sum((1 - model) ** 2 * dips.weight))) / excess
    errors = solution.errors * excess
    depth = shape.depth
    checks = {
        "radius_ratio": shape.ratio if shape.scale == 1.0 else UNKNOWN,
        "impact": shape.impact if shape.scale == 1.0 else UNKNOWN,
        "v_shape": contacts(shape.duration_d, shape.impact, shape.ratio)[1],
        "epoch_error": float(errors[_T0]),
        "period_error": float(errors[_PERIOD]) if errors[_PERIOD] > 0 else UNKNOWN,
        "duration_error": float(errors[_DURATION] * shape.duration_d),
        "depth_error": depth / snr if snr > 0 else UNKNOWN,
        "red_noise": red,
        **_orbit(shape),
    }
    return replace(
        signal,
        period_d=shape.period_d,
        epoch=shape.epoch,
        duration_d=shape.duration_d,
        depth=depth,
        snr=snr,
        checks={**signal.checks, **checks},
    )


def _orbit(shape: Shape) -> dict[str, float]:
    """Size of a circular orbit and density of the star; for a single dip the periods that densities allow."""
    if np.isfinite(shape.period_d):
        axis = Distance(shape.period_d, shape.epoch, shape.duration_d, shape.impact, shape.ratio).axis
        density = 3 * np.pi * axis**3 / (_GRAVITY * (shape.period_d * _DAY_S) ** 2) / _SOLAR_DENSITY
        return {"axis": axis, "density": float(density)}
    chord = float(np.sqrt(max((1 + shape.ratio) ** 2 - shape.impact**2, 1e-6)))
    speed = (np.pi * shape.duration_d * _DAY_S / chord) ** 3 * _GRAVITY * _SOLAR_DENSITY / (3 * np.pi) / _DAY_S
    return {"period_low": float(speed * _DENSITIES[0]), "period_high": float(speed * _DENSITIES[1])}
