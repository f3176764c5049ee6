"""The gallery: a grid that filters and sorts, keys, the large stamp, and ids to copy."""

from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QSlider, QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.core.cutouts import CutoutSet
from desktop_app.ui.images.stamp_grid import StampModel
from desktop_app.ui.images.stamp_table import StampTable
from desktop_app.ui.panels.gallery import COMMON, GalleryPage
from desktop_app.ui.window import MainWindow
from tests.pictures import open_made, stamps
from tests.ui.conftest import open_and_wait


def open_stamps(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, data: CutoutSet) -> GalleryPage:
    open_made(monkeypatch, {"": data})
    assert data.source.path is not None
    open_and_wait(window, data.source.path, qtbot)
    page = window.centre.page
    assert isinstance(page, GalleryPage)
    return page


@pytest.fixture
def data() -> CutoutSet:
    return stamps(path=Path("/stamps.fits"))


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, data: CutoutSet) -> GalleryPage:
    return open_stamps(window, qtbot, monkeypatch, data)


def choose(page: GalleryPage, name: str, text: str) -> None:
    box = page.findChild(QComboBox, name)
    assert box is not None
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.findText(text)):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == text


def type_filter(page: GalleryPage, text: str, qtbot: QtBot) -> None:
    """Type a filter and wait for what it keeps."""
    box = page.findChild(QLineEdit, "gallery-filter")
    assert box is not None
    box.clear()
    QTest.keyClicks(box, text)
    qtbot.waitUntil(lambda: not page._typed.isActive())


def click(page: GalleryPage, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    grid = page.grid
    at = grid.visualRect(grid.stamps.index(row)).center()
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, at)


def cell(page: GalleryPage, row: int, column: int) -> str:
    item = page.table.item(row, column)
    assert item is not None
    return item.text()


def large(page: GalleryPage) -> np.ndarray:
    picture = page.stamp.view.picture
    assert picture is not None
    return picture.pixels


def test_that_a_click_shows_the_stamp_large_with_its_row(
    window: MainWindow, page: GalleryPage, data: CutoutSet
) -> None:
    click(page, 3)
    assert window.session.state.selection.row == 3
    np.testing.assert_array_equal(large(page), data.images[3])
    rows = {cell(page, row, 0): cell(page, row, 1) for row in range(page.table.rowCount())}
    assert rows["type"] == data.labels["type"][3]
    assert rows["mag"].endswith("mag")
    assert float(rows["score"]) == pytest.approx(data.columns["score"].values[3], rel=1e-4)


def test_that_the_stamp_that_someone_else_selects_is_shown(
    window: MainWindow, page: GalleryPage, data: CutoutSet
) -> None:
    window.session.select_row(150)
    np.testing.assert_array_equal(large(page), data.images[150])
    index = page.grid.currentIndex()
    assert index.row() == 150
    assert page.grid.viewport().rect().intersects(page.grid.visualRect(index))


def test_that_arrows_go_from_stamp_to_stamp_and_enter_enlarges(window: MainWindow, page: GalleryPage) -> None:
    click(page, 0)
    QTest.keyClick(page.grid, Qt.Key.Key_Right)
    assert window.session.state.selection.row == 1
    QTest.keyClick(page.grid, Qt.Key.Key_Down)
    below = window.session.state.selection.row
    assert below is not None
    assert below > 1
    width = page.stamp.width()
    QTest.keyClick(page.grid, Qt.Key.Key_Return)
    assert page.stamp.width() > width
    QTest.keyClick(page.grid, Qt.Key.Key_Return)
    assert abs(page.stamp.width() - width) < 20


def test_that_the_filter_keeps_what_it_says_and_tells_what_it_does_not_understand(
    page: GalleryPage, data: CutoutSet, qtbot: QtBot
) -> None:
    type_filter(page, "score > 0.8 and type = galaxy", qtbot)
    wanted = [
        place
        for place in range(len(data))
        if data.columns["score"].values[place] > 0.8 and data.labels["type"][place] == "galaxy"
    ]
    assert page.grid.stamps.places == wanted
    shown = page.findChild(QLabel, "gallery-shown")
    assert shown is not None
    assert shown.text() == f"{len(wanted)} of 200 stamps"
    type_filter(page, "colour > 1", qtbot)
    problem = page.findChild(QLabel, "gallery-problem")
    assert problem is not None
    assert "no column “colour”" in problem.text()
    type_filter(page, "nothing is called so", qtbot)
    assert problem.text() == "No stamp fulfils the filter."


def test_that_stamps_are_sorted_by_a_column_and_back(page: GalleryPage, data: CutoutSet) -> None:
    choose(page, "gallery-sort", "score")
    falling = page.findChild(QToolButton, "gallery-falling")
    assert falling is not None
    QTest.mouseClick(falling, Qt.MouseButton.LeftButton)
    assert page.grid.stamps.places == np.argsort(-data.columns["score"].values).tolist()
    QTest.mouseClick(falling, Qt.MouseButton.LeftButton)
    assert page.grid.stamps.places == np.argsort(data.columns["score"].values).tolist()


def test_that_ids_are_copied(page: GalleryPage, data: CutoutSet) -> None:
    click(page, 2)
    click(page, 4, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(page.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split("\n") == [data.ids[2], data.ids[4]]


def test_that_cuts_are_each_stamps_own_or_the_same_for_all(page: GalleryPage, data: CutoutSet) -> None:
    click(page, 0)
    own = page.stamp.view.look.cuts
    assert own == pytest.approx(tuple(np.percentile(data.images[0], [0.25, 99.75])))
    choose(page, "gallery-common", COMMON)
    assert page.stamp.view.look.cuts == pytest.approx(tuple(np.percentile(data.images, [0.25, 99.75])), rel=1e-2)
    choose(page, "look-stretch", "log")
    assert page.stamp.view.look.stretch == "log"


def test_that_the_slider_and_the_zoom_actions_change_the_size(window: MainWindow, page: GalleryPage) -> None:
    slider = page.findChild(QSlider, "gallery-size")
    assert slider is not None
    slider.setValue(200)
    assert page.grid.cell.width() > 200
    window.actions_by_name["zoom_out"].trigger()
    assert page.grid.side < 200


def test_that_the_model_of_the_grid_keeps_its_promises(data: CutoutSet, page: GalleryPage) -> None:
    model = StampModel(page)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_stamps(StampTable(data), np.arange(50))
    model.show_stamps(StampTable(data), np.arange(0))
    model.show_stamps(None, np.arange(0))
    assert tester.model() is model


@pytest.mark.slow
def test_that_ten_thousand_stamps_scroll(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    data = stamps(10_000, 31, path=Path("/many.fits"))
    page = open_stamps(window, qtbot, monkeypatch, data)
    bar = page.grid.verticalScrollBar()
    spent = []
    for step in range(40):
        before = perf_counter()
        bar.setValue(bar.maximum() * step // 40)
        page.grid.viewport().repaint()
        spent.append(1000 * (perf_counter() - before))
    before = perf_counter()
    type_filter(page, "score > 0.5", qtbot)
    page.grid.viewport().repaint()
    filtered = 1000 * (perf_counter() - before)
    told = (
        f"10,000 stamps: a page median {np.median(spent):.1f} ms, worst {max(spent):.1f} ms; filter {filtered:.0f} ms"
    )
    print(f"\n{told}")  # noqa: T201  what the benchmark is for
    qtbot.waitUntil(lambda: not page.grid._rest.isActive())
    first = page.grid.stamps.places[page.grid.indexAt(page.grid.viewport().rect().topLeft()).row()]
    page.grid.viewport().repaint()
    assert page.grid.thumbnails.image(first) is not None


def test_that_what_the_reader_left_out_is_told_below_the_stamps(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, data: CutoutSet
) -> None:
    noted = replace(data, source=replace(data.source, notes=("2 of 32 stamps are left out.",)))
    page = open_stamps(window, qtbot, monkeypatch, noted)
    told = page.findChild(QLabel, "gallery-notes")
    assert told is not None
    assert told.isVisible()
    assert told.text() == "2 of 32 stamps are left out."
