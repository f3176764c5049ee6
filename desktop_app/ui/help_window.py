"""Windows of text: the guide, the changes, the shortcuts, what this is."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QTextBrowser, QVBoxLayout, QWidget

from desktop_app.paths import resources, version
from desktop_app.ui.actions import ACTIONS
from desktop_app.ui.named import named

_HEADING_PX = 20.0
ABOUT = """# Peculiar {version}

Finds what does not belong in a light curve, says why, and exports a flagged event list.

MIT licence. Built on Qt, PySide6, pyqtgraph, numpy, scipy, astropy, h5py and pydantic.

Everything stays on this computer: Peculiar sends nothing anywhere.
"""


class HelpWindow(QDialog):
    """One text; not modal, closed by Esc."""

    def __init__(self, title: str, markdown: str, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "help-window")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(720, 640)
        self.text = named(QTextBrowser(self, openExternalLinks=True), "help-text", label=title)
        self.text.setMarkdown(markdown)
        self.text.document().setDocumentMargin(24)
        _space_headings(self.text.document())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text)


class CommandPalette(QDialog):
    """Every command by name: type, arrow, Enter."""

    def __init__(self, actions: dict[str, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "commands")
        self.setWindowTitle("Commands")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(480, 360)
        self._actions = actions
        self.box = named(QLineEdit(self, placeholderText="Type a command…"), "commands-box", label="Command")
        self.list = named(QListWidget(self), "commands-list", label="Commands")
        layout = QVBoxLayout(self)
        layout.addWidget(self.box)
        layout.addWidget(self.list)
        for spec in ACTIONS:
            action = actions[spec.name]
            if action.isEnabled() and spec.name != "commands":
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                item = QListWidgetItem(f"{_plain(spec.text)}    {keys}", self.list)
                item.setData(Qt.ItemDataRole.UserRole, spec.name)
                item.setToolTip(spec.tip)
        self.list.setCurrentRow(0)
        self.box.textChanged.connect(self._on_typed)
        self.box.returnPressed.connect(self._on_taken)
        self.list.itemActivated.connect(self._on_taken)
        for key, slot in ((Qt.Key.Key_Down, self._on_down), (Qt.Key.Key_Up, self._on_up)):
            QShortcut(QKeySequence(key), self.box, slot, context=Qt.ShortcutContext.WidgetShortcut)

    def _on_typed(self, text: str) -> None:
        words = text.lower().split()
        items = [self.list.item(row) for row in range(self.list.count())]
        for item in items:
            said = f"{item.text()} {item.toolTip()}".lower()
            item.setHidden(not all(word in said for word in words))
        shown = next((item for item in items if not item.isHidden()), None)
        if shown is not None:
            self.list.setCurrentItem(shown)

    def _on_taken(self) -> None:
        item = self.list.currentItem()
        if item is not None and not item.isHidden():
            name = item.data(Qt.ItemDataRole.UserRole)
            self.accept()
            self._actions[name].trigger()

    def _on_down(self) -> None:
        self._step(1)

    def _on_up(self) -> None:
        self._step(-1)

    def _step(self, step: int) -> None:
        row = self.list.currentRow() + step
        while 0 <= row < self.list.count():
            if not self.list.item(row).isHidden():
                self.list.setCurrentRow(row)
                return
            row += step


def _space_headings(document: QTextDocument) -> None:
    """Room above headings, which Qt's Markdown has none of."""
    block = document.begin().next()
    while block.isValid():
        shape = block.blockFormat()
        if shape.headingLevel():
            shape.setTopMargin(_HEADING_PX)
            QTextCursor(block).setBlockFormat(shape)
        block = block.next()


def help_text(name: str) -> str:
    """A text of ``resources/help``."""
    return (resources() / "help" / f"{name}.md").read_text(encoding="utf-8")


def about_text() -> str:
    """What this is, with its version."""
    return ABOUT.format(version=version())


def shortcuts_text() -> str:
    """Every shortcut, menu by menu."""
    lines = ["# Shortcuts"]
    menu = ""
    for spec in ACTIONS:
        if spec.menu != menu:
            menu = spec.menu
            lines += ["", f"## {menu.replace('/', ' › ')}", "", "| Key | Command | What it does |", "|---|---|---|"]
        key = QKeySequence(spec.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        lines.append(f"| {key} | {_plain(spec.text)} | {spec.tip} |")
    mouse = (
        ("Drag", "pan"),
        ("Wheel", "zoom in time at the cursor"),
        ("Shift + wheel", "zoom in flux"),
        ("Right drag", "zoom to a box"),
        ("Click", "inspect the point or the event"),
        ("Double click on a stamp that was cut", "go back to its place in the picture"),
        ("Drag on the map", "choose objects with a lasso or a box"),
        ("Drag the dashed line", "move the threshold"),
        ("Drag in the strip", "move or resize the view"),
    )
    lines += ["", "## Mouse", "", "| Gesture | What it does |", "|---|---|"]
    lines += [f"| {gesture} | {effect} |" for gesture, effect in mouse]
    return "\n".join(lines)


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip("…")
