"""The injection panel: what to inject, the recovery map, and the threshold that follows."""

from math import isfinite, isnan

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_app.core.injection.plan import InjectionPlan
from desktop_app.engine.inject_report import crossing_text, summary_of
from desktop_app.ui.flow import Flow
from desktop_app.ui.injection.injection_state import Cell
from desktop_app.ui.injection.recovery_grid import RecoveryGrid
from desktop_app.ui.named import named
from desktop_app.ui.params_form import ParamsForm
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance
from desktop_app.ui.words import waiting

MINIMUM_PX = 240


class InjectionPanel(QWidget):
    """Buttons on top, then the map once there is one, then the form."""

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "injection").setMinimumWidth(MINIMUM_PX)
        self._session = session
        self.grid = RecoveryGrid(appearance.theme)
        self.form = ParamsForm(InjectionPlan)
        scroll = QScrollArea(self, widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(self._buttons())
        layout.addWidget(scroll, 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._result = self._result_of(inside)
        column.addWidget(self._result)
        column.addWidget(self.form)
        column.addStretch(1)
        scroll.setWidget(inside)
        self._connect(appearance)
        self._show(session.state)

    def focus_run(self) -> None:
        """Put the focus where the work starts."""
        (self.run_button if self.run_button.isEnabled() else self.form).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _buttons(self) -> QVBoxLayout:
        tip = "Inject into the curve shown, and see what the detector finds"
        self.run_button = named(QPushButton("Inject and recover", self), "injection-run", tip=tip, role="primary")
        self.cancel_button = named(QPushButton("Cancel", self), "injection-cancel", tip="Stop (Esc)")
        self.reset_button = named(QPushButton("Defaults", self), "injection-defaults", tip="All settings as they ship")
        row = QHBoxLayout()
        row.setSpacing(4)
        for button, stretch in ((self.run_button, 2), (self.cancel_button, 1), (self.reset_button, 1)):
            row.addWidget(button, stretch)
        self.bar = named(
            QProgressBar(self, textVisible=False), "injection-progress", label="Progress of the injections"
        )
        self.bar.setRange(0, 1000)
        self.says = named(QLabel(self, wordWrap=True), "injection-says", role="muted")
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.bar)
        column.addWidget(self.says)
        return column

    def _result_of(self, parent: QWidget) -> QWidget:
        result = QWidget(parent)
        self.title = named(QLabel(result, wordWrap=True), "injection-title", role="muted")
        self.cell_says = named(QLabel(result, wordWrap=True), "injection-cell", role="muted")
        self.summary = named(QLabel(result, wordWrap=True), "injection-summary")
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.use_button = named(QPushButton(result), "injection-use-threshold")
        self.use_button.setToolTip("Flag from the suggested threshold on; nothing runs again")
        self.example_button = named(QPushButton("Show an example", result), "injection-example")
        self.example_button.setToolTip("Open the curve with one signal of the selected cell in it")
        self.copy_button = named(QPushButton("Copy as table", result), "injection-copy")
        self.copy_button.setToolTip("Put the map on the clipboard for a spreadsheet")
        buttons = Flow(4, 4)
        for button in (self.use_button, self.example_button, self.copy_button):
            buttons.add(button)
        column = QVBoxLayout(result)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(6)
        for widget in (self.title, self.grid, self.cell_says, self.summary):
            column.addWidget(widget)
        column.addLayout(buttons)
        return result

    def _connect(self, appearance: Appearance) -> None:
        verbs = self._session.injection
        self.run_button.clicked.connect(verbs.run)
        self.cancel_button.clicked.connect(self._session.cancel)
        self.reset_button.clicked.connect(self._on_reset)
        self.use_button.clicked.connect(verbs.use_threshold)
        self.example_button.clicked.connect(verbs.show_example)
        self.copy_button.clicked.connect(verbs.copy_table)
        self.grid.chosen.connect(self._on_chosen)
        self.grid.opened.connect(self._on_opened)
        self.form.changed.connect(verbs.set_plan)
        self.form.refused.connect(self._on_refused)
        appearance.changed.connect(self.grid.set_theme)
        self._session.changed.connect(self._on_changed)

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.injection is not old.injection or new.threshold != old.threshold or new.curve is not old.curve:
            self._show(new)
        elif new.busy is not old.busy:
            self._show_busy(new)

    def _show(self, state: AppState) -> None:
        shown = state.injection
        self.form.show_values(shown.plan)
        found = shown.found
        self._result.setVisible(found is not None)
        self.grid.show_map(found, state.threshold, shown.cell)
        if found is not None:
            where = "" if shown.curve is state.curve or shown.curve is None else f" in {shown.curve.source.object_name}"
            what = found.plan.kind.value
            self.title.setText(f"{len(found.tries):,} {what}{where}, looked for by {found.detector}")
            self.summary.setText("\n".join([_lines(state), *summary_of(found, state.threshold)]))
            self.use_button.setText(
                f"Use threshold {found.suggested:g} σ" if isfinite(found.suggested) else "No threshold"
            )
            self.use_button.setEnabled(isfinite(found.suggested) and found.suggested != state.threshold)
            self.cell_says.setText(self._about(shown.cell))
        self._show_busy(state)

    def _about(self, cell: Cell | None) -> str:
        if cell is None:
            return "Click a cell to read what was found in it."
        return self.grid.tip_of(cell).replace("\n", " · ")

    def _show_busy(self, state: AppState) -> None:
        busy, shown = state.busy, state.injection
        injecting = busy is not None and busy.what == "inject"
        self.run_button.setEnabled(state.curve is not None and busy is None)
        self.cancel_button.setEnabled(injecting)
        self.example_button.setEnabled(shown.cell is not None and busy is None)
        self.bar.setVisible(injecting)
        self.says.setVisible(injecting or shown.found is None)
        if busy is None or not injecting:
            self.says.setText("" if shown.found else _invitation(state))
            return
        self.bar.setValue(0 if isnan(busy.done) else round(1000 * busy.done))
        left = "" if isnan(busy.remaining_s) else f", {waiting(busy.remaining_s)}"
        self.says.setText(f"{busy.text}{left}")

    def _on_reset(self) -> None:
        self._session.injection.set_plan(InjectionPlan())

    def _on_chosen(self, row: int, column: int) -> None:
        self._session.injection.select_cell((row, column))

    def _on_opened(self, row: int, column: int) -> None:
        self._session.injection.select_cell((row, column))
        self._session.injection.show_example()

    def _on_refused(self, why: str) -> None:
        self._session.notify("warning", why)


def _invitation(state: AppState) -> str:
    if state.curve is None:
        return "Open a light curve to inject signals into it."
    return "Signals of known truth are put into the curve shown, and the chosen detector looks for them."


def _lines(state: AppState) -> str:
    """From where on half and nine tenths are found, over all columns."""
    found = state.injection.found
    assert found is not None
    said = []
    for share in (0.5, 0.9):
        values = sorted(found.strength_at(share, state.threshold))
        ends = list(dict.fromkeys(crossing_text(value, found.grid) for value in (values[0], values[-1])))
        said.append(f"{100 * share:.0f} % from {' to '.join(ends)}")
    return f"Found: {', '.join(said)}."
