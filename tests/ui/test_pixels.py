"""Pixels beside the curve: the frame of the cadence that is looked at, and apertures drawn on it."""

import os
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.pixels import TargetPixels
from desktop_app.ui.panels.pixels import PixelsPanel
from desktop_app.ui.window import MainWindow
from tests.data import SHARED
from tests.pixel_files import CORNER, optimal_mask, pixel_columns, pixel_file
from tests.ui.conftest import double_click, open_and_wait

SIZE = (5, 7)
N = 300


@pytest.fixture
def pixels_open(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """The window with a target pixel file of 5 x 7 pixels."""
    open_and_wait(window, pixel_file(tmp_path, n=N), qtbot)
    qtbot.waitUntil(lambda: window.docks["pixels"].isVisible())
    return window


def panel_of(window: MainWindow) -> PixelsPanel:
    return window.pixels_panel


def flux_in_file() -> Floats:
    return np.asarray(pixel_columns(N, SIZE, "TESS")["FLUX"], np.float64)


def summed(mask: Bools) -> Floats:
    inside = flux_in_file()[:, mask]
    return np.where(np.isnan(inside).all(axis=1), np.nan, np.nansum(inside, axis=1))


def place_of(window: MainWindow, x: int, y: int) -> QPoint:
    return panel_of(window).view.place_of(x, y).toPoint()


def click_pixel(window: MainWindow, x: int, y: int) -> None:
    QTest.mouseClick(panel_of(window).view, Qt.MouseButton.LeftButton, pos=place_of(window, x, y))


def wait_for_sum(window: MainWindow, mask: Bools, qtbot: QtBot) -> None:
    """Wait until the curve is the sum over ``mask``."""

    def is_summed() -> bool:
        data = window.session.state.data
        return isinstance(data, TargetPixels) and np.array_equal(data.aperture, mask)

    qtbot.waitUntil(is_summed, timeout=10_000)


def click_row(window: MainWindow, row: int) -> None:
    """Click the point of ``row`` in the curve."""
    curve, plots = window.session.state.curve, window.curve.plots
    assert curve is not None
    scene = plots.curve_box.mapViewToScene(QPointF(float(curve.time[row]), float(curve.flux[row])))
    QTest.mouseClick(plots.viewport(), Qt.MouseButton.LeftButton, pos=plots.mapFromScene(scene))


def wait_for_frame(window: MainWindow, row: int, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.session.state.frame is not None and window.session.state.frame.row == row)


def text_of(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert label is not None
    return label.text()


def pressed(window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def mask_with(*pixels: tuple[int, int], start: Bools | None = None) -> Bools:
    """``start``, or the pipeline's aperture, with pixels (x, y) the other way."""
    mask = (optimal_mask(SIZE) == 3) if start is None else start.copy()
    for x, y in pixels:
        mask[y, x] ^= True
    return mask


def test_that_the_panel_is_there_for_pixels_and_gone_for_light_curves(
    window: MainWindow, tmp_path: Path, star: Path, qtbot: QtBot
) -> None:
    assert not window.docks["pixels"].isVisible()
    open_and_wait(window, pixel_file(tmp_path), qtbot)
    assert window.docks["pixels"].isVisible()
    open_and_wait(window, star, qtbot)
    assert not window.docks["pixels"].isVisible()


def test_that_the_panel_comes_back_as_high_as_it_was(
    pixels_open: MainWindow, tmp_path: Path, star: Path, qtbot: QtBot
) -> None:
    docks = pixels_open.docks
    first = docks["pixels"].height()
    assert first >= 300
    column = [docks[name] for name in ("files", "detector", "pixels")]
    pixels_open.resizeDocks(column, [300, 230, 300], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: docks["pixels"].height() < first)
    before = docks["pixels"].height()
    open_and_wait(pixels_open, star, qtbot)
    open_and_wait(pixels_open, tmp_path / "star_tp.fits", qtbot)
    qtbot.waitUntil(lambda: abs(docks["pixels"].height() - before) <= 4)


def test_that_a_panel_that_was_closed_stays_closed_until_asked_for(
    pixels_open: MainWindow, tmp_path: Path, star: Path, qtbot: QtBot
) -> None:
    pixels_open.docks["pixels"].close()
    open_and_wait(pixels_open, star, qtbot)
    open_and_wait(pixels_open, tmp_path / "star_tp.fits", qtbot)
    assert not pixels_open.docks["pixels"].isVisible()
    QTest.keyClick(pixels_open, Qt.Key.Key_P)
    assert pixels_open.docks["pixels"].isVisible()


def test_that_the_median_frame_is_shown_first(pixels_open: MainWindow) -> None:
    picture = panel_of(pixels_open).view.picture
    assert picture is not None
    assert text_of(pixels_open, "pixels-title").startswith("Median of")
    assert np.allclose(picture.pixels[:4, :4], np.nanmedian(flux_in_file()[:, :4, :4], axis=0), atol=3)


def test_that_a_click_on_the_curve_shows_the_frame_of_that_cadence(pixels_open: MainWindow, qtbot: QtBot) -> None:
    pixels_open.curve.plots.look_at(1325.32, 1325.36)
    click_row(pixels_open, 33)
    assert pixels_open.session.state.selection.row == 33
    wait_for_frame(pixels_open, 33, qtbot)
    picture = panel_of(pixels_open).view.picture
    assert picture is not None
    assert np.array_equal(picture.pixels, flux_in_file()[33], equal_nan=True)
    assert text_of(pixels_open, "pixels-title").startswith("Cadence 70,033  ·  1325.33583 BTJD")


def test_that_comma_and_full_stop_go_from_frame_to_frame(pixels_open: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(pixels_open, Qt.Key.Key_Period)
    wait_for_frame(pixels_open, 0, qtbot)
    QTest.keyClick(pixels_open, Qt.Key.Key_Period)
    wait_for_frame(pixels_open, 1, qtbot)
    QTest.keyClick(pixels_open, Qt.Key.Key_Comma)
    wait_for_frame(pixels_open, 0, qtbot)


def test_that_j_shows_the_frame_of_the_events_peak(pixels_open: MainWindow, qtbot: QtBot) -> None:
    pixels_open.session.run()
    qtbot.waitUntil(lambda: bool(pixels_open.session.state.events), timeout=60_000)
    QTest.keyClick(pixels_open, Qt.Key.Key_J)
    wait_for_frame(pixels_open, pixels_open.session.state.events[0].peak, qtbot)


def test_that_only_the_last_of_many_cadences_is_waited_for(pixels_open: MainWindow, qtbot: QtBot) -> None:
    for row in (10, 20, 30, 40, 50):
        pixels_open.session.select_row(row)
    wait_for_frame(pixels_open, 50, qtbot)
    picture = panel_of(pixels_open).view.picture
    assert picture is not None
    assert np.array_equal(picture.pixels, flux_in_file()[50], equal_nan=True)


def test_that_a_frame_that_comes_after_another_file_is_dropped(
    pixels_open: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    other = pixel_file(tmp_path, n=60, size=(4, 4), name="other_tp.fits")
    pixels_open.session.select_row(200)
    open_and_wait(pixels_open, other, qtbot)
    pixels_open.session.select_row(5)
    wait_for_frame(pixels_open, 5, qtbot)
    picture = panel_of(pixels_open).view.picture
    assert picture is not None
    assert picture.shape == (4, 4)


def test_that_a_clicked_pixel_joins_the_sum_and_the_rest_stays(pixels_open: MainWindow, qtbot: QtBot) -> None:
    before = pixels_open.session.state.curve
    pixels_open.session.select_row(33)
    click_pixel(pixels_open, 0, 0)
    mask = mask_with((0, 0))
    wait_for_sum(pixels_open, mask, qtbot)
    curve = pixels_open.session.state.curve
    assert curve is not None
    assert before is not None
    assert np.allclose(curve.flux, summed(mask), rtol=1e-12, equal_nan=True)
    assert np.array_equal(curve.quality, before.quality)
    assert curve.flux_name == f"SUM {int(mask.sum())} px"
    assert pixels_open.session.state.selection.row == 33


def test_that_a_stroke_does_to_all_pixels_what_it_did_to_the_first(pixels_open: MainWindow, qtbot: QtBot) -> None:
    view = panel_of(pixels_open).view
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=place_of(pixels_open, 0, 0))
    for x in (1, 2, 3):
        QTest.mouseMove(view, place_of(pixels_open, x, 0))
    assert pixels_open.session.state.busy is None  # nothing is summed before the stroke ends
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=place_of(pixels_open, 3, 0))
    mask = mask_with((0, 0), (1, 0), (2, 0), (3, 0))
    wait_for_sum(pixels_open, mask, qtbot)
    assert pixels_open.session.undo_stack.count() == 1


def test_that_a_drag_with_shift_held_moves_the_picture_and_draws_nothing(pixels_open: MainWindow) -> None:
    view, shift = panel_of(pixels_open).view, Qt.KeyboardModifier.ShiftModifier
    view.zoom(3.0)
    before = view.aim
    start, stop = QPoint(100, 100), QPoint(140, 100)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, shift, start)
    QTest.mouseMove(view, stop)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, shift, stop)
    assert view.aim.x < before.x
    assert pixels_open.session.undo_stack.count() == 0


def test_that_two_quick_clicks_toggle_twice(pixels_open: MainWindow, qtbot: QtBot) -> None:
    view = panel_of(pixels_open).view
    click_pixel(pixels_open, 1, 1)
    double_click(view, place_of(pixels_open, 1, 1))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=place_of(pixels_open, 1, 1))
    assert pixels_open.session.undo_stack.count() == 2
    qtbot.waitUntil(lambda: pixels_open.session.state.busy is None)
    wait_for_sum(pixels_open, mask_with(), qtbot)


def test_that_apertures_are_undone_and_redone(pixels_open: MainWindow, qtbot: QtBot) -> None:
    click_pixel(pixels_open, 0, 0)
    wait_for_sum(pixels_open, mask_with((0, 0)), qtbot)
    QTest.keyClick(pixels_open, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait_for_sum(pixels_open, mask_with(), qtbot)
    QTest.keyClick(pixels_open, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    wait_for_sum(pixels_open, mask_with((0, 0)), qtbot)


def test_that_the_keyboard_draws_too(pixels_open: MainWindow, qtbot: QtBot) -> None:
    view = panel_of(pixels_open).view
    view.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Up):
        QTest.keyClick(view, key)
    assert view.cursor_pixel == (1, 3)
    QTest.keyClick(view, Qt.Key.Key_Space)
    wait_for_sum(pixels_open, mask_with((1, 3)), qtbot)


def test_that_the_buttons_choose_all_pixels_at_once(pixels_open: MainWindow, qtbot: QtBot) -> None:
    pressed(pixels_open, "aperture-clear")
    wait_for_sum(pixels_open, np.zeros(SIZE, np.bool_), qtbot)
    notice = pixels_open.session.state.notice
    assert notice is not None
    assert notice.text == "No pixel is summed."
    pressed(pixels_open, "aperture-threshold")
    qtbot.waitUntil(lambda: pixels_open.session.state.busy is None)
    drawn = pixels_open.session.state.aperture
    assert drawn is not None
    assert drawn[2, 3]
    assert not drawn[4, 0]
    pressed(pixels_open, "aperture-pipeline")
    wait_for_sum(pixels_open, mask_with(), qtbot)
    assert text_of(pixels_open, "aperture-told").endswith("the pipeline's")


def test_that_events_are_found_in_the_drawn_sum_and_their_list_tells_its_pixels(
    pixels_open: MainWindow, qtbot: QtBot
) -> None:
    pixels_open.session.run()
    qtbot.waitUntil(lambda: pixels_open.session.state.detection is not None, timeout=60_000)
    mask = np.zeros(SIZE, np.bool_)
    mask[2, 2:5] = True
    pixels_open.session.pixels.set_aperture(mask)
    qtbot.waitUntil(
        lambda: (
            pixels_open.session.state.detection is not None
            and pixels_open.session.state.curve is not None
            and pixels_open.session.state.detection.data is pixels_open.session.state.curve
            and pixels_open.session.state.curve.flux_name == "SUM 3 px"
        ),
        timeout=60_000,
    )
    table = pixels_open.session.state.table
    assert table is not None
    told = f"SUM 3 px (row {CORNER[1] + 2}: {CORNER[0] + 2}-{CORNER[0] + 4})"
    assert table.provenance[0].flux == told
    assert any(event.start <= 33 < event.stop for event in pixels_open.session.state.events)


def test_that_of_many_quick_strokes_the_last_aperture_is_summed(pixels_open: MainWindow, qtbot: QtBot) -> None:
    drawn = [(x, y) for y in range(SIZE[0]) for x in range(3)]
    for x, y in drawn:
        click_pixel(pixels_open, x, y)
    mask = mask_with(*drawn)
    wait_for_sum(pixels_open, mask, qtbot)
    curve = pixels_open.session.state.curve
    assert curve is not None
    assert np.allclose(curve.flux, summed(mask), rtol=1e-12, equal_nan=True)
    assert pixels_open.session.undo_stack.count() == len(drawn)


def test_that_a_stroke_during_a_search_begins_it_anew(pixels_open: MainWindow, qtbot: QtBot) -> None:
    pixels_open.session.run()
    assert pixels_open.session.state.busy is not None
    click_pixel(pixels_open, 0, 0)
    qtbot.waitUntil(lambda: pixels_open.session.state.detection is not None, timeout=60_000)
    detection = pixels_open.session.state.detection
    assert detection is not None
    assert detection.data is pixels_open.session.state.curve
    assert detection.data.flux_name == f"SUM {int(mask_with((0, 0)).sum())} px"


def test_that_closing_the_file_empties_the_panel(pixels_open: MainWindow, qtbot: QtBot) -> None:
    pixels_open.session.select_row(33)
    wait_for_frame(pixels_open, 33, qtbot)
    panel_of(pixels_open).play()
    QTest.keyClick(pixels_open, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert pixels_open.session.state.aperture is None
    assert panel_of(pixels_open).view.picture is None
    assert not panel_of(pixels_open).film.playing
    assert not pixels_open.docks["pixels"].isVisible()


def test_that_another_preset_keeps_the_drawn_aperture(pixels_open: MainWindow, qtbot: QtBot) -> None:
    click_pixel(pixels_open, 0, 0)
    wait_for_sum(pixels_open, mask_with((0, 0)), qtbot)
    pixels_open.session.set_preset("none")
    qtbot.waitUntil(
        lambda: pixels_open.session.state.curve is not None and pixels_open.session.state.curve.preset == "none"
    )
    wait_for_sum(pixels_open, mask_with((0, 0)), qtbot)
    assert pixels_open.session.state.aperture is not None
    assert pixels_open.session.state.aperture[0, 0]


def test_that_a_cancelled_sum_leaves_curve_and_outline(
    pixels_open: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    going = Event()

    def slow(_self: object, mask: Bools, report: object = None) -> None:
        assert callable(report)
        while True:
            going.set()
            report(0.5, "Summing pixels")

    monkeypatch.setattr("desktop_app.io.pixels.pixel_frames.PlainFrames.sums", slow)
    before = pixels_open.session.state.curve
    click_pixel(pixels_open, 0, 0)
    qtbot.waitUntil(going.is_set)
    assert pixels_open.session.state.aperture is not None
    assert pixels_open.session.state.aperture[0, 0]
    QTest.keyClick(pixels_open, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: pixels_open.session.state.busy is None)
    assert pixels_open.session.state.curve is before
    assert np.array_equal(pixels_open.session.state.aperture, mask_with())


def test_that_the_film_goes_from_frame_to_frame_and_ends_with_the_data(pixels_open: MainWindow, qtbot: QtBot) -> None:
    play = pixels_open.findChild(QToolButton, "pixels-play")
    stride = pixels_open.findChild(QComboBox, "pixels-stride")
    assert play is not None
    assert stride is not None
    stride.setCurrentText("× 100")
    QTest.mouseClick(play, Qt.MouseButton.LeftButton)
    assert panel_of(pixels_open).film.playing
    qtbot.waitUntil(lambda: not panel_of(pixels_open).film.playing, timeout=20_000)
    assert pixels_open.session.state.selection.row == N - 1
    assert not play.isChecked()


def test_that_keys_begin_and_end_the_film(pixels_open: MainWindow, qtbot: QtBot) -> None:
    film = panel_of(pixels_open).film
    QTest.keyClick(pixels_open, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert film.playing
    qtbot.waitUntil(lambda: (pixels_open.session.state.selection.row or 0) > 2)
    panel_of(pixels_open).view.setFocus()
    QTest.keyClick(panel_of(pixels_open).view, Qt.Key.Key_Escape)
    assert not film.playing


def test_that_the_film_ends_when_the_panel_is_closed(pixels_open: MainWindow) -> None:
    panel_of(pixels_open).play()
    assert panel_of(pixels_open).film.playing
    pixels_open.docks["pixels"].close()
    assert not panel_of(pixels_open).film.playing


def test_that_the_difference_is_the_frame_less_the_median(pixels_open: MainWindow, qtbot: QtBot) -> None:
    pixels_open.session.select_row(33)
    wait_for_frame(pixels_open, 33, qtbot)
    median = pixels_open.session.state.drawing
    what = pixels_open.findChild(QComboBox, "pixels-what")
    assert what is not None
    what.setFocus()
    QTest.keyClick(what, Qt.Key.Key_Down)
    assert what.currentText() == "Difference"
    picture = panel_of(pixels_open).view.picture
    assert picture is not None
    assert median is not None
    # The star is a tenth fainter in this row.
    assert picture.pixels[2, 3] == pytest.approx(-200, abs=30)
    low, high = panel_of(pixels_open).view.look.cuts
    assert low == -high


def test_that_value_pixel_and_position_are_told_under_the_cursor(pixels_open: MainWindow, qtbot: QtBot) -> None:
    pixels_open.session.select_row(33)
    wait_for_frame(pixels_open, 33, qtbot)
    QTest.mouseMove(panel_of(pixels_open).view, place_of(pixels_open, 3, 2))
    short, full = text_of(pixels_open, "pixels-under-cursor"), pixels_open.status.cursor.text()
    value = f"{flux_in_file()[33, 2, 3]:,.2f} e-/s"
    place = "05 37 09.89 −80 28 08.9"
    assert short == f"{value}   {CORNER[0] + 3}, {CORNER[1] + 2}   {place}"
    assert full == f"{value}   column {CORNER[0] + 3}, row {CORNER[1] + 2}   {place}   84.29120 -80.46914"
    QTest.mouseMove(panel_of(pixels_open).view, place_of(pixels_open, 30, 2))
    assert text_of(pixels_open, "pixels-under-cursor") == pixels_open.status.cursor.text() == ""


def test_that_a_file_that_changed_under_the_window_is_told_once(
    pixels_open: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    os.utime(tmp_path / "star_tp.fits", ns=(1, 1))
    pixels_open.session.select_row(33)
    qtbot.waitUntil(lambda: pixels_open.session.state.notice is not None)
    notice = pixels_open.session.state.notice
    assert notice is not None
    assert "has changed since it was opened" in notice.text
    pixels_open.session.dismiss()
    qtbot.wait(50)
    assert pixels_open.session.state.notice is None


def test_that_the_outline_is_drawn_about_the_aperture(pixels_open: MainWindow) -> None:
    view = panel_of(pixels_open).view
    picture = view.grab().toImage()
    mark = QColor("#4ee08a")
    found = [
        (x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).name() == mark.name()
    ]
    ratio = picture.devicePixelRatio()
    left, top = (min(place[axis] for place in found) / ratio for axis in (0, 1))
    right, bottom = (max(place[axis] for place in found) / ratio for axis in (0, 1))
    corner, end = view.place_of(1.5, 3.5), view.place_of(4.5, 0.5)
    assert (left, top) == pytest.approx((corner.x(), corner.y()), abs=3)
    assert (right, bottom) == pytest.approx((end.x(), end.y()), abs=3)


@pytest.mark.parametrize(
    "name",
    [
        "ktwo211983544-c18_lpd-targ.fits",
        "tic55525572_s05_transit_slice_tp.fits.gz",
        "tess-s0001-4-2_84.291190_-80.469170_6x6_astrocut.fits",
        "lightkurve_tests/test-tpf-all-zeros.fits",
        "lightkurve_tests/test-tpf-tesscut_1x1.fits",
        "lightkurve_tests/asteroid_test.fits",
    ],
)
def test_that_real_pixels_are_shown_and_summed_anew(window: MainWindow, name: str, qtbot: QtBot) -> None:
    path = SHARED / "tpf" / name
    if not path.exists():
        pytest.skip(f"the real data are not here: {path}")
    open_and_wait(window, path, qtbot)
    data = window.session.state.data
    assert isinstance(data, TargetPixels)
    row = int(np.flatnonzero(np.isfinite(data.curve.time))[-1])
    window.session.select_row(row)
    wait_for_frame(window, row, qtbot)
    picture = panel_of(window).view.picture
    assert picture is not None
    assert np.array_equal(picture.pixels, data.frames.frame(row), equal_nan=True)
    click_pixel(window, 0, 0)
    mask = mask_with((0, 0), start=data.aperture)
    wait_for_sum(window, mask, qtbot)
    curve = window.session.state.curve
    assert curve is not None
    assert np.array_equal(curve.flux, data.frames.sums(mask)[0], equal_nan=True)


def test_that_every_control_has_a_name_a_tip_and_is_reached_by_tab(pixels_open: MainWindow) -> None:
    for kind in (QPushButton, QToolButton, QComboBox):
        for widget in panel_of(pixels_open).findChildren(kind):
            assert isinstance(widget, QWidget)
            assert widget.objectName()
            assert widget.toolTip()
            assert widget.accessibleName() or isinstance(widget, QPushButton)
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
