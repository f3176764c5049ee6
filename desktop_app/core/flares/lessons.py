"""Curves to learn flares from: real ones with flares planted, with what only looks like one, mirrored, or shuffled."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.flares.shapes import in_rows
from desktop_app.core.flattened import Flattened
from desktop_app.core.light_curve import LightCurve

FWHM_MIN = (0.7, 40.0)
"""Full widths at half maximum of planted flares, minutes."""
SNR = (3.5, 100.0)
"""Matched signal-to-noise of what is planted, in white noise."""
_MOST_ROWS = 60.0
_SPACING = 400
_SPIKES_BELOW_MIN = 5.0
_DAY_MIN = 1440.0


@dataclass(frozen=True, eq=False)
class Planted:
    """A real curve and what was put into it.

    Attributes
    ----------
    data : LightCurve
    row, reach : ndarray of int, shape (k,)
        Peaks among the usable rows, and how many rows around a peak still belong to it.
    """

    data: LightCurve
    row: Ints
    reach: Ints


def with_flares(flat: Flattened, rng: np.random.Generator) -> Planted:
    """The curve with flares of Davenport et al. (2014) every few hundred rows, of all widths and strengths."""

    def flare(place: Floats) -> tuple[Floats, float]:
        fwhm = _log_uniform(rng, *FWHM_MIN) / (flat.curve.cadence_d * _DAY_MIN)
        fwhm = min(fwhm, _MOST_ROWS)
        shape = in_rows(place, peak=float(rng.uniform(-0.5, 0.5)), fwhm=fwhm)
        if rng.random() < 0.15:
            # Every seventh is complex.
            later = in_rows(place, peak=float(rng.uniform(2, 6)) * max(fwhm, 1.0), fwhm=fwhm)
            shape = shape + float(rng.uniform(0.2, 0.8)) * later
        return shape, fwhm

    return _planted(flat, rng, flare)


def with_lookalikes(flat: Flattened, rng: np.random.Generator) -> Planted:
    """The curve with brightenings that are no flares: bumps, boxes, steps, mirrored flares, and single rows.

    Single rows only where the cadence is so short that a flare would last longer.
    """
    fast = flat.curve.cadence_d * _DAY_MIN < _SPIKES_BELOW_MIN
    kinds = [_bump, _box, _step, _mirrored] + ([_spike] if fast else [])

    def other(place: Floats) -> tuple[Floats, float]:
        return kinds[int(rng.integers(len(kinds)))](place, rng)

    return _planted(flat, rng, other)


def mirrored(data: LightCurve) -> LightCurve:
    """Faint for bright: nothing that brightens in it is a flare."""
    middle = float(np.median(data.flux[data.usable]))
    return replace(data, flux=2 * middle - data.flux)


def shuffled(flat: Flattened, rng: np.random.Generator) -> LightCurve:
    """Noise of the power spectrum that the curve has once its baseline is taken out; nothing in it is real."""
    curve = flat.curve
    residual = np.clip(curve.residual, -4.0, 4.0)
    spectrum = np.fft.rfft(residual)
    turns = np.exp(2j * np.pi * rng.random(spectrum.size))
    turns[0] = 1.0
    noise = np.fft.irfft(spectrum * turns, residual.size)
    flux = np.array(flat.data.flux)
    flux[flat.rows] = flat.middle + flat.unit * curve.noise * noise
    return replace(flat.data, flux=flux)


def _planted(flat: Flattened, rng: np.random.Generator, shape_at: Callable[[Floats], tuple[Floats, float]]) -> Planted:
    curve, flux = flat.curve, np.array(flat.data.flux)
    n = flat.rows.size
    at = np.arange(_SPACING // 2, n, _SPACING) + rng.integers(-_SPACING // 4, _SPACING // 4)
    at = at[(at >= 0) & (at < n)]
    reach = np.zeros(at.size, np.int64)
    for number, row in enumerate(at):
        low, high = max(0, row - 2 * _SPACING), min(n, row + 3 * _SPACING)
        shape, width = shape_at((curve.time[low:high] - curve.time[row]) / curve.cadence_d)
        power = np.sqrt(np.sum(np.square(shape)))
        if power <= 0:
            continue
        height = _log_uniform(rng, *SNR) / power * curve.noise[row] * flat.unit
        flux[flat.rows[low:high]] += height * shape
        reach[number] = max(2, round(1.5 * width))
    return Planted(replace(flat.data, flux=flux), at[reach > 0].astype(np.int64), reach[reach > 0])


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _bump(place: Floats, rng: np.random.Generator) -> tuple[Floats, float]:
    fwhm = _log_uniform(rng, 6.0, 120.0)
    return np.exp(-4 * np.log(2) * (place / fwhm) ** 2), fwhm


def _box(place: Floats, rng: np.random.Generator) -> tuple[Floats, float]:
    width = _log_uniform(rng, 4.0, 80.0)
    return (np.abs(place) <= width / 2).astype(np.float64), width


def _step(place: Floats, rng: np.random.Generator) -> tuple[Floats, float]:
    length, slope = _log_uniform(rng, 80.0, 500.0), float(rng.uniform(0.3, 1.0))
    level = 1 - slope * np.clip(place / length, 0, 1)
    side = 1.0 if rng.random() < 0.5 else -1.0
    return np.where((side * place >= 0) & (side * place < length), level, 0.0), length


def _mirrored(place: Floats, rng: np.random.Generator) -> tuple[Floats, float]:
    fwhm = _log_uniform(rng, 3.0, 40.0)
    return in_rows(-place, peak=0.0, fwhm=fwhm), 2 * fwhm


def _spike(place: Floats, rng: np.random.Generator) -> tuple[Floats, float]:
    del rng
    return (np.abs(place) < 0.5).astype(np.float64), 1.0
