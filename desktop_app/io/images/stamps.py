"""One small picture out of its own file, in a tenth of the time that a whole file of HDUs takes to be understood."""

import re
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.errors import ReadError
from desktop_app.core.sky import Sky
from desktop_app.io.images.image_file import image_file, sky_of
from desktop_app.io.images.pictures import science_first
from desktop_app.io.images.stored_pixels import Storage
from desktop_app.io.source import open_bytes

_BLOCK, _CARD = 2880, 80
_LIMIT_BYTES = 2 << 20
_NO_VALUE = 3e38
_BITPIX = (8, 16, 32, 64, -32, -64)
_NUMBER = re.compile(rb"\s*([+-]?\d+(?:\.\d*)?(?:[ED][+-]?\d+)?)\s*(?:/.*)?", re.IGNORECASE)
_TEXT = re.compile(rb"\s*'((?:[^']|'')*)'")


@dataclass(frozen=True, eq=False)
class Stamp:
    """The pixels of a stamp, shape (ny, nx), their unit as the file writes it, and where they are."""

    pixels: NDArray[np.float32]
    unit: str
    sky: Sky | None


def read_stamp(path: Path) -> Stamp:
    """The science picture of a file.

    Raises
    ------
    ReadError
        The file is broken, or holds no picture.
    """
    with open_bytes(path) as file:
        content = file.read(_LIMIT_BYTES)
    return _plain(content) or _any(path)


def _any(path: Path) -> Stamp:
    """The stamp by the long road, which knows extensions and compression."""
    file = image_file(path)
    picture = science_first(file.pictures)
    if 4 * prod(picture.shape) > _LIMIT_BYTES:
        raise ReadError(f"{path.name} has {picture.shape[1]} × {picture.shape[0]} pixels, and is no stamp.")
    pixels = picture.pixels(path, 0).astype(np.float32)
    return Stamp(_known(pixels), picture.header.text("BUNIT"), sky_of(file, picture))


def _plain(content: bytes) -> Stamp | None:
    """The stamp in a primary HDU of two axes; None for everything else."""
    cards: dict[bytes, bytes] = {}
    at = 0
    while (card := content[at : at + _CARD]) and card[:8] != b"END     ":
        cards.setdefault(card[:8].rstrip(), card[8:])
        at += _CARD
    data_at = -(-(at + _CARD) // _BLOCK) * _BLOCK
    numbers = [_number(cards, keyword) for keyword in (b"BITPIX", b"NAXIS", b"NAXIS1", b"NAXIS2")]
    if not card or not content.startswith(b"SIMPLE  =") or None in numbers:
        return None
    bitpix, axes, nx, ny = (int(number or 0) for number in numbers)
    if bitpix not in _BITPIX or axes != 2 or min(nx, ny) < 2:
        return None
    blank = _number(cards, b"BLANK")
    storage = Storage(
        bitpix,
        _number(cards, b"BSCALE", 1.0) or 0.0,
        _number(cards, b"BZERO", 0.0) or 0.0,
        int(blank) if blank is not None and bitpix > 0 else None,
    )
    raw = content[data_at : data_at + nx * ny * storage.stored.itemsize]
    if len(raw) < nx * ny * storage.stored.itemsize:
        return None
    pixels = storage.empty((ny, nx))
    with np.errstate(all="ignore"):
        storage.fill(pixels, np.frombuffer(raw, storage.stored).reshape(ny, nx))
        single = _known(pixels.astype(np.float32, copy=False))
    sky = Sky(content[:at].decode("ascii", "replace")).lean() if b"CTYPE1" in cards else None
    unit = _TEXT.match(cards.get(b"BUNIT", b"=")[1:])
    return Stamp(single, unit[1].decode("ascii", "replace").strip() if unit else "", sky)


def _known(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """``pixels`` with NaN for the ends of float32, with which pipelines mark pixels without a value."""
    beyond = np.abs(pixels) >= _NO_VALUE
    return np.where(beyond, np.float32(np.nan), pixels) if beyond.any() else pixels


def _number(cards: dict[bytes, bytes], keyword: bytes, missing: float | None = None) -> float | None:
    if keyword not in cards:
        return missing
    match = _NUMBER.fullmatch(cards[keyword][1:])
    return float(match[1].upper().replace(b"D", b"E")) if match else missing
