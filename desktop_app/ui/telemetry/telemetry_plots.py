"""Channels stacked in rows on one time axis, with the overview strip below them."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.core.telemetry import Interval
from desktop_app.ui.plot_items import PlotItem
from desktop_app.ui.plots import OVERVIEW_PX, make_brush, paint_brush
from desktop_app.ui.telemetry.channel_events import ChannelEventsItem, EventMarks
from desktop_app.ui.telemetry.clock_axis import ClockAxis
from desktop_app.ui.telemetry.rows_box import RowsBox
from desktop_app.ui.telemetry.score_items import ExpectedItem, LanesItem
from desktop_app.ui.telemetry.score_tracks import ScoreTracks
from desktop_app.ui.telemetry.telemetry_gutter import Gutter
from desktop_app.ui.telemetry.telemetry_items import RowsItem, Scene, Stretch
from desktop_app.ui.telemetry.telemetry_marks import ReadoutItem, TruthItem
from desktop_app.ui.telemetry.telemetry_picture import ChannelPicture, TelemetryPicture
from desktop_app.ui.telemetry.telemetry_rows import Row, lay_out, moved, padded, row_at, with_margin, zoomed
from desktop_app.ui.theme import Theme
from desktop_app.ui.view_boxes import OverviewBox

MINIMUM_PX = 260
SCROLLED_PER_NOTCH_PX = 60
_ROOMY_PX = 360
_SIDE_MARGIN = 0.01
_SHORTEST_STEPS = 4.0
_GRIP_PX = 4.0


class TelemetryPlots(pg.GraphicsLayoutWidget):
    """Rows, time axis and strip.

    Signals
    -------
    moved()
        The view changed in time.
    clicked(float, float)
        The time that was clicked, and the height in pixels from the top of all rows.
    threshold_dragged(float)
        In the unit of the detector.
    hovered(float, float)
        Time, and height in pixels from the top of all rows; NaN where the cursor left.
    laid_out()
        The rows stand elsewhere, or others are shown.
    scroll_asked(float)
        By how many pixels.
    height_asked(float)
        How many times as high the rows are to be.
    """

    moved = Signal()
    clicked = Signal(float, float)
    threshold_dragged = Signal(float)
    hovered = Signal(float, float)
    laid_out = Signal()
    scroll_asked = Signal(float)
    height_asked = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ci.setContentsMargins(0, 0, 10, 2)
        self.ci.setSpacing(0)
        self.gutter, self.box, self.time_axis, self.strip = Gutter(), RowsBox(), ClockAxis(), OverviewBox()
        self.addItem(self.gutter, row=0, col=0)
        self.addItem(self.box, row=0, col=1)
        self.addItem(self.time_axis, row=1, col=1)
        self.addItem(self.strip, row=2, col=1)
        self.time_axis.linkToView(self.box)
        self.ci.layout.setRowFixedHeight(2, OVERVIEW_PX[1])
        self.setMinimumHeight(MINIMUM_PX)
        self._picture: TelemetryPicture | None = None
        self._shown: tuple[int, ...] = ()
        self._ranges: dict[int, tuple[float, float]] = {}
        self._scale, self._scrolled = 1.0, 0.0
        self._strip_px = OVERVIEW_PX[1]
        self._truth: tuple[tuple[Interval, float, float], ...] = ()
        self.scene_shown = Scene()
        self._tracks: ScoreTracks | None = None
        self._dragged: Row | None = None
        self.rows, self.truth, self.readout = RowsItem(), TruthItem(), ReadoutItem()
        self.lanes, self.expected, self.events = LanesItem(), ExpectedItem(), ChannelEventsItem()
        self.strip_rows, self.strip_truth = RowsItem(), TruthItem(letters=False)
        self.strip_events = ChannelEventsItem(marks=False)
        above: tuple[PlotItem, ...] = (self.lanes, self.rows, self.expected, self.events, self.truth, self.readout)
        below: tuple[PlotItem, ...] = (self.strip_rows, self.strip_truth, self.strip_events)
        self._items = (*above, *below)
        for item in above:
            self.box.addItem(item, ignoreBounds=True)
        for item in below:
            self.strip.addItem(item, ignoreBounds=True)
        self.strip.invertY(True)
        self.brush = make_brush(self.strip)
        self._connect()
        self.set_theme(theme)

    def _connect(self) -> None:
        self.brush.sigRegionChanged.connect(self._on_brushed)
        self.box.sigXRangeChanged.connect(self._on_moved)
        self.box.sigResized.connect(self._on_resized)
        self.box.clicked.connect(self._on_clicked)
        self.box.values_zoomed.connect(self._on_values_zoomed)
        self.box.values_dragged.connect(self._on_values_dragged)
        self.box.boxed.connect(self._on_boxed)
        self.box.grips = self._at_threshold
        self.box.gripped.connect(self._on_threshold_dragged)
        self.box.height_asked.connect(self.height_asked)
        self.gutter.scrolled.connect(self._on_wheel_over_names)
        self.strip.clicked.connect(self.centre_on)
        self.scene().sigMouseMoved.connect(self._on_mouse_moved)

    # What is shown

    def show_picture(self, picture: TelemetryPicture | None) -> None:
        """Draw other data."""
        self._picture = picture
        self._shown = ()
        self._ranges.clear()
        self._scrolled = 0.0
        self.readout.show_at(None)

    def show_stretches(self, stretches: tuple[Stretch, ...], *, steps: bool) -> None:
        """Draw the data, their training stretch, or one before the other."""
        channels = self._picture.channels if self._picture else ()
        self.scene_shown = Scene(self.scene_shown.rows, channels, stretches, steps)
        if stretches and self._picture is not None:
            first, last = self.span
            length = max(last - first, 1e-6)
            shortest = min(length, _SHORTEST_STEPS * self._picture.step_s) / 10
            limits = {"xMin": first - 0.5 * length, "xMax": last + 0.5 * length}
            self.box.setLimits(**limits, minXRange=shortest, maxXRange=2.0 * length)
            self.strip.setXRange(first, last, padding=0.01)
        self._lay_out()

    def show_channels(self, shown: tuple[int, ...]) -> None:
        """Draw these channels, in this order."""
        self._shown = shown
        self._lay_out()

    def show_truth(self, labels: tuple[tuple[Interval, float, float], ...]) -> None:
        """Outline these labels; each with the times it begins and ends at."""
        self._truth = labels
        self.truth.set_labels(labels, self.scene_shown)
        self.strip_truth.set_labels(labels, Scene())

    def show_tracks(self, tracks: ScoreTracks | None) -> None:
        """Draw the scores of each channel below its trace; None for none."""
        before = self._scored
        self._tracks = tracks
        step = self._picture.step_s if self._picture is not None else 1.0
        self.lanes.set_tracks(tracks, step)
        self.expected.set_tracks(tracks, step)
        if self._scored != before:
            self._lay_out()

    def show_threshold(self, threshold: float) -> None:
        """Move the lines of the threshold."""
        self.lanes.set_threshold(threshold)

    def show_events(self, marks: EventMarks | None) -> None:
        """Draw these events over the rows of their channels."""
        self.events.set_events(marks)
        self.strip_events.set_events(marks)

    def set_scale(self, scale: float) -> None:
        """Make the rows so many times as high as they are by themselves."""
        self._scale = scale
        self._lay_out()

    def scroll_to(self, top_px: float) -> None:
        """Bring what is so many pixels below the top of all rows to the upper edge."""
        self._scrolled = top_px
        self._place_rows()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.setBackground(theme.panel)
        for item in self._items:
            item.set_theme(theme)
        self.gutter.set_theme(theme)
        self.time_axis.setPen(QPen(QColor(theme.line)))
        self.time_axis.setTextPen(QColor(theme.muted))
        self.box.set_theme(theme)
        paint_brush(self.brush, theme)

    # Where one looks

    @property
    def span(self) -> tuple[float, float]:
        """First and last time of all that is shown."""
        stretches = self.scene_shown.stretches
        if not stretches:
            return 0.0, 1.0
        return min(one.start for one in stretches), max(one.stop for one in stretches)

    @property
    def time_range(self) -> tuple[float, float]:
        """First and last time in view."""
        start, stop = self.box.viewRange()[0]
        return float(start), float(stop)

    @property
    def height_of_rows(self) -> int:
        """Of all rows together, in pixels."""
        return self.scene_shown.rows[-1].bottom if self.scene_shown.rows else 0

    @property
    def rows_in_view(self) -> list[Row]:
        """The rows that are not scrolled away."""
        return self.scene_shown.seen(self._scrolled, self._scrolled + self.room_px)

    @property
    def room_px(self) -> int:
        """How high the part is in which rows are seen."""
        return max(1, int(self.box.height()))

    def fit(self) -> None:
        """Show everything: all times, and all values of every channel."""
        first, last = self.span
        pad = _SIDE_MARGIN * max(last - first, 1e-6)
        self._ranges.clear()
        self.box.setXRange(first - pad, last + pad, padding=0)
        self._lay_out()

    def fit_values(self) -> None:
        """Show every value of the stretch in view, in every row."""
        for row in self.scene_shown.rows:
            extrema = self._extrema(self.scene_shown.channels[row.place])
            if row.form == "numbers" and extrema is not None:
                self._ranges[row.place] = with_margin(*extrema, row.form, row.height)
        self._lay_out()

    def centre_on(self, time: float) -> None:
        """Move ``time`` to the middle."""
        start, stop = self.time_range
        half = (stop - start) / 2
        self.box.setXRange(time - half, time + half, padding=0)

    def look_at(self, start: float, stop: float) -> None:
        """Show the stretch [start, stop]."""
        self.box.setXRange(start, stop, padding=0)

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much time about the middle."""
        start, stop = self.time_range
        middle, half = (start + stop) / 2, factor * (stop - start) / 2
        self.box.setXRange(middle - half, middle + half, padding=0)

    def pan(self, share: float) -> None:
        """Move by ``share`` of the width."""
        start, stop = self.time_range
        step = share * (stop - start)
        self.box.setXRange(start + step, stop + step, padding=0)

    def scroll_for(self, place: int) -> float | None:
        """How far to scroll so that the row of a channel is seen whole; None where it is, or is not drawn."""
        row = next((row for row in self.scene_shown.rows if row.place == place), None)
        if row is None or (self._scrolled <= row.top and row.bottom <= self._scrolled + self.room_px):
            return None
        return float(row.top - max(0, (self.room_px - (row.bottom - row.top)) // 2)) - self._scrolled

    # Laying out

    @property
    def _scored(self) -> frozenset[int]:
        """The channels with a lane for their scores."""
        channels = self._tracks.channels if self._tracks is not None else ()
        return frozenset(place for place, one in enumerate(channels) if len(one.score))

    def _lay_out(self) -> None:
        old, shown = self.scene_shown, self._shown
        rows: tuple[Row, ...] = ()
        if old.channels:
            rows = lay_out(old.channels, shown, self._ranges, self.room_px, self._scale, self._scored)
        scene = self.scene_shown = Scene(rows, old.channels, old.stretches, old.steps)
        for item in (self.lanes, self.expected, self.events):
            item.set_scene(scene)
        self.rows.set_scene(scene)
        self.gutter.set_scene(scene)
        both = len(scene.stretches) > 1
        self.readout.set_scene(scene, scene.stretches[0].stop if both else None)
        self.truth.set_labels(self._truth, scene)
        self._show_strip(scene)
        self._place_rows()
        self.laid_out.emit()

    def _show_strip(self, scene: Scene) -> None:
        """The first channel that moves, small."""
        height = self._strip_px
        first = next((row for row in scene.rows if row.form in ("numbers", "states")), None) or (
            scene.rows[0] if scene.rows else None
        )
        rows: tuple[Row, ...] = ()
        if first is not None:
            low, high = padded(scene.channels[first.place], height)
            rows = (Row(first.place, first.form, 0, height, low, high),)
        self.strip_rows.set_scene(Scene(rows, scene.channels, scene.stretches, scene.steps))
        self.strip.setYRange(0, height, padding=0)

    def _place_rows(self) -> None:
        self._scrolled = float(np.clip(self._scrolled, 0, max(0, self.height_of_rows - self.room_px)))
        self.box.setYRange(self._scrolled, self._scrolled + self.box.height(), padding=0)
        self.gutter.scroll_to(self._scrolled)

    def _extrema(self, channel: ChannelPicture) -> tuple[float, float] | None:
        """Of the values of ``channel`` in view."""
        start, stop = self.time_range
        found = []
        for stretch in self.scene_shown.stretches:
            trace = stretch.trace(channel)
            if trace is not None:
                envelope = trace.series.envelope(start - stretch.shift_s, stop - stretch.shift_s, 1)
                found += [(float(envelope.low[0]), float(envelope.high[0]))] if envelope.count[0] else []
        return (min(low for low, _ in found), max(high for _, high in found)) if found else None

    # What the mouse does

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the cursor any more."""
        super().leaveEvent(event)
        self.hovered.emit(float("nan"), float("nan"))

    def _on_resized(self) -> None:
        self._strip_px = OVERVIEW_PX[1] if self.height() > _ROOMY_PX else OVERVIEW_PX[0]
        self.ci.layout.setRowFixedHeight(2, self._strip_px)
        self._lay_out()

    def _on_moved(self) -> None:
        self.brush.blockSignals(True)
        self.brush.setRegion(self.time_range)
        self.brush.blockSignals(False)
        (first, last), (start, stop) = self.span, self.time_range
        self.time_axis.tell_days(min(max(start, first), last), max(min(stop, last), first))
        self.moved.emit()

    def _on_brushed(self) -> None:
        start, stop = self.brush.getRegion()
        if stop > start:
            self.box.setXRange(start, stop, padding=0)

    def _on_clicked(self, at: QPointF) -> None:
        point = self.box.mapSceneToView(at)
        self.clicked.emit(float(point.x()), float(point.y()))

    def _at_threshold(self, at: QPointF) -> bool:
        """Whether the line of a threshold is at ``at`` in the scene, to be dragged."""
        y = float(self.box.mapSceneToView(at).y())
        row = row_at(self.scene_shown.rows, y)
        line = None if row is None else self.lanes.line_y(row)
        self._dragged = row if line is not None and abs(line - y) <= _GRIP_PX else None
        return self._dragged is not None

    def _on_threshold_dragged(self, at: QPointF) -> None:
        if self._dragged is not None:
            y = float(self.box.mapSceneToView(at).y())
            self.threshold_dragged.emit(self.lanes.threshold_at(self._dragged, y))

    def _on_mouse_moved(self, at: QPointF) -> None:
        point = self.box.mapSceneToView(at)
        inside = self.box.sceneBoundingRect().contains(at)
        free = QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton
        if free:
            over = inside and self._at_threshold(at)
            self.box.setCursor(Qt.CursorShape.SizeVerCursor if over else Qt.CursorShape.ArrowCursor)
        self.hovered.emit(float(point.x()) if inside else float("nan"), float(point.y()))

    def _on_wheel_over_names(self, notches: float) -> None:
        self.scroll_asked.emit(notches * SCROLLED_PER_NOTCH_PX)

    def _on_values_zoomed(self, at: QPointF, factor: float) -> None:
        y = float(self.box.mapSceneToView(at).y())
        row = row_at(self.scene_shown.rows, y)
        if row is not None and row.form == "numbers":
            self._take(zoomed(row, factor, row.value(y)))

    def _on_values_dragged(self, start: QPointF, down_px: float) -> None:
        row = row_at(self.scene_shown.rows, float(self.box.mapSceneToView(start).y()))
        if row is not None and row.place in self._ranges:
            by = down_px / row.height * (row.high - row.low)
            self._take(moved(row, row.low + by, row.high + by))

    def _on_boxed(self, box: QRectF) -> None:
        """Zoom to the box: in values too where it lies within one row."""
        row = row_at(self.scene_shown.rows, box.top())
        if row is not None and row.form == "numbers" and box.bottom() <= row.bottom:
            low, high = row.value(box.bottom()), row.value(box.top())
            if high > low:
                self._take(moved(row, low, high))
        self.box.setXRange(box.left(), box.right(), padding=0)

    def _take(self, row: Row) -> None:
        self._ranges[row.place] = (row.low, row.high)
        self._lay_out()
