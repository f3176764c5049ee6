"""The recovery map as a grid of coloured cells with their numbers, and the 50 % and 90 % lines."""

from math import isfinite, log

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop_app.core.arrays import Floats
from desktop_app.core.injection.results import Cells, RecoveryMap
from desktop_app.engine.inject_report import (
    column_label,
    crossing_text,
    row_label,
    strength_name,
    strength_text,
    width_name,
    width_text,
)
from desktop_app.ui.images.colour_maps import N_COLOURS, colours_of
from desktop_app.ui.injection.injection_state import Cell
from desktop_app.ui.named import named
from desktop_app.ui.theme import Theme, tabular

COLOURS = "viridis"
_ROW_PX, _GAP_PX = 38, 1
_ROOMY_PX = 30
_LINES = ((0.9, Qt.PenStyle.DashLine), (0.5, Qt.PenStyle.SolidLine))
_DARK, _BRIGHT = QColor("#10141a"), QColor("#ffffff")
_LIT = 0.42


class RecoveryGrid(QWidget):
    """The map; strong signals are on top.

    Signals
    -------
    chosen(int, int)
        Row and column of the cell that was clicked or gone to with the arrow keys.
    opened(int, int)
        The cell was double-clicked, or Enter pressed.
    """

    chosen = Signal(int, int)
    opened = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "injection-map", label="Recovery map")
        self._theme = theme
        self._found: RecoveryMap | None = None
        self._cells: Cells | None = None
        self._lines: tuple[Floats, ...] = ()
        self._cell: Cell | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(tabular(self.font()))

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of ``theme``."""
        self._theme = theme
        self.update()

    def show_map(self, found: RecoveryMap | None, threshold: float, cell: Cell | None) -> None:
        """Draw ``found`` at ``threshold`` with ``cell`` marked."""
        self._found, self._cell = found, cell
        if found is not None:
            self._cells = found.cells(threshold)
            self._lines = tuple(found.strength_at(share, threshold) for share, _ in _LINES)
            self.setAccessibleDescription(self._told())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its rows need."""
        rows = self._found.grid.shape[0] if self._found else 1
        return QSize(320, round(rows * max(_ROW_PX, 2.3 * self._line()) + self._top() + self._bottom()))

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for a side panel."""
        return QSize(200, self.sizeHint().height())

    def tip_of(self, cell: Cell) -> str:
        """All that is known of a cell, line by line."""
        found, cells = self._found, self._cells
        if found is None or cells is None:
            return ""
        grid = found.grid
        across = column_label(grid, cell[1])
        lines = [f"{strength_name(grid)} {row_label(grid, cell[0])}"]
        if across:
            lines.append(f"{width_name(grid)} {across}")
        n = int(cells.n[cell])
        if not n:
            return "\n".join([*lines, "Nothing was injected."])
        low, high = 100 * cells.low[cell], 100 * cells.high[cell]
        lines.append(f"{int(cells.found[cell])} of {n} found: {low:.0f}–{high:.0f} % (95 %)")
        named_values = (("Right kind", cells.right), ("Depth found", cells.depth_ratio))
        for name, values in (*named_values, ("Duration found", cells.duration_ratio)):
            if isfinite(values[cell]):
                lines.append(f"{name}: {100 * values[cell]:.0f} %{'' if name == 'Right kind' else ' of the truth'}")
        return "\n".join(lines)

    # Where things are

    def _line(self) -> float:
        return QFontMetricsF(self.font()).height()

    def _top(self) -> float:
        return self._line() + 6

    def _bottom(self) -> float:
        return 2 * self._line() + 12

    def _left(self) -> float:
        if self._found is None:
            return 0.0
        grid, metrics = self._found.grid, QFontMetricsF(self.font())
        widest = max(metrics.horizontalAdvance(strength_text(edge, grid)) for edge in grid.strength)
        return max(widest + 10, metrics.horizontalAdvance("0") * 4)

    def _right(self) -> float:
        """Room for the names of the lines."""
        return QFontMetricsF(self.font()).horizontalAdvance("90 %") + 8

    def _body(self) -> QRectF:
        left, top = self._left(), self._top()
        return QRectF(left, top, self.width() - left - self._right(), self.height() - top - self._bottom())

    def box_of(self, cell: Cell) -> QRectF:
        """Where a cell is drawn."""
        assert self._found is not None
        rows, columns = self._found.grid.shape
        body = self._body()
        wide, high = body.width() / columns, body.height() / rows
        return QRectF(body.left() + cell[1] * wide, body.top() + (rows - 1 - cell[0]) * high, wide, high)

    def _cell_at(self, point: QPointF) -> Cell | None:
        if self._found is None or not self._body().contains(point):
            return None
        rows, columns = self._found.grid.shape
        body = self._body()
        column = min(int((point.x() - body.left()) / body.width() * columns), columns - 1)
        return rows - 1 - min(int((point.y() - body.top()) / body.height() * rows), rows - 1), column

    # What Qt asks

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cells, axes, lines, and the mark of the cell that is looked at."""
        if self._found is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows, columns = self._found.grid.shape
        every = [(row, column) for row in range(rows) for column in range(columns)]
        for cell in every:
            self._paint_cell(painter, cell)
        self._paint_axes(painter)
        named_at: list[float] = []
        for values, (share, style) in zip(self._lines, _LINES, strict=True):
            end = self._paint_line(painter, values, style)
            if end is not None:
                self._paint_name(painter, end, f"{100 * share:.0f} %", named_at)
        for cell in every:
            self._paint_numbers(painter, cell)
        if self._cell is not None and self._cell[0] < rows and self._cell[1] < columns:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.text), 5))
            painter.drawRect(self.box_of(self._cell).adjusted(1, 1, -1, -1))
            painter.setPen(QPen(QColor(self._theme.accent), 3))
            painter.drawRect(self.box_of(self._cell).adjusted(1, 1, -1, -1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look at a cell."""
        cell = self._cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(*cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """See an example of it."""
        cell = self._cell_at(event.position())
        if cell is not None:
            self.opened.emit(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go from cell to cell, Enter shows an example."""
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (1, 0),
            Qt.Key.Key_Down: (-1, 0),
        }
        key = Qt.Key(event.key())
        if self._found is not None and key in steps:
            rows, columns = self._found.grid.shape
            at = self._cell or (rows - 1 - steps[key][0], -steps[key][1])
            row, column = at[0] + steps[key][0], at[1] + steps[key][1]
            self.chosen.emit(min(max(row, 0), rows - 1), min(max(column, 0), columns - 1))
        elif self._cell is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(*self._cell)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The counts of the cell under the cursor."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self._cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.tip_of(cell) if cell else "", self)
            return True
        return super().event(event)

    # Painting

    def _paint_cell(self, painter: QPainter, cell: Cell) -> None:
        assert self._cells is not None
        colour = self._colour_of(float(self._cells.share[cell]))
        painter.fillRect(self.box_of(cell).adjusted(_GAP_PX, _GAP_PX, -_GAP_PX, -_GAP_PX), colour)

    def _paint_numbers(self, painter: QPainter, cell: Cell) -> None:
        assert self._cells is not None
        share, box = float(self._cells.share[cell]), self.box_of(cell)
        if not isfinite(share):
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "–")
            return
        painter.setPen(_DARK if _lightness(self._colour_of(share)) > _LIT else _BRIGHT)
        lines = [_percent(share)]
        if box.height() > 1.9 * self._line() and box.width() > _ROOMY_PX:
            lines.append(f"{int(self._cells.found[cell])}/{int(self._cells.n[cell])}")
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "\n".join(lines))

    def _colour_of(self, share: float) -> QColor:
        if not isfinite(share):
            return QColor(self._theme.raised)
        return QColor.fromRgb(int(colours_of(COLOURS)[round(share * (N_COLOURS - 1))]))

    def _paint_axes(self, painter: QPainter) -> None:
        assert self._found is not None
        grid, body, line = self._found.grid, self._body(), self._line()
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QPointF(2, line - 2), f"{strength_name(grid)} ↑")
        rows, columns = grid.shape
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for place, edge in enumerate(grid.strength):
            y = body.bottom() - place * body.height() / rows
            painter.drawText(QRectF(0, y - line / 2, body.left() - 5, line), right, strength_text(edge, grid))
        if grid.kind.lasts:
            metrics = painter.fontMetrics()
            for place, edge in enumerate(grid.width):
                text = width_text(edge, grid)
                wide = metrics.horizontalAdvance(text)
                x = body.left() + place * body.width() / columns - wide / 2
                x = min(max(x, 0), self.width() - wide)
                painter.drawText(QPointF(x, body.bottom() + line + 2), text)
            below = QRectF(body.left(), body.bottom() + line + 8, body.width(), line)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"{width_name(grid)} →")

    def _paint_line(self, painter: QPainter, values: Floats, style: Qt.PenStyle) -> float | None:
        """Where a share is reached, column by column; how high the line ends, None where there is none."""
        assert self._found is not None
        grid, body = self._found.grid, self._body()
        step = body.width() / grid.shape[1]
        low, high = log(grid.strength[0]), log(grid.strength[-1])
        ends: list[tuple[QPointF, QPointF]] = []
        for column, value in enumerate(values):
            if np.isinf(value) or high <= low:
                continue
            part = (log(value) - low) / (high - low) if value > 0 else 0.0
            y = body.bottom() - min(max(part, 0.0), 1.0) * body.height()
            ends.append((QPointF(body.left() + column * step, y), QPointF(body.left() + (column + 1) * step, y)))
        for colour, width, how in ((_DARK, 3.6, Qt.PenStyle.SolidLine), (_BRIGHT, 1.8, style)):
            pen = QPen(colour, width, how)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            for place, (start, stop) in enumerate(ends):
                painter.drawLine(start, stop)
                if place and abs(ends[place - 1][1].x() - start.x()) < 1:
                    painter.drawLine(ends[place - 1][1], start)
        return ends[-1][1].y() if ends else None

    def _paint_name(self, painter: QPainter, y: float, text: str, others: list[float]) -> None:
        """Name a line right of the cells, below the names that are there already."""
        line = self._line()
        for other in others:
            y = max(y, other + line) if abs(y - other) < line else y
        others.append(y)
        painter.setPen(QColor(self._theme.text))
        box = QRectF(self._body().right() + 4, y - line / 2, self._right(), line)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _told(self) -> str:
        """The map for a screen reader."""
        assert self._found is not None
        grid = self._found.grid
        lines = [
            f"{100 * share:.0f} % found from "
            + ", ".join(
                f"{crossing_text(value, grid)} ({column_label(grid, place)})" for place, value in enumerate(values)
            )
            for values, (share, _) in zip(self._lines, _LINES, strict=True)
        ]
        return "; ".join(lines)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _lightness(colour: QColor) -> float:
    """How bright it looks, 0 to 1."""
    return (0.299 * colour.red() + 0.587 * colour.green() + 0.114 * colour.blue()) / 255
