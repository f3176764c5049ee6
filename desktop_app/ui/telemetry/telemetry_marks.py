"""What is drawn over the rows of telemetry: ground truth, and a cursor with the value of each channel."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from desktop_app.core.telemetry import Interval
from desktop_app.ui.plot_items import Frame, PlotItem
from desktop_app.ui.telemetry.telemetry_items import Scene, small
from desktop_app.ui.theme import TRUTH, tabular

_NARROWEST_PX = 4.0
_LETTER_PX = 14


class TruthItem(PlotItem):
    """Ground truth: stretches outlined in its colour, with the letter of their kind at the top."""

    def __init__(self, *, letters: bool = True) -> None:
        super().__init__()
        self._letters = letters
        self._scene = Scene()
        self._labels: tuple[tuple[Interval, float, float], ...] = ()
        self._found: Mapping[Interval, bool] = {}

    def set_labels(self, labels: Sequence[tuple[Interval, float, float]], scene: Scene) -> None:
        """Labels with the times they begin and end at, and the rows they are drawn over."""
        self._labels, self._scene = tuple(labels), scene
        self.update()

    def set_found(self, found: Mapping[Interval, bool]) -> None:
        """Which labels have an event on them: those have a tick, the others a cross and a broken outline."""
        self._found = found
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """An outline over all rows, or over the one row that the label is about."""
        view = frame.view
        painter.setFont(small(painter.font(), bold=True))
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
        found = self._found.get(label)
        painter.setPen(QPen(colour, 1.0, Qt.PenStyle.DashLine if found is False else Qt.PenStyle.SolidLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -1.5))
        if not self._letters:
            return
        width = _LETTER_PX if found is None else 2 * _LETTER_PX
        left = min(max(area.left(), frame.left), frame.left + frame.width - width)
        tag = QRectF(left, max(area.top(), frame.top), width, _LETTER_PX)
        painter.fillRect(tag, colour)
        painter.setPen(QColor("#ffffff"))
        letter = QRectF(left, tag.top(), _LETTER_PX, _LETTER_PX)
        painter.drawText(letter, Qt.AlignmentFlag.AlignCenter, letter_of(label))
        if found is not None:
            draw_verdict(painter, letter.translated(_LETTER_PX, 0).center(), QColor("#ffffff"), right=found)


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
        painter.setFont(small(painter.font()))
        for text, side in (("training", -1), ("test", 1)):
            box = QRectF(x - 66 if side < 0 else x + 6, frame.top + 1, 60, 14)
            painter.fillRect(box, _see_through(self.theme.panel, 200))
            align = Qt.AlignmentFlag.AlignRight if side < 0 else Qt.AlignmentFlag.AlignLeft
            painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_texts(self, painter: QPainter, frame: Frame, x: float) -> None:
        painter.setFont(tabular(small(painter.font())))
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


def draw_verdict(painter: QPainter, centre: QPointF, colour: QColor, *, right: bool) -> None:
    """A tick for what holds against ground truth, a cross for what does not."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.6))
    corners = [(-3.5, 0.0), (-1.0, 3.0), (3.5, -3.0)] if right else [(-3.0, -3.0), (3.0, 3.0)]
    painter.drawPolyline(QPolygonF([centre + QPointF(x, y) for x, y in corners]))
    if not right:
        painter.drawLine(centre + QPointF(-3.0, 3.0), centre + QPointF(3.0, -3.0))
    painter.restore()


def letter_of(label: Interval) -> str:
    """The letter of a kind of label."""
    return (label.kind[:1] or "?").upper()


def _see_through(colour: str, alpha: int) -> QColor:
    thin = QColor(colour)
    thin.setAlpha(alpha)
    return thin
