"""The files panel: what is open, by folders, with what the headers say; found by text and kind."""

from pathlib import Path
from typing import get_args

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.core.data import Kind
from desktop_app.ui.files.file_model import FILE, HEADINGS, FileModel, Wanted
from desktop_app.ui.files.file_table import FileTable
from desktop_app.ui.named import named
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance, Theme
from desktop_app.ui.words import counted

MINIMUM_PX = 220
# The width of the chooser follows what is chosen at first, not the counts that come in.
_ADJUST = QComboBox.SizeAdjustPolicy.AdjustToContentsOnFirstShow
_EMPTY = "No files yet.\nDrop files or folders anywhere on the window."
_KINDS: dict[Wanted, str] = {
    "": "All kinds",
    "light curve": "Light curves",
    "target pixels": "Target pixels",
    "image": "Images",
    "cutouts": "Cut-outs",
    "telemetry": "Telemetry",
    "problem": "Problems",
}
assert set(get_args(Kind)) <= set(_KINDS)


class FilesPanel(QWidget):
    """The list, its filter and its chooser of kinds."""

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "files").setMinimumWidth(MINIMUM_PX)
        self._session = session
        self.model = FileModel(self)
        self.model.set_theme(appearance.theme)
        self.view = named(FileTable(self.model, self), "files-list", label="Files")
        self._stack = QStackedWidget(self)
        for name, text in (("files-empty", _EMPTY), ("files-no-match", "No file matches.")):
            label = QLabel(text, self, wordWrap=True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._stack.addWidget(named(label, name, role="muted"))
        self._stack.addWidget(self.view)
        box = QLineEdit(self, placeholderText="Filter files…")
        self.filter_box = named(box, "files-filter", label="Filter files", tip="Object, file name, mission, size…")
        self.filter_box.setClearButtonEnabled(True)
        self.kind_box = named(
            QComboBox(self, sizeAdjustPolicy=_ADJUST), "files-kind", label="Kind", tip="Which kind of files is listed"
        )
        for kind, text in _KINDS.items():
            self.kind_box.addItem(text, kind)
        self.told = named(QLabel(self), "files-told", role="muted")
        self._lay_out()
        self._restore()
        self._connect(appearance)
        self._add_actions()
        self._show(session.state)

    def selected(self) -> list[Path]:
        """The files that are selected, in the order of the list."""
        entries = (self.model.entry(row) for row in self.view.selected_rows())
        return [entry.path for entry in entries if entry is not None]

    def folder_chosen(self) -> Path | None:
        """The folder that is selected, or that of the first file selected; None where nothing is."""
        for row in self.view.selected_rows():
            if (folder := self.view.folder_at(row)) is not None:
                return Path(folder)
            entry = self.model.entry(row)
            if entry is not None:
                return entry.cut.path if entry.cut is not None else entry.path if entry.whole else entry.path.parent
        return None

    def focus_filter(self) -> None:
        """Put the cursor into the filter."""
        self.filter_box.setFocus()
        self.filter_box.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other rows are in sight."""
        super().resizeEvent(event)
        self._on_scrolled()

    # Building

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.filter_box, 1)
        top.addWidget(self.kind_box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.told)

    def _connect(self, appearance: Appearance) -> None:
        self.filter_box.textChanged.connect(self._on_filter)
        self.kind_box.currentIndexChanged.connect(self._on_filter)
        self.view.opened.connect(self._on_opened)
        self.view.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.view.horizontalHeader().sortIndicatorChanged.connect(self._on_sorted)
        self.model.arranged.connect(self._on_arranged)
        appearance.changed.connect(self._on_theme)
        self._session.changed.connect(self._on_changed)

    def _add_actions(self) -> None:
        """What the keys and the menu of the list do; other parts of the window add theirs to the view."""
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._action(
            "files-remove", "Take off the list", QKeySequence(QKeySequence.StandardKey.Delete), self._on_remove
        )
        self._action("files-copy", "Copy path", QKeySequence("Ctrl+Alt+C"), self._on_copy)
        self._action("files-close-all", "Close all folders", QKeySequence("Ctrl+Left"), self._on_close_all)
        self._action("files-open-all", "Open all folders", QKeySequence("Ctrl+Right"), self._on_open_all)
        header = self.view.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for column, heading in enumerate(HEADINGS):
            if column == FILE:
                continue
            shown = QAction(heading, header, checkable=True, checked=not self.view.isColumnHidden(column))
            shown.setObjectName(f"files-column-{column}")
            shown.setData(column)
            shown.toggled.connect(self._on_column)
            header.addAction(shown)

    def _action(self, name: str, text: str, keys: QKeySequence, slot: object) -> None:
        action = QAction(text, self.view)
        action.setObjectName(name)
        action.setShortcut(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(slot)
        self.view.addAction(action)

    def _restore(self) -> None:
        """Filter, order, closed folders and columns of last time."""
        files = self._session.files
        self.filter_box.setText(str(files.kept("filter") or ""))
        kind = str(files.kept("kind") or "")
        self.kind_box.setCurrentIndex(max(0, [*_KINDS].index(kind) if kind in _KINDS else 0))
        closed = files.kept("closed")
        self.model.closed = {str(text) for text in closed} if isinstance(closed, list | tuple) else set()
        if isinstance(closed, str):
            self.model.closed = {closed}
        columns = files.kept("columns")
        if isinstance(columns, list | tuple):
            for column in range(1, len(HEADINGS)):
                self.view.setColumnHidden(column, str(column) not in columns)
        section, _, way = str(files.kept("order") or "-1 up").partition(" ")
        if section.lstrip("-").isdecimal() and int(section) < len(HEADINGS):
            order = Qt.SortOrder.DescendingOrder if way == "down" else Qt.SortOrder.AscendingOrder
            self.view.horizontalHeader().setSortIndicator(int(section), order)
        self._filter()

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.files is not old.files:
            self._show(new)
        if new.path != old.path:
            self._show_current(new.path)

    def _show(self, state: AppState) -> None:
        known = self.model.row_of(state.path)
        self.model.show_entries(state.files)
        self.view.leave_room()
        self._tell()
        if known is None and state.path is not None:
            self._show_current(state.path)

    def _show_current(self, path: Path | None) -> None:
        row = self.model.row_of(path)
        if row is None:
            if path is None:
                with QSignalBlocker(self.view.selectionModel()):
                    self.view.clearSelection()
                self.view.viewport().update()
            return
        if row not in self.view.selected_rows():
            self.view.choose(row)

    def _tell(self) -> None:
        count = self.model.count()
        self._stack.setCurrentIndex(0 if not count.files else 2 if self.model.rowCount() else 1)
        parts = [counted(count.files, "file")] if count.files else []
        if count.shown != count.files:
            parts.append(f"{count.shown:,} shown")
        if count.unread:
            parts.append(f"reading {count.unread:,} headers…")
        self.told.setText(", ".join(parts))
        kinds = self.model.kinds()
        for place, (kind, text) in enumerate(_KINDS.items()):
            told = f"{text} ({kinds[kind]:,})" if kind and kinds.get(kind) else text
            if self.kind_box.itemText(place) != told:
                self.kind_box.setItemText(place, told)

    # What a person does

    def _on_filter(self) -> None:
        self._filter()
        self._tell()
        self._session.files.keep("filter", self.filter_box.text())
        self._session.files.keep("kind", str(self.kind_box.currentData()))
        self._show_current(self._session.state.path)

    def _filter(self) -> None:
        self.model.set_filter(self.filter_box.text(), [*_KINDS][max(0, self.kind_box.currentIndex())])

    def _on_sorted(self) -> None:
        self._keep_columns()

    def _on_column(self, shown: bool) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.view.standing_back.discard(int(action.data()))
            self.view.setColumnHidden(int(action.data()), not shown)
            self._keep_columns()

    def _keep_columns(self) -> None:
        header = self.view.horizontalHeader()
        shown = [column for column in range(len(HEADINGS)) if not self.view.isColumnHidden(column)]
        order = -1 if header.sortIndicatorSection() >= len(HEADINGS) else header.sortIndicatorSection()
        descending = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        self._session.files.keep("columns", [str(column) for column in {*shown, *self.view.standing_back}])
        self._session.files.keep("order", f"{order} {'down' if descending else 'up'}")

    def _on_arranged(self) -> None:
        self._session.files.keep("closed", sorted(self.model.closed))
        self._tell()
        self._on_scrolled()

    def _on_scrolled(self) -> None:
        entries = (self.model.entry(row) for row in self.view.rows_in_sight())
        self._session.files.look_first([entry.path for entry in entries if entry is not None])

    def _on_opened(self, path: Path) -> None:
        if path != self._session.state.path:
            self._session.show(path)

    def _on_remove(self) -> None:
        rows = self.view.selected_rows()
        folders = [Path(folder) for row in rows if (folder := self.view.folder_at(row)) is not None]
        self._session.forget([*self.selected(), *folders])

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(str(path) for path in self.selected()))

    def _on_close_all(self) -> None:
        self.model.close_folders()

    def _on_open_all(self) -> None:
        self.model.open_folders()

    def _on_theme(self, theme: Theme) -> None:
        self.model.set_theme(theme)
