"""What was found in a picture: drawn, pointed at, clicked, chosen in the table, switched by kind, told about."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider, QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import ARTEFACT_KINDS, IMAGE_EVENT_KINDS, Detection
from desktop_app.core.errors import FitError
from desktop_app.ui.images.image_view import ImageView
from desktop_app.ui.panels.image import ImagePage
from desktop_app.ui.panels.inspector import InspectorPanel
from desktop_app.ui.panels.scores import ScoresPanel
from desktop_app.ui.theme import DARK, KINDS, LIGHT, kind_colour
from desktop_app.ui.window import MainWindow
from tests.found_objects import detected, detection_of
from tests.pictures import sky_image, tan_sky
from tests.ui.test_images import hover, open_image

SCORES = (9.0, 7.5, 6.0, 3.0, 2.0, 8.0)
NAMES = ("strange", "moving", "streak", "strange", "strange", "cosmic ray")


def show_found(window: MainWindow, detection: Detection) -> None:
    window.session.detecting.take(detected(detection))


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> ImagePage:
    """A field with six objects, four of them events."""
    image = sky_image(sky=tan_sky())
    page = open_image(window, qtbot, monkeypatch, image)
    show_found(window, detection_of(image, SCORES, NAMES))
    return page


def click(view: ImageView, x: float, y: float) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place_of(x, y).toPoint())


def painted(view: ImageView) -> QImage:
    return view.grab().toImage()


def colours_about(view: ImageView, x: float, y: float, reach: int = 26) -> set[str]:
    """Every colour within ``reach`` of a pixel of the picture."""
    image, at, ratio = painted(view), view.place_of(x, y).toPoint(), view.devicePixelRatioF()
    spots = [at + QPoint(dx, dy) for dx in range(-reach, reach + 1) for dy in range(-reach, reach + 1)]
    return {
        image.pixelColor(round(spot.x() * ratio), round(spot.y() * ratio)).name()
        for spot in spots
        if view.rect().contains(spot)
    }


def button(page: ImagePage, name: str) -> QToolButton:
    found = page.findChild(QToolButton, name)
    assert found is not None
    return found


def test_that_kinds_of_pictures_have_shapes_and_colours_of_their_own() -> None:
    looks = [KINDS[name] for name in IMAGE_EVENT_KINDS]
    assert len({look.shape for look in looks}) == len(looks)
    assert all(look.shape for look in looks)
    for theme in (DARK, LIGHT):
        assert len({kind_colour(name, theme).name() for name in IMAGE_EVENT_KINDS}) == len(looks)


def test_that_outlines_and_marks_are_drawn_in_the_colour_of_their_kind(page: ImagePage) -> None:
    view = page.row.view
    view.show_box(5, 75, 5, 35, 0.9)
    objects = page.found.layer.found
    for place in range(len(objects)):
        wanted = kind_colour(objects.kinds[place], DARK).name()
        assert wanted in colours_about(view, float(objects.x[place]), float(objects.y[place]), reach=60)


def test_that_a_click_on_an_outline_selects_its_event_and_a_click_beside_keeps_the_pixel(
    window: MainWindow, page: ImagePage
) -> None:
    view, state = page.row.view, window.session.state
    click(view, 25.0, 15.0)
    selected = window.session.state.selection
    assert selected.event is not None
    assert state.events[selected.event].kind == "moving"
    assert selected.row == 1
    click(view, 140.0, 100.0)
    assert window.session.state.selection.event == selected.event
    assert page.readout.text().startswith("x 141")


def test_that_the_smaller_of_two_outlines_is_the_one_that_is_clicked(page: ImagePage) -> None:
    from desktop_app.ui.images.found import Found, Shown

    square = [(0.0, 0.0), (20.0, 0.0), (20.0, 20.0), (0.0, 20.0), (0.0, 0.0)]
    small = [(8.0 + x / 5, 8.0 + y / 5) for x, y in square]
    corners = np.array(square + small)
    found = Found(
        kinds=("streak", "strange"),
        scores=np.array([9.0, 6.0]),
        x=np.array([10.0, 10.0]),
        y=np.array([10.0, 10.0]),
        boxes=np.array([[0.0, 20, 0, 20], [8, 12, 8, 12]]),
        mark_x=np.zeros(2),
        mark_y=np.zeros(2),
        corner_x=corners[:, 0],
        corner_y=corners[:, 1],
        first=np.array([0, 5, 10]),
    )
    assert found.at(10.0, 10.0, 2.0, Shown()) == 1
    assert found.at(3.0, 3.0, 2.0, Shown()) == 0
    assert found.at(10.0, 10.0, 2.0, Shown(hidden=frozenset({"strange"}))) == 0
    assert found.at(40.0, 40.0, 2.0, Shown()) is None


def test_that_pointing_at_an_event_tells_kind_score_and_reason(page: ImagePage) -> None:
    hover(page.row.view, 15.0, 15.0)
    tip = page.row.view.toolTip()
    assert "Strange" in tip
    assert "9.0 σ" in tip
    assert "reason 0" in tip
    assert "Strange 9.0 σ: reason 0" in page.readout.text()
    hover(page.row.view, 140.0, 100.0)
    assert page.row.view.toolTip() == ""


def test_that_an_event_chosen_in_the_table_is_brought_into_view(
    window: MainWindow, page: ImagePage, qtbot: QtBot
) -> None:
    view = page.row.view
    view.show_box(120, 150, 80, 110, 0.9)
    table = window.events_panel.view
    row = window.events_panel.model.row_of(0)
    assert row is not None
    QTest.mouseClick(
        table.viewport(),
        Qt.MouseButton.LeftButton,
        pos=table.visualRect(window.events_panel.model.index(row, 1)).center(),
    )
    assert window.session.state.selection.event == 0
    assert view.rect().contains(view.place_of(15.0, 15.0).toPoint())


def test_that_j_and_k_go_through_events_and_e_zooms_to_one(window: MainWindow, page: ImagePage) -> None:
    window.actions_by_name["next_event"].trigger()
    assert window.session.state.selection.event == 0
    window.actions_by_name["previous_event"].trigger()
    assert window.session.state.selection.event == len(window.session.state.events) - 1
    scale = page.row.view.aim.scale
    window.actions_by_name["zoom_event"].trigger()
    assert page.row.view.aim.scale > scale
    event = window.session.state.events[-1]
    objects = detection_of(sky_image(), SCORES, NAMES).objects
    assert page.row.view.aim.x == pytest.approx(objects.x[event.peak])


def test_that_a_kind_can_be_hidden_and_then_is_not_clicked_either(window: MainWindow, page: ImagePage) -> None:
    switch = button(page, "found-moving")
    assert switch.text() == "1"
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    click(page.row.view, 25.0, 15.0)
    assert window.session.state.selection.event is None
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    click(page.row.view, 25.0, 15.0)
    assert window.session.state.selection.event is not None


def test_that_artefacts_are_hidden_together_and_the_sky_stays(window: MainWindow, page: ImagePage) -> None:
    window.actions_by_name["show_artefacts"].trigger()
    assert page.found.layer.shown.hidden == frozenset(ARTEFACT_KINDS)
    assert not button(page, "found-streak").isChecked()
    assert button(page, "found-strange").isChecked()
    window.actions_by_name["show_artefacts"].trigger()
    assert not page.found.layer.shown.hidden


def test_that_objects_below_the_threshold_are_dots_on_demand(window: MainWindow, page: ImagePage) -> None:
    view = page.row.view
    view.show_box(5, 75, 5, 35, 0.9)
    before = painted(view)
    window.actions_by_name["show_others"].trigger()
    at = view.place_of(45.0, 15.0).toPoint() * view.devicePixelRatioF()
    assert painted(view).pixelColor(at) != before.pixelColor(at)
    assert "2" in button(page, "found-others").text()


def test_that_a_lower_threshold_draws_more_events_at_once(window: MainWindow, page: ImagePage) -> None:
    window.session.set_threshold(2.5)
    assert len(page.found.layer.found) == 5
    assert button(page, "found-strange").text() == "2"


def test_that_the_inspector_tells_where_what_and_why(window: MainWindow, page: ImagePage) -> None:
    click(page.row.view, 15.0, 15.0)
    inspection = window.session.state.inspection
    assert inspection is not None
    said = {fact.label: fact.value for fact in inspection.facts}
    assert said["Kind"] == "Strange, of the sky"
    assert said["FWHM"] == "3.20 px = 1.60″"
    assert said["Flux"] == "100.0 electron"
    assert said["Rank"].startswith("1 of 6")
    assert said["ICRS"].startswith("13 29")
    assert any(fact.value == "reason 0" for fact in inspection.facts)
    assert said["shape"].endswith("4.5 σ")
    assert [stamp.caption for stamp in inspection.stamps] == ["This", "Nearest ordinary"]
    assert inspection.stamps[1].place == 3
    panel = window.docks["inspector"].widget()
    assert isinstance(panel, InspectorPanel)
    copy = panel.findChild(QToolButton, "inspector-copy")
    assert copy is not None
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "ICRS\t13 29" in QGuiApplication.clipboard().text()


def test_that_a_click_on_the_ordinary_neighbour_looks_at_it(window: MainWindow, page: ImagePage) -> None:
    window.docks["inspector"].raise_()
    click(page.row.view, 15.0, 15.0)
    panel = window.docks["inspector"].widget()
    assert isinstance(panel, InspectorPanel)
    second = panel.stamps._boxes()[1].center()
    QTest.mouseClick(panel.stamps, Qt.MouseButton.LeftButton, pos=second)
    assert window.session.state.selection.row == 3
    inspection = window.session.state.inspection
    assert inspection is not None
    assert inspection.title == "Object 4 of 6"
    assert page.found.layer.here == (45.0, 15.0)


def test_that_the_histogram_counts_objects_and_its_line_sets_the_threshold(window: MainWindow, page: ImagePage) -> None:
    panel = window.docks["scores"].widget()
    assert isinstance(panel, ScoresPanel)
    assert "4 of 6 objects" in panel._told.text()
    panel.histogram.threshold_dragged.emit(7.0)
    assert window.session.state.threshold == pytest.approx(7.0)
    assert len(window.session.state.events) == 3


def test_that_the_heat_map_lies_where_its_object_is(
    window: MainWindow, page: ImagePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def heat_of(_detection: Detection, place: int) -> Floats:
        heat = np.zeros((11, 11))
        heat[5, 5] = 10.0 + place
        return heat

    monkeypatch.setattr("desktop_app.engine.heat.heat_of", heat_of)
    view = page.row.view
    click(view, 25.0, 15.0)
    view.show_box(5, 75, 5, 35, 0.9)
    # In the middle of one stamp only: a lone hot pixel.
    at = view.place_of(25.0, 15.0).toPoint() * view.devicePixelRatioF()
    before = QColor(painted(view).pixelColor(at))
    window.actions_by_name["show_heat"].trigger()
    qtbot.waitUntil(lambda: window.session.state.heat.values is not None)
    warm = painted(view).pixelColor(at)
    assert warm.red() - warm.blue() > before.red() - before.blue() + 30
    slider = page.findChild(QSlider, "found-opacity")
    assert slider is not None
    slider.setValue(100)
    assert window.session.state.heat.opacity == 100
    window.actions_by_name["show_heat"].trigger()
    assert painted(view).pixelColor(at) == before


def test_that_a_detector_without_a_heat_map_says_so(
    window: MainWindow, page: ImagePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def heat_of(_detection: Detection, _place: int) -> Floats:
        raise FitError("Sources makes no map.", hint="Choose another detector.")

    monkeypatch.setattr("desktop_app.engine.heat.heat_of", heat_of)
    QTest.mouseClick(button(page, "found-heat"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.state.heat.why_not != "")
    notice = window.session.state.notice
    assert notice is not None
    assert (notice.text, notice.hint) == ("Sources makes no map.", "Choose another detector.")
    assert not button(page, "found-heat").isChecked()


def test_that_what_was_found_goes_with_the_picture(
    window: MainWindow, page: ImagePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path

    open_image(window, qtbot, monkeypatch, sky_image(Path("/other.fits"), seed=1))
    assert len(page.found.layer.found) == 0
    assert page.found.bar.isHidden()


def test_that_run_finds_sources_and_draws_them(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_image(window, qtbot, monkeypatch, sky_image(sky=tan_sky()))
    qtbot.waitUntil(lambda: window.session.state.spec is not None and window.session.state.looks_of_spec == "image")
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.session.state.detection is not None, timeout=60_000)
    detection = window.session.state.detection
    assert detection is not None
    assert len(detection.objects) > 10
    assert not page.found.bar.isHidden()
    window.session.set_threshold(1.0)
    assert len(page.found.layer.found) == len(window.session.state.events)
