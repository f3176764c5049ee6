"""A list of channels, or of the parts of a file: filters, an order, mini-traces, and how strange each is."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.named import named
from desktop_app.ui.telemetry.line_model import (
    BY_STRANGENESS,
    EVENTS,
    IN_FILE,
    KIND,
    MISSING,
    ORDERS,
    SCORE,
    TRACE,
    LineModel,
    thumb_at,
)
from desktop_app.ui.telemetry.lines import Line, subsystems_of
from desktop_app.ui.theme import LIGHT, Theme, tabular

MINIMUM_PX = 160
THUMB_PX = (50, 20)
_EVERY = "all subsystems"
_NOTHING = QModelIndex()


class LineList(QWidget):
    """What can be looked at, and what is.

    Parameters
    ----------
    what : str
        "channels", which have check boxes, or "parts", which are opened.

    Signals
    -------
    opened(int)
        A part is to be shown, by its place.
    run_asked()
        Detect in every part.
    """

    opened = Signal(int)
    run_asked = Signal()

    def __init__(self, what: str = "channels", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what, self._ticked = what, what == "channels"
        named(self, what).setMinimumWidth(MINIMUM_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = LineModel(what[:-1].capitalize(), checkable=self._ticked, parent=self)
        self._at_first: frozenset[int] = frozenset()
        self._names: tuple[str, ...] = ()
        self._by_hand, self._ranked = False, False
        self._current: int | None = None
        self.box = named(QLineEdit(self), f"{what}-filter", label=f"Filter {what}", tip="Name, unit or kind")
        self.box.setPlaceholderText(f"Filter {what}")
        self.box.setClearButtonEnabled(True)
        self.box.textChanged.connect(self.model.set_filter)
        self.subsystem = named(QComboBox(self), f"{what}-subsystem", label="Subsystem")
        self.subsystem.setToolTip("Only the subsystem whose letters begin the names")
        self.subsystem.activated.connect(self._on_subsystem)
        self.order = named(QComboBox(self), f"{what}-order", label="Order", tip=f"In which order {what} stand")
        self.order.addItems(list(ORDERS))
        self.order.textActivated.connect(self._on_order)
        self.run_button = named(QPushButton("Run on all parts", self), f"{what}-run")
        self.run_button.setToolTip("Detect in every part of the file, and rank them by what was found (Ctrl+Alt+R)")
        self.run_button.clicked.connect(self.run_asked)
        self.told = named(QLabel(self, wordWrap=True), f"{what}-told", role="muted")
        self.view = self._view()
        self.model.modelReset.connect(self._on_reset)
        self._lay_out()

    def _view(self) -> QTreeView:
        view = named(QTreeView(self), f"{self._what}-list", label=self._what.capitalize())
        view.setModel(self.model)
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setFont(tabular(view.font()))
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names of channels differ at their ends
        self.thumbs = ThumbDelegate(view)
        view.setItemDelegateForColumn(TRACE, self.thumbs)
        view.activated.connect(self._on_activated)
        if not self._ticked:
            view.clicked.connect(self._on_activated)
        head = view.header()
        head.setStretchLastSection(False)
        head.setMinimumSectionSize(24)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (KIND, MISSING):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        figures = view.fontMetrics().horizontalAdvance
        for column, width in ((TRACE, THUMB_PX[0]), (SCORE, figures("00,000") + 14), (EVENTS, figures("Events") + 14)):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            head.resizeSection(column, width)
        for visual, column in enumerate((0, TRACE, SCORE, EVENTS, KIND, MISSING)):
            head.moveSection(head.visualIndex(column), visual)
        return view

    def _lay_out(self) -> None:
        filters, order = QHBoxLayout(), QHBoxLayout()
        filters.addWidget(self.box, 1)
        filters.addWidget(self.subsystem)
        label = named(QLabel("Order", self), role="muted")
        label.setBuddy(self.order)
        order.addWidget(label)
        order.addWidget(self.order, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.setSpacing(6)
        layout.addLayout(filters)
        layout.addLayout(order)
        if self._ticked:
            layout.addLayout(self._ticks())
        else:
            layout.addWidget(self.run_button)
        self.run_button.setVisible(not self._ticked)
        layout.addWidget(self.told)
        self.told.hide()
        layout.addWidget(self.view, 1)

    def _ticks(self) -> QHBoxLayout:
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
        return ticks

    def show_lines(self, lines: tuple[Line, ...], shown: tuple[int, ...] = ()) -> None:
        """List other channels or parts."""
        self._at_first = frozenset(shown)
        self._names = tuple(line.name for line in lines)
        self._by_hand, self._ranked, self._current = False, False, None
        self.order.setCurrentText(IN_FILE)
        self._show_subsystems(subsystems_of(self._names))
        self.model.show_lines(lines, shown)
        self._show_columns(lines)

    def tell_more(self, lines: tuple[Line, ...]) -> None:
        """More is known of the same channels or parts; the first time scores are, the strangest go to the top."""
        if tuple(line.name for line in lines) != self._names:
            self.show_lines(lines)
            return
        scored = any(line.events is not None for line in lines)
        self.model.tell_more(lines)
        self._show_columns(lines)
        if scored and not self._ranked and not self._by_hand:
            self.order.setCurrentText(BY_STRANGENESS)
            self.model.order_by(BY_STRANGENESS)
        elif self._ranked and not scored and not self._by_hand:
            self.order.setCurrentText(IN_FILE)
            self.model.order_by(IN_FILE)
        self._ranked = scored

    def tell(self, text: str) -> None:
        """A line above the list; "" for none."""
        self.told.setText(text)
        self.told.setVisible(bool(text))

    def select(self, place: int | None) -> None:
        """Mark the line that is looked at, without opening it."""
        self._current = place
        row = None if place is None else self.model.row_of(place)
        if row is not None and row != self.view.currentIndex().row():
            self.view.setCurrentIndex(self.model.index(row, 0))
        if row is not None:
            self.view.scrollTo(self.model.index(row, 0))

    def set_theme(self, theme: Theme) -> None:
        """Paint mini-traces in other colours."""
        self.thumbs.theme = theme
        self.view.viewport().update()

    def _show_columns(self, lines: Sequence[Line]) -> None:
        scored = any(line.events is not None for line in lines)
        for column in (SCORE, EVENTS):
            self.view.setColumnHidden(column, not scored)
        # Where there is so much else to say, what a channel is stands in its tip.
        self.view.setColumnHidden(KIND, scored or not any(line.kind for line in lines))
        self.view.setColumnHidden(MISSING, scored or not any(line.missing for line in lines))

    def _show_subsystems(self, subsystems: list[str]) -> None:
        with QSignalBlocker(self.subsystem):
            self.subsystem.clear()
            self.subsystem.addItems([_EVERY, *subsystems])
        self.subsystem.setVisible(bool(subsystems))

    def _on_subsystem(self, place: int) -> None:
        self.model.set_subsystem(self.subsystem.itemText(place) if place else "")

    def _on_order(self, order: str) -> None:
        self._by_hand = True
        self.model.order_by(order)

    def _on_activated(self, index: QModelIndex | QPersistentModelIndex) -> None:
        """Enter or a double click ticks the channel, wherever in its line; a part is opened, by a click too."""
        if not self._ticked:
            self.opened.emit(self.model.place_at(index.row()))
            return
        first = self.model.index(index.row(), 0)
        on = self.model.data(first, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        self.model.setData(
            first, Qt.CheckState.Unchecked if on else Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole
        )

    def _on_reset(self) -> None:
        """Another filter: the line that is looked at stays marked."""
        self.select(self._current)

    def _on_all(self) -> None:
        self.model.show_only(frozenset(self.model.shown) | frozenset(self.model.listed()))

    def _on_none(self) -> None:
        self.model.show_only(frozenset(self.model.shown) - frozenset(self.model.listed()))

    def _on_first(self) -> None:
        self.model.show_only(self._at_first)


class ThumbDelegate(QStyledItemDelegate):
    """Paints mini-traces."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = LIGHT

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Wide enough for a column a pixel."""
        return QSize(*THUMB_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The body between the extrema of each column, and ticks where events are."""
        super().paint(painter, option, index)
        thumb = thumb_at(index)
        if thumb is None:
            return
        rect = option.rect
        area = QRectF(rect).adjusted(3, 3, -3, -3)
        step = area.width() / len(thumb.low)
        painter.save()
        colour = QColor(self.theme.warning)
        for share in thumb.marks:
            painter.fillRect(QRectF(area.left() + float(share) * area.width() - 1, area.top() - 2, 2, 4), colour)
        body = QColor(self.theme.point)
        body.setAlpha(190)
        painter.setPen(QPen(body, 1.0))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        there = np.flatnonzero(np.isfinite(thumb.low))
        x = np.repeat(area.left() + (there + 0.5) * step, 2)
        edges = np.clip(np.column_stack([thumb.high[there], thumb.low[there]]).ravel(), 0.0, 1.0)
        y = area.bottom() - edges * area.height()
        points = [QPointF(*point) for point in zip(x.tolist(), y.tolist(), strict=True)]
        painter.drawPolyline(QPolygonF(points))
        painter.restore()
