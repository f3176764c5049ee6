"""The training panel: what to train on which channels, how that goes, and what to do with the weights."""

from math import isnan
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.telemetry import Telemetry
from desktop_app.engine.train import TELEMETRY_TRAININGS, TrainingSpec
from desktop_app.ui.named import named
from desktop_app.ui.params_form import ParamsForm
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance
from desktop_app.ui.training.channel_ticks import ChannelTicks
from desktop_app.ui.training.progress_view import ProgressView
from desktop_app.ui.training.training_state import Scope
from desktop_app.ui.training.training_verbs import channels_of, shown_in
from desktop_app.ui.words import counted, waiting

MINIMUM_PX = 260
_MOST_JOBS = 16
_SCOPES: tuple[Scope, ...] = ("shown", "all", "chosen")


class TrainingPanel(QWidget):
    """Buttons on top, then how it goes, then what is to be trained."""

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "training").setMinimumWidth(MINIMUM_PX)
        self._session = session
        self._spec: TrainingSpec | None = None
        self.form: ParamsForm | None = None
        self.progress = ProgressView(appearance.theme)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self.progress)
        self._column.addLayout(self._choices())
        self._column.addStretch(1)
        scroll = QScrollArea(self, widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(self._buttons())
        layout.addWidget(scroll, 1)
        self._connect(appearance)
        self._show(session.state)

    def focus_start(self) -> None:
        """Put the focus where the work starts."""
        (self.start_button if self.start_button.isEnabled() else self.model).setFocus(
            Qt.FocusReason.ShortcutFocusReason
        )

    def showEvent(self, event: QShowEvent) -> None:
        """What can be trained is loaded when somebody looks for the first time."""
        super().showEvent(event)
        if self._session.state.training.spec is None:
            self._session.training.load()

    # Building

    def _buttons(self) -> QVBoxLayout:
        tip = "Train; a training that was stopped goes on from where it was"
        self.start_button = named(QPushButton("Start", self), "training-start", tip=tip, role="primary")
        self.cancel_button = named(QPushButton("Cancel", self), "training-cancel", tip="Stop; what is learnt is kept")
        self.anew_button = named(
            QPushButton("Begin anew", self), "training-anew", tip="Train from the start, whatever was learnt before"
        )
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in (self.start_button, self.cancel_button, self.anew_button):
            row.addWidget(button, 1)
        self.bar = named(QProgressBar(self, textVisible=False), "training-progress", label="Progress of the training")
        self.bar.setRange(0, 1000)
        self.says = named(QLabel(self, wordWrap=True), "training-says", role="muted")
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.bar)
        column.addWidget(self.says)
        return column

    def _choices(self) -> QFormLayout:
        self.model = named(QComboBox(self), "training-model", label="Model", tip="Which network is trained")
        self.model.addItems(list(TELEMETRY_TRAININGS))
        self.scope = named(QComboBox(self), "training-scope", label="Channels", tip="Which channels are trained")
        self.scope.addItems(["Shown", "All", "Ticked below"])
        self.ticks = ChannelTicks(self)
        self.out = named(QLineEdit(self), "training-out", label="Folder", tip="Where weights and card are written")
        self.browse = named(QToolButton(self), "training-browse", label="Choose a folder", tip="Choose a folder")
        self.browse.setText("…")
        self.jobs = named(QSpinBox(self), "training-jobs", label="At once", tip="Channels trained at the same time")
        self.jobs.setRange(1, _MOST_JOBS)
        folder = QHBoxLayout()
        folder.setSpacing(4)
        folder.addWidget(self.out, 1)
        folder.addWidget(self.browse)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(6)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Model", self.model)
        form.addRow("Channels", self.scope)
        form.addRow(self.ticks)
        form.addRow("Folder", folder)
        form.addRow("At once", self.jobs)
        self.about = named(QLabel(self, wordWrap=True), "training-about", role="muted")
        form.addRow(self.about)
        return form

    def _connect(self, appearance: Appearance) -> None:
        verbs = self._session.training
        self.start_button.clicked.connect(self._on_start)
        self.anew_button.clicked.connect(self._on_anew)
        self.cancel_button.clicked.connect(verbs.cancel)
        self.progress.use_button.clicked.connect(verbs.use_weights)
        self.model.activated.connect(self._on_model)
        self.scope.activated.connect(self._on_scope)
        self.ticks.changed.connect(verbs.set_ticked)
        self.out.editingFinished.connect(self._on_out)
        self.browse.clicked.connect(self._on_browse)
        self.jobs.valueChanged.connect(verbs.set_jobs)
        appearance.changed.connect(self.progress.set_theme)
        self._session.changed.connect(self._on_changed)

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.training is not old.training or new.data is not old.data:
            self._show(new)

    def _show(self, state: AppState) -> None:
        training = state.training
        names = channels_of(state.data)
        if training.spec is not self._spec:
            self._show_spec(state)
        elif self.form is not None and training.settings is not None:
            self.form.show_values(training.settings)
        shown = shown_in(state.data)
        this = shown[0] if len(shown) == 1 else "those shown"
        with QSignalBlocker(self.scope):
            for place, text in enumerate((f"Only {this}", f"All {len(names)}", "Ticked below")):
                self.scope.setItemText(place, text)
            self.scope.setCurrentIndex(_SCOPES.index(training.scope))
        self.ticks.setVisible(training.scope == "chosen")
        self.ticks.show_names(names, training.ticked)
        with QSignalBlocker(self.jobs):
            self.jobs.setValue(training.jobs)
        if not self.out.hasFocus() or self.out.text() == "":
            self.out.setText(str(training.out) if training.out is not None else "")
            self.out.setToolTip(self.out.text() or "Where weights and card are written")
        self.progress.show_state(training)
        self._show_busy(state)

    def _show_spec(self, state: AppState) -> None:
        spec, settings = state.training.spec, state.training.settings
        self._spec = spec
        if self.form is not None:
            self._column.removeWidget(self.form)
            self.form.deleteLater()
            self.form = None
        if spec is None or settings is None:
            return
        self.model.setCurrentText(spec.name)
        self.about.setText(spec.help)
        self.form = ParamsForm(spec.params)
        self.form.show_values(settings)
        self.form.changed.connect(self._session.training.set_settings)
        self.form.refused.connect(self._on_refused)
        self._column.insertWidget(self._column.count() - 1, self.form)

    def _show_busy(self, state: AppState) -> None:
        training, data = state.training, state.data
        running = training.running
        can = isinstance(data, Telemetry) and data.source.path is not None and training.spec is not None
        self.start_button.setText("Resume" if training.unfinished and running is None else "Start")
        self.start_button.setEnabled(can and running is None)
        self.anew_button.setEnabled(can and running is None)
        self.cancel_button.setEnabled(running is not None)
        self.bar.setVisible(running is not None)
        for widget in (self.model, self.scope, self.ticks, self.out, self.browse, self.jobs, self.form):
            if widget is not None:
                widget.setEnabled(running is None)
        if training.spec is not None and not training.spec.each_channel:
            self.jobs.setEnabled(False)  # one network, one process
        if running is None:
            self.says.setText(_outcome(state))
        else:
            self.bar.setValue(round(1000 * running.done))
            left = "" if isnan(running.remaining_s) else f", {waiting(running.remaining_s)}"
            self.says.setText(f"{running.text}{left}")
        self.says.setVisible(bool(self.says.text()))

    # What a person does

    def _on_start(self) -> None:
        self._session.training.start()

    def _on_anew(self) -> None:
        self._session.training.start(anew=True)

    def _on_model(self) -> None:
        self._session.training.load(self.model.currentText())

    def _on_scope(self, place: int) -> None:
        self._session.training.set_scope(_SCOPES[place])

    def _on_out(self) -> None:
        text = self.out.text().strip()
        if text != str(self._session.state.training.out or ""):
            self._session.training.set_out(Path(text).expanduser() if text else None)

    def _on_browse(self) -> None:
        start = self.out.text() or str(Path.home())
        name = QFileDialog.getExistingDirectory(self, "Where weights go", start)
        if name:
            self._session.training.set_out(Path(name))

    def _on_refused(self, why: str) -> None:
        self._session.notify("warning", why)


def _outcome(state: AppState) -> str:
    """Why nothing runs, and what could be done."""
    training = state.training
    if training.problem:
        return f"{training.problem} {training.hint}".strip()
    if training.made is not None:
        return ""
    if not isinstance(state.data, Telemetry):
        return "Open telemetry to train a network on its channels."
    if state.data.source.path is None:
        return "These data are in no file. Save them, and open the file to train on it."
    if training.unfinished:
        return "A training that was stopped is in this folder: Resume goes on from there."
    names = channels_of(state.data)
    if training.spec is not None and not training.spec.each_channel:
        return f"{counted(len(names), 'channel')} to learn from, for one network."
    learnt = "their training stretch" if state.data.training is not None else "the first part of the data"
    return f"{counted(len(names), 'channel')} to learn from. Each gets a network that knows {learnt}."
