"""Files come in by menu, by drop and by list; what cannot be read is a sentence."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from desktop_app.ui.window import MainWindow
from tests.data import real_file
from tests.ui.conftest import open_and_wait, shown
from tests.ui.stars import write_star


def drop(window: MainWindow, paths: list[Path]) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(400, 400), Qt.DropAction.CopyAction, mime, buttons, keys))


def test_that_an_empty_window_says_what_to_do(window: MainWindow) -> None:
    assert window.session.state.curve is None
    assert window.curve.findChild(QLabel, "curve-title") is not None
    assert not window.actions_by_name["run"].isEnabled()
    assert window.actions_by_name["open_files"].isEnabled()


def test_that_a_dropped_file_is_shown_and_not_detected(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    drop(window, [star])
    qtbot.waitUntil(lambda: shown(window) == star)
    assert window.session.state.detection is None
    assert window.session.state.busy is None


def test_that_a_dropped_folder_is_listed_with_what_the_headers_say(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "night"
    folder.mkdir()
    for number in range(5):
        write_star(folder / f"star{number}.csv", 50, seed=number)
    drop(window, [folder])
    qtbot.waitUntil(lambda: sum(entry.summary is not None for entry in window.session.state.files) == 5)
    tree = window.findChild(QTableView, "files-list")
    assert tree is not None
    assert [tree.model().index(row, 0).data() for row in range(6)] == ["night", *(f"star{n}.csv" for n in range(5))]
    qtbot.waitUntil(lambda: shown(window) == folder / "star0.csv")


def test_that_a_click_in_the_list_shows_the_file(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    first, second = write_star(tmp_path / "a.csv"), write_star(tmp_path / "b.csv", seed=1)
    window.session.open([first, second])
    qtbot.waitUntil(lambda: shown(window) == first)
    qtbot.waitUntil(lambda: all(entry.summary for entry in window.session.state.files))
    tree = window.findChild(QTableView, "files-list")
    assert tree is not None
    place = tree.visualRect(tree.model().index(1, 0)).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: shown(window) == second)


def test_that_the_filter_keeps_only_matching_files(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window.session.open([write_star(tmp_path / name, 50) for name in ("apple.csv", "pear.csv")])
    qtbot.waitUntil(lambda: all(entry.summary for entry in window.session.state.files))
    tree = window.findChild(QTableView, "files-list")
    box = window.findChild(QLineEdit, "files-filter")
    assert box is not None
    QTest.keyClicks(box, "pea")
    assert tree is not None
    assert tree.model().rowCount() == 1


def test_that_a_broken_file_is_a_notice_and_the_last_one_stays(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    open_and_wait(window, star, qtbot)
    broken = star.with_name("broken.fits")
    broken.write_bytes(b"SIMPLE  =                    T" + bytes(5000))
    window.session.open([broken])
    qtbot.waitUntil(lambda: window.session.state.notice is not None)
    notice = window.session.state.notice
    assert notice is not None
    assert notice.level == "error"
    assert "broken.fits" in notice.text
    assert window.notice.isVisible()
    assert shown(window) == star
    assert window.session.state.path == star
    assert window.session.state.busy is None


def test_that_a_bug_in_a_reader_is_a_notice_with_details(
    window: MainWindow, star: Path, caplog: pytest.LogCaptureFixture
) -> None:
    window.session.tell_error(RuntimeError("the reader broke"))
    notice = window.session.state.notice
    assert notice is not None
    assert "RuntimeError" in notice.details
    assert window.notice.details_button.isVisible()
    QTest.mouseClick(window.notice.close_button, Qt.MouseButton.LeftButton)
    assert not window.notice.isVisible()
    caplog.clear()


def test_that_the_open_dialog_opens_what_was_chosen(
    window: MainWindow, star: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_arguments: ([str(star)], ""))
    window.actions_by_name["open_files"].trigger()
    qtbot.waitUntil(lambda: shown(window) == star)


def test_that_opened_files_are_remembered_for_the_next_window(
    new_window: Callable[[], MainWindow], star: Path, qtbot: QtBot
) -> None:
    first = new_window()
    open_and_wait(first, star, qtbot)
    first.close()
    assert new_window().session.state.recent == (star,)


def test_that_a_closed_file_leaves_an_empty_window(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    open_and_wait(window, star, qtbot)
    window.actions_by_name["close_file"].trigger()
    assert window.session.state.curve is None
    assert window.session.state.files == ()


def test_that_hidden_rows_are_counted_and_named(window: MainWindow, qtbot: QtBot) -> None:
    path = real_file("tess_spoc/tess2018206045859-s0001-0000000441420236-0120-s_lc.fits")
    open_and_wait(window, path, qtbot)
    picture = window.session.state.picture
    assert picture is not None
    label = window.curve.findChild(QLabel, "curve-hidden")
    assert label is not None
    assert f"{picture.hidden:,} rows hidden" in label.text()
    assert dict(picture.reasons)["Manual exclude"] > 0
    data = window.session.state.curve
    assert data is not None
    assert picture.hidden == int(np.count_nonzero(~data.usable))
