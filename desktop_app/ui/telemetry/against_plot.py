"""The plot of one channel against another; a drag selects samples, a click looks at the one under it."""

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QColor, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsSceneWheelEvent, QWidget

from desktop_app.core.arrays import Floats
from desktop_app.core.telemetry import Channel
from desktop_app.ui.axes import places
from desktop_app.ui.plots import place_axes
from desktop_app.ui.telemetry.against import AgainstPicture
from desktop_app.ui.telemetry.against_items import ChosenItem, CloudItem, MarksItem
from desktop_app.ui.theme import Theme
from desktop_app.ui.view_boxes import CurveBox

_MINIMUM_PX = 150
_AXIS_PX = 62
_REACH_PX = 8.0


class ChannelAxis(pg.AxisItem):
    """The values of a channel: numbers in full, states by their names."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.enableAutoSIPrefix(False)
        self._states: tuple[str, ...] = ()

    def show_channel(self, channel: Channel) -> None:
        """Take the name, unit and states of ``channel``."""
        self._states = channel.states
        self.setLabel(f"{channel.name} ({channel.unit})" if channel.unit else channel.name)
        self.picture = None
        self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        """Round numbers; whole ones only where they are states."""
        ticks: list[tuple[float, list[float]]] = super().tickValues(minVal, maxVal, size)
        if self._states:
            ticks = [(spacing, [value for value in values if value == round(value)]) for spacing, values in ticks]
        return ticks

    def tickStrings(self, values: list[float], _scale: float, spacing: float) -> list[str]:
        """The numbers or names at the ticks."""
        if self._states:
            return [self._states[int(value)] if 0 <= value < len(self._states) else "" for value in values]
        if values and max(abs(value) for value in values) >= 1e7:
            return [f"{value:.4g}".replace("-", "−") for value in values]
        return [f"{value:.{places(spacing)}f}".replace("-", "−") for value in values]


class AgainstBox(CurveBox):
    """Shows everything; what is dragged is a selection.

    Signals
    -------
    boxed(QRectF)
        A box was dragged, in values.
    """

    boxed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.boxing = True
        self.setMouseEnabled(x=False, y=False)

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, _axis: int | None = None) -> None:
        """Stay."""
        event.ignore()

    def showAxRect(self, ax: QRectF, **_options: object) -> None:
        """A box selects, and does not zoom."""
        self.boxed.emit(ax)


class AgainstPlot(pg.GraphicsLayoutWidget):
    """One plot with its axes.

    Signals
    -------
    brushed(float, float, float, float)
        Lowest and highest x, lowest and highest y of a box that was dragged.
    clicked(float, float, float, float)
        Where, in values, and how far from there a sample may lie.
    room_changed(int, int)
        Width and height to draw on, in device pixels.
    """

    brushed = Signal(float, float, float, float)
    clicked = Signal(float, float, float, float)
    room_changed = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("One channel against another")
        self.setMinimumHeight(_MINIMUM_PX)
        self.ci.setContentsMargins(0, 4, 8, 2)
        self.box = AgainstBox()
        self.left, self.bottom = ChannelAxis("left"), ChannelAxis("bottom")
        place_axes(self, self.box, 0, left=self.left, bottom=self.bottom)
        self.left.setWidth(_AXIS_PX)
        self.cloud, self.marks, self.chosen = CloudItem(), MarksItem(), ChosenItem()
        for item in (self.cloud, self.chosen, self.marks):
            self.box.addItem(item, ignoreBounds=True)
        self.box.boxed.connect(self._on_boxed)
        self.box.clicked.connect(self._on_clicked)
        self.box.sigResized.connect(self._on_resized)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.setBackground(theme.panel)
        self.box.set_theme(theme)
        for item in (self.cloud, self.marks, self.chosen):
            item.set_theme(theme)
        for axis in (self.left, self.bottom):
            axis.setPen(QPen(QColor(theme.line)))
            axis.setTextPen(QColor(theme.muted))

    def show_picture(self, picture: AgainstPicture | None, channels: tuple[Channel, Channel] | None) -> None:
        """Draw other samples; ``channels`` are those of x and y."""
        self.cloud.set_picture(picture)
        self.marks.set_picture(picture)
        if picture is None or channels is None:
            return
        self.bottom.show_channel(channels[0])
        self.left.show_channel(channels[1])
        left, right, bottom, top = picture.frame
        self.box.setRange(QRectF(left, bottom, right - left, top - bottom), padding=0)

    def show_chosen(self, x: Floats, y: Floats, here: tuple[float, float] | None) -> None:
        """Which samples are selected, and which one is looked at."""
        self.chosen.set_chosen(x, y)
        self.chosen.set_here(here)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the room."""
        super().resizeEvent(event)
        self._on_resized()

    def _on_resized(self) -> None:
        # Pyqtgraph calls this before all is built.
        if not hasattr(self, "box"):
            return
        scale = self.devicePixelRatioF()
        width, height = round(self.box.width() * scale), round(self.box.height() * scale)
        if width > 1 and height > 1:
            self.room_changed.emit(width, height)

    def _on_boxed(self, box: QRectF) -> None:
        self.brushed.emit(box.left(), box.right(), box.top(), box.bottom())

    def _on_clicked(self, at: QPointF) -> None:
        point, (across, up) = self.box.mapSceneToView(at), self.box.viewPixelSize()
        self.clicked.emit(float(point.x()), float(point.y()), _REACH_PX * across, _REACH_PX * up)
