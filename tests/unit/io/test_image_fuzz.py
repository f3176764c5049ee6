"""Damaged images by the thousand: each opens or is refused with a sentence, at once, and nothing grows."""

import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import UserError
from desktop_app.core.sky_image import SkyImage
from desktop_app.io import open_file, summarise
from desktop_app.io.images.tile_codecs import Coding, DamagedTileError, decoder
from tests.image_files import PACKINGS, TAN, pixels_of, write_extensions, write_image, write_packed

PACKED_ROUNDS = 60
PLAIN_ROUNDS = 200
TILE_ROUNDS = 2000
SLOWEST_S = 2.0
VALUES = (
    "0 -1 1 2 3 7 8 16 32 -32 64 -64 50 4096 65536 2147483647 2147483648 -2147483648 99999999999 9223372036854775807 "
    "1.5 1E300 NaN T 'x' 'RICE_1' 'PLIO_1' 'HCOMPRESS_1' 'GZIP_1' 'GZIP_2' 'NOCOMPRESS' 'SUBTRACTIVE_DITHER_2' '1PB'"
)
KEYWORDS = (
    "SIMPLE XTENSION BITPIX NAXIS NAXIS1 NAXIS2 NAXIS3 PCOUNT GCOUNT THEAP TFIELDS TFORM1 TFORM2 TTYPE1 ZIMAGE "
    "ZBITPIX ZNAXIS ZNAXIS1 ZNAXIS2 ZTILE1 ZTILE2 ZCMPTYPE ZNAME1 ZVAL1 ZVAL2 ZDITHER0 ZQUANTIZ ZBLANK BSCALE BZERO "
    "BLANK EXTNAME EXTVER CTYPE1 CRVAL1 CRPIX1 CD1_1 RADESYS DATE-OBS EXPTIME"
)


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """The file with some bytes or bits changed, a stretch wiped out, its end cut off, or a card edited."""
    torn = bytearray(content)
    match rng.integers(5):
        case 0:
            for place in rng.integers(0, len(torn), rng.integers(1, 9)):
                torn[place] = rng.integers(256)
        case 1:
            for place in rng.integers(0, len(torn), rng.integers(1, 5)):
                torn[place] ^= 1 << int(rng.integers(8))
        case 2:
            begin = int(rng.integers(len(torn)))
            stretch = torn[begin : begin + int(rng.integers(1, 400))]
            torn[begin : begin + len(stretch)] = bytes([int(rng.choice([0, 255, 32]))]) * len(stretch)
        case 3:
            del torn[int(rng.integers(len(torn))) :]
        case _:
            for _ in range(int(rng.integers(1, 4))):
                keyword = str(rng.choice(KEYWORDS.split())).ljust(8).encode() + b"="
                place = torn.find(keyword, int(rng.integers(2)) * 2880)
                if place >= 0:
                    torn[place : place + 80] = (keyword + str(rng.choice(VALUES.split())).rjust(21).encode()).ljust(80)
    return bytes(torn)


def check(path: Path) -> None:
    """Open ``path`` with all that hangs on it: it opens or is refused, and that soon."""
    start, said = time.monotonic(), list[str]()
    for doing in (open_file, summarise):
        try:
            data = doing(path)
        except UserError as error:
            said.append(error.message)
            continue
        if isinstance(data, SkyImage):
            assert data.pixels.ndim == 2
            assert isinstance(data.source.header, tuple)
            if data.sky is not None:
                data.sky.to_sky(np.zeros(1), np.zeros(1))
    assert time.monotonic() - start < SLOWEST_S
    assert all(message.endswith(".") for message in said)


def check_damaged(content: bytes, path: Path, rounds: int, rng: np.random.Generator) -> None:
    for _ in range(rounds):
        path.write_bytes(damaged(content, rng))
        check(path)


@pytest.mark.parametrize("packing", list(PACKINGS))
def test_that_a_damaged_compressed_image_opens_or_is_refused(tmp_path: Path, packing: str) -> None:
    content = write_packed(tmp_path / "whole.fits.fz", packing, cards=TAN).read_bytes()
    seed = list(PACKINGS).index(packing)
    check_damaged(content, tmp_path / "torn.fits.fz", PACKED_ROUNDS, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", ["plain", "cube", "extensions", "gzip"])
def test_that_a_damaged_image_opens_or_is_refused(tmp_path: Path, kind: str) -> None:
    whole = tmp_path / f"whole.fits{'.gz' if kind == 'gzip' else ''}"
    if kind == "extensions":
        named = [("SCI", pixels_of(-32)), ("DQ", pixels_of(16)), ("ERR", pixels_of(-64))]
        write_extensions(whole, [(pixels, {"EXTNAME": name, "EXTVER": 1, **TAN}) for name, pixels in named])
    else:
        shape = (6, 20, 20) if kind == "cube" else (40, 50)
        write_image(whole, pixels_of(16, shape), {**TAN, "DATE-OBS": "2020-01-01T00:00:00", "EXPTIME": 3.0})
    rng = np.random.default_rng(len(kind))
    check_damaged(whole.read_bytes(), tmp_path / "torn.fits", PLAIN_ROUNDS, rng)


def test_that_damaged_images_leave_nothing_in_memory(tmp_path: Path) -> None:
    content = write_packed(tmp_path / "whole.fits.fz", "rice-float-dither-1", cards=TAN).read_bytes()
    rng = np.random.default_rng(3)
    check_damaged(content, tmp_path / "torn.fits.fz", 40, rng)
    tracemalloc.start()
    try:
        check_damaged(content, tmp_path / "torn.fits.fz", 60, rng)
        before, _peak = tracemalloc.get_traced_memory()
        check_damaged(content, tmp_path / "torn.fits.fz", 60, rng)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 1 << 20
    assert peak < 64 << 20


def tiles(algorithm: str) -> Iterator[tuple[Coding, bytes, tuple[int, int]]]:
    """Sound tiles of an algorithm in several shapes."""
    from astropy.io.fits.hdu.compressed import _codecs as codecs

    rng = np.random.default_rng(1)
    for shape in ((16, 50), (4, 4), (5, 37), (33, 64)):
        values = (100 + 5 * rng.standard_normal(shape)).astype(np.int32)
        coding = Coding(algorithm, {"BLOCKSIZE": 32, "BYTEPIX": 4}, False, values.size)
        match algorithm:
            case "RICE_1":
                packed = codecs.Rice1(blocksize=32, bytepix=4, tilesize=values.size).encode(values)
            case "PLIO_1":
                packed = codecs.PLIO1(tilesize=values.size).encode(values)
                packed = np.frombuffer(packed, "=i2").astype(">i2").tobytes()
            case _:
                made = codecs.HCompress1(scale=0, smooth=False, bytepix=8, nx=shape[0], ny=shape[1])
                packed = made.encode(values.astype(np.int64))
        decode = decoder(coding)
        assert decode is not None
        np.testing.assert_array_equal(decode(memoryview(packed), shape).reshape(shape), values)
        yield coding, packed, shape


def torn_tile(packed: bytes, rng: np.random.Generator, kept: int) -> bytes:
    torn = bytearray(packed)
    place = int(rng.integers(min(kept, len(torn) - 1), len(torn)))
    match rng.integers(4):
        case 0:
            del torn[place:]
        case 1:
            torn[place:] = bytes([int(rng.choice([0, 255, 240]))]) * (len(torn) - place)
        case 2:
            torn[place:] = rng.bytes(len(torn) - place)
        case _:
            for at in rng.integers(place, len(torn), 8):
                torn[at] = rng.integers(256)
    return bytes(torn)


@pytest.mark.parametrize("algorithm", ["RICE_1", "PLIO_1", "HCOMPRESS_1"])
@pytest.mark.parametrize("kept", [0, 25])
def test_that_no_damaged_tile_ends_the_process(algorithm: str, kept: int) -> None:
    rng = np.random.default_rng(kept)
    refused = 0
    for coding, packed, shape in tiles(algorithm):
        decode = decoder(coding)
        assert decode is not None
        for _ in range(TILE_ROUNDS):
            try:
                decode(memoryview(torn_tile(packed, rng, kept)), shape)
            except DamagedTileError as error:
                refused += bool(str(error))
    assert refused


def sized(path: Path, **cards: int | str) -> Path:
    """A compressed image with some cards of its table changed."""
    content = bytearray(write_packed(path, "rice-16").read_bytes())
    for keyword, value in cards.items():
        place = content.index(keyword.ljust(8).encode() + b"=", 2880)
        content[place : place + 80] = f"{keyword:<8}={value:>21}".encode().ljust(80)
    path.write_bytes(bytes(content))
    return path


@pytest.mark.parametrize(
    ("cards", "said"),
    [
        ({"ZNAXIS1": 1 << 40}, "ZNAXIS1|tiles"),
        ({"ZNAXIS1": 3_000_000, "ZTILE1": 3_000_000}, "is more than|cannot be unpacked"),
        ({"ZNAXIS2": 1 << 30, "ZTILE2": 1 << 30}, "tiles"),
        ({"ZTILE2": 0, "ZNAXIS2": 41}, "its axes make 41 tiles, its table has 40"),
        ({"ZBITPIX": 12}, "ZBITPIX = 12"),
        ({"ZCMPTYPE": "'ZLIB_9'"}, "does not know its compression 'ZLIB_9'"),
        ({"ZVAL2": 8}, "BYTEPIX = 8 and BLOCKSIZE = 32 cannot be"),
        ({"ZVAL1": 0}, "BLOCKSIZE = 0 cannot be"),
        ({"TTYPE1": "'OTHER'"}, "has no column COMPRESSED_DATA"),
    ],
)
def test_that_absurd_tiles_are_refused_with_a_sentence(tmp_path: Path, cards: dict[str, int | str], said: str) -> None:
    path = sized(tmp_path / "absurd.fits.fz", **cards)
    with pytest.raises(UserError, match=said):
        open_file(path)
    check(path)


def made(folder: Path, header: list[tuple[str, object]], *, data: bytes = b"") -> Path:
    """A file of one header and some bytes behind it."""
    from astropy.io.fits import Card

    cards = "".join(str(Card(keyword, value)) for keyword, value in [("SIMPLE", True), *header])
    path = folder / "made.fits"
    head = (cards + "END".ljust(80)).encode()
    path.write_bytes(head.ljust(-(-len(head) // 2880) * 2880) + data)
    return path


@pytest.mark.parametrize("axes", [(40_000, 40_000), (1 << 40, 2), (300, 300, 1 << 30), (2,) * 60, (3,) * 998])
def test_that_absurd_axes_are_refused_at_once_and_without_memory(tmp_path: Path, axes: tuple[int, ...]) -> None:
    header: list[tuple[str, object]] = [("BITPIX", 16), ("NAXIS", len(axes))]
    path = made(tmp_path, header + [(f"NAXIS{n}", size) for n, size in enumerate(axes, 1)], data=bytes(2880))
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match=r"more than a picture|cut short|holds no picture"):
            open_file(path, part=None)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 32 << 20
    check(path)


@pytest.mark.parametrize("column", ["GZIP_COMPRESSED_DATA", "UNCOMPRESSED_DATA"])
@pytest.mark.parametrize("count", [1, 50, 51, 99, 100, 200])
def test_that_a_tile_kept_whole_of_a_wrong_length_is_refused(tmp_path: Path, column: str, count: int) -> None:
    import gzip

    from astropy.io import fits

    packed = gzip.compress(bytes(count)) if column.startswith("GZIP") else bytes(count)
    cells = np.array([np.frombuffer(packed, np.uint8), np.frombuffer(packed, np.uint8)], dtype=object)
    empty = np.array([np.zeros(0, np.uint8)] * 2, dtype=object)
    table = fits.BinTableHDU.from_columns(
        [fits.Column("COMPRESSED_DATA", "1PB()", array=empty), fits.Column(column, "1PB()", array=cells)]
    )
    sizes = {"ZBITPIX": -32, "ZNAXIS": 2, "ZNAXIS1": 25, "ZNAXIS2": 2, "ZTILE1": 25, "ZTILE2": 1}
    table.header.update({"ZIMAGE": True, "ZCMPTYPE": "RICE_1", **sizes})
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(tmp_path / "a.fits")
    if count == 100 or (column == "UNCOMPRESSED_DATA" and count > 100):
        assert isinstance(open_file(tmp_path / "a.fits"), SkyImage)
        return
    with pytest.raises(UserError, match="cannot be unpacked: a tile of 25 pixels"):
        open_file(tmp_path / "a.fits")


def test_that_a_tile_of_gzip_cannot_unpack_to_more_than_a_tile(tmp_path: Path) -> None:
    import zlib

    packer = zlib.compressobj(9, wbits=31)
    bomb = packer.compress(bytes(64 << 20)) + packer.flush()
    decode: Callable[..., object] | None = decoder(Coding("GZIP_1", {}, False, 100))
    assert decode is not None
    tracemalloc.start()
    try:
        with pytest.raises(DamagedTileError, match="a tile of 100 pixels unpacks to 801 bytes"):
            decode(memoryview(bomb), (10, 10))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20
