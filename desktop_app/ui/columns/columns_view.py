"""What the dialog of columns shows: the first rows of the table, and the curve that the chosen columns make."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QWidget

from desktop_app.core.timescales import TimeSystem
from desktop_app.ui.axes import TimeAxis, ValueAxis
from desktop_app.ui.columns.column_verbs import Drawn
from desktop_app.ui.named import named
from desktop_app.ui.plot_items import SeriesItem
from desktop_app.ui.plots import place_axes
from desktop_app.ui.theme import Theme, tabular

_PLOT_PX, _TABLE_PX = 220, 230
_MARGIN = 0.06


class ChosenPlot(pg.GraphicsLayoutWidget):
    """The curve that the chosen columns make, whole."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "columns-plot", label="The chosen columns")
        self.ci.setContentsMargins(4, 8, 8, 2)
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False)
        self.value_axis, self.time_axis = ValueAxis(), TimeAxis()
        place_axes(self, self.box, 0, left=self.value_axis, bottom=self.time_axis)
        self.points = SeriesItem()
        self.box.addItem(self.points, ignoreBounds=True)
        self.setMinimumHeight(_PLOT_PX)
        self.set_theme(theme)

    def show_drawn(self, drawn: Drawn | None) -> None:
        """Draw another curve, or none."""
        picture = drawn.picture if drawn else None
        self.points.set_series(picture.flux if picture else None)
        if drawn is None or picture is None:
            return
        self.box.invertY(drawn.upside_down)
        self.box.setRange(xRange=_wider(picture.time_range), yRange=_wider(picture.value_range), padding=0)
        self.time_axis.show_as(drawn.reference, TimeSystem.NATIVE)
        self.value_axis.setLabel(drawn.title)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.setBackground(theme.panel)
        self.points.set_colour(theme.point)
        for axis in (self.value_axis, self.time_axis):
            axis.setPen(QPen(QColor(theme.line)))
            axis.setTextPen(QColor(theme.muted))


def rows_table(parent: QWidget) -> QTableWidget:
    """An empty table for the first rows; nothing in it can be edited or selected."""
    table = named(QTableWidget(parent), "columns-rows", label="First rows")
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    table.setTabKeyNavigation(False)
    table.setFont(tabular(table.font()))
    table.setShowGrid(False)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(22)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setFixedHeight(_TABLE_PX)
    return table


def _wider(ends: Sequence[float]) -> tuple[float, float]:
    low, high = ends
    pad = _MARGIN * (high - low) or 0.5
    return low - pad, high + pad
