"""Detection in telemetry, with real clicks and keys: the detector, scores and events on the page, and parts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QToolButton,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.core.detection import CHANNEL_EVENT_KINDS
from desktop_app.core.telemetry import Telemetry
from desktop_app.ui import detecting_verbs
from desktop_app.ui.panels.telemetry import TelemetryPage
from desktop_app.ui.telemetry.line_model import BY_STRANGENESS, EVENTS, IN_FILE, SCORE, LineModel
from desktop_app.ui.telemetry.lines import Line, lines_of_parts, subsystem_of, subsystems_of
from desktop_app.ui.telemetry.parts import PartFound, Parts
from desktop_app.ui.theme import KINDS
from desktop_app.ui.window import MainWindow
from tests.data import SHARED
from tests.ui.conftest import open_and_wait

W = TypeVar("W", bound=QWidget)
N, SPIKE, PARTS = 1500, 900, ("P-1", "P-2", "T-1")


def write_parts(path: Path) -> Path:
    """Three channels with training and commands; P-2 has a spike that is labelled, T-1 a label with nothing on it."""
    rng = np.random.default_rng(5)
    arrays: dict[str, Any] = {}  # what savez takes
    for name in PARTS:
        wave = np.sin(np.arange(N) / 30) + 0.02 * rng.standard_normal(N)
        test = wave.copy()
        if name == "P-2":
            test[SPIKE : SPIKE + 8] += 6.0
        arrays |= {f"{name}.train.value": wave, f"{name}.test.value": test}
        sent = (rng.random((N, 3)) < 0.02).astype(np.uint8)
        arrays |= {f"{name}.train.commands": sent, f"{name}.test.commands": sent}
    np.savez(path, **arrays)
    labels = {
        name: {"spacecraft": "SMAP", "test_len": N, "train_len": N, "anomalies": rows}
        for name, rows in (("P-1", []), ("P-2", [[SPIKE, SPIKE + 9, "point"]]), ("T-1", [[300, 340, "contextual"]]))
    }
    path.with_name(f"{path.stem}_labels.json").write_text(json.dumps(labels), encoding="utf-8")
    return path


def write_channels(path: Path) -> Path:
    """A table with three measured channels, of which the second leaves its range twice and the third once."""
    rng = np.random.default_rng(7)
    values = 0.2 * rng.standard_normal((N, 3))
    values[200:204, 1] += np.array([9.0, 14.0, 11.0, 16.0])
    values[708:712, 1] += np.array([8.0, 5.0, 9.0, 7.0])
    values[1100:1104, 2] -= np.array([4.0, 6.0, 5.0, 3.0])
    lines = ["time_s,bus.a,bus.b,aocs.c"]
    lines += [f"{10 * row},{a:.5f},{b:.5f},{c:.5f}" for row, (a, b, c) in enumerate(values)]
    path.write_text("\n".join(lines), encoding="utf-8")
    stretches = {"bus.b": [[2000, 2030]], "bus.a": [[500, 600]]}  # in seconds, as the times
    path.with_name(f"{path.stem}_labels.json").write_text(json.dumps(stretches), encoding="utf-8")
    return path


@pytest.fixture
def channels(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> TelemetryPage:
    """The page with three channels, and limits as the detector."""
    open_and_wait(window, write_channels(tmp_path / "bus.csv"), qtbot)
    use_limits(window, qtbot)
    return page_of(window, qtbot)


@pytest.fixture
def parts(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> TelemetryPage:
    """The page with the first of three parts, and limits as the detector."""
    open_and_wait(window, write_parts(tmp_path / "smap.npz"), qtbot)
    use_limits(window, qtbot)
    return page_of(window, qtbot)


def use_limits(window: MainWindow, qtbot: QtBot) -> None:
    state = window.session.state
    qtbot.waitUntil(lambda: window.session.state.spec is not None, timeout=30_000)
    box = find(window, QComboBox, "detector-choice")
    box.setCurrentText("limits")
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: spec_name(window) == "limits", timeout=30_000)
    assert state.looks == "telemetry"


def spec_name(window: MainWindow) -> str:
    spec = window.session.state.spec
    return spec.name if spec is not None else ""


def page_of(window: MainWindow, qtbot: QtBot) -> TelemetryPage:
    page = window.centre.page
    assert isinstance(page, TelemetryPage)
    qtbot.waitUntil(lambda: abs(page.plots.box.sceneBoundingRect().left() - page.plots.gutter.minimumWidth()) < 1.5)
    return page


def find(window: MainWindow, kind: type[W], name: str) -> W:
    found = window.findChild(kind, name)
    assert found is not None
    return found


def press_run(window: MainWindow, qtbot: QtBot) -> None:
    QTest.mouseClick(find(window, QPushButton, "detector-run"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.state.busy is None, timeout=60_000)
    assert window.session.state.detection is not None


def where(page: TelemetryPage, channel: int, time: float, share: float = 0.5) -> QPoint:
    """Where a channel is drawn at ``time``; ``share`` goes from the upper edge of its trace down."""
    row = next(row for row in page.plots.scene_shown.rows if row.place == channel)
    return page.plots.mapFromScene(page.plots.box.mapViewToScene(QPointF(time, row.top + share * row.height)))


def facts(window: MainWindow) -> str:
    return find(window, QLabel, "inspector-facts").text()


def legend(page: TelemetryPage) -> str:
    label = page.findChild(QLabel, "telemetry-legend")
    assert label is not None
    return label.text()


# The detector


def test_that_telemetry_brings_its_own_detectors_and_their_unit(channels: TelemetryPage, window: MainWindow) -> None:
    assert channels.isVisible()
    names = find(window, QComboBox, "detector-choice")
    assert {"limits", "discord"} <= {names.itemText(place) for place in range(names.count())}
    box = find(window, QDoubleSpinBox, "detector-threshold")
    assert (box.suffix(), box.minimum(), box.value()) == (" × limit", 0.1, 1.0)
    assert window.actions_by_name["run"].isEnabled()


def test_that_each_kind_of_data_keeps_the_detector_that_was_chosen_for_it(
    channels: TelemetryPage, window: MainWindow, star: Path, qtbot: QtBot
) -> None:
    assert channels.isVisible()
    window.session.set_threshold(1.4)
    open_and_wait(window, star, qtbot)
    assert spec_name(window) == "ensemble"
    assert find(window, QDoubleSpinBox, "detector-threshold").suffix() == " σ"
    window.session.show(star.with_name("bus.csv"))
    qtbot.waitUntil(lambda: isinstance(window.session.state.data, Telemetry), timeout=30_000)
    assert spec_name(window) == "limits"
    assert window.session.state.threshold == 1.4
    assert find(window, QComboBox, "detector-choice").currentText() == "limits"


def test_that_the_choice_for_telemetry_is_remembered_by_the_next_window(
    channels: TelemetryPage, window: MainWindow, new_window: Callable[[], MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    assert channels.isVisible()
    assert spec_name(window) == "limits"
    other = new_window()
    assert spec_name(other) == "ensemble"
    open_and_wait(other, tmp_path / "bus.csv", qtbot)
    qtbot.waitUntil(lambda: spec_name(other) == "limits", timeout=30_000)


def test_that_run_finds_events_and_tells_how_they_agree_with_ground_truth(
    channels: TelemetryPage, window: MainWindow, qtbot: QtBot
) -> None:
    assert "hit" not in legend(channels)
    press_run(window, qtbot)
    state = window.session.state
    assert [event.channel for event in state.events] == ["bus.b", "bus.b", "aocs.c"]
    assert state.marking is not None
    assert (state.marking.hits, state.marking.missed, state.marking.false) == (1, 1, 2)
    assert "✓ 1 hit, ✗ 1 missed, ✗ 2 false" in legend(channels)
    assert "3 events above 1.00 × limit" in find(window, QLabel, "detector-says").text()


def test_that_labels_loaded_after_a_run_are_held_against_its_events(
    parts: TelemetryPage, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    assert parts.isVisible()
    window.session.show_part("P-2")
    qtbot.waitUntil(lambda: part_shown(window) == "P-2", timeout=30_000)
    press_run(window, qtbot)
    more = tmp_path / "more.json"
    more.write_text(json.dumps({"P-2": [[10, 20]]}), encoding="utf-8")
    window.session.telemetry.load_labels(more)
    qtbot.waitUntil(lambda: missed(window) == 1, timeout=30_000)
    window.session.undo_stack.undo()
    assert missed(window) == 0


def missed(window: MainWindow) -> int:
    told = window.session.state.marking
    return told.missed if told is not None else -1


def part_shown(window: MainWindow) -> str:
    data = window.session.state.data
    return data.source.part if data is not None else ""


def test_that_what_a_detector_wants_known_is_a_notice_and_a_line_of_the_log(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "thin.csv"
    lines = [f"{10 * row},{row % 7}.5,{'' if row > 2 else 1.5},{row % 3}" for row in range(60)]
    lines = ["time_s,bus.full,bus.thin,aocs.c", *lines]
    path.write_text("\n".join(lines), encoding="utf-8")
    open_and_wait(window, path, qtbot)
    use_limits(window, qtbot)
    press_run(window, qtbot)
    notice = window.session.state.notice
    assert notice is not None
    assert notice.text.startswith("bus.thin: It has 3 values")


# Scores and events on the page


def test_that_each_channel_has_a_lane_of_scores_that_can_be_hidden(
    channels: TelemetryPage, window: MainWindow, qtbot: QtBot
) -> None:
    assert all(row.lane == 0 for row in channels.plots.scene_shown.rows)
    press_run(window, qtbot)
    assert all(row.lane > 0 for row in channels.plots.scene_shown.rows)
    switch = channels.findChild(QToolButton, "telemetry-scores")
    assert switch is not None
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert all(row.lane == 0 for row in channels.plots.scene_shown.rows)
    expected = channels.findChild(QToolButton, "telemetry-expected")
    assert expected is not None
    QTest.mouseClick(expected, Qt.MouseButton.LeftButton)
    assert not channels.plots.expected.isVisible()


def test_that_a_click_on_an_event_selects_it_and_one_beside_it_the_sample(
    channels: TelemetryPage, window: MainWindow, qtbot: QtBot
) -> None:
    press_run(window, qtbot)
    QTest.mouseClick(channels.plots.viewport(), Qt.MouseButton.LeftButton, pos=where(channels, 1, 7100.0))
    selection = window.session.state.selection
    assert selection.event == 1
    told = facts(window)
    for words in ("bus.b", "Why", "Score", "× limit", "Usually", "Values at the peak", "false: on no label"):
        assert words in told
    QTest.mouseClick(channels.plots.viewport(), Qt.MouseButton.LeftButton, pos=where(channels, 0, 7100.0))
    selection = window.session.state.selection
    assert selection.event is None
    assert selection.row == pytest.approx(710, abs=6)
    assert "Scores" in facts(window)


def test_that_j_and_k_go_from_event_to_event_and_bring_it_to_the_middle(
    channels: TelemetryPage, window: MainWindow, qtbot: QtBot
) -> None:
    press_run(window, qtbot)
    channels.plots.look_at(0.0, 1500.0)
    QTest.keyClick(window, Qt.Key.Key_J)
    QTest.keyClick(window, Qt.Key.Key_J)
    assert window.session.state.selection.event == 1
    start, stop = channels.plots.time_range
    assert (start + stop) / 2 == pytest.approx(7100.0, abs=120.0)
    QTest.keyClick(window, Qt.Key.Key_K)
    assert window.session.state.selection.event == 0
    QTest.keyClick(window, Qt.Key.Key_E)
    start, stop = channels.plots.time_range
    assert start < 2000.0 < 2100.0 < stop < 4000.0


def test_that_an_event_of_a_channel_that_is_not_drawn_brings_it_back(
    channels: TelemetryPage, window: MainWindow, qtbot: QtBot
) -> None:
    press_run(window, qtbot)
    button = channels.findChild(QToolButton, "channels-none")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not channels.plots.scene_shown.rows
    QTest.keyClick(window, Qt.Key.Key_J)
    assert [row.place for row in channels.plots.scene_shown.rows] == [1]


def test_that_the_line_of_the_threshold_is_dragged_in_a_lane_and_taken_back(
    channels: TelemetryPage, window: MainWindow, qtbot: QtBot
) -> None:
    press_run(window, qtbot)
    row = next(row for row in channels.plots.scene_shown.rows if row.place == 1)
    line = channels.plots.lanes.line_y(row)
    assert line is not None
    begin = channels.plots.mapFromScene(channels.plots.box.mapViewToScene(QPointF(3000.0, line)))
    view = channels.plots.viewport()
    before = channels.plots.time_range
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=begin)
    for up in (2, 5, 8):
        QTest.mouseMove(view, begin - QPoint(0, up))
        qtbot.wait(10)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=begin - QPoint(0, 8))
    state = window.session.state
    assert state.threshold > 1.2
    assert state.detection is not None
    assert state.detection.threshold == state.threshold
    assert channels.plots.time_range == before
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.state.threshold == 1.0
    assert len(window.session.state.events) == 3


def test_that_keys_move_the_threshold_by_a_tenth_of_a_limit(
    channels: TelemetryPage, window: MainWindow, qtbot: QtBot
) -> None:
    assert channels.isVisible()
    press_run(window, qtbot)
    QTest.keyClick(window, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert window.session.state.threshold == pytest.approx(1.1)
    box = find(window, QDoubleSpinBox, "detector-threshold")
    box.setValue(0.01)
    assert window.session.state.threshold == 0.1


def test_that_large_telemetry_is_flagged_in_a_thread(
    channels: TelemetryPage, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert channels.isVisible()
    press_run(window, qtbot)
    monkeypatch.setattr(detecting_verbs, "FLAG_AT_ONCE", 10)
    for threshold in (20.0, 10.0, 5.0):
        window.session.set_threshold(threshold)
    assert len(window.session.state.events) == 3
    qtbot.waitUntil(lambda: detected_at(window) == 5.0, timeout=20_000)
    assert window.session.state.table is not None
    assert len(window.session.state.table) == len(window.session.state.events) < 3


def detected_at(window: MainWindow) -> float:
    detection = window.session.state.detection
    return detection.threshold if detection is not None else float("nan")


# The panels


def test_that_the_events_panel_lists_channels_and_filters_by_them(
    channels: TelemetryPage, window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert channels.isVisible()
    press_run(window, qtbot)
    table = find(window, QTableView, "events-table")
    model = table.model()
    heads = [str(model.headerData(column, Qt.Orientation.Horizontal)) for column in range(model.columnCount())]
    assert heads[:3] == ["#", "Channel", "Kind"]
    assert "Why" in heads
    QTest.keyClicks(find(window, QLineEdit, "events-filter"), "aocs")
    assert [model.index(row, 1).data() for row in range(model.rowCount())] == ["aocs.c"]
    rect = table.visualRect(model.index(0, 1))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert window.session.state.selection.event == 2
    target = tmp_path / "events.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_options: (str(target), ""))
    QTest.mouseClick(find(window, QPushButton, "events-export"), Qt.MouseButton.LeftButton)
    assert "aocs.c" in target.read_text(encoding="utf-8")


def test_that_the_histogram_is_of_all_channels_or_of_the_one_chosen(
    channels: TelemetryPage, window: MainWindow, qtbot: QtBot
) -> None:
    assert channels.isVisible()
    press_run(window, qtbot)
    window.docks["scores"].raise_()
    box = find(window, QComboBox, "scores-channel")
    assert [box.itemText(place) for place in range(box.count())] == ["all channels", "bus.a", "bus.b", "aocs.c"]
    assert f"of {3 * N:,} samples" in find(window, QLabel, "scores-share").text()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_End)
    box.activated.emit(box.currentIndex())
    assert f"of {N:,} samples" in find(window, QLabel, "scores-share").text()
    assert "aocs.c" in find(window, QLabel, "scores-top").text()
    QTest.mouseClick(find(window, QToolButton, "scores-show"), Qt.MouseButton.LeftButton)
    assert window.session.state.selection.event == 2


def test_that_kinds_of_channels_have_letters_and_looks_of_their_own() -> None:
    looks = [KINDS[name] for name in CHANNEL_EVENT_KINDS]
    assert len({look.letter for look in looks}) == len(looks)
    assert len({(look.shape, look.colour) for look in looks}) == len(looks)
    assert len({look.letter for look in KINDS.values()}) == len(KINDS)


# The lists


def test_that_the_strangest_channels_go_to_the_top_once_they_are_known(
    channels: TelemetryPage, window: MainWindow, qtbot: QtBot
) -> None:
    model = channels.list.model
    assert names_in(model) == ["bus.a", "bus.b", "aocs.c"]
    press_run(window, qtbot)
    assert names_in(model) == ["bus.b", "aocs.c", "bus.a"]
    assert [model.index(row, EVENTS).data() for row in range(3)] == ["! 2", "! 1", "! 0"]
    assert float(model.index(0, SCORE).data()) > float(model.index(1, SCORE).data()) > 1.0
    assert [row.place for row in channels.plots.scene_shown.rows] == [1, 2, 0]
    assert "false" in str(model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))


def test_that_a_file_of_fewer_channels_follows_a_ranked_one(
    parts: TelemetryPage, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    press_run(window, qtbot)
    assert parts.list.model.ordered_by == BY_STRANGENESS
    open_and_wait(window, write_channels(tmp_path / "bus.csv"), qtbot)
    assert parts.list.model.ordered_by == IN_FILE
    assert names_in(parts.list.model) == ["bus.a", "bus.b", "aocs.c"]
    assert parts.plots.scene_shown.rows


def names_in(model: LineModel) -> list[str]:
    return [model.lines[place].name for place in model.listed()]


def test_that_an_order_chosen_by_hand_stays(channels: TelemetryPage, window: MainWindow, qtbot: QtBot) -> None:
    box = channels.findChild(QComboBox, "channels-order")
    assert box is not None
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    press_run(window, qtbot)
    assert names_in(channels.list.model) == ["aocs.c", "bus.a", "bus.b"]


def test_that_subsystems_are_the_letters_before_a_sign() -> None:
    assert [subsystem_of(name) for name in ("P-1", "bus.a", "aocs_wheel", "heater", "12-3")] == [
        *("P", "bus", "aocs", "", "")
    ]
    assert subsystems_of(["P-1", "P-2", "T-1", "T-2", "x"]) == ["P", "T"]
    assert subsystems_of(["battery_V", "array_A", "wheel_rpm"]) == []


def test_that_the_model_of_lines_is_sound_while_more_becomes_known(window: MainWindow) -> None:
    model = LineModel("Part", checkable=False, parent=window)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, window)
    names = ("P-1", "P-2", "T-1", "T-2")
    model.show_lines(tuple(Line(name) for name in names))
    model.order_by("by strangeness")
    found = {"T-1": PartFound(top=3.0, events=2), "P-2": PartFound(problem="broken")}
    model.tell_more(lines_of_parts(Parts(names=names, found=found)))
    assert names_in(model)[0] == "T-1"
    model.set_subsystem("P")
    assert names_in(model) == ["P-1", "P-2"]
    model.set_filter("2")
    assert names_in(model) == ["P-2"]
    assert model.index(0, EVENTS).data() == ""
    assert "broken" in str(model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))


# Parts


def run_on_all(window: MainWindow, qtbot: QtBot) -> None:
    QTest.mouseClick(find(window, QPushButton, "parts-run"), Qt.MouseButton.LeftButton)
    assert window.session.state.busy is not None
    qtbot.waitUntil(lambda: window.session.state.busy is None, timeout=60_000)


def test_that_parts_are_listed_with_traces_before_anything_is_run(
    parts: TelemetryPage, window: MainWindow, qtbot: QtBot
) -> None:
    assert parts.parts.isVisible()
    qtbot.waitUntil(lambda: len(window.session.state.parts.looks) == len(PARTS), timeout=30_000)
    assert names_in(parts.parts.model) == list(PARTS)
    assert all(line.thumb is not None for line in parts.parts.model.lines)


def test_that_run_on_all_parts_ranks_them_and_a_click_opens_one_with_its_events(
    parts: TelemetryPage, window: MainWindow, qtbot: QtBot
) -> None:
    run_on_all(window, qtbot)
    assert names_in(parts.parts.model)[0] == "P-2"
    notice = window.session.state.notice
    assert notice is not None
    assert notice.text == "1 event in 1 of 3 parts."
    assert notice.hint == "Of 2 labels 1 hit, 1 missed; 0 events on none."
    view = parts.findChild(QTreeView, "parts-list")
    assert view is not None
    rect = view.visualRect(parts.parts.model.index(0, 0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.waitUntil(lambda: part_shown(window) == "P-2", timeout=30_000)
    detection = window.session.state.detection
    assert detection is not None
    assert detection.cached
    assert [event.start for event in window.session.state.events] == [SPIKE]
    assert names_in(parts.parts.model)[0] == "P-2"


def test_that_a_run_on_all_parts_is_cancelled_and_what_was_found_stays(
    parts: TelemetryPage, window: MainWindow, qtbot: QtBot
) -> None:
    assert parts.isVisible()
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    busy = window.session.state.busy
    assert busy is not None
    assert "3 parts" in busy.text
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.session.state.busy is None
    assert len(window.session.state.parts.found) < len(PARTS)
    run_on_all(window, qtbot)
    assert len(window.session.state.parts.found) == len(PARTS)


def test_that_the_list_says_with_what_parts_were_looked_at_once_that_is_no_longer_chosen(
    parts: TelemetryPage, window: MainWindow, qtbot: QtBot
) -> None:
    run_on_all(window, qtbot)
    qtbot.waitUntil(lambda: window.session.state.busy is None, timeout=30_000)
    assert not parts.parts.told.isVisible()
    find(window, QDoubleSpinBox, "detector-threshold").setValue(1.7)
    assert "limits at 1.00 × limit" in parts.parts.told.text()


def test_that_a_part_that_cannot_be_read_is_told_and_the_others_are_found(
    parts: TelemetryPage, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    qtbot.waitUntil(lambda: len(window.session.state.parts.looks) == len(PARTS), timeout=30_000)
    (tmp_path / "smap.npz").unlink()
    run_on_all(window, qtbot)
    assert all(one.problem for one in window.session.state.parts.found.values())
    notice = window.session.state.notice
    assert notice is not None
    assert "3 parts could not be looked at" in notice.text
    assert parts.isVisible()


def test_that_a_light_curve_takes_the_parts_away(
    parts: TelemetryPage, window: MainWindow, star: Path, qtbot: QtBot
) -> None:
    assert parts.parts.isVisible()
    open_and_wait(window, star, qtbot)
    assert window.session.state.parts.names == ()
    assert not find(window, QPushButton, "detector-run-parts").isVisible()


@pytest.mark.real_data
def test_that_a_real_anomaly_is_told_to_be_hit(window: MainWindow, qtbot: QtBot) -> None:
    path = SHARED / "telemetry" / "smap_msl_dev.npz"
    if not path.exists():
        pytest.skip(f"the real data are not here: {path}")
    open_and_wait(window, path, qtbot)
    use_limits(window, qtbot)
    press_run(window, qtbot)
    told = window.session.state.marking
    assert told is not None
    assert told.hits >= 1
