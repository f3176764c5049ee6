"""Makes a picture of a star field with what does not belong in it: a satellite's trail, cosmic rays, a dead column."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats

SIZE = (240, 320)
SKY_LEVEL = 400.0
STARS = 140
RAYS = 5
_SEEING_PX = 1.4
_GAIN = 1.5
_REACH_PX = 8
_DEAD = 1
_SATURATED = 2
_FULL_WELL = 30000


@dataclass(frozen=True)
class PlantedBox:
    """Something that was put into a picture: its kind, and the pixels ``x0:x1, y0:y1`` that it lies in."""

    kind: str
    x0: int
    x1: int
    y0: int
    y1: int


@dataclass(frozen=True, eq=False)
class SimulatedField:
    """A picture and what is in it.

    Attributes
    ----------
    pixels : ndarray of int16, shape (ny, nx)
        In adu.
    quality : ndarray of uint8, shape (ny, nx)
        0 where all is well, 1 in the dead column, 2 where a star saturates.
    planted : tuple of PlantedBox
    """

    pixels: NDArray[np.int16]
    quality: NDArray[np.uint8]
    planted: tuple[PlantedBox, ...]


def simulate_field(*, seed: int = 0) -> SimulatedField:
    """Stars of a steep luminosity function on a sky with noise, a trail from edge to edge, and some cosmic rays."""
    rng = np.random.default_rng([seed, 72])
    light = np.full(SIZE, SKY_LEVEL)
    for _ in range(STARS):
        _add_star(light, rng.uniform(0, SIZE[1]), rng.uniform(0, SIZE[0]), 600 * rng.pareto(1.0) + 300)
    planted = [_add_trail(light, rng)]
    counts = rng.poisson(np.maximum(light, 0) * _GAIN) / _GAIN + 3 * rng.standard_normal(SIZE)
    planted += [_add_ray(counts, rng) for _ in range(RAYS)]
    quality = np.zeros(SIZE, np.uint8)
    dead = int(rng.integers(40, SIZE[1] - 40))
    counts[:, dead], quality[:, dead] = 0.0, _DEAD
    planted.append(PlantedBox("dead column", dead, dead + 1, 0, SIZE[0]))
    quality[counts >= _FULL_WELL] |= _SATURATED
    return SimulatedField(np.clip(np.round(counts), -99, _FULL_WELL).astype(np.int16), quality, tuple(planted))


def _add_star(light: Floats, x: float, y: float, flux: float) -> None:
    x0, y0 = max(int(x) - _REACH_PX, 0), max(int(y) - _REACH_PX, 0)
    part = light[y0 : int(y) + _REACH_PX + 1, x0 : int(x) + _REACH_PX + 1]
    rows, columns = np.mgrid[: part.shape[0], : part.shape[1]]
    far = (columns + x0 - x) ** 2 + (rows + y0 - y) ** 2
    part += flux / (2 * np.pi * _SEEING_PX**2) * np.exp(-far / (2 * _SEEING_PX**2))


def _add_trail(light: Floats, rng: np.random.Generator) -> PlantedBox:
    left, right = rng.uniform(0.1, 0.4) * SIZE[0], rng.uniform(0.6, 0.9) * SIZE[0]
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    slope = (right - left) / SIZE[1]
    far = (rows - left - slope * columns) / np.hypot(1, slope)
    light += 150 * np.exp(-(far**2) / (2 * 1.8**2))
    return PlantedBox("trail", 0, SIZE[1], max(int(left) - 4, 0), min(int(right) + 5, SIZE[0]))


def _add_ray(counts: Floats, rng: np.random.Generator) -> PlantedBox:
    """A short straight track, one pixel wide, that no lens has blurred."""
    length, angle = int(rng.integers(2, 14)), rng.uniform(0, np.pi)
    steps = np.arange(length)
    x = np.round(rng.uniform(20, SIZE[1] - 20) + steps * np.cos(angle)).astype(int)
    y = np.round(rng.uniform(20, SIZE[0] - 20) + steps * np.sin(angle)).astype(int)
    counts[y, x] += rng.uniform(800, 4000)
    return PlantedBox("cosmic ray", int(x.min()), int(x.max()) + 1, int(y.min()), int(y.max()) + 1)
