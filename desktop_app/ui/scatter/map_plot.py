"""The plot of the map: the wheel zooms, a drag draws a lasso or a box or moves the map, a click looks at an object."""

from typing import Literal

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsSceneWheelEvent, QWidget

from desktop_app.core.arrays import Ints
from desktop_app.ui.axes import ValueAxis
from desktop_app.ui.plots import place_axes
from desktop_app.ui.scatter.map_items import LassoItem, MapPoints, PointsItem
from desktop_app.ui.telemetry.against_items import ChosenItem
from desktop_app.ui.theme import Theme
from desktop_app.ui.view_boxes import ZOOM_PER_NOTCH, CurveBox

Tool = Literal["lasso", "box", "move"]
_AXIS_PX = 62
_MINIMUM_PX = 140
REACH_PX = 9.0
_PADDING = 0.06
_NOTCH = 120


class MapBox(CurveBox):
    """What a drag with the left button does depends on the tool.

    Signals
    -------
    drawn(QPolygonF)
        An outline is being drawn, in values.
    closed(QPolygonF)
        It is done.
    """

    drawn = Signal(object)
    closed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.tool: Tool = "lasso"
        self._path: list[QPointF] = []

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, _axis: int | None = None) -> None:
        """Zoom both ways about the cursor."""
        factor = ZOOM_PER_NOTCH ** (-event.delta() / _NOTCH)
        self.scaleBy(x=factor, y=factor, center=self.mapSceneToView(event.scenePos()))
        event.accept()

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        """Draw an outline, or move the map; the right button always zooms to a box."""
        if axis is not None or event.button() != Qt.MouseButton.LeftButton or self.tool == "move":
            super().mouseDragEvent(event, axis)
            return
        event.accept()
        at = self.mapToView(event.pos())
        if event.isStart():
            self._path = [self.mapToView(event.buttonDownPos(event.button()))]
        self._path.append(at)
        outline = QPolygonF(self._path)
        if self.tool == "box":
            outline = QPolygonF(QRectF(self._path[0], at).normalized())
        (self.closed if event.isFinish() else self.drawn).emit(outline)


class MapPlot(pg.GraphicsLayoutWidget):
    """Points with their axes.

    Signals
    -------
    picked(int)
        The row of the object that was clicked.
    outlined(QPolygonF)
        In values.
    pointed(int, QPointF)
        The row of the object under the cursor, -1 for none, and where that is in the widget.
    """

    picked = Signal(int)
    outlined = Signal(object)
    pointed = Signal(int, QPointF)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Map of objects")
        self.setMinimumHeight(_MINIMUM_PX)
        self.ci.setContentsMargins(0, 4, 8, 2)
        self.box = MapBox()
        self.left, self.bottom = ValueAxis("left"), ValueAxis("bottom")
        place_axes(self, self.box, 0, left=self.left, bottom=self.bottom)
        self.left.setWidth(_AXIS_PX)
        self.points = MapPoints()
        self.cloud, self.chosen, self.lasso = PointsItem(), ChosenItem(), LassoItem()
        for item in (self.cloud, self.chosen, self.lasso):
            self.box.addItem(item, ignoreBounds=True)
        self.box.clicked.connect(self._on_clicked)
        self.box.drawn.connect(self.lasso.set_outline)
        self.box.closed.connect(self._on_closed)
        self.scene().sigMouseMoved.connect(self._on_moved)
        self.set_theme(theme)

    def show_points(self, points: MapPoints, across: str, up: str, *, fit: bool) -> None:
        """Draw other objects; ``across`` and ``up`` stand at the axes."""
        self.points = points
        self.cloud.set_points(points)
        self.bottom.setLabel(across)
        self.left.setLabel(up)
        if fit:
            self.fit()

    def show_chosen(self, rows: Ints, here: int | None) -> None:
        """Which objects are chosen, and which one is looked at."""
        points = self.points
        known = rows[rows < len(points.x)]
        self.chosen.set_chosen(points.x[known], points.y[known])
        at = None if here is None or here >= len(points.x) else (float(points.x[here]), float(points.y[here]))
        self.chosen.set_here(at if at is not None and np.isfinite(at).all() else None)

    def fit(self) -> None:
        """Show every object."""
        x, y = self.points.x, self.points.y
        known = np.isfinite(x) & np.isfinite(y)
        if not known.any():
            return
        left, right = float(x[known].min()), float(x[known].max())
        low, high = float(y[known].min()), float(y[known].max())
        wide, tall = (right - left) or 1.0, (high - low) or 1.0
        self.box.setRange(QRectF(left, low, wide, tall), padding=_PADDING)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.setBackground(theme.panel)
        self.box.set_theme(theme)
        for item in (self.cloud, self.chosen, self.lasso):
            item.set_theme(theme)
        for axis in (self.left, self.bottom):
            axis.setPen(QPen(QColor(theme.line)))
            axis.setTextPen(QColor(theme.muted))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the cursor any more."""
        super().leaveEvent(event)
        self.pointed.emit(-1, QPointF())

    def _on_clicked(self, at: QPointF) -> None:
        place = self._place_at(at)
        if place is not None:
            self.picked.emit(place)

    def _on_closed(self, outline: QPolygonF) -> None:
        self.lasso.set_outline(QPolygonF())
        self.outlined.emit(outline)

    def _on_moved(self, at: QPointF) -> None:
        place = self._place_at(at) if self.box.sceneBoundingRect().contains(at) else None
        self.pointed.emit(-1 if place is None else place, QPointF(self.mapFromScene(at)))

    def _place_at(self, at: QPointF) -> int | None:
        point, (across, up) = self.box.mapSceneToView(at), self.box.viewPixelSize()
        return self.points.nearest(float(point.x()), float(point.y()), float(across), float(up), REACH_PX)
