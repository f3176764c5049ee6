"""Small FITS images of every kind, made by seeded functions."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Bitpix = Literal[8, 16, 32, 64, -32, -64]
Array = NDArray[np.generic]
Cards = Mapping[str, str | int | float]

_TYPES = {8: "u1", 16: "i2", 32: "i4", 64: "i8", -32: "f4", -64: "f8"}
TAN: Cards = {
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CRVAL1": 150.1,
    "CRVAL2": 2.2,
    "CRPIX1": 10.0,
    "CRPIX2": 8.0,
    "CD1_1": -1e-4,
    "CD1_2": 2e-5,
    "CD2_1": 2e-5,
    "CD2_2": 1e-4,
    "RADESYS": "ICRS",
}
# How a picture can be packed: algorithm, what the pixels are, and what else CompImageHDU is told.
PACKINGS: dict[str, tuple[str, Bitpix, dict[str, object]]] = {
    "rice-8": ("RICE_1", 8, {}),
    "rice-16": ("RICE_1", 16, {}),
    "rice-32": ("RICE_1", 32, {}),
    "rice-float": ("RICE_1", -32, {"quantize_method": -1}),
    "rice-float-dither-1": ("RICE_1", -32, {"quantize_method": 1, "dither_seed": 17}),
    "rice-float-dither-2": ("RICE_1", -32, {"quantize_method": 2, "dither_seed": 9990}),
    "rice-double-dither-1": ("RICE_1", -64, {"quantize_method": 1, "dither_seed": 5}),
    "rice-blocks": ("RICE_1", 16, {"tile_shape": (16, 24)}),
    "gzip-1-16": ("GZIP_1", 16, {}),
    "gzip-1-float": ("GZIP_1", -32, {"quantize_level": 0.0}),
    "gzip-1-double": ("GZIP_1", -64, {"quantize_level": 0.0}),
    "gzip-2-16": ("GZIP_2", 16, {}),
    "gzip-2-float": ("GZIP_2", -32, {"quantize_level": 0.0}),
    "gzip-2-quantized": ("GZIP_2", -32, {"quantize_method": 1, "dither_seed": 3}),
    "hcompress-16": ("HCOMPRESS_1", 16, {"tile_shape": (16, 50)}),
    "hcompress-float": ("HCOMPRESS_1", -32, {"tile_shape": (16, 50), "quantize_method": 1, "dither_seed": 8}),
    "plio-16": ("PLIO_1", 16, {}),
    "nocompress-16": ("NOCOMPRESS", 16, {}),
}


def pixels_of(bitpix: Bitpix, shape: tuple[int, ...] = (40, 50), *, seed: int = 0) -> Array:
    """Sky with noise and some stars, as whole numbers where ``bitpix`` says so."""
    rng = np.random.default_rng(seed)
    values = 100 + 3 * rng.standard_normal(shape)
    stars = rng.integers(0, values.size, max(values.size // 200, 1))
    values.flat[stars] += 100 * rng.random(len(stars))
    return values.astype(_TYPES[bitpix])


def write_image(path: Path, pixels: Array, cards: Cards | None = None) -> Path:
    """A file with the pixels in its primary HDU."""
    from astropy.io import fits

    hdu = fits.PrimaryHDU(pixels)
    hdu.header.update(dict(cards or {}))
    hdu.writeto(path)
    return path


def write_extensions(path: Path, extensions: Sequence[tuple[Array | None, Cards]], cards: Cards | None = None) -> Path:
    """A file with an empty primary HDU and an image extension for each pixels and cards."""
    from astropy.io import fits

    hdus = [fits.PrimaryHDU()]
    hdus[0].header.update(dict(cards or {}))
    for pixels, own in extensions:
        hdu = fits.ImageHDU(pixels)
        hdu.header.update(dict(own))
        hdus.append(hdu)
    fits.HDUList(hdus).writeto(path)
    return path


def write_packed(
    path: Path, packing: str, *, shape: tuple[int, ...] = (40, 50), cards: Cards | None = None, seed: int = 0
) -> Path:
    """A file with a picture in compressed tiles; ``packing`` is one of `PACKINGS`."""
    from astropy.io import fits

    algorithm, bitpix, told = PACKINGS[packing]
    pixels = pixels_of(bitpix, shape, seed=seed)
    if packing == "rice-float-dither-2":
        pixels[3, 4:9] = 0
    if algorithm == "PLIO_1":
        pixels = np.greater(pixels, 105).astype(np.int16)
    hdu = fits.CompImageHDU(pixels, fits.Header(dict(cards or {})), compression_type=algorithm, name="SCI", **told)
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path)
    return path
