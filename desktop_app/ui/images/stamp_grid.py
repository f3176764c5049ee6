"""A grid of stamps that draws only those in view."""

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop_app.core.arrays import Ints
from desktop_app.ui.images.stamp_marks import paint_marks
from desktop_app.ui.images.stamp_table import BY_ID, StampTable
from desktop_app.ui.images.thumbnails import Thumbnails
from desktop_app.ui.named import named
from desktop_app.ui.theme import Theme, tabular

SIZES_PX = (32, 320)
_PLACE = Qt.ItemDataRole.UserRole
_MARGIN_PX = 4
_SOON_MS = 1
_AnyIndex = QModelIndex | QPersistentModelIndex


class StampModel(QAbstractListModel):
    """The stamps that the filter keeps, in the chosen order."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.table: StampTable | None = None
        self.places: list[int] = []
        self.reasons: dict[int, str] = {}
        self.caption = BY_ID

    def show_stamps(self, table: StampTable | None, places: Ints) -> None:
        """Other stamps, or others of the same set."""
        self.beginResetModel()
        self.table, self.places = table, [int(place) for place in places]
        self.endResetModel()

    def row_of(self, place: int | None) -> int:
        """Where a stamp is among those shown; -1 where it is not."""
        return self.places.index(place) if place in self.places else -1

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        """How many there are."""
        return 0 if parent.isValid() else len(self.places)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The id, its place in the set, and what a reader reads aloud."""
        if self.table is None or not index.isValid() or not 0 <= index.row() < len(self.places):
            return None
        place = self.places[index.row()]
        if role == _PLACE:
            return place
        if role == Qt.ItemDataRole.DisplayRole:
            return self.table.ids[place]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._told(self.table, place)
        return None

    def _told(self, table: StampTable, place: int) -> str:
        """What is known of one stamp, a line each; why it is suggested comes first."""
        standing = table.standing(place)
        where = [f"decided in {standing.entry.subject.source}"] if standing is not None and standing.elsewhere else []
        reason = [self.reasons[place]] if place in self.reasons else []
        said = [(name, table.text(name, place)) for name in table.names if name != BY_ID]
        return "\n".join([table.ids[place], *reason, *where, *(f"{name}: {text}" for name, text in said if text)])


class StampDelegate(QStyledItemDelegate):
    """Paints a stamp, its id and the chosen column below it."""

    def __init__(self, grid: "StampGrid", theme: Theme) -> None:
        super().__init__(grid)
        self._grid = grid
        self.theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _AnyIndex) -> QSize:
        """As large as every cell."""
        return self._grid.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Paint one cell; its picture may come with the next paint."""
        grid, place = self._grid, index.data(_PLACE)
        table = grid.stamps.table
        if table is None or place is None:
            return
        cell: QRect = option.rect
        side = grid.side
        box = QRect(cell.left() + (cell.width() - side) // 2, cell.top() + _MARGIN_PX, side, side)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(cell, QColor(self.theme.raised))
        image = grid.thumbnails.image(place)
        if image is None:
            painter.fillRect(box, QColor(self.theme.raised))
            grid.paint_rest_soon()
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(_fitted(box, image.width(), image.height()), image)
        paint_marks(painter, box, table, place, self.theme)
        if chosen:
            painter.setPen(QPen(QColor(self.theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(-1, -1, 1, 1))
        self._write(painter, cell, box, table, place)

    def _write(self, painter: QPainter, cell: QRect, box: QRect, table: StampTable, place: int) -> None:
        metrics = self._grid.fontMetrics()
        line = metrics.height()
        width = cell.width() - 2 * _MARGIN_PX
        stamps = self._grid.stamps
        lines = [(table.ids[place], self.theme.text)]
        if stamps.reasons:
            lines.append((stamps.reasons.get(place, ""), self.theme.muted))
        elif stamps.caption != BY_ID:
            lines.append((table.text(stamps.caption, place), self.theme.muted))
        for number, (text, colour) in enumerate(lines):
            where = QRect(cell.left() + _MARGIN_PX, box.bottom() + 3 + number * line, width, line)
            painter.setPen(QColor(colour))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, width)
            painter.drawText(where, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter), shown)


class StampGrid(QListView):
    """Stamps in rows and columns.

    Signals
    -------
    chosen(int)
        The place in the set of the stamp that was clicked or gone to.
    enlarged()
        Enter or a double click.
    double_clicked(int)
        The place in the set of the stamp that was clicked twice.
    resized_by(int)
        Control and the wheel: notches.
    """

    chosen = Signal(int)
    enlarged = Signal()
    double_clicked = Signal(int)
    resized_by = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "stamp-grid", label="Stamps")
        self.setAccessibleDescription("Arrow keys go from stamp to stamp, Enter enlarges, Ctrl+C copies ids.")
        self.setFont(tabular(self.font()))
        self.thumbnails = Thumbnails()
        self.stamps = StampModel(self)
        self.side = 96
        self._delegate = StampDelegate(self, theme)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_SOON_MS)
        self._rest.timeout.connect(self.viewport().update)
        self.setModel(self.stamps)
        self.setItemDelegate(self._delegate)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.activated.connect(self._on_activated)
        self.selectionModel().currentChanged.connect(self._on_current)
        self.set_side(self.side)

    @property
    def cell(self) -> QSize:
        """How large a cell is."""
        lines = 1 if self.stamps.caption == BY_ID and not self.stamps.reasons else 2
        return QSize(
            self.side + 2 * _MARGIN_PX + 4, self.side + 2 * _MARGIN_PX + 4 + lines * self.fontMetrics().height()
        )

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._delegate.theme = theme
        self.viewport().update()

    def set_side(self, side: int) -> None:
        """How large the stamps are drawn."""
        self.side = min(max(side, SIZES_PX[0]), SIZES_PX[1])
        self._share_width()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among as many stamps as fit."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        cell, width = self.cell, self.viewport().width() - 1
        fitting = max(1, width // cell.width())
        self.setGridSize(QSize(max(cell.width(), width // fitting), cell.height()))

    def set_caption(self, column: str) -> None:
        """Which column of the catalogue stands below the stamps."""
        self.stamps.caption = column
        self.set_side(self.side)
        self.viewport().update()

    def show_stamps(
        self, table: StampTable | None, places: Ints, current: int | None, reasons: dict[int, str] | None = None
    ) -> None:
        """Other stamps, or others of the same set; ``current`` stays chosen where it is among them."""
        model = self.selectionModel()
        model.blockSignals(True)
        self.stamps.reasons = reasons or {}
        self.stamps.show_stamps(table, places)
        model.blockSignals(False)
        self._share_width()
        self.choose(current)

    def show_table(self, table: StampTable) -> None:
        """The same stamps in the same order, with other things known of them."""
        self.stamps.table = table
        self.viewport().update()

    def selected(self) -> list[int]:
        """The places in the set of the stamps that are selected, in their order on the screen."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [self.stamps.places[row] for row in rows]

    def step(self, by: int) -> None:
        """Go to the next stamp, or to the previous one."""
        row = self.currentIndex().row() + by
        if 0 <= row < len(self.stamps.places):
            self.setCurrentIndex(self.stamps.index(row))

    def choose(self, place: int | None) -> None:
        """Mark a stamp without telling anyone."""
        now = self.currentIndex()
        row = self.stamps.row_of(place)
        if place is None or (now.isValid() and now.data(_PLACE) == place) or row < 0:
            return
        index = self.stamps.index(row)
        model = self.selectionModel()
        model.blockSignals(True)
        model.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        model.blockSignals(False)
        self.scrollTo(index)
        self.viewport().update()

    def copy_ids(self) -> int:
        """Put the ids of the selected stamps on the clipboard, or of all that are shown; how many."""
        table = self.stamps.table
        if table is None:
            return 0
        places = self.selected() or self.stamps.places
        QGuiApplication.clipboard().setText("\n".join(table.ids[place] for place in places))
        return len(places)

    def paint_rest_soon(self) -> None:
        """Some pictures are still to be painted."""
        if not self._rest.isActive():
            self._rest.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as many stamps as there is time for."""
        self.thumbnails.set_side(round(self.side * self.devicePixelRatioF()))
        self.thumbnails.begin()
        super().paintEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Control, other sizes."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.resized_by.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, enlarge, or what every list does."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_ids()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enlarged.emit()
        else:
            super().keyPressEvent(event)

    def _on_activated(self, _index: QModelIndex) -> None:
        self.enlarged.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge, and tell which stamp it was: one that was cut out of a picture leads back to it."""
        super().mouseDoubleClickEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit(int(index.data(_PLACE)))

    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(int(current.data(_PLACE)))


def _fitted(box: QRect, width: int, height: int) -> QRect:
    """The largest rectangle of those proportions in the middle of ``box``."""
    size = QSize(width, height).scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    return QRect(
        box.left() + (box.width() - size.width()) // 2,
        box.top() + (box.height() - size.height()) // 2,
        size.width(),
        size.height(),
    )
