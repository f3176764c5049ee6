"""The map of objects: points, colours, axes, a lasso, a click, and what is too much for points."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.images import layout
from desktop_app.core.images.layout import umap_installed, umap_of
from desktop_app.ui.panels.scatter import MapPanel
from desktop_app.ui.scatter.map_columns import columns_of
from desktop_app.ui.scatter.map_items import DENSE_FROM, MapPoints, points_image
from desktop_app.ui.scatter.map_view import NO_MAP
from desktop_app.ui.window import MainWindow
from tests.found_objects import detected, detection_of
from tests.pictures import stamps
from tests.ui.test_gallery import open_stamps

M = 40
PAUSE_MS = 15
"""Pyqtgraph leaves out moves of the mouse that follow one another faster than a hundredth of a second."""


@pytest.fixture
def data() -> CutoutSet:
    return stamps(M, path=Path("/stamps.fits"))


@pytest.fixture
def panel(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, data: CutoutSet) -> MapPanel:
    open_stamps(window, qtbot, monkeypatch, data)
    scores = np.where(np.arange(M) % 10 == 0, 8.0, 1.0)
    window.session.detecting.take(detected(detection_of(data, scores.tolist(), ["strange"] * M)))
    window.actions_by_name["show_map"].trigger()
    shown = window.docks["map"].widget()
    assert isinstance(shown, MapPanel)
    qtbot.waitUntil(lambda: shown.isVisible() and len(shown.plot.points.x) == M)
    # What is learned from verdicts is learned in a thread, which is not to outlive the test.
    qtbot.waitUntil(lambda: window.session.state.review.learned is not None, timeout=30_000)
    return shown


def at(panel: MapPanel, place: int) -> QPointF:
    """Where an object is in the plot."""
    points = panel.plot.points
    scene = panel.plot.box.mapViewToScene(QPointF(points.x[place], points.y[place]))
    return QPointF(panel.plot.mapFromScene(scene))


def drag(panel: MapPanel, path: list[QPointF]) -> None:
    """Drag with the left button along ``path``."""
    view = panel.plot.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=path[0].toPoint())
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for spot in path[1:]:
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove, spot, view.mapToGlobal(spot), Qt.MouseButton.NoButton, left, none
        )
        QTest.qWait(PAUSE_MS)
        QApplication.sendEvent(view, event)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=path[-1].toPoint())


def press(panel: MapPanel, name: str) -> None:
    button = panel.findChild(QToolButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_components_stand_at_the_axes_with_their_share_of_the_variance(panel: MapPanel) -> None:
    assert panel.across.currentText() == "Component 1"
    assert "Component 1 (9" in panel.plot.bottom.labelText
    assert "% of the variance" in panel.plot.left.labelText


def test_that_a_click_on_a_point_looks_at_its_object(window: MainWindow, panel: MapPanel) -> None:
    QTest.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at(panel, 7).toPoint())
    assert window.session.state.selection.row == 7
    assert window.session.state.selection.event is None


def test_that_a_click_on_a_flagged_point_selects_its_event(window: MainWindow, panel: MapPanel) -> None:
    QTest.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at(panel, 20).toPoint())
    event = window.session.state.selection.event
    assert event is not None
    assert window.session.state.events[event].peak == 20


def test_that_a_box_chooses_the_objects_in_it_and_clear_none(window: MainWindow, panel: MapPanel) -> None:
    press(panel, "map-box")
    points, box = panel.plot.points, panel.plot.box
    left = points.x[10] - 0.1
    right = points.x[15] + 0.1
    top, low = float(points.y.max()) + 0.1, float(points.y.min()) - 0.1
    corners = [QPointF(left, top), QPointF((left + right) / 2, 0.0), QPointF(right, low)]
    drag(panel, [QPointF(panel.plot.mapFromScene(box.mapViewToScene(corner))) for corner in corners])
    assert window.session.state.chosen.tolist() == [10, 11, 12, 13, 14, 15]
    assert "6 chosen" in panel.says.text()
    press(panel, "map-clear")
    assert not len(window.session.state.chosen)


def test_that_a_lasso_chooses_what_it_goes_about(window: MainWindow, panel: MapPanel) -> None:
    middle = at(panel, 5)
    steps = np.linspace(0, 2 * np.pi, 12)
    drag(panel, [middle + QPointF(9 * np.cos(step), 9 * np.sin(step)) for step in steps])
    assert 5 in window.session.state.chosen.tolist()


def test_that_pointing_shows_the_stamp(panel: MapPanel) -> None:
    spot = at(panel, 12)
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        spot,
        panel.plot.viewport().mapToGlobal(spot),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(panel.plot.viewport(), event)
    assert panel.hover.isVisible()
    assert panel.hover.property("place") == 12


def test_that_any_two_numbers_can_be_the_axes(panel: MapPanel, data: CutoutSet) -> None:
    box = panel.findChild(QComboBox, "map-x")
    assert box is not None
    box.setCurrentText("mag (catalogue)")
    box.activated.emit(box.currentIndex())
    assert np.array_equal(panel.plot.points.x, data.columns["mag"].values)
    assert "mag (mag)" in panel.plot.bottom.labelText


def test_that_the_colour_can_be_the_kind(panel: MapPanel) -> None:
    box = panel.findChild(QComboBox, "map-colour")
    assert box is not None
    box.setCurrentText("kind")
    box.activated.emit(box.currentIndex())
    assert panel.plot.points.colour.tolist() == [int(place % 10 == 0) for place in range(M)]


def test_that_the_map_is_saved_as_a_picture(panel: MapPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(tmp_path / "map"), ""))
    press(panel, "map-save")
    assert (tmp_path / "map.png").stat().st_size > 1000


def test_that_umap_is_grey_with_the_reason_where_it_is_not_installed(
    window: MainWindow, panel: MapPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.ui.panels.scatter.umap_installed", lambda: False)
    window.session.select_row(3)
    assert not panel.umap.isEnabled()
    assert "pip install" in panel.umap.toolTip()


def test_that_a_layout_that_was_made_can_be_the_axes(
    window: MainWindow, panel: MapPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.ui.panels.scatter.umap_installed", lambda: True)
    monkeypatch.setattr(layout, "umap_of", lambda space: space[:, :2] * 10)
    window.session.select_row(3)
    press(panel, "map-umap")
    qtbot.waitUntil(lambda: window.session.state.map.places is not None)
    assert panel.across.currentText() == "UMAP 1"
    detection = window.session.state.detection
    assert detection is not None
    assert np.array_equal(panel.plot.points.x, detection.objects.space[:, 0] * 10)


@pytest.mark.skipif(not umap_installed(), reason="umap-learn is not installed")
def test_that_umap_keeps_groups_together() -> None:
    rng = np.random.default_rng(0)
    space = np.concatenate([rng.normal(0, 1, (30, 5)), rng.normal(12, 1, (30, 5))])
    space[3] = np.nan
    places = umap_of(space)
    assert np.isnan(places[3]).all()
    known = np.delete(places, 3, axis=0)
    middles = np.array([known[:29].mean(axis=0), known[29:].mean(axis=0)])
    nearer = np.hypot(*(known[:, None] - middles).transpose(2, 0, 1)).argmin(axis=1)
    assert nearer.tolist() == [0] * 29 + [1] * 30


def test_that_a_picture_without_a_subspace_has_numbers_for_axes(data: CutoutSet) -> None:
    from dataclasses import replace

    detection = detection_of(data, [1.0] * M, ["strange"] * M)
    objects = replace(detection.objects, space=np.zeros((M, 0)))
    names = [
        column.name
        for column in columns_of(replace(detection, scores=replace(detection.scores, objects=objects)), NO_MAP)
    ]
    assert "Component 1" not in names
    assert "FWHM" in names


def test_that_a_crowd_is_a_density_with_the_flagged_on_top() -> None:
    from desktop_app.ui.plot_items import Frame
    from desktop_app.ui.raster import View

    rng, m = np.random.default_rng(0), DENSE_FROM + 1
    x, y = rng.normal(0, 1, (2, m))
    x[0], y[0] = 4.0, 4.0
    colour = np.zeros(m, np.uint8)
    colour[0] = 1
    points = MapPoints(x, y, colour, ("#808080", "#ff0000"), np.array([0]))
    frame = Frame(View(-5.0, 5.0, 5.0, -5.0, 200, 200, 1.0), 0.0, 0.0, 200.0, 200.0)
    image = points_image(points, frame, "#808080")
    assert image.pixelColor(180, 20).name() == "#ff0000"
    assert image.pixelColor(100, 100).alpha() > image.pixelColor(125, 125).alpha() > 0
