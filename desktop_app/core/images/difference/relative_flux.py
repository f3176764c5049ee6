"""Light curves of the stars of a sequence, each relative to an ensemble of the others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.images.difference.stack import Frame

_TURNS = 6
_FEWEST_STARS = 4
_FEWEST_FRAMES = 4
_NEIGHBOURS = 20
_PLANE_STARS = 25
_CURVED_STARS = 80
_MARGIN_PX = 2.0
_LEAST_SEEING = 1e-3
_LEAST_BEYOND = 1.5
# Interpolated pixels and a flat field leave so much of the brightest star, and nothing steadier can be told.
_FLOOR = 0.003
_LEAST_SNR = 8.0
_LEAST_SHARE = 0.6
_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class RelativeFlux:
    """What the light of each star did.

    Attributes
    ----------
    flux : ndarray, shape (s, n)
        Relative to the star's own median, and to the ensemble; NaN where it was not measured.
    error : ndarray, shape (s,)
        The scatter that stars as bright as it usually have.
    scatter : ndarray, shape (s,)
        Its own.
    sigma : ndarray, shape (s,)
        How many sigmas its scatter or its longest change is beyond the usual.
    depth : ndarray, shape (s,)
        How much fainter the faintest run of two frames or more is than the rest.
    """

    flux: Floats
    error: Floats
    scatter: Floats
    sigma: Floats
    depth: Floats


def relative_flux(
    frames: Sequence[Frame], x: Floats, y: Floats, spoiled: Sequence[tuple[str, float, float]] = ()
) -> RelativeFlux | None:
    """Light curves of the stars at ``x``, ``y``; None where there are too few stars or frames to compare.

    Parameters
    ----------
    frames : sequence of Frame
    x, y : ndarray, shape (s,)
    spoiled : sequence of (str, float, float)
        Frames and places where something fell on the sky that is no light of a star.

    References
    ----------
    Honeycutt, R. K., PASP 104, 435 (1992); Broeg, C. et al., AN 326, 134 (2005).
    """
    if len(frames) < _FEWEST_FRAMES or x.size < _FEWEST_STARS:
        return None
    radius = float(np.clip(1.4 * np.median([frame.fwhm_px for frame in frames]), 2.0, 12.0))
    measured = np.column_stack([_apertures(frame, x, y, radius) for frame in frames])  # (s, n)
    for name, across, up in spoiled:
        hit = np.flatnonzero(np.hypot(x - across, y - up) < radius + _MARGIN_PX)
        measured[hit, [frame.name for frame in frames].index(name)] = np.nan
    noise = np.array([frame.noise for frame in frames]) * radius * np.sqrt(np.pi)
    known = np.isfinite(measured) & (measured > _LEAST_SNR * noise)
    # What is bright in few frames is no star of the field.
    known &= (known.mean(axis=1) >= _LEAST_SHARE)[:, None]
    whole = known.all(axis=1)
    if whole.sum() < _FEWEST_STARS:
        return None
    light = np.where(known, np.log(np.where(known, measured, 1.0)), np.nan)
    light = light - _medians(light)
    left = light - _ensemble(light, whole, x, y)
    seeing = np.log([frame.fwhm_px for frame in frames])
    left = _without_seeing(left - _medians(left), seeing - seeing.mean())
    return _judged(left - _medians(left), _bright(measured))


def _without_seeing(left: Floats, seeing: Floats) -> Floats:
    """Without what follows the seeing: the light of neighbours that comes and goes with it; shape (s, n)."""
    known = np.isfinite(left)
    values = np.where(known, left, 0.0)
    # One frame may not lead the fit.
    limit = 3 * np.maximum(1.4826 * np.median(np.abs(values), axis=1, keepdims=True), 1e-6)
    level = (known * seeing).sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    moved = np.where(known, seeing - level, 0.0)
    slope = (moved * np.clip(values, -limit, limit)).sum(axis=1) / np.maximum((moved**2).sum(axis=1), _LEAST_SEEING)
    return left - slope[:, None] * moved


def _medians(light: Floats) -> Floats:
    """The median of each row, 0 where it has no value; shape (s, 1)."""
    some: Bools = np.asarray(np.isfinite(light).any(axis=1), np.bool_)
    held = np.where(some[:, None], light, 0.0)
    return np.asarray(np.nanmedian(held, axis=1, keepdims=True), np.float64)


def _bright(measured: Floats) -> Floats:
    return np.log(np.maximum(np.nan_to_num(np.median(np.nan_to_num(measured), axis=1)), _TINY))


def _apertures(frame: Frame, x: Floats, y: Floats, radius: float) -> Floats:
    """Light in a circle less the level of a ring about it; NaN near what has no value."""
    import sep
    from scipy.ndimage import uniform_filter

    known = np.isfinite(frame.light)
    light = np.ascontiguousarray(np.where(known, frame.light, 0), np.float32)
    ring = (radius + 3, radius + 8)
    share = uniform_filter(known.astype(np.float32), 2 * int(ring[1]) + 1, mode="constant")
    rows, columns = (
        np.clip(np.rint(at).astype(int), 0, size - 1) for at, size in zip((y, x), light.shape, strict=True)
    )
    around = share[rows, columns] > 0.98
    flux = np.full(x.size, np.nan)
    if not around.any():
        return flux
    mask = np.ascontiguousarray(~known)
    found, _, flag = sep.sum_circle(light, x[around], y[around], radius, mask=mask, bkgann=ring, subpix=5)
    flux[around] = np.where(flag == 0, found, np.nan)
    return flux


def _ensemble(light: Floats, whole: np.ndarray, x: Floats, y: Floats) -> Floats:
    """What the sky and the seeing did to each star in each frame, by the steadiest of the others; shape (s, n)."""
    stars, n = light.shape
    weight = whole.astype(np.float64)
    common = np.zeros((stars, n))
    for _ in range(_TURNS):
        total = np.maximum(weight.sum(), _TINY)
        zero = (weight[:, None] * np.nan_to_num(light)).sum(axis=0) / total  # (n,)
        slope = _slopes(light - zero, weight, x, y)
        common = zero[None, :] + slope
        left = np.nan_to_num(light - common)
        scatter = np.maximum(1.4826 * np.median(np.abs(left), axis=1), 0.2 * left.std(axis=1))
        least = np.median(scatter[whole]) * 0.3
        weight = whole / np.maximum(scatter, max(least, 1e-6)) ** 2
        # No star may rule the others.
        weight = np.minimum(weight, 3 * weight.sum() / max(whole.sum(), 1))
    share = weight / np.maximum(weight.sum(), _TINY)
    # A star is not compared with itself.
    return common - np.where(whole, share / np.maximum(1 - share, 0.1), 0.0)[:, None] * np.nan_to_num(light - common)


def _slopes(left: Floats, weight: Floats, x: Floats, y: Floats) -> Floats:
    """A smooth surface over the field for each frame, as a flat field leaves; none where stars are few."""
    used = weight > 0
    if used.sum() < _PLANE_STARS:
        return np.zeros_like(left)
    across, up = (x - x.mean()) / max(np.ptp(x), 1), (y - y.mean()) / max(np.ptp(y), 1)
    columns = [across, up]
    if used.sum() >= _CURVED_STARS:
        columns += [across**2 - 1 / 12, across * up, up**2 - 1 / 12]
    table = np.column_stack(columns)
    limit = 5 * max(robust_sigma(left[used]), 1e-6)
    root = np.sqrt(weight[used])[:, None]
    solution, *_ = np.linalg.lstsq(root * table[used], root * np.clip(left[used], -limit, limit), rcond=None)
    return np.asarray(table @ solution, np.float64)


def _judged(left: Floats, brightness: Floats) -> RelativeFlux:
    flux = np.exp(left)
    known = np.isfinite(left)
    enough = known.sum(axis=1) >= _FEWEST_FRAMES
    scatter = np.where(enough, _without_worst(left), np.nan)
    error = np.hypot(_usual(scatter, brightness), _FLOOR)
    n = left.shape[1]
    beyond = scatter / np.maximum(error, _TINY)
    # Of a steady star the logarithm of the scatter itself scatters by one over the root of twice the degrees.
    ratio = np.log(np.maximum(beyond, _TINY))
    excess = ratio / max(_upper_spread(ratio), 1 / np.sqrt(2 * max(n - 3, 1)))
    step, depth = _runs(left, error)
    # A run is looked for at many places: what noise reaches among them is taken off.
    run = np.sqrt(np.maximum(step**2 - 2 * np.log(max(n * (n - 3) / 2, 1)), 0))
    sigma = np.where(enough, np.maximum(excess, np.where(beyond > _LEAST_BEYOND, run, 0)), np.nan)
    return RelativeFlux(flux, error, scatter, sigma, depth)


def _upper_spread(ratio: Floats) -> float:
    """One sigma of what is usual, by the upper side: fields whose stars are disturbed have a long one."""
    known = ratio[np.isfinite(ratio)]
    if not known.size:
        return 0.0
    middle, upper, high = np.quantile(known, [0.5, 0.841, 0.95])
    return float(max(upper - middle, (high - middle) / 1.645))


def _without_worst(left: Floats) -> Floats:
    """The scatter of each star without its most deviant frame, which a particle may have hit."""
    away = np.where(np.isfinite(left), np.abs(left), -1.0)
    worst = away.argmax(axis=1)
    kept = left.copy()
    kept[np.arange(len(left)), worst] = np.nan
    known = np.isfinite(kept)
    count = np.maximum(known.sum(axis=1), 1)
    mean = np.where(known, kept, 0).sum(axis=1) / count
    return np.asarray(np.sqrt(np.where(known, (kept - mean[:, None]) ** 2, 0).sum(axis=1) / count), np.float64)


def _usual(scatter: Floats, brightness: Floats) -> Floats:
    """The median scatter of the stars nearest in brightness, each without itself."""
    usual = np.full(scatter.size, np.nan)
    fine = np.flatnonzero(np.isfinite(scatter))
    for star in fine:
        others = fine[fine != star]
        near = others[np.argsort(np.abs(brightness[others] - brightness[star]), kind="stable")[:_NEIGHBOURS]]
        # Brighter stars scatter less: follow the trend among the neighbours.
        logs = np.log(np.maximum(scatter[near], _TINY))
        usual[star] = (
            float(np.exp(np.median(logs))) if near.size < 6 else _on_line(brightness[near], logs, brightness[star])
        )
    return usual


def _on_line(brightness: Floats, logs: Floats, at: float) -> float:
    """The value at ``at`` of a line through the medians of the fainter and of the brighter half, never above both."""
    middle = np.median(brightness)
    low, high = brightness <= middle, brightness > middle
    if not low.any() or not high.any():
        return float(np.exp(np.median(logs)))
    x0, x1 = np.median(brightness[low]), np.median(brightness[high])
    y0, y1 = np.median(logs[low]), np.median(logs[high])
    slope = np.clip((y1 - y0) / max(x1 - x0, 0.1), -1.0, 0.0)
    return float(np.exp(np.clip((y0 + y1) / 2 + slope * (at - (x0 + x1) / 2), min(y0, y1) - 0.5, max(y0, y1) + 0.5)))


def _runs(left: Floats, error: Floats) -> tuple[Floats, Floats]:
    """How many sigmas the run of frames that stands out most does so, and how deep the faintest run is."""
    stars, n = left.shape
    values = np.nan_to_num(left)
    sums = np.concatenate([np.zeros((stars, 1)), np.cumsum(values, axis=1)], axis=1)
    squares = (values**2).sum(axis=1)
    most, depth, faint = np.zeros(stars), np.zeros(stars), np.zeros(stars)
    for length in range(2, n - 1):
        for start in range(n - length + 1):
            inside = (sums[:, start + length] - sums[:, start]) / length
            outside = (sums[:, n] - sums[:, start + length] + sums[:, start]) / (n - length)
            # What scatters within the run and without it is no step.
            within = np.sqrt(np.maximum(squares - length * inside**2 - (n - length) * outside**2, 0) / max(n - 3, 1))
            noise = np.maximum(np.maximum(error, within), _TINY) * np.sqrt(1 / length + 1 / (n - length))
            sigma = np.nan_to_num((inside - outside) / noise)
            most = np.maximum(most, np.abs(sigma))
            deeper = -sigma > faint
            faint = np.where(deeper, -sigma, faint)
            depth = np.where(deeper, 1 - np.exp(inside - outside), depth)
    return most, depth
