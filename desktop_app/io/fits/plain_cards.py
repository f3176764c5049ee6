"""Cards in the plain form of the FITS standard, read in no time; whatever is not wholly plain is left to astropy."""

import re
from dataclasses import dataclass

_CARD, _BLOCK = 80, 2880
# A keyword, an equals sign, a text without quotes inside, a number or a logical, and perhaps a comment.
_PLAIN = re.compile(
    r"([A-Z0-9_-]{1,8}) {0,7}= +"
    r"(?:'([^']*)'|([TF])|([+-]?[0-9]{1,18})|([+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[ED][+-]?[0-9]{1,3})?))"
    r" *(?:/.*)?",
    re.DOTALL,
)
_END = re.compile(r"END(?![A-Z0-9_-])")
_COMMENTARY = ("COMMENT ", "HISTORY ", "        ")


@dataclass(frozen=True)
class PlainCards:
    """The cards of a header.

    Attributes
    ----------
    values : dict of str to object
        The values of plain cards; the first of each keyword.
    others : frozenset of str
        Keywords whose first card is not plain.
    odd : bool
        Whether there are cards of which not even the keyword is plain.
    """

    values: dict[str, object]
    others: frozenset[str]
    odd: bool


def plain_cards(raw: bytes) -> PlainCards:
    """The plain cards of the header in ``raw``, up to END."""
    text = raw.decode("latin-1")
    values: dict[str, object] = {}
    others: set[str] = set()
    odd = not text.isascii() or not text.isprintable()
    last = ""
    for at in range(0, len(text), _CARD):
        card = text[at : at + _CARD]
        name = card[:8]
        if _END.match(card):
            break
        if name in _COMMENTARY:
            others.add(name.strip())
            continue
        match = _PLAIN.fullmatch(card)
        if match is None or card[8] != "=":
            if name == "CONTINUE":
                values.pop(last, None)
                others.add(last)
            keyword = name.rstrip()
            others.add(keyword)
            odd = odd or card[8:9] != "=" or _PLAIN.fullmatch(f"{name}= 1") is None
            continue
        keyword = last = match[1]
        if keyword not in values and keyword not in others:
            values[keyword] = _value(match)
    return PlainCards(values, frozenset(others), odd)


def end_of_header(head: bytes, at: int) -> int | None:
    """Where the data begin that follow the header at ``at``; None where its END card is not in sight."""
    while at < len(head):
        block = head[at : at + _BLOCK]
        at += _BLOCK
        for place in range(0, len(block), _CARD):
            if _END.match(block[place : place + 4].decode("latin-1")):
                return at
    return None


def _value(match: re.Match[str]) -> object:
    if match[2] is not None:
        return match[2].rstrip()
    if match[3] is not None:
        return match[3] == "T"
    return int(match[4]) if match[4] is not None else float(match[5].replace("D", "E"))
