"""The replay panel: through its buttons, keys and choosers, looked at in the state and in what is drawn."""

import csv
from math import inf
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.ui.panels.replay import ReplayPanel
from desktop_app.ui.replay.replay_state import ROLLING, ReplayState
from desktop_app.ui.theme import DARK, LIGHT
from desktop_app.ui.window import MainWindow
from tests.ui.conftest import open_and_wait

ROWS, SHIFT = 1300, 1050
WAIT_MS = 60_000


def press(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def state_of(window: MainWindow) -> ReplayState:
    return window.session.state.replay


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A voltage and a current every second, the voltage with a level that shifts."""
    rng = np.random.default_rng(4)
    volts = 28 + np.sin(np.arange(ROWS) / 9) + 0.05 * rng.standard_normal(ROWS)
    volts[SHIFT : SHIFT + 60] += 4
    amps = 2 + np.cos(np.arange(ROWS) / 9) + 0.05 * rng.standard_normal(ROWS)
    path = tmp_path / "power.csv"
    lines = [f"{1_700_000_000 + row},{volts[row]:.4f},{amps[row]:.4f}" for row in range(ROWS)]
    path.write_text("\n".join(["unix_time,bus_V,bus_A", *lines]) + "\n")
    return path


@pytest.fixture
def panel(window: MainWindow, recording: Path, qtbot: QtBot) -> ReplayPanel:
    """The panel, shown by its key, with the recording open."""
    open_and_wait(window, recording, qtbot)
    assert not window.docks["replay"].isVisible()
    QTest.keySequence(window, "Ctrl+Alt+L")
    assert window.replay_panel.isVisible()
    assert window.replay_panel.bar.toggle_button.hasFocus()
    return window.replay_panel


def choose_speed(panel: ReplayPanel, text: str) -> None:
    place = panel.bar.speed.findText(text)
    panel.bar.speed.setCurrentIndex(place)
    panel.bar.speed.activated.emit(place)


def at_end(window: MainWindow, panel: ReplayPanel, qtbot: QtBot) -> None:
    choose_speed(panel, "max")
    press(panel.bar.toggle_button)
    qtbot.waitUntil(lambda: state_of(window).status == "ended", timeout=WAIT_MS)


def held_at(window: MainWindow, panel: ReplayPanel, qtbot: QtBot, row: int) -> None:
    window.session.replay.set_speed(1.0)
    window.session.replay.start(row, held=True)
    qtbot.waitUntil(lambda: state_of(window).row == row + 1, timeout=WAIT_MS)
    assert state_of(window).status == "paused"


def test_that_nothing_can_be_replayed_without_telemetry(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    open_and_wait(window, star, qtbot)
    window.docks["replay"].show()
    bar = window.replay_panel.bar
    assert not bar.toggle_button.isEnabled()
    assert not bar.inject_button.isEnabled()
    assert not window.actions_by_name["replay_toggle"].isEnabled()
    assert "Open telemetry" in window.replay_panel.says.text()


def test_that_a_replay_to_the_end_has_its_alarms_in_the_log(
    window: MainWindow, panel: ReplayPanel, qtbot: QtBot
) -> None:
    at_end(window, panel, qtbot)
    state = state_of(window)
    assert state.speed == inf
    assert state.row == ROWS
    assert state.rolling.values.shape == (ROLLING, 2)
    (alarm,) = state.alarms
    assert SHIFT <= alarm.raised <= SHIFT + 10
    assert [record["what"] for record in state.records] == ["raised", "cleared"]
    assert panel.model.rowCount() == 2
    assert panel.filter.index(1, 0).data() == "raised"
    assert "1 alarm" in panel.bar.count.text()
    assert len(panel.plot.bands.bands) == 1
    assert panel.tiles.tiles["Latency"].text().endswith("µs")
    assert panel.bar.toggle_button.text() == "Start"
    for name, theme in (("light", LIGHT), ("dark", DARK)):
        window.actions_by_name[f"theme_{name}"].trigger()
        picture = panel.grab().toImage()
        assert picture.pixelColor(2, picture.height() - 2).name() == theme.panel
    panel.bar.channel.setCurrentText("bus_A")
    panel.bar.channel.textActivated.emit("bus_A")
    assert state_of(window).channel == "bus_A"
    assert panel.tiles.tiles["Most"].text().startswith("3.")
    assert not panel.plot.bands.bands


def test_that_pause_holds_and_step_takes_one_row(window: MainWindow, panel: ReplayPanel, qtbot: QtBot) -> None:
    choose_speed(panel, "200×")
    press(panel.bar.toggle_button)
    qtbot.waitUntil(lambda: state_of(window).row > 10, timeout=WAIT_MS)
    assert panel.bar.toggle_button.text() == "Pause"
    press(panel.bar.toggle_button)
    qtbot.waitUntil(lambda: not window.session.replay.at_work, timeout=WAIT_MS)
    row = state_of(window).row
    assert state_of(window).status == "paused"
    press(panel.bar.step_button)
    qtbot.waitUntil(lambda: state_of(window).row == row + 1, timeout=WAIT_MS)
    press(panel.bar.toggle_button)
    qtbot.waitUntil(lambda: state_of(window).row > row + 1, timeout=WAIT_MS)
    press(panel.bar.stop_button)
    qtbot.waitUntil(lambda: state_of(window).status == "ended", timeout=WAIT_MS)
    press(panel.bar.restart_button)
    qtbot.waitUntil(lambda: state_of(window).status == "running" and state_of(window).row < row, timeout=WAIT_MS)


def test_that_the_keys_start_pause_and_change_the_speed(window: MainWindow, panel: ReplayPanel, qtbot: QtBot) -> None:
    QTest.keySequence(window, "Ctrl+Space")
    qtbot.waitUntil(lambda: state_of(window).status == "running", timeout=WAIT_MS)
    QTest.keySequence(window, "Ctrl+Space")
    assert state_of(window).status == "paused"
    QTest.keySequence(window, "Ctrl+Alt+Up")
    assert state_of(window).speed == 50.0
    assert panel.bar.speed.currentText() == "50×"
    QTest.keySequence(window, "Ctrl+Alt+Down")
    QTest.keySequence(window, "Ctrl+Alt+Down")
    assert state_of(window).speed == 10.0


def test_that_a_fault_is_injected_and_told_everywhere(window: MainWindow, panel: ReplayPanel, qtbot: QtBot) -> None:
    held_at(window, panel, qtbot, 620)
    panel.bar.fault.setCurrentText("dropout")
    press(panel.bar.inject_button)
    qtbot.waitUntil(lambda: bool(state_of(window).injections), timeout=WAIT_MS)
    assert "injected dropout" in state_of(window).injections[0]
    assert panel.warning.isVisible()
    assert "Not as observed" in panel.warning.text()
    press(panel.bar.step_button)
    qtbot.waitUntil(lambda: any(band.at_foot for band in panel.plot.bands.bands), timeout=WAIT_MS)
    at_end(window, panel, qtbot)
    state = state_of(window)
    assert [alarm.injected for alarm in state.alarms] == [True, False]
    panel.shown.setCurrentText("injected")
    assert [panel.filter.index(row, 6).data() for row in range(panel.filter.rowCount())] == ["injected"] * 2


def test_that_alarms_are_acknowledged(window: MainWindow, panel: ReplayPanel, qtbot: QtBot) -> None:
    held_at(window, panel, qtbot, SHIFT + 30)
    assert state_of(window).level == "ALARM"
    assert "ALARM" in panel.bar.status.text()
    press(panel.bar.acknowledge_button)
    qtbot.waitUntil(lambda: bool(state_of(window).records), timeout=WAIT_MS)
    assert state_of(window).records[0]["what"] == "acknowledged"
    assert not panel.bar.acknowledge_button.isEnabled()


def test_that_other_rules_hold_from_the_next_row_on(window: MainWindow, panel: ReplayPanel, qtbot: QtBot) -> None:
    panel.tabs.setCurrentIndex(1)
    editor = panel.form.editors["clear_after"]
    assert isinstance(editor, QSpinBox)
    editor.setValue(7)
    assert state_of(window).rules.clear_after == 7
    at_end(window, panel, qtbot)
    assert "7 samples in a row" in str(state_of(window).records[-1]["reason"])


def test_that_the_slider_begins_at_another_row(window: MainWindow, panel: ReplayPanel, qtbot: QtBot) -> None:
    choose_speed(panel, "1×")
    panel.bar.slider.setRange(0, ROWS - 1)
    panel.bar.slider.setSliderDown(True)
    panel.bar.slider.setSliderPosition(700)
    panel.bar.slider.setSliderDown(False)
    qtbot.waitUntil(lambda: state_of(window).status == "running", timeout=WAIT_MS)
    assert state_of(window).first == 700
    assert state_of(window).row >= 700


def test_that_the_log_is_filtered_and_exported(
    window: MainWindow, panel: ReplayPanel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_end(window, panel, qtbot)
    QTest.keyClicks(panel.words, "bus_v raised")
    assert panel.filter.rowCount() == 1
    panel.words.clear()
    panel.shown.setCurrentText("cleared")
    assert panel.filter.rowCount() == 1
    for name, kind in (("alarms", "CSV table (*.csv)"), ("alarms.txt", "Text (*.txt)")):
        chosen = str(tmp_path / name)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, chosen=chosen, kind=kind: (chosen, kind))
        press(panel.export_button)
    with (tmp_path / "alarms.csv").open(newline="") as file:
        assert [line["what"] for line in csv.DictReader(file)] == ["raised", "cleared"]
    assert "bus_V  alarm 1 raised" in (tmp_path / "alarms.txt").read_text()


def test_that_opening_another_file_ends_the_replay(
    window: MainWindow, panel: ReplayPanel, star: Path, qtbot: QtBot
) -> None:
    press(panel.bar.toggle_button)
    qtbot.waitUntil(lambda: state_of(window).status == "running", timeout=WAIT_MS)
    open_and_wait(window, star, qtbot)
    assert state_of(window).status == "idle"
    assert state_of(window).data is None


def test_that_closing_the_window_while_it_runs_leaves_nothing(
    window: MainWindow, panel: ReplayPanel, qtbot: QtBot
) -> None:
    press(panel.bar.toggle_button)
    qtbot.waitUntil(lambda: state_of(window).status == "running", timeout=WAIT_MS)
    window.close()
    assert not window.session.replay.at_work
