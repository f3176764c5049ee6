"""Damaged copies of a file's bytes, by a seed: flipped bits, cuts, blocks moved, header cards and fields rewritten."""

import gzip
from collections.abc import Callable

import numpy as np

_CARD = 80
_BLOCK = 2880
_NUMBERS = (
    *(b"0", b"1", b"-1", b"7", b"9999", b"2147483648", b"-9223372036854775808", b"99999999999999999999"),
    *(b"1e400", b"NaN", b"-0.0", b"T", b"F", b"''", b"'1PE(9999999)'", b"'1J'", b"'999999999E'", b"'QE(7)'"),
    *(b"'0X'", b"'A'", b"'RA---TAN-SIP'", b"'(9999,9999,9999)'", b"'IMAGE   '", b"'BINTABLE'", b"'TABLE   '"),
    *(b"'RICE_1  '", b"'GZIP_1  '", b"'HCOMPRESS_1'", b"&", b"", b"\xff\xfe", b"'unclosed"),
)
_FIELDS = (
    *(b"", b"nan", b"inf", b"-1e308", b"1e999", b"0x10", b"2018-13-45T99:99:99", b"a,b", b'"', b"\x00", b"\xff"),
    *(b"9" * 400, b"None", b"--", b"1;2", b"<x>", b"</TABLEDATA>", b"&amp;", b"&boom;", b"]]>", b"{", b"}", b"\n\n"),
)
_KEYWORDS = tuple(
    keyword.ljust(8).encode()
    for keyword in [
        "NAXIS",
        "NAXIS1",
        "NAXIS2",
        "BITPIX",
        "PCOUNT",
        "GCOUNT",
        "TFIELDS",
        "XTENSION",
        "THEAP",
        "TFORM1",
        "TDIM5",
        "TZERO2",
        "TSCAL2",
        "TNULL1",
        "BSCALE",
        "BZERO",
        "BLANK",
        "ZNAXIS1",
        "ZTILE1",
        "ZCMPTYPE",
        "ZBITPIX",
        "ZIMAGE",
        "CRVAL1",
        "CRPIX1",
        "CD1_1",
        "CTYPE1",
        "A_ORDER",
        "BJDREFI",
        "TIMEUNIT",
        "MJDREF",
        "EXTNAME",
        "CONTINUE",
        "END",
        "SIMPLE",
        "TTYPE1",
        "DATE-OBS",
    ]
)


def mutant(content: bytes, seed: int) -> bytes:
    """``content`` with one to four kinds of damage; a gzipped file is mostly damaged inside, and packed again."""
    rng = np.random.default_rng(seed)
    if content.startswith(b"\x1f\x8b") and rng.random() < 0.8:
        return gzip.compress(mutant(gzip.decompress(content), seed), compresslevel=1)
    kinds = _FITS if content.startswith(b"SIMPLE") else _OTHERS
    for _ in range(int(rng.integers(1, 5))):
        if len(content) < 2:
            break
        content = kinds[int(rng.integers(len(kinds)))](content, rng)
    return content


def _flipped(content: bytes, rng: np.random.Generator) -> bytes:
    damaged = bytearray(content)
    for _ in range(int(rng.integers(1, 30))):
        damaged[int(rng.integers(len(damaged)))] ^= 1 << int(rng.integers(8))
    return bytes(damaged)


def _filled(content: bytes, rng: np.random.Generator) -> bytes:
    start, length = int(rng.integers(len(content))), int(rng.integers(1, 3000))
    stop = min(start + length, len(content))
    return content[:start] + bytes([int(rng.choice([0, 0xFF, 0x20, 0x7F]))]) * (stop - start) + content[stop:]


def _cut(content: bytes, rng: np.random.Generator) -> bytes:
    return content[: int(rng.integers(1, len(content)))]


def _without_piece(content: bytes, rng: np.random.Generator) -> bytes:
    start = int(rng.integers(len(content)))
    return content[:start] + content[start + int(rng.integers(1, _BLOCK)) :]


def _repeated(content: bytes, rng: np.random.Generator) -> bytes:
    start = int(rng.integers(len(content)))
    stop = start + int(rng.integers(1, 2 * _BLOCK))
    return content[:stop] + content[start:stop] * int(rng.integers(1, 4)) + content[stop:]


def _without_block(content: bytes, rng: np.random.Generator) -> bytes:
    place = int(rng.integers(1 + len(content) // _BLOCK)) * _BLOCK
    return content[:place] + content[place + _BLOCK :]


def _card_changed(content: bytes, rng: np.random.Generator) -> bytes:
    """One card of some header with another value; mostly one of those that give sizes and types."""
    value = _NUMBERS[int(rng.integers(len(_NUMBERS)))]
    keyword = _KEYWORDS[int(rng.integers(len(_KEYWORDS)))]
    places = [at for at in range(0, min(len(content), 400_000), _CARD) if content.startswith(keyword, at)]
    if not places:
        places = [int(rng.integers(1 + min(len(content), 60_000) // _CARD)) * _CARD]
        keyword = content[places[0] : places[0] + 8].ljust(8) if rng.random() < 0.5 else keyword
    at = places[int(rng.integers(len(places)))]
    card = (keyword + b"= " + value.rjust(20)).ljust(_CARD)[:_CARD]
    return content[:at] + card + content[at + _CARD :]


def _card_doubled(content: bytes, rng: np.random.Generator) -> bytes:
    at = int(rng.integers(1 + min(len(content), 60_000) // _CARD)) * _CARD
    return content[:at] + content[at : at + _CARD] * int(rng.integers(1, 80)) + content[at:]


def _field_changed(content: bytes, rng: np.random.Generator) -> bytes:
    """What stands between two signs of punctuation replaced."""
    start = int(rng.integers(len(content)))
    ends = [at for sign in (b",", b"\n", b">", b" ", b'"') if (at := content.find(sign, start)) > 0]
    stop = min(ends, default=start + 1)
    return content[:start] + _FIELDS[int(rng.integers(len(_FIELDS)))] + content[stop:]


def _lines_mixed(content: bytes, rng: np.random.Generator) -> bytes:
    lines = content.split(b"\n")
    first, second = (int(rng.integers(len(lines))) for _ in range(2))
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


_Damage = Callable[[bytes, np.random.Generator], bytes]
_ANY: tuple[_Damage, ...] = (_flipped, _filled, _cut, _without_piece, _repeated)
_FITS: tuple[_Damage, ...] = (*_ANY, _without_block, _card_doubled, *(5 * (_card_changed,)))
_OTHERS: tuple[_Damage, ...] = (*_ANY, *(3 * (_field_changed,)), _lines_mixed)
