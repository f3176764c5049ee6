"""What was found in a picture, ready to be drawn over it and to be pointed at."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.detection import ARTEFACT_KINDS, Detection, Event
from desktop_app.ui.images.image_raster import Window
from desktop_app.ui.theme import kind_of

REACH_PX = 9.0


@dataclass(frozen=True)
class Shown:
    """What a person wants to see of what was found.

    Attributes
    ----------
    hidden : frozenset of str
        Kinds that are not drawn.
    others : bool
        Whether objects below the threshold are dots.
    """

    hidden: frozenset[str] = frozenset()
    others: bool = False


@dataclass(frozen=True, eq=False)
class Found:
    """The n events of a picture and the objects that are none, in pixels of the picture.

    Attributes
    ----------
    kinds : tuple of str
        One an event.
    scores : ndarray, shape (n,)
    x, y : ndarray, shape (n,)
    boxes : ndarray, shape (n, 4)
        Left, right, bottom and top of each outline; of an event without one, its place.
    mark_x, mark_y : ndarray, shape (n,)
        Where the mark of its kind stands: at the corner furthest to the upper right.
    corner_x, corner_y : ndarray
        The corners of all outlines one after the other, the first of each once more as its last.
    first : ndarray of int, shape (n + 1,)
        Where the corners of each begin.
    others_x, others_y : ndarray
        Objects that are no events.
    """

    kinds: tuple[str, ...] = ()
    scores: Floats = field(default_factory=lambda: np.zeros(0))
    x: Floats = field(default_factory=lambda: np.zeros(0))
    y: Floats = field(default_factory=lambda: np.zeros(0))
    boxes: Floats = field(default_factory=lambda: np.zeros((0, 4)))
    mark_x: Floats = field(default_factory=lambda: np.zeros(0))
    mark_y: Floats = field(default_factory=lambda: np.zeros(0))
    corner_x: Floats = field(default_factory=lambda: np.zeros(0))
    corner_y: Floats = field(default_factory=lambda: np.zeros(0))
    first: Ints = field(default_factory=lambda: np.zeros(1, np.int64))
    others_x: Floats = field(default_factory=lambda: np.zeros(0))
    others_y: Floats = field(default_factory=lambda: np.zeros(0))

    def __len__(self) -> int:
        return len(self.x)

    def counts(self) -> dict[str, int]:
        """How many there are of each kind, what is of the sky first."""
        names = sorted(set(self.kinds), key=lambda name: (name in ARTEFACT_KINDS, kind_of(name).label))
        return {name: self.kinds.count(name) for name in names}

    def of_kinds(self, names: Iterable[str]) -> Bools:
        """Which events are of one of the kinds ``names``, shape (n,)."""
        wanted = frozenset(names)
        return np.array([kind in wanted for kind in self.kinds], np.bool_)

    def in_sight(self, window: Window, margin: float) -> Bools:
        """Which events lie in ``window`` or at most ``margin`` pixels beside it, shape (n,)."""
        left, right, bottom, top = self.boxes.T
        across = (right >= window.left - margin) & (left <= window.right + margin)
        return across & (top >= window.bottom - margin) & (bottom <= window.top + margin)

    def at(self, x: float, y: float, reach: float, shown: Shown) -> int | None:
        """The event at a place: the smallest outline about it, else the nearest middle within ``reach``."""
        if not len(self):
            return None
        seen = ~self.of_kinds(shown.hidden)
        left, right, bottom, top = self.boxes.T
        sides = np.maximum(right - left, top - bottom)
        inside = np.flatnonzero(seen & (left <= x) & (x <= right) & (bottom <= y) & (y <= top))
        inside = inside[[self._holds(int(place), x, y) for place in inside]] if inside.size else inside
        if inside.size:
            return int(inside[np.argmin(sides[inside])])
        away = np.where(seen, np.hypot(self.x - x, self.y - y), np.inf)
        near = int(np.argmin(away))
        return near if away[near] <= reach else None

    def _holds(self, place: int, x: float, y: float) -> bool:
        """Whether the outline of an event goes about a point: how often a ray to the right crosses it."""
        rows = slice(int(self.first[place]), int(self.first[place + 1]))
        xs, ys = self.corner_x[rows], self.corner_y[rows]
        if len(xs) < 4:
            return True
        crosses = (ys[:-1] > y) != (ys[1:] > y)
        rise = np.where(crosses, ys[1:] - ys[:-1], 1.0)
        return bool((crosses & (x < xs[:-1] + (y - ys[:-1]) * (xs[1:] - xs[:-1]) / rise)).sum() % 2)


NOTHING_FOUND = Found()


def found_of(detection: Detection, events: tuple[Event, ...]) -> Found:
    """``events`` of a detection in a picture, ready to be drawn."""
    objects = detection.objects
    rows = np.array([event.peak for event in events], np.int64)
    x, y = objects.x[rows], objects.y[rows]
    closed = [(*event.outline, event.outline[0]) if event.outline else () for event in events]
    first = np.concatenate(([0], np.cumsum([len(corners) for corners in closed]))).astype(np.int64)
    corners = np.array([corner for outline in closed for corner in outline], np.float64).reshape(-1, 2)
    other = np.ones(len(objects), np.bool_)
    other[rows] = False
    mark_x, mark_y = _marks(x, y, corners, first)
    return Found(
        kinds=tuple(event.kind for event in events),
        scores=np.array([event.score for event in events], np.float64),
        x=x,
        y=y,
        boxes=_boxes(x, y, corners, first),
        mark_x=mark_x,
        mark_y=mark_y,
        corner_x=np.ascontiguousarray(corners[:, 0]),
        corner_y=np.ascontiguousarray(corners[:, 1]),
        first=first,
        others_x=objects.x[other],
        others_y=objects.y[other],
    )


def _boxes(x: Floats, y: Floats, corners: Floats, first: Ints) -> Floats:
    boxes = np.column_stack([x, x, y, y])
    has = np.flatnonzero(np.diff(first) > 0)
    if has.size:
        starts = first[has]
        for column, (axis, extreme) in enumerate(((0, np.minimum), (0, np.maximum), (1, np.minimum), (1, np.maximum))):
            boxes[has, column] = extreme.reduceat(corners[:, axis], starts)
    return boxes


def _marks(x: Floats, y: Floats, corners: Floats, first: Ints) -> tuple[Floats, Floats]:
    places = np.column_stack([x, y])
    has = np.flatnonzero(np.diff(first) > 0)
    if has.size:
        out = corners.sum(axis=1)
        furthest = np.maximum.reduceat(out, first[has])
        owner = np.repeat(np.arange(has.size), np.diff(first)[has])
        best = np.flatnonzero(out == furthest[owner])
        _, once = np.unique(owner[best], return_index=True)
        places[has] = corners[best[once]]
    return np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])
