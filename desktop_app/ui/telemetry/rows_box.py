"""How the mouse moves rows of telemetry: as a curve in time, and row by row in values."""

from collections.abc import Callable

from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtWidgets import QGraphicsSceneWheelEvent

from desktop_app.ui.view_boxes import ZOOM_PER_NOTCH, CurveBox

_NOTCH = 120


class RowsBox(CurveBox):
    """The plot of all rows: its height counts pixels, its width seconds.

    Signals
    -------
    values_zoomed(QPointF, float)
        Shift with the wheel: where in the scene, and how many times as many values are to be seen.
    values_dragged(QPointF, float)
        Where in the scene the drag began, and by how many pixels it went down since the last call.
    boxed(QRectF)
        A box was dragged, in seconds and pixels.
    gripped(QPointF)
        What ``grips`` said to be a grip is dragged, to where in the scene.
    height_asked(float)
        Ctrl with the wheel: how many times as high the rows are to be.
    """

    values_zoomed = Signal(object, float)
    values_dragged = Signal(object, float)
    boxed = Signal(object)
    gripped = Signal(object)
    height_asked = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.grips: Callable[[QPointF], bool] | None = None
        self._gripping = False
        self.setMouseEnabled(x=True, y=False)
        self.invertY(True)

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        """Zoom in time about the cursor; in values with Shift, in height with Ctrl."""
        factor = ZOOM_PER_NOTCH ** (-event.delta() / _NOTCH)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.height_asked.emit(1 / factor)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.values_zoomed.emit(event.scenePos(), factor)
        else:
            super().wheelEvent(event, axis)
        event.accept()

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        """Pan in time, and in the values of a row that is zoomed; drag a grip where the drag began on one."""
        if event.isStart() and event.button() == Qt.MouseButton.LeftButton:
            self._gripping = self.grips is not None and self.grips(event.buttonDownScenePos())
        if self._gripping:
            event.accept()
            self.gripped.emit(event.scenePos())
            self._gripping = not event.isFinish()
            return
        if axis is None and event.button() == Qt.MouseButton.LeftButton and not self.boxing:
            self.values_dragged.emit(event.buttonDownScenePos(), float(event.pos().y() - event.lastPos().y()))
        super().mouseDragEvent(event, axis)

    def showAxRect(self, ax: QRectF, **_options: object) -> None:
        """What to do with a box is for the rows to say."""
        self.boxed.emit(ax)
