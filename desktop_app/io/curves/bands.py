"""Rows of several bands or stars in one table: each is a light curve of its own, and a part of the file."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.errors import ReadError
from desktop_app.io.tables.column_names import TextColumn

Words = NDArray[np.str_]
PART_LIMIT = 1000


def band_words(
    band: TextColumn | None, words: Mapping[TextColumn, Words], numbers: Mapping[TextColumn, Floats]
) -> Words | None:
    """The band of each row as a word; None where the table has no such column."""
    if band is None:
        return None
    if band in words:
        return words[band]
    return np.array([f"{value:g}" if np.isfinite(value) else "" for value in numbers[band]], dtype=np.str_)


def band_parts(file: str, bands: Words | None, stars: Words | None) -> dict[str, Ints]:
    """The rows of each part by its name, the one with most rows first.

    A part is a band; where a band has rows of several stars, one of them in it. Rows that name neither are of the
    part "" or of no part where others do name theirs.

    Raises
    ------
    ReadError
        There are more than a person could choose from.
    """
    if bands is None and stars is None:
        return {}
    given = bands if bands is not None else np.full(len(stars if stars is not None else ()), "", dtype=np.str_)
    names = _with_stars(given, stars)
    found, first, which, counts = np.unique(names, return_index=True, return_inverse=True, return_counts=True)
    if len(found) > PART_LIMIT:
        raise ReadError(
            f"{file} has rows of {len(found):,} stars or bands: it is a catalogue, not a light curve.",
            hint="Save the rows of one star, or of a few, into a file of their own.",
        )
    rows = np.split(np.argsort(which, kind="stable").astype(np.int64), np.cumsum(counts)[:-1])
    order = sorted(range(len(found)), key=lambda n: (-counts[n], first[n]))
    parts = {str(found[n]): rows[n] for n in order}
    if len(parts) > 1:
        parts.pop("", None)
    return parts


def _with_stars(bands: Words, stars: Words | None) -> Words:
    """The bands, each with the name of its star where one band has several of them."""
    if stars is None or not len(stars):
        return bands
    pairs = {(str(band), str(star)) for band, star in zip(bands, stars, strict=True)}
    if len(pairs) == len({band for band, _ in pairs}):
        return bands
    return np.array([f"{band} {star}".strip() for band, star in zip(bands, stars, strict=True)], dtype=np.str_)
