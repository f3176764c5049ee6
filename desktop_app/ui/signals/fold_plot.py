"""The folded light curve of one signal: all points, medians with errors, and the fit."""

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.core.transits.folded import Stretch
from desktop_app.ui.axes import ValueAxis, places
from desktop_app.ui.plot_items import PlotItem, SeriesItem
from desktop_app.ui.plots import place_axes
from desktop_app.ui.signals.signal_items import BinsItem, ModelItem
from desktop_app.ui.signals.signal_picture import SignalPicture
from desktop_app.ui.theme import Theme
from desktop_app.ui.view_boxes import CurveBox

_ODD, _EVEN = "#0b6bcb", "#e69f00"
_ODD_DARK = "#5ab0f0"
_MINIMUM_PX = 130
_AXIS_PX = 60


class PlainAxis(pg.AxisItem):
    """Hours or phase below the plot, in full."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.enableAutoSIPrefix(False)

    def tickStrings(self, values: list[float], _scale: float, spacing: float) -> list[str]:
        """The numbers at the ticks, with a true minus sign."""
        return [f"{value:.{places(spacing)}f}".replace("-", "−") for value in values]


class FoldPlot(pg.GraphicsLayoutWidget):
    """One plot; drag pans, the wheel zooms, a click looks at the row of a point.

    Signals
    -------
    row_clicked(int)
        The row of the data whose point was clicked.
    """

    row_clicked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Folded light curve")
        self.setMinimumHeight(_MINIMUM_PX)
        self.ci.setContentsMargins(0, 4, 8, 4)
        self.box = CurveBox()
        self._axes = (ValueAxis(), PlainAxis())
        place_axes(self, self.box, 0, left=self._axes[0], bottom=self._axes[1])
        self._axes[0].setWidth(_AXIS_PX)
        self.points, self.model = SeriesItem(), ModelItem()
        self.bins, self.odd, self.even = BinsItem(), BinsItem(), BinsItem(hollow=True)
        self._items: tuple[PlotItem, ...] = (self.points, self.bins, self.even, self.odd, self.model)
        for item in self._items:
            self.box.addItem(item, ignoreBounds=True)
        self._picture: SignalPicture | None = None
        self._apart = False
        self.box.clicked.connect(self._on_clicked)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.setBackground(theme.panel)
        for item in self._items:
            item.set_theme(theme)
        self.box.set_theme(theme)
        self.points.set_colour(theme.muted)
        self.bins.set_colour(theme.text)
        self.odd.set_colour(_ODD_DARK if theme.dark else _ODD)
        self.even.set_colour(_EVEN)
        for axis in self._axes:
            axis.setPen(QPen(QColor(theme.line)))
            axis.setTextPen(QColor(theme.muted))

    def show_picture(self, picture: SignalPicture | None, *, apart: bool) -> None:
        """Draw a signal, with odd and even dips ``apart`` or together."""
        fresh = picture is not self._picture
        self._picture, self._apart = picture, apart
        if picture is None:
            self.points.set_series(None)
            return
        self.points.set_series(picture.points)
        self.bins.set_bins(None if apart else picture.bins)
        self.odd.set_bins(picture.odd if apart else None)
        self.even.set_bins(picture.even if apart else None)
        self.model.set_model(picture.model_at, picture.model)
        self._axes[0].setLabel(f"Flux ({picture.unit})")
        hours = "Hours from the second dip" if picture.stretch is Stretch.SECOND else "Hours from mid-dip"
        self._axes[1].setLabel("Phase" if _in_phase(picture) else hours)
        if fresh:
            self.fit()

    def fit(self) -> None:
        """Show the whole stretch and nearly all points of it."""
        picture = self._picture
        if picture is None or not len(picture.points):
            return
        self.box.setXRange(float(picture.model_at[0]), float(picture.model_at[-1]), padding=0.01)
        self.box.setYRange(*picture.value_range, padding=0)

    def fit_values(self) -> None:
        """Show every point."""
        picture = self._picture
        if picture is not None and len(picture.points):
            self.box.setYRange(float(picture.points.values.min()), float(picture.points.values.max()), padding=0.05)

    def _on_clicked(self, at: QPointF) -> None:
        point, (across, up) = self.box.mapSceneToView(at), self.box.viewPixelSize()
        picture = self._picture
        row = picture.nearest_row((float(point.x()), float(point.y())), (across, up)) if picture else None
        if row is not None:
            self.row_clicked.emit(row)


def _in_phase(picture: SignalPicture) -> bool:
    return picture.stretch is Stretch.PERIOD and picture.signal.period_d == picture.signal.period_d
