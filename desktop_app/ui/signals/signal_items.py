"""What is painted of a signal: bins with their errors, the model, and marks at the dips in the curve."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop_app.core.arrays import Floats
from desktop_app.core.transits.folded import Bins
from desktop_app.ui.plot_items import LANE_PX, Frame, PlotItem

_RADIUS_PX = (1.6, 3.4)
_MARK_PX = 4.0
_MOST_MARKS = 2_000


class BinsItem(PlotItem):
    """Discs, or hollow squares, with bars of one standard error; smaller where they are many."""

    def __init__(self, *, hollow: bool = False) -> None:
        super().__init__()
        self._hollow = hollow
        self._bins: Bins | None = None
        self._colour = ""

    def set_bins(self, bins: Bins | None) -> None:
        """Draw ``bins`` from now on."""
        self._bins = bins
        self.update()

    def set_colour(self, colour: str) -> None:
        """Of the discs."""
        self._colour = colour
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Bars below, discs above, with a rim of the panel's colour so that they stand out of the points."""
        if self._bins is None or not self._bins.at.size:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, y = frame.x(self._bins.at), frame.y(self._bins.light)
        low, high = frame.y(self._bins.light - self._bins.error), frame.y(self._bins.light + self._bins.error)
        colour = QColor(self._colour or self.theme.text)
        painter.setPen(QPen(colour, 1.25))
        for place in np.flatnonzero(np.isfinite(low)):
            painter.drawLine(QPointF(x[place], low[place]), QPointF(x[place], high[place]))
        room = float(np.median(np.diff(x))) if x.size > 1 else frame.width
        radius = float(np.clip(0.4 * room, _RADIUS_PX[0], _RADIUS_PX[1]))
        if self._hollow:
            radius += 1.2
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for a, b in zip(x.tolist(), y.tolist(), strict=True):
                painter.drawRect(QRectF(a - radius, b - radius, 2 * radius, 2 * radius))
            return
        painter.setPen(QPen(QColor(self.theme.panel), 0.75))
        painter.setBrush(colour)
        for a, b in zip(x.tolist(), y.tolist(), strict=True):
            painter.drawEllipse(QPointF(a, b), radius, radius)


class ModelItem(PlotItem):
    """The fit, as a line."""

    def __init__(self) -> None:
        super().__init__()
        self._at: Floats = np.zeros(0)
        self._values: Floats = np.zeros(0)

    def set_model(self, at: Floats, values: Floats) -> None:
        """Draw another one."""
        self._at, self._values = at, values
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """One line in the accent colour."""
        if self._at.size < 2:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x, y = frame.x(self._at).tolist(), frame.y(self._values).tolist()
        painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(x, y, strict=True)]))


class DipsItem(PlotItem):
    """Where the dips of the chosen signal are: a small mark above the time axis, and a faint line through the curve."""

    def __init__(self) -> None:
        super().__init__()
        self._time: Floats = np.zeros(0)

    def set_times(self, time: Floats) -> None:
        """The middles of the dips, in order of time."""
        self._time = time
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """A line and a mark for each dip in view; marks alone where there are too many."""
        first, last = np.searchsorted(self._time, [frame.view.start, frame.view.stop])
        x = frame.x(self._time[first:last])
        colour = QColor(self.theme.accent)
        bottom, top = frame.top + frame.height, frame.top + LANE_PX
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if x.size <= frame.width / 8:
            faint = QColor(colour)
            faint.setAlpha(90)
            painter.setPen(QPen(faint, 1.0, Qt.PenStyle.DotLine))
            for a in x.tolist():
                painter.drawLine(QPointF(a, top), QPointF(a, bottom - 2 * _MARK_PX))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for a in x[:_MOST_MARKS].tolist():
            base = bottom - 1
            corners = [QPointF(a - _MARK_PX, base), QPointF(a + _MARK_PX, base), QPointF(a, base - 2 * _MARK_PX)]
            painter.drawPolygon(QPolygonF(corners))
