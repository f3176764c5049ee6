"""The names, units and axes beside the rows of telemetry."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QPainter
from PySide6.QtWidgets import QGraphicsSceneWheelEvent, QStyleOptionGraphicsItem, QWidget

from desktop_app.ui.telemetry.telemetry_items import Scene, small
from desktop_app.ui.telemetry.telemetry_picture import ChannelPicture
from desktop_app.ui.telemetry.telemetry_rows import LEVEL_PX, Row, value_ticks
from desktop_app.ui.theme import LIGHT, Theme, tabular
from desktop_app.ui.words import significant

GUTTER_PX = (104, 230)
_TICKS_PX = (44, 110)


class Gutter(pg.GraphicsWidget):
    """Names and values beside the rows.

    Signals
    -------
    scrolled(float)
        The wheel was turned over the names, by so many notches.
    """

    scrolled = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(GUTTER_PX[0])
        self._ticks_px = _TICKS_PX[0]
        self.theme = LIGHT
        self._scene = Scene()
        self._scrolled_px = 0.0

    def set_scene(self, scene: Scene) -> None:
        """The rows to name; the gutter is as wide as they need it to be, within reason."""
        self._scene = scene
        metrics = QFontMetricsF(tabular(small(QGuiApplication.font())))
        labels, beside_labels, alone = [0.0], [0.0], [0.0]
        for row in scene.rows:
            channel = scene.channels[row.place]
            texts = [text for _, text in value_ticks(row)] if row.form == "numbers" else _level_names(channel)
            labels += [metrics.horizontalAdvance(text) for text in texts]
            name = metrics.horizontalAdvance(channel.channel.name)
            (alone if row.form not in ("numbers", "states") else beside_labels).append(name)
        self._ticks_px = round(min(max(max(labels) + 16, _TICKS_PX[0]), _TICKS_PX[1]))
        wanted = max(max(alone) + 20, max(beside_labels) + 18 + self._ticks_px)
        self.setFixedWidth(round(min(max(wanted, GUTTER_PX[0]), GUTTER_PX[1])))
        self.update()

    def scroll_to(self, top_px: float) -> None:
        """What stands at the upper edge, in pixels from the top of all rows."""
        self._scrolled_px = top_px
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colours."""
        self.theme = theme
        self.update()

    def wheelEvent(self, event: QGraphicsSceneWheelEvent) -> None:
        """Scroll the rows."""
        self.scrolled.emit(-event.delta() / 120)
        event.accept()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """The name and unit of each row in view, and its axis."""
        size = self.size()
        painter.setClipRect(QRectF(0, 0, size.width(), size.height()))
        painter.setFont(tabular(small(painter.font())))
        for row in self._scene.seen(self._scrolled_px, self._scrolled_px + size.height()):
            area = QRectF(0, row.top - self._scrolled_px, size.width(), row.height)
            self._draw_name(painter, area, self._scene.channels[row.place])
            if row.form == "numbers":
                self._draw_ticks(painter, row, area, value_ticks(row))
            elif row.form == "states":
                self._draw_levels(painter, row, area)
            if row.lane:
                self._draw_lane(painter, QRectF(0, area.bottom(), size.width(), row.lane))
            painter.fillRect(QRectF(0, area.bottom() + row.lane - 1, size.width(), 1), QColor(self.theme.line))
        painter.fillRect(QRectF(size.width() - 1, 0, 1, size.height()), QColor(self.theme.line))

    def _draw_name(self, painter: QPainter, area: QRectF, channel: ChannelPicture) -> None:
        compact = channel.form not in ("numbers", "states")
        width = area.width() - (16 if compact else self._ticks_px + 8)
        metrics = QFontMetricsF(painter.font())
        unit = channel.channel.unit
        painter.setPen(QColor(self.theme.text if channel.form != "empty" else self.theme.muted))
        middle = Qt.TextElideMode.ElideMiddle
        if compact:
            text = metrics.elidedText(channel.channel.name, middle, width)
            painter.drawText(QRectF(8, area.top(), width, area.height() - 1), Qt.AlignmentFlag.AlignVCenter, text)
            return
        line = metrics.height()
        name = metrics.elidedText(channel.channel.name, middle, width)
        painter.drawText(QRectF(8, area.top() + 5, width, line), Qt.AlignmentFlag.AlignLeft, name)
        painter.setPen(QColor(self.theme.muted))
        under = QRectF(8, area.top() + 5 + line, width, line)
        painter.drawText(under, Qt.AlignmentFlag.AlignLeft, metrics.elidedText(unit, middle, width))

    def _draw_lane(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(QColor(self.theme.muted))
        box = area.adjusted(8, 0, -8, -1)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "score")

    def _draw_ticks(self, painter: QPainter, row: Row, area: QRectF, ticks: Sequence[tuple[float, str]]) -> None:
        painter.setPen(QColor(self.theme.muted))
        for value, text in ticks:
            y = area.top() + row.y(value) - row.top
            box = QRectF(area.width() - self._ticks_px, y - 8, self._ticks_px - 8, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
            painter.fillRect(QRectF(area.width() - 5, round(y), 4, 1), QColor(self.theme.muted))

    def _draw_levels(self, painter: QPainter, row: Row, area: QRectF) -> None:
        """The names of the states, as many as there is room for."""
        channel = self._scene.channels[row.place]
        apart = row.height / (row.high - row.low)
        every = max(1, -int(-(LEVEL_PX - 2) // apart))
        metrics = QFontMetricsF(painter.font())
        ticks = []
        for place, name in enumerate(_level_names(channel)):
            y = row.y(place) - row.top
            if place % every == 0 and 5 <= y <= row.height - 5:
                told = metrics.elidedText(name, Qt.TextElideMode.ElideRight, self._ticks_px - 10)
                ticks.append((float(place), told))
        self._draw_ticks(painter, row, area, ticks)


def _level_names(channel: ChannelPicture) -> list[str]:
    return [channel.level_name(level) or significant(level) for level in channel.levels]
