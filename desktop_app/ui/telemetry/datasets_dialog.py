"""The dialog in which datasets of an HDF5 file are chosen: a tree with check boxes, a time, and a look at one."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.io.telemetry.hdf5_choice import Chosen, is_time
from desktop_app.io.telemetry.hdf5_tree import Node, Tree
from desktop_app.ui.named import named
from desktop_app.ui.session import Session
from desktop_app.ui.telemetry.telemetry_items import Stretch
from desktop_app.ui.telemetry.telemetry_plots import TelemetryPlots
from desktop_app.ui.telemetry.telemetry_verbs import Layout, Preview
from desktop_app.ui.theme import Appearance, Theme, tabular
from desktop_app.ui.words import counted

HEADINGS = ("Name", "Shape", "Type", "Unit")
NO_TIME = "none: rows are counted"
_NO_LABEL = "none"
_NAME_PX, _SHAPE_PX = 240, 110
_PATH = Qt.ItemDataRole.UserRole
_PREVIEWED = 8


class DatasetsDialog(QDialog):
    """Channels, a time and labels, chosen in the tree of a file."""

    def __init__(self, session: Session, appearance: Appearance, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "datasets")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Choose datasets of {path.name}")
        self.resize(900, 640)
        self._session, self._path = session, path
        self._tree: Tree | None = None
        self._asked: Chosen | None = None
        self._closed = False
        self._make_parts(appearance)
        self._lay_out()
        self.view.itemChanged.connect(self._on_ticked)
        self.view.currentItemChanged.connect(self._on_looked_at)
        self.filter.textChanged.connect(self._on_filtered)
        self.time.activated.connect(self._on_time_chosen)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        appearance.changed.connect(self._on_theme)
        self.finished.connect(self._on_finished)
        session.telemetry.fetch_layout(path, self._on_layout)

    @property
    def chosen(self) -> Chosen:
        """What is ticked, in the order of the file."""
        values = tuple(item.data(0, _PATH) for item in self._items() if item.checkState(0) == Qt.CheckState.Checked)
        time, label = str(self.time.currentData() or ""), str(self.label.currentData() or "")
        return Chosen(time, tuple(path for path in values if path not in (time, label)), label)

    def accept(self) -> None:
        """Show what was chosen."""
        self._session.telemetry.choose(self._path, self.chosen)
        super().accept()

    # Building

    def _make_parts(self, appearance: Appearance) -> None:
        self.filter = named(QLineEdit(self), "datasets-filter", label="Filter datasets", tip="Part of a name or unit")
        self.filter.setPlaceholderText("Filter datasets")
        self.filter.setClearButtonEnabled(True)
        self.view = named(QTreeWidget(self), "datasets-tree", label="Datasets")
        self.view.setHeaderLabels(list(HEADINGS))
        self.view.setColumnWidth(0, _NAME_PX)
        self.view.setColumnWidth(1, _SHAPE_PX)
        self.view.setFont(tabular(self.view.font()))
        self.time = named(QComboBox(self), "datasets-time", label="Time", tip="The dataset with the times of the rows")
        self.label = named(QComboBox(self), "datasets-label", label="Labels", tip="A dataset that marks rows")
        self.said = named(QLabel("Reading the tree…", self, wordWrap=True), "datasets-said", role="muted")
        self.plots = TelemetryPlots(appearance.theme, self)
        self.plots.setAccessibleName("Preview")
        self.preview_said = named(QLabel("Click a dataset to see it.", self), "datasets-preview", role="muted")
        self.buttons = named(QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self), "datasets-buttons")
        self.show_button = named(QPushButton("Show", self), "datasets-show", role="primary")
        self.buttons.addButton(self.show_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.show_button.setEnabled(False)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("Time", self.time)
        form.addRow("Labels", self.label)
        upper, lower = QWidget(self), QWidget(self)
        above, below = QVBoxLayout(upper), QVBoxLayout(lower)
        for layout in (above, below):
            layout.setContentsMargins(0, 0, 0, 0)
        above.addWidget(self.filter)
        above.addWidget(self.view, 1)
        above.addLayout(form)
        below.addWidget(self.preview_said)
        below.addWidget(self.plots, 1)
        split = QSplitter(Qt.Orientation.Vertical, self)
        for widget in (upper, lower):
            split.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.addWidget(split, 1)
        layout.addWidget(self.said)
        layout.addWidget(self.buttons)

    # Following the file

    def _on_layout(self, layout: Layout) -> None:
        if self._closed:
            return
        self._tree = layout.tree
        if layout.tree is None:
            self.said.setText(layout.problem)
            return
        first = layout.sets[0] if layout.sets else Chosen("", ())
        self.view.blockSignals(True)
        self._fill(layout.tree, first)
        self.view.blockSignals(False)
        self._fill_boxes(layout.tree, first)
        self._tell()

    def _fill(self, tree: Tree, first: Chosen) -> None:
        """The tree, with the datasets of ``first`` ticked."""
        items: dict[str, QTreeWidgetItem] = {}
        for node in tree.nodes:
            if node.path == "/":
                continue
            above = items.get(node.parent)
            item = QTreeWidgetItem(above) if above is not None else QTreeWidgetItem(self.view)
            items[node.path] = item
            for column, text in enumerate((node.name, shape_text(node), node.dtype or node.holds, node.unit)):
                item.setText(column, text)
            item.setToolTip(0, node.problem or node.path)
            item.setData(0, _PATH, node.path)
            if _can_be_channels(node):
                item.setCheckState(0, Qt.CheckState.Checked if node.path in first.values else Qt.CheckState.Unchecked)
            elif node.kind != "group" and node.holds != "table":
                item.setDisabled(True)
            item.setExpanded(True)

    def _fill_boxes(self, tree: Tree, first: Chosen) -> None:
        """Every dataset with one value a row may be a time or mark rows; those that are called so stand first."""
        flat = [node for node in tree.nodes if node.is_readable and len(node.shape) == 1 and node.shape[0]]
        self.time.addItem(NO_TIME, "")
        for node in sorted(flat, key=lambda node: not is_time(node)):
            self.time.addItem(f"{node.path}  ({shape_text(node)})", node.path)
        self.label.addItem(_NO_LABEL, "")
        for node in flat:
            self.label.addItem(f"{node.path}  ({shape_text(node)})", node.path)
        self.time.setCurrentIndex(max(0, self.time.findData(first.time)))
        self.label.setCurrentIndex(max(0, self.label.findData(first.label)))

    def _tell(self) -> None:
        """What would be shown, or why it cannot be."""
        chosen, tree = self.chosen, self._tree
        if tree is None:
            return
        problem = misfit(tree, chosen)
        self.show_button.setEnabled(not problem)
        cut = " The file has more datasets than are listed." if tree.is_cut else ""
        self.said.setText((problem or _said(tree, chosen)) + cut)
        self.said.setProperty("role", "error" if problem and chosen.values else "muted")
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)

    def _items(self) -> list[QTreeWidgetItem]:
        found: list[QTreeWidgetItem] = []
        waiting = [self.view.topLevelItem(place) for place in range(self.view.topLevelItemCount())]
        while waiting:
            item = waiting.pop(0)
            if item is not None:
                found.append(item)
                waiting = [item.child(place) for place in range(item.childCount())] + waiting
        return found

    # Following the user

    def _on_ticked(self) -> None:
        self._tell()

    def _on_time_chosen(self) -> None:
        self._tell()
        self._on_looked_at(self.view.currentItem())

    def _on_filtered(self, text: str) -> None:
        words = text.lower().split()
        for item in reversed(self._items()):
            said = f"{item.data(0, _PATH)} {item.text(3)}".lower()
            children = [item.child(place) for place in range(item.childCount())]
            open_ = any(child is not None and not child.isHidden() for child in children)
            item.setHidden(not (open_ or all(word in said for word in words)))

    def _on_looked_at(self, item: QTreeWidgetItem | None, _before: QTreeWidgetItem | None = None) -> None:
        node = self._tree.node(item.data(0, _PATH)) if item is not None and self._tree is not None else None
        if node is None or self._tree is None or not _can_be_channels(node):
            return
        time = str(self.time.currentData() or "")
        fits = time != node.path and not misfit(self._tree, Chosen(time, (node.path,)))
        self._asked = Chosen(time if fits else "", (node.path,))
        self.preview_said.setText(f"Reading {node.path}…")
        self._session.telemetry.fetch_preview(self._path, self._asked, self._on_preview)

    def _on_preview(self, preview: Preview) -> None:
        if self._closed or preview.chosen != self._asked:
            return
        if preview.data is None or preview.picture is None:
            self.preview_said.setText(preview.problem)
            return
        self.preview_said.setText(f"{preview.chosen.values[0]}: {counted(len(preview.data), 'row')}")
        self.plots.set_scale(1.0)
        self.plots.show_picture(preview.picture)
        self.plots.time_axis.show_clock(preview.data)
        self.plots.show_stretches((Stretch(False, 0.0, *preview.picture.time_range),), steps=False)
        self.plots.show_channels(tuple(range(min(len(preview.picture.channels), _PREVIEWED))))
        self.plots.set_scale(min(1.0, self.plots.room_px / max(1, self.plots.height_of_rows)))
        self.plots.fit()

    def _on_theme(self, theme: Theme) -> None:
        self.plots.set_theme(theme)

    def _on_finished(self) -> None:
        self._closed = True


def misfit(tree: Tree, chosen: Chosen) -> str:
    """Why the datasets cannot be shown together; "" where they can."""
    if not chosen.values:
        return "Tick the datasets to show as channels."
    names = [name for name in (chosen.time, *chosen.values, chosen.label) if name]
    rows = {name: node.shape[0] for name in names if (node := tree.node(name)) is not None and node.shape}
    usual = rows.get(chosen.time) or rows.get(chosen.values[0])
    odd = next((name for name in names if rows.get(name) != usual), None)
    if odd is None:
        return ""
    return f"{odd} has {rows.get(odd, 0):,} rows, {names[0]} has {usual or 0:,}: choose datasets with as many rows."


def shape_text(node: Node) -> str:
    """ "10,000 × 3"; "" for a group."""
    if node.kind == "group":
        return ""
    return " × ".join(f"{size:,}" for size in node.shape) or "one value"


def _said(tree: Tree, chosen: Chosen) -> str:
    nodes = [node for name in chosen.values if (node := tree.node(name)) is not None]
    channels = sum(node.shape[1] if len(node.shape) == 2 else 1 for node in nodes)
    return f"{counted(channels, 'channel')} of {counted(nodes[0].shape[0], 'row')}."


def _can_be_channels(node: Node) -> bool:
    return node.is_readable and len(node.shape) in (1, 2) and node.shape[0] > 0
