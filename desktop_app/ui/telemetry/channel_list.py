"""The list of channels beside the rows: check boxes, a filter and an order."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.named import named
from desktop_app.ui.telemetry.channel_model import ORDERS, ChannelModel
from desktop_app.ui.telemetry.telemetry_picture import TelemetryPicture
from desktop_app.ui.theme import tabular

MINIMUM_PX = 160


class ChannelList(QWidget):
    """What can be drawn, and what is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "channels").setMinimumWidth(MINIMUM_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = ChannelModel(self)
        self._at_first: frozenset[int] = frozenset()
        self.box = named(QLineEdit(self), "channels-filter", label="Filter channels", tip="Name, unit or kind")
        self.box.setPlaceholderText("Filter channels")
        self.box.setClearButtonEnabled(True)
        self.box.textChanged.connect(self.model.set_filter)
        self.order = named(QComboBox(self), "channels-order", label="Order", tip="In which order channels stand")
        self.order.addItems(list(ORDERS))
        self.order.textActivated.connect(self.model.order_by)
        self.view = named(QTreeView(self), "channels-list", label="Channels")
        self.view.setModel(self.model)
        self.view.setRootIsDecorated(False)
        self.view.setUniformRowHeights(True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setFont(tabular(self.view.font()))
        self.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names of channels differ at their ends
        self.view.activated.connect(self._on_activated)
        head = self.view.header()
        head.setStretchLastSection(False)
        head.setMinimumSectionSize(24)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, self.model.columnCount()):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self._lay_out()

    def _lay_out(self) -> None:
        order = QHBoxLayout()
        label = named(QLabel("Order", self), role="muted")
        label.setBuddy(self.order)
        order.addWidget(label)
        order.addWidget(self.order, 1)
        ticks = QHBoxLayout()
        ticks.setSpacing(2)
        for name, text, tip, slot in (
            ("all", "All", "Draw every channel of the list", self._on_all),
            ("none", "None", "Draw no channel of the list", self._on_none),
            ("first", "Default", "The channels that were drawn at first", self._on_first),
        ):
            button = named(QToolButton(self), f"channels-{name}", label=tip, tip=tip)
            button.setText(text)
            button.clicked.connect(slot)
            ticks.addWidget(button)
        ticks.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.setSpacing(6)
        layout.addWidget(self.box)
        layout.addLayout(order)
        layout.addLayout(ticks)
        layout.addWidget(self.view, 1)

    def show_picture(self, picture: TelemetryPicture | None) -> None:
        """List the channels of other data."""
        self._at_first = frozenset(picture.shown) if picture else frozenset()
        channels = picture.channels if picture else ()
        self.model.show_channels(channels, picture.shown if picture else ())
        self.view.setColumnHidden(2, not any(one.missing for one in channels))

    def _on_activated(self, index: QModelIndex | QPersistentModelIndex) -> None:
        """Enter or a double click ticks the channel, wherever in its line."""
        first = self.model.index(index.row(), 0)
        on = self.model.data(first, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        self.model.setData(
            first, Qt.CheckState.Unchecked if on else Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole
        )

    def _on_all(self) -> None:
        self.model.show_only(frozenset(self.model.shown) | frozenset(self.model.listed()))

    def _on_none(self) -> None:
        self.model.show_only(frozenset(self.model.shown) - frozenset(self.model.listed()))

    def _on_first(self) -> None:
        self.model.show_only(self._at_first)
