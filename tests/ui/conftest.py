"""The real window, offscreen, with settings of its own; nothing is left when a test ends."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSettings, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop_app.ui.app import make_window
from desktop_app.ui.window import MainWindow
from tests.ui.stars import write_star


@pytest.fixture(autouse=True)
def nothing_is_left(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No new top-level widget, no running timer and no button of the mouse held down after a test."""
    qapp.setStyle("Fusion")
    started: list[QTimer] = []
    start = QTimer.start

    def noted(timer: QTimer, *arguments: int) -> None:
        started.append(timer)
        start(timer, *arguments)

    monkeypatch.setattr(QTimer, "start", noted)
    before = set(QApplication.topLevelWidgets())
    yield
    assert QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = [widget for widget in QApplication.topLevelWidgets() if widget not in before and isValid(widget)]
    assert not left, f"widgets left: {left}"
    running = [timer for timer in started if isValid(timer) and timer.isActive()]
    assert not running, f"timers left running: {running}"


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """Settings in a file of the test's own."""
    return QSettings(str(tmp_path / "peculiar.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def new_window(qtbot: QtBot, settings: QSettings) -> Iterator[Callable[[], MainWindow]]:
    """Makes windows that share the settings, and puts them away."""
    made: list[MainWindow] = []

    def make() -> MainWindow:
        window = make_window(settings)
        made.append(window)
        window.resize(1440, 900)
        window.show()
        qtbot.waitExposed(window)
        window.session.load_detector()
        qtbot.waitUntil(lambda: window.session.state.spec is not None, timeout=30_000)
        return window

    yield make
    for window in made:
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def window(new_window: Callable[[], MainWindow]) -> MainWindow:
    """The window, shown, with its detector loaded."""
    return new_window()


@pytest.fixture
def star(tmp_path: Path) -> Path:
    """A star with a flare and a dip."""
    return write_star(tmp_path / "star.csv")


@pytest.fixture
def detected(window: MainWindow, star: Path, qtbot: QtBot) -> MainWindow:
    """The window with the star open and its events found."""
    open_and_wait(window, star, qtbot)
    window.session.run()
    qtbot.waitUntil(lambda: window.session.state.busy is None, timeout=60_000)
    assert len(window.session.state.events) >= 2
    return window


def open_and_wait(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    """Open ``path`` and wait until it is drawn."""
    window.session.open([path])
    qtbot.waitUntil(lambda: shown(window) == path, timeout=60_000)


def shown(window: MainWindow) -> Path | None:
    """The file that is drawn."""
    data = window.session.state.data
    return data.source.path if data is not None else None


def double_click(widget: QWidget, at: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    """A double click that lets the button go: that of Qt holds it down, for the tests that follow as well."""
    QTest.mouseDClick(widget, button, pos=at)
    QTest.mouseRelease(widget, button, pos=at)
