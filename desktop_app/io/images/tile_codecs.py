"""Rice, GZIP, PLIO and HCOMPRESS: one compressed tile into numbers, whatever its bytes are.

The numerics are astropy's compiled ones. Those trust what they are given: where a tile is damaged they read on behind
its end, and take sizes from it. So each tile is handed over with room behind it, and with its sizes checked before.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

Shape = tuple[int, ...]
Decode = Callable[[memoryview, Shape], NDArray[np.generic]]

# Rice and HCOMPRESS take memory on the file's word for a whole tile; what writes them cuts tiles of some rows.
_COMPILED_LIMIT_PIXELS = 1 << 24
_RICE_BYTES = (1, 2, 4)
_RICE_LONGEST_BLOCK = 1 << 12
_ONES = 0xFF
_HCOMPRESS_MAGIC = b"\xdd\x99"
_HCOMPRESS_HEAD_BYTES = 25
_MOST_BIT_PLANES = 62


class DamagedTileError(Exception):
    """A tile that cannot be unpacked; the message is a phrase about it."""


@dataclass(frozen=True)
class Coding:
    """How the tiles of an HDU are packed.

    Attributes
    ----------
    algorithm : str
        As ZCMPTYPE names it.
    settings : mapping of str to int
        Its parameters, as ZNAMEn and ZVALn give them.
    floats : bool
        Whether GZIP packs floating point, not whole numbers that were made of it.
    largest : int
        Pixels in the largest tile.
    widest : int
        The most bytes that GZIP can have for a pixel.
    """

    algorithm: str
    settings: Mapping[str, int]
    floats: bool
    largest: int
    widest: int = 8


def decoder(coding: Coding) -> Decode | None:
    """What makes numbers of a tile's bytes and its shape; None for an algorithm that nobody knows.

    Raises
    ------
    DamagedTileError
        Its parameters cannot be. What comes back raises it for a damaged tile.
    """
    match coding.algorithm:
        case "RICE_1" | "RICE_ONE":
            return _rice(coding)
        case "PLIO_1":
            return _plio(coding)
        case "HCOMPRESS_1":
            return _hcompress(coding)
        case "GZIP_1":
            return lambda packed, shape: _typed(_gunzipped(packed, shape, coding), prod(shape), coding)
        case "GZIP_2":
            return lambda packed, shape: _typed(
                _in_order(_gunzipped(packed, shape, coding), shape), prod(shape), coding
            )
        case "NOCOMPRESS":
            return lambda packed, shape: _typed(np.frombuffer(packed, np.uint8), prod(shape), coding)
        case _:
            return None


def _gunzipped(packed: memoryview, shape: Shape, coding: Coding) -> NDArray[np.uint8]:
    return gunzipped(packed, prod(shape), coding.widest)


def gunzipped(packed: memoryview, count: int, widest: int) -> NDArray[np.uint8]:
    """The bytes in a gzip stream of ``count`` pixels, at most ``widest`` a pixel.

    Raises
    ------
    DamagedTileError
    """
    stream = zlib.decompressobj(wbits=31)
    try:
        unpacked = stream.decompress(packed, widest * count + 1)
    except zlib.error as error:
        raise DamagedTileError(f"a tile is damaged ({error})") from error
    if not unpacked or len(unpacked) > widest * count or len(unpacked) % count:
        raise DamagedTileError(f"a tile of {count:,} pixels unpacks to {len(unpacked):,} bytes")
    return np.frombuffer(unpacked, np.uint8)


def _in_order(shuffled: NDArray[np.uint8], shape: Shape) -> NDArray[np.uint8]:
    """Bytes that stood in order of their significance, pixel by pixel again."""
    return np.ascontiguousarray(shuffled.reshape(-1, prod(shape)).T).reshape(-1)


def _typed(unpacked: NDArray[np.uint8], count: int, coding: Coding) -> NDArray[np.generic]:
    """Bytes as the numbers they are, by how many there are of them."""
    width = len(unpacked) // count
    if width not in (1, 2, 4, 8) or len(unpacked) != width * count:
        raise DamagedTileError(f"a tile of {count:,} pixels has {len(unpacked):,} bytes")
    return unpacked.view(f">{'f' if coding.floats and width >= 4 else 'u' if width == 1 else 'i'}{width}")


def _rice(coding: Coding) -> Decode:
    block, width = coding.settings.get("BLOCKSIZE", 32), coding.settings.get("BYTEPIX", 4)
    _check_largest(coding)
    if width not in _RICE_BYTES or not 1 <= block <= _RICE_LONGEST_BLOCK:
        raise DamagedTileError(f"BYTEPIX = {width} and BLOCKSIZE = {block} cannot be")
    decompress = _compiled("decompress_rice_1_c")
    # It looks for its end after each block; a pixel takes at most its own bits and five, and ones end a run of zeros.
    room = _Room(8 * block + 64, _ONES)

    def decode(packed: memoryview, shape: Shape) -> NDArray[np.generic]:
        held = room.hold(np.frombuffer(packed, np.uint8))
        with _telling_damage():
            unpacked = decompress(held, block, width, prod(shape))
        return np.frombuffer(unpacked, np.uint8 if width == 1 else f"=i{width}")

    return decode


def _plio(coding: Coding) -> Decode:
    _check_largest(coding)
    decompress = _compiled("decompress_plio_1_c")
    room = _Room(64, 0)

    def decode(packed: memoryview, shape: Shape) -> NDArray[np.generic]:
        words = np.frombuffer(packed[: len(packed) // 2 * 2], ">i2").astype("=i2")
        if len(words) < (4 if words[2:3].sum() > 0 else 7):
            raise DamagedTileError("a tile is too short to be a list of pixels")
        # The list says itself how long it is, in one of two ways.
        length, first = (int(words[2]), 3) if words[2] > 0 else ((int(words[4]) << 15) + int(words[3]), int(words[1]))
        if not 0 <= length <= len(words) or not 0 <= first <= len(words):
            raise DamagedTileError(f"a tile of {len(words):,} words promises {length:,}")
        with _telling_damage():
            return np.frombuffer(decompress(room.hold(words.view(np.uint8)), prod(shape)), "=i4")

    return decode


def _hcompress(coding: Coding) -> Decode:
    scale, smooth = coding.settings.get("SCALE", 0), coding.settings.get("SMOOTH", 0)
    _check_largest(coding)
    if not 0 <= scale < 1 << 31 or smooth not in (0, 1):
        raise DamagedTileError(f"SCALE = {scale} and SMOOTH = {smooth} cannot be")
    decompress = _compiled("decompress_hcompress_1_c")
    # It never looks for its end: at most it reads all bit planes of all pixels, at less than half a byte for each.
    room = _Room(_MOST_BIT_PLANES * coding.largest + 4096, 0)

    def decode(packed: memoryview, shape: Shape) -> NDArray[np.generic]:
        sides = [side for side in shape if side != 1]
        head = bytes(packed[:_HCOMPRESS_HEAD_BYTES])
        if len(sides) != 2:
            raise DamagedTileError(f"HCOMPRESS has no tiles of {' × '.join(map(str, shape))} pixels")
        stated = [int.from_bytes(head[at : at + 4], "big") for at in (2, 6)]
        if len(head) < _HCOMPRESS_HEAD_BYTES or not head.startswith(_HCOMPRESS_MAGIC) or stated != sides:
            raise DamagedTileError(f"a tile of {' × '.join(map(str, sides))} pixels says that it has another size")
        if max(head[22:25]) > _MOST_BIT_PLANES:
            raise DamagedTileError(f"a tile promises {max(head[22:25])} bits a pixel")
        with _telling_damage():
            unpacked = decompress(room.hold(np.frombuffer(packed, np.uint8)), *sides, scale, smooth, 8)
        return np.frombuffer(unpacked, "=i4")

    return decode


def _check_largest(coding: Coding) -> None:
    if coding.largest > _COMPILED_LIMIT_PIXELS:
        raise DamagedTileError(f"its tiles of {coding.largest:,} pixels are larger than any")


def _compiled(name: str) -> Callable[..., bytes]:
    """One of astropy's compiled routines."""
    try:
        from astropy.io.fits.hdu.compressed import _compression
    except ImportError:
        # Where they were before astropy 7.
        from astropy.io.fits._tiled_compression import _compression
    return getattr(_compression, name)


@contextmanager
def _telling_damage() -> Iterator[None]:
    try:
        yield
    # Its class of errors is hidden in the compiled module, and is no more than an Exception.
    except Exception as error:
        if type(error).__name__ not in ("CfitsioException", "ValueError"):
            raise
        raise DamagedTileError(f"a tile is damaged ({error})") from error


class _Room:
    """Memory that holds one tile after the other, with ``behind`` bytes of filling behind each."""

    def __init__(self, behind: int, filling: int) -> None:
        self._behind, self._filling = behind, filling
        self._room = np.zeros(0, np.uint8)
        self._used = 0

    def hold(self, data: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A copy of ``data``; whoever reads on behind it reads filling."""
        if len(self._room) < len(data) + self._behind:
            # Zeros that nobody touches take no memory.
            self._room = np.zeros(2 * len(data) + self._behind, np.uint8)
            if self._filling:
                self._room[:] = self._filling
            self._used = 0
        self._room[len(data) : self._used] = self._filling
        self._room[: len(data)] = data
        self._used = len(data)
        return self._room[: len(data)]
