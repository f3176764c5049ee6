"""What is known of each part of a telemetry file: how it looks, and what was found in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from desktop_app.core.params import Params
from desktop_app.ui.telemetry.thumbs import Thumb

LEAST_PARTS = 2


@dataclass(frozen=True, eq=False)
class PartLook:
    """A part that was read: its chief channel, small, and how much there is of it.

    Attributes
    ----------
    rows, channels, labels : int
    spread : float
        The standard deviation of the chief channel; NaN where it has no values.
    thumb : Thumb or None
    """

    rows: int
    channels: int
    labels: int
    spread: float
    thumb: Thumb | None


@dataclass(frozen=True, eq=False)
class PartFound:
    """What a detector found in one part.

    Attributes
    ----------
    top : float
        The highest score; NaN where nothing could be looked at.
    events : int
    hits, missed, false : int
        Against ground truth; 0 where the part has none.
    labelled : bool
    thumb : Thumb or None
        The chief channel with its events.
    notes : tuple of str
    problem : str
        Why the part could not be looked at; "" where it could.
    """

    top: float = float("nan")
    events: int = 0
    hits: int = 0
    missed: int = 0
    false: int = 0
    labelled: bool = False
    thumb: Thumb | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts of one file.

    Attributes
    ----------
    path : Path or None
    names : tuple of str
        In the order of the file; () where it has fewer than `LEAST_PARTS`.
    looks : mapping of str to PartLook
        Of the parts that were read so far.
    found : mapping of str to PartFound
        Of the parts that were looked at so far.
    detector, settings, threshold :
        What ``found`` was found with; "" where nothing was looked for.
    """

    path: Path | None = None
    names: tuple[str, ...] = ()
    looks: Mapping[str, PartLook] = field(default_factory=dict)
    found: Mapping[str, PartFound] = field(default_factory=dict)
    detector: str = ""
    settings: Params | None = None
    threshold: float = float("nan")


NO_PARTS = Parts()
