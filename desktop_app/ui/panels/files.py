"""The files panel: what is open, as a tree of folders, with what the headers say."""

from math import isfinite
from pathlib import Path

from PySide6.QtCore import QModelIndex, QSignalBlocker, QSortFilterProxyModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QLabel, QLineEdit, QStackedWidget, QTreeView, QVBoxLayout, QWidget

from desktop_app.ui.named import named
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState, FileEntry
from desktop_app.ui.theme import Appearance, Theme, line_icon
from desktop_app.ui.words import duration

HEADINGS = ("File", "Mission", "Cadence")
_PATH = Qt.ItemDataRole.UserRole
MINIMUM_PX = 220


class FilesPanel(QWidget):
    """The tree and its filter."""

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "files").setMinimumWidth(MINIMUM_PX)
        self._session = session
        self._theme = appearance.theme
        self.model = QStandardItemModel(0, len(HEADINGS), self)
        self.model.setHorizontalHeaderLabels(list(HEADINGS))
        self._folders: dict[Path, QStandardItem] = {}
        self._items: dict[Path, QStandardItem] = {}
        self._shown: dict[Path, FileEntry] = {}
        self.filtered = QSortFilterProxyModel(self, recursiveFilteringEnabled=True)
        self.filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.filtered.setFilterKeyColumn(-1)
        self.filtered.setSourceModel(self.model)
        self.view = self._tree()
        empty = QLabel("No files yet.\nDrop files or folders anywhere on the window.", self, wordWrap=True)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(named(empty, "files-empty", role="muted"))
        self._stack.addWidget(self.view)
        box = QLineEdit(self, placeholderText="Filter files…")
        self.filter_box = named(box, "files-filter", label="Filter files")
        self.filter_box.setClearButtonEnabled(True)
        self.filter_box.textChanged.connect(self.filtered.setFilterFixedString)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 0)
        layout.setSpacing(4)
        layout.addWidget(self.filter_box)
        layout.addWidget(self._stack, 1)
        self.view.selectionModel().currentChanged.connect(self._on_chosen)
        self.view.activated.connect(self._on_chosen)
        appearance.changed.connect(self._on_theme)
        session.changed.connect(self._on_changed)
        self._show(session.state)

    def selected(self) -> list[Path]:
        """The files that are selected, in the order of the list."""
        rows = sorted(self.view.selectionModel().selectedRows(), key=lambda index: (index.parent().row(), index.row()))
        return [path for path in (index.data(_PATH) for index in rows) if isinstance(path, Path)]

    def _tree(self) -> QTreeView:
        view = named(QTreeView(self, uniformRowHeights=True, indentation=10), "files-tree", label="Files")
        view.setModel(self.filtered)
        view.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        view.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(100)
        return view

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.files is not old.files:
            self._show(new)
        if new.path != old.path:
            self._show_current(new.path)

    def _show(self, state: AppState) -> None:
        if len(state.files) < len(self._shown):
            self._drop({entry.path for entry in state.files})
        for entry in state.files:
            if self._shown.get(entry.path) != entry:
                self._show_entry(entry)
        self._stack.setCurrentIndex(1 if state.files else 0)
        self._show_current(state.path)

    def _show_entry(self, entry: FileEntry) -> None:
        item = self._items.get(entry.path)
        if item is None:
            item = QStandardItem()
            item.setData(entry.path, _PATH)
            self._items[entry.path] = item
            parent = self._parent_of(entry)
            parent.appendRow([item, QStandardItem(), QStandardItem()])
        self._shown[entry.path] = entry
        row, parent = item.row(), item.parent() or self.model.invisibleRootItem()
        summary = entry.summary
        item.setText((summary.object_name if summary and not entry.pieces else "") or entry.path.name)
        item.setToolTip("\n".join(map(str, entry.pieces)) or f"{entry.path}\n{entry.problem}".strip())
        cadence = duration(summary.cadence_s / 86400) if summary and isfinite(summary.cadence_s) else ""
        mission = _mission(entry)
        for column, text in ((1, mission), (2, cadence)):
            parent.child(row, column).setText(text)
            parent.child(row, column).setToolTip(summary.segment if summary and column == 1 else entry.problem)
        if entry.problem:
            item.setIcon(line_icon("warning", self._theme))

    def _parent_of(self, entry: FileEntry) -> QStandardItem:
        """The folder's item, made where it is not there yet."""
        if entry.folder is None:
            return self.model.invisibleRootItem()
        folder = entry.path.parent
        if folder not in self._folders:
            inside = folder != entry.folder
            name = folder.relative_to(entry.folder.parent).as_posix() if inside else folder.name
            item = QStandardItem(line_icon("folder", self._theme), name)
            item.setToolTip(str(folder))
            item.setSelectable(False)
            self._folders[folder] = item
            self.model.appendRow([item, QStandardItem(), QStandardItem()])
            self.view.setExpanded(self.filtered.mapFromSource(item.index()), True)
        return self._folders[folder]

    def _drop(self, kept: set[Path]) -> None:
        for path in [path for path in self._items if path not in kept]:
            item = self._items.pop(path)
            del self._shown[path]
            parent = item.parent() or self.model.invisibleRootItem()
            parent.removeRow(item.row())

    def _show_current(self, path: Path | None) -> None:
        with QSignalBlocker(self.view.selectionModel()):
            if path in self._items:
                index = self.filtered.mapFromSource(self._items[path].index())
                if self.view.currentIndex().siblingAtColumn(0) != index:
                    self.view.setCurrentIndex(index)
                self.view.scrollTo(index)
            else:
                self.view.selectionModel().clear()
        self.view.viewport().update()

    def _on_chosen(self, index: QModelIndex) -> None:
        path = index.siblingAtColumn(0).data(_PATH)
        if isinstance(path, Path) and path != self._session.state.path:
            self._session.show(path)

    def _on_theme(self, theme: Theme) -> None:
        self._theme = theme
        for item in self._folders.values():
            item.setIcon(line_icon("folder", theme))
        for path, item in self._items.items():
            if self._shown[path].problem:
                item.setIcon(line_icon("warning", theme))


def _mission(entry: FileEntry) -> str:
    """ "TESS 1": the mission and the number of its sector, quarter or campaign."""
    if entry.summary is None:
        return ""
    number = entry.summary.segment.split()[-1] if entry.summary.segment and not entry.pieces else ""
    return f"{entry.summary.mission} {number}".strip()
