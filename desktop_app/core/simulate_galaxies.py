"""Makes stamps of ordinary galaxies, and a few among them that are not: rings, mergers, streaks, arcs, bad columns."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.cutouts import CutoutSet, Stamps
from desktop_app.core.light_curve import Series
from desktop_app.core.source import Source

STRANGE_KINDS = ("ring", "merger", "streak", "arc", "bad columns")
_SHARE_OF_STARS = 0.08
_SHARE_OF_SPIRALS = 0.4
_SHARE_WITH_FIELD_STAR = 0.15
_ZERO_POINT = 27.0
_NOISE = 1.0
_SEEN = 0.5
"""From how many sigmas of the noise on light counts as pixels of the anomaly."""
_PIXEL_SCALE_DEG = 0.2 / 3600


@dataclass(frozen=True, eq=False)
class SimulatedGalaxies:
    """Stamps, and where in them lies what does not belong.

    Attributes
    ----------
    cutouts : CutoutSet
        With the label "truth": "" for an ordinary stamp, else one of `STRANGE_KINDS`; columns "magnitude", "colour"
        and "radius" as a catalogue would give them.
    planted : ndarray of bool, shape (m, side, side)
        The pixels of what does not belong; none in an ordinary stamp.
    """

    cutouts: CutoutSet
    planted: NDArray[np.bool_]


@dataclass(frozen=True)
class _Galaxy:
    """What an ordinary galaxy is made of; lengths in pixels, fluxes in units of the noise of a pixel."""

    flux: float
    radius: float
    index: float
    ratio: float
    angle: float
    spiral: bool
    x: float
    y: float


def simulate_galaxies(n: int = 2000, strange: int = 50, *, seed: int = 0, side_px: int = 64) -> CutoutSet:
    """``n`` ordinary stamps with ``strange`` others shuffled among them, in equal parts of `STRANGE_KINDS`.

    Parameters
    ----------
    n, strange : int
    seed : int
    side_px : int
        At least 16; galaxies grow with it.
    """
    return simulate_galaxies_with_truth(n, strange, seed=seed, side_px=side_px).cutouts


def simulate_galaxies_with_truth(
    n: int = 2000, strange: int = 50, *, seed: int = 0, side_px: int = 64
) -> SimulatedGalaxies:
    """As `simulate_galaxies`, with the pixels of what does not belong."""
    rng = np.random.default_rng([seed, 602])
    kinds = [""] * n + [STRANGE_KINDS[place % len(STRANGE_KINDS)] for place in range(strange)]
    kinds = [kinds[place] for place in rng.permutation(len(kinds))]
    images = np.zeros((len(kinds), side_px, side_px), np.float32)
    planted = np.zeros(images.shape, bool)
    table = np.zeros((len(kinds), 3))
    for place, kind in enumerate(kinds):
        images[place], planted[place], table[place] = _stamp(kind, side_px, np.random.default_rng([seed, 603, place]))
    return SimulatedGalaxies(_cutouts(images, kinds, table, rng), planted)


def _cutouts(images: Stamps, kinds: list[str], table: Floats, rng: np.random.Generator) -> CutoutSet:
    columns = {
        "magnitude": Series(table[:, 0], "mag"),
        "colour": Series(table[:, 1], "mag"),
        "radius": Series(table[:, 2], "pix"),
    }
    return CutoutSet(
        source=Source(object_name="simulated galaxies"),
        images=images,
        ids=tuple(f"galaxy-{place:05d}" for place in range(len(kinds))),
        unit="adu",
        columns=columns,
        labels={"truth": tuple(kinds)},
        ra_deg=rng.uniform(150, 151, len(kinds)),
        dec_deg=rng.uniform(2, 3, len(kinds)),
    )


def _stamp(kind: str, side: int, rng: np.random.Generator) -> tuple[Stamps, Bools, Floats]:
    """One stamp, the pixels of what does not belong, and its magnitude, colour and radius."""
    galaxy = _drawn(side, rng)
    star = not kind and rng.random() < _SHARE_OF_STARS
    light = np.zeros((side, side))
    if star:
        _add_star(light, galaxy.x, galaxy.y, galaxy.flux)
    else:
        light += _galaxy_light(galaxy, side, rng)
    _add_company(light, galaxy, rng)
    if rng.random() < _SHARE_WITH_FIELD_STAR:
        _add_field_star(light, rng)
    extra = _EXTRA[kind](galaxy, side, rng) if kind in _EXTRA else np.zeros((side, side))
    seeing = rng.normal(1.25, 0.06) * max(side / 64, 0.6)
    seen, more = _blurred(light, seeing), _blurred(extra, seeing)
    # Fields are not equally deep.
    depth = _NOISE * float(np.clip(rng.lognormal(0, 0.15), 0.7, 1.5))
    noise = depth * rng.standard_normal(light.shape) * np.sqrt(1 + np.maximum(seen + more, 0) / 60)
    image = 100 + seen + more + noise
    where = more > _SEEN * _NOISE
    if kind == "bad columns":
        where = _spoil_columns(image, rng)
    magnitude = _ZERO_POINT - 2.5 * np.log10(galaxy.flux) + 0.05 * rng.standard_normal()
    colour = 0.9 + 0.12 * (galaxy.index - 2) - 0.25 * galaxy.spiral - 0.08 * (magnitude - 18)
    size = seeing if star else float(np.hypot(galaxy.radius, seeing))
    row = np.array([magnitude, colour + 0.1 * rng.standard_normal(), size * rng.lognormal(0, 0.05)])
    return image.astype(np.float32), where, row


def _drawn(side: int, rng: np.random.Generator) -> _Galaxy:
    scale = side / 64
    middle = (side - 1) / 2
    spiral = bool(rng.random() < _SHARE_OF_SPIRALS)
    radius = scale * float(np.clip(rng.lognormal(np.log(5.0), 0.35), 2, 11))
    return _Galaxy(
        # Bright galaxies are rare and large: the signal spans a factor of thirty, as in a sample cut in magnitude.
        flux=float(2600 * scale**2 * rng.lognormal(0, 0.7) * radius / (5 * scale)),
        radius=radius,
        index=1.0 if spiral else float(np.exp(rng.uniform(np.log(0.7), np.log(5)))),
        ratio=float(rng.uniform(0.3, 1.0)),
        angle=float(rng.uniform(0, np.pi)),
        spiral=spiral,
        x=middle + 0.7 * scale * rng.standard_normal(),
        y=middle + 0.7 * scale * rng.standard_normal(),
    )


def _turned(side: int, x: float, y: float, angle: float) -> tuple[Floats, Floats]:
    """Coordinates along and across ``angle`` about ``x``, ``y``; each of shape (side, side)."""
    rows, columns = np.mgrid[:side, :side].astype(np.float64)
    dx, dy = columns - x, rows - y
    return dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)


def _galaxy_light(galaxy: _Galaxy, side: int, rng: np.random.Generator) -> Floats:
    """A Sersic profile, in a spiral wound about with arms and knots; its sum is the flux.

    References
    ----------
    Ciotti, L. & Bertin, G., "Analytical properties of the R^1/m law", A&A 352, 447 (1999), eq. 18.
    """
    along, across = _turned(side, galaxy.x, galaxy.y, galaxy.angle)
    radius = np.sqrt(along**2 + (across / galaxy.ratio) ** 2 + 0.09)
    b = 2 * galaxy.index - 1 / 3 + 4 / (405 * galaxy.index)
    light = np.exp(-b * (radius / galaxy.radius) ** (1 / galaxy.index))
    if galaxy.spiral:
        phase = np.arctan2(across / galaxy.ratio, along)
        arms, pitch = int(rng.choice([2, 2, 3, 4])), rng.uniform(2.0, 4.5) * rng.choice([-1, 1])
        wave = np.cos(arms * (phase - pitch * np.log(radius / galaxy.radius)) + rng.uniform(0, 2 * np.pi))
        light *= 1 + rng.uniform(0.3, 0.9) * wave * (1 - np.exp(-radius / galaxy.radius))
        light *= _knots(side, rng)
    return light * galaxy.flux / light.sum()


def _knots(side: int, rng: np.random.Generator) -> Floats:
    """Star-forming knots: smooth lognormal brightness of mean one."""
    from scipy.ndimage import gaussian_filter

    grains = gaussian_filter(rng.standard_normal((side, side)), 1.5 * side / 64)
    return np.exp(rng.uniform(0.1, 0.4) * grains / max(float(grains.std()), 1e-9))


def _add_company(light: Floats, galaxy: _Galaxy, rng: np.random.Generator) -> None:
    """Neighbours by chance: faint galaxies and stars anywhere but on the galaxy itself."""
    side = len(light)
    for _ in range(int(rng.poisson(0.7))):
        far, angle = rng.uniform(1.8 * galaxy.radius + 2, 0.68 * side), rng.uniform(0, 2 * np.pi)
        x, y = galaxy.x + far * np.cos(angle), galaxy.y + far * np.sin(angle)
        flux = galaxy.flux * min(0.02 * (1 + rng.pareto(1.5)), 0.4)
        if rng.random() < 0.4:
            _add_star(light, x, y, flux)
            continue
        light += _galaxy_light(_companion(galaxy, x, y, flux, rng), side, rng)


def _add_field_star(light: Floats, rng: np.random.Generator) -> None:
    """A star of our own galaxy in a corner, at times brighter than all else."""
    side = len(light)
    away = rng.uniform(0.36, 0.5, 2) * rng.choice([-1, 1], 2) * side
    _add_star(light, side / 2 + away[0], side / 2 + away[1], 700 * (side / 64) ** 2 * (1 + rng.pareto(1.2)))


def _companion(galaxy: _Galaxy, x: float, y: float, flux: float, rng: np.random.Generator) -> _Galaxy:
    return _Galaxy(
        flux=flux,
        radius=galaxy.radius * rng.uniform(0.25, 0.7),
        index=float(rng.uniform(0.7, 3)),
        ratio=float(rng.uniform(0.4, 1.0)),
        angle=float(rng.uniform(0, np.pi)),
        spiral=False,
        x=x,
        y=y,
    )


def _add_star(light: Floats, x: float, y: float, flux: float) -> None:
    """A point: the four pixels about it share the light."""
    left, low = int(np.floor(x)), int(np.floor(y))
    for column, row in ((left, low), (left + 1, low), (left, low + 1), (left + 1, low + 1)):
        if 0 <= column < len(light) and 0 <= row < len(light):
            light[row, column] += flux * (1 - abs(x - column)) * (1 - abs(y - row))


def _blurred(light: Floats, sigma: float) -> Floats:
    """``light`` through the atmosphere: a narrow core and faint wings."""
    from scipy.ndimage import gaussian_filter

    core = gaussian_filter(light, sigma, mode="constant")
    return 0.9 * core + 0.1 * gaussian_filter(light, 2.2 * sigma, mode="constant")


def _ring(galaxy: _Galaxy, side: int, rng: np.random.Generator) -> Floats:
    """A detached ring about the galaxy, clumpy along its course."""
    along, across = _turned(side, galaxy.x, galaxy.y, galaxy.angle)
    far = np.sqrt(along**2 + (across / max(galaxy.ratio, 0.55)) ** 2)
    phase = np.arctan2(across, along)
    middle, width = galaxy.radius * rng.uniform(1.8, 2.8), side / 64 * rng.uniform(0.8, 1.6)
    light = np.exp(-((far - middle) ** 2) / (2 * width**2)) * (1 + 0.3 * np.cos(phase - rng.uniform(0, 6)))
    return light * galaxy.flux * rng.uniform(0.2, 0.5) / light.sum()


def _merger(galaxy: _Galaxy, side: int, rng: np.random.Generator) -> Floats:
    """A second galaxy that overlaps the first, and a tail that curves away from it."""
    angle = rng.uniform(0, 2 * np.pi)
    far = galaxy.radius * rng.uniform(0.9, 1.8)
    x, y = galaxy.x + far * np.cos(angle), galaxy.y + far * np.sin(angle)
    second = _companion(galaxy, x, y, galaxy.flux * rng.uniform(0.35, 0.9), rng)
    steps = np.linspace(0, 1, 80)
    course = angle + rng.choice([-1, 1]) * rng.uniform(0.8, 1.8) * steps
    reach = far + steps * galaxy.radius * rng.uniform(2.0, 3.5)
    tail = np.zeros((side, side))
    for one, other, fade in zip(reach, course, 1 - 0.7 * steps, strict=True):
        _add_star(tail, galaxy.x + one * np.cos(other), galaxy.y + one * np.sin(other), fade)
    tail = _blurred(tail, 1.2 * side / 64)
    return _galaxy_light(second, side, rng) + tail * galaxy.flux * rng.uniform(0.15, 0.4) / max(float(tail.sum()), 1e-9)


def _streak(_galaxy: _Galaxy, side: int, rng: np.random.Generator) -> Floats:
    """A satellite's trail through the stamp, somewhere near its middle."""
    middle = (side - 1) / 2
    shift = rng.uniform(-0.3, 0.3, 2) * side
    _, across = _turned(side, middle + shift[0], middle + shift[1], rng.uniform(0, np.pi))
    width = rng.uniform(0.5, 1.5)
    return _NOISE * rng.uniform(3, 10) * np.exp(-(across**2) / (2 * width**2))


def _arc(galaxy: _Galaxy, side: int, rng: np.random.Generator) -> Floats:
    """A gravitational arc: thin, blue, a part of a circle about the galaxy, at times with a counter-image."""
    along, across = _turned(side, galaxy.x, galaxy.y, rng.uniform(0, 2 * np.pi))
    phase, far = np.arctan2(across, along), np.hypot(along, across)
    middle, width = side / 64 * rng.uniform(8, 15), side / 64 * rng.uniform(0.5, 1.0)
    span = rng.uniform(0.5, 1.1)
    light = np.exp(-((far - middle) ** 2) / (2 * width**2)) * np.exp(-((phase / span) ** 4))
    if rng.random() < 0.5:
        _add_star(light, *_opposite(galaxy, along, across, middle), 0.1 * float(light.sum()))
    return light * galaxy.flux * rng.uniform(0.1, 0.3) / light.sum()


def _opposite(galaxy: _Galaxy, along: Floats, across: Floats, far: float) -> tuple[float, float]:
    """Where the counter-image lies, on the other side of the galaxy and nearer to it."""
    row, column = np.unravel_index(np.argmin((along + 0.7 * far) ** 2 + across**2), along.shape)
    return float(column) + 0.5 * (galaxy.x % 1), float(row) + 0.5 * (galaxy.y % 1)


def _spoil_columns(image: Floats, rng: np.random.Generator) -> Bools:
    """Makes one to three neighbouring columns of ``image`` dead or hot, and tells which pixels these are."""
    side = len(image)
    first, many = int(rng.integers(2, side - 5)), int(rng.integers(1, 4))
    where = np.zeros(image.shape, bool)
    where[:, first : first + many] = True
    shift = rng.choice([-1, 1]) * rng.uniform(5, 15) * _NOISE
    image[where] += shift + 0.3 * abs(shift) * rng.standard_normal(int(where.sum()))
    return where


_EXTRA: dict[str, Callable[[_Galaxy, int, np.random.Generator], Floats]] = {
    "ring": _ring,
    "merger": _merger,
    "streak": _streak,
    "arc": _arc,
}
