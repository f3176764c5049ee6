"""What is drawn into a plot: a series, its baseline, the events, and ticks for hidden rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Event
from desktop_app.core.pyramid import Pyramid
from desktop_app.ui.raster import Raster, View, point_radius, rasterise, stamp
from desktop_app.ui.theme import KINDS, LIGHT, Theme, draw_kind, kind_colour

LANE_PX = 22
FLAGGED_DRAWN = 20_000
MARKED = 400
_CROWD = 0.4


@dataclass(frozen=True)
class Frame:
    """Where a plot stands on the screen, in logical pixels, and what it looks at."""

    view: View
    left: float
    top: float
    width: float
    height: float

    def x(self, time: Floats | float) -> Floats:
        """Pixels of times."""
        view = self.view
        return self.left + (np.asarray(time, np.float64) - view.start) * (self.width / (view.stop - view.start))

    def y(self, value: Floats | float) -> Floats:
        """Pixels of values."""
        view = self.view
        return self.top + (view.top - np.asarray(value)) * (self.height / (view.top - view.bottom))


class PlotItem(pg.GraphicsObject):
    """An item that fills the plot and is painted in pixels."""

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__()
        self.theme = theme
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def boundingRect(self) -> QRectF:
        """All that is in view."""
        return self.viewRect() if self.getViewBox() is not None else QRectF()

    def viewTransformChanged(self) -> None:
        """Pyqtgraph's call after a pan or zoom."""
        self.prepareGeometryChange()
        super().viewTransformChanged()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colours."""
        self.theme = theme
        self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint in logical pixels instead of the plot's coordinates."""
        frame = self._frame(painter)
        if frame is None:
            return
        painter.save()
        painter.resetTransform()
        painter.setClipRect(QRectF(frame.left, frame.top, frame.width, frame.height))
        self.draw(painter, frame)
        painter.restore()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint; what each item does for itself."""

    def _frame(self, painter: QPainter) -> Frame | None:
        seen: QRectF = self.viewRect()
        transform = painter.worldTransform()
        rect = transform.mapRect(seen)
        if rect.width() < 2 or rect.height() < 2 or not seen.width() > 0 or not seen.height() > 0:
            return None
        upside_down = transform.m22() > 0
        top, bottom = (seen.top(), seen.bottom()) if upside_down else (seen.bottom(), seen.top())
        scale = painter.device().devicePixelRatio()
        left, upper = round(rect.left() * scale) / scale, round(rect.top() * scale) / scale
        width, height = max(1, round(rect.width() * scale)), max(1, round(rect.height() * scale))
        view = View(seen.left(), seen.right(), top, bottom, width, height, scale)
        return Frame(view, left, upper, width / scale, height / scale)


class SeriesItem(PlotItem):
    """A series as points or as a density; drawn anew only where the view changed."""

    def __init__(self) -> None:
        super().__init__()
        self._series: Pyramid | None = None
        self._drawn: tuple[View, Pyramid, str] | None = None
        self._image = QImage()
        self._colour = ""
        self.raster: Raster | None = None

    def set_series(self, series: Pyramid | None) -> None:
        """Draw ``series`` from now on."""
        self._series = series
        self._drawn = None
        self.raster = None
        self.update()

    def set_colour(self, colour: str) -> None:
        """The colour of a full pixel."""
        self._colour = colour
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint the shades, made anew where the view, the series or the colour is another."""
        if self._series is None or not len(self._series):
            return
        wanted = (frame.view, self._series, self._colour or self.theme.point)
        if self._drawn is None or wanted[0] != self._drawn[0] or wanted[1:] != self._drawn[1:]:
            self.raster = rasterise(self._series, frame.view)
            self._image = shaded(self.raster, wanted[2], frame.view.scale)
            self._drawn = wanted
        painter.drawImage(QPointF(frame.left, frame.top), self._image)


def shaded(raster: Raster, colour: str, scale: float) -> QImage:
    """Shades as transparency of one colour."""
    base = QColor(colour).rgb() & 0xFFFFFF
    table = [(shade << 24) | base for shade in range(256)]
    return indexed(raster.shades, table, scale)


def indexed(shades: np.ndarray[tuple[int, int], np.dtype[np.uint8]], table: list[int], scale: float) -> QImage:
    """An image of palette colours; a copy, so that the array may go."""
    height, width = shades.shape
    image = QImage(shades.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(table)
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    return image


class LineItem(PlotItem):
    """A thin line that is broken at gaps: the baseline, or what a model makes of the curve.

    Parameters
    ----------
    colour : str
        The field of the theme that has its colour.
    """

    def __init__(self, colour: str = "accent") -> None:
        super().__init__()
        self._colour = colour
        self._series: Pyramid | None = None
        self._gap_d = float("inf")

    def set_series(self, series: Pyramid | None, gap_d: float) -> None:
        """Draw ``series`` with breaks where it pauses for longer than ``gap_d``."""
        self._series, self._gap_d = series, gap_d
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint each stretch between gaps; in a crowd the middle of each column stands for it."""
        if self._series is None:
            return
        time, values = reduced(self._series, frame.view)
        if not len(time):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(getattr(self.theme, self._colour))
        # In a crowd the line would cover the data it is drawn over.
        colour.setAlpha(130 if len(time) > _CROWD * frame.width else 255)
        painter.setPen(QPen(colour, 1.25))
        column = (frame.view.stop - frame.view.start) / frame.view.width
        breaks = np.flatnonzero(np.diff(time) > max(self._gap_d, 3 * column)) + 1
        x, y = frame.x(time), frame.y(values)
        for part in np.split(np.arange(len(time)), breaks):
            painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(x[part], y[part], strict=True)]))


def reduced(series: Pyramid, view: View) -> tuple[Floats, Floats]:
    """The points in view and one beyond each edge; where they are many, the middle of each column's extrema."""
    first, last = series.between(view.start, view.stop)
    first, last = max(first - 1, 0), min(last + 1, len(series))
    if last - first <= 2 * view.width:
        return series.time[first:last], series.values[first:last]
    columns = view.width // 2
    envelope = series.envelope(view.start, view.stop, columns)
    filled = envelope.count > 0
    centres: Floats = view.start + (np.arange(columns, dtype=np.float64) + 0.5) * ((view.stop - view.start) / columns)
    return centres[filled], (envelope.low[filled] + envelope.high[filled]) / 2


class HiddenItem(PlotItem):
    """Faint ticks on the time axis where rows are hidden."""

    def __init__(self) -> None:
        super().__init__()
        self._time: Floats = np.zeros(0)

    def set_times(self, time: Floats) -> None:
        """The times of hidden rows, in order."""
        self._time = time
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """One tick a column."""
        first, last = np.searchsorted(self._time, [frame.view.start, frame.view.stop])
        columns = np.unique(frame.x(self._time[first:last]).astype(np.int64))
        colour = QColor(self.theme.muted)
        colour.setAlpha(150)
        bottom = frame.top + frame.height
        for x in columns:
            painter.fillRect(QRectF(float(x), bottom - 5, 1, 5), colour)


class EventsItem(PlotItem):
    """Events: a light shade over the stretch, its points in the colour of the kind, a numbered mark on top."""

    def __init__(self, *, marks: bool = True) -> None:
        super().__init__()
        self._marks = marks
        self._events: tuple[Event, ...] = ()
        self._selected: int | None = None
        self._time: Floats = np.zeros(0)
        self._values: Floats = np.zeros(0)
        self._series: Pyramid | None = None
        self._start: Floats = np.zeros(0)
        self._stop: Floats = np.zeros(0)

    def set_events(self, events: tuple[Event, ...], time: Floats, values: Floats, series: Pyramid | None) -> None:
        """The events, the arrays whose rows they name, and the series they are drawn over."""
        self._events, self._time, self._values, self._series = events, time, values, series
        self._start = time[[event.start for event in events]] if events else np.zeros(0)
        self._stop = time[[event.stop - 1 for event in events]] if events else np.zeros(0)
        self.update()

    def set_selected(self, place: int | None) -> None:
        """Which event is outlined."""
        self._selected = place
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Shades first, then points, then marks."""
        seen = self._seen(frame)
        if not seen:
            return
        left, right = self._edges(frame)
        for place in seen:
            chosen = place == self._selected
            colour = kind_colour(self._events[place].kind, self.theme)
            colour.setAlpha(90 if chosen else 42)
            area = QRectF(float(left[place]), frame.top, float(right[place] - left[place]), frame.height)
            painter.fillRect(area, colour)
            if chosen:
                painter.setPen(QPen(QColor(self.theme.accent), 1.0))
                painter.drawRect(area.adjusted(-0.5, 0, 0.5, -1))
        self._draw_points(painter, frame, seen)
        if self._marks:
            self._draw_marks(painter, frame, seen)

    def _seen(self, frame: Frame) -> list[int]:
        inside = (self._stop >= frame.view.start) & (self._start <= frame.view.stop)
        return [int(place) for place in np.flatnonzero(inside)]

    def _edges(self, frame: Frame) -> tuple[Floats, Floats]:
        left, right = frame.x(self._start), frame.x(self._stop)
        missing = np.maximum(0.0, 4.0 - (right - left)) / 2
        return left - missing, right + missing

    def _draw_points(self, painter: QPainter, frame: Frame, seen: Sequence[int]) -> None:
        """The flagged points over the others, as large as those or a little larger."""
        sizes = [self._events[place].stop - self._events[place].start for place in seen]
        if sum(sizes) > FLAGGED_DRAWN or self._series is None:
            return
        names = list(KINDS)
        rows = np.concatenate([np.arange(self._events[place].start, self._events[place].stop) for place in seen])
        kinds = np.repeat([_number(self._events[place].kind, names) for place in seen], sizes)
        first, last = self._series.between(frame.view.start, frame.view.stop)
        radius = max(point_radius(last - first, frame.view), 1.5 * frame.view.scale)
        known = np.isfinite(self._time[rows]) & np.isfinite(self._values[rows])
        rows, kinds = rows[known], kinds[known]
        for number in np.unique(kinds):
            shades = np.zeros((frame.view.height, frame.view.width), np.uint8)
            of_kind = rows[kinds == number]
            stamp(shades, frame.view, self._time[of_kind], self._values[of_kind], radius)
            colour = kind_colour(names[number] if number < len(names) else "", self.theme)
            image = shaded(Raster(shades, 1.0, dense=False), colour.name(), frame.view.scale)
            painter.drawImage(QPointF(frame.left, frame.top), image)

    def _draw_marks(self, painter: QPainter, frame: Frame, seen: Sequence[int]) -> None:
        """A mark and a number where there is room, the selected and the strongest first."""
        font = QFont(painter.font())
        font.setPointSizeF(8.0)
        painter.setFont(font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(font)
        taken: list[tuple[float, float]] = []
        order = sorted(seen, key=lambda place: (place != self._selected, -self._events[place].score))
        y = frame.top + LANE_PX / 2
        for place in order[:MARKED]:
            event = self._events[place]
            x = float(frame.x(float(self._time[event.peak])))
            text = str(place + 1)
            width = metrics.horizontalAdvance(text)
            if not free(taken, x - 6, x + 6):
                continue
            roomy = free(taken, x - 6, x + 9 + width)
            taken.append((x - 6, x + (9 + width if roomy else 6)))
            draw_kind(painter, event.kind, QPointF(x, y), 5.0, self.theme)
            if roomy:
                painter.setPen(QColor(self.theme.text))
                painter.drawText(QPointF(x + 8, y + metrics.ascent() / 2 - 1), text)


def _number(kind: str, names: list[str]) -> int:
    return names.index(kind) if kind in names else len(names)


def free(taken: Sequence[tuple[float, float]], left: float, right: float) -> bool:
    """Whether nothing stands between two pixels yet."""
    return all(right <= a or left >= b for a, b in taken)


class CursorItem(PlotItem):
    """A ring about the row that is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._at: tuple[float, float] | None = None

    def set_at(self, at: tuple[float, float] | None) -> None:
        """Time and value of the row; None for none."""
        self._at = at
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """A ring in the accent colour."""
        if self._at is None or not np.isfinite(self._at).all():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(float(frame.x(self._at[0])), float(frame.y(self._at[1]))), 6.5, 6.5)
