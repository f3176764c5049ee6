"""The bar over a replay: start, pause, step, stop, speed, channel, a fault to inject, and where it is."""

from math import inf

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSlider, QToolButton, QVBoxLayout, QWidget

from desktop_app.core.channels.faults import FAULTS
from desktop_app.engine.pace import SPEEDS
from desktop_app.ui.flow import Flow
from desktop_app.ui.named import named
from desktop_app.ui.replay.replay_state import ReplayState
from desktop_app.ui.replay.replay_verbs import ReplayVerbs
from desktop_app.ui.theme import Theme, line_icon, tabular
from desktop_app.ui.words import counted

_MARKS = {"STANDBY": "○", "NOMINAL": "●", "WATCH": "▲", "ALARM": "■"}
_LEVEL_TIPS = {
    "STANDBY": "Nothing to judge by: no data, or the first values are still learnt from",
    "NOMINAL": "No sample of late is beyond the limit",
    "WATCH": "Something is beyond the limit, not yet enough for an alarm",
    "ALARM": "An alarm stands",
}


class ReplayBar(QWidget):
    """Everything in one or two lines, as wide as there is room."""

    def __init__(self, verbs: ReplayVerbs, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verbs, self._theme, self._state = verbs, theme, ReplayState()
        self._make_buttons()
        self._make_choosers()
        self.status = named(QLabel(self), "replay-status", label="Status")
        self.count = named(QLabel(self), "replay-count", label="Alarms", role="muted")
        self.slider = named(
            QSlider(Qt.Orientation.Horizontal, self),
            "replay-progress",
            label="Where the replay is",
            tip="Drag to begin again at another row; earlier rows come in at once",
        )
        self.where = named(QLabel(self), "replay-where", label="Row", role="muted")
        self.where.setFont(tabular(self.where.font()))
        self._lay_out()
        self._connect()
        self.set_theme(theme)

    def show_replay(self, state: ReplayState, *, ready: bool) -> None:
        """Follow the replay; ``ready`` says whether there is telemetry to replay."""
        old, self._state = self._state, state
        going = state.status in ("running", "paused")
        self.toggle_button.setText("Pause" if state.status == "running" else "Go on" if going else "Start")
        if (old.status == "running") != (state.status == "running"):
            self._paint_toggle()
        # A button that is disabled loses the focus, and Space would no longer pause.
        self.toggle_button.setEnabled(ready)
        self.step_button.setEnabled(ready and state.status != "preparing")
        self.stop_button.setEnabled(going or state.status == "preparing")
        self.restart_button.setEnabled(ready and state.data is not None)
        self.acknowledge_button.setEnabled(going and any(one.stands and not one.acknowledged for one in state.alarms))
        self.inject_button.setEnabled(going)
        self.slider.setEnabled(ready)
        with QSignalBlocker(self.speed):
            self.speed.setCurrentIndex(self.speed.findData(state.speed))
        self._show_channels(state)
        self._show_level(state)
        self._show_place(state)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self._paint_toggle()
        for button, icon in ((self.step_button, "next"), (self.stop_button, "cancel"), (self.restart_button, "reset")):
            button.setIcon(line_icon(icon, theme))
        self._show_level(self._state)

    def _make_buttons(self) -> None:
        tip = "Let the rows come in one after the other, as if they were live"
        self.toggle_button = named(QPushButton("Start", self), "replay-toggle", tip=tip, role="primary")
        self.step_button = named(QToolButton(self), "replay-step", label="Step", tip="Let one row come in")
        self.stop_button = named(QToolButton(self), "replay-stop", label="Stop", tip="End the replay; its log stays")
        self.restart_button = named(
            QToolButton(self), "replay-restart", label="Restart", tip="From the first row again"
        )
        self.acknowledge_button = named(
            QPushButton("Acknowledge", self), "replay-acknowledge", tip="The alarms that stand were seen"
        )
        self.inject_button = named(
            QPushButton("Inject fault", self),
            "replay-inject",
            tip="Change the next values of this channel as a fault would; the detector is not told, all others are",
        )

    def _make_choosers(self) -> None:
        self.speed = named(
            QComboBox(self),
            "replay-speed",
            label="Speed",
            tip="Times the clock of the data; samples a second where they have none",
        )
        for speed in (*SPEEDS, inf):
            self.speed.addItem("max" if speed == inf else f"{speed:g}×", speed)
        self.channel = named(QComboBox(self), "replay-channel", label="Channel", tip="Which channel is drawn")
        self.channel.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.fault = named(QComboBox(self), "replay-fault", label="Fault", tip="What the button injects")
        for kind in FAULTS.values():
            self.fault.addItem(kind.name)
            self.fault.setItemData(self.fault.count() - 1, kind.help, Qt.ItemDataRole.ToolTipRole)

    def _lay_out(self) -> None:
        flow = Flow(6, 4)
        for button in (self.toggle_button, self.step_button, self.stop_button, self.restart_button):
            flow.add(button)
        flow.add_named(self.speed)
        flow.add_named(self.channel)
        flow.add(self.inject_button)
        flow.add(self.fault)
        flow.add(self.acknowledge_button)
        flow.add(self.status)
        flow.add(self.count)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.slider, 1)
        line.addWidget(self.where)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(flow)
        column.addLayout(line)

    def _connect(self) -> None:
        verbs = self._verbs
        self.toggle_button.clicked.connect(verbs.toggle)
        self.step_button.clicked.connect(verbs.step)
        self.stop_button.clicked.connect(verbs.stop)
        self.restart_button.clicked.connect(verbs.restart)
        self.acknowledge_button.clicked.connect(verbs.acknowledge)
        self.inject_button.clicked.connect(self.inject)
        self.speed.activated.connect(self._on_speed)
        self.channel.textActivated.connect(verbs.set_channel)
        self.slider.sliderReleased.connect(self._on_dragged)
        self.slider.actionTriggered.connect(self._on_action)

    def inject(self) -> None:
        """Put the fault that is chosen into the stream."""
        self._verbs.inject(self.fault.currentText())

    def _on_speed(self, _place: int) -> None:
        self._verbs.set_speed(float(self.speed.currentData()))

    def _on_dragged(self) -> None:
        self._verbs.start(self.slider.value())

    def _on_action(self, action: int) -> None:
        """Keys and clicks beside the handle jump; a drag does when it ends."""
        if action != QSlider.SliderAction.SliderMove.value:
            self._verbs.start(self.slider.sliderPosition())

    def _paint_toggle(self) -> None:
        self.toggle_button.setIcon(line_icon("pause" if self._state.status == "running" else "run", self._theme))

    def _show_channels(self, state: ReplayState) -> None:
        with QSignalBlocker(self.channel):
            if [self.channel.itemText(place) for place in range(self.channel.count())] != list(state.channels):
                self.channel.clear()
                self.channel.addItems(list(state.channels))
            self.channel.setCurrentIndex(state.place)
        self.channel.setEnabled(len(state.channels) > 1)

    def _show_level(self, state: ReplayState) -> None:
        theme, level = self._theme, state.level
        colours = {"STANDBY": theme.muted, "NOMINAL": theme.model, "WATCH": theme.warning, "ALARM": theme.error}
        text = f'<span style="color:{colours[level]}">{_MARKS[level]} <b>{level}</b></span>'
        if text != self.status.text():
            self.status.setText(text)
            self.status.setToolTip(_LEVEL_TIPS[level])
        standing = sum(alarm.stands for alarm in state.alarms)
        told = counted(len(state.alarms), "alarm") + (f", {standing} standing" if standing else "")
        self.count.setText(told if state.data is not None else "")

    def _show_place(self, state: ReplayState) -> None:
        n = len(state.data) if state.data is not None else 0
        self.slider.setRange(0, max(1, n - 1))
        if not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(state.row)
        self.where.setText(f"{state.row:,} of {counted(n, 'row')}" if n else "")
