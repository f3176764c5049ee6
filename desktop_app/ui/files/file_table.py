"""The view of the list of files: folders that open and close, several files selected at once, all of it by keys too."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOption,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop_app.ui.files.file_model import CADENCE, FILE, KIND, MISSION, NAME, SIZE, FileModel

_ARROW_PX = 14
_INDENT_PX = 4
_ROW_PX = 24
# In widths of a figure.
_STAND_BACK = {CADENCE: 40, MISSION: 32, SIZE: 24}
_OPENED = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FileTable(QTableView):
    """The table.

    Signals
    -------
    opened(Path)
        A file, or a folder that is one data set, was chosen.
    """

    opened = Signal(object)

    def __init__(self, model: FileModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files = model
        self.standing_back: set[int] = set()
        self.setModel(model)
        self.setItemDelegate(_Indented(model, self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(max(_ROW_PX, self.fontMetrics().height() + 6))
        self._set_columns()
        self.selectionModel().selectionChanged.connect(self._on_selection)
        self.activated.connect(self._on_activated)

    def _set_columns(self) -> None:
        header, letter = self.horizontalHeader(), self.fontMetrics().horizontalAdvance("0")
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(4 * letter)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(FILE, QHeaderView.ResizeMode.Stretch)
        for column, letters in ((MISSION, 8.2), (CADENCE, 8.5), (SIZE, 12.2), (KIND, 12), (NAME, 30)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.setColumnWidth(column, round(letters * letter))
        for column in (KIND, NAME):
            self.setColumnHidden(column, True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The name keeps its room: where the table is narrow, columns stand back, the least needed one first."""
        super().resizeEvent(event)
        self.leave_room()

    def leave_room(self) -> None:
        """Let columns stand back that have no room, or in which no file says anything."""
        letter = self.fontMetrics().horizontalAdvance("0")
        for column, least in _STAND_BACK.items():
            idle = self.viewport().width() < least * letter or not self._files.says(column)
            if idle and not self.isColumnHidden(column):
                self.standing_back.add(column)
                self.setColumnHidden(column, True)
            elif not idle and column in self.standing_back:
                self.standing_back.discard(column)
                self.setColumnHidden(column, False)

    def choose(self, row: int) -> None:
        """Make ``row`` the current one, and the only one selected, without opening it."""
        index = self._files.index(row, FILE)
        selection = self.selectionModel()
        selection.blockSignals(True)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        selection.setCurrentIndex(index, flags)
        selection.blockSignals(False)
        self.viewport().update()
        self.scrollTo(index)

    def selected_rows(self) -> list[int]:
        """The rows that are selected, from top to bottom."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def rows_in_sight(self) -> range:
        """The rows that can be seen."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        count = self._files.rowCount()
        return range(max(first, 0), (last if last >= 0 else count - 1) + 1) if count else range(0)

    def folder_at(self, row: int) -> str | None:
        """The path of the folder in ``row``; None where a file stands there."""
        if not 0 <= row < self._files.rowCount():
            return None
        folder, place = self._files.row(row)
        return folder if place < 0 else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left closes a folder, Right opens it, Return opens a file; all else as in any table."""
        index = self.currentIndex()
        folder = self.folder_at(index.row()) if index.isValid() else None
        match event.key():
            case Qt.Key.Key_Left if index.isValid():
                self._close(index.row(), folder)
            case Qt.Key.Key_Right if index.isValid():
                if folder is not None and folder in self._files.closed:
                    self._files.toggle(folder)
            case key if key in _OPENED and index.isValid():
                self._on_activated(index)
            case _:
                super().keyPressEvent(event)
                return
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a folder opens or closes it; where it is one data set, only a click on its arrow does."""
        index = self.indexAt(event.position().toPoint())
        folder = self.folder_at(index.row()) if index.isValid() else None
        plain = event.button() is Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        if folder is not None and plain:
            whole = self._files.entry(index.row()) is not None
            if not whole or self._on_arrow(index, event.position().toPoint()):
                self.choose(index.row())
                self._files.toggle(folder)
                event.accept()
                return
        super().mousePressEvent(event)

    def _on_arrow(self, index: QModelIndex, at: QPoint) -> bool:
        return index.column() == FILE and at.x() < self.visualRect(index).left() + _ARROW_PX + 4

    def _close(self, row: int, folder: str | None) -> None:
        """Close the folder in ``row``, or go to the folder of the file there."""
        if folder is not None:
            if folder not in self._files.closed:
                self._files.toggle(folder)
            return
        above = self._files.row_of(self._files.row(row).folder)
        if above is not None:
            self.choose(above)

    def _on_selection(self) -> None:
        rows = self.selected_rows()
        if len(rows) == 1 and (entry := self._files.entry(rows[0])) is not None:
            self.opened.emit(entry.path)

    def _on_activated(self, index: QModelIndex) -> None:
        entry = self._files.entry(index.row())
        if entry is not None:
            self.opened.emit(entry.path)
        elif (folder := self.folder_at(index.row())) is not None:
            self._files.toggle(folder)


class _Indented(QStyledItemDelegate):
    """Draws files below their folder, and the arrow of a folder."""

    def __init__(self, model: FileModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._files = model

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one cell."""
        option.state &= ~QStyle.StateFlag.State_HasFocus
        folder, place = self._files.row(index.row())
        indent = _ARROW_PX if place < 0 else _ARROW_PX + _INDENT_PX if folder else 0
        if index.column() != FILE or not indent:
            super().paint(painter, option, index)
            return
        style = option.widget.style() if option.widget else QApplication.style()
        whole = QRect(option.rect)
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        if place < 0:
            arrow = QStyleOption()
            arrow.rect = QRect(whole.left() + 4, whole.center().y() - 4, 9, 9)
            arrow.state = QStyle.StateFlag.State_Enabled
            arrow.palette = option.palette
            closed = folder in self._files.closed
            kind = (
                QStyle.PrimitiveElement.PE_IndicatorArrowRight
                if closed
                else QStyle.PrimitiveElement.PE_IndicatorArrowDown
            )
            style.drawPrimitive(kind, arrow, painter, option.widget)
        option.rect = whole.adjusted(indent, 0, 0, 0)
        super().paint(painter, option, index)
        option.rect = whole
