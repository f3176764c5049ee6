"""Where data come from: the file, the object, and the header."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Card:
    """One header card: where it stands, its keyword, value and comment."""

    hdu: str
    keyword: str
    value: str
    comment: str = ""


@dataclass(frozen=True)
class Source:
    """Where data come from and what they show.

    Attributes
    ----------
    path : Path or None
        The file or folder; None for data made in memory.
    object_name : str
        As the header names it; the file's stem where it does not.
    mission : str
        "TESS", "Kepler", "K2", the name of a survey, or "" where the file names none.
    flags : str
        Whose QUALITY bits these are where they are not the mission's own: "QLP".
    segment : str
        "sector 1", "quarter 9", "campaign 5", or "".
    ra_deg, dec_deg : float
        ICRS; NaN where not known.
    cards : callable
        The cards of the header; called when they are first looked at, since parsing them takes longer than the file.
    part, parts : str, tuple of str
        Which part of the file this is and which there are: extensions of an image file, channels of a telemetry
        folder, frames of a sequence; "" and () where the file holds one thing only.
    notes : tuple of str
        What the reader wants a person to know: rows without time, rows put into order.
    """

    path: Path | None = None
    object_name: str = ""
    mission: str = ""
    flags: str = ""
    segment: str = ""
    ra_deg: float = float("nan")
    dec_deg: float = float("nan")
    part: str = ""
    parts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    cards: Callable[[], tuple[Card, ...]] = field(default=tuple, compare=False, repr=False)

    @property
    def bits(self) -> str:
        """The name by which `core.quality` knows the QUALITY bits."""
        return self.flags or self.mission

    @cached_property
    def header(self) -> tuple[Card, ...]:
        """The header card by card."""
        return self.cards()
