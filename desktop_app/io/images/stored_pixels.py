"""Pixels as FITS stores them, turned into native floating point piece by piece while they are read."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan, prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools
from desktop_app.core.errors import ReadError
from desktop_app.core.sky_image import Pixels
from desktop_app.io.fits.fits_file import AGAIN, Header
from desktop_app.io.source import Bytes, open_bytes

# A picture of 23,000 by 23,000 pixels in float32; the largest detectors that read out as one have 11,000 by 11,000.
LIMIT_BYTES = 2 << 30
# Small enough to stay in the processor's cache from the file to the array.
_PIECE_BYTES = 1 << 19


@dataclass(frozen=True)
class Storage:
    """How the pixels of an HDU stand in the file.

    Attributes
    ----------
    bitpix : int
        As FITS counts: 8, 16, 32 and 64 for integers, -32 and -64 for floating point.
    scale, zero : float
        What a pixel means is ``zero + scale * stored``.
    blank : int or None
        The stored integer that means no value.
    """

    bitpix: int
    scale: float = 1.0
    zero: float = 0.0
    blank: int | None = None

    @property
    def stored(self) -> np.dtype[np.generic]:
        """The type in the file."""
        kind = "f" if self.bitpix < 0 else "u" if self.bitpix == 8 else "i"
        return np.dtype(f">{kind}{abs(self.bitpix) // 8}")

    @property
    def single(self) -> bool:
        """Whether float32 holds every stored value."""
        return self.bitpix in (8, 16, -32)

    def empty(self, shape: tuple[int, ...]) -> Pixels:
        """An array for the pixels; it takes memory only as it is filled."""
        return np.empty(shape, np.float32) if self.single else np.empty(shape, np.float64)

    def fill(self, out: Pixels, raw: NDArray[np.generic]) -> None:
        """Write what ``raw`` means, as the file stores it, into ``out`` of the same shape."""
        if self.bitpix == 64 and self.zero == 2.0**63 and self.scale == 1:
            # As floating point first, numbers of 64 bits would be rounded twice.
            out[...] = raw.astype(np.int64).view(np.uint64) ^ np.uint64(1 << 63)
        else:
            out[...] = raw
            if self.scale != 1:
                np.multiply(out, self.scale, out=out)
            if self.zero != 0:
                np.add(out, self.zero, out=out)
        if self.blank is not None:
            out[raw == self.blank] = np.nan


def storage_of(header: Header, bitpix: int) -> Storage:
    """The storage that the header of an image, or of one in tiles, tells."""
    scale, zero, blank = header.number("BSCALE"), header.number("BZERO"), header.value("BLANK")
    return Storage(
        bitpix=bitpix,
        scale=1.0 if isnan(scale) else scale,
        zero=0.0 if isnan(zero) else zero,
        blank=blank if bitpix > 0 and type(blank) is int else None,
    )


def check_size(what: str, shape: tuple[int, int], storage: Storage) -> None:
    """Refuse a picture that is larger than any.

    Raises
    ------
    ReadError
    """
    if prod(shape) * (4 if storage.single else 8) > LIMIT_BYTES:
        size = f"{shape[1]:,} × {shape[0]:,} pixels"
        raise ReadError(f"{what} has {size}, which is more than a picture here can have.", hint="Cut out a part of it.")


def read_plane(path: Path, header: Header, storage: Storage, shape: tuple[int, int], plane: int) -> Pixels:
    """One plane of an HDU, shape (ny, nx), native and scaled; only its own bytes are read.

    Raises
    ------
    ReadError
        It is larger than any picture, or the file ends inside it.
    """
    return next(read_planes(path, header, storage, shape, range(plane, plane + 1)))


def read_planes(
    path: Path, header: Header, storage: Storage, shape: tuple[int, int], planes: range
) -> Iterator[Pixels]:
    """Planes of an HDU that follow one another, each of shape (ny, nx).

    Raises
    ------
    ReadError
    """
    check_size(f"HDU {header.hdu} of {path.name}", shape, storage)
    count = prod(shape)
    with open_bytes(path) as file:
        file.skip(header.data_at + planes.start * count * storage.stored.itemsize)
        for _plane in planes:
            out = storage.empty(shape)
            flat = out.reshape(-1)
            for begin, raw in _pieces(file, path.name, header, storage, count):
                with np.errstate(all="ignore"):
                    storage.fill(flat[begin : begin + len(raw)], raw)
            yield out


def read_flags(
    path: Path, header: Header, storage: Storage, shape: tuple[int, int], plane: int, bits: int | None = None
) -> Bools:
    """Where a plane of an HDU is not zero, or has one of ``bits``, shape (ny, nx).

    Raises
    ------
    ReadError
    """
    check_size(f"HDU {header.hdu} of {path.name}", shape, storage)
    out = np.empty(shape, bool)
    flat = out.reshape(-1)
    with open_bytes(path) as file, np.errstate(all="ignore"):
        file.skip(header.data_at + plane * len(flat) * storage.stored.itemsize)
        for begin, raw in _pieces(file, path.name, header, storage, len(flat)):
            values = storage.empty(raw.shape)
            storage.fill(values, raw)
            flat[begin : begin + len(raw)] = flagged(values, bits)
    return out


def flagged(values: Pixels, bits: int | None = None) -> Bools:
    """Where a mask says anything, or has one of ``bits``; no value says nothing."""
    known = np.isfinite(values)
    if bits is None:
        return (values != 0) & known
    return (np.where(known & (np.abs(values) < 2**62), values, 0).astype(np.int64) & bits) != 0


def _pieces(
    file: Bytes, name: str, header: Header, storage: Storage, count: int
) -> Iterator[tuple[int, NDArray[np.generic]]]:
    """The next ``count`` stored pixels piece by piece, each with the place where it begins."""
    width = storage.stored.itemsize
    for begin in range(0, count, _PIECE_BYTES // width):
        wanted = min(_PIECE_BYTES // width, count - begin)
        piece = file.read(wanted * width)
        if len(piece) < wanted * width:
            missing = (count - begin) * width - len(piece)
            raise ReadError(f"{name} is cut short: {missing:,} bytes of {header.hdu} are missing.", hint=AGAIN)
        yield begin, np.frombuffer(piece, storage.stored)
