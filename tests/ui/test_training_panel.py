"""The training panel: a small network learns channels of a small archive, is stopped, goes on, and is put to use."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from desktop_app.ui.panels.training import TrainingPanel
from desktop_app.ui.session import Session
from desktop_app.ui.training.training_state import Course, with_epoch
from desktop_app.ui.training.training_verbs import usual_folder
from desktop_app.ui.window import MainWindow

SMALL = {"window": 16, "hidden": 4, "stride": 4, "epochs": 2}


def waves(path: Path, names: tuple[str, ...] = ("P-1", "P-2"), n: int = 400) -> Path:
    """Channels with training stretches, short enough to be learnt in a moment."""
    rng = np.random.default_rng(0)
    found = {}
    for name in names:
        for stretch in ("train", "test"):
            found[f"{name}.{stretch}.value"] = np.sin(np.arange(n) / 9) + 0.05 * rng.standard_normal(n)
            found[f"{name}.{stretch}.commands"] = np.zeros((n, 24), np.uint8)
    np.savez_compressed(path, allow_pickle=False, **found)
    return path


@pytest.fixture
def ready(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """The panel shown with two channels to learn from, and settings for a tiny network."""
    window.session.open([waves(tmp_path / "waves.npz")])
    qtbot.waitUntil(lambda: window.session.state.data is not None and window.session.state.busy is None, timeout=60_000)
    window.actions_by_name["train"].trigger()
    qtbot.waitUntil(lambda: window.session.state.training.spec is not None, timeout=60_000)
    settings = window.session.state.training.settings
    assert settings is not None
    small = {name: value for name, value in SMALL.items() if name in type(settings).model_fields}
    window.session.training.set_settings(settings.model_copy(update=small))
    return window


def click(panel: TrainingPanel, name: str) -> None:
    button = panel.findChild(QPushButton, f"training-{name}")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def done(session: Session) -> Callable[[], bool]:
    return lambda: session.state.training.running is None


def test_that_a_channel_is_learnt_and_its_weights_are_put_to_use(ready: MainWindow, qtbot: QtBot) -> None:
    panel, session = ready.training_panel, ready.session
    assert panel.scope.currentText() == "Only P-1"
    click(panel, "start")
    assert session.state.training.running is not None
    assert not panel.start_button.isEnabled()
    qtbot.waitUntil(done(session), timeout=60_000)
    training = session.state.training
    assert training.problem == ""
    (course,) = training.courses
    assert (course.channel, [epoch.epoch for epoch in course.epochs]) == ("P-1", [1, 2])
    assert training.made is not None
    assert (training.made[0] / "card.json").is_file()
    assert "1 channel learnt" in panel.progress.result.text()
    assert panel.progress.table.rowCount() == 1
    assert "epoch 2 of 2" in panel.progress.log.toPlainText()
    click(panel, "use")
    out = str(training.made[0])
    qtbot.waitUntil(lambda: getattr(session.state.settings, "weights", "") == out, timeout=30_000)
    assert session.state.spec is not None
    assert session.state.spec.name == "lstm_autoencoder"


def test_that_a_training_that_is_stopped_goes_on_while_other_files_are_opened(
    ready: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    panel, session = ready.training_panel, ready.session
    settings = session.state.training.settings
    assert settings is not None
    session.training.set_settings(settings.model_copy(update={"epochs": 400, "patience": 400}))
    click(panel, "start")
    qtbot.waitUntil(lambda: bool(session.state.training.courses), timeout=60_000)
    ready.docks["training"].close()
    other = waves(tmp_path / "other.npz", ("A-1", "A-2"))
    session.open([other])
    qtbot.waitUntil(lambda: session.state.path == other and session.state.busy is None, timeout=60_000)
    assert session.state.training.running is not None
    session.training.cancel()
    qtbot.waitUntil(done(session), timeout=60_000)
    assert "Resume goes on from there" in session.state.training.lines[-1]
    assert session.state.training.made is None
    session.open([tmp_path / "waves.npz"])
    qtbot.waitUntil(lambda: session.state.training.unfinished, timeout=60_000)
    ready.actions_by_name["train"].trigger()
    assert panel.start_button.text() == "Resume"
    first = session.state.training.courses[0].epochs[-1].epoch
    click(panel, "start")
    qtbot.waitUntil(lambda: session.state.training.courses[0].epochs[-1].epoch > first, timeout=60_000)
    assert [epoch.epoch for epoch in session.state.training.courses[0].epochs][:first] == list(range(1, first + 1))
    # The window is closed in the midst of it by the fixture; no thread may be left.


def test_that_ticked_channels_are_learnt_into_a_folder_of_ones_own(
    ready: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    panel, session = ready.training_panel, ready.session
    scope, out = panel.findChild(QComboBox, "training-scope"), panel.findChild(QLineEdit, "training-out")
    assert scope is not None
    assert out is not None
    scope.setCurrentIndex(2)
    scope.activated.emit(2)
    click(panel, "start")
    assert session.state.training.problem == "No channel is ticked."
    panel.ticks.search.setText("P-2")
    QTest.mouseClick(panel.ticks.every, Qt.MouseButton.LeftButton)
    assert session.state.training.ticked == ("P-2",)
    out.setText(str(tmp_path / "own"))
    out.editingFinished.emit()
    click(panel, "start")
    qtbot.waitUntil(done(session), timeout=60_000)
    assert [course.channel for course in session.state.training.courses] == ["P-2"]
    assert (tmp_path / "own" / "card.json").is_file()


def test_that_what_cannot_be_trained_is_told_in_a_sentence(ready: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    panel, session = ready.training_panel, ready.session
    blocked = tmp_path / "file"
    blocked.write_text("")
    session.training.set_out(blocked)
    click(panel, "start")
    qtbot.waitUntil(done(session), timeout=60_000)
    assert "is a file, not a folder" in session.state.training.problem
    assert "is a file, not a folder" in panel.says.text()
    assert panel.start_button.isEnabled()


def test_that_without_telemetry_the_panel_says_what_to_do(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    window.actions_by_name["train"].trigger()
    window.session.open([star])
    qtbot.waitUntil(lambda: window.session.state.data is not None, timeout=60_000)
    panel = window.training_panel
    assert not panel.start_button.isEnabled()
    assert panel.says.text() == "Open telemetry to train a network on its channels."
    assert panel.findChild(QSpinBox, "training-jobs") is not None


def test_that_a_channel_that_begins_anew_counts_from_one_again() -> None:
    from desktop_app.engine.train import Epoch

    def epoch(channel: str, number: int) -> Epoch:
        return Epoch(channel, number, 9, 1.0 / number, 2.0 / number, 1e-3, 0.1)

    courses: tuple[Course, ...] = ()
    for channel, number in (("A", 1), ("A", 2), ("B", 1), ("A", 3), ("B", 1)):
        courses = with_epoch(courses, epoch(channel, number))
    assert [(one.channel, [turn.epoch for turn in one.epochs]) for one in courses] == [("A", [1, 2, 3]), ("B", [1])]
    assert courses[0].best.epoch == 3


def test_that_weights_go_to_a_folder_that_names_data_and_model() -> None:
    assert usual_folder(Path("/data/msl.npz"), "lstm_forecaster").name == "msl-lstm_forecaster"
