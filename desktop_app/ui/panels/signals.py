"""The signals panel: what repeats in the curve, and the curve folded on it."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.timescales import TimeReference
from desktop_app.core.transits.folded import Stretch
from desktop_app.ui.elided import ElidedLabel
from desktop_app.ui.flow import Flow
from desktop_app.ui.named import named
from desktop_app.ui.session import Session
from desktop_app.ui.signals.fold_plot import FoldPlot
from desktop_app.ui.signals.signal_model import SignalModel
from desktop_app.ui.signals.signal_verbs import shown_signal
from desktop_app.ui.signals.signal_words import why
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance, Theme, line_icon, tabular
from desktop_app.ui.words import counted

_STRETCHES = {Stretch.DIP: "Dip", Stretch.SECOND: "Second dip", Stretch.PERIOD: "Whole period"}
_MINIMUM_PX = 260


class SignalsPanel(QWidget):
    """The table on the left, the folded curve on the right."""

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "signals")
        self._session, self._theme = session, appearance.theme
        self.model = SignalModel(self)
        self.model.set_theme(appearance.theme)
        self.view = self._table()
        self.plot = named(FoldPlot(appearance.theme, self), "signals-plot")
        empty = QLabel("", self, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._says = named(empty, "signals-empty", role="muted")
        self._says.setMargin(12)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self, childrenCollapsible=False)
        self._splitter.addWidget(self._left())
        self._splitter.addWidget(self._right())
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._says)
        self._stack.addWidget(self._splitter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._connect(appearance)
        self._show(session.state)

    def copy_table(self) -> int:
        """Put all signals on the clipboard as tab-separated text; how many."""
        QGuiApplication.clipboard().setText(self.model.as_text())
        return self.model.rowCount()

    # Building

    def _table(self) -> QTableView:
        view = named(QTableView(self, showGrid=False, wordWrap=False), "signals-table", label="Signals")
        view.setModel(self.model)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setFont(tabular(view.font()))
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 8)
        view.horizontalHeader().setHighlightSections(False)
        view.horizontalHeader().setStretchLastSection(True)
        view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        return view

    def _left(self) -> QWidget:
        side = QWidget(self)
        side.setMinimumWidth(_MINIMUM_PX)
        bar = named(QFrame(side), "signals-bar")
        self._count = named(QLabel(bar), "signals-count", role="muted")
        self._previous = self._arrow("previous", "Previous dip", "Look at the dip before")
        self._next = self._arrow("next", "Next dip", "Look at the next dip")
        self._find = named(QPushButton("Show dip", bar), "signals-show", tip="Move the curve to the nearest dip")
        self._copy = named(QPushButton("Copy", bar), "signals-copy", tip="Copy the table")
        row = Flow()
        bar.setLayout(row)
        row.setContentsMargins(8, 4, 8, 4)
        row.add(self._count, takes_rest=True)
        for widget in (self._previous, self._next, self._find, self._copy):
            row.add(widget)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self.view, 1)
        return side

    def _right(self) -> QWidget:
        side = QWidget(self)
        side.setMinimumWidth(_MINIMUM_PX)
        bar = named(QFrame(side), "signals-fold-bar")
        self._stretch = named(QComboBox(bar), "signals-stretch", label="Fold", tip="Which part of the period is shown")
        for stretch, text in _STRETCHES.items():
            self._stretch.addItem(text, stretch)
        self._apart = named(QToolButton(bar), "signals-odd-even", label="Odd and even", tip="Odd and even dips apart")
        self._apart.setText("Odd / even")
        self._apart.setCheckable(True)
        self._all = named(QToolButton(bar), "signals-fit", label="All points", tip="Show every point")
        self._all.setText("All points")
        self._told = named(ElidedLabel(bar), "signals-told", role="muted")
        row = Flow()
        bar.setLayout(row)
        row.setContentsMargins(8, 4, 8, 4)
        for widget in (self._stretch, self._apart, self._all):
            row.add(widget)
        row.add(self._told, takes_rest=True)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self.plot, 1)
        return side

    def _arrow(self, icon: str, label: str, tip: str) -> QToolButton:
        button = named(QToolButton(self), f"signals-{icon}", label=label, tip=tip)
        button.setIcon(line_icon(icon, self._theme))
        return button

    def _connect(self, appearance: Appearance) -> None:
        self.view.selectionModel().currentRowChanged.connect(self._on_row_chosen)
        self.view.clicked.connect(self._on_row_chosen)
        self.view.doubleClicked.connect(self._on_shown)
        self._find.clicked.connect(self._on_shown)
        self._previous.clicked.connect(self._on_previous)
        self._next.clicked.connect(self._on_next)
        self._copy.clicked.connect(self.copy_table)
        self._stretch.activated.connect(self._on_stretch)
        self._apart.toggled.connect(self._on_apart)
        self._all.clicked.connect(self.plot.fit_values)
        self.plot.row_clicked.connect(self._session.select_row)
        appearance.changed.connect(self._on_theme)
        self._session.changed.connect(self._on_changed)

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.detection is not old.detection or new.curve is not old.curve or new.system is not old.system:
            self._show(new)
        elif new.signal is not old.signal:
            self._show_chosen(new)

    def _on_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.model.set_theme(theme)
        self.plot.set_theme(theme)
        self._previous.setIcon(line_icon("previous", theme))
        self._next.setIcon(line_icon("next", theme))

    def _show(self, state: AppState) -> None:
        signals = state.detection.scores.signals if state.detection else ()
        self._says.setText(_says(state))
        self._stack.setCurrentIndex(1 if signals else 0)
        with QSignalBlocker(self.view.selectionModel()):
            reference = state.curve.reference if state.curve else TimeReference()
            self.model.show_signals(signals, reference, state.system)
        self._count.setText(counted(len(signals), "signal"))
        self.view.resizeColumnsToContents()
        self._show_chosen(state)

    def _show_chosen(self, state: AppState) -> None:
        picture = shown_signal(state)
        self.plot.show_picture(picture, apart=self._apart.isChecked())
        for widget in (self._previous, self._next, self._find, self._stretch, self._apart, self._all):
            widget.setEnabled(picture is not None)
        place = state.signal.place
        if picture is None or place is None:
            self._told.setText("")
            return
        self._stretch.setCurrentIndex(list(_STRETCHES).index(state.signal.stretch))
        rows = self.view.selectionModel()
        with QSignalBlocker(rows):
            flags = QItemSelectionModel.SelectionFlag
            rows.setCurrentIndex(self.model.index(place, 0), flags.ClearAndSelect | flags.Rows)
        self.view.viewport().update()
        reasons = why(picture.signal)
        told = [f"Eclipse: {reasons}." if reasons else ""]
        told.append(f"{counted(picture.outside, 'point')} out of view." if picture.outside else "")
        self._told.setText(" ".join(filter(None, told)))
        self._told.setToolTip(self._told.text())

    # What the user does

    def _on_row_chosen(self, index: QModelIndex) -> None:
        if index.isValid():
            self._session.signals.choose(index.row())

    def _on_shown(self) -> None:
        self._session.signals.show_dip()

    def _on_previous(self) -> None:
        self._session.signals.step_dip(-1)

    def _on_next(self) -> None:
        self._session.signals.step_dip(1)

    def _on_stretch(self, place: int) -> None:
        self._session.signals.show_stretch(list(_STRETCHES)[place])

    def _on_apart(self, apart: bool) -> None:
        self.plot.show_picture(shown_signal(self._session.state), apart=apart)


def _says(state: AppState) -> str:
    """What stands in place of an empty table."""
    if state.curve is None:
        return "Open a light curve to look for what repeats in it."
    if state.detection is None:
        return "Not detected yet. Choose a detector that looks for transits and press Run (Ctrl+R)."
    return "Nothing that repeats was found, or this detector does not look for it."
