"""Moments in text: ISO dates of any precision and plain numbers, as whole units and their exact fraction."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.io.tables.text_table import number_of

Texts = NDArray[np.str_]

# What a unix time can be, 1990 to 2100, in seconds, milli-, micro- and nanoseconds: lowest, first beyond, unit in s.
EPOCHS = tuple((631_152_000.0 / unit, 4_102_444_800.0 / unit, unit) for unit in (1.0, 1e-3, 1e-6, 1e-9))
_CLOCK = r"(?P<h>00?):?(?P<mi>00)(?::?(?P<s>00)(?:[.,](?P<f>0{1,30}))?)?"
_ZONE = r"\s{0,3}(?P<z>Z|z|UTC|GMT|[+\-]00:?(?:00)?)?"
_DATE = re.compile(
    rf"\s*(?P<y>0000)(?:(?P<sep>[-/.])(?P<mo>00?)(?P=sep)(?P<d>00?)|-(?P<doy>000)|(?P<mo2>00)(?P<d2>00)(?=T))"
    rf"(?:[Tt_ ]{{1,3}}{_CLOCK})?{_ZONE}\s*"
)
_NUMBER = re.compile(r"\s*[+\-]?(?P<w>0{1,19})(?:\.(?P<f>0{0,30}))?\s*")
_AS_ZERO = str.maketrans("123456789", "000000000")
_MOST_LAYOUTS = 64
_EXACT_DIGITS = 17


@dataclass(frozen=True, eq=False)
class Moments:
    """Numbers in two parts, so that nanoseconds of a date are kept.

    Attributes
    ----------
    whole : ndarray, shape (n,)
    fraction : ndarray, shape (n,)
        From 0 to below 1.
    known : ndarray, shape (n,)
        Where there is a number at all.
    zoned : bool
        Whether every date names its time zone.
    """

    whole: Ints
    fraction: Floats
    known: Bools
    zoned: bool = True


def joined(pieces: list[Moments]) -> Moments:
    """The moments of all pieces, one after the other."""
    return Moments(
        np.concatenate([piece.whole for piece in pieces]),
        np.concatenate([piece.fraction for piece in pieces]),
        np.concatenate([piece.known for piece in pieces]),
        all(piece.zoned for piece in pieces),
    )


def of_floats(values: Floats) -> Moments:
    """Numbers as moments."""
    known = np.abs(values) < 2.0**62
    kept = np.where(known, values, 0.0)
    whole = np.floor(kept)
    return Moments(whole.astype(np.int64), kept - whole, known)


def is_date(text: str) -> bool:
    """Whether the text is a date in ISO 8601 or close to it."""
    return len(text) <= 64 and _DATE.fullmatch(text.translate(_AS_ZERO)) is not None


def dates_in(texts: Texts) -> Moments:
    """Unix times in UTC of dates; dates without a zone are taken for UTC.

    Parameters
    ----------
    texts : ndarray of str, shape (n,)
    """
    return _by_layout(texts, _DATE, _dates)


def numbers_in(texts: Texts) -> Moments:
    """Plain numbers, to the last digit of integers and of fractions alike; others as float64 holds them."""
    found = _by_layout(texts, _NUMBER, _numbers)
    rest = np.flatnonzero(~found.known)
    if len(rest):
        others = of_floats(np.array([_float(str(text)) for text in texts[rest]]))
        for name in ("whole", "fraction", "known"):
            getattr(found, name)[rest] = getattr(others, name)
    return found


def floats_in(texts: Texts) -> tuple[Floats, Bools]:
    """Values as float64, NaN where there is none, and which texts are no number and no way to say that there is none.

    Unlike moments, which are exact from the left, these keep the digits of small values.
    """
    words = np.char.strip(texts)
    values, odd = np.full(len(words), np.nan), np.zeros(len(words), bool)
    given = words != ""
    try:
        values[given] = words[given].astype(np.float64)
    except ValueError:
        for place in np.flatnonzero(given):
            number = number_of(str(words[place]))
            odd[place] = number is None
            values[place] = np.nan if number is None else number
    return values, odd


def unix_seconds(text: str) -> float | None:
    """The unix time of a date; None where the text is none."""
    if not is_date(text):
        return None
    found = dates_in(np.array([text]))
    return float(found.whole[0] + found.fraction[0]) if found.known[0] else None


def _float(text: str) -> float:
    number = number_of(text.strip())
    return float("nan") if number is None else number


_Fields = dict[str, "NDArray[np.uint8]"]


def _by_layout(
    texts: Texts, pattern: re.Pattern[str], parse: Callable[[_Fields], tuple[Ints, Floats, Bools]]
) -> Moments:
    """Texts of one layout, which differ in their digits only, are parsed at once; the few that are left one by one."""
    n = len(texts)
    whole, fraction, known = np.zeros(n, np.int64), np.zeros(n), np.zeros(n, bool)
    zoned = True
    for rows, template, codes in _layouts(texts):
        match = pattern.fullmatch(template)
        if match is None:
            continue
        fields = {name: codes[:, slice(*match.span(name))] for name, text in match.groupdict().items() if text}
        fields["minus"] = codes[:, : int(template.lstrip().startswith("-"))]
        whole[rows], fraction[rows], known[rows] = parse(fields)
        zoned &= "z" in fields or pattern is not _DATE
    return Moments(whole, fraction, known, zoned)


def _layouts(texts: Texts) -> Iterator[tuple[Ints, str, "NDArray[np.uint8]"]]:
    """Rows of the same layout, that layout with 0 for each digit, and the codes of their letters; shape (m, width)."""
    width = texts.dtype.itemsize // 4
    if not len(texts) or not width:
        return
    letters = np.ascontiguousarray(texts).view(np.uint32).reshape(len(texts), width)
    width = int(np.flatnonzero(letters.any(axis=0)).max(initial=0)) + 1
    codes = np.minimum(letters[:, :width], 255).astype(np.uint8)
    shapes = np.where((codes >= 48) & (codes <= 57), np.uint8(48), codes)
    left = np.arange(len(texts))
    for _ in range(_MOST_LAYOUTS):
        if not len(left):
            return
        same = (shapes[left] == shapes[left[0]]).all(axis=1)
        rows = left[same]
        template = "".join(map(chr, shapes[rows[0]])).rstrip("\0")
        yield rows, template, codes[rows]
        left = left[~same]
    for row in left:
        yield np.array([row]), "".join(map(chr, shapes[row])).rstrip("\0"), codes[row : row + 1]


def _number(codes: "NDArray[np.uint8] | None", m: int, missing: int = 0) -> Ints:
    """The whole number in columns of digits; shape (m,)."""
    if codes is None:
        return np.full(m, missing, np.int64)
    total = np.zeros(m, np.int64)
    for digit in codes.T:
        total = total * 10 + (digit.astype(np.int64) - 48)
    return total


def _fraction(codes: "NDArray[np.uint8] | None", m: int) -> Floats:
    if codes is None or not codes.shape[1]:
        return np.zeros(m)
    digits = codes[:, :_EXACT_DIGITS]
    return _number(digits, m) / 10.0 ** digits.shape[1]


def _dates(fields: _Fields) -> tuple[Ints, Floats, Bools]:
    m = len(fields["y"])
    year, second = _number(fields["y"], m), _number(fields.get("s"), m)
    month = _number(fields.get("mo", fields.get("mo2")), m, 1)
    day = _number(fields.get("d", fields.get("d2", fields.get("doy"))), m)
    hour, minute = _number(fields.get("h"), m), _number(fields.get("mi"), m)
    known = (month >= 1) & (month <= 12) & (day >= 1) & (minute <= 59) & (second <= 60) & (hour <= 23)
    month = np.clip(month, 1, 12)
    months = (year - 1970) * 12 + month - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    past = (months + (12 if "doy" in fields else 1)).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    known &= first + day <= past
    seconds = (first + day - 1) * 86400 + hour * 3600 + minute * 60 + second
    return seconds - _zone_s(fields.get("z"), m), _fraction(fields.get("f"), m), known


def _zone_s(codes: "NDArray[np.uint8] | None", m: int) -> Ints:
    """Seconds that the clocks of the zone are ahead of UTC."""
    if codes is None or chr(int(codes[0, 0])) not in "+-":
        return np.zeros(m, np.int64)
    digits = codes[:, [n for n in range(codes.shape[1]) if 48 <= int(codes[0, n]) <= 57]]
    ahead = _number(digits[:, :2], m) * 3600 + _number(digits[:, 2:4], m) * 60
    return -ahead if chr(int(codes[0, 0])) == "-" else ahead


def _numbers(fields: _Fields) -> tuple[Ints, Floats, Bools]:
    m = len(fields["w"])
    whole, fraction = _number(fields["w"], m), _fraction(fields.get("f"), m)
    known = whole >= 0
    if fields["minus"].size:
        whole, fraction = -whole - (fraction > 0), np.where(fraction > 0, 1 - fraction, 0.0)
    # Nineteen digits may be more than an int64 holds.
    return whole, fraction, known
