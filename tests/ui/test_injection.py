"""Inject and recover: through the form, the buttons and the map, looked at in the state."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSpinBox, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.injection.kinds import Kind
from desktop_app.core.injection.plan import InjectionPlan
from desktop_app.ui.injection import injection_verbs
from desktop_app.ui.panels.injection import InjectionPanel
from desktop_app.ui.window import MainWindow
from tests.ui.conftest import open_and_wait
from tests.ui.stars import write_star

SMALL = {"kind": "dips", "number": 2, "rows": 2, "columns": 2, "scrambles": 2, "depth_from": 0.01, "depth_to": 20.0}


def press(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def panel_of(window: MainWindow) -> InjectionPanel:
    window.actions_by_name["inject"].trigger()
    return window.injection_panel


@pytest.fixture
def measured(window: MainWindow, star: Path, qtbot: QtBot) -> MainWindow:
    """The window with the star open and a small recovery map measured by the button."""
    open_and_wait(window, star, qtbot)
    panel = panel_of(window)
    window.session.injection.set_plan(InjectionPlan.checked(SMALL))
    press(panel.run_button)
    qtbot.waitUntil(lambda: window.session.state.injection.found is not None, timeout=60_000)
    qtbot.waitUntil(lambda: window.session.state.busy is None)
    return window


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Injections that go on until they are cancelled."""

    def measure(*arguments: object) -> object:
        report = arguments[-1]
        started = monotonic()
        while monotonic() - started < 60:
            assert callable(report)
            report(0.4, "Injecting dips, run 2 of about 5")
            QTest.qSleep(5)
        raise AssertionError("nobody cancelled")

    monkeypatch.setattr(injection_verbs, "_measured", measure)


def cell_centre(panel: InjectionPanel, row: int, column: int) -> QPoint:
    return panel.grid.box_of((row, column)).center().toPoint()


def test_that_the_panel_is_hidden_until_its_shortcut_is_pressed(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    open_and_wait(window, star, qtbot)
    assert not window.docks["injection"].isVisible()
    QTest.keySequence(window, "Ctrl+I")
    assert window.injection_panel.isVisible()
    assert window.injection_panel.run_button.hasFocus()


def test_that_nothing_can_be_injected_without_a_curve(window: MainWindow) -> None:
    window.docks["injection"].show()
    panel = window.injection_panel
    assert not panel.run_button.isEnabled()
    assert not window.actions_by_name["inject"].isEnabled()
    assert "Open a light curve" in panel.says.text()


def test_that_the_form_is_the_plan(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    open_and_wait(window, star, qtbot)
    form = panel_of(window).form
    kind, number, depth = form.editors["kind"], form.editors["number"], form.editors["depth_to"]
    assert isinstance(kind, QComboBox)
    assert isinstance(number, QSpinBox)
    assert isinstance(depth, QDoubleSpinBox)
    kind.setFocus()
    QTest.keyClicks(kind, "flares")
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, "7")
    depth.setFocus()
    depth.selectAll()
    QTest.keyClicks(depth, depth.locale().toString(2.5))
    QTest.keyClick(depth, Qt.Key.Key_Return)
    plan = window.session.state.injection.plan
    assert plan.kind is Kind.FLARES
    assert plan.number == 7
    assert plan.depth_to == 2.5
    press(window.injection_panel.reset_button)
    assert window.session.state.injection.plan == InjectionPlan()
    assert number.value() == 20


def test_that_the_button_measures_a_map_in_which_deep_dips_are_found(measured: MainWindow) -> None:
    found = measured.session.state.injection.found
    assert found is not None
    cells = found.cells()
    assert cells.n.tolist() == [[2, 2], [2, 2]]
    assert cells.share[1].min() > cells.share[0].max()
    panel = measured.injection_panel
    assert panel.grid.isVisible()
    assert "8 dips" in panel.title.text()
    assert "Suggested threshold" in panel.summary.text()


def test_that_a_click_on_a_cell_tells_its_counts(measured: MainWindow) -> None:
    panel = measured.injection_panel
    QTest.mouseClick(panel.grid, Qt.MouseButton.LeftButton, pos=cell_centre(panel, 1, 0))
    assert measured.session.state.injection.cell == (1, 0)
    assert "of 2 found" in panel.cell_says.text()
    assert panel.cell_says.text() == panel.grid.tip_of((1, 0)).replace("\n", " · ")


def test_that_arrow_keys_go_from_cell_to_cell_and_stop_at_the_edge(measured: MainWindow) -> None:
    panel = measured.injection_panel
    panel.grid.setFocus()
    QTest.keyClick(panel.grid, Qt.Key.Key_Right)
    assert measured.session.state.injection.cell == (1, 0)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(panel.grid, key)
    assert measured.session.state.injection.cell == (0, 1)


def test_that_the_suggested_threshold_is_taken_and_can_be_taken_back(measured: MainWindow) -> None:
    panel, session = measured.injection_panel, measured.session
    found = session.state.injection.found
    assert found is not None
    before = session.state.threshold
    assert f"{found.suggested:g}" in panel.use_button.text()
    press(panel.use_button)
    assert session.state.threshold == found.suggested
    assert not panel.use_button.isEnabled()
    QTest.keySequence(measured, "Ctrl+Z")
    assert session.state.threshold == before


def test_that_moving_the_threshold_counts_anew_without_a_run(measured: MainWindow) -> None:
    found = measured.session.state.injection.found
    measured.session.set_threshold(1000.0)
    assert measured.session.state.injection.found is found
    assert "0 of 2 found" in measured.injection_panel.grid.tip_of((1, 0))
    assert "At 1000 sigma" in measured.injection_panel.summary.text()


def test_that_an_example_opens_as_a_curve_that_says_it_was_injected(measured: MainWindow, qtbot: QtBot) -> None:
    panel, session = measured.injection_panel, measured.session
    before = session.state.curve
    assert before is not None
    assert not panel.example_button.isEnabled()
    QTest.mouseClick(panel.grid, Qt.MouseButton.LeftButton, pos=cell_centre(panel, 1, 1))
    press(panel.example_button)
    qtbot.waitUntil(lambda: session.state.curve is not before, timeout=60_000)
    qtbot.waitUntil(lambda: session.state.notice is not None)
    curve, notice = session.state.curve, session.state.notice
    assert curve is not None
    assert notice is not None
    assert curve.source.object_name.endswith("(injected)")
    assert curve.source.path is None
    assert "(injected)" in measured.windowTitle()
    assert "not as observed" in notice.text
    row = session.state.selection.row
    assert row is not None
    assert curve.flux[row] < before.flux[row]
    assert np.array_equal(curve.time, before.time)
    QTest.keySequence(measured, "F5")
    qtbot.waitUntil(lambda: session.state.curve is not curve and session.state.busy is None, timeout=60_000)
    assert session.state.curve is not None
    assert np.array_equal(session.state.curve.flux, before.flux)


def test_that_the_table_can_be_pasted_into_a_spreadsheet(measured: MainWindow) -> None:
    press(measured.injection_panel.copy_button)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[0] == "Depth"
    assert [len(line.split("\t")) for line in lines[:5]] == [3] * 5


def test_that_the_map_stays_when_another_file_is_shown_and_says_whose_it_is(
    measured: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    found = measured.session.state.injection.found
    open_and_wait(measured, write_star(tmp_path / "other.csv", seed=4), qtbot)
    assert measured.session.state.injection.found is found
    assert " in star" in measured.injection_panel.title.text()


def test_that_escape_cancels_the_injections_and_nothing_is_left(
    window: MainWindow, star: Path, qtbot: QtBot, endless: None
) -> None:
    open_and_wait(window, star, qtbot)
    panel = panel_of(window)
    press(panel.run_button)
    qtbot.waitUntil(lambda: window.session.state.busy is not None and window.session.state.busy.done > 0)
    assert panel.bar.isVisible()
    assert "run 2 of about 5" in panel.says.text()
    assert not panel.run_button.isEnabled()
    started = monotonic()
    press(panel.cancel_button)
    assert window.session.state.busy is None
    assert monotonic() - started < 0.5
    assert window.session.state.injection.found is None
    assert panel.run_button.isEnabled()


def test_that_a_range_that_does_not_fit_is_told_in_a_sentence(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    open_and_wait(window, star, qtbot)
    panel = panel_of(window)
    window.session.injection.set_plan(InjectionPlan.checked({**SMALL, "duration_from": 5000.0}))
    press(panel.run_button)
    qtbot.waitUntil(lambda: window.session.state.notice is not None, timeout=60_000)
    notice = window.session.state.notice
    assert notice is not None
    assert "longer than the curve" in notice.text
    assert window.session.state.busy is None


@pytest.mark.parametrize("look", ["light", "dark"])
def test_that_both_looks_fill_the_map(measured: MainWindow, look: str, qtbot: QtBot) -> None:
    measured.appearance.choose(look)
    grid = measured.injection_panel.grid

    def colours() -> set[str]:
        picture = grid.grab().toImage()
        places = [cell_centre(measured.injection_panel, row, 0) + QPoint(12, 12) for row in (0, 1)]
        return {picture.pixelColor(place).name() for place in places}

    # The new style sheet has the panel laid out anew first.
    qtbot.waitUntil(lambda: len(colours()) == 2)


def test_that_the_layout_brings_the_panel_back_where_it_was(new_window: Callable[[], MainWindow]) -> None:
    first = new_window()
    first.docks["injection"].show()
    first.close()
    second = new_window()
    assert not second.docks["injection"].isHidden()
    second.reset_layout()
    assert second.docks["injection"].isHidden()


def bars_over_panels(window: MainWindow) -> list[str]:
    """The tab bars that lie over a dock."""
    places = [dock.geometry() for dock in window.docks.values() if dock.isVisible() and not dock.isFloating()]
    bars = [bar for bar in window.findChildren(QTabBar) if bar.parent() is window and bar.isVisible()]
    inside = [bar for bar in bars if window.rect().intersects(bar.geometry())]
    return [bar.tabText(0) for bar in inside if any(place.intersects(bar.geometry()) for place in places)]


def test_that_no_tab_bar_lies_over_a_panel(new_window: Callable[[], MainWindow], qtbot: QtBot) -> None:
    window = new_window()
    qtbot.waitUntil(lambda: not bars_over_panels(window))
    dock = window.docks["injection"]
    for _ in range(3):
        dock.show()
        dock.raise_()
        qtbot.waitUntil(lambda: not bars_over_panels(window))
        titles = {
            bar.tabText(place)
            for bar in window.findChildren(QTabBar)
            if bar.parent() is window and bar.isVisible() and window.rect().contains(bar.geometry().center())
            for place in range(bar.count())
        }
        assert {"Detector", "Injection", "Events", "Log", "Header"} <= titles
        dock.hide()
        qtbot.waitUntil(lambda: not bars_over_panels(window))
        window.reset_layout()
        qtbot.waitUntil(lambda: not bars_over_panels(window))
    window.close()
    again = new_window()
    qtbot.waitUntil(lambda: not bars_over_panels(again))
