"""The curve, its scores and the overview strip, on one time axis."""

from math import isfinite

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.core.timescales import TimeReference, TimeSystem
from desktop_app.ui.axes import ScoreAxis, TimeAxis, ValueAxis
from desktop_app.ui.picture import CurvePicture, ScorePicture, squeezed, unsqueezed
from desktop_app.ui.piece_marks import PiecesItem
from desktop_app.ui.plot_items import CursorItem, EventsItem, HiddenItem, LineItem, PlotItem, SeriesItem
from desktop_app.ui.raster import Raster
from desktop_app.ui.signals.signal_items import DipsItem
from desktop_app.ui.theme import Theme
from desktop_app.ui.view_boxes import CurveBox, OverviewBox, ScoreBox

AXIS_PX = 76
TRACK_PX = (56, 120)
OVERVIEW_PX = (24, 46)
MINIMUM_PX = 260
GAP_CADENCES = 8
NO_SCORES = "Not detected yet: press Run (Ctrl+R)"
_TOP_MARGIN, _BOTTOM_MARGIN, _SIDE_MARGIN = 0.14, 0.07, 0.01


class CurvePlots(pg.GraphicsLayoutWidget):
    """Three plots above one another.

    Signals
    -------
    moved()
        The view changed.
    clicked(float, float)
        Time and value.
    hovered(float, float)
        Time and value; NaN where the cursor left.
    threshold_dragged(float)
        In robust sigmas.
    """

    moved = Signal()
    clicked = Signal(float, float)
    hovered = Signal(float, float)
    threshold_dragged = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ci.setContentsMargins(4, 10, 10, 2)
        self.ci.setSpacing(6)
        self.curve_box, self.score_box, self.overview_box = CurveBox(), ScoreBox(), OverviewBox()
        self.value_axis, self.score_axis, self.time_axis = ValueAxis(), ScoreAxis(), TimeAxis()
        place_axes(self, self.curve_box, 0, left=self.value_axis)
        place_axes(self, self.score_box, 1, left=self.score_axis, bottom=self.time_axis)
        self.addItem(self.overview_box, row=3, col=1)
        self.setMinimumHeight(MINIMUM_PX)
        self.score_axis.setLabel("Score (σ)")
        self._span = (0.0, 1.0)
        self._picture: CurvePicture | None = None
        self._make_items()
        self._make_lines()
        self.score_box.setXLink(self.curve_box)
        self.curve_box.sigXRangeChanged.connect(self._on_moved)
        self.curve_box.sigYRangeChanged.connect(self._on_moved)
        self.curve_box.clicked.connect(self._on_clicked)
        self.score_box.clicked.connect(self._on_clicked)
        self.overview_box.clicked.connect(self.centre_on)
        self.sigDeviceRangeChanged.connect(self._on_resized)
        self.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.set_theme(theme)

    # What is shown

    def show_picture(self, picture: CurvePicture | None, *, upside_down: bool) -> None:
        """Draw another curve; magnitudes grow downwards."""
        self._picture = picture
        self.points.set_series(picture.flux if picture else None)
        self.strip_points.set_series(picture.flux if picture else None)
        self.hidden.set_times(picture.hidden_time if picture else np.zeros(0))
        self.pieces.set_pieces(picture.pieces if picture else ())
        self.cursor_ring.set_at(None)
        for box in (self.curve_box, self.overview_box):
            box.invertY(upside_down)
        if picture is None:
            return
        first, last = self._span = picture.time_range
        length = max(last - first, 1e-6)
        shortest = min(length, 4 * picture.cadence_d if isfinite(picture.cadence_d) else length)
        self.curve_box.setLimits(
            xMin=first - 0.5 * length, xMax=last + 0.5 * length, minXRange=shortest / 10, maxXRange=2.0 * length
        )
        self.overview_box.setRange(xRange=picture.time_range, yRange=_padded(*picture.value_range), padding=0.01)

    def show_scores(self, scores: ScorePicture | None) -> None:
        """Draw the scores, the baseline and the model of a detection, or none."""
        self.score_points.set_series(scores.score if scores else None)
        gap = GAP_CADENCES * self._picture.cadence_d if self._picture else float("inf")
        self.baseline.set_series(scores.baseline if scores else None, gap)
        self.model.set_series(scores.model if scores else None, gap)
        self.threshold_line.setVisible(scores is not None)
        self.no_scores.setVisible(scores is None)
        top = scores.top if scores else float(squeezed(30.0))
        self.score_box.setYRange(-0.3, top * 1.08, padding=0)
        self.threshold_line.setBounds([float(squeezed(1.0)), top * 1.07])
        self.threshold_line.label.valueChanged()  # pyqtgraph writes no text while the line is hidden

    def show_threshold(self, threshold: float) -> None:
        """Put the threshold's line where it belongs."""
        self.threshold_line.setValue(float(squeezed(threshold)))
        self.threshold_line.label.setFormat(f"threshold {threshold:.1f} σ")

    def show_times(self, reference: TimeReference, system: TimeSystem) -> None:
        """Write times in another system."""
        self.time_axis.show_as(reference, system)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.setBackground(theme.panel)
        for item in self._items:
            item.set_theme(theme)
        for axis in (self.value_axis, self.score_axis, self.time_axis):
            axis.setPen(QPen(QColor(theme.line)))
            axis.setTextPen(QColor(theme.muted))
        self.score_points.set_colour(theme.muted)
        self.strip_points.set_colour(theme.muted)
        self.no_scores.setText(NO_SCORES, color=theme.muted)
        for box in (self.curve_box, self.score_box):
            box.set_theme(theme)
        line = QColor(theme.warning)
        self.threshold_line.setPen(pg.mkPen(line, width=1, style=Qt.PenStyle.DashLine))
        self.threshold_line.setHoverPen(pg.mkPen(line, width=2))
        self.threshold_line.label.setColor(line)
        paint_brush(self.brush, theme)

    # Where one looks

    @property
    def time_range(self) -> tuple[float, float]:
        """First and last time in view."""
        start, stop = self.curve_box.viewRange()[0]
        return float(start), float(stop)

    @property
    def raster(self) -> Raster | None:
        """What was drawn last of the curve."""
        return self.points.raster

    def fit(self) -> None:
        """Show everything."""
        first, last = self._span
        pad = _SIDE_MARGIN * max(last - first, 1e-6)
        self.curve_box.setXRange(first - pad, last + pad, padding=0)
        self.fit_values()

    def fit_values(self) -> None:
        """Show every value of the stretch in view."""
        if self._picture is None:
            return
        envelope = self._picture.flux.envelope(*self.time_range, 1)
        if envelope.count[0]:
            self._set_values(float(envelope.low[0]), float(envelope.high[0]))

    def shows_values(self, start: float, stop: float) -> bool:
        """Whether every value of the stretch [start, stop] is in view."""
        if self._picture is None:
            return True
        envelope = self._picture.flux.envelope(start, stop, 1)
        bottom, top = self.curve_box.viewRange()[1]
        return not envelope.count[0] or bool(bottom <= envelope.low[0] and envelope.high[0] <= top)

    def look_at(self, start: float, stop: float) -> None:
        """Show the stretch [start, stop] and all its values."""
        self.curve_box.setXRange(start, stop, padding=0)
        self.fit_values()

    def centre_on(self, time: float) -> None:
        """Move ``time`` to the middle."""
        start, stop = self.time_range
        half = (stop - start) / 2
        self.curve_box.setXRange(time - half, time + half, padding=0)

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much time about the middle."""
        start, stop = self.time_range
        middle, half = (start + stop) / 2, factor * (stop - start) / 2
        self.curve_box.setXRange(middle - half, middle + half, padding=0)

    def pan(self, share: float) -> None:
        """Move by ``share`` of the width."""
        start, stop = self.time_range
        step = share * (stop - start)
        self.curve_box.setXRange(start + step, stop + step, padding=0)

    def pixel(self) -> tuple[float, float]:
        """Days and values for one pixel."""
        size = self.curve_box.viewPixelSize()
        return float(size[0]), float(size[1])

    def _on_resized(self) -> None:
        """Share the height: the curve has most of it."""
        height = self.height()
        self.ci.layout.setRowFixedHeight(1, min(max(0.2 * height, TRACK_PX[0]), TRACK_PX[1]))
        self.ci.layout.setRowFixedHeight(3, min(max(0.08 * height, OVERVIEW_PX[0]), OVERVIEW_PX[1]))

    # Parts

    def _make_items(self) -> None:
        self.points, self.score_points, self.strip_points = SeriesItem(), SeriesItem(), SeriesItem()
        self.baseline, self.hidden, self.cursor_ring = LineItem(), HiddenItem(), CursorItem()
        self.events, self.strip_events, self.pieces = EventsItem(), EventsItem(marks=False), PiecesItem()
        self.dips = DipsItem()
        self.model = LineItem("model")
        self._items: tuple[PlotItem, ...] = (
            self.points,
            self.baseline,
            self.model,
            self.events,
            self.hidden,
            self.cursor_ring,
            self.score_points,
            self.strip_points,
            self.strip_events,
            self.pieces,
            self.dips,
        )
        for item in (self.pieces, self.dips, *self._items[:6]):
            self.curve_box.addItem(item, ignoreBounds=True)
        self.score_box.addItem(self.score_points, ignoreBounds=True)
        for item in self._items[7:9]:
            self.overview_box.addItem(item, ignoreBounds=True)

    def _make_lines(self) -> None:
        self.threshold_line = pg.InfiniteLine(
            angle=0, movable=True, label="", labelOpts={"position": 0.99, "anchors": [(1, 1), (1, 1)]}
        )
        self.threshold_line.sigDragged.connect(self._on_threshold_dragged)
        self.score_box.addItem(self.threshold_line, ignoreBounds=True)
        self.no_scores = pg.LabelItem(NO_SCORES, justify="center")
        self.no_scores.setParentItem(self.score_box)
        self.no_scores.anchor(itemPos=(0.5, 0.5), parentPos=(0.5, 0.5))
        self.brush = make_brush(self.overview_box)
        self.brush.sigRegionChanged.connect(self._on_brushed)

    def _set_values(self, low: float, high: float) -> None:
        height = (high - low) or abs(high) * 1e-3 or 1.0
        below, above = _BOTTOM_MARGIN * height, _TOP_MARGIN * height
        if self.curve_box.yInverted():
            below, above = above, below
        self.curve_box.setYRange(low - below, high + above, padding=0)

    # What the mouse does

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the cursor any more."""
        super().leaveEvent(event)
        self.hovered.emit(float("nan"), float("nan"))

    def _on_moved(self) -> None:
        self.brush.blockSignals(True)
        self.brush.setRegion(self.time_range)
        self.brush.blockSignals(False)
        self.moved.emit()

    def _on_brushed(self) -> None:
        start, stop = self.brush.getRegion()
        if stop > start:
            self.curve_box.setXRange(start, stop, padding=0)

    def _on_clicked(self, at: QPointF) -> None:
        point = self.curve_box.mapSceneToView(at)
        self.clicked.emit(float(point.x()), float(point.y()))

    def _on_mouse_moved(self, at: QPointF) -> None:
        inside = self.curve_box.sceneBoundingRect().contains(at) or self.score_box.sceneBoundingRect().contains(at)
        point = self.curve_box.mapSceneToView(at)
        self.hovered.emit(float(point.x()) if inside else float("nan"), float(point.y()))

    def _on_threshold_dragged(self) -> None:
        self.threshold_dragged.emit(unsqueezed(float(self.threshold_line.value())))


def _padded(low: float, high: float) -> tuple[float, float]:
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def make_brush(strip: OverviewBox) -> pg.LinearRegionItem:
    """The part of ``strip`` that is in view, to be dragged."""
    brush = pg.LinearRegionItem(values=(0, 1), swapMode="block")
    strip.addItem(brush, ignoreBounds=True)
    return brush


def paint_brush(brush: pg.LinearRegionItem, theme: Theme) -> None:
    """A brush in the colours of ``theme``."""
    accent = QColor(theme.accent)
    accent.setAlpha(36)
    brush.setBrush(accent)
    brush.setHoverBrush(accent)
    for edge in brush.lines:
        edge.setPen(pg.mkPen(theme.accent, width=1))
        edge.setHoverPen(pg.mkPen(theme.accent, width=3))


def place_axes(
    layout: pg.GraphicsLayoutWidget, box: pg.ViewBox, row: int, *, left: pg.AxisItem, bottom: pg.AxisItem | None = None
) -> None:
    """Put ``box`` into column 1 of ``row``, its axes beside and below it.

    A `pg.PlotItem` would do the same, and build four menus without an owner that nobody opens.
    """
    layout.addItem(left, row=row, col=0)
    layout.addItem(box, row=row, col=1)
    left.linkToView(box)
    left.setWidth(AXIS_PX)
    if bottom is not None:
        layout.addItem(bottom, row=row + 1, col=1)
        bottom.linkToView(box)
