"""All HDUs of a FITS file: every header from the first to the last, and the bytes of any one HDU."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from desktop_app.core.errors import ReadError
from desktop_app.io.fits.fits_file import AGAIN, Header, parse_header
from desktop_app.io.source import Bytes, open_bytes, version_of

BLOCK = 2880
HDU_LIMIT = 4096
# 26,000 cards; the longest header known, that of a mosaic with its history, has about 9,000.
HEADER_LIMIT_BYTES = 2 << 20
_CARD = 80


@dataclass(frozen=True)
class Hdus:
    """The headers of a file in their order.

    Attributes
    ----------
    headers : tuple of Header
        At least the primary one.
    problem : str
        Why there are no more, where the file does not end where its last HDU ends; "" where all is well.
    """

    headers: tuple[Header, ...]
    problem: str = ""


def read_hdus(path: Path) -> Hdus:
    """Every header of ``path``, in about 0.3 ms each; data are passed over.

    Raises
    ------
    ReadError
        The first header is broken or has no end, a later one gives its data a size that cannot be, or it is no FITS.
    """
    return _read_hdus(path, version_of(path))


@lru_cache(maxsize=8)
def _read_hdus(path: Path, _version: tuple[int, int]) -> Hdus:
    found: list[Header] = []
    at = 0
    with open_bytes(path) as file:
        while len(found) < HDU_LIMIT:
            raw = _read_header(file, first=not found)
            if raw is None:
                break
            if isinstance(raw, str):
                if not found:
                    raise ReadError(f"{path.name} {raw}.", hint=AGAIN)
                return Hdus(tuple(found), f"{path.name} {raw} after HDU {found[-1].hdu}.")
            header = parse_header(path.name, len(found), raw, at)
            found.append(header)
            size = header.data_size_padded
            at = header.data_at + size
            passed = file.skip(size)
            # The last blank block is often left out, and nothing is lost with it.
            if passed < header.data_size:
                missing = header.data_size - passed
                return Hdus(tuple(found), f"{path.name} is cut short: {missing:,} bytes of {header.hdu} are missing.")
    if not found:
        raise ReadError(f"{path.name} is empty.", hint=AGAIN)
    return Hdus(tuple(found))


def _read_header(file: Bytes, *, first: bool) -> bytes | str | None:
    """The next header with its END card; None at the end of the file, a phrase where there is something else."""
    raw = file.read(BLOCK)
    if not raw.strip(b"\0 \n"):
        return None
    if not raw.startswith(b"SIMPLE  =" if first else b"XTENSION"):
        return "does not begin like FITS" if first else "holds something that is no FITS"
    while not has_end(raw[-BLOCK:]):
        more = file.read(BLOCK)
        if not more or len(raw) >= HEADER_LIMIT_BYTES:
            return "has a header without end" if more else "is cut short inside a header"
        raw += more
    return raw


def has_end(block: bytes) -> bool:
    """Whether the last card of a header stands in ``block``."""
    return any(block.startswith(b"END     ", at) or block[at:] == b"END" for at in range(0, len(block), _CARD))


def header_text(path: Path, header: Header) -> str:
    """The cards of a header as the file has them, one after the other, without what follows END.

    Raises
    ------
    ReadError
    """
    with open_bytes(path) as file:
        file.skip(header.at)
        raw = file.read(header.data_at - header.at).decode("ascii", "replace")
    cards = [raw[at : at + _CARD] for at in range(0, len(raw), _CARD)]
    ends = [place for place, card in enumerate(cards) if card.rstrip() == "END"]
    return "".join(cards[: ends[0]] if ends else cards)


def read_hdu(path: Path, header: Header) -> bytes:
    """The whole HDU, header and data, padded to whole blocks where the file leaves out the last one's filling.

    Raises
    ------
    ReadError
        The file ends inside the data.
    """
    begin = header.data_at - header.at
    size = begin + header.data_size_padded
    with open_bytes(path) as file:
        file.skip(header.at)
        content = file.read(size)
    if len(content) < begin + header.data_size:
        missing = begin + header.data_size - len(content)
        raise ReadError(f"{path.name} is cut short: {missing:,} bytes of {header.hdu} are missing.", hint=AGAIN)
    return content.ljust(size, b"\0")
