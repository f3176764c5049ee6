"""Makes what a probe in orbit sees of an airless body: pictures of ground and, beside each, what its sensors say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import ParamError
from desktop_app.core.light_curve import Series
from desktop_app.core.source import Source

SIDE_PX = 32
UNITS = {
    "sun_elevation_deg": "deg",
    "altitude_km": "km",
    "exposure_ms": "ms",
    "temperature_k": "K",
    "emissivity": "",
    "hot_spot_k": "K",
}
COLUMNS = tuple(UNITS)
SEED_COLUMNS = ("sun_elevation_deg", "exposure_ms", "temperature_k", "hot_spot_k")
"""Four numbers beside 32 by 32 pixels: the layout of the earlier system."""
NORMAL, COLD, MISMATCHED = "", "structure without heat", "mismatched pair"
"""What ``labels["truth"]`` holds; "" for a usual pair."""

_SOLAR_W_M2 = 1361.0
_STEFAN_BOLTZMANN = 5.670374e-8
_PIXEL_MRAD = 0.1
_STRUCTURES = 0.4
_ALBEDO = 0.12
_WELL = 4095.0
_GOAL_DN = 1100.0
_ELECTRONS_PER_DN = 6.0
_READ_DN = 6.0
_FOOTPRINT_M2 = 100.0**2
_OUTER_M = 120.0
_CRATER_M = 22.0
_CRATERS_M2 = 12 / 200.0**2
_RIM = 1.9
_PSF_PX = 0.55
_AT_ONCE = 500
_STEPS = 14


@dataclass(frozen=True, eq=False)
class _Scenes:
    """What is there, as nobody sees it: arrays of shape (m,).

    ``structure`` tells where something was built, ``heated`` where it gives off heat.
    """

    sun_elevation_rad: Floats
    sun_azimuth_rad: Floats
    altitude_km: Floats
    albedo: Floats
    slope: Floats
    emissivity: Floats
    exposure_ms: Floats
    structure: Bools
    heated: Bools
    size_m: Floats
    aspect: Floats
    height_m: Floats
    roof: Floats
    turn_rad: Floats
    x_px: Floats
    y_px: Floats


def simulate_planetary(
    n: int = 1000,
    *,
    cold: int = 0,
    mismatched: int = 0,
    seed: int = 0,
    side: int = SIDE_PX,
    columns: Sequence[str] = COLUMNS,
) -> CutoutSet:
    """Pictures of ground with the numbers that were taken at the same moment.

    Ground is a rough surface of fractal height, lit by the sun from somewhere (Lommel and Seeliger's law), with cast
    shadows, boulders, and in two scenes of five something built. Altitude sets the scale, the sun's elevation the
    shadows, albedo and sun the temperature (in balance with what is radiated) and the emissivity; the camera chooses
    one of a few exposures, and adds shot and read noise, stripes and a gain of its own for each column. What was built
    gives off heat, which the radiometer sees as a hot spot, the hotter the larger it is.

    Parameters
    ----------
    n : int
        Usual pairs.
    cold : int
        So many more show something built without its heat: picture and numbers are usual, each alone.
    mismatched : int
        So many more come with the numbers of another scene; both are usual, each alone.
    seed : int
        The same seed gives the same set.
    side : int
        Pixels along each side.
    columns : sequence of str
        Which of `COLUMNS` there are.

    Returns
    -------
    CutoutSet
        In an order of chance; ``labels["truth"]`` tells what each is, which no detector is shown.

    Raises
    ------
    ParamError
    """
    unknown = [name for name in columns if name not in UNITS]
    if unknown or min(n, cold, mismatched) < 0 or not 16 <= side <= 256:
        raise ParamError(
            f"No such set of pictures can be made: {unknown[0] if unknown else f'side {side}'}.",
            hint=f"Columns are {', '.join(COLUMNS)}; sides are 16 to 256 pixels.",
        )
    rng = np.random.default_rng([seed, 81])
    truth = np.array([COLD] * cold + [MISMATCHED] * mismatched + [NORMAL] * n, dtype=np.str_)
    scenes = _scenes(rng, truth == COLD)
    table = _table(scenes, rng)
    other = truth == MISMATCHED
    elsewhere = _table(_scenes(rng, np.zeros(mismatched, np.bool_)), rng)
    for name in table:
        table[name][other] = elsewhere[name]
    images = _pictures(scenes, side, rng)
    order = rng.permutation(len(truth))
    return CutoutSet(
        source=Source(object_name="Simulated: planetary ground"),
        images=images[order],
        ids=tuple(f"scene {number:05d}" for number in range(len(truth))),
        unit="DN",
        columns={name: Series(table[name][order], UNITS[name]) for name in columns},
        labels={"truth": tuple(truth[order].tolist())},
    )


def _scenes(rng: np.random.Generator, cold: Bools) -> _Scenes:
    """Scenes of chance, with something cold that was built where ``cold`` says so."""
    m = len(cold)
    elevation = np.arcsin(rng.uniform(np.sin(np.radians(20)), np.sin(np.radians(75)), m))
    albedo = np.clip(_ALBEDO * np.exp(0.3 * rng.standard_normal(m)), 0.05, 0.3)
    built = (rng.random(m) < _STRUCTURES) | cold
    # The camera meters for usual ground, not quite well, and has exposures half a stop apart.
    wished = _GOAL_DN / (_ALBEDO * np.sin(elevation)) / 300 * np.exp(0.25 * rng.standard_normal(m))
    return _Scenes(
        sun_elevation_rad=elevation,
        sun_azimuth_rad=rng.uniform(0, 2 * np.pi, m),
        altitude_km=np.exp(rng.uniform(np.log(50), np.log(160), m)),
        albedo=albedo,
        slope=0.12 * np.exp(0.2 * rng.standard_normal(m)),
        emissivity=0.97 - 0.25 * albedo,
        exposure_ms=2 ** (np.round(2 * np.log2(wished)) / 2),
        structure=built,
        heated=built & ~cold,
        size_m=rng.uniform(55, 90, m),
        aspect=rng.uniform(0.7, 1.0, m),
        height_m=rng.uniform(15, 35, m),
        roof=rng.uniform(1.6, 2.6, m),
        turn_rad=rng.uniform(0, np.pi, m),
        x_px=rng.uniform(-0.25, 0.25, m),
        y_px=rng.uniform(-0.25, 0.25, m),
    )


def _table(scenes: _Scenes, rng: np.random.Generator) -> dict[str, Floats]:
    """What the sensors say, with their noise; each of shape (m,)."""
    m = len(scenes.albedo)
    lit = _SOLAR_W_M2 * (1 - scenes.albedo) * np.sin(scenes.sun_elevation_rad)
    balance = (lit / (scenes.emissivity * _STEFAN_BOLTZMANN)) ** 0.25
    # Rocks keep the day's warmth: a small excess everywhere; what was built gives off heat over all of its roof.
    rocks = np.exp(0.3 + 0.5 * rng.standard_normal(m))
    share = np.minimum(scenes.size_m**2 * scenes.aspect / _FOOTPRINT_M2, 1.0)
    heat = np.where(scenes.heated, share * rng.uniform(90, 150, m), 0.0)
    return {
        "sun_elevation_deg": np.degrees(scenes.sun_elevation_rad) + 0.3 * rng.standard_normal(m),
        "altitude_km": scenes.altitude_km * (1 + 0.01 * rng.standard_normal(m)),
        "exposure_ms": scenes.exposure_ms.copy(),
        "temperature_k": balance + 1.0 * rng.standard_normal(m),
        "emissivity": scenes.emissivity + 0.004 * rng.standard_normal(m),
        "hot_spot_k": rocks + heat + 0.8 * rng.standard_normal(m),
    }


def _pictures(scenes: _Scenes, side: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """The picture of every scene in DN, shape (m, side, side)."""
    m = len(scenes.albedo)
    images = np.empty((m, side, side), np.float32)
    for low in range(0, m, _AT_ONCE):
        some = slice(low, min(low + _AT_ONCE, m))
        part = _Scenes(**{name: getattr(scenes, name)[some] for name in _Scenes.__dataclass_fields__})
        images[some] = _exposed(part, _radiance(part, side, rng), rng)
    return images


def _radiance(scenes: _Scenes, side: int, rng: np.random.Generator) -> Floats:
    """What comes from each pixel, in units of the sunlight; shape (m, side, side)."""
    pixel = (scenes.altitude_km * _PIXEL_MRAD)[:, None, None]  # metres
    covered, roof = _built(scenes, side)
    boulders = _boulders(len(pixel), side, rng)
    height = _ground(scenes, side, rng) + covered * scenes.height_m[:, None, None] + 3.0 * boulders
    albedo = scenes.albedo[:, None, None] * (1 + 0.5 * boulders) * (1 - covered) + roof * covered
    towards = np.cos(scenes.sun_azimuth_rad)[:, None, None], np.sin(scenes.sun_azimuth_rad)[:, None, None]
    rise = np.tan(scenes.sun_elevation_rad)[:, None, None]
    along_x = (np.roll(height, -1, 2) - np.roll(height, 1, 2)) / (2 * pixel)
    along_y = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) / (2 * pixel)
    steep = np.sqrt(1 + along_x**2 + along_y**2)
    sun = np.sin(scenes.sun_elevation_rad)[:, None, None]
    level = np.cos(scenes.sun_elevation_rad)[:, None, None]
    facing = np.maximum((sun - level * (along_x * towards[0] + along_y * towards[1])) / steep, 0.0)
    light = facing / (facing + 1 / steep) * (1 + sun) / sun
    return albedo * sun * light * (1 - 0.92 * _shadow(height / pixel, towards, rise))


def _ground(scenes: _Scenes, side: int, rng: np.random.Generator) -> Floats:
    """Height in metres: fractal ridges no longer than an outer scale, and craters; shape (m, side, side)."""
    m = len(scenes.slope)
    pixel = scenes.altitude_km * _PIXEL_MRAD
    fx, fy = np.fft.fftfreq(side)[None, :], np.fft.fftfreq(side)[:, None]
    waves = np.hypot(fx, fy)[None] / pixel[:, None, None]  # per metre
    power = (waves**2 + _OUTER_M**-2) ** -0.85
    power[:, 0, 0] = 0.0
    steep = 2 * np.pi * np.sqrt(np.mean((waves * power) ** 2, axis=(1, 2)) / 2)
    noise = np.fft.fft2(rng.standard_normal((m, side, side)))
    ridges = np.fft.ifft2(noise * power).real * (scenes.slope / steep)[:, None, None]
    return ridges + _craters(pixel, side, rng)


def _craters(pixel: Floats, side: int, rng: np.random.Generator) -> Floats:
    """Bowls with rims, many small ones and few large, as many a square metre at any altitude; (m, side, side)."""
    m = len(pixel)
    scene = np.repeat(np.arange(m), rng.poisson(_CRATERS_M2 * (pixel * side) ** 2))
    wide = _CRATER_M * (1 - 0.97 * rng.random(len(scene))) ** -0.5
    x, y = rng.uniform(0, side, (2, len(scene)))
    radius = wide / (2 * pixel[scene])
    height = np.zeros((m, side, side))
    reach = np.minimum(2 ** np.ceil(np.log2(_RIM * radius + 1)), side // 2).astype(np.int64)
    for half in np.unique(reach):
        some = np.flatnonzero(reach == half)
        rows, columns = np.mgrid[-half:half, -half:half]
        at_x, at_y = columns[None] + np.floor(x[some])[:, None, None], rows[None] + np.floor(y[some])[:, None, None]
        far = np.hypot(at_x - x[some, None, None], at_y - y[some, None, None]) / radius[some, None, None]
        bowl = np.where(far < 1, 0.16 * far**2 - 0.12, 0.04 * np.exp(-((far - 1) ** 2) / 0.18))
        places = scene[some, None, None], at_y.astype(np.int64) % side, at_x.astype(np.int64) % side
        np.add.at(height, places, wide[some, None, None] * bowl)
    return height


def _built(scenes: _Scenes, side: int) -> tuple[Floats, Floats]:
    """The share of each pixel that something built covers, and the albedo of its roof; shapes (m, side, side)."""
    rows, columns = np.mgrid[:side, :side] - (side - 1) / 2
    pixel = (scenes.altitude_km * _PIXEL_MRAD)[:, None, None]
    x = columns[None] - (scenes.x_px * side)[:, None, None]
    y = rows[None] - (scenes.y_px * side)[:, None, None]
    cos, sin = np.cos(scenes.turn_rad)[:, None, None], np.sin(scenes.turn_rad)[:, None, None]
    long = scenes.size_m[:, None, None] / pixel / 2
    wide = long * scenes.aspect[:, None, None]
    inside = np.clip(long + 0.5 - np.abs(cos * x + sin * y), 0, 1) * np.clip(
        wide + 0.5 - np.abs(cos * y - sin * x), 0, 1
    )
    covered = inside * scenes.structure[:, None, None]
    return covered, np.broadcast_to((scenes.roof * scenes.albedo)[:, None, None], covered.shape)


def _boulders(m: int, side: int, rng: np.random.Generator) -> Floats:
    """How much of a boulder is in each pixel: few have any; shape (m, side, side)."""
    many = rng.uniform(0.0, 0.008, (m, 1, 1))
    return np.where(rng.random((m, side, side)) < many, rng.uniform(0.2, 1.0, (m, side, side)), 0.0)


def _shadow(height_px: Floats, towards: tuple[Floats, Floats], rise: Floats) -> Floats:
    """How deep in shadow each pixel is, from 0 to 1: something towards the sun stands higher than its light."""
    m, side, _ = height_px.shape
    rows, columns = np.mgrid[:side, :side]
    which = np.arange(m)[:, None, None]
    deepest = np.zeros_like(height_px)
    for step in range(1, _STEPS):
        x = np.rint(columns[None] + step * towards[0]).astype(np.int64) % side
        y = np.rint(rows[None] + step * towards[1]).astype(np.int64) % side
        deepest = np.maximum(deepest, height_px[which, y, x] - height_px - step * rise)
    return np.clip(deepest / 0.3, 0, 1)


def _exposed(scenes: _Scenes, radiance: Floats, rng: np.random.Generator) -> NDArray[np.float32]:
    """What the camera makes of it, in DN: blurred, with noise, stripes and its limit."""
    m, side, _ = radiance.shape
    fx, fy = np.fft.rfftfreq(side), np.fft.fftfreq(side)
    seen = np.exp(-2 * (np.pi * _PSF_PX) ** 2 * (fx[None, :] ** 2 + fy[:, None] ** 2))
    sharp = np.fft.irfft2(np.fft.rfft2(radiance) * seen[None], s=(side, side))
    counts = np.maximum(sharp, 0) * (scenes.exposure_ms * 300)[:, None, None]
    counts = rng.poisson(counts * _ELECTRONS_PER_DN) / _ELECTRONS_PER_DN
    gain = 1 + 0.005 * rng.standard_normal((m, 1, side))
    stripes = 4.0 * rng.standard_normal((m, 1, side))
    counts = counts * gain + stripes + _READ_DN * rng.standard_normal(counts.shape)
    return np.clip(np.round(counts), 0, _WELL).astype(np.float32)
