"""The scores panel: the histogram with its threshold, and the stretch with the highest score."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.core.detection import Detection, Scores
from desktop_app.ui import work
from desktop_app.ui.panels.scores import ScoresPanel
from desktop_app.ui.picture import ScorePicture, score_picture, squeezed
from desktop_app.ui.window import MainWindow
from tests.ui.conftest import open_and_wait


def panel_of(window: MainWindow, qtbot: QtBot) -> ScoresPanel:
    """The panel, in front of the inspector."""
    dock = window.docks["scores"]
    dock.raise_()
    panel = dock.widget()
    assert isinstance(panel, ScoresPanel)
    qtbot.waitUntil(panel.isVisible)
    return panel


def text_of(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert label is not None
    return label.text()


def test_that_an_empty_panel_says_what_to_do(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    panel_of(window, qtbot)
    assert "once something was looked at" in text_of(window, "scores-empty")
    open_and_wait(window, star, qtbot)
    assert "Run" in text_of(window, "scores-empty")


def test_that_the_rows_above_the_threshold_are_counted(detected: MainWindow, qtbot: QtBot) -> None:
    panel_of(detected, qtbot)
    state = detected.session.state
    assert state.detection is not None
    values = state.detection.scores.values
    for threshold in (5.0, 12.0):
        detected.session.set_threshold(threshold)
        above = int((values >= threshold).sum())
        assert above > 0
        assert text_of(detected, "scores-share").startswith(f"{above:,} of 2,000 rows ({100 * above / 2000:.2f} %)")


def test_that_every_row_is_in_a_bar_and_the_percentile_is_that_of_the_scores(detected: MainWindow) -> None:
    state = detected.session.state
    assert state.scores is not None
    assert state.detection is not None
    spread = state.scores.histogram
    assert spread is not None
    assert spread.counts.sum() == 2000
    values = state.detection.scores.values
    assert (values < spread.percentile).mean() <= 0.9955
    assert (values <= spread.percentile).mean() >= 0.995


def test_that_dragging_the_line_in_the_histogram_moves_the_threshold(detected: MainWindow, qtbot: QtBot) -> None:
    plot = panel_of(detected, qtbot).histogram
    view, scores = plot.viewport(), detected.session.state.scores

    def point(sigma: float) -> QPoint:
        low, high = plot.box.viewRange()[1]
        return plot.mapFromScene(plot.box.mapViewToScene(QPointF(float(squeezed(sigma)), (low + high) / 2)))

    start, stop = point(detected.session.state.threshold), point(15.0)
    QTest.mouseMove(view, start)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for share in np.linspace(0, 1, 12):
        QTest.mouseMove(view, start + (stop - start) * float(share))
        qtbot.wait(15)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=stop)
    state = detected.session.state
    assert state.threshold == pytest.approx(15.0, rel=0.2)
    assert state.scores is scores
    assert all(event.score >= state.threshold for event in state.events)


@pytest.mark.parametrize("threshold", [5.0, 1000.0])
def test_that_a_click_on_the_top_window_shows_it_in_the_curve(
    detected: MainWindow, qtbot: QtBot, threshold: float
) -> None:
    panel = panel_of(detected, qtbot)
    detected.session.set_threshold(threshold)
    detected.curve.plots.look_at(1325.0, 1326.0)
    state = detected.session.state
    assert state.scores is not None
    assert state.scores.histogram is not None
    assert state.curve is not None
    top = float(state.curve.time[state.scores.histogram.top_row])
    view = panel.window_plot.viewport()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(view.width() // 2, view.height() // 2))
    start, stop = detected.curve.plots.time_range
    assert start <= top <= stop
    assert detected.session.state.selection.row is not None


def test_that_the_button_shows_the_top_as_well(detected: MainWindow, qtbot: QtBot) -> None:
    panel_of(detected, qtbot)
    button = detected.findChild(QToolButton, "scores-show")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    chosen = detected.session.state.selection.event
    assert chosen is not None
    events = detected.session.state.events
    assert events[chosen].score == max(event.score for event in events)


def test_that_the_model_of_a_detection_is_drawn_over_the_curve_and_can_be_hidden(
    window: MainWindow, star: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = panel_of(window, qtbot)
    open_and_wait(window, star, qtbot)
    _with_model(monkeypatch)
    window.session.run()
    qtbot.waitUntil(lambda: window.session.state.scores is not None, timeout=60_000)
    scores = window.session.state.scores
    assert scores is not None
    assert len(scores.model) == 2000
    assert "green" in text_of(window, "scores-top")
    green = QColor(window.appearance.theme.model).hue()
    assert _has(window.curve.plots.grab().toImage(), green)
    assert _has(panel.window_plot.grab().toImage(), green)
    QTest.keyClick(window, Qt.Key.Key_M)
    assert not window.curve.plots.model.isVisible()
    QTest.keyClick(window, Qt.Key.Key_M)
    assert window.curve.plots.model.isVisible()


def _with_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Detections have a model that lies below the curve, where only the dip is and nothing else is drawn."""

    def with_model(detection: Detection) -> ScorePicture:
        tracks = {**detection.scores.tracks, "model": np.full(len(detection.curve), 0.98)}
        return score_picture(replace(detection, scores=Scores(detection.scores.values, tracks)))

    monkeypatch.setattr(work, "score_picture", with_model)


def _has(image: object, hue: int) -> bool:
    from PySide6.QtGui import QImage

    assert isinstance(image, QImage)
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    sampled = raw[:, : image.width(), 2::-1].reshape(-1, 3)
    saturated = np.unique(sampled[np.ptp(sampled, axis=1) > 60], axis=0)
    return any(abs(QColor(*map(int, colour)).hue() - hue) <= 8 for colour in saturated)


def test_that_the_points_take_the_colours_of_another_theme_at_once(detected: MainWindow, qtbot: QtBot) -> None:
    detected.appearance.choose("light")
    detected.curve.plots.grab()
    detected.appearance.choose("dark")
    qtbot.waitUntil(lambda: detected.appearance.theme.dark)
    image = detected.curve.plots.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert any(QColor(name).lightness() > 150 and QColor(name).saturation() < 60 for name in colours)


def test_that_the_top_window_is_a_close_look_at_the_highest_score(detected: MainWindow) -> None:
    state = detected.session.state
    assert state.scores is not None
    assert state.scores.histogram is not None
    assert state.curve is not None
    start, stop = state.scores.histogram.window
    best = max(state.events, key=lambda event: event.score)
    assert start < state.curve.time[best.start] <= state.curve.time[best.stop - 1] < stop
    assert stop - start < 10
