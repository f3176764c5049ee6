"""Ghosts: round patches of even, faint light with a sharp rim, which a bright star makes out of focus."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.images.artefacts.artefact import Artefact, after_trials
from desktop_app.core.images.artefacts.blobs import binned
from desktop_app.core.images.artefacts.frame import Frame

KIND = "ghost"
_SIDE = 128
_RADII = (5.0, 6.5, 8.5, 11.0, 14.0, 18.0, 24.0)
_SECTORS = 12
_LEAST_SECTORS = 0.75
_LEAST_KNOWN = 0.3
_SIGMAS = 5.0
_MOST = 8
_GALAXIES = 1.15
"""Large galaxies and crowds make rims as well: a ghost has to be clearer than noise alone would ask."""


@dataclass(frozen=True)
class _Disc:
    x: float
    y: float
    radius: float
    height: float
    sigmas: float
    sectors: float


def find_ghosts(frame: Frame, least: float) -> tuple[Artefact, ...]:
    """Discs and rings whose rim steps up from the sky all around.

    The picture is averaged over squares, its stars left out, and each place and radius asked how much brighter the
    inner side of the rim is than the outer one. A galaxy or the wings of a star have no rim: their light falls off
    over a length like their own, so the step is small beside their middle.

    Parameters
    ----------
    frame : Frame
    least : float
        The lowest score that is told.
    """
    times = max(1, round(max(frame.shape) / _SIDE))
    if min(frame.shape) // times < 32:
        return ()
    known = frame.good & ~_compact(frame)
    n = binned(known.astype(np.float32), times)
    sums = binned(np.where(known, np.clip(_unlevelled(frame, known), -5, 5), 0).astype(np.float32), times)
    weights = (n > _LEAST_KNOWN * times**2).astype(np.float32)
    values = np.where(weights > 0, sums / np.maximum(n, 1), 0).astype(np.float32)
    noise = robust_sigma((values[:, 2:] - values[:, :-2])[(weights[:, 2:] * weights[:, :-2]) > 0].astype(np.float64))
    if not noise > 0:
        return ()
    discs = _discs(values, weights, noise / np.sqrt(2))
    trials = values.size * len(_RADII)
    found = [_artefact(disc, times, frame, after_trials(disc.sigmas / _GALAXIES, trials)) for disc in discs]
    return tuple(artefact for artefact in found if artefact.score >= least)


def _compact(frame: Frame) -> Bools:
    """Stars, galaxies and their wings, but nothing that is large and even."""
    from scipy.ndimage import binary_dilation, uniform_filter

    over = uniform_filter(frame.sigmas, 3) - uniform_filter(np.clip(frame.sigmas, -3, 3), 25)
    grown: Bools = binary_dilation(over > 1.4, structure=np.ones((3, 3), bool), iterations=3)
    return grown


def _unlevelled(frame: Frame, known: Bools) -> NDArray[np.float32]:
    """Sigmas above one plane through the sky: the background in boxes would follow a ghost."""
    raw = (frame.pixels - np.median(frame.level)) / np.float32(frame.noise)
    ny, nx = frame.shape
    step = max(1, min(ny, nx) // 128)
    y, x = np.mgrid[0:ny:step, 0:nx:step]
    kept = known[::step, ::step]
    if np.count_nonzero(kept) < 16:
        return frame.sigmas
    columns = np.column_stack([np.ones(kept.sum()), x[kept] / nx, y[kept] / ny])
    values = raw[::step, ::step][kept].astype(np.float64)
    clipped = np.clip(values, *np.percentile(values, (5, 95)))
    plane, *_ = np.linalg.lstsq(columns, clipped, rcond=None)
    at_y, at_x = np.ogrid[0:ny, 0:nx]
    return (raw - np.float32(plane[0]) - (plane[1] * at_x / nx + plane[2] * at_y / ny)).astype(np.float32)


def _discs(values: NDArray[np.float32], weights: NDArray[np.float32], noise: float) -> list[_Disc]:
    candidates = []
    for radius in (one for one in _RADII if 2.6 * one < min(values.shape)):
        step, error = _rims(values, weights, radius, noise)
        clear = step / error
        spread = max(robust_sigma(clear[np.isfinite(clear)].astype(np.float64)), 1.0)
        clear = np.where(np.isfinite(clear), clear / spread, 0)
        for _ in range(_MOST):
            y, x = divmod(int(np.argmax(clear)), clear.shape[1])
            if clear[y, x] < _SIGMAS:
                break
            candidates.append((float(clear[y, x]), float(x), float(y), radius))
            reach = int(radius)
            clear[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1] = 0
    discs: list[_Disc] = []
    for sigmas, x, y, radius in sorted(candidates, reverse=True)[: 4 * _MOST]:
        if any(np.hypot(x - disc.x, y - disc.y) < disc.radius for disc in discs):
            continue
        disc = _judged(values, weights, (x, y, radius, sigmas), noise)
        if disc is not None:
            discs.append(disc)
    return discs[:_MOST]


def _rims(
    values: NDArray[np.float32], weights: NDArray[np.float32], radius: float, noise: float
) -> tuple[Floats, Floats]:
    """At each place how much the inner side of a rim is over the outer one, and the error of that."""
    from scipy.signal import fftconvolve

    reach = int(np.ceil(1.4 * radius)) + 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    away = np.hypot(x, y)
    inner, outer = (
        ((away > 0.6 * radius) & (away <= radius)).astype(float),
        ((away > 1.05 * radius) & (away <= 1.4 * radius)).astype(float),
    )
    means, counts = [], []
    for ring in (inner, outer):
        n = fftconvolve(weights.astype(np.float64), ring, mode="same")
        means.append(fftconvolve((values * weights).astype(np.float64), ring, mode="same") / np.maximum(n, 1e-3))
        counts.append(np.where(n > 0.4 * ring.sum(), n, np.nan))
    error = noise * np.sqrt(1 / counts[0] + 1 / counts[1])
    return means[0] - means[1], error


def _judged(
    values: NDArray[np.float32], weights: NDArray[np.float32], place: tuple[float, float, float, float], noise: float
) -> _Disc | None:
    """The disc on the radius at which its rim is steepest; None where it has no even light or no rim all around."""
    x, y, about, sigmas = place
    at_y, at_x = np.mgrid[0 : values.shape[0], 0 : values.shape[1]]
    best = (0.0, 0.0, x, y, about)
    for radius in about * np.linspace(0.8, 1.25, 10):
        for dx in (-1, -0.5, 0, 0.5, 1):
            for dy in (-1, -0.5, 0, 0.5, 1):
                away = np.hypot(at_x - x - dx, at_y - y - dy)
                edge = max(1.2, 0.15 * radius)
                step = _mean(values, weights, (away > radius - edge) & (away <= radius)) - _mean(
                    values, weights, (away > radius) & (away <= radius + edge)
                )
                if step > best[0]:
                    best = (step, radius, x + dx, y + dy, radius)
    step, radius, x, y, _ = best
    if radius == 0.0:
        return None
    away = np.hypot(at_x - x, at_y - y)
    turn = ((np.arctan2(at_y - y, at_x - x) / (2 * np.pi) + 1) % 1 * _SECTORS).astype(int)
    inner, outer = (away > 0.7 * radius) & (away <= radius), (away > 1.05 * radius) & (away <= 1.35 * radius)
    height = _mean(values, weights, inner) - _mean(values, weights, outer)
    # Even light: the heart is no brighter than twice the rim.
    heart = _mean(values, weights, away < 0.5 * radius) - _mean(values, weights, outer)
    steps = [
        _mean(values, weights, inner & (turn == k)) - _mean(values, weights, outer & (turn == k)) for k in range(12)
    ]
    seen = np.array([one for one in steps if np.isfinite(one)])
    if seen.size < _SECTORS // 2:
        return None
    sectors = float(np.sum(seen > 0.35 * height)) / _SECTORS
    sharp = step > 0.65 * height
    # A star that fills the middle is one with wings: whether light is even is not seen under it.
    even = np.isfinite(heart) and heart <= 1.6 * height
    if sectors < _LEAST_SECTORS or not sharp or not even or height < 2 * noise / 3:
        return None
    return _Disc(x, y, radius, height, sigmas, sectors)


def _mean(values: NDArray[np.float32], weights: NDArray[np.float32], where: Bools) -> float:
    n = float(weights[where].sum())
    return float(values[where].sum(dtype=np.float64)) / n if n > 0 else float("nan")


def _artefact(disc: _Disc, times: int, frame: Frame, score: float) -> Artefact:
    x, y, radius = (
        float(one) for one in (times * (disc.x + 0.5) - 0.5, times * (disc.y + 0.5) - 0.5, times * (disc.radius + 0.25))
    )
    turn = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    corners = zip(x + radius * np.cos(turn), y + radius * np.sin(turn), strict=True)
    return Artefact(
        kind=KIND,
        outline=tuple((float(cx), float(cy)) for cx, cy in corners),
        x=x,
        y=y,
        score=score,
        reason=f"a disc of even light, {2 * radius:.0f} px across and {disc.height:.2f}σ a pixel, ends in a sharp rim",
        numbers={
            "width_px": 2 * radius,
            "length_px": 2 * radius,
            "height_sigma": disc.height,
            "sectors": disc.sectors,
            "fraction": float(np.pi * radius**2 / frame.good.size),
        },
    )
