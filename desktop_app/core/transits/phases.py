"""The depth at every phase of a period: a second dip, a third one, a brightening, and the shape of the star itself."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.detection import UNKNOWN
from desktop_app.core.transits.around import Light
from desktop_app.core.transits.fit import Shape

_BINS_PER_DIP = 8
_MOST_BINS = 20_000
_CLEAR = 1.1
_APART = 2.2
_MEDIANS_FROM = 8
_FEW_DIPS = 10
_CANDIDATES = 20_000
_WAVES = 2


@dataclass(frozen=True, eq=False)
class Phases:
    """How deep a dip of one duration would be at each phase, outside of the dips that are known.

    Attributes
    ----------
    phase : ndarray, shape (b,)
        0 to 1, counted from the known dips.
    depth, sigma : ndarray, shape (b,)
        In light; ``sigma`` takes in that the depths scatter more than white noise; NaN where there are no data.
    length : float
        Duration of a dip in phase.
    """

    phase: Floats
    depth: Floats
    sigma: Floats
    length: float

    def strongest(self, sign: float = 1.0, away_from: float = UNKNOWN) -> int:
        """The place of the most significant dip, or brightening for a ``sign`` of -1; -1 where there is none."""
        strength = sign * self.depth / self.sigma
        apart = np.abs((self.phase - away_from + 0.5) % 1 - 0.5)
        strength = np.where(apart < _APART * self.length, np.nan, strength)
        return -1 if np.isnan(strength).all() else int(np.nanargmax(strength))


def depths_by_phase(light: Light, shape: Shape, red: float, known: Bools) -> Phases | None:
    """Depths of boxes as long as the dips of ``shape`` against what is on both sides of them; None without a period.

    Parameters
    ----------
    light : Light
    shape : Shape
    red : float
        How much larger errors are than those of white noise; taken where too few dips fit into a period to tell.
    known : ndarray of bool, shape (n,)
        Rows in dips of other signals, which are left out.
    """
    period, length = shape.period_d, shape.duration_d / shape.period_d
    if not np.isfinite(period) or length > 0.25:
        return None
    width = min(_MOST_BINS // _BINS_PER_DIP * _BINS_PER_DIP, round(_BINS_PER_DIP / length))
    half = max(1, round(width * length / 2))
    phase = ((light.time - shape.epoch) / period) % 1
    away = np.abs((phase + 0.5) % 1 - 0.5)
    rows = (away > _CLEAR * length / 2) & ~known
    value, weight = _binned(phase[rows], light.value[rows] - 1, light.noise[rows], width)
    inner_sum, inner = _around(value * weight, half), _around(weight, half)
    outer_sum, outer = _around(value * weight, 3 * half) - inner_sum, _around(weight, 3 * half) - inner
    centre = (np.arange(width) + 0.5) / width
    clear = (centre > (_CLEAR + 1) / 2 * length) & (centre < 1 - (_CLEAR + 1) / 2 * length)
    filled = _around((weight > 0).astype(np.float64), half) > half
    good = clear & filled & (inner > 0) & (outer > 0)
    depth, sigma = np.full(width, np.nan), np.full(width, np.nan)
    depth[good] = outer_sum[good] / outer[good] - inner_sum[good] / inner[good]
    sigma[good] = np.sqrt(1 / inner[good] + 1 / outer[good])
    spread = robust_sigma(depth / sigma)
    many = np.count_nonzero(good) > _FEW_DIPS * 2 * half
    return Phases(centre, depth, sigma * max(1.0, spread if many else red), length)


def phase_checks(phases: Phases | None, scale: float) -> Mapping[str, float]:
    """The strongest other dip: "secondary" (sigmas), "secondary_depth" (its error "secondary_error"),
    "secondary_phase"; "tertiary" and "inverted", the next strongest dip and the strongest brightening in sigmas; and
    "secondary_limit", what noise reaches in one of 20,000 signals. The model-shift test of Coughlin et al., described
    in Thompson et al. (2018, ApJS 235, 38), section 3.2.2."""
    names = ("secondary", "secondary_depth", "secondary_error", "secondary_phase", "secondary_limit", "tertiary")
    checks = dict.fromkeys((*names, "inverted"), UNKNOWN)
    place = phases.strongest() if phases else -1
    if phases is None or place < 0:
        return checks
    from scipy.special import erfcinv

    there = float(phases.phase[place])
    third, bright = phases.strongest(away_from=there), phases.strongest(-1.0, away_from=there)
    checks["secondary"] = float(phases.depth[place] / phases.sigma[place])
    checks["secondary_depth"] = scale * float(phases.depth[place])
    checks["secondary_error"] = scale * float(phases.sigma[place])
    checks["secondary_phase"] = float(phases.phase[place])
    checks["secondary_limit"] = float(np.sqrt(2) * erfcinv(phases.length / _CANDIDATES))
    if third >= 0:
        checks["tertiary"] = float(phases.depth[third] / phases.sigma[third])
    if bright >= 0:
        checks["inverted"] = float(-phases.depth[bright] / phases.sigma[bright])
    return checks


def wave_checks(time: Floats, value: Floats, outside: Bools, shape: Shape) -> Mapping[str, float]:
    """What the star does with the period of the dips.

    "ellipsoidal": half the swing, in light, of a wave with two minima a period, one of them at the dips, as the pull
    of a heavy companion makes it (Morris 1985, ApJ 295, 143); negative where the dips are at a maximum.
    "in_step": the share of all variation that repeats with the period, 0 to 1.

    Parameters
    ----------
    time, value : ndarray, shape (n,)
        ``value`` with everything in it that the star does anyway.
    outside : ndarray of bool, shape (n,)
        Rows outside of the dips.
    shape : Shape
    """
    if not np.isfinite(shape.period_d) or np.count_nonzero(outside) < 50:
        return {"ellipsoidal": UNKNOWN, "in_step": UNKNOWN}
    angle = 2 * np.pi * (time[outside] - shape.epoch) / shape.period_d
    flux = value[outside] - np.median(value[outside])
    limit = 5 * robust_sigma(flux)
    flux = np.clip(flux, -limit, limit)
    waves = [turn(k * angle) for k in range(1, _WAVES + 1) for turn in (np.cos, np.sin)]
    design = np.column_stack([np.ones(flux.size), *waves])
    found = np.linalg.lstsq(design, flux, rcond=None)[0]
    total, left = float(np.var(flux)), float(np.var(flux - design @ found))
    return {"ellipsoidal": -float(found[3]), "in_step": 1 - left / total if total > 0 else UNKNOWN}


def _binned(phase: Floats, value: Floats, noise: Floats, width: int) -> tuple[Floats, Floats]:
    """Robust means of each phase bin and the inverse of their variances, 0 where empty."""
    place = np.minimum((phase * width).astype(np.int64), width - 1)
    count = np.bincount(place, minlength=width)
    weight = np.asarray(np.bincount(place, 1 / noise**2, width), np.float64)
    mean = np.bincount(place, value / noise**2, width) / np.maximum(weight, 1e-300)
    order = np.lexsort((value, place))
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    many = count >= _MEDIANS_FROM
    middle = order[(first + count // 2)[many]]
    mean[many] = value[middle]
    return mean, np.where(many, 2 / np.pi, 1.0) * weight


def _around(values: Floats, half: int) -> Floats:
    """Sums of ``values``, which go round in a circle, over ``half`` places on each side and the place itself."""
    reach = min(half, values.size // 2)
    rounded = np.concatenate([[0.0], np.cumsum(np.concatenate([values[-reach:], values, values[:reach]]))])
    return rounded[2 * reach + 1 :] - rounded[: values.size]
