"""Cards as a FITS header writes them, for people to read: nothing is interpreted, so nothing can be too broken."""

import re

from desktop_app.io.inside.anatomy import HeaderCard

_CARD = 80
_TEXT = re.compile(r"'((?:[^']|'')*)'?")
_UNIT = re.compile(r"\[([^\]]{1,40})\]\s*")
_WITHOUT_VALUE = ("COMMENT", "HISTORY", "")


def cards_of(raw: bytes) -> tuple[HeaderCard, ...]:
    """The cards of the header in ``raw`` up to END; a text that goes on over several cards is put together."""
    found: list[HeaderCard] = []
    for at in range(0, len(raw), _CARD):
        image = raw[at : at + _CARD].decode("latin-1")
        if image.rstrip() == "END":
            break
        if not image.strip("\0 "):
            continue
        if image.startswith("CONTINUE") and found and found[-1].value.endswith("&"):
            found[-1] = _continued(found[-1], image)
        else:
            found.append(_card(image))
    return tuple(found)


def _card(image: str) -> HeaderCard:
    keyword = image[:8].strip()
    if keyword == "HIERARCH" and "=" in image:
        long, _, rest = image[8:].partition("=")
        return _valued(long.strip(), rest, image)
    if keyword in _WITHOUT_VALUE or image[8:9] != "=":
        return HeaderCard(keyword, _printable(image[8:]), image=image)
    return _valued(keyword, image[9:], image)


def _valued(keyword: str, field: str, image: str) -> HeaderCard:
    value, comment = _parts(field)
    unit = _UNIT.match(comment)
    if unit is None:
        return HeaderCard(keyword, value, "", comment, image)
    return HeaderCard(keyword, value, unit[1].strip(), comment[unit.end() :], image)


def _parts(field: str) -> tuple[str, str]:
    """Value and comment of what follows the equals sign."""
    field = field.strip()
    text = _TEXT.match(field)
    if text is not None:
        value, rest = text[1].replace("''", "'").rstrip(), field[text.end() :]
        return _printable(value), _printable(rest.partition("/")[2])
    value, _, comment = field.partition("/")
    return _printable(value), _printable(comment)


def _continued(card: HeaderCard, image: str) -> HeaderCard:
    value, comment = _parts(image[8:])
    whole = card.value.removesuffix("&") + value
    return HeaderCard(card.keyword, whole, card.unit, f"{card.comment} {comment}".strip(), f"{card.image}\n{image}")


def _printable(text: str) -> str:
    """``text`` without outer blanks, and with a sign in place of what would act on a terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text.strip())
