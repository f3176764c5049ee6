"""The losses of one channel, epoch by epoch, on training and on validation data."""

from math import ceil, floor, log10

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from desktop_app.core.arrays import Floats
from desktop_app.ui.plot_items import Frame, PlotItem
from desktop_app.ui.plots import place_axes
from desktop_app.ui.theme import Theme
from desktop_app.ui.training.training_state import Course
from desktop_app.ui.view_boxes import ScoreBox

_AXIS_PX = 58
_MOST_TICKS = 5
_HEIGHT_PX = 170
_MOST_DOTS = 60
_ROOM = 0.06
Ticks = list[tuple[float, list[float]]]


class LossAxis(pg.AxisItem):
    """Losses, drawn by their logarithm and written as they are."""

    def __init__(self) -> None:
        super().__init__("left")
        self.enableAutoSIPrefix(False)

    def tickValues(self, minVal: float, maxVal: float, _size: float) -> Ticks:  # noqa: N803 - pyqtgraph's names
        """1, 2 and 5 of every power of ten, fewer where those are many; round numbers where they are too few."""
        if maxVal - minVal < 1:
            low, high = 10**minVal, 10**maxVal
            step = _round_step((high - low) / _MOST_TICKS)
            even = [place * step for place in range(ceil(low / step), floor(high / step) + 1)]
            return [(1.0, [log10(value) for value in even if value > 0])]
        powers = range(floor(minVal), ceil(maxVal) + 1)
        values = [power + log10(digit) for power in powers for digit in (1, 2, 5)]
        seen = [value for value in values if minVal <= value <= maxVal]
        whole = [value for value in seen if value == round(value)]
        if len(seen) > _MOST_TICKS + 2:
            seen = whole[:: ceil(len(whole) / _MOST_TICKS)]
        return [(1.0, seen)]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """The losses at the ticks."""
        return [f"{10**value:.3g}".replace("e-0", "e−").replace("e-", "e−") for value in values]


class EpochAxis(pg.AxisItem):
    """Epochs, which are whole."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.enableAutoSIPrefix(False)
        self.setLabel("Epoch")

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Ticks:  # noqa: N803 - pyqtgraph's names
        """Whole numbers only."""
        ticks: Ticks = super().tickValues(minVal, maxVal, size)
        return [(spacing, [value for value in values if value == round(value)]) for spacing, values in ticks]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """The numbers at the ticks."""
        return [f"{value:.0f}" for value in values]


class LossItem(PlotItem):
    """A line with dots: solid for validation, dashed and thin for training, a ring where validation was best."""

    def __init__(self) -> None:
        super().__init__()
        self._epoch: Floats = np.zeros(0)
        self._losses: tuple[Floats, Floats] = (np.zeros(0), np.zeros(0))

    def set_losses(self, epoch: Floats, training: Floats, validation: Floats) -> None:
        """Epochs, and logarithms of losses."""
        self._epoch, self._losses = epoch, (training, validation)
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Training first, validation over it."""
        if not len(self._epoch):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent, muted = QColor(self.theme.accent), QColor(self.theme.muted)
        pens = (QPen(muted, 1.25, Qt.PenStyle.DashLine), QPen(accent, 1.75))
        for losses, pen in zip(self._losses, pens, strict=True):
            points = [QPointF(x, y) for x, y in zip(frame.x(self._epoch), frame.y(losses), strict=True)]
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(points))
            if len(points) <= _MOST_DOTS:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(pen.color())
                for at in points:
                    painter.drawEllipse(at, 2.25, 2.25)
                painter.setBrush(Qt.BrushStyle.NoBrush)
        best = int(np.nanargmin(self._losses[1])) if np.isfinite(self._losses[1]).any() else None
        if best is not None:
            at = QPointF(float(frame.x(self._epoch[best])), float(frame.y(self._losses[1][best])))
            painter.setPen(QPen(accent, 1.5))
            painter.drawEllipse(at, 6.0, 6.0)


def _round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below ``least``."""
    power = 10.0 ** floor(log10(least))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= least * (1 - 1e-9))


class LossPlot(pg.GraphicsLayoutWidget):
    """One plot that shows all epochs there are."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Losses by epoch")
        self.setFixedHeight(_HEIGHT_PX)
        self.ci.setContentsMargins(0, 4, 8, 2)
        self.box = ScoreBox()
        self.box.setMouseEnabled(x=False, y=False)
        self._axes = (LossAxis(), EpochAxis())
        place_axes(self, self.box, 0, left=self._axes[0], bottom=self._axes[1])
        self._axes[0].setWidth(_AXIS_PX)
        self.lines = LossItem()
        self.box.addItem(self.lines, ignoreBounds=True)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.setBackground(theme.panel)
        self.box.set_theme(theme)
        self.lines.set_theme(theme)
        for axis in self._axes:
            axis.setPen(QPen(QColor(theme.line)))
            axis.setTextPen(QColor(theme.muted))

    def show_course(self, course: Course | None) -> None:
        """Draw the losses of one channel."""
        epochs = course.epochs if course is not None else ()
        number = np.array([epoch.epoch for epoch in epochs], np.float64)
        training = np.array([epoch.training for epoch in epochs], np.float64)
        validation = np.array([epoch.validation for epoch in epochs], np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = tuple(np.where(one > 0, np.log10(one), np.nan) for one in (training, validation))
        good = np.isfinite(logs[0]) & np.isfinite(logs[1])
        number, training, validation = number[good], logs[0][good], logs[1][good]
        self.lines.set_losses(number, training, validation)
        if not len(number):
            return
        both = np.concatenate((training, validation))
        low, high = float(both.min()), float(both.max())
        room = max(_ROOM * (high - low), 0.02)
        first, last = float(number[0]), max(float(number[-1]), float(number[0]) + 1)
        side = 0.03 * (last - first)
        self.box.setRange(QRectF(first - side, low - room, last - first + 2 * side, high - low + 2 * room), padding=0)
