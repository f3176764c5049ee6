"""The telemetry page, with real mouse and keys: rows, channels, cursor, labels, stretches."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QLineEdit, QSlider, QToolButton, QTreeView
from pytestqt.qtbot import QtBot

from desktop_app import io
from desktop_app.core.data import Dataset
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.ui.panels.telemetry import TelemetryPage
from desktop_app.ui.telemetry.clock_axis import ClockAxis, exact_time
from desktop_app.ui.theme import DARK, LIGHT, TRUTH
from desktop_app.ui.window import MainWindow
from tests.data import SHARED
from tests.telemetries import MODES, SPIKE_ROW, UNIX_2022, commanded, housekeeping, many_channels, odd_telemetry
from tests.ui.conftest import open_and_wait

Opened = Callable[[Telemetry], TelemetryPage]


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Opened:
    """Opens made telemetry as if it were a file."""

    def open_made(data: Telemetry) -> TelemetryPage:
        path = tmp_path / f"of {data.source.object_name[:40]}.made"
        path.touch()
        given = given_from(data, path)

        def open_file(_path: Path, *, part: str | None = None, **_options: object) -> Dataset:
            if part is None:
                return given
            return given_from(commanded(part=part, seed=int(part[-1])), path)

        monkeypatch.setattr(io, "open_file", open_file)
        open_and_wait(window, path, qtbot)
        page = window.centre.page
        assert isinstance(page, TelemetryPage)
        qtbot.waitUntil(lambda: is_laid_out(page))
        return page

    return open_made


def is_laid_out(page: TelemetryPage) -> bool:
    """Whether the rows stand beside their gutter and above the strip, which takes Qt a few events."""
    plots = page.plots
    beside = abs(plots.box.sceneBoundingRect().left() - plots.gutter.minimumWidth()) < 1.5
    return beside and plots.strip.height() < 60


def given_from(data: Telemetry, path: Path) -> Telemetry:
    source = Source(path, data.source.object_name, part=data.source.part, parts=data.source.parts)
    return Telemetry(
        source,
        data.time,
        data.values,
        data.channels,
        data.clock,
        data.zero_unix_s,
        labels=data.labels,
        training=data.training,
    )


def at(page: TelemetryPage, time: float, place: int) -> QPoint:
    """Where in the plots a channel is drawn at ``time``."""
    row = next(row for row in page.plots.scene_shown.rows if row.place == place)
    scene = page.plots.box.mapViewToScene(QPointF(time, row.top + row.height / 2))
    return page.plots.mapFromScene(scene)


def wheel(page: TelemetryPage, where: QPoint, keys: Qt.KeyboardModifier, notches: int = 1) -> None:
    view = page.plots.viewport()
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    turned = QPoint(0, 120 * notches)
    event = QWheelEvent(QPointF(where), QPointF(view.mapToGlobal(where)), QPoint(), turned, none, keys, phase, False)
    QApplication.sendEvent(view, event)


def tick(page: TelemetryPage, name: str) -> None:
    """Click the check box of a channel."""
    view = page.findChild(QTreeView, "channels-list")
    assert view is not None
    model = view.model()
    row = next(row for row in range(model.rowCount()) if str(model.index(row, 0).data()).split(" (")[0] == name)
    rect = view.visualRect(model.index(row, 0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(rect.left() + 11, rect.center().y()))


def shown(page: TelemetryPage) -> list[str]:
    """The names of the rows, from the top."""
    return [page.plots.scene_shown.channels[row.place].channel.name for row in page.plots.scene_shown.rows]


def button(page: TelemetryPage, name: str) -> QToolButton:
    found = page.findChild(QToolButton, name)
    assert found is not None
    return found


def choose(page: TelemetryPage, name: str, entry: str) -> None:
    """Choose from a combo box with keys, as a person does."""
    box = page.findChild(QComboBox, name)
    assert box is not None
    box.setFocus()
    steps = box.findText(entry) - box.currentIndex()
    for _ in range(abs(steps)):
        QTest.keyClick(box, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)
    assert box.currentText() == entry


def facts_of(window: MainWindow) -> str:
    label = window.findChild(QLabel, "inspector-facts")
    assert label is not None
    return label.text()


def test_that_telemetry_is_shown_on_its_own_page(opened: Opened, window: MainWindow) -> None:
    page = opened(housekeeping())
    assert page.isVisible()
    assert not window.curve.isVisible()
    assert shown(page) == ["bus voltage", "mode", "heater", "temperature"]


def test_that_a_tick_shows_and_hides_a_channel(opened: Opened) -> None:
    page = opened(housekeeping())
    tick(page, "board id")
    assert shown(page) == ["bus voltage", "mode", "heater", "board id", "temperature"]
    tick(page, "mode")
    assert "mode" not in shown(page)
    QTest.mouseClick(button(page, "channels-first"), Qt.MouseButton.LeftButton)
    assert shown(page) == ["bus voltage", "mode", "heater", "temperature"]


def test_that_all_and_none_are_about_the_channels_that_the_filter_lists(opened: Opened) -> None:
    page = opened(many_channels(500, 20))
    box = page.findChild(QLineEdit, "channels-filter")
    assert box is not None
    QTest.mouseClick(button(page, "channels-none"), Qt.MouseButton.LeftButton)
    assert shown(page) == []
    QTest.keyClicks(box, "channel 1")
    QTest.mouseClick(button(page, "channels-all"), Qt.MouseButton.LeftButton)
    assert shown(page) == [f"channel {place}" for place in (1, *range(10, 20))]


def test_that_channels_stand_in_the_order_that_was_chosen(opened: Opened) -> None:
    page = opened(housekeeping())
    QTest.mouseClick(button(page, "channels-all"), Qt.MouseButton.LeftButton)
    choose(page, "channels-order", "by name")
    assert shown(page) == ["board id", "bus voltage", "heater", "mode", "spare", "temperature"]
    choose(page, "channels-order", "by variance")
    assert shown(page)[:2] == ["mode", "temperature"]
    assert shown(page)[-2:] == ["board id", "spare"]


def test_that_the_list_of_channels_is_a_sound_model(opened: Opened, qtbot: QtBot) -> None:
    page = opened(housekeeping())
    QAbstractItemModelTester(page.list.model, QAbstractItemModelTester.FailureReportingMode.Fatal, page)
    page.list.model.set_filter("states")
    page.list.model.set_filter("")
    page.list.model.order_by("by variance")
    page.list.model.show_only(frozenset({0}))


def test_that_kind_constant_flag_and_share_of_nan_are_told(opened: Opened) -> None:
    page = opened(housekeeping())
    model = page.list.model
    cells = [[model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())]
    assert cells[0] == ["bus voltage (V)", "numbers", "3 %"]
    assert cells[1] == ["mode", "5 states", ""]
    assert cells[3] == ["board id", "constant", ""]
    assert cells[4] == ["spare", "empty", "100 %"]
    assert "constant 3.0" in model.index(3, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_that_the_wheel_zooms_time_and_with_shift_the_values_of_one_row(opened: Opened) -> None:
    page = opened(housekeeping())
    start, stop = page.plots.time_range
    before = {row.place: (row.low, row.high) for row in page.plots.scene_shown.rows}
    time = start + 0.25 * (stop - start)
    wheel(page, at(page, time, 0), Qt.KeyboardModifier.NoModifier)
    left, right = page.plots.time_range
    assert right - left < stop - start
    assert left + 0.25 * (right - left) == pytest.approx(time, abs=0.02 * (stop - start))
    assert {row.place: (row.low, row.high) for row in page.plots.scene_shown.rows} == before
    wheel(page, at(page, time, 0), Qt.KeyboardModifier.ShiftModifier)
    after = {row.place: (row.low, row.high) for row in page.plots.scene_shown.rows}
    assert after[0][1] - after[0][0] < before[0][1] - before[0][0]
    assert {place: pair for place, pair in after.items() if place} == {p: pair for p, pair in before.items() if p}
    assert page.plots.time_range == (left, right)
    QTest.keyClick(page, Qt.Key.Key_A)
    assert {row.place: (row.low, row.high) for row in page.plots.scene_shown.rows} == before
    assert page.plots.time_range == pytest.approx((start, stop))


def test_that_a_wheel_with_ctrl_makes_rows_higher(opened: Opened) -> None:
    page = opened(many_channels(500, 20))
    before = page.plots.scene_shown.rows[0].height
    wheel(page, at(page, 100.0, 0), Qt.KeyboardModifier.ControlModifier, 2)
    assert page.plots.scene_shown.rows[0].height > before
    slider = page.findChild(QSlider, "telemetry-height")
    assert slider is not None
    assert slider.value() > 0


def test_that_many_rows_scroll_under_the_wheel_over_their_names(opened: Opened) -> None:
    page = opened(many_channels(500, 20))
    QTest.mouseClick(button(page, "channels-all"), Qt.MouseButton.LeftButton)
    assert page.scroll_bar.isVisible()
    wheel(page, QPoint(20, 60), Qt.KeyboardModifier.NoModifier, -3)
    assert page.scroll_bar.value() > 0
    _, (top, _bottom) = page.plots.box.viewRange()
    assert top == pytest.approx(page.scroll_bar.value(), abs=1)


def test_that_keys_zoom_and_pan(opened: Opened, window: MainWindow) -> None:
    page = opened(housekeeping())
    start, stop = page.plots.time_range
    QTest.keyClick(window, Qt.Key.Key_Z)
    left, right = page.plots.time_range
    assert right - left == pytest.approx((stop - start) / 2)
    QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert page.plots.time_range[0] == pytest.approx(left + 0.25 * (right - left))


def test_that_fit_values_shows_the_values_in_view(opened: Opened, window: MainWindow) -> None:
    page = opened(housekeeping())
    page.plots.look_at(0.0, 500.0)
    QTest.keyClick(window, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    row = page.plots.scene_shown.rows[0]
    assert 27 < row.low < row.high < 29


def test_that_a_drag_pans_in_time(opened: Opened, qtbot: QtBot) -> None:
    page = opened(housekeeping())
    view = page.plots.viewport()
    start, stop = page.plots.time_range
    page.plots.zoom(0.5)
    left, _right = page.plots.time_range
    begin = at(page, (start + stop) / 2, 0)
    drag(view, begin, begin - QPoint(60, 0), Qt.MouseButton.LeftButton, qtbot)
    assert page.plots.time_range[0] > left


def test_that_a_right_drag_zooms_to_the_box_in_time_and_in_the_values_of_its_row(opened: Opened, qtbot: QtBot) -> None:
    page = opened(housekeeping())
    start, stop = page.plots.time_range
    row = page.plots.scene_shown.rows[0]
    begin, end = at(page, start + 0.4 * (stop - start), 0), at(page, start + 0.6 * (stop - start), 0)
    drag(page.plots.viewport(), begin - QPoint(0, 20), end + QPoint(0, 20), Qt.MouseButton.RightButton, qtbot)
    left, right = page.plots.time_range
    assert right - left == pytest.approx(0.2 * (stop - start), rel=0.15)
    boxed = page.plots.scene_shown.rows[0]
    assert row.low < boxed.low < boxed.high < row.high


def drag(view: object, begin: QPoint, end: QPoint, which: Qt.MouseButton, qtbot: QtBot) -> None:
    from tests.ui.test_looking import move_with

    QTest.mouseMove(view, begin)  # type: ignore[call-overload]  # the viewport, as Qt's stubs do not know it
    QTest.mousePress(view, which, pos=begin)  # type: ignore[call-overload]
    for share in np.linspace(0, 1, 6):
        move_with(view, begin + (end - begin) * float(share), which)  # type: ignore[arg-type]
        qtbot.wait(15)
    QTest.mouseRelease(view, which, pos=end)  # type: ignore[call-overload]


def test_that_the_cursor_reads_out_every_row(opened: Opened, window: MainWindow) -> None:
    data = housekeeping()
    page = opened(data)
    page.plots.look_at(float(data.time[SPIKE_ROW - 5]), float(data.time[SPIKE_ROW + 5]))
    QTest.mouseMove(page.plots.viewport(), at(page, float(data.time[SPIKE_ROW]), 0))
    QApplication.processEvents()
    texts = {place: text for place, (_, text) in page.plots.readout._texts.items()}
    assert texts[0] == "31 V"
    assert texts[1] == f"{MODES[int(data.values[SPIKE_ROW, 1])]} ({data.values[SPIKE_ROW, 1]:.0f})"
    assert texts[5].endswith("°C")
    status = window.findChild(QLabel, "status-cursor")
    assert status is not None
    assert status.text().startswith("2022-01-01 01:42:50.000 UTC   bus voltage 31 V   row 1,234")


def test_that_a_gap_has_no_value_under_the_cursor(opened: Opened) -> None:
    data = housekeeping()
    page = opened(data)
    page.plots.hovered.emit(float(data.time[715]), 10.0)
    assert page.plots.readout._texts[0][1] == "–"


def test_that_a_click_tells_time_labels_and_all_values_to_copy(opened: Opened, window: MainWindow) -> None:
    data = housekeeping()
    page = opened(data)
    page.plots.look_at(float(data.time[SPIKE_ROW - 5]), float(data.time[SPIKE_ROW + 5]))
    where = at(page, float(data.time[SPIKE_ROW]), 0)
    QTest.mouseClick(page.plots.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert window.session.state.selection.row == SPIKE_ROW
    facts = facts_of(window)
    for text in ("2022-01-01 01:42:50.000 UTC", "31 V", "point, rows 1,200 to 1,259", "spare", "no value"):
        assert text in facts
    copy = window.findChild(QToolButton, "inspector-copy")
    assert copy is not None
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "bus voltage\t31 V" in QGuiApplication.clipboard().text().splitlines()


def test_that_full_stop_and_comma_go_from_sample_to_sample(opened: Opened, window: MainWindow) -> None:
    opened(housekeeping())
    window.session.select_row(40)
    QTest.keyClick(window, Qt.Key.Key_Period)
    assert window.session.state.selection.row == 41
    QTest.keyClick(window, Qt.Key.Key_Comma)
    QTest.keyClick(window, Qt.Key.Key_Comma)
    assert window.session.state.selection.row == 39


def test_that_labels_are_outlined_named_and_can_be_hidden(opened: Opened) -> None:
    page = opened(housekeeping())
    legend = page.findChild(QLabel, "telemetry-legend")
    assert legend is not None
    assert "contextual (1)" in legend.text()
    assert "point (1)" in legend.text()
    assert has_colour(page, TRUTH)
    QTest.mouseClick(button(page, "telemetry-truth"), Qt.MouseButton.LeftButton)
    assert not has_colour(page, TRUTH)
    assert legend.text() == ""


def has_colour(page: TelemetryPage, colour: str) -> bool:
    image = page.plots.grab().toImage()
    wanted = int(colour[1:], 16) | 0xFF000000
    return any(image.pixel(x, y) == wanted for y in range(0, image.height(), 2) for x in range(image.width()))


def test_that_the_training_stretch_is_shown_alone_or_before_the_test(opened: Opened, window: MainWindow) -> None:
    data = commanded()
    page = opened(data)
    assert page.plots.span == (0.0, 2999.0)
    choose(page, "telemetry-stretch", "Training")
    assert page.plots.span == (0.0, 1499.0)
    choose(page, "telemetry-stretch", "Both")
    first, last = page.plots.span
    assert last == 2999.0
    assert first < -1499.0
    where = at(page, first + 100, 0)
    QTest.mouseClick(page.plots.viewport(), Qt.MouseButton.LeftButton, pos=where)
    selection = window.session.state.selection
    assert selection.training
    assert selection.row == pytest.approx(100, abs=10)
    assert "of the training stretch" in facts_of(window)


def test_that_page_down_shows_the_next_channel_of_the_folder(opened: Opened, window: MainWindow, qtbot: QtBot) -> None:
    page = opened(commanded())
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: window.session.state.data is not None and window.session.state.data.source.part == "P-2")
    title = page.findChild(QLabel, "telemetry-title")
    assert title is not None
    assert title.text() == "P-2"


def test_that_labels_loaded_once_are_there_for_every_part(
    opened: Opened, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    opened(commanded())
    labels = tmp_path / "truth.json"
    labels.write_text(json.dumps({"P-1": [[10, 20]], "P-2": [[30, 40], [50, 60]]}), encoding="utf-8")
    window.session.telemetry.load_labels(labels)
    qtbot.waitUntil(lambda: labels_of(window, "P-1") == 2, timeout=20_000)
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: labels_of(window, "P-2") == 3, timeout=20_000)


def labels_of(window: MainWindow, part: str) -> int:
    data = window.session.state.data
    return len(data.labels) if isinstance(data, Telemetry) and data.source.part == part else -1


def test_that_a_click_into_the_strip_moves_the_view_there(opened: Opened) -> None:
    page = opened(housekeeping())
    page.plots.look_at(0.0, 500.0)
    where = page.plots.mapFromScene(page.plots.strip.mapViewToScene(QPointF(7000.0, 20.0)))
    QTest.mouseClick(page.plots.viewport(), Qt.MouseButton.LeftButton, pos=where)
    start, stop = page.plots.time_range
    assert (start + stop) / 2 == pytest.approx(7000.0, abs=60)
    assert stop - start == pytest.approx(500.0)


def test_that_the_brush_of_the_strip_is_dragged_along(opened: Opened, qtbot: QtBot) -> None:
    page = opened(housekeeping())
    page.plots.look_at(2000.0, 4000.0)
    begin, end = (
        page.plots.mapFromScene(page.plots.strip.mapViewToScene(QPointF(time, 20.0))) for time in (3000.0, 6000.0)
    )
    drag(page.plots.viewport(), begin, end, Qt.MouseButton.LeftButton, qtbot)
    assert page.plots.time_range[0] == pytest.approx(5000.0, abs=200)


def test_that_box_zoom_makes_the_left_button_draw_boxes(opened: Opened, window: MainWindow, qtbot: QtBot) -> None:
    page = opened(housekeeping())
    QTest.keyClick(window, Qt.Key.Key_X)
    begin, end = at(page, 3000.0, 0), at(page, 5000.0, 1)
    drag(page.plots.viewport(), begin, end, Qt.MouseButton.LeftButton, qtbot)
    assert page.plots.time_range == pytest.approx((3000.0, 5000.0), abs=60)
    window.actions_by_name["box_zoom"].trigger()
    assert not page.plots.box.boxing


@pytest.mark.real_data
@pytest.mark.parametrize(("part", "kind"), [("E-1", "contextual"), ("M-6", "point"), ("P-2", "point"), ("T-10", "")])
def test_that_real_channels_show_their_value_and_the_commands_that_were_sent(
    window: MainWindow, qtbot: QtBot, part: str, kind: str
) -> None:
    path = SHARED / "telemetry" / "smap_msl_dev.npz"
    if not path.exists():
        pytest.skip(f"the real data are not here: {path}")
    open_and_wait(window, path, qtbot)
    window.session.show_part(part)
    qtbot.waitUntil(lambda: labels_of(window, part) >= 0, timeout=20_000)
    page = window.centre.page
    assert isinstance(page, TelemetryPage)
    assert shown(page)[0] == "value"
    assert all(name.startswith("command") for name in shown(page)[1:])
    assert page.plots.scene_shown.rows[0].height > 100
    legend = page.findChild(QLabel, "telemetry-legend")
    assert legend is not None
    assert kind in legend.text()
    assert bool(legend.text()) == bool(kind)


def test_that_numbers_are_drawn_as_steps_where_asked(opened: Opened) -> None:
    page = opened(housekeeping())
    assert not page.plots.scene_shown.steps
    choose(page, "telemetry-drawn", "Steps")
    assert page.plots.scene_shown.steps


def test_that_the_plots_are_written_as_a_picture(
    opened: Opened, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(housekeeping())
    target = tmp_path / "rows.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_options: (str(target), ""))
    window.actions_by_name["save_plot"].trigger()
    assert target.stat().st_size > 5000


def test_that_twenty_and_more_states_have_room_for_their_names(opened: Opened) -> None:
    names = tuple(f"STATE_{number:02}" for number in range(24))
    values = (np.arange(480) // 20)[:, None].astype(np.float64)
    page = opened(Telemetry(Source(object_name="modes"), np.arange(480.0), values, (Channel("mode", states=names),)))
    row = page.plots.scene_shown.rows[0]
    assert row.height / len(names) >= 14


def test_that_a_light_curve_brings_the_curve_back(
    opened: Opened, window: MainWindow, star: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = io.open_file
    page = opened(housekeeping())
    monkeypatch.setattr(io, "open_file", real)
    open_and_wait(window, star, qtbot)
    assert not page.isVisible()
    assert window.curve.isVisible()
    QTest.keyClick(window, Qt.Key.Key_A)


def test_that_the_look_follows_the_theme(opened: Opened, window: MainWindow) -> None:
    page = opened(housekeeping())
    for choice, theme in (("dark", DARK), ("light", LIGHT)):
        window.appearance.choose(choice)
        assert page.plots.grab().toImage().pixelColor(3, 3).name() == theme.panel


@pytest.mark.parametrize("name", list(odd_telemetry()))
def test_that_odd_telemetry_is_drawn_zoomed_and_read_out(opened: Opened, window: MainWindow, name: str) -> None:
    data = odd_telemetry()[name]
    page = opened(data)
    QTest.mouseClick(button(page, "channels-all"), Qt.MouseButton.LeftButton)
    assert len(shown(page)) == len(data.channels)
    page.grab()
    for key in (Qt.Key.Key_Z, Qt.Key.Key_Z, Qt.Key.Key_A):
        QTest.keyClick(window, key)
        page.grab()
    middle = page.plots.mapFromScene(page.plots.box.sceneBoundingRect().center())
    for notches in (9, -30):
        for keys in (Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier):
            wheel(page, middle, keys, notches)
            page.grab()
    QTest.mouseMove(page.plots.viewport(), middle)
    QTest.mouseClick(page.plots.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    page.grab()
    assert (window.session.state.selection.row is not None) == (len(data) > 0)


def test_that_a_thousand_channels_are_listed_and_told_up_to_a_limit(opened: Opened, window: MainWindow) -> None:
    page = opened(many_channels(200, 1000))
    QTest.mouseClick(button(page, "channels-all"), Qt.MouseButton.LeftButton)
    assert len(shown(page)) == 1000
    page.grab()
    window.session.select_row(3)
    assert "more, which Copy takes along" in facts_of(window)
    copy = window.findChild(QToolButton, "inspector-copy")
    assert copy is not None
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert len(QGuiApplication.clipboard().text().splitlines()) > 1000


@pytest.mark.parametrize("width", [300, 620, 1100])
@pytest.mark.parametrize("span_s", [0.02, 9.0, 400.0, 9000.0, 2e5, 3e7, 2e9])
def test_that_dates_below_the_rows_keep_apart(window: MainWindow, span_s: float, width: int) -> None:
    axis = ClockAxis()
    axis.show_clock(housekeeping())
    start = 12_345.678
    spacing, values = axis.tickValues(start, start + span_s, width)[0]
    texts = axis.tickStrings(values, 1.0, spacing)
    assert texts
    assert all(one != other for one, other in pairwise(texts))
    metrics = window.fontMetrics()
    for (one, text), (other, next_) in pairwise(zip(values, texts, strict=True)):
        apart = (other - one) / span_s * width
        assert apart > (metrics.horizontalAdvance(text) + metrics.horizontalAdvance(next_)) / 2


def test_that_exact_times_are_told_to_the_microsecond_only_where_they_need_it() -> None:
    data = housekeeping()
    assert exact_time(data, 5.0) == "2022-01-01 00:00:05.000 UTC"
    assert exact_time(data, 5.000025) == "2022-01-01 00:00:05.000025 UTC"
    assert exact_time(housekeeping(clock="elapsed"), 1234.5) == "1,234.5 s"
    assert exact_time(housekeeping(clock="samples"), 1234.0) == "sample 1,234"
    assert data.zero_unix_s == UNIX_2022
