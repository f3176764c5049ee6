"""Magnitudes in the window: fainter is down everywhere, and filters are parts."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QTableView, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.ui.window import MainWindow
from tests.survey_files import ztf_file


def eclipsing_ztf(folder: Path) -> Path:
    """A made ZTF light curve with an eclipse of four rows in one filter and 0.2 mag."""
    path = ztf_file(folder, 900)
    lines = path.read_text().splitlines()
    for row in range(400, 406):
        fields = lines[row].split(",")
        fields[4] = f"{float(fields[4]) + 0.2:.5f}"
        lines[row] = ",".join(fields)
    path.write_text("\n".join(lines) + "\n")
    return path


def child(window: MainWindow, kind: type[QWidget], name: str) -> QWidget:
    """The widget of this name."""
    found = window.findChild(kind, name)
    assert found is not None
    return found


def test_that_a_fainter_star_is_a_dip_and_lies_lower(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    session = window.session
    session.open([eclipsing_ztf(tmp_path)])
    qtbot.waitUntil(lambda: session.state.curve is not None, timeout=30_000)
    session.run()
    qtbot.waitUntil(lambda: session.state.scores is not None and not session.state.busy, timeout=60_000)
    (event,) = [event for event in session.state.events if event.kind in ("dip", "transit", "eclipse")]
    assert round(event.evidence["depth"], 1) == 0.2
    view = child(window, QTableView, "events-table")
    assert isinstance(view, QTableView)
    place = session.state.events.index(event)
    cell = view.visualRect(view.model().index(place, 2)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    facts = child(window, QLabel, "inspector-facts")
    assert isinstance(facts, QLabel)
    qtbot.waitUntil(lambda: "mag fainter" in facts.text())
    assert screen_y(window, event.peak) > screen_y(window, 10)


def screen_y(window: MainWindow, row: int) -> float:
    """How far down the flux of ``row`` is drawn."""
    curve = window.session.state.curve
    assert curve is not None
    box = window.curve.plots.curve_box
    point = box.viewRect().center()
    point.setY(float(curve.flux[row]))
    return float(box.mapViewToScene(point).y())


def test_that_filters_are_stepped_through_by_buttons(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    session = window.session
    session.open([ztf_file(tmp_path, 300)])
    qtbot.waitUntil(lambda: session.state.curve is not None, timeout=30_000)
    chooser = child(window, QComboBox, "part")
    assert isinstance(chooser, QComboBox)
    assert [chooser.itemText(place) for place in range(chooser.count())] == ["zr", "zg"]
    first = session.state.curve
    QTest.mouseClick(child(window, QToolButton, "part-next"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.state.curve is not None and session.state.curve.source.part == "zg", timeout=30_000)
    second = session.state.curve
    assert first is not None
    assert second is not None
    assert len(first) + len(second) == 300
    assert np.intersect1d(first.row, second.row).size == 0
