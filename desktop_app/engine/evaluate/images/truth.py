"""Reads what is known of pictures: classes of stamps, artefacts of frames, and what surveys said of alerts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from math import isfinite, nan
from pathlib import Path, PurePosixPath

from desktop_app.core.detection import ARTEFACT_KINDS
from desktop_app.core.errors import ReadError
from desktop_app.core.images.objects import Outline
from desktop_app.engine.evaluate.truth import check_columns, posix, rows_of

NEEDED = ("file", "label")
ROLES = ("science", "template", "difference")
REAL, BOGUS = 0.9, 0.5
"""From which deep real-bogus score on a survey holds an alert to be real, and below which to be bogus."""
_WORDS: Mapping[str, str] = {
    "streak": r"streak|satellite trail|meteor|plane trail",
    "cosmic ray": r"cosmic[ -]?rays?",
    "bad column": r"bad (column|row)|hot (column|row)|dead (column|row)",
    "saturation": r"saturat\w*|bleed\w*|blooming",
    "ghost": r"ghosts?|out[ -]of[ -]focus reflection",
    "edge": r"\bedge\b|overscan|vignett\w*",
}
_NOT = re.compile(r"\b(no|not|without)\b[^;,.]*$")
_SCORE = re.compile(r"\b(drb|rb)\s*=\s*([-+0-9.eE]+|nan)")
_MOVING = re.compile(r"\b(asteroid|comet|moving)\b")


@dataclass(frozen=True)
class Known:
    """What a table says of one file.

    Attributes
    ----------
    file : str
        As the table names it, with slashes.
    label : str
        The whole of it.
    artefacts : frozenset of str
        Kinds that the label speaks of and does not deny.
    denied : frozenset of str
        Kinds that the label says are not there: "no streak seen"; all kinds of a "normal frame".
    outlines : mapping of str to tuple of Outline
        By kind, what somebody drew, in pixels from 0.
    role : str
        Of an alert "science", "template" or "difference"; "" of all else.
    real : float
        Of an alert the deep real-bogus score of the survey, or its real-bogus score; NaN where it has none.
    moving : bool
        Whether the label speaks of a body of the solar system.
    """

    file: str
    label: str
    artefacts: frozenset[str]
    denied: frozenset[str]
    outlines: Mapping[str, tuple[Outline, ...]]
    role: str
    real: float
    moving: bool

    @property
    def folder(self) -> str:
        """The folder that the file is in, as the table names it."""
        return str(PurePosixPath(self.file).parent)


@dataclass(frozen=True)
class ImageTruth:
    """A table of pictures.

    Attributes
    ----------
    path : Path
    sha256 : str
        Of its bytes.
    known : tuple of Known
        A row a file; rows of one file are joined.
    """

    path: Path
    sha256: str
    known: tuple[Known, ...]


def read_image_truth(path: Path) -> ImageTruth:
    """What is known of pictures in a CSV with the columns `NEEDED`.

    A column "kind" names the artefact in place of words of the label, and "region_pixels" holds the corners x y of its
    outline, in pixels from 0, as event lists have them; a file may then have several rows.

    Raises
    ------
    ReadError
        No such file, a column is missing, or an outline is none.
    """
    content, rows = rows_of(path)
    check_columns(path, rows, NEEDED)
    known: dict[str, Known] = {}
    for place, row in enumerate(rows, start=2):
        one = _known(path, place, row)
        known[one.file] = _joined(known[one.file], one) if one.file in known else one
    return ImageTruth(path, sha256(content).hexdigest(), tuple(known.values()))


def _known(path: Path, place: int, row: Mapping[str, str]) -> Known:
    label = row["label"].strip()
    kind = row.get("kind", "").strip().lower()
    if kind and kind not in ARTEFACT_KINDS:
        raise ReadError(
            f"{path}, line {place}: {kind!r} is no kind of artefact.", hint=f"They are: {', '.join(ARTEFACT_KINDS)}."
        )
    kinds = frozenset({kind}) if kind else kinds_in(label)
    outline = _outline(path, place, row.get("region_pixels", ""))
    outlines = {one: (outline,) for one in kinds} if outline else {}
    first = label.split(";")[0].strip().lower()
    scores = {name: float(value) for name, value in _SCORE.findall(label) if _is_number(value)}
    real = scores.get("drb", nan)
    return Known(
        posix(row["file"]),
        label,
        kinds,
        frozenset(ARTEFACT_KINDS) if label.lower().startswith("normal") else kinds_in(label, denied=True) - kinds,
        outlines,
        first if first in ROLES else "",
        real if isfinite(real) else scores.get("rb", nan),
        bool(_MOVING.search(label.lower())),
    )


def _joined(one: Known, other: Known) -> Known:
    kinds = one.outlines.keys() | other.outlines.keys()
    outlines = {kind: (*one.outlines.get(kind, ()), *other.outlines.get(kind, ())) for kind in sorted(kinds)}
    there = one.artefacts | other.artefacts
    return replace(
        one,
        artefacts=there,
        denied=(one.denied | other.denied) - there,
        outlines=outlines,
        moving=one.moving or other.moving,
    )


def kinds_in(label: str, *, denied: bool = False) -> frozenset[str]:
    """The kinds of artefacts that ``label`` says are there, or with ``denied`` are not: "no streak seen"."""
    plain = label.lower()
    return frozenset(
        kind
        for kind, words in _WORDS.items()
        if any(bool(_NOT.search(plain[: found.start()])) == denied for found in re.finditer(words, plain))
    )


def _outline(path: Path, place: int, text: str) -> Outline:
    numbers = text.replace(",", " ").split()
    if not numbers:
        return ()
    if len(numbers) < 6 or len(numbers) % 2 or not all(map(_is_number, numbers)):
        raise ReadError(
            f"{path}, line {place}: region_pixels is no outline.", hint="Give x and y of three corners or more."
        )
    return tuple((float(x), float(y)) for x, y in zip(numbers[::2], numbers[1::2], strict=True))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
