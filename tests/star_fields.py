"""Fields of stars made by seeded functions: where each star is, how bright, and what does not belong among them."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.sky import Sky
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source


@dataclass(frozen=True)
class Field:
    """A picture of stars and the truth about them, arrays of shape (m,)."""

    image: SkyImage
    x: Floats
    y: Floats
    flux: Floats


def sky_of(
    shape: tuple[int, int], *, ra: float = 150.0, dec: float = 2.0, scale: float = 1.0, turn: float = 0.0
) -> Sky:
    """A tangent plane about the middle of a picture, ``scale`` arcseconds a pixel, turned by ``turn`` degrees."""
    ny, nx = shape
    cos, sin = np.cos(np.radians(turn)) * scale / 3600, np.sin(np.radians(turn)) * scale / 3600
    cards = (
        "CTYPE1  = 'RA---TAN'",
        "CTYPE2  = 'DEC--TAN'",
        f"CRVAL1  = {ra}",
        f"CRVAL2  = {dec}",
        f"CRPIX1  = {(nx + 1) / 2}",
        f"CRPIX2  = {(ny + 1) / 2}",
        f"CD1_1   = {-cos:.12f}",
        f"CD1_2   = {sin:.12f}",
        f"CD2_1   = {sin:.12f}",
        f"CD2_2   = {cos:.12f}",
    )
    return Sky("".join(card.ljust(80) for card in cards))


def star_field(
    count: int = 300,
    shape: tuple[int, int] = (512, 512),
    *,
    seed: int = 0,
    fwhm: float = 3.2,
    noise: float = 5.0,
    faintest: float = 600.0,
    gain: float = 2.0,
    at: tuple[Floats, Floats, Floats] | None = None,
    sky: Sky | None = None,
) -> Field:
    """Moffat stars of a power law of fluxes on a sloping sky with Gaussian and photon noise.

    Parameters
    ----------
    at : tuple of ndarray, optional
        x, y and flux of the stars, where these are known beforehand.
    """
    rng = np.random.default_rng(seed)
    ny, nx = shape
    margin = 12
    if at is None:
        x, y = rng.uniform(margin, nx - margin, count), rng.uniform(margin, ny - margin, count)
        flux = np.minimum(faintest * rng.pareto(0.9, count) + faintest, 4e5)
    else:
        x, y, flux = at
    light = np.zeros(shape)
    add_stars(light, x, y, flux, fwhm)
    up, across = np.mgrid[:ny, :nx]
    level = 200 + 0.01 * across + 0.02 * up
    pixels = level + light + rng.normal(0, 1, shape) * np.sqrt(noise**2 + light / gain)
    return Field(SkyImage(Source(object_name="field"), pixels.astype(np.float32), sky=sky), x, y, flux)


def add_stars(light: Floats, x: Floats, y: Floats, flux: Floats, fwhm: float, *, beta: float = 3.5) -> None:
    """Put Moffat profiles into ``light``; what lies outside is left out."""
    reach = int(np.ceil(6 * fwhm))
    width = fwhm / (2 * np.sqrt(2 ** (1 / beta) - 1))
    height = (beta - 1) / (np.pi * width**2)
    ny, nx = light.shape
    for across, up, total in zip(x, y, flux, strict=True):
        left, low = max(int(across) - reach, 0), max(int(up) - reach, 0)
        right, high = min(int(across) + reach + 1, nx), min(int(up) + reach + 1, ny)
        if right <= left or high <= low:
            continue
        rows, columns = np.mgrid[low:high, left:right]
        away = ((columns - across) ** 2 + (rows - up) ** 2) / width**2
        light[low:high, left:right] += total * height * (1 + away) ** -beta


def add_galaxy(
    light: Floats, x: float, y: float, flux: float, half: float, *, ratio: float = 0.4, turn: float = 0.5
) -> None:
    """Put an exponential disc into ``light``: ``half`` is its half-light radius in pixels along the longer axis."""
    rows, columns = np.mgrid[: light.shape[0], : light.shape[1]]
    across, up = columns - x, rows - y
    along = across * np.cos(turn) + up * np.sin(turn)
    beside = (-across * np.sin(turn) + up * np.cos(turn)) / ratio
    scale = half / 1.678
    light += flux / (2 * np.pi * scale**2 * ratio) * np.exp(-np.hypot(along, beside) / scale)
