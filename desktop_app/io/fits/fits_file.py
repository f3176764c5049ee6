"""FITS files through astropy, which here prints nothing, takes no memory on a file's word and shows no traceback."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from math import isfinite, prod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.errors import ReadError
from desktop_app.core.quiet import ALONE
from desktop_app.core.source import Card
from desktop_app.io.fits.plain_cards import PlainCards, end_of_header, plain_cards

if TYPE_CHECKING:
    # astropy ships no types: what is annotated with it is Any.
    from astropy.io import fits

AGAIN = "Download or copy the file again."
BLOCK = 2880
_POSSIBLE = {
    "NAXIS": range(1000),
    "BITPIX": (8, 16, 32, 64, -32, -64),
    "ZNAXIS": range(1000),
    "ZBITPIX": (8, 16, 32, 64, -32, -64),
    "GCOUNT": range(1 << 16),
    "TFIELDS": range(1000),
}
_POSSIBLE_SIZE = range(1 << 48)
_EXTRA = (("GCOUNT", 1), ("PCOUNT", 0))
# What astropy raises on broken files beside its VerifyError; found by mutating files.
_BROKEN = (AssertionError, KeyError, TypeError, ValueError)


@contextmanager
def guarded(what: str) -> Iterator[None]:
    """Where astropy looks at ``what``: what it raises becomes a `ReadError`.

    Its warnings are dropped: they tell of cards against the standard that can be read all the same.
    """
    from astropy.io import fits

    # A signalling NaN, or a number past the end, is no news: it becomes NaN or inf.
    with ALONE, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            yield
        except (fits.VerifyError, *_BROKEN) as error:
            said = " ".join(str(error).split()).partition(", fix it first")[0][:200].strip('".')
            raise ReadError(f"{what} cannot be read: {said or type(error).__name__}.", hint=AGAIN) from error


@dataclass(frozen=True, eq=False)
class Header:
    """One header of a file, its place among them, and where it and its data begin.

    Cards in the plain form of the standard are read here, all others by astropy: to list a folder is to read the
    headers of thousands of files, and astropy takes four times as long over one.

    Attributes
    ----------
    file : str
    place : int
    raw : bytes
        Whole blocks with an END card.
    at, data_at : int
        Where the header and its data begin in the file.
    """

    file: str
    place: int
    raw: bytes
    at: int
    data_at: int

    @cached_property
    def parsed(self) -> "fits.Header":
        """The header as astropy has it."""
        from astropy.io import fits

        with guarded(f"HDU {self.place} of {self.file}"):
            try:
                return fits.Header.fromfile(BytesIO(self.raw), padding=False)
            except OSError as error:
                raise ValueError(str(error)) from error

    @cached_property
    def data_size(self) -> int:
        """How many bytes of data follow, without the filling of the last block."""
        axes = self.axes()
        grouped = axes[:1] == [0] and self.value("GROUPS") is True
        axes = axes[1:] if grouped else axes
        if not axes:
            return 0
        count, more = (self.size(keyword) if self._has(keyword) else default for keyword, default in _EXTRA)
        return abs(self.size("BITPIX")) * count * (more + prod(axes)) // 8

    @property
    def data_size_padded(self) -> int:
        """How many bytes of data follow, in whole blocks."""
        return -(-self.data_size // BLOCK) * BLOCK

    @cached_property
    def _first(self) -> dict[str, "fits.Card"]:
        """The first card of each keyword; astropy's own search takes longer than all the rest of a summary."""
        return {card.keyword: card for card in reversed([*self.parsed.cards])}

    @cached_property
    def _plain(self) -> PlainCards:
        return plain_cards(self.raw)

    def _has(self, keyword: str) -> bool:
        plain = self._plain
        return keyword in plain.values or ((keyword in plain.others or plain.odd) and keyword in self._first)

    @property
    def hdu(self) -> str:
        """Its EXTNAME, or "PRIMARY" or "HDU 2" where it has none."""
        return self.text("EXTNAME") or (f"HDU {self.place}" if self.place else "PRIMARY")

    @property
    def is_table(self) -> bool:
        """Whether the data are a binary table."""
        return self.text("XTENSION") in ("BINTABLE", "A3DTABLE")

    def value(self, keyword: str) -> object:
        """The first value of the keyword; None where there is none."""
        plain = self._plain
        if keyword in plain.values:
            return plain.values[keyword]
        return _value(self._first[keyword]) if self._has(keyword) else None

    def text(self, keyword: str) -> str:
        """The value as text, "" where there is none."""
        return _shown(self.value(keyword))

    def number(self, keyword: str) -> float:
        """The value as a number, NaN where it is none; numbers written as text count."""
        try:
            number = float(self.text(keyword).replace("D", "E"))
        except ValueError:
            return float("nan")
        return number if isfinite(number) else float("nan")

    def size(self, keyword: str) -> int:
        """The value, which counts axes, rows or bytes."""
        value = self.value(keyword)
        if type(value) is not int or value not in _POSSIBLE.get(keyword, _POSSIBLE_SIZE):
            what = f"HDU {self.hdu} of {self.file} has {keyword} = {_shown(value)[:30]}"
            raise ReadError(f"{what}, which cannot be.", hint=AGAIN)
        return value

    def axes(self) -> list[int]:
        """The sizes of its axes, once it is known that all its sizes are possible."""
        sizes = {keyword: self.size(keyword) for keyword in ("NAXIS", "PCOUNT", "GCOUNT") if self._has(keyword)}
        axes = [self.size(f"NAXIS{axis}") for axis in range(1, sizes.get("NAXIS", 0) + 1)]
        if axes:
            self.size("BITPIX")
        return axes


def _value(card: "fits.Card") -> object:
    from astropy.io import fits

    try:
        value = card.value
    except fits.VerifyError:
        # astropy takes a value against the standard, such as a text without its last quote, where it can mend it.
        try:
            card.verify("silentfix")
            value = card.value
        except (fits.VerifyError, ValueError):
            return None
    return None if isinstance(value, fits.card.Undefined) else value


def _comment(card: "fits.Card") -> str:
    from astropy.io import fits

    try:
        return str(card.comment).strip()
    except fits.VerifyError:
        return ""


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    return "" if value is None else str(value).strip()


def is_fits(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is FITS."""
    return head.startswith(b"SIMPLE  =")


@lru_cache(maxsize=16)
def headers(path: Path, head: bytes) -> tuple[Header, ...]:
    """The headers up to the first table's that lie wholly in ``head``, the first bytes of a FITS file.

    Raises
    ------
    ReadError
        A header gives its data a size that cannot be.
    """
    found: list[Header] = []
    at = 0
    while at < len(head) and (not found or (head.startswith(b"XTENSION", at) and not found[-1].is_table)):
        data_at = end_of_header(head, at)
        if data_at is None:
            break
        with guarded(f"HDU {len(found)} of {path.name}"):
            found.append(Header(path.name, len(found), head[at:data_at], at, data_at))
            at = data_at + found[-1].data_size_padded
    return tuple(found)


def parse_header(file: str, place: int, raw: bytes, at: int) -> Header:
    """The header in ``raw``, whole blocks with an END card, that begins at byte ``at`` of ``file``.

    Raises
    ------
    ReadError
        It gives its data a size that cannot be.
    """
    with guarded(f"HDU {place} of {file}"):
        header = Header(file, place, raw, at, at + len(raw))
        header.axes()
    return header


def cards_of(*shown: Header) -> tuple[Card, ...]:
    """All cards of the headers, in about 10 microseconds each."""
    with guarded(f"The header of {shown[0].file}"):
        return tuple(
            Card(header.hdu, card.keyword, _shown(_value(card)), _comment(card))
            for header in shown
            for card in header.parsed.cards
        )
