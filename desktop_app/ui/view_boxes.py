"""How the mouse moves a plot: drag pans, wheel zooms in time, Shift with the wheel in flux, right drag boxes."""

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsSceneWheelEvent

from desktop_app.ui.theme import Theme

ZOOM_PER_NOTCH = 1.25
_NOTCH = 120


class CurveBox(pg.ViewBox):
    """The plot of a curve.

    Signals
    -------
    clicked(QPointF)
        Where, in the scene.
    """

    clicked = Signal(object)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.boxing = False
        self.setMouseEnabled(x=True, y=True)
        self.disableAutoRange()

    def set_theme(self, theme: Theme) -> None:
        """Draw the box that is dragged in the accent colour."""
        accent = QColor(theme.accent)
        self.rbScaleBox.setPen(pg.mkPen(accent, width=1))
        accent.setAlpha(36)
        self.rbScaleBox.setBrush(accent)

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        """Zoom about the cursor: in time, or in flux with Shift or over the flux axis."""
        factor = ZOOM_PER_NOTCH ** (-event.delta() / _NOTCH)
        upright = axis == 1 or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        centre = self.mapSceneToView(event.scenePos())
        if upright and self.state["mouseEnabled"][1]:
            self.scaleBy(y=factor, center=centre)
        elif not upright:
            self.scaleBy(x=factor, center=centre)
        event.accept()
        self.sigRangeChangedManually.emit([not upright, upright])

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        """Pan; draw a box with the right button, or with the left one in box mode."""
        button = event.button()
        left, right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
        if axis is None and (button == right or (self.boxing and button == left)):
            event.accept()
            self._box(event)
            return
        super().mouseDragEvent(event, axis)

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        """Tell the click."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.clicked.emit(event.scenePos())

    def _box(self, event: MouseDragEvent) -> None:
        start, now = event.buttonDownPos(event.button()), event.pos()
        if not event.isFinish():
            self.updateScaleBox(start, now)
            return
        self.rbScaleBox.hide()
        box = self.childGroup.mapRectFromParent(QRectF(QPointF(start), QPointF(now)).normalized())
        if box.width() > 0 and box.height() > 0:
            self.showAxRect(box)


class ScoreBox(CurveBox):
    """The plot of scores: moves in time only."""

    def __init__(self) -> None:
        super().__init__()
        self.setMouseEnabled(x=True, y=False)

    def showAxRect(self, ax: QRectF, **_options: object) -> None:
        """A box zooms in time alone."""
        self.setXRange(ax.left(), ax.right(), padding=0)


class OverviewBox(pg.ViewBox):
    """The strip that shows everything; a click moves the view there.

    Signals
    -------
    clicked(float)
        The time clicked.
    """

    clicked = Signal(float)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(x=False, y=False)
        self.disableAutoRange()

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, _axis: int | None = None) -> None:
        """Stay."""
        event.ignore()

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        """Tell the time clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.clicked.emit(float(self.mapSceneToView(event.scenePos()).x()))
