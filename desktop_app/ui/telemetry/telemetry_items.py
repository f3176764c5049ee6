"""What is drawn of telemetry, row by row: the line of each channel, made anew only where its view changed."""

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from desktop_app.core.telemetry import Telemetry
from desktop_app.ui.plot_items import Frame, PlotItem, indexed
from desktop_app.ui.raster import View
from desktop_app.ui.telemetry.telemetry_picture import ChannelPicture, Trace
from desktop_app.ui.telemetry.telemetry_rows import Row
from desktop_app.ui.telemetry.traces import line_shades, switch_shades
from desktop_app.ui.words import significant

_SMALL_PT = 8.0
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

    def samples(self, data: Telemetry) -> Telemetry:
        """The samples of ``data`` that this stretch is about."""
        return data.training if self.training and data.training is not None else data

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
        painter.setFont(small(painter.font()))
        for row in scene.seen(view.top, view.bottom):
            top = frame.top + round((row.top - view.top) * view.scale) / view.scale
            painter.drawImage(QPointF(frame.left, top), self._image(row, view))
            if row.form in ("constant", "empty"):
                self._say(painter, QRectF(frame.left, top, frame.width, row.height), scene.channels[row.place])
            bottom = top + row.height + row.lane - 1 / view.scale
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


def small(font: QFont, *, bold: bool = False) -> QFont:
    small = QFont(font)
    small.setPointSizeF(_SMALL_PT)
    small.setBold(bold)
    return small
