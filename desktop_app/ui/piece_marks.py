"""Where the pieces of a stitched light curve begin, and which they are."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from desktop_app.ui.plot_items import Frame, PlotItem

_ABOVE_PX = 9
_PAD_PX = 4


class PiecesItem(PlotItem):
    """A thin line where each piece begins, with its name at the bottom as far as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: tuple[tuple[float, str], ...] = ()

    def set_pieces(self, pieces: tuple[tuple[float, str], ...]) -> None:
        """The first time and the name of each piece, in the order of time; () for a curve of one file."""
        self._pieces = pieces
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Lines first; a name stays in view as long as its piece does."""
        if not self._pieces:
            return
        right = frame.left + frame.width
        starts = np.round(frame.x(np.array([time for time, _ in self._pieces]))) + 0.5
        painter.setPen(QPen(QColor(self.theme.line), 1.0, Qt.PenStyle.DashLine))
        for x in starts[1:]:
            if frame.left <= x <= right:
                painter.drawLine(QPointF(float(x), frame.top), QPointF(float(x), frame.top + frame.height))
        font = QFont(painter.font())
        font.setPointSizeF(8.0)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        bottom = frame.top + frame.height - _ABOVE_PX
        for begin, end, (_, name) in zip(starts, [*starts[1:], right], self._pieces, strict=True):
            x, room = max(float(begin), frame.left) + _PAD_PX, min(float(end), right) - _PAD_PX
            text = next((said for said in (name, name.split()[-1]) if metrics.horizontalAdvance(said) <= room - x), "")
            if text:
                self._write(painter, metrics, QPointF(x, bottom), text)

    def _write(self, painter: QPainter, metrics: QFontMetricsF, at: QPointF, text: str) -> None:
        """Text on a patch of the panel's colour: it may stand over points."""
        patch = QColor(self.theme.panel)
        patch.setAlpha(190)
        around = QRectF(at.x() - 2, at.y() - metrics.ascent(), metrics.horizontalAdvance(text) + 4, metrics.height())
        painter.fillRect(around, patch)
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(at, text)
