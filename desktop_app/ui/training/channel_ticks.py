"""A list of channels to tick, with a box to search it."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QToolButton, QVBoxLayout, QWidget

from desktop_app.ui.named import named

_HEIGHT_PX = 140


class ChannelTicks(QWidget):
    """The list.

    Signals
    -------
    changed(tuple)
        The names that are ticked, in their order.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = named(QLineEdit(self), "training-search", label="Search channels")
        self.search.setPlaceholderText("Search channels…")
        self.search.setClearButtonEnabled(True)
        self.list = named(QListWidget(self), "training-channels", label="Channels to train")
        self.list.setFixedHeight(_HEIGHT_PX)
        self.every = named(QToolButton(self), "training-every", tip="Tick all that are listed")
        self.every.setText("All")
        self.none = named(QToolButton(self), "training-none", tip="Tick none of those that are listed")
        self.none.setText("None")
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.search, 1)
        row.addWidget(self.every)
        row.addWidget(self.none)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.list)
        self.search.textChanged.connect(self._on_searched)
        self.list.itemChanged.connect(self._on_item_changed)
        self.every.clicked.connect(self._on_every)
        self.none.clicked.connect(self._on_none)

    def show_names(self, names: tuple[str, ...], ticked: tuple[str, ...]) -> None:
        """List ``names``, those ticked that are among ``ticked``."""
        with QSignalBlocker(self.list):
            if [item.text() for item in self._items()] != list(names):
                self.list.clear()
                self.list.addItems(list(names))
            for item in self._items():
                item.setCheckState(Qt.CheckState.Checked if item.text() in ticked else Qt.CheckState.Unchecked)
        self._on_searched(self.search.text())

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(place) for place in range(self.list.count())]

    def _on_searched(self, text: str) -> None:
        for item in self._items():
            item.setHidden(text.lower() not in item.text().lower())

    def _on_item_changed(self, _item: QListWidgetItem) -> None:
        self.changed.emit(tuple(item.text() for item in self._items() if item.checkState() == Qt.CheckState.Checked))

    def _on_every(self) -> None:
        self._tick(Qt.CheckState.Checked)

    def _on_none(self) -> None:
        self._tick(Qt.CheckState.Unchecked)

    def _tick(self, state: Qt.CheckState) -> None:
        with QSignalBlocker(self.list):
            for item in self._items():
                if not item.isHidden():
                    item.setCheckState(state)
        names = tuple(item.text() for item in self._items() if item.checkState() == Qt.CheckState.Checked)
        self.changed.emit(names)
