"""The signals panel, driven as a person does, on a star with a planet and a pair of stars."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QTableView, QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.core.detection import PeriodicSignal, Scores
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.transits.fit import Shape
from desktop_app.core.transits.folded import Stretch
from desktop_app.ui import work
from desktop_app.ui.panels.signals import SignalsPanel
from desktop_app.ui.picture import score_picture
from desktop_app.ui.signals.signal_picture import SignalPicture, signal_picture
from desktop_app.ui.signals.signal_words import with_error
from desktop_app.ui.window import MainWindow
from tests.ui.conftest import double_click, open_and_wait

PLANET = Shape(3.3, 1326.7, 0.18, 0.1, 0.3)
STARS = Shape(7.1, 1329.0, 0.3, 0.2, 0.1)
SIGNALS = (
    PeriodicSignal(
        "eclipse",
        7.1,
        1329.0,
        0.3,
        STARS.depth,
        300.0,
        20.0,
        {"radius_ratio": 0.3, "impact": 0.1, "transits": 5.0, "period_error": 2e-4, "v_shape": 0.5},
    ),
    PeriodicSignal(
        "transit", 3.3, 1326.7, 0.18, PLANET.depth, 90.0, 12.0, {"radius_ratio": 0.1, "impact": 0.3, "transits": 11.0}
    ),
)


@pytest.fixture
def star(tmp_path: Path) -> Path:
    """Forty days of a star with both."""
    time = 1325.0 + 0.02 * np.arange(2000, dtype=np.float64)
    flux = 1 + 5e-4 * np.random.default_rng(2).standard_normal(2000)
    flux *= PLANET.light(time, 0.02) * STARS.light(time, 0.02)
    path = tmp_path / "star.csv"
    np.savetxt(path, np.column_stack([time, flux]), fmt="%.8f", delimiter=",", header="BTJD,flux", comments="")
    return path


@pytest.fixture
def panel(detected: MainWindow, qtbot: QtBot) -> SignalsPanel:
    """The panel with the signals, the first of which is drawn."""
    show_signals(detected, SIGNALS)
    qtbot.waitUntil(lambda: detected.session.state.signal.picture is not None, timeout=60_000)
    detected.docks["signals"].raise_()
    found = detected.docks["signals"].widget()
    assert isinstance(found, SignalsPanel)
    qtbot.waitUntil(lambda: found.plot.isVisible() and found.plot.width() > 100, timeout=60_000)
    return found


def show_signals(window: MainWindow, signals: tuple[PeriodicSignal, ...]) -> None:
    """What the window shows once a detector has found ``signals``."""
    detection = window.session.state.detection
    assert detection is not None
    found = replace(detection, scores=Scores(detection.scores.values, detection.scores.tracks, signals))
    window.session.detecting.take(work.Detected(work.flag(found, 5.0), score_picture(found), 0.1))


def curve_of(window: MainWindow) -> LightCurve:
    """The curve shown."""
    curve = window.session.state.curve
    assert curve is not None
    return curve


def picture_of(window: MainWindow) -> SignalPicture:
    """What is drawn of the chosen signal."""
    picture = window.session.state.signal.picture
    assert picture is not None
    return picture


def wait_for(window: MainWindow, stretch: Stretch, qtbot: QtBot) -> None:
    """Wait until this part of the period is drawn."""
    qtbot.waitUntil(lambda: picture_of(window).stretch is stretch, timeout=60_000)


def row_at(view: QTableView, row: int) -> QPoint:
    return view.visualRect(view.model().index(row, 1)).center()


def test_that_the_strongest_signal_is_folded_and_its_dips_are_marked(panel: SignalsPanel, detected: MainWindow) -> None:
    state = detected.session.state
    assert panel.model.rowCount() == 2
    assert state.signal.place == 0
    picture = state.signal.picture
    assert picture is not None
    assert picture.unit == "%"
    assert picture.bins.light.min() == pytest.approx(-100 * STARS.depth, rel=0.15)
    marks = detected.curve.plots.dips._time
    assert marks == pytest.approx(1329.0 + 7.1 * np.arange(6))


def test_that_a_click_on_a_row_folds_on_that_signal(panel: SignalsPanel, detected: MainWindow, qtbot: QtBot) -> None:
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=row_at(panel.view, 1))
    qtbot.waitUntil(lambda: picture_of(detected).place == 1, timeout=60_000)
    picture = picture_of(detected)
    assert len(detected.curve.plots.dips._time) == 12
    assert picture.model.min() == pytest.approx(-100 * PLANET.depth, rel=0.05)
    low, high = panel.plot.box.viewRange()[1]
    assert low < picture.model.min() < 0 < high


def test_that_the_arrows_go_from_dip_to_dip(panel: SignalsPanel, detected: MainWindow) -> None:
    forth, back = panel.findChild(QToolButton, "signals-next"), panel.findChild(QToolButton, "signals-previous")
    assert forth is not None
    assert back is not None
    time = curve_of(detected).time
    seen = []
    for button in (forth, forth, forth, back):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        seen.append(float(time[detected.session.state.selection.row]))
    assert seen == pytest.approx([1329.0, 1336.1, 1343.2, 1336.1], abs=0.16)
    assert detected.session.state.selection.centred
    start, stop = detected.curve.plots.time_range
    assert start < 1336.1 < stop


def test_that_a_double_click_brings_the_curve_to_a_dip(panel: SignalsPanel, detected: MainWindow) -> None:
    detected.session.select_event(None)
    at = row_at(panel.view, 0)
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    double_click(panel.view.viewport(), at)
    row = detected.session.state.selection.row
    assert row is not None
    assert curve_of(detected).time[row] == pytest.approx(1329.0, abs=0.16)


def test_that_odd_and_even_dips_part_and_come_together(panel: SignalsPanel) -> None:
    button = panel.findChild(QToolButton, "signals-odd-even")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.plot.bins._bins is None
    odd, even = panel.plot.odd._bins, panel.plot.even._bins
    assert odd is not None
    assert even is not None
    assert odd.light.min() == pytest.approx(even.light.min(), rel=0.3)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.plot.odd._bins is None
    assert panel.plot.bins._bins is not None


def test_that_the_chooser_shows_the_second_dip_and_the_whole_period(
    panel: SignalsPanel, detected: MainWindow, qtbot: QtBot
) -> None:
    box = panel.findChild(QComboBox, "signals-stretch")
    assert box is not None
    for key, stretch, first in ((Qt.Key.Key_Down, Stretch.SECOND, -5.0), (Qt.Key.Key_Down, Stretch.PERIOD, -0.25)):
        QTest.keyClick(box, key)
        wait_for(detected, stretch, qtbot)
        assert panel.plot.box.viewRange()[0][0] < first + 0.1 * abs(first)
    picture = picture_of(detected)
    assert len(picture.points) == curve_of(detected).usable.sum()


def test_that_every_point_can_be_brought_into_view_and_is_drawn(panel: SignalsPanel, detected: MainWindow) -> None:
    picture = picture_of(detected)
    button = panel.findChild(QToolButton, "signals-fit")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    low, high = panel.plot.box.viewRange()[1]
    assert low <= picture.points.values.min()
    assert picture.points.values.max() <= high
    panel.plot.grab()
    raster = panel.plot.points.raster
    assert raster is not None
    assert raster.shades.any()


def test_that_the_points_of_a_fold_keep_their_rows_and_nothing_is_lost(
    panel: SignalsPanel, detected: MainWindow
) -> None:
    detection = detected.session.state.detection
    assert detection is not None
    whole = signal_picture(detection, 1, Stretch.PERIOD)
    assert len(whole.points) == detection.curve.usable.sum()
    low, high = whole.value_range
    inside = (whole.points.values >= low) & (whole.points.values <= high)
    assert whole.outside == np.count_nonzero(~inside)


def test_that_copy_takes_the_whole_table_along(panel: SignalsPanel) -> None:
    button = panel.findChild(QPushButton, "signals-copy")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 3
    heads, first, second = (line.split("\t") for line in lines)
    assert first[heads.index("Kind")] == "E  Eclipse"
    assert first[heads.index("Period")] == "7.1000(2) d"
    assert first[heads.index("Why")] == "too large for a planet"
    assert second[heads.index("Dips")] == "11"
    assert second[heads.index("Centroid")] == "–"


def test_that_another_time_system_shows_in_the_table(panel: SignalsPanel, detected: MainWindow) -> None:
    before = panel.model.as_text()
    systems = curve_of(detected).reference.systems()
    assert len(systems) > 1
    detected.session.set_system(systems[1])
    assert panel.model.as_text() != before


def test_that_an_empty_panel_says_why(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    panel = window.docks["signals"].widget()
    assert isinstance(panel, SignalsPanel)
    label = panel.findChild(QLabel, "signals-empty")
    assert label is not None
    assert label.text().startswith("Open a light curve")
    open_and_wait(window, star, qtbot)
    assert label.text().startswith("Not detected yet")
    window.session.run()
    qtbot.waitUntil(lambda: window.session.state.detection is not None, timeout=60_000)
    show_signals(window, ())
    assert label.text().startswith("Nothing that repeats was found")
    assert not window.curve.plots.dips._time.size


def test_that_a_signal_of_the_curve_before_is_not_drawn_over_the_next(
    panel: SignalsPanel, detected: MainWindow, star: Path, qtbot: QtBot
) -> None:
    other = star.with_name("other.csv")
    other.write_bytes(star.read_bytes())
    open_and_wait(detected, other, qtbot)
    assert not detected.curve.plots.dips._time.size
    assert panel.model.rowCount() == 0
    detected.session.signals.step_dip(1)
    assert detected.session.state.selection.row is None


def test_that_a_click_on_a_folded_point_looks_at_its_row(panel: SignalsPanel, detected: MainWindow) -> None:
    picture = picture_of(detected)
    deepest = int(np.argmin(picture.points.values))
    panel.plot.fit_values()
    panel.plot.grab()  # the view is laid out when it is painted
    point = QPointF(float(picture.points.time[deepest]), float(picture.points.values[deepest]))
    at = panel.plot.mapFromScene(panel.plot.box.mapViewToScene(point))
    QTest.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    row = detected.session.state.selection.row
    assert row is not None
    turns = (curve_of(detected).time[row] - 1329.0) / 7.1
    assert abs(turns - round(turns)) < 0.03


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (3.288661, 1.5e-4, "3.28866(15)"),
        (2.2, 0.0019, "2.2000(19)"),
        (9.0, 3.0, "9(3)"),
        (1.5, float("nan"), "1.50000"),
    ],
)
def test_that_a_period_is_written_with_the_error_of_its_last_digits(value: float, error: float, text: str) -> None:
    assert with_error(value, error) == text
