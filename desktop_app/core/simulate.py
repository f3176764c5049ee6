"""Makes light curves whose events are known: shapes as the sky has them, noise, gaps and flags as a satellite has."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.source import Source
from desktop_app.core.timescales import BTJD_ZERO, named_reference

SCENARIOS = ("clean_star", "transits", "flares", "outliers", "all_together")
CADENCE_D = 10 / 1440
NOISE = 1.0e-3
BRIGHTNESS = 2000.0
START = 2036.3
ORBIT_D = 8.5
PAUSE_D = 1.0
_LIMB = (0.4, 0.25)
_RINGS = 400
_EXPOSURES = 9
_DESATURATION = 32
_COSMIC_RAY = 64
_MANUAL = 128


@dataclass(frozen=True)
class Planted:
    """An event that was put into a light curve.

    Attributes
    ----------
    kind : str
        "dip", "flare", "step" or "outlier".
    start, stop : int
        The rows ``start:stop`` where it changes the flux by one sigma of the noise or more.
    peak : int
        The row that it changes most.
    depth : float
        At the peak, relative to the star; positive where fainter.
    """

    kind: str
    start: int
    stop: int
    peak: int
    depth: float


def transit_shape(time: Floats, *, mid: float, duration_d: float, radius_ratio: float, impact: float = 0.2) -> Floats:
    """The share of a star's light that is left while a planet crosses it; shape (n,), 1 outside.

    Parameters
    ----------
    time : ndarray, shape (n,)
        Days.
    mid, duration_d : float
        Middle of the transit, and the time from first to last contact.
    radius_ratio : float
        Radius of the planet over that of the star.
    impact : float
        Distance of the planet from the star's middle at mid-transit, in radii of the star.
    """
    chord = np.sqrt((1 + radius_ratio) ** 2 - impact**2)
    distance = np.hypot(impact, 2 * chord * (time - mid) / duration_d)
    left = np.ones(time.size)
    crossing = np.flatnonzero(distance < 1 + radius_ratio)
    edge = np.linspace(0, 1, _RINGS + 1)
    ring = 0.5 * (edge[1:] + edge[:-1])
    slant = 1 - np.sqrt(1 - ring**2)
    light = (1 - _LIMB[0] * slant - _LIMB[1] * slant**2) * ring * np.diff(edge)
    apart = distance[crossing, None]  # (k, rings)
    cosine = (ring**2 + apart**2 - radius_ratio**2) / np.maximum(2 * ring * apart, 1e-12)
    hidden = np.arccos(np.clip(cosine, -1, 1)) / np.pi
    left[crossing] = 1 - (light * hidden).sum(axis=1) / light.sum()
    return left


def flare_shape(time: Floats, *, peak: float, half_width_d: float) -> Floats:
    """A flare of height 1 after Davenport et al. (2014, ApJ 797, 122); shape (n,), 0 before it begins.

    Parameters
    ----------
    time : ndarray, shape (n,)
        Days.
    peak : float
        When it is brightest.
    half_width_d : float
        How long it is above half of its height.
    """
    x = (time - peak) / half_width_d
    rise = 1 + 1.941 * x - 0.175 * x**2 - 2.246 * x**3 - 1.125 * x**4
    late = np.maximum(x, 0.0)
    decay = 0.6890 * np.exp(-1.600 * late) + 0.3030 * np.exp(-0.2783 * late)
    return np.where(x < -1, 0.0, np.where(x < 0, rise, decay))


def exposed(shape: Floats) -> Floats:
    """The mean of each row of ``shape``, which holds a signal at the moments of `exposure_times`; shape (n,)."""
    return shape.reshape(-1, _EXPOSURES).mean(axis=1)


def exposure_times(time: Floats, cadence_d: float = CADENCE_D) -> Floats:
    """Moments spread over the exposure around each of ``time``, one row after the other; shape (n * moments,)."""
    offset = (np.arange(_EXPOSURES) - (_EXPOSURES - 1) / 2) / _EXPOSURES * cadence_d
    return (time[:, None] + offset[None, :]).ravel()


def step_shape(time: Floats, *, moment: float) -> Floats:
    """0 before ``moment`` and 1 from then on; shape (n,)."""
    return np.where(time >= moment, 1.0, 0.0)


def spotted_star(time: Floats, *, period_d: float, amplitude: float, phase: float) -> Floats:
    """The relative flux of a star with two unequal spots, mean 1; shape (n,)."""
    turn = 2 * np.pi * (time - time[0]) / period_d + phase
    return 1 + amplitude * (np.sin(turn) + 0.35 * np.sin(2 * turn + 1.1))


def simulate(scenario: str, *, seed: int = 0) -> tuple[LightCurve, tuple[Planted, ...]]:
    """A light curve of one of the `SCENARIOS` and the events that are in it, in the order of time."""
    rng = np.random.default_rng([seed, SCENARIOS.index(scenario)])
    time = _sampling()
    star = spotted_star(
        time, period_d=rng.uniform(6, 12), amplitude=rng.uniform(2e-3, 5e-3), phase=rng.uniform(0, 2 * np.pi)
    )
    kept = np.ones(time.size, dtype=np.bool_)
    signals: list[tuple[str, Floats]] = []
    if scenario in ("transits", "all_together"):
        signals += _transits(time, rng, kept)
    if scenario in ("flares", "all_together"):
        signals += _flares(time, rng, kept, 6 if scenario == "flares" else 4)
    if scenario in ("outliers", "all_together"):
        signals += _outliers(time, rng, kept, 15 if scenario == "outliers" else 8)
    flux = star * (1 + sum((signal for _, signal in signals), np.zeros(time.size)))
    flux = BRIGHTNESS * (flux + NOISE * rng.standard_normal(time.size))
    planted = sorted((_planted(kind, signal) for kind, signal in signals), key=lambda event: event.start)
    quality, flux = _flagged(flux, rng, kept)
    curve = LightCurve(
        source=Source(object_name=f"Simulated: {scenario.replace('_', ' ')}", mission="TESS", segment="sector 0"),
        time=time,
        flux=flux,
        flux_err=np.where(np.isfinite(flux), NOISE * BRIGHTNESS, np.nan),
        flux_name="PDCSAP_FLUX",
        flux_unit="e-/s",
        reference=named_reference(BTJD_ZERO, "TDB", barycentric=True),
        quality=quality,
        cadence=np.round((time - START) / CADENCE_D).astype(np.int64) + 1,
    )
    return curve, tuple(planted)


def _sampling() -> Floats:
    orbit = np.arange(round(ORBIT_D / CADENCE_D)) * CADENCE_D
    return np.concatenate([START + orbit, START + ORBIT_D + PAUSE_D + orbit])


def _planted(kind: str, signal: Floats) -> Planted:
    peak = int(np.argmax(np.abs(signal)))
    rows = np.flatnonzero(np.abs(signal) >= min(NOISE, np.abs(signal[peak])))
    return Planted(kind, int(rows[0]), int(rows[-1]) + 1, peak, float(-signal[peak]))


def _transits(time: Floats, rng: np.random.Generator, kept: Bools) -> list[tuple[str, Floats]]:
    period, duration = rng.uniform(2.6, 3.4), rng.uniform(0.11, 0.15)
    ratio, impact = rng.uniform(0.075, 0.1), rng.uniform(0.0, 0.4)
    moments = exposure_times(time)
    found: list[tuple[str, Floats]] = []
    mid = START + rng.uniform(0.3, 1.0) * period
    while mid < time[-1]:
        shape = transit_shape(moments, mid=mid, duration_d=duration, radius_ratio=ratio, impact=impact)
        signal = exposed(shape) - 1
        if np.abs(signal).max() > 0.9 * ratio**2:
            kept[np.abs(signal) > 0] = False
            found.append(("dip", signal))
        mid += period
    return found


def _flares(time: Floats, rng: np.random.Generator, kept: Bools, number: int) -> list[tuple[str, Floats]]:
    moments = exposure_times(time)
    found: list[tuple[str, Floats]] = []
    while len(found) < number:
        height, width = 10 ** rng.uniform(-1.8, -1.0), 10 ** rng.uniform(-2.1, -1.6)
        peak = float(time[rng.integers(20, time.size - 60)])
        signal = height * exposed(flare_shape(moments, peak=peak, half_width_d=width))
        seen = np.abs(signal) > 0.1 * NOISE
        if kept[seen].all():
            kept[seen] = False
            found.append(("flare", np.where(seen, signal, 0.0)))
    return found


def _outliers(time: Floats, rng: np.random.Generator, kept: Bools, number: int) -> list[tuple[str, Floats]]:
    found: list[tuple[str, Floats]] = []
    while len(found) < number:
        row = int(rng.integers(5, time.size - 5))
        if kept[row - 3 : row + 4].all():
            kept[row - 3 : row + 4] = False
            signal = np.zeros(time.size)
            signal[row] = rng.choice([-1.0, 1.0]) * rng.uniform(8e-3, 3e-2)
            found.append(("outlier", signal))
    return found


def _flagged(
    flux: Floats, rng: np.random.Generator, kept: Bools
) -> tuple["np.ndarray[tuple[int], np.dtype[np.int64]]", Floats]:
    """QUALITY bits, and the flux with rows that are lost; neither touches an event."""
    quality = np.zeros(flux.size, np.int64)
    lost = np.array(flux)
    free = np.flatnonzero(kept)
    quality[rng.choice(free, 6, replace=False)] |= _DESATURATION
    quality[rng.choice(free, 4, replace=False)] |= _COSMIC_RAY
    begin = int(rng.choice(free[free < flux.size - 12]))
    hidden = np.arange(begin, begin + 12)
    hidden = hidden[kept[hidden]]
    quality[hidden] |= _MANUAL
    lost[hidden] *= 1 + 0.02 * rng.standard_normal(hidden.size)
    lost[rng.choice(free, 10, replace=False)] = np.nan
    return quality, lost
