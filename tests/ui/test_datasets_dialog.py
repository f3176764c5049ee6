"""Datasets of an HDF5 file are chosen in a tree; labels are loaded beside telemetry."""

import json
from pathlib import Path

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QLineEdit, QPushButton, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from desktop_app.core.telemetry import Telemetry
from desktop_app.ui.panels.telemetry import TelemetryPage
from desktop_app.ui.telemetry.datasets_dialog import NO_TIME, DatasetsDialog
from desktop_app.ui.window import MainWindow
from tests.ui.conftest import open_and_wait

ROWS = 400


def write_bus(path: Path) -> Path:
    """A group with a time and channels, and one of another length."""
    with h5py.File(path, "w") as file:
        bus = file.create_group("bus")
        bus["time"] = np.arange(ROWS) * 0.5
        bus["voltage"] = 28 + np.sin(np.arange(ROWS) / 20)
        bus["voltage"].attrs["units"] = "V"
        bus["currents"] = np.random.default_rng(0).standard_normal((ROWS, 3))
        slow = file.create_group("slow")
        slow["heat"] = np.linspace(0, 1, 50)
        file["note"] = "only a text"
    return path


def write_shapeless(path: Path) -> Path:
    """Nothing that is called a time, and no two datasets of one length, in groups of cubes."""
    with h5py.File(path, "w") as file:
        file["cube"] = np.zeros((4, 5, 6))
    return path


def open_dialog(window: MainWindow, qtbot: QtBot) -> DatasetsDialog:
    """The dialog behind the action, with its tree read."""
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(DatasetsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.view.topLevelItemCount() > 0 or "no" in dialog.said.text(), timeout=20_000)
    return dialog


def item_of(dialog: DatasetsDialog, path: str) -> QTreeWidgetItem:
    return next(item for item in dialog._items() if item.data(0, Qt.ItemDataRole.UserRole) == path)


def tick(dialog: DatasetsDialog, path: str) -> None:
    """Click the check box of a dataset."""
    rect = dialog.view.visualItemRect(item_of(dialog, path))
    where = QPoint(rect.left() + 11, rect.center().y())
    QTest.mouseClick(dialog.view.viewport(), Qt.MouseButton.LeftButton, pos=where)


def box_of(dialog: DatasetsDialog, name: str) -> QComboBox:
    box = dialog.findChild(QComboBox, name)
    assert box is not None
    return box


def put_away(dialog: DatasetsDialog, qtbot: QtBot) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not any(isinstance(one, DatasetsDialog) for one in QApplication.topLevelWidgets()))


def test_that_the_tree_tells_shapes_types_and_units_and_ticks_what_is_shown(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    open_and_wait(window, write_bus(tmp_path / "bus.h5"), qtbot)
    dialog = open_dialog(window, qtbot)
    voltage = item_of(dialog, "/bus/voltage")
    assert [voltage.text(column) for column in (0, 1, 3)] == ["voltage", "400", "V"]
    assert "float64" in voltage.text(2)
    assert item_of(dialog, "/bus/currents").text(1) == "400 × 3"
    assert dialog.chosen.time == "/bus/time"
    assert dialog.chosen.values == ("/bus/currents", "/bus/voltage")
    assert "4 channels of 400 rows" in dialog.said.text()
    put_away(dialog, qtbot)


def test_that_other_datasets_are_shown_once_they_are_ticked(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_and_wait(window, write_bus(tmp_path / "bus.h5"), qtbot)
    dialog = open_dialog(window, qtbot)
    tick(dialog, "/bus/currents")
    assert dialog.chosen.values == ("/bus/voltage",)
    QTest.mouseClick(dialog.show_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: names(window) == ("voltage",), timeout=20_000)


def names(window: MainWindow) -> tuple[str, ...]:
    data = window.session.state.data
    return data.names if isinstance(data, Telemetry) else ()


def test_that_datasets_of_other_lengths_are_refused_before_they_are_read(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    open_and_wait(window, write_bus(tmp_path / "bus.h5"), qtbot)
    dialog = open_dialog(window, qtbot)
    tick(dialog, "/slow/heat")
    assert not dialog.show_button.isEnabled()
    assert "/slow/heat has 50 rows, /bus/time has 400" in dialog.said.text()
    for path in ("/bus/currents", "/bus/voltage"):
        tick(dialog, path)
    time = box_of(dialog, "datasets-time")
    time.setFocus()
    for _ in range(time.currentIndex()):
        QTest.keyClick(time, Qt.Key.Key_Up)
    assert time.currentText() == NO_TIME
    assert dialog.show_button.isEnabled()
    put_away(dialog, qtbot)


def test_that_the_dataset_looked_at_is_previewed(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_and_wait(window, write_bus(tmp_path / "bus.h5"), qtbot)
    dialog = open_dialog(window, qtbot)
    rect = dialog.view.visualItemRect(item_of(dialog, "/bus/currents"))
    QTest.mouseClick(dialog.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.waitUntil(lambda: len(dialog.plots.scene_shown.rows) == 3, timeout=20_000)
    assert dialog.plots.span == (0.0, 0.5 * (ROWS - 1))
    assert "400 rows" in dialog.preview_said.text()
    put_away(dialog, qtbot)


def test_that_the_filter_keeps_the_groups_of_what_it_finds(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_and_wait(window, write_bus(tmp_path / "bus.h5"), qtbot)
    dialog = open_dialog(window, qtbot)
    box = dialog.findChild(QLineEdit, "datasets-filter")
    assert box is not None
    QTest.keyClicks(box, "volt")
    seen = [item.text(0) for item in dialog._items() if not item.isHidden()]
    assert seen == ["bus", "voltage"]
    put_away(dialog, qtbot)


def test_that_a_file_without_clear_channels_offers_the_dialog(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = write_shapeless(tmp_path / "cube.h5")
    window.session.open([path])
    qtbot.waitUntil(lambda: window.session.state.notice is not None, timeout=20_000)
    button = window.findChild(QPushButton, "notice-action")
    assert button is not None
    assert button.text() == "Choose datasets…"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    dialog = window.findChild(DatasetsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.view.topLevelItemCount() == 1, timeout=20_000)
    assert item_of(dialog, "/cube").isDisabled()
    assert not dialog.show_button.isEnabled()
    put_away(dialog, qtbot)


def test_that_datasets_are_offered_for_hdf5_only(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    open_and_wait(window, star, qtbot)
    assert not window.actions_by_name["choose_datasets"].isEnabled()
    assert not window.actions_by_name["load_labels"].isEnabled()


def write_labels(path: Path) -> Path:
    path.write_text(json.dumps([{"start": 10, "end": 40, "kind": "point"}]), encoding="utf-8")
    return path


def test_that_labels_are_loaded_beside_the_data_and_taken_back(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_and_wait(window, write_bus(tmp_path / "bus.h5"), qtbot)
    page = window.centre.page
    assert isinstance(page, TelemetryPage)
    page.plots.look_at(0.0, 50.0)
    labels = write_labels(tmp_path / "truth.json")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_options: (str(labels), ""))
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: count_of(window) == 1, timeout=20_000)
    legend = page.findChild(QLabel, "telemetry-legend")
    assert legend is not None
    assert "point (1)" in legend.text()
    assert page.plots.time_range == pytest.approx((0.0, 50.0))
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert count_of(window) == 0
    assert legend.text() == ""


def count_of(window: MainWindow) -> int:
    data = window.session.state.data
    return len(data.labels) if isinstance(data, Telemetry) else -1


def test_that_a_file_that_holds_no_labels_is_refused_with_a_sentence(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_and_wait(window, write_bus(tmp_path / "bus.h5"), qtbot)
    other = tmp_path / "other.json"
    other.write_text('{"heat": 3}', encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_options: (str(other), ""))
    window.actions_by_name["load_labels"].trigger()
    qtbot.waitUntil(lambda: window.session.state.notice is not None, timeout=20_000)
    notice = window.session.state.notice
    assert notice is not None
    assert notice.level == "error"
    assert "other.json" in notice.text
    assert not notice.details
    assert count_of(window) == 0
