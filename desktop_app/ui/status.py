"""The status bar: cursor, rows, cache, progress."""

from math import isnan

from PySide6.QtWidgets import QLabel, QMainWindow, QProgressBar

from desktop_app.core.telemetry import Telemetry
from desktop_app.ui.named import named
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import tabular
from desktop_app.ui.words import counted, waiting


class Status:
    """The labels of the status bar, left to right."""

    def __init__(self, window: QMainWindow) -> None:
        bar = window.statusBar()
        bar.setSizeGripEnabled(False)
        self.cursor, self.rows, self.cache, self.job = (
            named(QLabel(bar), f"status-{name}") for name in ("cursor", "rows", "cache", "job")
        )
        self.bar = named(QProgressBar(bar, textVisible=False), "status-progress", label="Progress")
        self.bar.setFixedWidth(120)
        self.bar.hide()
        self.cursor.setFont(tabular(self.cursor.font()))
        bar.addWidget(self.cursor, 1)
        for widget in (self.job, self.bar, self.cache, self.rows):
            bar.addPermanentWidget(widget)

    def show_cursor(self, text: str) -> None:
        """Time and flux under the cursor."""
        self.cursor.setText(text)

    def show_state(self, state: AppState) -> None:
        """Rows, cache and progress."""
        hidden = f", {state.picture.hidden:,} hidden" if state.picture else ""
        rows = state.curve if state.curve is not None else state.data if isinstance(state.data, Telemetry) else None
        self.rows.setText(f"{counted(len(rows), 'row')}{hidden}" if rows is not None else "")
        self.cache.setText(_cache(state))
        busy = state.busy
        self.bar.setVisible(busy is not None)
        if busy is None:
            self.job.clear()
            return
        left = "" if isnan(busy.remaining_s) else f", {waiting(busy.remaining_s)}"
        self.job.setText(f"{busy.text}{left}")
        known = not isnan(busy.done)
        self.bar.setRange(0, 1000 if known else 0)
        self.bar.setValue(round(1000 * busy.done) if known else 0)


def _cache(state: AppState) -> str:
    if state.detection is None:
        return ""
    return "from the cache" if state.detection.cached else "scored just now"
