"""Which stamps are shown and in what order: conditions on the columns of their catalogue, as text."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Ints
from desktop_app.core.cutouts import CutoutSet

BY_ID = "id"
_CONDITION = re.compile(r"^\s*(?P<name>[^<>=!]+?)\s*(?P<sign><=|>=|!=|==|=|<|>)\s*(?P<value>.+?)\s*$")
_AND = re.compile(r"\s+and\s+|\s*[,;&]+\s*", re.IGNORECASE)
_SIGNS: dict[str, Callable[[NDArray[np.float64], float], NDArray[np.bool_]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
}


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


def kept(data: CutoutSet, text: str) -> Kept:
    """The stamps that fulfil ``text``: conditions such as ``score > 0.8`` or ``type = star``, and words.

    Parts are separated by commas or "and". A word is looked for in the ids and in all columns of text.
    """
    shown = np.ones(len(data), np.bool_)
    problem = ""
    for part in _AND.split(text.strip()):
        if not part:
            continue
        try:
            shown &= _fulfilled(data, part)
        except ValueError as error:
            problem = problem or str(error)
    return Kept(np.flatnonzero(shown), problem)


def ordered(data: CutoutSet, places: Ints, by: str, *, falling: bool) -> Ints:
    """``places`` in the order of a column; what has no value comes last."""
    if by in data.columns:
        keys = np.asarray(data.columns[by].values, np.float64)[places]
        order = np.argsort(-keys if falling else keys, kind="stable")
        return places[order]
    texts = data.labels.get(by, data.ids)
    empty = [place for place in places.tolist() if not texts[place]]
    filled = [place for place in places.tolist() if texts[place]]
    found = sorted(filled, key=lambda place: _natural(texts[place]), reverse=falling)
    return np.array(found + empty, np.int64)


def columns_of(data: CutoutSet) -> list[str]:
    """What can be sorted by and shown: the id and every column of the catalogue."""
    return [BY_ID, *data.columns, *data.labels]


def _fulfilled(data: CutoutSet, part: str) -> Bools:
    match = _CONDITION.match(part)
    if match is None:
        return _holding(data, part)
    name = _column(data, match["name"])
    sign, wanted = match["sign"], match["value"].strip("\"'")
    if name in data.columns:
        try:
            number = float(wanted.replace("−", "-"))
        except ValueError:
            raise ValueError(f"“{wanted}” is no number to compare {name} with.") from None
        with np.errstate(invalid="ignore"):
            values = np.asarray(data.columns[name].values, np.float64)
            return _SIGNS[sign](values, number) & np.isfinite(values)
    if sign not in ("=", "==", "!="):
        raise ValueError(f"{name} is text: compare it by = or !=.")
    texts = data.ids if name == BY_ID else data.labels[name]
    same = np.array([text.casefold() == wanted.casefold() for text in texts], np.bool_)
    return ~same if sign == "!=" else same


def _column(data: CutoutSet, name: str) -> str:
    names = columns_of(data)
    for one in names:
        if one.casefold() == name.casefold():
            return one
    raise ValueError(f"There is no column “{name}”. The columns are {', '.join(names)}.")


def _holding(data: CutoutSet, text: str) -> Bools:
    found = np.zeros(len(data), np.bool_)
    wanted = text.casefold()
    for texts in (data.ids, *data.labels.values()):
        found |= np.array([wanted in one.casefold() for one in texts], np.bool_)
    return found


def _natural(text: str) -> list[tuple[int, int, str]]:
    """A key that puts star_9 before star_10."""
    parts = re.split(r"(\d+)", text.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
