"""What is drawn into the rows of telemetry: lines, ground truth, a cursor with values, and names beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsSceneWheelEvent, QStyleOptionGraphicsItem, QWidget

from desktop_app.core.telemetry import Interval
from desktop_app.ui.plot_items import Frame, PlotItem, indexed
from desktop_app.ui.raster import View
from desktop_app.ui.telemetry_picture import ChannelPicture, Trace
from desktop_app.ui.telemetry_rows import LEVEL_PX, Row, value_ticks
from desktop_app.ui.theme import LIGHT, TRUTH, Theme, tabular
from desktop_app.ui.traces import line_shades, switch_shades
from desktop_app.ui.words import significant

GUTTER_PX = (104, 230)
_TICKS_PX = (44, 110)
_SMALL_PT = 8.0
_NARROWEST_PX = 4.0
_LETTER_PX = 14
_CROWD = 64


@dataclass(frozen=True)
class Stretch:
    """The data or their training stretch on the page's clock.

    Attributes
    ----------
    training : bool
    shift_s : float
        What is added to its own times.
    start, stop : float
        First and last time, shifted.
    """

    training: bool
    shift_s: float
    start: float
    stop: float

    def trace(self, channel: ChannelPicture) -> Trace | None:
        """What is drawn of ``channel``."""
        return channel.training if self.training else channel.data


@dataclass(frozen=True, eq=False)
class Scene:
    """All that the items of the rows have in common.

    Attributes
    ----------
    rows : tuple of Row
    channels : tuple of ChannelPicture
    stretches : tuple of Stretch
    steps : bool
        Whether numbers are drawn as steps.
    """

    rows: tuple[Row, ...] = ()
    channels: tuple[ChannelPicture, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    steps: bool = False

    def seen(self, top: float, bottom: float) -> list[Row]:
        """The rows between two heights."""
        return [row for row in self.rows if row.bottom > top and row.top < bottom]


class RowsItem(PlotItem):
    """The line of each channel in its row; a row is drawn anew only where its view changed."""

    def __init__(self) -> None:
        super().__init__()
        self.scene_shown = Scene()
        self._drawn: dict[int, tuple[object, QImage]] = {}

    def set_scene(self, scene: Scene) -> None:
        """Draw other rows."""
        if scene.channels is not self.scene_shown.channels:
            self._drawn.clear()
        self.scene_shown = scene
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """The rows in view, with a line between each two of them."""
        scene, view = self.scene_shown, frame.view
        painter.setFont(_small(painter.font()))
        for row in scene.seen(view.top, view.bottom):
            top = frame.top + round((row.top - view.top) * view.scale) / view.scale
            painter.drawImage(QPointF(frame.left, top), self._image(row, view))
            if row.form in ("constant", "empty"):
                self._say(painter, QRectF(frame.left, top, frame.width, row.height), scene.channels[row.place])
            bottom = top + row.height - 1 / view.scale
            painter.fillRect(QRectF(frame.left, bottom, frame.width, 1 / view.scale), QColor(self.theme.line))

    def _image(self, row: Row, view: View) -> QImage:
        scene = self.scene_shown
        height = max(1, round(row.height * view.scale))
        own = View(view.start, view.stop, row.high, row.low, view.width, height, view.scale)
        wanted = (own, scene.steps, scene.stretches, self.theme.name)
        known = self._drawn.get(row.place)
        if known is None or known[0] != wanted:
            channel = scene.channels[row.place]
            image = self._drawn_row(channel, own)
            self._drawn[row.place] = known = (wanted, image)
        return known[1]

    def _drawn_row(self, channel: ChannelPicture, view: View) -> QImage:
        shades = None
        traces = [(stretch, trace) for stretch in self.scene_shown.stretches if (trace := stretch.trace(channel))]
        if view.scale > 1 and sum(_in_view(trace, stretch, view) for stretch, trace in traces) > _CROWD * view.width:
            # Device pixels finer than logical ones show no more where each stands for so many samples.
            view = replace(view, width=round(view.width / view.scale), height=round(view.height / view.scale), scale=1)
        for stretch, trace in traces:
            moved = replace(view, start=view.start - stretch.shift_s, stop=view.stop - stretch.shift_s)
            if channel.form == "switch":
                one = switch_shades(trace, moved)
            else:
                one = line_shades(trace, moved, steps=self.scene_shown.steps or channel.form == "states")
            shades = one if shades is None else np.maximum(shades, one)
        if shades is None:
            return QImage()
        colour = self.theme.accent if channel.form == "switch" else self.theme.point
        if channel.form == "constant":
            colour = self.theme.muted
        base = QColor(colour).rgb() & 0xFFFFFF
        return indexed(shades, [(shade << 24) | base for shade in range(256)], view.scale)

    def _say(self, painter: QPainter, area: QRectF, channel: ChannelPicture) -> None:
        """ "constant 3.0" in the row that has nothing else to show."""
        text = said_of(channel)
        width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 12
        box = QRectF(area.left() + 10, area.top() + 2, width, area.height() - 4)
        painter.fillRect(box, QColor(self.theme.panel))
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class TruthItem(PlotItem):
    """Ground truth: stretches outlined in its colour, with the letter of their kind at the top."""

    def __init__(self, *, letters: bool = True) -> None:
        super().__init__()
        self._letters = letters
        self._scene = Scene()
        self._labels: tuple[tuple[Interval, float, float], ...] = ()

    def set_labels(self, labels: Sequence[tuple[Interval, float, float]], scene: Scene) -> None:
        """Labels with the times they begin and end at, and the rows they are drawn over."""
        self._labels, self._scene = tuple(labels), scene
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """An outline over all rows, or over the one row that the label is about."""
        view = frame.view
        painter.setFont(_small(painter.font(), bold=True))
        for label, start, stop in self._labels:
            if stop < view.start or start > view.stop:
                continue
            left, right = float(frame.x(start)), float(frame.x(stop))
            missing = max(0.0, _NARROWEST_PX - (right - left)) / 2
            for top, bottom in self._heights(label, frame):
                area = QRectF(left - missing, top, right - left + 2 * missing, bottom - top)
                self._outline(painter, area, label, frame)

    def _heights(self, label: Interval, frame: Frame) -> list[tuple[float, float]]:
        if not label.channel or not self._scene.rows:
            return [(frame.top, frame.top + frame.height)]
        view, scene = frame.view, self._scene
        return [
            (frame.top + row.top - view.top, frame.top + row.bottom - view.top)
            for row in scene.seen(view.top, view.bottom)
            if scene.channels[row.place].channel.name == label.channel
        ]

    def _outline(self, painter: QPainter, area: QRectF, label: Interval, frame: Frame) -> None:
        colour = QColor(TRUTH)
        light = QColor(TRUTH)
        light.setAlpha(26)
        painter.fillRect(area, light)
        painter.setPen(QPen(colour, 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -1.5))
        if not self._letters:
            return
        left = min(max(area.left(), frame.left), frame.left + frame.width - _LETTER_PX)
        tag = QRectF(left, max(area.top(), frame.top), _LETTER_PX, _LETTER_PX)
        painter.fillRect(tag, colour)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, letter_of(label))


class ReadoutItem(PlotItem):
    """A line through all rows, with the value of each channel beside it, and a second line where one clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._scene = Scene()
        self._time: float | None = None
        self._pinned: float | None = None
        self._divider: float | None = None
        self._texts: dict[int, tuple[float, str]] = {}
        self._told = ""

    def set_scene(self, scene: Scene, divider: float | None) -> None:
        """The rows the line goes through; ``divider`` is where the training stretch ends."""
        self._scene, self._divider = scene, divider
        self.update()

    def show_at(self, time: float | None, told: str = "", texts: dict[int, tuple[float, str]] | None = None) -> None:
        """Move the line to ``time``, written as ``told``, with the height and text of each channel; None for none."""
        self._time, self._told, self._texts = time, told, texts or {}
        self.update()

    def pin(self, time: float | None) -> None:
        """Where the sample stands that was clicked."""
        self._pinned = time
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """The divider, the pinned line, and the moving one with its values."""
        bottom = frame.top + frame.height
        if self._divider is not None:
            self._draw_divider(painter, frame)
        for time, colour in ((self._pinned, self.theme.accent), (self._time, self.theme.muted)):
            if time is not None and frame.view.start <= time <= frame.view.stop:
                x = round(float(frame.x(time)) * frame.view.scale) / frame.view.scale
                painter.fillRect(QRectF(x, frame.top, 1, bottom - frame.top), QColor(colour))
        if self._time is not None:
            self._draw_texts(painter, frame, float(frame.x(self._time)))

    def _draw_divider(self, painter: QPainter, frame: Frame) -> None:
        x = round(float(frame.x(self._divider if self._divider is not None else 0.0))) + 0.5
        painter.setPen(QPen(QColor(self.theme.muted), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, frame.top), QPointF(x, frame.top + frame.height))
        painter.setFont(_small(painter.font()))
        for text, side in (("training", -1), ("test", 1)):
            box = QRectF(x - 66 if side < 0 else x + 6, frame.top + 1, 60, 14)
            painter.fillRect(box, _see_through(self.theme.panel, 200))
            align = Qt.AlignmentFlag.AlignRight if side < 0 else Qt.AlignmentFlag.AlignLeft
            painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_texts(self, painter: QPainter, frame: Frame, x: float) -> None:
        painter.setFont(tabular(_small(painter.font())))
        metrics = QFontMetricsF(painter.font())
        view = frame.view
        for row in self._scene.seen(view.top, view.bottom):
            if row.place not in self._texts:
                continue
            height, text = self._texts[row.place]
            width = metrics.horizontalAdvance(text) + 8
            left = x + 5 if x + 5 + width < frame.left + frame.width else x - 5 - width
            top = frame.top + row.top - view.top
            centre = top + row.height / 2
            if row.form in ("numbers", "states") and height == height:
                centre = min(max(frame.top + row.y(height) - view.top - 10, top + 9), top + row.height - 10)
            box = QRectF(left, centre - 8, width, 16)
            self._write(painter, box, text)
        width = metrics.horizontalAdvance(self._told) + 12
        left = min(max(x - width / 2, frame.left), frame.left + frame.width - width)
        self._write(painter, QRectF(left, frame.top + frame.height - 17, width, 16), self._told)

    def _write(self, painter: QPainter, box: QRectF, text: str) -> None:
        painter.fillRect(box, _see_through(self.theme.raised, 225))
        painter.setPen(QColor(self.theme.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


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
        metrics = QFontMetricsF(tabular(_small(QGuiApplication.font())))
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
        painter.setFont(tabular(_small(painter.font())))
        for row in self._scene.seen(self._scrolled_px, self._scrolled_px + size.height()):
            area = QRectF(0, row.top - self._scrolled_px, size.width(), row.height)
            self._draw_name(painter, area, self._scene.channels[row.place])
            if row.form == "numbers":
                self._draw_ticks(painter, row, area, value_ticks(row))
            elif row.form == "states":
                self._draw_levels(painter, row, area)
            painter.fillRect(QRectF(0, area.bottom() - 1, size.width(), 1), QColor(self.theme.line))
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


def _in_view(trace: Trace, stretch: Stretch, view: View) -> int:
    first, last = trace.series.between(view.start - stretch.shift_s, view.stop - stretch.shift_s)
    return last - first


def said_of(channel: ChannelPicture) -> str:
    """What a row without a curve says: "constant 3.0", "no values"."""
    if channel.form == "empty":
        return "no values"
    name = channel.level_name(channel.low)
    value = name or (f"{channel.low:.1f}" if channel.low == round(channel.low, 1) else significant(channel.low, 7))
    unit = f" {channel.channel.unit}" if channel.channel.unit else ""
    return f"constant {value}{unit}".replace("-", "−")


def _level_names(channel: ChannelPicture) -> list[str]:
    return [channel.level_name(level) or significant(level) for level in channel.levels]


def letter_of(label: Interval) -> str:
    """The letter of a kind of label."""
    return (label.kind[:1] or "?").upper()


def _small(font: QFont, *, bold: bool = False) -> QFont:
    small = QFont(font)
    small.setPointSizeF(_SMALL_PT)
    small.setBold(bold)
    return small


def _see_through(colour: str, alpha: int) -> QColor:
    thin = QColor(colour)
    thin.setAlpha(alpha)
    return thin
