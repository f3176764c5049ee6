"""How a training goes: a row for each channel, the losses of one of them, what happened, and what came of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.named import named
from desktop_app.ui.theme import Theme
from desktop_app.ui.training.loss_plot import LossPlot
from desktop_app.ui.training.training_state import Course, TrainingState
from desktop_app.ui.words import counted

_COLUMNS = ("Channel", "Epoch", "Training", "Validation", "Best at")
_ROWS, _LOG_PX = 5, 96
_NAMED, _FIGURES = 5, 8


class ProgressView(QWidget):
    """Hidden until there is something to show."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._courses: tuple[Course, ...] = ()
        self._lines: tuple[str, ...] = ()
        self._by_hand = False
        self.table = named(QTableWidget(0, len(_COLUMNS), self), "training-courses", label="Channels in training")
        self.table.setHorizontalHeaderLabels(list(_COLUMNS))
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.plot = LossPlot(theme, self)
        self.legend = named(QLabel(self, wordWrap=True), "training-legend", role="muted")
        self.log = named(QPlainTextEdit(self, readOnly=True), "training-log", label="What happened")
        self.log.setMaximumBlockCount(500)
        self.log.setFixedHeight(_LOG_PX)
        self.result = named(QLabel(self, wordWrap=True), "training-result")
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        tip = "The detector of this name looks with the weights that were trained"
        self.use_button = named(QPushButton("Use these weights", self), "training-use", tip=tip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(6)
        for widget in (self.result, self.use_button, self.plot, self.legend, self.table, self.log):
            layout.addWidget(widget)
        self.table.itemSelectionChanged.connect(self._on_selected)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.plot.set_theme(theme)

    def show_state(self, state: TrainingState) -> None:
        """Show how far the training is, and what came of it."""
        self.setVisible(bool(state.lines))
        if not state.courses:
            self._by_hand = False
        if state.courses is not self._courses:
            self._courses = state.courses
            self._show_courses()
        for widget in (self.plot, self.legend, self.table):
            widget.setVisible(bool(state.courses))
        if state.lines is not self._lines:
            self._show_lines(state.lines)
        self.result.setVisible(state.made is not None)
        self.use_button.setVisible(state.made is not None)
        if state.made is not None:
            self.result.setText(summary_of(*state.made))

    def _show_courses(self) -> None:
        with QSignalBlocker(self.table):
            self.table.setRowCount(len(self._courses))
            rows = sum(self.table.rowHeight(row) for row in range(min(len(self._courses), _ROWS)))
            self.table.setFixedHeight(self.table.horizontalHeader().sizeHint().height() + rows + 4)
            for row, course in enumerate(self._courses):
                last = course.epochs[-1]
                texts = (
                    course.channel or "all",
                    f"{last.epoch} of {last.epochs}",
                    f"{last.training:.3g}",
                    f"{last.validation:.3g}",
                    f"{course.best.epoch}",
                )
                for column, text in enumerate(texts):
                    item = self.table.item(row, column)
                    if item is None:
                        item = QTableWidgetItem()
                        self.table.setItem(row, column, item)
                    item.setText(text)
                    if column:
                        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if not self._by_hand and self._courses:
                newest = len(self._courses) - 1
                self.table.selectRow(newest)
                self.table.scrollTo(self.table.model().index(newest, 0))
        self._show_course()

    def _show_course(self) -> None:
        rows = [index.row() for index in self.table.selectionModel().selectedRows()]
        course = self._courses[rows[0]] if rows and rows[0] < len(self._courses) else None
        self.plot.show_course(course)
        name = f"{course.channel}: " if course is not None and course.channel else ""
        self.legend.setText(f"{name}loss on validation data (line, ring at the best) and on training data (dashed)")

    def _show_lines(self, lines: tuple[str, ...]) -> None:
        before = self._lines
        self._lines = lines
        if before and lines[: len(before)] == before:
            for line in lines[len(before) :]:
                self.log.appendPlainText(line)
            return
        self.log.setPlainText("\n".join(lines))
        self.log.verticalScrollBar().setValue(self.log.verticalScrollBar().maximum())

    def _on_selected(self) -> None:
        self._by_hand = True
        self._show_course()


def summary_of(out: Path, card: Mapping[str, Any]) -> str:
    """What came of a training, in a few lines."""
    channels, left_out = card.get("channels"), card.get("left_out")
    lines = [f"Weights and card are in {out}."]
    if isinstance(channels, Mapping):
        epochs = [int(told.get("epochs", 0)) for told in channels.values() if isinstance(told, Mapping)]
        span = f"{min(epochs)} to {max(epochs)}" if epochs and min(epochs) != max(epochs) else f"{max(epochs or [0])}"
        lines[0] = f"{counted(len(channels), 'channel')} learnt, the best after {span} epochs. {lines[0]}"
    scores = card.get("scores")
    if isinstance(scores, Mapping):
        said = [f"{name.replace('_', ' ')} {value:.4g}" for name, value in scores.items() if isinstance(value, float)]
        lines += [f"{', '.join(said[:_FIGURES]).capitalize()}."] if said else []
    lines.append(f"Device {card.get('device', 'cpu')}.")
    if isinstance(left_out, Mapping) and left_out:
        lines += [f"{name} was left out: {why}" for name, why in list(left_out.items())[:_NAMED]]
        if len(left_out) > _NAMED:
            lines.append(f"And {len(left_out) - _NAMED:,} more; the card names all.")
    return "\n".join(lines)
