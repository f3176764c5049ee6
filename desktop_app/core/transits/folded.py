"""A light curve folded on a signal: points, robust means and the model, as plots and tables want them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.detection import UNKNOWN, PeriodicSignal
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.segments import cadence_of
from desktop_app.core.transits.around import Light, around, light_from, numbers_of
from desktop_app.core.transits.fit import dips_of, second_shape, shape_of

_BINS_PER_DIP = 10
_BINS_PER_PERIOD = 100
_MODEL_POINTS = 241
_FEW = 5
_NOTHING = 1e-9
_POGSON = 0.4 * np.log(10)
_FIRST_PHASE = -0.25


class Stretch(StrEnum):
    """Which part of the period is looked at."""

    DIP = "dip"
    SECOND = "second dip"
    PERIOD = "whole period"


@dataclass(frozen=True, eq=False)
class Bins:
    """Robust means: where, how bright, and one standard error; each of shape (b,)."""

    at: Floats
    light: Floats
    error: Floats


@dataclass(frozen=True, eq=False)
class Folded:
    """The rows about a dip, or of all phases, over one another.

    Attributes
    ----------
    at : ndarray, shape (k,)
        Days from the middle of the dip, or phase from -0.25 to 0.75; never decreasing.
    light : ndarray, shape (k,)
        1 where nothing is hidden.
    row : ndarray of int, shape (k,)
        Rows of the data.
    odd : ndarray of bool, shape (k,)
        Whether the row is of the first, third, fifth dip.
    model_at, model : ndarray, shape (m,)
        The fit.
    width : float
        Of a bin, in the unit of ``at``.
    scale : float
        See `Light`.
    """

    at: Floats
    light: Floats
    row: Ints
    odd: Bools
    model_at: Floats
    model: Floats
    width: float
    scale: float

    def bins(self, which: Bools | None = None) -> Bins:
        """Medians of all points, or of some, with their standard errors."""
        at = self.at if which is None else self.at[which]
        light = self.light if which is None else self.light[which]
        place = np.floor(at / self.width + 0.5).astype(np.int64)
        cut = np.flatnonzero(np.diff(place)) + 1
        made = [_bin(*pair) for pair in zip(np.split(at, cut), np.split(light, cut), strict=True) if pair[0].size]
        return Bins(*np.array(made, np.float64).reshape(-1, 3).T)


def fold(data: LightCurve, tracks: Mapping[str, Floats], signal: PeriodicSignal, stretch: Stretch) -> Folded:
    """The usable rows of ``data`` on the period of ``signal``, or about its only dip.

    About a dip, each one is divided by a straight line through the rows beside it; over a whole period the curve is
    only divided by the baseline.

    Parameters
    ----------
    data : LightCurve
    tracks : mapping of str to ndarray, shape (n,)
        Of the scores: "baseline" and "noise", if there are.
    signal : PeriodicSignal
    stretch : Stretch
        A whole period of a signal without one is its only dip.
    """
    light, rows = _light(data, tracks)
    if stretch is Stretch.PERIOD and np.isfinite(signal.period_d):
        return _whole_period(light, rows, signal)
    shape = shape_of(signal, light.scale)
    if stretch is Stretch.SECOND:
        shape = second_shape(signal, shape)
    dips = dips_of(light, shape)
    inside = around(light, shape.period_d, shape.epoch, shape.duration_d, 0.55 * shape.duration_d).rows
    beside = np.where(np.isin(dips.rows, inside), _NOTHING * dips.weight, dips.weight)
    line = replace(dips, weight=beside).fitted(np.ones(dips.rows.size))
    number = numbers_of(dips.time, shape.period_d, shape.epoch)
    away = dips.time - shape.epoch - (number * shape.period_d if np.isfinite(shape.period_d) else 0.0)
    order = np.argsort(away, kind="stable")
    reach = float(np.abs(away).max(initial=shape.duration_d))
    model_at = np.linspace(-reach, reach, _MODEL_POINTS)
    return Folded(
        away[order],
        (dips.value / line)[order],
        rows[dips.rows][order],
        (number % 2 == 1)[order],
        model_at,
        shape.light(shape.epoch + model_at, light.cadence_d),
        max(shape.duration_d / _BINS_PER_DIP, light.cadence_d),
        light.scale,
    )


def dip_times(signal: PeriodicSignal, first: float, last: float) -> Floats:
    """The middles of the dips between ``first`` and ``last``, in order of time; shape (m,)."""
    if not np.isfinite(signal.period_d):
        return np.array([signal.epoch] if first <= signal.epoch <= last else [], np.float64)
    low = int(np.ceil((first - signal.epoch) / signal.period_d))
    high = int(np.floor((last - signal.epoch) / signal.period_d))
    return signal.epoch + signal.period_d * np.arange(low, high + 1, dtype=np.float64)


def _light(data: LightCurve, tracks: Mapping[str, Floats]) -> tuple[Light, Ints]:
    """The usable rows as light, relative to the baseline of the scores, or to the median where there is none."""
    rows = np.flatnonzero(data.usable)
    flux = data.flux[rows]
    baseline = tracks.get("baseline", np.full(len(data), np.median(flux)))[rows]
    noise = tracks.get("noise", np.full(len(data), robust_sigma(flux - baseline)))[rows]
    known = np.isfinite(baseline) & (noise > 0)
    rows, flux, baseline, noise = rows[known], flux[known], baseline[known], noise[known]
    time = data.time[rows]
    if data.in_magnitudes:
        one = np.ones(flux.size)
        value = 10 ** (-0.4 * (flux - baseline))
        return Light(time, value, _POGSON * noise, one, 1.0, cadence_of(time)), rows
    return light_from(time, flux, baseline, noise, robust_sigma(flux)), rows


def _whole_period(light: Light, rows: Ints, signal: PeriodicSignal) -> Folded:
    shape = shape_of(signal, light.scale)
    turns = (light.time - signal.epoch) / signal.period_d
    number = np.floor(turns - _FIRST_PHASE)
    phase = turns - number
    order = np.argsort(phase, kind="stable")
    model_at = np.linspace(_FIRST_PHASE, 1 + _FIRST_PHASE, 4 * _MODEL_POINTS)
    time = signal.epoch + model_at * signal.period_d
    model = shape.light(time, light.cadence_d)
    if signal.kind == "eclipse" and signal.checks.get("secondary_depth", UNKNOWN) > 0:
        model = model * second_shape(signal, shape).light(time, light.cadence_d)
    return Folded(
        phase[order],
        light.value[order],
        rows[order],
        (number % 2 == 1)[order],
        model_at,
        model,
        max(min(1 / _BINS_PER_PERIOD, shape.duration_d / signal.period_d / _FEW), light.cadence_d / signal.period_d),
        light.scale,
    )


def _bin(at: Floats, light: Floats) -> tuple[float, float, float]:
    if light.size < _FEW:
        return float(at.mean()), float(light.mean()), UNKNOWN
    # The median of Gaussian values is known a quarter less well than their mean.
    error = 1.2533 * robust_sigma(light) / np.sqrt(light.size)
    return float(at.mean()), float(np.median(light)), float(error)
