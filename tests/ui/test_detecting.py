"""Run, cancel, threshold, cache: through the buttons, looked at in the state."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.core.progress import Report
from desktop_app.ui import work
from desktop_app.ui.picture import squeezed
from desktop_app.ui.window import MainWindow
from tests.ui.conftest import open_and_wait, shown
from tests.ui.stars import DIP_ROW, FLARE_ROW, write_star


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A detector that goes on until it is cancelled."""

    def run_detector(
        _data: object, _name: str, _settings: object, _threshold: float, report: Report, **_: object
    ) -> object:
        started = monotonic()
        while monotonic() - started < 60:
            report(0.4, "Scoring")
            QTest.qSleep(5)
        raise AssertionError("nobody cancelled")

    monkeypatch.setattr(work, "run_detector", run_detector)


def test_that_the_run_button_finds_the_flare_and_the_dip(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    open_and_wait(window, star, qtbot)
    button = window.findChild(QPushButton, "detector-run")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.state.detection is not None, timeout=60_000)
    kinds = {event.kind for event in window.session.state.events}
    rows = [range(event.start, event.stop) for event in window.session.state.events]
    assert "flare" in kinds
    assert kinds & {"dip", "transit", "eclipse"}
    assert any(FLARE_ROW in stretch for stretch in rows)
    assert any(DIP_ROW in stretch for stretch in rows)


def test_that_the_second_run_says_it_came_from_the_cache(detected: MainWindow, qtbot: QtBot) -> None:
    first = detected.session.state.detection
    QTest.keySequence(detected, "Ctrl+R")
    qtbot.waitUntil(lambda: detected.session.state.detection is not first, timeout=60_000)
    qtbot.waitUntil(lambda: detected.session.state.busy is None)
    assert detected.session.state.detection is not None
    assert detected.session.state.detection.cached
    label = detected.findChild(QLabel, "status-cache")
    assert label is not None
    assert label.text() == "from the cache"


def test_that_escape_cancels_and_leaves_everything_as_before(
    window: MainWindow, star: Path, qtbot: QtBot, endless: None
) -> None:
    open_and_wait(window, star, qtbot)
    before = window.session.state
    window.session.run()
    qtbot.waitUntil(lambda: window.session.state.busy is not None and window.session.state.busy.done > 0)
    started = monotonic()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.session.state.busy is None
    assert monotonic() - started < 0.5
    assert window.session.state.curve is before.data
    assert window.session.state.detection is None
    assert window.actions_by_name["run"].isEnabled()


def test_that_a_window_closed_during_a_run_is_gone_within_two_seconds(
    window: MainWindow, star: Path, qtbot: QtBot, endless: None
) -> None:
    open_and_wait(window, star, qtbot)
    window.session.run()
    qtbot.waitUntil(lambda: window.session.state.busy is not None and window.session.state.busy.done > 0)
    started = monotonic()
    window.close()
    assert monotonic() - started < 2.0


def test_that_the_scores_of_a_file_left_behind_are_dropped(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, endless: None
) -> None:
    first, second = write_star(tmp_path / "a.csv"), write_star(tmp_path / "b.csv", seed=1)
    open_and_wait(window, first, qtbot)
    window.session.run()
    open_and_wait(window, second, qtbot)
    qtbot.waitUntil(lambda: window.session.state.busy is None)
    assert window.session.state.detection is None
    assert shown(window) == second


def test_that_dragging_the_dashed_line_flags_anew_without_a_run(detected: MainWindow, qtbot: QtBot) -> None:
    scores = detected.session.state.scores
    before = detected.session.state.threshold
    plots = detected.curve.plots
    view = plots.viewport()

    def point(sigma: float) -> QPoint:
        middle = sum(plots.time_range) / 2
        scene = plots.score_box.mapViewToScene(QPointF(middle, float(squeezed(sigma))))
        return plots.mapFromScene(scene)

    start, stop = point(before), point(25.0)
    QTest.mouseMove(view, start)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for share in np.linspace(0, 1, 12):
        QTest.mouseMove(view, start + (stop - start) * float(share))
        qtbot.wait(15)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=stop)
    state = detected.session.state
    assert state.threshold == pytest.approx(25.0, rel=0.15)
    assert state.scores is scores
    assert all(event.score >= state.threshold for event in state.events)
    assert state.table is not None
    assert set(state.table["threshold"].tolist()) <= {state.threshold}


def test_that_the_threshold_number_and_the_keys_move_the_same_threshold(detected: MainWindow) -> None:
    box = detected.findChild(QDoubleSpinBox, "detector-threshold")
    assert box is not None
    box.setValue(9.0)
    assert detected.session.state.threshold == 9.0
    detected.actions_by_name["threshold_up"].trigger()
    assert detected.session.state.threshold == 9.5
    assert box.value() == 9.5
    assert float(detected.curve.plots.threshold_line.value()) == pytest.approx(float(squeezed(9.5)))


def test_that_a_moved_threshold_can_be_taken_back(detected: MainWindow) -> None:
    before, events = detected.session.state.threshold, len(detected.session.state.events)
    detected.session.set_threshold(500.0)
    assert len(detected.session.state.events) == 0
    QTest.keySequence(detected, "Ctrl+Z")
    assert detected.session.state.threshold == before
    assert len(detected.session.state.events) == events


def test_that_run_on_open_detects_a_file_as_it_is_shown(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    window.actions_by_name["run_on_open"].trigger()
    window.session.open([star])
    qtbot.waitUntil(lambda: window.session.state.detection is not None, timeout=60_000)


def test_that_files_opened_to_be_detected_are_so_one_by_one(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    paths = [write_star(tmp_path / f"{name}.csv", seed=seed) for seed, name in enumerate("ab")]
    window.session.open(paths, detect=True)
    qtbot.waitUntil(lambda: window.session.state.detection is not None, timeout=60_000)
    assert shown(window) == paths[0]
    window.actions_by_name["next_file"].trigger()
    qtbot.waitUntil(lambda: shown(window) == paths[1] and window.session.state.detection is not None, timeout=60_000)


def test_that_the_form_changes_what_the_detector_runs_with(window: MainWindow) -> None:
    spec = window.session.state.spec
    assert spec is not None
    box = window.findChild(QDoubleSpinBox, "setting-window_d")
    assert box is not None
    box.setValue(3.0)
    assert window.session.state.settings == spec.params.checked({"window_d": 3.0})
    reset = window.findChild(QPushButton, "detector-defaults")
    assert reset is not None
    reset.click()
    assert window.session.state.settings == spec.params()
    assert box.value() == spec.params().model_dump()["window_d"]


def test_that_a_setting_of_zero_says_what_it_stands_for(window: MainWindow) -> None:
    shown = [editor.text() for editor in window.docks["detector"].findChildren(QDoubleSpinBox)]
    assert "automatic" in shown
    assert "one cadence" in shown


def test_that_another_preset_is_detected_anew_where_there_were_events(
    detected: MainWindow, qtbot: QtBot, new_window: Callable[[], MainWindow]
) -> None:
    data = detected.session.state.curve
    detected.session.set_preset("none")
    qtbot.waitUntil(lambda: detected.session.state.detection is not None and detected.session.state.curve is not data)
    assert detected.session.state.curve is not None
    assert detected.session.state.curve.preset == "none"
