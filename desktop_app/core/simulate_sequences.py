"""Simulates frames of one field that drift and change their seeing: what moves, varies or is new, and cosmic rays."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.sky_image import FrameSequence, SkyImage
from desktop_app.core.source import Source

_START_JD = 2460000.5


@dataclass(frozen=True)
class SequenceMake:
    """What a simulated sequence is like.

    Attributes
    ----------
    frames, stars, side_px : int
    step_h : float
        Between frames.
    drift_px, turn_deg : float
        How far frames are off one another, and turned.
    noise : float
        One sigma of the sky; a star of flux 1000 has a peak of some hundred.
    asteroid_snr, transient_snr : float
        Of a point source in one frame; 0 for none.
    asteroid_px_h : float
    variable : float
        By what share the variable star swings; 0 for none.
    cosmic_rays : int
        In each frame.
    """

    frames: int = 8
    stars: int = 120
    side_px: int = 256
    step_h: float = 0.5
    drift_px: float = 2.0
    turn_deg: float = 0.1
    noise: float = 5.0
    asteroid_snr: float = 25.0
    transient_snr: float = 30.0
    asteroid_px_h: float = 9.0
    variable: float = 0.3
    cosmic_rays: int = 3


@dataclass(frozen=True, eq=False)
class SimulatedSequence:
    """The frames, and what was planted in them.

    Attributes
    ----------
    first : SkyImage
        The first frame; its ``sequence`` opens the others.
    asteroid : ndarray, shape (n, 2)
        Its pixels in each frame; of shape (0, 2) where there is none.
    transient : ndarray, shape (n, 2)
        Its pixels in each frame, NaN where it is not seen.
    variable : ndarray, shape (n, 2)
        Pixels of the variable star in each frame.
    swing : ndarray, shape (n,)
        By what it is brighter than usual, relative.
    """

    first: SkyImage
    asteroid: Floats
    transient: Floats
    variable: Floats
    swing: Floats
    cosmic_rays: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Sky:
    """What is up there, in pixels of a frame that neither drifts nor turns."""

    places: Floats
    flux: Floats
    asteroid: Floats
    transient: Floats
    seen: range
    swing: Floats


def simulate_sequence(make: SequenceMake = SequenceMake(), seed: int = 0) -> SimulatedSequence:
    """Frames in memory; the same seed makes the same."""
    rng = np.random.default_rng(seed)
    sky = _sky(make, rng)
    middle = (make.side_px - 1) / 2
    names = tuple(f"frame_{place:03d}.fits" for place in range(make.frames))
    images: dict[str, SkyImage] = {}
    rays: dict[str, Floats] = {}
    moved = np.full((3, make.frames, 2), np.nan)
    for place, name in enumerate(names):
        angle = np.radians(make.turn_deg * rng.uniform(-1, 1))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        move = make.drift_px * rng.uniform(-1, 1, 2) * (place > 0)

        def own(points: Floats, turn: Floats = turn, move: Floats = move) -> Floats:
            return np.asarray((points - middle) @ turn.T + middle + move, np.float64)

        pixels, rays[name] = _frame(make, sky, place, own(sky.places), rng)
        for row, (track, snr) in enumerate(((sky.asteroid, make.asteroid_snr), (sky.transient, make.transient_snr))):
            if snr and (row == 0 or place in sky.seen):
                at = own(track[[place]])[0]
                moved[row, place] = at
                fwhm = _fwhm(place)
                _add_star(pixels, at[0], at[1], snr * make.noise * 1.5 * fwhm, fwhm)
        moved[2, place] = own(sky.places[[0]])[0]
        images[name] = SkyImage(
            source=Source(object_name="simulated field", part=name, parts=names),
            pixels=pixels.astype(np.float32),
            jd=_START_JD + place * make.step_h / 24,
            time_scale="UTC",
        )
    sequence = FrameSequence(names, lambda name: images[name], lambda: "".join(one.digest for one in images.values()))
    first = images[names[0]]
    object.__setattr__(first, "sequence", sequence)
    asteroid = moved[0] if make.asteroid_snr else np.zeros((0, 2))
    return SimulatedSequence(first, asteroid, moved[1], moved[2], sky.swing, rays)


def _sky(make: SequenceMake, rng: np.random.Generator) -> _Sky:
    side, n = make.side_px, make.frames
    rim = 0.1 * side
    places = rng.uniform(-0.05 * side, 1.05 * side, (make.stars, 2))
    # The variable stands by itself, and is bright enough for its swing to be seen.
    places[0] = rng.uniform(0.25 * side, 0.75 * side, 2)
    flux = make.noise * 100 * 10 ** rng.uniform(-0.7, 1.6, make.stars)
    flux[0] = make.noise * 600
    near = (np.hypot(*(places - places[0]).T) < 15) & (np.arange(make.stars) > 0)
    flux[near] = 0.0
    turn = rng.uniform(0, 2 * np.pi)
    hours = make.step_h * (np.arange(n) - (n - 1) / 2)[:, None]
    asteroid = rng.uniform(0.4 * side, 0.6 * side, 2) + make.asteroid_px_h * hours * [[np.cos(turn), np.sin(turn)]]
    transient = np.tile(rng.uniform(rim, side - rim, 2), (n, 1))
    begin = n // 2
    phase = rng.uniform(0, 2 * np.pi)
    swing = make.variable * np.sin(phase + 2 * np.pi * np.arange(n) / max(n / 1.3, 2))
    return _Sky(places, flux, asteroid, transient, range(begin, min(begin + 2, n)), swing)


def _fwhm(place: int) -> float:
    """The seeing of a frame: it comes and goes."""
    return 2.6 + 0.5 * float(np.sin(1.7 * place))


def _frame(
    make: SequenceMake, sky: _Sky, place: int, places: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    side, fwhm = make.side_px, _fwhm(place)
    rows, columns = np.mgrid[:side, :side] / side
    pixels = 300 + 20 * rng.uniform(-1, 1) + 15 * rng.uniform(-1, 1) * rows + 15 * rng.uniform(-1, 1) * columns
    clear = 1 - 0.15 * rng.random()
    for number, (x, y) in enumerate(places):
        flux = sky.flux[number] * clear * (1 + (sky.swing[place] if number == 0 else 0.0))
        _add_star(pixels, x, y, flux, fwhm)
    stars = np.maximum(pixels - 300, 0)
    pixels = pixels + np.sqrt(make.noise**2 + 0.5 * stars) * rng.standard_normal((side, side))
    rays = rng.uniform(5, side - 6, (make.cosmic_rays, 2))
    for x, y in rays:
        turn, steps = rng.uniform(0, np.pi), np.arange(int(rng.integers(1, 8)))
        at_x = np.clip(np.rint(x + steps * np.cos(turn)), 0, side - 1).astype(int)
        at_y = np.clip(np.rint(y + steps * np.sin(turn)), 0, side - 1).astype(int)
        pixels[at_y, at_x] += make.noise * 10 ** rng.uniform(1.2, 2.3)
    return pixels, rays


def _add_star(pixels: Floats, x: float, y: float, flux: float, fwhm_px: float) -> None:
    """Add a Moffat profile of beta 3.5 to ``pixels``, where it is within them."""
    beta, reach = 3.5, int(9 * fwhm_px)
    alpha = fwhm_px / (2 * np.sqrt(2 ** (1 / beta) - 1))
    ny, nx = pixels.shape
    top, bottom = max(round(y) - reach, 0), min(round(y) + reach + 1, ny)
    left, right = max(round(x) - reach, 0), min(round(x) + reach + 1, nx)
    if flux <= 0 or top >= bottom or left >= right:
        return
    rows, columns = np.ogrid[top:bottom, left:right]
    squared = ((rows - y) ** 2 + (columns - x) ** 2) / alpha**2
    pixels[top:bottom, left:right] += flux * (beta - 1) / (np.pi * alpha**2) * (1 + squared) ** -beta
