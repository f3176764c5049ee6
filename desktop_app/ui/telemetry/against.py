"""What is drawn of one channel against another: made ready away from the window's thread."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.channels.relation import NO_RELATION, Relation, relation_of
from desktop_app.core.detection import Event
from desktop_app.core.telemetry import Telemetry, stretches

Range = tuple[float, float]
Rows = tuple[tuple[int, int], ...]
"""Stretches ``start:stop`` of rows, in order."""

POINTS = 6000
"""Up to so many samples are drawn as points; more are a density."""
_MARGIN = 0.04
_MOST_MARKS = 4000
_SCREEN = (240, 180)


@dataclass(frozen=True)
class Asked:
    """What is wanted.

    Attributes
    ----------
    x, y : str
        Names of channels; "" where none is chosen.
    seen : (float, float) or None
        The times in view, which limit the samples; None for all.
    room : (int, int)
        Width and height of the plot in device pixels.
    """

    x: str = ""
    y: str = ""
    seen: Range | None = None
    room: tuple[int, int] = _SCREEN


@dataclass(frozen=True, eq=False)
class AgainstPicture:
    """Two channels, ready to be drawn.

    Attributes
    ----------
    asked : Asked
    rows : ndarray, shape (m,)
        The rows in view where both have a value.
    x, y : ndarray, shape (m,)
    frame : (float, float, float, float)
        Lowest and highest x, lowest and highest y that are drawn.
    counts : ndarray of int, shape (height, width), or None
        Samples a pixel, the highest y first; None where they are drawn as points.
    flagged, labelled : ndarray, shape (k,)
        Which of the m samples are in events of one of the two channels, and under labels on them; where they are
        more than can be told apart, one for each pixel.
    n_flagged, n_labelled : int
        How many there are.
    relation : Relation
    """

    asked: Asked
    rows: Ints
    x: Floats
    y: Floats
    frame: tuple[float, float, float, float]
    counts: Ints | None
    flagged: Ints
    labelled: Ints
    n_flagged: int = 0
    n_labelled: int = 0
    relation: Relation = NO_RELATION


@dataclass(frozen=True, eq=False)
class AgainstState:
    """One channel against another in the window.

    Attributes
    ----------
    of : Telemetry or None
        The data that all of this is about.
    asked : Asked
    picture : AgainstPicture or None
        Of what was asked last, or still of what was asked before.
    making : bool
        Whether a picture is on its way.
    brushed : tuple of (int, int)
        The rows that were selected in the scatter.
    """

    of: Telemetry | None = None
    asked: Asked = field(default_factory=Asked)
    picture: AgainstPicture | None = None
    making: bool = False
    brushed: Rows = ()


NOTHING_AGAINST = AgainstState()


def against_picture(data: Telemetry, events: Sequence[Event], asked: Asked) -> AgainstPicture | None:
    """The channels ``asked.x`` and ``asked.y`` of ``data`` against each other; None where one is not among them."""
    if asked.x not in data.names or asked.y not in data.names:
        return None
    first, last = rows_seen(data, asked.seen)
    seen = np.arange(first, last)
    both = [data.values[first:last, data.names.index(name)] for name in (asked.x, asked.y)]
    met = np.isfinite(both[0]) & np.isfinite(both[1])
    rows, x, y = seen[met], both[0][met], both[1][met]
    states = [bool(data.channels[data.names.index(name)].states) for name in (asked.x, asked.y)]
    frame = (*_padded(x, states=states[0]), *_padded(y, states=states[1]))
    counts = _counts(x, y, frame, asked.room) if len(rows) > POINTS else None
    names = (asked.x, asked.y)
    flagged = _marked(len(data), [(event.start, event.stop) for event in events if event.channel in names])[rows]
    on_one = {(label.start, label.stop) for name in names for label in data.labels_on(name)}
    labelled = _marked(len(data), sorted(on_one))[rows]
    return AgainstPicture(
        asked,
        rows,
        x,
        y,
        frame,
        counts,
        _few(np.flatnonzero(flagged), x, y, frame),
        _few(np.flatnonzero(labelled), x, y, frame),
        int(flagged.sum()),
        int(labelled.sum()),
        relation_of(*both),
    )


def rows_seen(data: Telemetry, seen: Range | None) -> tuple[int, int]:
    """The rows ``first:last`` of the times ``seen``; all where these are None."""
    if seen is None:
        return 0, len(data)
    first = int(np.searchsorted(data.time, seen[0], "left"))
    return first, max(first, int(np.searchsorted(data.time, seen[1], "right")))


def within(picture: AgainstPicture, box: tuple[float, float, float, float]) -> Rows:
    """The rows whose samples lie in ``box``: lowest and highest x, lowest and highest y.

    Rows next to each other among those that are drawn are one stretch.
    """
    left, right, bottom, top = box
    inside = (picture.x >= left) & (picture.x <= right) & (picture.y >= bottom) & (picture.y <= top)
    return tuple((int(picture.rows[a]), int(picture.rows[b - 1]) + 1) for a, b in stretches(inside))


def nearest(picture: AgainstPicture, x: float, y: float, reach: tuple[float, float]) -> int | None:
    """The row of the sample closest to a point, where one is within ``reach`` of it in x and in y."""
    off = np.maximum(np.abs(picture.x - x) / reach[0], np.abs(picture.y - y) / reach[1])
    place = int(np.argmin(off)) if len(off) else -1
    return int(picture.rows[place]) if place >= 0 and off[place] <= 1 else None


def first_choice(data: Telemetry) -> tuple[str, str]:
    """Two measured channels that change, the first there are; a command beside where only one is measured."""
    moving = [
        channel
        for place, channel in enumerate(data.channels)
        if _moves(data.values[:, place])  # a channel at rest is against nothing
    ]
    measured = [channel.name for channel in moving if channel.role == "measured"]
    others = [channel.name for channel in moving if channel.role == "command"]
    names = [*measured[:2], *others][:2]
    if len(names) < 2:
        return "", ""
    # What happens because of a command belongs on the upright axis.
    return (names[0], names[1]) if len(measured) > 1 else (names[1], names[0])


def _moves(values: Floats) -> bool:
    known = values[np.isfinite(values)]
    return bool(known.size) and bool(known.min() < known.max())


def _padded(values: Floats, *, states: bool) -> Range:
    """The extrema with a margin; something to draw in also where there is but one value, or none."""
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if states:
        return low - 0.5, high + 0.5  # room for their names
    room = _MARGIN * (high - low) or max(abs(low), 1.0) * _MARGIN
    return low - room, high + room


def _counts(x: Floats, y: Floats, frame: tuple[float, float, float, float], room: tuple[int, int]) -> Ints:
    """How many samples each pixel holds, shape (height, width), the highest y first."""
    left, right, bottom, top = frame
    width, height = room
    column = np.clip(((x - left) * (width / (right - left))).astype(np.int64), 0, width - 1)
    line = np.clip(((top - y) * (height / (top - bottom))).astype(np.int64), 0, height - 1)
    return np.bincount(line * width + column, minlength=width * height).reshape(height, width)


def _marked(n: int, intervals: Sequence[tuple[int, int]]) -> Bools:
    rows = np.zeros(n, bool)
    for start, stop in intervals:
        rows[start:stop] = True
    return rows


def _few(places: Ints, x: Floats, y: Floats, frame: tuple[float, float, float, float]) -> Ints:
    """``places``, one for each cell of a coarse grid where they are too many to be told apart."""
    if len(places) <= _MOST_MARKS:
        return places
    left, right, bottom, top = frame
    width, height = _SCREEN
    column = np.clip(((x[places] - left) * (width / (right - left))).astype(np.int64), 0, width - 1)
    line = np.clip(((top - y[places]) * (height / (top - bottom))).astype(np.int64), 0, height - 1)
    _, first = np.unique(line * width + column, return_index=True)
    return places[first]
