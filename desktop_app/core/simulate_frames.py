"""Makes pictures of stars and galaxies with artefacts planted in them, each with its kind and the polygon it fills."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.images.objects import Outline
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source

_SKY = 900.0
_GAIN = 1.6
_READ_NOISE = 5.0
_FULL_WELL = 40_000.0
_STARS_PER_MPX = 900
_GALAXIES_PER_MPX = 300


@dataclass(frozen=True)
class Planted:
    """What was put into a picture: one of `ARTEFACT_KINDS`, and the polygon that it fills, in pixels."""

    kind: str
    outline: Outline


@dataclass(frozen=True, eq=False)
class SimulatedFrame:
    """A picture, and what in it is not of the sky."""

    image: SkyImage
    planted: tuple[Planted, ...]


@dataclass(frozen=True, eq=False)
class _Canvas:
    """Light before it is counted, counts after; ``noise`` of the sky in counts, ``fwhm_px`` of the stars."""

    light: Floats
    rng: np.random.Generator
    noise: float
    fwhm_px: float
    strength: float


def simulate_frame(
    kinds: Sequence[str] = (), *, seed: int = 0, shape: tuple[int, int] = (512, 512), strength: float = 1.0
) -> SimulatedFrame:
    """Stars, galaxies, a sky with a gradient and a flat field with structure; and one artefact for each of ``kinds``.

    Parameters
    ----------
    kinds : sequence of str
        Of "streak", "cosmic ray", "bad column", "saturation", "ghost", "edge"; each as often as it is named.
    seed : int
    shape : tuple of int
        ny, nx; at least 96 each.
    strength : float
        Heights of streaks, bad columns, ghosts and edges are drawn about so many times the noise of a pixel that
        they are plain at 1, and at the limit of what an eye sees at 0.2.
    """
    rng = np.random.default_rng([seed, 51])
    noise = float(np.sqrt(_SKY / _GAIN + _READ_NOISE**2))
    canvas = _Canvas(_sky(shape, rng), rng, noise, float(rng.uniform(2.4, 4.5)), strength)
    _add_stars(canvas)
    _add_galaxies(canvas)
    planted = [_LIGHT[kind](canvas) for kind in kinds if kind in _LIGHT]
    flat = 1 + 0.01 * _smooth(rng, shape, 24)
    counts = rng.poisson(np.maximum(canvas.light * flat, 0) * _GAIN) / _GAIN + _READ_NOISE * rng.standard_normal(shape)
    planted += [_COUNTS[kind](canvas, counts) for kind in kinds if kind in _COUNTS]
    np.minimum(counts, _FULL_WELL, out=counts)
    return SimulatedFrame(SkyImage(source=Source(), pixels=counts.astype(np.float32), unit="adu"), tuple(planted))


def _sky(shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    slope = rng.uniform(-0.04, 0.04, 2)
    sky: Floats = _SKY * (1 + slope[0] * x + slope[1] * y - 0.02 * (x * x + y * y))
    return sky


def _smooth(rng: np.random.Generator, shape: tuple[int, int], size_px: float) -> Floats:
    from scipy.ndimage import gaussian_filter

    noise = gaussian_filter(rng.standard_normal(shape), size_px)
    smooth: Floats = noise / max(float(noise.std()), 1e-12)
    return smooth


def _window(canvas: _Canvas, x: float, y: float, reach: float) -> tuple[slice, slice, Floats, Floats]:
    ny, nx = canvas.light.shape
    rows = slice(max(int(y - reach), 0), max(min(int(y + reach) + 2, ny), 0))
    columns = slice(max(int(x - reach), 0), max(min(int(x + reach) + 2, nx), 0))
    at_y, at_x = np.mgrid[rows, columns].astype(np.float64)
    return rows, columns, at_x - x, at_y - y


def _add_star(canvas: _Canvas, x: float, y: float, flux: float) -> None:
    """A Moffat profile of index 3."""
    alpha = canvas.fwhm_px / (2 * np.sqrt(2 ** (1 / 3) - 1))
    peak = flux * 2 / (np.pi * alpha**2)
    reach = alpha * max((peak / (0.05 * canvas.noise)) ** (1 / 6), 2.0)
    rows, columns, dx, dy = _window(canvas, x, y, reach)
    canvas.light[rows, columns] += peak * (1 + (dx**2 + dy**2) / alpha**2) ** -3.0


def _add_stars(canvas: _Canvas) -> None:
    ny, nx = canvas.light.shape
    for _ in range(canvas.rng.poisson(_STARS_PER_MPX * ny * nx / 1e6)):
        x, y = canvas.rng.uniform(-5, nx + 5), canvas.rng.uniform(-5, ny + 5)
        # None of them fills a well.
        peak = min(6 * canvas.noise * (canvas.rng.pareto(0.8) + 0.3), 0.6 * _FULL_WELL)
        _add_star(canvas, x, y, peak * 1.6 * canvas.fwhm_px**2)


def _add_galaxies(canvas: _Canvas) -> None:
    """Exponential discs under all inclinations, edge-on ones among them."""
    ny, nx = canvas.light.shape
    for _ in range(canvas.rng.poisson(_GALAXIES_PER_MPX * ny * nx / 1e6)):
        x, y, angle = canvas.rng.uniform(0, nx), canvas.rng.uniform(0, ny), canvas.rng.uniform(0, np.pi)
        size, ratio = canvas.rng.uniform(2, 9), max(canvas.rng.uniform(0, 1), 0.15)
        rows, columns, dx, dy = _window(canvas, x, y, 8 * size + 10)
        u, v = dx * np.cos(angle) + dy * np.sin(angle), -dx * np.sin(angle) + dy * np.cos(angle)
        soft = canvas.fwhm_px / 2.355
        radius = np.sqrt((u**2 + soft**2) / size**2 + (v**2 + soft**2) / ((size * ratio) ** 2 + soft**2))
        peak = canvas.noise * 2 * (canvas.rng.pareto(1.2) + 0.4)
        canvas.light[rows, columns] += min(peak, 40 * canvas.noise) * np.exp(-radius)


def _band(x0: float, y0: float, x1: float, y1: float, width: float) -> Outline:
    length = max(float(np.hypot(x1 - x0, y1 - y0)), 1e-9)
    dx, dy = -(y1 - y0) / length * width / 2, (x1 - x0) / length * width / 2
    return ((x0 + dx, y0 + dy), (x1 + dx, y1 + dy), (x1 - dx, y1 - dy), (x0 - dx, y0 - dy))


def _add_streak(canvas: _Canvas) -> Planted:
    """A trail as wide as a star or wider, whole or dashed, that may leave the picture."""
    ny, nx = canvas.light.shape
    rng = canvas.rng
    angle = rng.uniform(0, np.pi)
    length = rng.uniform(0.3, 1.2) * min(ny, nx)
    x, y = rng.uniform(0.25, 0.75) * nx, rng.uniform(0.25, 0.75) * ny
    fwhm = canvas.fwhm_px * rng.uniform(1.0, 1.8)
    height = canvas.noise * canvas.strength * rng.uniform(2, 8)
    dash = rng.uniform(12, 30) if rng.uniform() < 0.25 else 0.0
    at_y, at_x = np.mgrid[0:ny, 0:nx].astype(np.float64)
    u = (at_x - x) * np.cos(angle) + (at_y - y) * np.sin(angle)
    v = -(at_x - x) * np.sin(angle) + (at_y - y) * np.cos(angle)
    soft = canvas.fwhm_px / 2.355
    on = 1 / (1 + np.exp(np.clip((np.abs(u) - length / 2) / (0.5 * soft), -50, 50)))
    if dash:
        on = on * (np.sin(np.pi * u / dash) > -0.3)
    canvas.light[...] += height * on * np.exp(-4 * np.log(2) * (v / fwhm) ** 2)
    inside = _clipped(x, y, angle, length / 2, (ny, nx))
    return Planted("streak", _band(*inside, 1.9 * fwhm))


def _clipped(
    x: float, y: float, angle: float, half: float, shape: tuple[int, int]
) -> tuple[float, float, float, float]:
    """The ends of a line within the picture."""
    low, high = -half, half
    for at, towards, n in ((x, np.cos(angle), shape[1]), (y, np.sin(angle), shape[0])):
        if abs(towards) > 1e-9:
            ends = sorted(((-0.5 - at) / towards, (n - 0.5 - at) / towards))
            low, high = max(low, ends[0]), min(high, ends[1])
    dx, dy = float(np.cos(angle)), float(np.sin(angle))
    return x + low * dx, y + low * dy, x + high * dx, y + high * dy


def _add_ghost(canvas: _Canvas) -> Planted:
    """A bright star out of focus: a disc of light with a hole."""
    ny, nx = canvas.light.shape
    rng = canvas.rng
    radius = float(rng.uniform(0.08, 0.16) * min(ny, nx))
    x, y = rng.uniform(1.2 * radius, nx - 1.2 * radius), rng.uniform(1.2 * radius, ny - 1.2 * radius)
    at_y, at_x = np.mgrid[0:ny, 0:nx]
    away = np.hypot(at_x - x, at_y - y)
    on = 1 / (1 + np.exp(np.clip((away - radius) / 1.2, -50, 50)))
    hole = 1 / (1 + np.exp(np.clip((away - rng.uniform(0.0, 0.4) * radius) / 1.2, -50, 50)))
    canvas.light[...] += canvas.noise * canvas.strength * rng.uniform(1.0, 2.0) * (on - hole)
    turn = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    corners = zip(x + radius * np.cos(turn), y + radius * np.sin(turn), strict=True)
    return Planted("ghost", tuple((float(cx), float(cy)) for cx, cy in corners))


def _add_full_star(canvas: _Canvas) -> Planted:
    """A star brighter than the wells are deep."""
    ny, nx = canvas.light.shape
    x, y = canvas.rng.uniform(0.2, 0.8) * nx, canvas.rng.uniform(0.2, 0.8) * ny
    over = float(canvas.rng.uniform(5, 15))
    alpha = canvas.fwhm_px / (2 * np.sqrt(2 ** (1 / 3) - 1))
    _add_star(canvas, x, y, over * _FULL_WELL * np.pi * alpha**2 / 2)
    radius = alpha * np.sqrt(over ** (1 / 3) - 1)
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    corners = zip(x + radius * np.cos(turn), y + radius * np.sin(turn), strict=True)
    return Planted("saturation", tuple((float(cx), float(cy)) for cx, cy in corners))


def _add_ray(canvas: _Canvas, counts: Floats) -> Planted:
    """A track of a particle, one or two pixels wide and not blurred by the optics."""
    ny, nx = counts.shape
    rng = canvas.rng
    x, y, angle = rng.uniform(20, nx - 20), rng.uniform(20, ny - 20), rng.uniform(0, np.pi)
    length = rng.uniform(5, 30)
    n = int(4 * length)
    along = np.linspace(-length / 2, length / 2, n)
    px, py = x + along * np.cos(angle), y + along * np.sin(angle)
    share = canvas.noise * rng.uniform(15, 80) * (length / n)
    before = counts.copy()
    np.add.at(counts, (np.rint(py).astype(int), np.rint(px).astype(int)), share * np.maximum(1, np.abs(np.cos(angle))))
    changed = np.argwhere(counts != before)
    from desktop_app.core.images.polygons import hull_of

    return Planted("cosmic ray", hull_of(changed[:, 1].astype(np.float64), changed[:, 0].astype(np.float64)))


def _add_bad_line(canvas: _Canvas, counts: Floats) -> Planted:
    """A column or a row, whole or from somewhere to the edge, that is brighter, darker or dead."""
    rng = canvas.rng
    upright = bool(rng.uniform() < 0.7)
    lines = counts.T if upright else counts
    at, length = int(rng.integers(8, len(lines) - 8)), lines.shape[1]
    start = int(rng.integers(0, length // 2)) if rng.uniform() < 0.5 else 0
    step = canvas.noise * canvas.strength * rng.uniform(3, 12) * rng.choice([-1, 1])
    lines[at, start:] += step
    low, high = (at - 0.5, start - 0.5), (at + 0.5, length - 0.5)
    corners = (low, (high[0], low[1]), high, (low[0], high[1]))
    return Planted("bad column", corners if upright else tuple((b, a) for a, b in corners))


def _add_edge(canvas: _Canvas, counts: Floats) -> Planted:
    """A strip along one side that no light fell on."""
    rng = canvas.rng
    turned = int(rng.integers(4))
    lines = counts if turned < 2 else counts.T
    width = int(rng.integers(6, 24))
    strip = slice(0, width) if turned % 2 == 0 else slice(len(lines) - width, None)
    lines[strip] = 0.35 * _SKY + _READ_NOISE * rng.standard_normal(lines[strip].shape)
    first = strip.start - 0.5
    low, high = (-0.5, first), (lines.shape[1] - 0.5, first + width)
    corners = (low, (high[0], low[1]), high, (low[0], high[1]))
    return Planted("edge", corners if turned < 2 else tuple((b, a) for a, b in corners))


_LIGHT: dict[str, Callable[[_Canvas], Planted]] = {
    "streak": _add_streak,
    "ghost": _add_ghost,
    "saturation": _add_full_star,
}
_COUNTS: dict[str, Callable[[_Canvas, Floats], Planted]] = {
    "cosmic ray": _add_ray,
    "bad column": _add_bad_line,
    "edge": _add_edge,
}
