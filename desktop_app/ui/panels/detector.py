"""The detector panel: which one, its settings, run, cancel, progress."""

from math import isnan

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.detectors import OF_KIND
from desktop_app.ui.named import named
from desktop_app.ui.params_form import ParamsForm
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance
from desktop_app.ui.words import counted, waiting

MINIMUM_PX = 220
_TELLING = ("busy", "detection", "data", "events", "parts", "spec")


class DetectorPanel(QWidget):
    """The form and its buttons."""

    def __init__(self, session: Session, _appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "detector").setMinimumWidth(MINIMUM_PX)
        self._session = session
        self.form: ParamsForm | None = None
        self._scroll = QScrollArea(self, widgetResizable=True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(self._choices())
        layout.addLayout(self._buttons())
        layout.addWidget(self._scroll, 1)
        session.changed.connect(self._on_changed)
        self._show_spec(session.state)
        self._show_threshold(session.state.threshold)
        self._show_busy(session.state)

    def _choices(self) -> QFormLayout:
        self._chooser = named(QComboBox(self), "detector-choice", label="Detector", tip="Which detector looks")
        self._chooser.addItems(list(OF_KIND[self._session.state.looks][0]))
        self._chooser.activated.connect(self._on_chosen)
        box = QDoubleSpinBox(self)
        box.setKeyboardTracking(False)
        tip = "Rows that score this or more are flagged; moving it runs nothing again"
        self.threshold = named(box, "detector-threshold", label="Threshold", tip=tip)
        self._show_scale(self._session.state)
        self.threshold.valueChanged.connect(self._session.set_threshold)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(4)
        for text, editor in (("Detector", self._chooser), ("Threshold", self.threshold)):
            label = QLabel(text, self)
            label.setBuddy(editor)
            label.setMinimumHeight(editor.sizeHint().height())
            form.addRow(label, editor)
        return form

    def _buttons(self) -> QVBoxLayout:
        self.run_button = named(QPushButton("Run", self), "detector-run", tip="Detect (Ctrl+R)", role="primary")
        self.cancel_button = named(QPushButton("Cancel", self), "detector-cancel", tip="Stop (Esc)")
        self.reset_button = named(QPushButton("Defaults", self), "detector-defaults", tip="All settings as they ship")
        self.run_button.clicked.connect(self._session.run)
        self.cancel_button.clicked.connect(self._session.cancel)
        self.reset_button.clicked.connect(self._on_reset)
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in (self.run_button, self.cancel_button, self.reset_button):
            row.addWidget(button, 1)
        self.bar = named(QProgressBar(self, textVisible=False), "detector-progress", label="Progress")
        self.says = named(QLabel(self, wordWrap=True), "detector-says", role="muted")
        tip = "Detect in every part of the file, and rank them by what was found (Ctrl+Alt+R)"
        self.run_parts_button = named(QPushButton("Run on all parts", self), "detector-run-parts", tip=tip)
        self.run_parts_button.clicked.connect(self._session.parts.run)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.run_parts_button)
        column.addWidget(self.bar)
        column.addWidget(self.says)
        return column

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.looks != old.looks:
            self._show_names(new)
        if new.spec is not old.spec:
            self._show_spec(new)
        elif new.settings is not old.settings and new.settings is not None and self.form is not None:
            self.form.show_values(new.settings)
        if new.threshold != old.threshold:
            self._show_threshold(new.threshold)
        if any(getattr(new, name) is not getattr(old, name) for name in _TELLING):
            self._show_busy(new)

    def _show_names(self, state: AppState) -> None:
        """The detectors that there are for the kind of data shown."""
        self._chooser.clear()
        self._chooser.addItems(list(OF_KIND[state.looks][0]))
        if state.spec is None:
            self._chooser.setCurrentIndex(-1)

    def _show_scale(self, state: AppState) -> None:
        scale = state.scale
        with QSignalBlocker(self.threshold):
            self.threshold.setSuffix(f" {scale.unit}")
            self.threshold.setDecimals(scale.decimals)
            self.threshold.setSingleStep(scale.step)
            self.threshold.setRange(scale.lowest, scale.highest)

    def _show_spec(self, state: AppState) -> None:
        if state.spec is None or state.settings is None:
            return
        self._show_scale(state)
        self._chooser.setCurrentText(state.spec.name)
        self._chooser.setToolTip(state.spec.help)
        self.form = ParamsForm(state.spec.params)
        self.form.show_values(state.settings)
        self.form.changed.connect(self._session.set_settings)
        self.form.refused.connect(self._on_refused)
        self._scroll.setWidget(self.form)
        self._show_threshold(state.threshold)

    def _show_threshold(self, threshold: float) -> None:
        self.threshold.blockSignals(True)
        self.threshold.setValue(threshold)
        self.threshold.blockSignals(False)

    def _show_busy(self, state: AppState) -> None:
        busy = state.busy
        self.run_button.setEnabled(state.looked_at is not None and busy is None)
        self.run_parts_button.setVisible(bool(state.parts.names))
        self.run_parts_button.setEnabled(busy is None and state.spec is not None)
        self.cancel_button.setEnabled(busy is not None)
        self.bar.setVisible(busy is not None)
        if busy is None:
            self.says.setText(_outcome(state))
            return
        known = not isnan(busy.done)
        self.bar.setRange(0, 1000 if known else 0)
        self.bar.setValue(round(1000 * busy.done) if known else 0)
        left = "" if isnan(busy.remaining_s) else f", {waiting(busy.remaining_s)}"
        self.says.setText(f"{busy.text}{left}")

    def _on_chosen(self) -> None:
        self._session.load_detector(self._chooser.currentText())

    def _on_reset(self) -> None:
        spec = self._session.state.spec
        if spec is not None:
            self._session.set_settings(spec.params())
            self._session.set_threshold(spec.threshold)

    def _on_refused(self, why: str) -> None:
        self._session.notify("warning", why)


def _outcome(state: AppState) -> str:
    """How the last run went, in words."""
    if state.detection is None:
        return "" if state.looked_at is None else "Not detected yet."
    how = " Answered from the cache." if state.detection.cached else ""
    return f"{counted(len(state.events), 'event')} above {state.scale.text(state.threshold)}.{how}"
