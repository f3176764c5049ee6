"""Makes the pixels of a target and its neighbour, one with a transit, the other with a flare; both are known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats
from desktop_app.core.simulate import Planted, exposed, exposure_times, flare_shape, transit_shape

SIZE = (9, 9)
CADENCE_D = 10 / 1440
FRAMES = 432
START = 2036.3
TARGET = (4.2, 3.9)
NEIGHBOUR = (1.3, 6.8)
BACKGROUND = 60.0
_BRIGHTNESS = (9000.0, 1500.0)
_WIDTH_PX = 0.9
_DRIFT_PX = 0.03
_READ_NOISE = 4.0
_EXPOSURE_S = 600.0


@dataclass(frozen=True, eq=False)
class SimulatedPixels:
    """Frames and what is in them.

    Attributes
    ----------
    time : ndarray, shape (n,)
        BTJD.
    frames, errors : ndarray of float32, shape (n, ny, nx)
        In e-/s, the background taken off.
    aperture : ndarray of int, shape (ny, nx)
        Bits as the missions set them: 1 collected, 2 in the optimal aperture.
    quality : ndarray of int, shape (n,)
    planted : tuple of Planted
        The transit of the target, and the flare of its neighbour, whose depth is that of the neighbour itself.
    """

    time: Floats
    frames: NDArray[np.float32]
    errors: NDArray[np.float32]
    aperture: NDArray[np.int32]
    quality: NDArray[np.int32]
    planted: tuple[Planted, Planted]


def simulate_pixels(*, seed: int = 0) -> SimulatedPixels:
    """Three days of two stars on 9 by 9 pixels, as a satellite that sways a little sees them."""
    rng = np.random.default_rng([seed, 71])
    time = START + CADENCE_D * np.arange(FRAMES, dtype=np.float64)
    moments = exposure_times(time, CADENCE_D)
    transit = exposed(transit_shape(moments, mid=START + 1.03, duration_d=0.14, radius_ratio=0.12))
    flare = 1 + 0.9 * exposed(flare_shape(moments, peak=START + 2.21, half_width_d=0.012))
    drift = _DRIFT_PX * np.sin(2 * np.pi * np.arange(FRAMES) / 211)
    light = np.zeros((FRAMES, *SIZE))
    for place, brightness, change in zip((TARGET, NEIGHBOUR), _BRIGHTNESS, (transit, flare), strict=True):
        light += (brightness * change)[:, None, None] * _spread(place, drift)
    errors = np.sqrt((light + BACKGROUND) / _EXPOSURE_S + (_READ_NOISE / np.sqrt(_EXPOSURE_S)) ** 2)
    frames = light + errors * rng.standard_normal(light.shape)
    quality = np.zeros(FRAMES, np.int32)
    quality[rng.choice(FRAMES, 3, replace=False)] = 32
    return SimulatedPixels(
        time=time,
        frames=frames.astype(np.float32),
        errors=errors.astype(np.float32),
        aperture=_aperture(),
        quality=quality,
        planted=(_event("dip", transit - 1), _event("flare", flare - 1)),
    )


def _spread(place: tuple[float, float], drift: Floats) -> Floats:
    """The share of a star's light in each pixel at each frame; shape (n, ny, nx)."""
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    x, y = place[0] + drift[:, None, None], place[1] - 0.5 * drift[:, None, None]
    far = (columns - x) ** 2 + (rows - y) ** 2
    return np.exp(-far / (2 * _WIDTH_PX**2)) / (2 * np.pi * _WIDTH_PX**2)


def _aperture() -> NDArray[np.int32]:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    inside = np.hypot(columns - TARGET[0], rows - TARGET[1]) < 2.2
    return np.where(inside, 3, 1).astype(np.int32)


def _event(kind: str, signal: Floats) -> Planted:
    peak = int(np.argmax(np.abs(signal)))
    rows = np.flatnonzero(np.abs(signal) > 0.02 * np.abs(signal[peak]))
    return Planted(kind, int(rows[0]), int(rows[-1]) + 1, peak, float(-signal[peak]))
