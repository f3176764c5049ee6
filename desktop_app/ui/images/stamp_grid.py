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
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop_app.core.arrays import Ints
from desktop_app.core.cutouts import CutoutSet
from desktop_app.ui.images.stamp_filter import BY_ID
from desktop_app.ui.images.thumbnails import Thumbnails
from desktop_app.ui.named import named
from desktop_app.ui.theme import Theme, tabular
from desktop_app.ui.words import significant

SIZES_PX = (32, 320)
_PLACE = Qt.ItemDataRole.UserRole
_MARGIN_PX = 4
_SOON_MS = 1
_AnyIndex = QModelIndex | QPersistentModelIndex


def value_text(data: CutoutSet, column: str, place: int) -> str:
    """What the catalogue says of one stamp in one column, with its unit; "" for what it does not say."""
    if column in data.columns:
        series = data.columns[column]
        value = float(series.values[place])
        if value != value:
            return ""
        text = f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else significant(value, 5)
        return f"{text} {series.unit}".strip()
    return data.labels[column][place] if column in data.labels else ""


class StampModel(QAbstractListModel):
    """The stamps that the filter keeps, in the chosen order."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.data_set: CutoutSet | None = None
        self.places: list[int] = []
        self.caption = BY_ID

    def show_stamps(self, data: CutoutSet | None, places: Ints) -> None:
        """Other stamps, or others of the same set."""
        self.beginResetModel()
        self.data_set, self.places = data, [int(place) for place in places]
        self.endResetModel()

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        """How many there are."""
        return 0 if parent.isValid() else len(self.places)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The id, its place in the set, and what a reader reads aloud."""
        if self.data_set is None or not index.isValid() or not 0 <= index.row() < len(self.places):
            return None
        place = self.places[index.row()]
        if role == _PLACE:
            return place
        if role == Qt.ItemDataRole.DisplayRole:
            return self.data_set.ids[place]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            names = (*self.data_set.columns, *self.data_set.labels)
            said = [(name, value_text(self.data_set, name, place)) for name in names]
            return "\n".join([self.data_set.ids[place], *(f"{name}: {text}" for name, text in said if text)])
        return None


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
        data = grid.stamps.data_set
        if data is None or place is None:
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
        if chosen:
            painter.setPen(QPen(QColor(self.theme.accent), 2))
            painter.drawRect(box.adjusted(-1, -1, 1, 1))
        self._write(painter, cell, box, data, place)

    def _write(self, painter: QPainter, cell: QRect, box: QRect, data: CutoutSet, place: int) -> None:
        metrics = self._grid.fontMetrics()
        line = metrics.height()
        width = cell.width() - 2 * _MARGIN_PX
        caption = self._grid.stamps.caption
        lines = [(data.ids[place], self.theme.text)]
        if caption != BY_ID:
            lines.append((value_text(data, caption, place), self.theme.muted))
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
    resized_by(int)
        Control and the wheel: notches.
    """

    chosen = Signal(int)
    enlarged = Signal()
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
        lines = 1 if self.stamps.caption == BY_ID else 2
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

    def show_stamps(self, data: CutoutSet | None, places: Ints, current: int | None) -> None:
        """Other stamps, or others of the same set; ``current`` stays chosen where it is among them."""
        model = self.selectionModel()
        model.blockSignals(True)
        self.stamps.show_stamps(data, places)
        model.blockSignals(False)
        self.choose(current)

    def choose(self, place: int | None) -> None:
        """Mark a stamp without telling anyone."""
        now = self.currentIndex()
        if place is None or (now.isValid() and now.data(_PLACE) == place) or place not in self.stamps.places:
            return
        index = self.stamps.index(self.stamps.places.index(place))
        model = self.selectionModel()
        model.blockSignals(True)
        model.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        model.blockSignals(False)
        self.scrollTo(index)
        self.viewport().update()

    def copy_ids(self) -> int:
        """Put the ids of the selected stamps on the clipboard, or of all that are shown; how many."""
        data = self.stamps.data_set
        if data is None:
            return 0
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        places = [self.stamps.places[row] for row in rows] or self.stamps.places
        QGuiApplication.clipboard().setText("\n".join(data.ids[place] for place in places))
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
