"""Curve, table and inspector show the same thing."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent, QWheelEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.timescales import TimeSystem
from desktop_app.ui.event_model import EventModel
from desktop_app.ui.panels.events import EventsPanel
from desktop_app.ui.window import MainWindow
from tests.data import real_file
from tests.ui.conftest import open_and_wait
from tests.ui.stars import FLARE_ROW


def table_of(window: MainWindow) -> QTableView:
    view = window.findChild(QTableView, "events-table")
    assert view is not None
    return view


def click_on(window: MainWindow, row: int, qtbot: QtBot) -> None:
    """Click the point of ``row`` in the curve."""
    data, plots = window.session.state.curve, window.curve.plots
    assert data is not None
    scene = plots.curve_box.mapViewToScene(QPointF(float(data.time[row]), float(data.flux[row])))
    QTest.mouseClick(plots.viewport(), Qt.MouseButton.LeftButton, pos=plots.mapFromScene(scene))


def facts_of(window: MainWindow) -> str:
    label = window.findChild(QLabel, "inspector-facts")
    assert label is not None
    return label.text()


def test_that_a_click_on_a_row_selects_and_centres_the_event(detected: MainWindow, qtbot: QtBot) -> None:
    view = table_of(detected)
    place = view.visualRect(view.model().index(1, 2)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    state = detected.session.state
    assert state.selection.event == 1
    assert state.curve is not None
    middle = sum(detected.curve.plots.time_range) / 2
    assert middle == pytest.approx(float(state.curve.time[state.events[1].peak]), abs=1e-6)


def test_that_a_click_on_a_flagged_point_selects_its_row_in_the_table(detected: MainWindow, qtbot: QtBot) -> None:
    event = next(event for event in detected.session.state.events if event.start <= FLARE_ROW < event.stop)
    place = detected.session.state.events.index(event)
    before = detected.curve.plots.time_range
    click_on(detected, event.peak, qtbot)
    assert detected.session.state.selection.event == place
    assert [index.row() for index in table_of(detected).selectionModel().selectedRows()] == [place]
    assert detected.curve.plots.time_range == before
    assert "σ" in facts_of(detected)
    assert "Duration" in facts_of(detected)


def test_that_a_click_on_any_point_tells_its_own_facts(detected: MainWindow, qtbot: QtBot) -> None:
    detected.curve.plots.look_at(1326.0, 1326.5)
    click_on(detected, 60, qtbot)
    assert detected.session.state.selection.event is None
    assert detected.session.state.selection.row == 60
    assert "Cadence" in facts_of(detected)
    assert "no flags" in facts_of(detected)


def test_that_j_and_k_walk_through_the_events(detected: MainWindow) -> None:
    n = len(detected.session.state.events)
    QTest.keyClick(detected, Qt.Key.Key_J)
    assert detected.session.state.selection.event == 0
    QTest.keyClick(detected, Qt.Key.Key_K)
    assert detected.session.state.selection.event == n - 1


def test_that_an_event_is_seen_whole_wherever_one_looked_before(detected: MainWindow) -> None:
    session, plots = detected.session, detected.curve.plots
    data = session.state.curve
    assert data is not None
    for place, event in enumerate(session.state.events):
        middle = float(np.nanmedian(data.flux))
        plots.curve_box.setYRange(0.9 * middle, 0.91 * middle, padding=0)
        session.select_event(place)
        (start, stop), (bottom, top) = plots.curve_box.viewRange()
        flux = data.flux[event.start : event.stop]
        assert start <= data.time[event.start]
        assert data.time[event.stop - 1] <= stop
        assert bottom <= np.nanmin(flux)
        assert np.nanmax(flux) <= top


def test_that_letters_typed_into_the_filter_move_nothing(detected: MainWindow, qtbot: QtBot) -> None:
    box = detected.findChild(QLineEdit, "events-filter")
    assert box is not None
    detected.actions_by_name["find_events"].trigger()
    QTest.keyClicks(box, "flare")
    assert detected.session.state.selection.event is None
    panel = detected.docks["events"].widget()
    assert isinstance(panel, EventsPanel)
    flares = [event for event in detected.session.state.events if event.kind == "flare"]
    assert panel.model.rowCount() == len(flares)


def test_that_a_sorted_table_selects_the_right_event(detected: MainWindow, qtbot: QtBot) -> None:
    view = table_of(detected)
    view.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    place = view.visualRect(view.model().index(0, 2)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    state = detected.session.state
    assert state.selection.event is not None
    assert state.events[state.selection.event].score == max(event.score for event in state.events)


def test_that_a_selection_outlives_a_moved_threshold(detected: MainWindow) -> None:
    detected.session.select_event(1)
    row = detected.session.state.selection.row
    detected.session.set_threshold(detected.session.state.threshold + 1.0)
    selection = detected.session.state.selection
    assert selection.event is not None
    event = detected.session.state.events[selection.event]
    assert row is not None
    assert event.start <= row < event.stop


def test_that_wheel_zooms_time_about_the_cursor_and_shift_wheel_flux(detected: MainWindow, qtbot: QtBot) -> None:
    plots = detected.curve.plots
    (start, stop), values = plots.curve_box.viewRange()
    at = plots.mapFromScene(plots.curve_box.mapViewToScene(QPointF(start + 0.25 * (stop - start), sum(values) / 2)))
    wheel(plots.viewport(), at, Qt.KeyboardModifier.NoModifier)
    (left, right), same = plots.curve_box.viewRange()
    assert right - left < stop - start
    assert left + 0.25 * (right - left) == pytest.approx(start + 0.25 * (stop - start), abs=0.02 * (stop - start))
    assert same == pytest.approx(values)
    wheel(plots.viewport(), at, Qt.KeyboardModifier.ShiftModifier)
    times, narrower = plots.curve_box.viewRange()
    assert times == pytest.approx([left, right])
    assert narrower[1] - narrower[0] < values[1] - values[0]


def wheel(view: QWidget, at: QPoint, keys: Qt.KeyboardModifier) -> None:
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    where = QPointF(at)
    event = QWheelEvent(where, QPointF(view.mapToGlobal(at)), QPoint(), QPoint(0, 120), none, keys, phase, False)
    QApplication.sendEvent(view, event)


def test_that_a_right_drag_zooms_to_the_box(detected: MainWindow, qtbot: QtBot) -> None:
    plots = detected.curve.plots
    rect = plots.curve_box.sceneBoundingRect()
    corners = [
        plots.mapFromScene(rect.topLeft() + QPointF(rect.width() * x, rect.height() * y))
        for x, y in ((0.4, 0.3), (0.6, 0.7))
    ]
    (start, stop), _ = plots.curve_box.viewRange()
    QTest.mouseMove(plots.viewport(), corners[0])
    QTest.mousePress(plots.viewport(), Qt.MouseButton.RightButton, pos=corners[0])
    for share in np.linspace(0, 1, 6):
        move_with(plots.viewport(), corners[0] + (corners[1] - corners[0]) * float(share), Qt.MouseButton.RightButton)
        qtbot.wait(15)
    QTest.mouseRelease(plots.viewport(), Qt.MouseButton.RightButton, pos=corners[1])
    (left, right), _ = plots.curve_box.viewRange()
    assert right - left == pytest.approx(0.2 * (stop - start), rel=0.1)


def move_with(view: QWidget, at: QPoint, button: Qt.MouseButton) -> None:
    keys = Qt.KeyboardModifier.NoModifier
    where, all_over = QPointF(at), QPointF(view.mapToGlobal(at))
    event = QMouseEvent(QEvent.Type.MouseMove, where, all_over, Qt.MouseButton.NoButton, button, keys)
    QApplication.sendEvent(view, event)


def test_that_the_hover_reads_out_time_flux_and_flags(detected: MainWindow) -> None:
    data = detected.session.state.curve
    assert data is not None
    detected.curve.plots.look_at(1326.0, 1326.5)
    detected.curve.plots.hovered.emit(float(data.time[60]), float(data.flux[60]))
    under = detected.findChild(QLabel, "curve-under-cursor")
    cursor = detected.findChild(QLabel, "status-cursor")
    assert under is not None
    assert cursor is not None
    assert "row 60" in under.text()
    assert "no flags" in under.text()
    assert f"{data.time[60]:.5f}" in cursor.text()
    QApplication.sendEvent(detected.curve.plots, QEvent(QEvent.Type.Leave))
    assert not under.isVisible()
    assert cursor.text() == ""


def test_that_times_are_told_in_every_system_the_file_allows(window: MainWindow, qtbot: QtBot) -> None:
    open_and_wait(window, real_file("tess_spoc/tess2018206045859-s0001-0000000441420236-0120-s_lc.fits"), qtbot)
    titles = {}
    for system in (TimeSystem.NATIVE, TimeSystem.BKJD, TimeSystem.BJD, TimeSystem.ISO):
        window.session.set_system(system)
        titles[system] = window.curve.plots.time_axis.labelText
        window.grab()
    assert titles == {
        TimeSystem.NATIVE: "Time (BTJD, TDB)",
        TimeSystem.BKJD: "Time (BKJD, TDB)",
        TimeSystem.BJD: "Time (BJD, TDB)",
        TimeSystem.ISO: "Time (ISO date, TDB)",
    }


def test_that_a_file_that_says_nothing_of_its_clock_offers_only_its_own_times(
    window: MainWindow, star: Path, qtbot: QtBot
) -> None:
    open_and_wait(window, star, qtbot)
    if window.session.state.curve is not None and not window.session.state.curve.reference.known:
        assert not window.actions_by_name["time_iso"].isEnabled()


def test_that_another_flux_column_is_drawn(window: MainWindow, qtbot: QtBot) -> None:
    open_and_wait(window, real_file("tess_spoc/tess2018206045859-s0001-0000000441420236-0120-s_lc.fits"), qtbot)
    window.session.set_flux("SAP_FLUX")
    qtbot.waitUntil(
        lambda: window.session.state.curve is not None and window.session.state.curve.flux_name == "SAP_FLUX"
    )
    assert "SAP_FLUX" in window.curve.plots.value_axis.labelText


def test_that_copied_events_paste_as_a_table(detected: MainWindow) -> None:
    detected.actions_by_name["copy_rows"].trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 1 + len(detected.session.state.events)
    assert lines[0].startswith("#\tKind")
    detected.statusBar().clearMessage()


def test_that_exported_events_land_in_the_file(detected: MainWindow, tmp_path: Path) -> None:
    detected.session.export(tmp_path / "found.csv")
    assert (tmp_path / "found.csv").read_text(encoding="utf-8").count("\n") > len(detected.session.state.events)
    assert detected.session.state.notice is not None
    assert detected.session.state.notice.level == "info"


def test_that_the_export_dialog_adds_the_suffix_of_the_chosen_format(
    detected: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []

    def answer(_parent: QWidget, _title: str, _name: str, kinds: str) -> tuple[str, str]:
        offered.extend(kinds.split(";;"))
        return str(tmp_path / "mine"), next(kind for kind in offered if "*.csv" in kind)

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    detected.actions_by_name["export_events"].trigger()
    assert len(offered) >= 2
    assert (tmp_path / "mine.csv").exists()


def test_that_an_export_that_cannot_be_written_is_a_notice(detected: MainWindow, tmp_path: Path) -> None:
    detected.session.export(tmp_path / "nowhere" / "found.xyz")
    assert detected.session.state.notice is not None
    assert detected.session.state.notice.level == "error"


def test_that_the_plot_is_saved_as_a_picture(detected: MainWindow, tmp_path: Path) -> None:
    assert detected.curve.save_picture(str(tmp_path / "plot.png"))
    assert (tmp_path / "plot.png").stat().st_size > 5000


def test_that_the_event_model_keeps_qts_rules(detected: MainWindow) -> None:
    panel = detected.docks["events"].widget()
    assert isinstance(panel, EventsPanel)
    QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    panel.model.set_filter("flare")
    panel.model.sort(3, Qt.SortOrder.DescendingOrder)
    panel.model.set_filter("")
    detected.session.set_threshold(300.0)
    detected.session.set_threshold(6.0)
    assert panel.model.rowCount() == len(detected.session.state.events)
    assert isinstance(panel.model, EventModel)
