"""Why a picture and its numbers do not go together, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.pair_scores import IMAGE, PICTURE_GIVEN_NUMBERS, TABLE, PairScores

_WORTH_SAYING = 2.5
_MOST = 3


@dataclass(frozen=True, eq=False)
class Column:
    """One column of the catalogue and what is said of it; arrays of shape (m,).

    Attributes
    ----------
    name, unit : str
    values : ndarray
        As the catalogue has them; NaN where it has none.
    said, rest : ndarray
        What the picture speaks of, and what the picture and all other numbers speak of, in ``unit``.
    off, off_rest, off_others : ndarray
        How many sigmas the value is away from these, and from the middle of all stamps.
    """

    name: str
    unit: str
    values: Floats
    said: Floats
    rest: Floats
    off: Floats
    off_rest: Floats
    off_others: Floats


def reasons_of(scored: PairScores, columns: Sequence[Column]) -> tuple[tuple[str, ...], ...]:
    """Why each stamp does not belong, the weightiest reason first."""
    off = np.column_stack([column.off for column in columns])
    rest = np.column_stack([column.off_rest for column in columns])
    return tuple(_of(scored, columns, place, off[place], rest[place]) for place in range(len(scored.values)))


def _of(scored: PairScores, columns: Sequence[Column], place: int, off: Floats, rest: Floats) -> tuple[str, ...]:
    own = _own(scored, columns, place)
    reasons = [*_crossed(columns, place, off, rest), *own]
    if scored.tracks[PICTURE_GIVEN_NUMBERS][place] >= _WORTH_SAYING:
        reasons.append("its picture is not one that its numbers speak of")
    if not scored.mismatched[place]:
        reasons = [*own, *(reason for reason in reasons if reason not in own)]
    unknown = [_words(column.name) for column in columns if not np.isfinite(column.values[place])]
    if unknown:
        reasons.append(f"it was judged without its {', '.join(unknown)}, which is not known")
    return tuple(reasons) or ("its picture and its numbers together are a little unusual",)


def _crossed(columns: Sequence[Column], place: int, off: Floats, rest: Floats) -> list[str]:
    """The numbers that do not go with the picture; where there are none, the one that does not go with all else.

    A number that is wrong makes all others look wrong beside it, so that those are not told of as well.
    """
    told = []
    for which in np.argsort(-off, kind="stable")[:_MOST]:
        if off[which] >= _WORTH_SAYING:
            column = columns[which]
            value, speaks = (_number(one[place], column.unit) for one in (column.values, column.said))
            told.append(f"its {_words(column.name)} {value} does not go with its picture, which speaks of {speaks}")
    most = int(np.argmax(rest))
    if not told and rest[most] >= _WORTH_SAYING:
        column = columns[most]
        value, speaks = (_number(one[place], column.unit) for one in (column.values, column.rest))
        told.append(
            f"its {_words(column.name)} {value} does not go with its picture and its other numbers, which speak of "
            f"{speaks}"
        )
    return told


def _own(scored: PairScores, columns: Sequence[Column], place: int) -> list[str]:
    """What is strange about the picture alone, and about the numbers alone."""
    told = []
    if scored.tracks[IMAGE][place] >= _WORTH_SAYING:
        told.append("its picture is unlike the others")
    if scored.tracks[TABLE][place] >= _WORTH_SAYING:
        column = max(columns, key=lambda one: one.off_others[place])
        told.append(
            f"its numbers are unlike the others', its {_words(column.name)} "
            f"{_number(column.values[place], column.unit)} most of all"
        )
    return told


def _words(name: str) -> str:
    """A name of a column as a person says it."""
    return name.replace("_", " ").strip()


def _number(value: float, unit: str) -> str:
    return f"{value:.4g} {unit}".rstrip()
