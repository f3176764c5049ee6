"""One channel against another: the scatter follows the rows, and the rows follow what is selected in it."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from desktop_app.core.detection import Event
from desktop_app.core.telemetry import Telemetry
from desktop_app.paths import resources
from desktop_app.ui.panels.against import AgainstPanel
from desktop_app.ui.panels.telemetry import TelemetryPage
from desktop_app.ui.telemetry.against import POINTS, Asked, against_picture, first_choice, nearest, within
from desktop_app.ui.window import MainWindow
from tests.telemetries import commanded, housekeeping, many_channels
from tests.ui.test_telemetry_page import drag

SAMPLE = resources() / "samples" / "telemetry.csv"


@pytest.fixture
def against(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The sample with the panel beside it."""
    window.session.open([SAMPLE])
    qtbot.waitUntil(lambda: window.session.state.path == SAMPLE and window.session.state.data is not None)
    window.actions_by_name["show_against"].trigger()
    qtbot.waitUntil(lambda: window.session.state.against.picture is not None, timeout=30_000)
    return window


def panel_of(window: MainWindow) -> AgainstPanel:
    panel = window.docks["against"].widget()
    assert isinstance(panel, AgainstPanel)
    return panel


def test_that_channels_are_chosen_swapped_and_told_of(against: MainWindow, qtbot: QtBot) -> None:
    panel, session = panel_of(against), against.session
    assert (session.state.against.asked.x, session.state.against.asked.y) == ("battery_V", "array_A")
    assert "2,370 samples: Pearson +0.59" in panel.says.text()
    QTest.mouseClick(panel.swap, Qt.MouseButton.LeftButton)
    assert session.state.against.asked.x == "array_A"
    chooser = panel.findChild(QComboBox, "against-y")
    assert chooser is not None
    completer = chooser.completer()
    assert completer is not None
    completer.setCompletionPrefix("deg")
    assert completer.currentCompletion() == "panel_degC"
    chooser.setCurrentText("panel_degC")
    chooser.activated.emit(chooser.currentIndex())
    qtbot.waitUntil(lambda: (p := session.state.against.picture) is not None and p.asked.y == "panel_degC")


def test_that_a_drag_over_samples_marks_their_rows_and_clear_takes_it_back(against: MainWindow, qtbot: QtBot) -> None:
    panel, session = panel_of(against), against.session
    page = against.centre.page
    assert isinstance(page, TelemetryPage)
    area = panel.plot.mapFromScene(panel.plot.box.sceneBoundingRect()).boundingRect()
    drag(panel.plot.viewport(), area.topLeft() + QPoint(6, 6), area.center(), Qt.MouseButton.LeftButton, qtbot)
    qtbot.waitUntil(lambda: bool(session.state.against.brushed))
    rows = session.state.against.brushed
    assert rows
    assert page.against.mark._start.size == len(rows)
    assert "selected" in panel.legend.text()
    QTest.mouseClick(panel.clear, Qt.MouseButton.LeftButton)
    assert session.state.against.brushed == ()
    assert page.against.mark._start.size == 0


def test_that_a_click_looks_at_the_sample_under_it(against: MainWindow) -> None:
    panel, session = panel_of(against), against.session
    picture, data = session.state.against.picture, session.state.data
    assert picture is not None
    assert isinstance(data, Telemetry)
    at = panel.plot.box.mapViewToScene(QPointF(float(picture.x[500]), float(picture.y[500])))
    QTest.mouseMove(panel.plot.viewport(), panel.plot.mapFromScene(at))
    QTest.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=panel.plot.mapFromScene(at))
    row = session.state.selection.row
    assert row is not None
    across, up = panel.plot.box.viewPixelSize()
    assert abs(data.values[row, 0] - picture.x[500]) <= 9 * across
    assert abs(data.values[row, 1] - picture.y[500]) <= 9 * up
    assert panel.plot.chosen._here == (data.values[row, 0], data.values[row, 1])


def test_that_the_scatter_is_of_the_times_in_view(against: MainWindow, qtbot: QtBot) -> None:
    session, page = against.session, against.centre.page
    assert isinstance(page, TelemetryPage)
    page.plots.look_at(0.0, 6000.0)
    qtbot.waitUntil(lambda: (p := session.state.against.picture) is not None and p.relation.samples == 201)
    assert "201 samples in view" in panel_of(against).says.text()
    page.fit()
    qtbot.waitUntil(lambda: (p := session.state.against.picture) is not None and p.asked.seen is None)


def test_that_nothing_is_made_while_the_panel_is_hidden(window: MainWindow, qtbot: QtBot) -> None:
    window.session.open([SAMPLE])
    qtbot.waitUntil(lambda: window.session.state.path == SAMPLE and window.session.state.data is not None)
    assert window.session.state.against.picture is None
    assert not window.session.state.against.making


def test_that_a_light_curve_is_told_to_be_none(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    window.session.open([star])
    qtbot.waitUntil(lambda: window.session.state.data is not None, timeout=30_000)
    window.docks["against"].show()
    assert panel_of(window).empty.text() == "Open telemetry to see one of its channels against another."


def test_that_flagged_and_labelled_samples_of_the_two_are_marked() -> None:
    data = housekeeping()
    events = (Event(100, 110, 105, 2.0, "spike", channel="bus voltage"), Event(5, 9, 6, 2.0, "spike", channel="heater"))
    picture = against_picture(data, events, Asked("bus voltage", "mode"))
    assert picture is not None
    assert set(picture.rows[picture.flagged]) == set(range(100, 110))
    assert picture.n_labelled == 60 + 100  # one label on all channels, one on the mode
    assert np.isfinite(picture.x).all()
    assert picture.counts is None
    assert against_picture(data, (), Asked("bus voltage", "nothing")) is None


def test_that_many_samples_are_a_density_that_holds_every_one() -> None:
    data = many_channels(3 * POINTS, 2)
    picture = against_picture(data, (), Asked("channel 0", "channel 1", room=(301, 207)))
    assert picture is not None
    assert picture.counts is not None
    assert picture.counts.shape == (207, 301)
    assert picture.counts.sum() == len(picture.rows)


def test_that_a_box_gives_rows_and_a_point_the_nearest_sample() -> None:
    data = many_channels(500, 2)
    picture = against_picture(data, (), Asked("channel 0", "channel 1"))
    assert picture is not None
    rows = within(picture, (-2.0, 2.0, -1e9, 1e9))
    inside = np.zeros(500, bool)
    for start, stop in rows:
        inside[start:stop] = True
    expected = np.isin(np.arange(500), picture.rows[(picture.x >= -2) & (picture.x <= 2)])
    assert not (expected & ~inside).any()
    assert nearest(picture, float(picture.x[7]), float(picture.y[7]), (0.01, 0.01)) == picture.rows[7]
    assert nearest(picture, 1e6, 1e6, (0.01, 0.01)) is None


def test_that_two_channels_that_move_are_the_first_choice() -> None:
    assert first_choice(housekeeping()) == ("bus voltage", "mode")
    assert first_choice(commanded()) == ("command 1", "value")
