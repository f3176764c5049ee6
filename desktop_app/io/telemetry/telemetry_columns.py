"""Columns of texts and numbers become channels, states and labels of telemetry."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.io.tables.mixed_columns import WORD_LIMIT
from desktop_app.io.tables.text_table import number_of
from desktop_app.io.telemetry.moments import Texts, floats_in, numbers_in
from desktop_app.io.telemetry.telemetry_rows import Marks

# What an enumeration of a spacecraft has at most; a column of more texts is a log.
STATE_LIMIT = 1000
_KIND_LIMIT = 50
_NORMAL = frozenset(
    {"", "0", "0.0", "normal", "nominal", "ok", "good", "none", "no", "false", "f", "background", "nan"}
)
_PLAIN = frozenset({"1", "1.0", "true", "yes", "t", "anomaly", "anomalous", "abnormal"})
_YES_NO = (("false", "true"), ("no", "yes"), ("off", "on"), ("f", "t"), ("n", "y"))


class Words:
    """The texts of one column as numbers, piece by piece.

    Parameters
    ----------
    limit : int
        How many different ones there may be.
    """

    def __init__(self, limit: int = STATE_LIMIT) -> None:
        self._limit = limit
        self._known: dict[str, int] = {}
        self._codes: list[Floats] = []

    def add(self, words: Texts) -> None:
        """The next rows."""
        texts, inverse = np.unique(words, return_inverse=True)
        codes = np.empty(len(texts))
        for n, text in enumerate(texts):
            word = str(text)
            number = number_of(word)
            missing = number is not None and number != number
            # More than the limit is thrown away in the end: no need to remember it.
            full = len(self._known) > self._limit
            codes[n] = np.nan if missing or full else self._known.setdefault(word, len(self._known))
        self._codes.append(codes[inverse])

    @property
    def are_too_many(self) -> bool:
        """Whether there are more than the limit."""
        return len(self._known) > self._limit

    @property
    def words(self) -> tuple[str, ...]:
        """The different texts in the order of their first rows."""
        return tuple(self._known)

    @property
    def codes(self) -> Floats:
        """The place among ``words`` of each row's text, NaN where it has none; shape (n,)."""
        return np.concatenate(self._codes) if self._codes else np.empty(0)


def states_of(words: Sequence[str], codes: Floats) -> tuple[tuple[str, ...], Floats]:
    """The texts in alphabetical order, or no before yes, and the codes that fit them; shape (n,).

    Parameters
    ----------
    words : sequence of str
    codes : ndarray, shape (n,)
        Places among ``words``, NaN where there is none.
    """
    order = sorted(range(len(words)), key=lambda n: _order(words[n]))
    place = np.full(len(words) + 1, np.nan)
    place[order] = np.arange(len(words))
    known = np.isfinite(codes)
    return tuple(words[n] for n in order), place[np.where(known, codes, len(words)).astype(np.int64)]


def marks_in(words: Sequence[str], codes: Floats, channel: str = "") -> tuple[Marks, ...] | None:
    """The rows that a column of labels marks, by their kind; None where the column holds no labels.

    Parameters
    ----------
    words : sequence of str
        The different texts: 0 and 1, yes and no, or names of what is wrong.
    codes : ndarray, shape (n,)
        Their places among ``words``; NaN for none.
    channel : str
        What the labels are about.
    """
    numbers = numbers_in(np.array(words, f"U{WORD_LIMIT}")) if words else numbers_in(np.empty(0, "U1"))
    plain = numbers.known & (numbers.fraction == 0)
    if len(words) > _KIND_LIMIT or (numbers.known & (numbers.fraction != 0)).any():
        return None
    kinds: dict[str, Bools] = {}
    for n, word in enumerate(words):
        text = word.strip().lower()
        if text in _NORMAL or (plain[n] and numbers.whole[n] == 0):
            continue
        kind = "anomaly" if text in _PLAIN else (f"class {numbers.whole[n]}" if plain[n] else word)
        kinds[kind] = kinds.get(kind, np.zeros(len(codes), bool)) | (codes == n)
    return tuple(Marks(kind, rows, channel) for kind, rows in kinds.items())


def numbers_among(words: Sequence[str], codes: Floats) -> Floats:
    """The texts as numbers, NaN where they are none; shape (n,)."""
    values, _ = floats_in(np.array([*words, ""], f"U{WORD_LIMIT}"))
    return values[np.where(np.isfinite(codes), codes, len(words)).astype(np.int64)]


def beside_name(path: Path) -> str:
    """The name of the object in a file that says nothing of it."""
    return path.name.split(".")[0]


def _order(word: str) -> tuple[int, str]:
    lower = word.lower()
    place = next((pair.index(lower) for pair in _YES_NO if lower in pair), 0)
    return (place if place else 0, lower) if any(lower in pair for pair in _YES_NO) else (0, lower)
