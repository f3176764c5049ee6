"""The replay panel: telemetry as if it came in live, its state, and the log of its alarms."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.channels.alarms import AlarmParams
from desktop_app.core.telemetry import Telemetry
from desktop_app.ui.named import named
from desktop_app.ui.params_form import ParamsForm
from desktop_app.ui.replay.alarm_model import SHOWN, AlarmFilter, AlarmModel
from desktop_app.ui.replay.replay_bar import ReplayBar
from desktop_app.ui.replay.replay_plot import ReplayPlot
from desktop_app.ui.replay.replay_state import ReplayState
from desktop_app.ui.replay.replay_tiles import ReplayTiles
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance, Theme

MINIMUM_PX = 320
_DATE_PX = 136
_NO_DATA = "Open telemetry to replay it as if it came in live."
_NOT_YET = (
    "Press Start: the rows come in one after the other, and each is judged by earlier ones alone. "
    "That is less sure than a look at the whole file, which the Detector panel does."
)


class ReplayPanel(QWidget):
    """The bar on top; the plot to the left; numbers, the alarm log and the rules to the right."""

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "replay").setMinimumWidth(MINIMUM_PX)
        self._session = session
        self.bar = ReplayBar(session.replay, appearance.theme, self)
        self.plot = ReplayPlot(appearance.theme)
        self.says = named(QLabel(self, wordWrap=True), "replay-says", role="muted")
        self.says.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.warning = named(QLabel(self, wordWrap=True), "replay-warning", label="What to know about this stream")
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.says)
        self._stack.addWidget(self.plot)
        self.tiles = ReplayTiles(self)
        self.model = AlarmModel(appearance.theme, self)
        self.filter = AlarmFilter(self)
        self.filter.setSourceModel(self.model)
        halves = QSplitter(Qt.Orientation.Horizontal, self)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self._stack)
        halves.addWidget(self._side())
        halves.setSizes([640, 460])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.bar)
        layout.addWidget(self.warning)
        layout.addWidget(halves, 1)
        appearance.changed.connect(self._on_theme)
        session.changed.connect(self._on_changed)
        self._show(session.state)

    def focus_start(self) -> None:
        """Put the focus where the replay starts."""
        self.bar.toggle_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _side(self) -> QWidget:
        side = QWidget(self)
        self.tabs = named(QTabWidget(side, documentMode=True), "replay-tabs")
        self.tabs.addTab(self._log(), "Alarms")
        self.form = ParamsForm(AlarmParams)
        self.form.changed.connect(self._session.replay.set_rules)
        scroll = QScrollArea(self.tabs, widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.form.setContentsMargins(4, 8, 8, 4)
        scroll.setWidget(self.form)
        self.tabs.addTab(scroll, "Rules")
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.tiles)
        column.addWidget(self.tabs, 1)
        return side

    def _log(self) -> QWidget:
        page = QWidget(self)
        self.words = named(QLineEdit(page, placeholderText="Filter the log"), "replay-filter", label="Filter")
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(self.filter.set_words)
        self.shown = named(QComboBox(page), "replay-shown", label="Show", tip="Which lines of the log are shown")
        self.shown.addItems(list(SHOWN))
        self.shown.currentTextChanged.connect(self.filter.set_shown)
        self.export_button = named(QPushButton("Export…", page), "replay-export", tip="Write the log as text or CSV")
        self.export_button.clicked.connect(self._on_export)
        self.table = named(QTableView(page), "replay-log", label="Alarm log")
        self.table.setModel(self.filter)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setWordWrap(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(24)
        self.table.horizontalHeader().setStretchLastSection(True)
        for place, width in enumerate((76, 84, 84, 64, 52, 52, 64, 260)):
            self.table.setColumnWidth(place, width)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.words, 1)
        line.addWidget(self.shown)
        line.addWidget(self.export_button)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.table, 1)
        return page

    def _on_export(self) -> None:
        data = self._session.state.replay.data
        path = data.source.path if data is not None else None
        wanted = str((path.parent if path else Path.home()) / f"{path.stem if path else 'replay'}_alarms.csv")
        kinds = "CSV table (*.csv);;Text (*.txt)"
        name, chosen = QFileDialog.getSaveFileName(self, "Export the alarm log", wanted, kinds)
        if name:
            suffix = "" if Path(name).suffix else ".csv" if "csv" in chosen else ".txt"
            self._session.replay.export(Path(name + suffix))

    def _on_theme(self, theme: Theme) -> None:
        self.bar.set_theme(theme)
        self.plot.set_theme(theme)
        self.model.set_theme(theme)

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.replay is not old.replay or new.data is not old.data:
            self._show(new)

    def _show(self, state: AppState) -> None:
        replay = state.replay
        ready = isinstance(state.data, Telemetry) and len(state.data) > 0
        self.bar.show_replay(replay, ready=ready)
        drawn = replay.rolling.time.size > 0
        self._stack.setCurrentIndex(int(drawn))
        self.says.setText(_NO_DATA if not ready else "Learning…" if replay.status == "preparing" else _NOT_YET)
        if self.isVisible() or not drawn:
            self.plot.show_replay(replay)
        self.tiles.show_replay(replay)
        if replay.data is not None and replay.data.clock == "utc" and not self.model.rowCount():
            self.table.setColumnWidth(1, _DATE_PX)
        self.model.show_records(replay.records)
        self.export_button.setEnabled(bool(replay.records))
        self.warning.setText(_warnings(replay))
        self.warning.setVisible(bool(self.warning.text()))
        if self.form.values() != replay.rules.model_dump():
            self.form.show_values(replay.rules)


def _warnings(replay: ReplayState) -> str:
    """What nobody may overlook: that the stream was changed, that its reference does not fit, or that there is none."""
    told = []
    if replay.level == "STANDBY" and replay.status in ("running", "paused") and replay.notes:
        told.append(f"Not judged yet. {replay.notes[0]}.")
    if replay.injections:
        told.append(f"Not as observed: {'; '.join(replay.injections[-3:])}.")
    if replay.stale:
        names = ", ".join(replay.stale[:4]) + (", …" if len(replay.stale) > 4 else "")
        told.append(f"Most of what came lately in {names} is beyond the limit: the training stretch no longer fits.")
    return " ".join(told)
