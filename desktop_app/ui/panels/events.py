"""The events panel: the table of what was found."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.telemetry import Telemetry
from desktop_app.core.timescales import TimeReference
from desktop_app.detectors import Looks
from desktop_app.ui.event_model import TIMES, EventModel
from desktop_app.ui.named import named
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance, tabular
from desktop_app.ui.words import counted

_ROWS_MEASURED = 20
_WIDTHS: dict[Looks, tuple[int, ...]] = {
    "light curve": (48, 100, 120, 70, 60, 84, 90, 84, 64, 240, 200, 110, 110),
    "telemetry": (48, 110, 100, 150, 96, 76, 100, 420, 150, 150, 84, 84),
    "image": (48, 130, 64, 90, 90, 64, 64, 84, 64, 420, 110),
    "cutouts": (48, 130, 64, 160, 100, 100, 420, 110),
}


class EventsPanel(QWidget):
    """The table, its filter and its export button.

    Signals
    -------
    export_asked()
    """

    export_asked = Signal()

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "events")
        self._session = session
        self._columns_of: Looks | None = None
        self.model = EventModel(self)
        self.model.set_theme(appearance.theme)
        self.view = self._table()
        says = QLabel("", self, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._says = named(says, "events-empty", role="muted")
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._says)
        self._stack.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._top())
        layout.addWidget(self._stack, 1)
        self.view.selectionModel().currentRowChanged.connect(self._on_row_chosen)
        self.view.clicked.connect(self._on_row_chosen)
        self.filter_box.textChanged.connect(self._on_filter)
        appearance.changed.connect(self.model.set_theme)
        session.changed.connect(self._on_changed)
        self._show(session.state)

    def focus_filter(self) -> None:
        """Put the cursor into the filter."""
        self.filter_box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter_box.selectAll()

    def copy_rows(self) -> int:
        """Put the selected rows, or all where none is, on the clipboard as tab-separated text; how many."""
        chosen = sorted({index.row() for index in self.view.selectionModel().selectedRows()})
        rows = chosen or list(range(self.model.rowCount()))
        columns = range(self.model.columnCount())
        heads = [str(self.model.headerData(column, Qt.Orientation.Horizontal)) for column in columns]
        lines = [[str(self.model.index(row, column).data()) for column in columns] for row in rows]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in [heads, *lines]))
        return len(rows)

    def _table(self) -> QTableView:
        view = named(
            QTableView(self, sortingEnabled=True, showGrid=False, wordWrap=False), "events-table", label="Events"
        )
        view.setModel(self.model)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setFont(tabular(view.font()))
        view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 8)
        view.horizontalHeader().setHighlightSections(False)
        # Dates are equally long: looking at a thousand of them would hold up the window while the threshold is dragged.
        view.horizontalHeader().setResizeContentsPrecision(_ROWS_MEASURED)
        view.horizontalHeader().setStretchLastSection(True)
        view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        return view

    def _top(self) -> QHBoxLayout:
        box = QLineEdit(self, placeholderText="Filter: kind, flag, reason, number…")
        self.filter_box = named(box, "events-filter", label="Filter events")
        self.filter_box.setClearButtonEnabled(True)
        self.filter_box.setMaximumWidth(280)
        self._count = named(QLabel(self), "events-count", role="muted")
        self._export = named(QPushButton("Export…", self), "events-export", tip="Write the events to a file")
        self._export.clicked.connect(self.export_asked)
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.filter_box, 1)
        row.addWidget(self._count, 1)
        row.addWidget(self._export)
        return row

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.table is not old.table or new.detection is not old.detection or new.data is not old.data:
            self._show(new)
        elif new.selection.event != old.selection.event:
            self._show_selection(new)
        if new.system is not old.system:
            self.model.show_as(new.system)
            self._fit_times()

    def _show(self, state: AppState) -> None:
        had = self._columns_of
        with QSignalBlocker(self.view.selectionModel()):
            if isinstance(state.data, Telemetry):
                self.model.show_channel_table(state.table, state.data)
            elif isinstance(state.data, SkyImage | CutoutSet):
                self.model.show_object_table(state.table, of_cutouts=isinstance(state.data, CutoutSet))
            else:
                reference = state.curve.reference if state.curve else TimeReference()
                mission = state.curve.source.bits if state.curve else ""
                self.model.show_table(state.table, reference, state.system, mission)
        self._columns_of = state.looks if self.model.columnCount() else had
        self._stack.setCurrentIndex(1 if state.events else 0)
        self._says.setText(_says(state))
        self._export.setEnabled(state.table is not None)
        self._count_rows()
        if had != self._columns_of:
            self._fit_columns()
        self._fit_times()
        self._show_selection(state)

    def _fit_columns(self) -> None:
        widths = _WIDTHS[self._session.state.looks]
        for column, width in enumerate(widths[: self.model.columnCount()]):
            self.view.setColumnWidth(column, width)

    def _fit_times(self) -> None:
        """Widen columns of times where dates need more room than numbers."""
        for column in [place for name in TIMES if (place := self.model.column_of(name)) is not None]:
            wanted = self.view.sizeHintForColumn(column)
            if wanted > self.view.columnWidth(column):
                self.view.setColumnWidth(column, wanted)

    def _show_selection(self, state: AppState) -> None:
        chosen = self.view.selectionModel()
        with QSignalBlocker(chosen):
            if state.selection.event is None:
                chosen.clear()
            else:
                row = self.model.row_of(state.selection.event)
                index = self.model.index(-1 if row is None else row, 0)
                flags = QItemSelectionModel.SelectionFlag
                if index.row() != self.view.currentIndex().row() or not chosen.isRowSelected(index.row()):
                    chosen.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
                self.view.scrollTo(index)
        self.view.viewport().update()

    def _count_rows(self) -> None:
        shown, n = self.model.rowCount(), len(self._session.state.events)
        self._count.setText(
            "" if not n else counted(n, "event") if shown == n else f"{shown:,} of {counted(n, 'event')}"
        )

    def _on_filter(self, text: str) -> None:
        self.model.set_filter(text)
        self._count_rows()

    def _on_row_chosen(self, index: QModelIndex) -> None:
        if index.isValid():
            self._session.select_event(self.model.event_at(index.row()))


def _says(state: AppState) -> str:
    """What stands in place of an empty table."""
    if state.looked_at is None:
        return "Open a file to find what does not belong in it."
    if state.detection is None:
        return "Not detected yet. Press Run (Ctrl+R)."
    return f"No events above {state.scale.text(state.threshold)}. Lower the threshold to see weaker ones."
