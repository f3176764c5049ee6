"""Pictures that FITS keeps as compressed tiles in a table (.fz files): one plane of them into pixels."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import isfinite, prod

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.errors import ReadError
from desktop_app.core.sky_image import Pixels
from desktop_app.io.fits.fits_file import AGAIN, Header, guarded
from desktop_app.io.fits.fits_table import Column, columns_of
from desktop_app.io.images.dither import METHODS, Dither
from desktop_app.io.images.stored_pixels import Storage, check_size
from desktop_app.io.images.tile_codecs import Coding, DamagedTileError, Decode, decoder, gunzipped

_UNPACK = "Unpack it with funpack, and open what comes out."
_TILE_LIMIT_PIXELS = 1 << 26
# Each takes some microseconds, however small it is; a picture of 23,000 rows has 23,000.
_MOST_TILES = 1 << 18
# Pictures of constant value shrink a thousandfold.
_RATIO_LIMIT = 2000
_RATIO_FREE_BYTES = 256 << 20
_WIDTHS = {"B": 1, "I": 2, "J": 4, "E": 4, "D": 8}


@dataclass(frozen=True, eq=False)
class Tiles:
    """The layout of the compressed tiles of one HDU.

    Attributes
    ----------
    header : Header
        Of the table.
    axes : tuple of int
        Of the picture, as FITS counts: the fastest first.
    tile : tuple of int
        The size of a tile along each axis.
    columns : dict of str to Column
        Of the table.
    storage : Storage
        Of the pixels once they are unpacked.
    """

    header: Header
    axes: tuple[int, ...]
    tile: tuple[int, ...]
    columns: dict[str, Column]
    storage: Storage

    @property
    def counts(self) -> tuple[int, ...]:
        """The number of tiles along each axis."""
        return tuple(-(-axis // size) for axis, size in zip(self.axes, self.tile, strict=True))

    @property
    def quantized(self) -> bool:
        """Whether the tiles hold whole numbers that were made of floating point."""
        told = (name in self.columns or self.header.value(name) is not None for name in ("ZSCALE", "ZZERO"))
        return self.storage.bitpix < 0 and all(told)

    @property
    def coding(self) -> Coding:
        """How they are packed."""
        settings = {}
        for n in range(1, 10):
            value = self.header.number(f"ZVAL{n}")
            if self.header.text(f"ZNAME{n}") and isfinite(value):
                settings[self.header.text(f"ZNAME{n}").upper()] = int(value)
        floats = self.storage.bitpix < 0 and not self.quantized
        widest = 8 if abs(self.storage.bitpix) == 64 else 4
        return Coding(self.header.text("ZCMPTYPE").upper(), settings, floats, prod(self.tile), widest)

    def broken(self, how: object) -> ReadError:
        """The error for tiles that contradict themselves."""
        return ReadError(f"HDU {self.header.hdu} of {self.header.file} cannot be unpacked: {how}.", hint=AGAIN)


def tiles_of(header: Header, axes: tuple[int, ...], storage: Storage) -> Tiles:
    """The layout of the tiles.

    Raises
    ------
    ReadError
        A tile has no possible size, or there are more or fewer than the table has rows.
    """
    sizes = [header.size(f"ZTILE{n}") if header.value(f"ZTILE{n}") is not None else 0 for n in range(1, len(axes) + 1)]
    # The standard's default is one row of pixels.
    sizes = [size or (axes[0] if n == 0 else 1) for n, size in enumerate(sizes)]
    tile = tuple(min(size, axis) for size, axis in zip(sizes, axes, strict=True))
    with guarded(f"Table {header.hdu} of {header.file}"):
        tiles = Tiles(header, axes, tile, columns_of(header), storage)
    if prod(tile) > _TILE_LIMIT_PIXELS:
        raise tiles.broken(f"its tiles of {prod(tile):,} pixels are larger than any")
    if prod(tiles.counts) != header.size("NAXIS2"):
        raise tiles.broken(f"its axes make {prod(tiles.counts):,} tiles, its table has {header.size('NAXIS2'):,}")
    if prod(tiles.counts[:2]) > _MOST_TILES:
        raise tiles.broken(f"it is cut into {prod(tiles.counts[:2]):,} tiles")
    return tiles


def read_tiled_plane(tiles: Tiles, content: bytes, plane: tuple[int, ...]) -> Pixels:
    """One plane, shape (ny, nx), native and scaled.

    Parameters
    ----------
    tiles : Tiles
    content : bytes
        The whole HDU.
    plane : tuple of int
        Places along the axes behind the second, from 0.

    Raises
    ------
    ReadError
        A tile is damaged, or unpacks to what no picture is.
    """
    nx, ny = tiles.axes[:2]
    check_size(f"HDU {tiles.header.hdu} of {tiles.header.file}", (ny, nx), tiles.storage)
    if nx * ny * tiles.storage.stored.itemsize > max(_RATIO_FREE_BYTES, _RATIO_LIMIT * len(content)):
        raise tiles.broken(f"{len(content):,} bytes promise {nx:,} × {ny:,} pixels")
    out = tiles.storage.empty((ny, nx))
    try:
        table = _Table(tiles, content)
        with np.errstate(all="ignore"):
            for row, place, shape in _tiles_in(tiles, plane):
                inner = tuple(p - at for p, at in zip(plane, place[2:], strict=True))
                part = out[place[1] : place[1] + shape[-2], place[0] : place[0] + shape[-1]]
                table.fill(part, row, shape, tuple(reversed(inner)))
    except DamagedTileError as error:
        raise tiles.broken(error) from error
    return out


def _tiles_in(tiles: Tiles, plane: tuple[int, ...]) -> Iterator[tuple[int, tuple[int, ...], tuple[int, ...]]]:
    """Row in the table, first pixel along each axis, and shape, the slowest axis first, of each tile in a plane."""
    counts = tiles.counts
    behind = tuple(p // size for p, size in zip(plane, tiles.tile[2:], strict=True))
    steps = [prod(counts[:n]) for n in range(len(counts))]
    for y, x in product(range(counts[1]), range(counts[0])):
        numbers = (x, y, *behind)
        place = tuple(number * size for number, size in zip(numbers, tiles.tile, strict=True))
        sizes = [min(size, axis - at) for size, axis, at in zip(tiles.tile, tiles.axes, place, strict=True)]
        yield sum(n * step for n, step in zip(numbers, steps, strict=True)), place, tuple(reversed(sizes))


class _Table:
    """The rows of the table: where each tile's bytes are, and what its numbers are scaled with."""

    def __init__(self, tiles: Tiles, content: bytes) -> None:
        header, self._tiles = tiles.header, tiles
        self._rows, width = header.size("NAXIS2"), header.size("NAXIS1")
        begin = header.data_at - header.at
        if len(content) < begin + self._rows * width:
            raise DamagedTileError("its data are shorter than its table")
        self._values = np.frombuffer(content, _row_type(tiles), self._rows, begin)
        heap = header.size("THEAP") if header.value("THEAP") is not None else self._rows * width
        end = self._rows * width + (header.size("PCOUNT") if header.value("PCOUNT") is not None else 0)
        self._heap = memoryview(content)[begin:][min(heap, end) : end]
        self._places = {name: self._places_of(name) for name in tiles.columns if name.endswith("_DATA")}
        if "COMPRESSED_DATA" not in self._places:
            raise DamagedTileError("its table has no column COMPRESSED_DATA")
        self._scale, self._zero, self._blank = (self._numbers(name) for name in ("ZSCALE", "ZZERO", "ZBLANK"))
        self._dither = _dither_of(header)
        self._decode = _decoder_of(tiles)

    def fill(self, out: Pixels, row: int, shape: tuple[int, ...], inner: tuple[int, ...]) -> None:
        """Unpack one tile and write what it means into its part of the plane, which is ``inner`` of the tile's."""
        storage, count = self._tiles.storage, prod(shape)
        if packed := self._bytes_in("COMPRESSED_DATA", row):
            raw = self._decode(packed, shape)[:count]
            if self._tiles.quantized:
                raw = self._dither.values(raw, row, self._scaling(row))
        elif packed := self._bytes_in("GZIP_COMPRESSED_DATA", row):
            whole = gunzipped(packed, count, storage.stored.itemsize)
            raw = np.frombuffer(whole, storage.stored, len(whole) // storage.stored.itemsize)
        elif packed := self._bytes_in("UNCOMPRESSED_DATA", row):
            there = min(count, len(packed) // storage.stored.itemsize)
            raw = np.frombuffer(packed, storage.stored, there)
        else:
            out[...] = np.nan
            return
        if len(raw) != count:
            raise DamagedTileError(f"a tile of {count:,} pixels has {len(raw):,}")
        storage.fill(out, raw.reshape(shape)[inner])

    def _places_of(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the bytes of each row begin in the heap and how many there are."""
        pairs = self._values[name]
        form = self._tiles.header.text(f"TFORM{self._tiles.columns[name].place + 1}").upper().lstrip("1")
        if (
            pairs.dtype.kind != "i"
            or pairs.shape != (self._rows, 2)
            or form[:1] not in "PQ"
            or form[1:2] not in _WIDTHS
        ):
            raise DamagedTileError(f"its column {name} has TFORM = {form[:20]!r}")
        counts, begins = pairs.astype(np.int64).T
        if (counts < 0).any() or (counts > len(self._heap)).any():
            raise DamagedTileError(f"a tile in {name} has no possible length")
        sizes = counts * _WIDTHS[form[1]]
        # Written so that no sum of two numbers of the file can leave the range of integers.
        outside = (counts > 0) & ((begins < 0) | (begins > len(self._heap) - sizes))
        if outside.any():
            raise DamagedTileError(f"tile {int(np.argmax(outside)) + 1} lies outside of the data")
        if sizes.sum() > len(self._heap):
            raise DamagedTileError("its tiles share their bytes")
        return begins, sizes

    def _numbers(self, name: str) -> NDArray[np.float64] | None:
        if name not in self._tiles.columns:
            return None
        if not self._tiles.columns[name].is_number:
            raise DamagedTileError(f"its column {name} holds no numbers")
        return self._values[name].astype(np.float64)

    def _bytes_in(self, name: str, row: int) -> memoryview | None:
        """The bytes of a tile in a column; None where there is no such column."""
        if name not in self._places:
            return None
        begins, sizes = self._places[name]
        begin, size = int(begins[row]), int(sizes[row])
        return self._heap[begin : begin + size] if size else None

    def _scaling(self, row: int) -> tuple[float, float, float]:
        """The scale and the zero of a tile, and the number in it that means no value, NaN for none."""
        header = self._tiles.header
        scale = header.number("ZSCALE") if self._scale is None else float(self._scale[row])
        zero = header.number("ZZERO") if self._zero is None else float(self._zero[row])
        return scale, zero, header.number("ZBLANK") if self._blank is None else float(self._blank[row])


def _row_type(tiles: Tiles) -> np.dtype[np.generic]:
    return np.dtype([(name, column.dtype.newbyteorder(">")) for name, column in tiles.columns.items()])


def _dither_of(header: Header) -> Dither:
    method, seed = header.text("ZQUANTIZ").upper(), header.number("ZDITHER0")
    if method not in METHODS:
        raise DamagedTileError(f"ZQUANTIZ = {method[:30]!r} is unknown")
    return Dither(method, int(seed) if isfinite(seed) else 0)


def _decoder_of(tiles: Tiles) -> Decode:
    decode = decoder(tiles.coding)
    if decode is None:
        how = f"Peculiar does not know its compression {tiles.coding.algorithm[:30]!r}"
        raise ReadError(f"HDU {tiles.header.hdu} of {tiles.header.file} cannot be unpacked: {how}.", hint=_UNPACK)
    return decode
