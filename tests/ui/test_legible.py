"""What is written and drawn over the plots: labels keep apart, and what is out of date goes."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QTableView
from pytestqt.qtbot import QtBot

from desktop_app.core.timescales import TimeReference, TimeSystem
from desktop_app.paths import resources
from desktop_app.ui.axes import TimeAxis
from desktop_app.ui.elided import ElidedLabel
from desktop_app.ui.theme import DARK, LIGHT
from desktop_app.ui.window import MainWindow
from tests.ui.conftest import open_and_wait

_BTJD = TimeReference("BTJD", 2_457_000.0, "TDB", barycentric=True)


@pytest.mark.parametrize("system", [TimeSystem.NATIVE, TimeSystem.BJD, TimeSystem.ISO])
@pytest.mark.parametrize("span_d", [0.003, 0.2, 1.7, 28.0])
@pytest.mark.parametrize("width", [160.0, 215.0, 700.0])
def test_that_no_label_of_the_time_axis_runs_into_the_next(
    window: MainWindow, system: TimeSystem, span_d: float, width: float
) -> None:
    axis = TimeAxis()
    axis.show_as(_BTJD, system)
    start = 1327.8
    spacing, values = axis.tickValues(start, start + span_d, width)[0]
    texts = axis.tickStrings(values, 1.0, spacing)
    metrics = QFontMetricsF(axis.font())
    edges = [
        ((value - start) / span_d * width, metrics.horizontalAdvance(text) / 2)
        for value, text in zip(values, texts, strict=True)
    ]
    assert edges
    for (x, half), (next_x, next_half) in pairwise(edges):
        assert x + half < next_x - next_half, texts


def test_that_the_label_beside_the_cursor_goes_when_the_curve_moves(detected: MainWindow) -> None:
    data, plots = detected.session.state.curve, detected.curve.plots
    under = detected.findChild(QLabel, "curve-under-cursor")
    assert data is not None
    assert under is not None
    plots.look_at(1326.0, 1326.5)
    moves: tuple[Callable[[], None], ...] = (
        lambda: plots.zoom(0.5),
        lambda: plots.pan(0.1),
        lambda: _turn_wheel(detected),
    )
    for move in moves:
        plots.hovered.emit(float(data.time[60]), float(data.flux[60]))
        assert under.isVisible()
        move()
        assert not under.isVisible()


def _turn_wheel(window: MainWindow) -> None:
    view = window.curve.plots.viewport()
    at = QPointF(view.rect().center()) - QPointF(0, 100)
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    keys = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(at, QPointF(view.mapToGlobal(at)), QPoint(), QPoint(0, 120), none, keys, phase, False)
    QApplication.sendEvent(view, event)


def test_that_the_zoom_box_has_the_accent_of_the_theme(window: MainWindow) -> None:
    for choice, theme in (("dark", DARK), ("light", LIGHT)):
        window.appearance.choose(choice)
        for box in (window.curve.plots.curve_box, window.curve.plots.score_box):
            assert box.rbScaleBox.pen().color().name() == theme.accent
            assert box.rbScaleBox.brush().color().name() == theme.accent


def test_that_dates_of_events_are_written_in_full(window: MainWindow, qtbot: QtBot) -> None:
    open_and_wait(window, resources() / "samples" / "all_together.fits", qtbot)
    window.session.run()
    qtbot.waitUntil(lambda: bool(window.session.state.events), timeout=60_000)
    view = window.findChild(QTableView, "events-table")
    assert view is not None
    window.session.set_system(TimeSystem.ISO)
    peak = 2
    text = view.model().index(0, peak).data()
    assert "T" in text
    assert view.fontMetrics().horizontalAdvance(text) < view.columnWidth(peak)


def test_that_a_name_without_room_ends_in_an_ellipsis_and_is_whole_in_its_tip(detected: MainWindow) -> None:
    title = detected.findChild(ElidedLabel, "curve-title")
    assert title is not None
    assert title.width() >= title.fontMetrics().horizontalAdvance(title.text())
    assert title.toolTip() == title.text() == "star"
