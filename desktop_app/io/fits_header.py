"""Headers of a FITS file, read from its first bytes alone."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite, prod
from typing import TypeGuard

from desktop_app.core.data import Card
from desktop_app.core.errors import ReadError

BLOCK = 2880
AGAIN = "Download or copy the file again."
_CARD = 80
_MAGIC = b"SIMPLE  ="
_MOST_HEADERS = 64

Value = str | int | float | bool | None

_FIELD = re.compile(r" *(?:'((?:[^']|'')*)'|([^/]*))[^/]*(?:/ ?(.*))?", re.DOTALL)
_INTEGER = re.compile(r"[+-]?[0-9]+")
_REAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[EeDd][+-]?[0-9]+)?")
_COMMENTARY = frozenset({"COMMENT", "HISTORY", ""})


@dataclass(frozen=True)
class Header:
    """One header of a file.

    Attributes
    ----------
    hdu : str
        Its EXTNAME, or "PRIMARY" or "HDU 2" where it has none.
    cards : tuple of Card
    values : mapping of str to str, int, float, bool or None
        The first value of each keyword; None where a card leaves it empty.
    data_at, data_size : int
        Where the data begin in the file, and how many bytes they are, padding left out.
    """

    hdu: str
    cards: tuple[Card, ...]
    values: Mapping[str, Value]
    data_at: int
    data_size: int

    @property
    def is_table(self) -> bool:
        """Whether the data are a binary table."""
        return self.values.get("XTENSION") in ("BINTABLE", "A3DTABLE")

    def text(self, keyword: str) -> str:
        """The value as text, "" where there is none."""
        value = self.values.get(keyword)
        return "" if value is None else str(value).strip()

    def number(self, keyword: str) -> float:
        """The value as a number, NaN where it is none; numbers written as text count."""
        value = self.values.get(keyword)
        if isinstance(value, str):
            value = _parsed(value.strip())
        return float(value) if _is_number(value) else float("nan")

    def whole(self, keyword: str, default: int = 0) -> int:
        """The value as a whole number, ``default`` where it is none."""
        value = self.values.get(keyword)
        return value if isinstance(value, int) and not isinstance(value, bool) else default


def is_fits(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is FITS."""
    return head.startswith(_MAGIC)


@lru_cache(maxsize=16)
def headers(head: bytes, file: str) -> tuple[Header, ...]:
    """The headers that lie wholly in ``head``, the first bytes of the FITS file called ``file``.

    Raises
    ------
    ReadError
        A header gives its data a size that cannot be.
    """
    text = head.decode("latin-1")
    found: list[Header] = []
    at = 0
    while at < len(text) and len(found) < _MOST_HEADERS and (not found or text.startswith("XTENSION", at)):
        header = _header(text, at, len(found), file)
        if header is None:
            break
        found.append(header)
        at = header.data_at + -(-header.data_size // BLOCK) * BLOCK
    return tuple(found)


def _header(text: str, start: int, number: int, file: str) -> Header | None:
    end = _end_card(text, start)
    if end < 0:
        return None
    raw = _joined(text[at : at + _CARD] for at in range(start, end, _CARD))
    fields = [_split(card) for card in raw]
    values: dict[str, Value] = {}
    for keyword, value, _comment in fields:
        if keyword not in _COMMENTARY:
            values.setdefault(keyword, value)
    name = str(values.get("EXTNAME") or "").strip() or ("PRIMARY" if number == 0 else f"HDU {number}")
    cards = tuple(Card(name, keyword, _shown(value), comment) for keyword, value, comment in fields)
    data_at = start + -(-(end + _CARD - start) // BLOCK) * BLOCK
    return Header(name, cards, values, data_at, _data_size(values, f"HDU {name} of {file}"))


def _end_card(text: str, start: int) -> int:
    """Where the END card of the header at ``start`` is; -1 where there is none."""
    at = text.find("END     ", start)
    while at >= 0 and ((at - start) % _CARD or text[at : at + _CARD].strip() != "END"):
        at = text.find("END     ", at + 1)
    return at


def _joined(cards: Iterable[str]) -> list[str]:
    """The cards, with a text that goes on in CONTINUE cards put back together."""
    joined: list[str] = []
    for card in cards:
        more = re.match(r"CONTINUE  +'((?:[^']|'')*)'(.*)", card)
        head, mark, _tail = joined[-1].rpartition("&'") if more and joined else ("", "", "")
        if more and mark:
            joined[-1] = f"{head}{more[1]}'{more[2]}"
        else:
            joined.append(card)
    return joined


def _split(card: str) -> tuple[str, Value, str]:
    """Keyword, value and comment of a card."""
    keyword, sign, field = card[:8].rstrip(), card[8:10], card[10:]
    if keyword == "HIERARCH" and "=" in card:
        long_name, _, field = card[9:].partition("=")
        keyword = long_name.strip()
    elif sign != "= " or keyword in _COMMENTARY:
        return keyword, card[8:].strip() or None, ""
    match = _FIELD.match(field)
    if match is None:
        return keyword, field.strip() or None, ""
    quoted, bare, comment = match.groups()
    value = quoted.replace("''", "'").rstrip() if quoted is not None else _parsed(bare.strip())
    return keyword, value, (comment or "").strip()


def _parsed(text: str) -> Value:
    if text in ("T", "F"):
        return text == "T"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _REAL.fullmatch(text):
        return float(text.upper().replace("D", "E"))
    return text or None


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    return "" if value is None else str(value)


def _is_number(value: Value) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 and isfinite(value)


def _data_size(values: Mapping[str, Value], hdu: str) -> int:
    """Bytes of the data behind a header."""
    axes = [values.get(f"NAXIS{axis}") for axis in range(1, _count(values.get("NAXIS", 0), hdu, "NAXIS") + 1)]
    sizes = [_count(size, hdu, f"NAXIS{axis}", limit=1 << 48) for axis, size in enumerate(axes, 1)]
    if not sizes:
        return 0
    bits = values.get("BITPIX")
    if bits not in (8, 16, 32, 64, -32, -64) or not isinstance(bits, int):
        raise ReadError(f"{hdu} has BITPIX = {_shown(bits)}, which FITS does not know.", hint=AGAIN)
    heap = _count(values.get("PCOUNT", 0), hdu, "PCOUNT", limit=1 << 48)
    return abs(bits) // 8 * (heap + prod(sizes)) * _count(values.get("GCOUNT", 1), hdu, "GCOUNT", limit=1 << 16)


def _count(value: Value, hdu: str, keyword: str, *, limit: int = 999) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= limit:
        return value
    raise ReadError(f"{hdu} has {keyword} = {_shown(value)[:30]}, which cannot be.", hint=AGAIN)
