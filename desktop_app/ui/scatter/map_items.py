"""What is drawn on the map of objects: each a disc in its colour, or a density where there are too many."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from desktop_app.core.arrays import Floats, Ints
from desktop_app.ui.plot_items import Frame, PlotItem, indexed, shaded
from desktop_app.ui.raster import Raster
from desktop_app.ui.telemetry.against_items import density_shades

DENSE_FROM = 20_000
"""From so many objects on a density is drawn, and discs for the flagged ones alone."""
MOST_COLOURS = 100
_RADIUS_PX = (1.6, 3.6)
_ROOMY = 3000.0
_RING_PX = 6.0
_RINGED = 2000
_RIM_ALPHA = 110
_EDGE_PX = 0.3


@dataclass(frozen=True, eq=False)
class MapPoints:
    """m objects on the map.

    Attributes
    ----------
    x, y : ndarray, shape (m,)
        NaN for those that have no place.
    colour : ndarray of uint8, shape (m,)
        Which of ``palette`` each has; those with the highest are drawn last.
    palette : tuple of str
        At most `MOST_COLOURS`.
    flagged : ndarray of int
        The rows that are events.
    """

    x: Floats = field(default_factory=lambda: np.zeros(0))
    y: Floats = field(default_factory=lambda: np.zeros(0))
    colour: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    palette: tuple[str, ...] = ()
    flagged: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def nearest(self, x: float, y: float, across: float, up: float, reach_px: float) -> int | None:
        """The object next to a place, at most ``reach_px`` away; ``across`` and ``up`` are values for a pixel."""
        if not len(self.x):
            return None
        away = np.hypot((self.x - x) / across, (self.y - y) / up)
        if not np.isfinite(away).any():
            return None
        place = int(np.nanargmin(away))
        return place if away[place] <= reach_px else None

    def within(self, outline: QPolygonF) -> Ints:
        """The rows of the objects inside of a polygon."""
        box = outline.boundingRect()
        near = np.flatnonzero(
            (self.x >= box.left()) & (self.x <= box.right()) & (self.y >= box.top()) & (self.y <= box.bottom())
        )
        rule = Qt.FillRule.OddEvenFill
        inside = [outline.containsPoint(QPointF(self.x[row], self.y[row]), rule) for row in near]
        return near[np.array(inside, np.bool_)] if near.size else near


class PointsItem(PlotItem):
    """The objects; painted anew only where the view or they are others."""

    def __init__(self) -> None:
        super().__init__()
        self._points = MapPoints()
        self._drawn: tuple[object, QImage] | None = None

    def set_points(self, points: MapPoints) -> None:
        """Draw others."""
        self._points, self._drawn = points, None
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """The image of the points, then rings about what is flagged."""
        if not len(self._points.x):
            return
        wanted = (frame.view, self.theme.name)
        if self._drawn is None or self._drawn[0] != wanted:
            self._drawn = (wanted, points_image(self._points, frame, self.theme.muted))
        painter.drawImage(QRectF(frame.left, frame.top, frame.width, frame.height), self._drawn[1])
        self._ring(painter, frame)

    def _ring(self, painter: QPainter, frame: Frame) -> None:
        rows = self._points.flagged[:_RINGED]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.text), 1.1))
        for x, y in zip(frame.x(self._points.x[rows]).tolist(), frame.y(self._points.y[rows]).tolist(), strict=True):
            painter.drawEllipse(QPointF(x, y), _RING_PX, _RING_PX)


class LassoItem(PlotItem):
    """The line that is being drawn about objects."""

    def __init__(self) -> None:
        super().__init__()
        self._outline = QPolygonF()

    def set_outline(self, outline: QPolygonF) -> None:
        """Draw another, in values."""
        self._outline = outline
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """A closed line and a light shade."""
        if self._outline.isEmpty():
            return
        corners = [QPointF(float(frame.x(at.x())), float(frame.y(at.y()))) for at in self._outline.toList()]
        accent = QColor(self.theme.accent)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(accent, 1.5, Qt.PenStyle.DashLine))
        accent.setAlpha(30)
        painter.setBrush(accent)
        painter.drawPolygon(QPolygonF(corners))


def points_image(points: MapPoints, frame: Frame, crowd: str) -> QImage:
    """Discs in their colours; beyond `DENSE_FROM` a density in the colour ``crowd`` with the flagged on top."""
    view = frame.view
    column, line = _on_pixels(points.x, points.y, frame)
    many = len(points.x) > DENSE_FROM
    rows = points.flagged if many else np.argsort(points.colour, kind="stable")
    shades = np.zeros((view.height, view.width), np.uint8)
    radius = float(np.clip(_RADIUS_PX[1] * np.sqrt(_ROOMY / max(len(rows), 1)), *_RADIUS_PX)) * view.scale
    colours = points.colour[rows].astype(np.uint8)
    for rim, offsets in zip((True, False), _disc(radius), strict=True):
        index = colours + np.uint8(1 + (MOST_COLOURS if rim else 0))
        for dx, dy in offsets:
            x, y = column[rows] + dx, line[rows] + dy
            good = (x >= 0) & (x < view.width) & (y >= 0) & (y < view.height)
            shades[y[good], x[good]] = index[good]
    discs = indexed(shades, _table(points.palette), 1.0)
    if not many:
        return discs
    inside = (column >= 0) & (column < view.width) & (line >= 0) & (line < view.height)
    counts = np.bincount(line[inside] * view.width + column[inside], minlength=view.height * view.width)
    dense = density_shades(counts.reshape(view.height, view.width).astype(np.int64), view.scale)
    image = shaded(Raster(dense, 0.0, dense=True), crowd, 1.0)
    painter = QPainter(image)
    painter.drawImage(0, 0, discs)
    painter.end()
    return image


def _on_pixels(x: Floats, y: Floats, frame: Frame) -> tuple[Ints, Ints]:
    """Columns and lines of the device; far outside where there is no value."""
    view = frame.view
    column = (x - view.start) * (view.width / (view.stop - view.start))
    line = (view.top - y) * (view.height / (view.top - view.bottom))
    known = np.isfinite(column) & np.isfinite(line)
    column = np.where(known, np.clip(column, -1e6, 1e6), -1e6)
    line = np.where(known, np.clip(line, -1e6, 1e6), -1e6)
    return np.floor(column).astype(np.int64), np.floor(line).astype(np.int64)


def _table(palette: tuple[str, ...]) -> list[int]:
    """Colours of cores, then the same half transparent for rims."""
    full = [QColor(name).rgba() for name in palette]
    full += [0] * (MOST_COLOURS - len(full))
    rims = [(_RIM_ALPHA << 24) | (colour & 0xFFFFFF) for colour in full]
    return [0, *full, *rims]


@lru_cache(maxsize=16)
def _disc(radius: float) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """Offsets of pixels in the rim and in the core of a disc."""
    reach = int(radius) + 1
    cells = [(dx, dy, np.hypot(dx, dy)) for dx in range(-reach, reach + 1) for dy in range(-reach, reach + 1)]
    rim = tuple((dx, dy) for dx, dy, away in cells if radius - _EDGE_PX < away <= radius + _EDGE_PX)
    return rim, tuple((dx, dy) for dx, dy, away in cells if away <= radius - _EDGE_PX)
