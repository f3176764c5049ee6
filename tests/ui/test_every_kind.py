"""Each kind of file, dropped onto the window: what comes up is the page for it, and something is drawn there."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.data import kind_of
from desktop_app.ui.centre import Centre
from desktop_app.ui.window import MainWindow
from tests.every_kind import FILES, FOLDERS
from tests.ui.test_opening import drop

PAGES = {
    "light curve": "curve",
    "target pixels": "curve",
    "image": "image",
    "cutouts": "gallery",
    "telemetry": "telemetry",
}


@pytest.mark.parametrize("name", [*FILES, *FOLDERS])
def test_that_what_is_dropped_comes_up_on_the_page_for_it(
    name: str, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    kind, make = (FILES | FOLDERS)[name]
    path = make(tmp_path)
    drop(window, [path])
    if name in FOLDERS:
        qtbot.waitUntil(lambda: is_listed(window, path), timeout=30_000)
        window.session.show(path)
    qtbot.waitUntil(lambda: is_shown(window, path), timeout=30_000)
    data = window.session.state.data
    assert data is not None
    assert kind_of(data) == kind
    centre = window.findChild(Centre)
    assert centre is not None
    page = centre.currentWidget()
    assert isinstance(page, QWidget)
    assert page.objectName() == PAGES[kind]
    qtbot.waitUntil(lambda: is_drawn(page), timeout=30_000)
    assert window.windowTitle().startswith(data.source.object_name)
    assert window.actions_by_name["run"].isEnabled()


def test_that_what_no_reader_knows_is_told_and_what_was_shown_stays(
    window: MainWindow, star: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    drop(window, [star])
    qtbot.waitUntil(lambda: is_shown(window, star), timeout=30_000)
    picture = tmp_path / "photo.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    drop(window, [picture])
    qtbot.waitUntil(lambda: window.session.state.notice is not None, timeout=30_000)
    notice = window.session.state.notice
    assert notice is not None
    assert "photo.png" in notice.text
    assert is_shown(window, star)


def is_listed(window: MainWindow, path: Path) -> bool:
    return any(entry.path == path and entry.summary is not None for entry in window.session.state.files)


def is_shown(window: MainWindow, path: Path) -> bool:
    state = window.session.state
    return state.busy is None and state.data is not None and state.data.source.path == path


def is_drawn(page: QWidget) -> bool:
    """Whether there are many shades below the page's head."""
    image = page.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    shades = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return len(np.unique(shades[120:-60])) > 8


@pytest.mark.parametrize("name", ["mission light curve", "target pixels", "image with a mask", "telemetry in text"])
def test_that_a_small_window_stays_as_it_is_and_the_page_has_room(
    name: str, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = FILES[name][1](tmp_path)
    window.resize(1100, 700)
    drop(window, [path])
    qtbot.waitUntil(lambda: is_shown(window, path), timeout=30_000)
    qtbot.waitUntil(lambda: window.findChild(Centre) is not None)
    centre = window.findChild(Centre)
    assert centre is not None
    assert (window.width(), window.height()) == (1100, 700)
    assert window.minimumSizeHint().width() <= 1100
    assert centre.width() >= 540
