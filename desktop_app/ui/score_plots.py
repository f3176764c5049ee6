"""The plots of the scores panel: the histogram with the threshold in it, and the stretch with the highest score."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.core.arrays import Floats
from desktop_app.ui.axes import ScoreAxis, Ticks, TimeAxis, ValueAxis
from desktop_app.ui.picture import squeezed, unsqueezed
from desktop_app.ui.plot_items import EventsItem, Frame, LineItem, PlotItem, SeriesItem
from desktop_app.ui.plots import place_axes
from desktop_app.ui.score_histogram import PERCENTILE, ScoreHistogram
from desktop_app.ui.score_scale import SIGMAS, ScoreScale
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Theme
from desktop_app.ui.view_boxes import CurveBox, ScoreBox

_GAP_CADENCES = 8
_HEADROOM = 1.45
_BELOW_ONE = -0.35
"""Where bars begin, in powers of ten: a bin with one row still shows."""
_BESIDE = [(0, 0), (1, 0)]


class HistogramPlot(pg.GraphicsLayoutWidget):
    """The histogram of scores with the threshold to be dragged.

    Signals
    -------
    threshold_dragged(float)
        In the unit of the scores.
    """

    threshold_dragged = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Histogram of scores")
        self.setMinimumHeight(90)
        self.ci.setContentsMargins(0, 2, 6, 2)
        self.ci.setSpacing(2)
        self.box = ScoreBox()
        self.box.setMouseEnabled(x=False, y=False)
        self._axes = (CountAxis(), ScoreAxis("bottom"))
        place_axes(self, self.box, 0, left=self._axes[0], bottom=self._axes[1])
        self._axes[0].setWidth(52)
        self._axes[0].setLabel("Rows")
        self._scale = SIGMAS
        self.bars = BarsItem()
        self.box.addItem(self.bars, ignoreBounds=True)
        self.percentile_line = pg.InfiniteLine(angle=90, label="", labelOpts={"position": 0.88, "anchors": _BESIDE})
        self.threshold_line = pg.InfiniteLine(
            angle=90, movable=True, label="", labelOpts={"position": 0.99, "anchors": _BESIDE}
        )
        for line in (self.percentile_line, self.threshold_line):
            self.box.addItem(line, ignoreBounds=True)
        self.threshold_line.sigDragged.connect(self._on_dragged)
        self.set_theme(theme)

    def show_histogram(self, spread: ScoreHistogram, scale: ScoreScale, what: str) -> None:
        """Draw another histogram, of scores on ``scale``; ``what`` is counted: "Rows"."""
        self._scale = scale
        self._axes[0].setLabel(what)
        self._axes[1].setLabel(f"Score ({scale.unit})")
        self.bars.set_counts(spread.edges, spread.counts)
        right = float(spread.edges[-1])
        tallest = float(np.log10(max(10.0, spread.counts.max())))
        self.box.setRange(xRange=(0.0, right), yRange=(_BELOW_ONE, tallest * _HEADROOM), padding=0)
        self.threshold_line.setBounds([float(squeezed(scale.lowest)), right])
        self.percentile_line.setValue(float(squeezed(spread.percentile)))
        self.percentile_line.label.setFormat(f"{PERCENTILE:g} %: {scale.number(spread.percentile)}")

    def show_threshold(self, threshold: float) -> None:
        """Put the line where it belongs, and colour what lies beyond."""
        at = float(squeezed(threshold))
        self.threshold_line.setValue(at)
        self.threshold_line.label.setFormat(f"threshold {self._scale.number(threshold)}")
        self.bars.set_threshold(at)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.setBackground(theme.panel)
        self.bars.set_theme(theme)
        self.box.set_theme(theme)
        for axis in self._axes:
            axis.setPen(QPen(QColor(theme.line)))
            axis.setTextPen(QColor(theme.muted))
        warning, muted = QColor(theme.warning), QColor(theme.muted)
        self.threshold_line.setPen(pg.mkPen(warning, width=1, style=Qt.PenStyle.DashLine))
        self.threshold_line.setHoverPen(pg.mkPen(warning, width=2))
        self.threshold_line.label.setColor(warning)
        self.percentile_line.setPen(pg.mkPen(muted, width=1, style=Qt.PenStyle.DotLine))
        self.percentile_line.label.setColor(muted)

    def _on_dragged(self) -> None:
        self.threshold_dragged.emit(unsqueezed(float(self.threshold_line.value())))


class CountAxis(pg.AxisItem):
    """Numbers of rows on a logarithmic scale."""

    def __init__(self) -> None:
        super().__init__("left")
        self.enableAutoSIPrefix(False)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Ticks:  # noqa: N803 - pyqtgraph's names
        """Powers of ten, as many as there is room for."""
        every = max(1, round((maxVal - minVal) * 22 / max(size, 1.0)))
        return [(1.0, [float(power) for power in range(0, int(maxVal) + 1, every) if power >= minVal])]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """The counts in full, those beyond a hundred thousand as powers."""
        return [f"{10**value:,.0f}" if value < 6 else f"1e{value:.0f}" for value in values]


class BarsItem(PlotItem):
    """Bars of a histogram, those beyond the threshold in another colour."""

    def __init__(self) -> None:
        super().__init__()
        self._edges, self._counts = np.zeros(1), np.zeros(0)
        self._threshold = float("inf")

    def set_counts(self, edges: Floats, counts: Floats) -> None:
        """The bins and what is in them."""
        self._edges, self._counts = edges, counts
        self.update()

    def set_threshold(self, at: float) -> None:
        """From where on bars are coloured."""
        self._threshold = at
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """One rectangle a bin; the one that the threshold goes through has both colours."""
        filled = np.flatnonzero(self._counts > 0)
        heights = np.log10(self._counts[filled])
        bottom = float(frame.y(_BELOW_ONE))
        below, beyond = QColor(self.theme.muted), QColor(self.theme.warning)
        for place, top in zip(filled, np.asarray(frame.y(heights)), strict=True):
            low, high = float(self._edges[place]), float(self._edges[place + 1])
            middle = min(max(self._threshold, low), high)
            for first, last, colour in ((low, middle, below), (middle, high, beyond)):
                if last > first:
                    left, right = float(frame.x(first)), float(frame.x(last))
                    painter.fillRect(QRectF(QPointF(left, float(top)), QPointF(right, bottom)), colour)


class TopWindow(pg.GraphicsLayoutWidget):
    """The stretch with the highest score: the data, the baseline, and what the detector makes of it.

    Signals
    -------
    clicked()
    """

    clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("The stretch with the highest score")
        self.setMinimumHeight(90)
        self.setToolTip("Click to show it in the curve")
        self.ci.setContentsMargins(0, 2, 6, 2)
        self.ci.setSpacing(2)
        self.box = CurveBox()
        self.box.setMouseEnabled(x=False, y=False)
        self._axes = (ValueAxis(), TimeAxis())
        place_axes(self, self.box, 0, left=self._axes[0], bottom=self._axes[1])
        self.points, self.baseline, self.model = SeriesItem(), LineItem(), LineItem("model")
        self.events = EventsItem(marks=False)
        self._items: tuple[PlotItem, ...] = (self.points, self.baseline, self.model, self.events)
        for item in self._items:
            self.box.addItem(item, ignoreBounds=True)
        self.box.clicked.connect(self._on_clicked)
        self.set_theme(theme)

    def show_state(self, state: AppState, spread: ScoreHistogram) -> None:
        """Draw the stretch about the highest score."""
        data, picture, scores = state.curve, state.picture, state.scores
        if data is None or picture is None or scores is None:
            return
        gap = _GAP_CADENCES * picture.cadence_d
        self.points.set_series(picture.flux)
        self.baseline.set_series(scores.baseline, gap)
        self.model.set_series(scores.model, gap)
        self.events.set_events(state.events, data.time, data.flux, picture.flux)
        self._axes[0].setLabel("Magnitude" if data.in_magnitudes else "Flux")
        self._axes[1].show_as(data.reference, state.system)
        self.box.invertY(data.in_magnitudes)
        self.box.setXRange(*spread.window, padding=0)
        seen = picture.flux.envelope(*spread.window, 1)
        low, high = (float(seen.low[0]), float(seen.high[0])) if seen.count[0] else (0.0, 1.0)
        self.box.setYRange(low, high if high > low else low + 1.0, padding=0.12)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.setBackground(theme.panel)
        self.box.set_theme(theme)
        for item in self._items:
            item.set_theme(theme)
        for axis in self._axes:
            axis.setPen(QPen(QColor(theme.line)))
            axis.setTextPen(QColor(theme.muted))

    def _on_clicked(self, _at: QPointF) -> None:
        self.clicked.emit()
