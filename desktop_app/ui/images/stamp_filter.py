"""Which stamps are shown and in what order: conditions on what is known of them, as text.

A filter is a list of parts, separated by commas or "and": ``score > 4 and verdict = none``, ``comment ~ tail``,
``decided > 2026-11-20``, ``cone(150.1, 2.2, 30")``, or words that are looked for in the ids and in all columns of text.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Ints
from desktop_app.core.light_curve import Series
from desktop_app.ui.images.stamp_table import BY_ID, DECIDED, NO_VERDICT, VERDICT

_CONDITION = re.compile(r"^\s*(?P<name>[^<>=!~]+?)\s*(?P<sign><=|>=|!=|==|=|<|>|~)\s*(?P<value>.+?)\s*$")
_AND = re.compile(r"\s+and\s+|\s*[,;&]+\s*", re.IGNORECASE)
_CONE = re.compile(r"cone\s*\(([^()]*)\)", re.IGNORECASE)
_PLAIN = re.compile(r"^\s*([-+−]?[\d.]+(?:e[-+]?\d+)?)\s*(deg|°|arcmin|'|′|arcsec|\"|″)?\s*$", re.IGNORECASE)
_TO_DEG = {"": 1.0, "deg": 1.0, "°": 1.0, "arcmin": 1 / 60, "'": 1 / 60, "′": 1 / 60}
_ARCSEC = 1 / 3600
_SIGNS: dict[str, Callable[[NDArray[np.float64], float], NDArray[np.bool_]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
}
_OF_TEXT: dict[str, Callable[[str, str], bool]] = {
    "<": operator.lt,
    "<=": lambda text, wanted: text[: len(wanted)] <= wanted,
    ">": lambda text, wanted: text[: len(wanted)] > wanted,
    ">=": operator.ge,
}


class Columns(Protocol):
    """What can be filtered and put in order."""

    def __len__(self) -> int: ...

    @property
    def ids(self) -> tuple[str, ...]:
        """One a stamp."""

    @property
    def columns(self) -> Mapping[str, Series]:
        """Columns of numbers."""

    @property
    def labels(self) -> Mapping[str, tuple[str, ...]]:
        """Columns of text."""

    @property
    def ra_deg(self) -> NDArray[np.float64]:
        """ICRS; NaN where not known."""

    @property
    def dec_deg(self) -> NDArray[np.float64]:
        """ICRS; NaN where not known."""


@dataclass(frozen=True, eq=False)
class Kept:
    """The stamps that a filter keeps.

    Attributes
    ----------
    places : ndarray of int
        In the order of the set.
    problem : str
        What of the filter was not understood, "" where all was; what was not is left out.
    """

    places: Ints
    problem: str = ""


def kept(data: Columns, text: str) -> Kept:
    """The stamps that fulfil ``text``."""
    shown = np.ones(len(data), np.bool_)
    problem = ""
    cones = _CONE.findall(text)
    for part in [*(f"cone({inside})" for inside in cones), *_AND.split(_CONE.sub(",", text).strip())]:
        if not part:
            continue
        try:
            shown &= _fulfilled(data, part)
        except ValueError as error:
            problem = problem or str(error)
    return Kept(np.flatnonzero(shown), problem)


def ordered(data: Columns, places: Ints, by: str, *, falling: bool) -> Ints:
    """``places`` in the order of a column; what has no value comes last."""
    if by in data.columns:
        keys = np.asarray(data.columns[by].values, np.float64)[places]
        order = np.argsort(-keys if falling else keys, kind="stable")
        return places[order]
    texts = data.ids if by == BY_ID else data.labels.get(by, data.ids)
    empty = [place for place in places.tolist() if not texts[place]]
    filled = [place for place in places.tolist() if texts[place]]
    found = sorted(filled, key=lambda place: _natural(texts[place]), reverse=falling)
    return np.array(found + empty, np.int64)


def columns_of(data: Columns) -> list[str]:
    """What can be sorted by and shown: the id and every column."""
    return [BY_ID, *data.columns, *data.labels]


def _fulfilled(data: Columns, part: str) -> Bools:
    if cone := _CONE.fullmatch(part):
        return _within(data, cone[1])
    match = _CONDITION.match(part)
    if match is None:
        return _holding(data, part)
    name = _column(data, match["name"])
    sign, wanted = match["sign"], match["value"].strip("\"'")
    if name in data.columns:
        if sign == "~":
            raise ValueError(f"{name} is a number: compare it by =, < or >.")
        try:
            number = float(wanted.replace("−", "-"))
        except ValueError:
            raise ValueError(f"“{wanted}” is no number to compare {name} with.") from None
        with np.errstate(invalid="ignore"):
            values = np.asarray(data.columns[name].values, np.float64)
            return _SIGNS[sign](values, number) & np.isfinite(values)
    texts = data.ids if name == BY_ID else data.labels[name]
    if sign in _OF_TEXT:
        if name != DECIDED:
            raise ValueError(f"{name} is text: compare it by =, != or ~ (contains).")
        return np.array([bool(text) and _OF_TEXT[sign](text, wanted) for text in texts], np.bool_)
    if sign == "~":
        return np.array([wanted.casefold() in text.casefold() for text in texts], np.bool_)
    empty = name == VERDICT and wanted.casefold() == NO_VERDICT
    same = np.array([text.casefold() == ("" if empty else wanted.casefold()) for text in texts], np.bool_)
    return ~same if sign == "!=" else same


def _within(data: Columns, inside: str) -> Bools:
    """Which stamps lie in a circle on the sky, of which the right ascension, declination and radius are given."""
    told = [_PLAIN.match(part) for part in inside.split(",")]
    if len(told) != 3 or any(one is None for one in told):
        raise ValueError(f"“cone({inside})” is no circle on the sky: give it as cone(ra, dec, radius), in degrees.")
    ra, dec, radius = (
        float(one[1].replace("−", "-")) * _TO_DEG.get((one[2] or "").lower(), _ARCSEC) for one in told if one
    )
    first, second = np.radians(data.dec_deg), np.radians(dec)
    across = np.sin(np.radians(data.ra_deg - ra) / 2) ** 2
    half = np.sin((first - second) / 2) ** 2 + np.cos(first) * np.cos(second) * across
    with np.errstate(invalid="ignore"):
        return np.degrees(2 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))) <= radius


def _column(data: Columns, name: str) -> str:
    names = columns_of(data)
    for one in names:
        if one.casefold() == name.casefold():
            return one
    raise ValueError(f"There is no column “{name}”. The columns are {', '.join(names)}.")


def _holding(data: Columns, text: str) -> Bools:
    found = np.zeros(len(data), np.bool_)
    wanted = text.casefold()
    for texts in (data.ids, *data.labels.values()):
        found |= np.array([wanted in one.casefold() for one in texts], np.bool_)
    return found


def _natural(text: str) -> list[tuple[int, int, str]]:
    """A key that puts star_9 before star_10."""
    parts = re.split(r"(\d+)", text.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
