"""The list of files: folders, kinds, filters, order, what is remembered, and what happens to files meanwhile."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.core.errors import ReadError
from desktop_app.io.reader import FileSummary
from desktop_app.ui.files import folder_watch
from desktop_app.ui.files.file_model import CADENCE, FILE, MISSION, SIZE, FileModel
from desktop_app.ui.files.file_table import FileTable
from desktop_app.ui.panels.files import FilesPanel
from desktop_app.ui.state import FileEntry
from desktop_app.ui.window import MainWindow
from tests.fits_files import mission_file
from tests.ui.conftest import open_and_wait, shown
from tests.ui.stars import write_star


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A folder of two TESS stars, one of Kepler in a folder below, an image, and a file that is nothing."""
    folder = tmp_path / "night"
    (folder / "more").mkdir(parents=True)
    mission_file(folder, name="b.fits", n=300)
    mission_file(folder, name="c.fits", n=100)
    mission_file(folder / "more", mission="Kepler", name="d.fits")
    fits.PrimaryHDU(np.zeros((30, 40), np.float32)).writeto(folder / "e.fits")
    (folder / "f.fits").write_bytes(b"nothing at all")
    return folder


def panel_of(window: MainWindow) -> FilesPanel:
    return window.files_panel


def texts(window: MainWindow, column: int = FILE) -> list[str]:
    """A column of the list from top to bottom."""
    model = panel_of(window).model
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def names(window: MainWindow) -> list[str]:
    """The names of the files and folders listed."""
    model = panel_of(window).model
    found = []
    for row in range(model.rowCount()):
        folder, place = model.row(row)
        entry = model.entry(row)
        found.append(entry.path.name if place >= 0 and entry else Path(folder).name)
    return found


def open_folder(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    """Open a folder and wait until every header is read."""
    window.session.open([folder])
    wait_for_headers(window, qtbot)


def wait_for_headers(window: MainWindow, qtbot: QtBot) -> None:
    def read() -> bool:
        files = window.session.state.files
        return bool(files) and all(entry.summary or entry.problem or entry.gone for entry in files)

    qtbot.waitUntil(read, timeout=20_000)


def click(table: FileTable, row: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    at = table.visualRect(table.model().index(row, FILE)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, keys, at)


def test_that_a_folder_is_listed_with_kind_mission_cadence_and_size(
    window: MainWindow, night: Path, qtbot: QtBot
) -> None:
    open_folder(window, night, qtbot)
    assert names(window) == ["night", "b.fits", "c.fits", "e.fits", "f.fits", "more", "d.fits"]
    assert texts(window)[:3] == ["night", "b", "c"]
    assert texts(window, SIZE)[1:4] == ["300 rows", "100 rows", "40 × 30"]
    assert texts(window, CADENCE)[1] == "2 min"
    told = window.findChild(QLabel, "files-told")
    assert told is not None
    assert told.text() == "5 files"


def test_that_the_model_keeps_to_the_rules_of_qt(window: MainWindow, night: Path, qtbot: QtBot) -> None:
    model = panel_of(window).model
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    open_folder(window, night, qtbot)
    model.set_filter("tic", "")
    model.sort(SIZE, Qt.SortOrder.DescendingOrder)
    model.set_filter("", "")
    model.close_folders()
    assert model.rowCount() == 2
    tester.deleteLater()


def test_that_the_chooser_of_kinds_keeps_one_kind(window: MainWindow, night: Path, qtbot: QtBot) -> None:
    open_folder(window, night, qtbot)
    box = window.findChild(QComboBox, "files-kind")
    assert box is not None
    box.setFocus()
    assert box.itemText(3) == "Images (1)"
    box.setCurrentIndex(box.findData("image"))
    assert names(window) == ["night", "e.fits"]
    box.setCurrentIndex(box.findData("problem"))
    assert names(window) == ["night", "f.fits"]
    box.setCurrentIndex(0)
    assert len(names(window)) == 7


def test_that_the_filter_looks_at_file_names_and_missions_too(window: MainWindow, night: Path, qtbot: QtBot) -> None:
    open_folder(window, night, qtbot)
    box = window.findChild(QLineEdit, "files-filter")
    assert box is not None
    QTest.keyClicks(box, "kepler")
    assert names(window) == ["more", "d.fits"]
    box.clear()
    QTest.keyClicks(box, "c.fits tess")
    assert names(window) == ["night", "c.fits"]
    box.clear()
    QTest.keyClicks(box, "nothing like that")
    message = window.findChild(QLabel, "files-no-match")
    assert message is not None
    assert message.isVisible()


def test_that_a_click_on_a_heading_sorts_and_a_third_one_restores_the_order(
    window: MainWindow, night: Path, qtbot: QtBot
) -> None:
    open_folder(window, night, qtbot)
    header = panel_of(window).view.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(SIZE) + 8, header.height() // 2)
    for expected in (["c.fits", "b.fits"], ["b.fits", "c.fits"], ["b.fits", "c.fits"]):
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert [name for name in names(window) if name in expected] == expected


def test_that_a_click_closes_and_opens_a_folder_and_so_do_keys(window: MainWindow, night: Path, qtbot: QtBot) -> None:
    open_folder(window, night, qtbot)
    table = panel_of(window).view
    click(table, 0)
    assert names(window) == ["night", "more", "d.fits"]
    click(table, 0)
    assert len(names(window)) == 7
    table.choose(2)
    QTest.keyClick(table, Qt.Key.Key_Left)
    assert table.currentIndex().row() == 0
    QTest.keyClick(table, Qt.Key.Key_Left)
    assert len(names(window)) == 3
    QTest.keyClick(table, Qt.Key.Key_Right)
    assert len(names(window)) == 7


def test_that_arrow_keys_go_from_file_to_file(window: MainWindow, night: Path, qtbot: QtBot) -> None:
    open_folder(window, night, qtbot)
    qtbot.waitUntil(lambda: shown(window) == night / "b.fits")
    table = panel_of(window).view
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: shown(window) == night / "c.fits")


def test_that_several_files_can_be_selected_without_opening_them(window: MainWindow, night: Path, qtbot: QtBot) -> None:
    open_folder(window, night, qtbot)
    qtbot.waitUntil(lambda: shown(window) == night / "b.fits")
    table = panel_of(window).view
    click(table, 1)
    click(table, 2, Qt.KeyboardModifier.ControlModifier)
    assert panel_of(window).selected() == [night / "b.fits", night / "c.fits"]
    assert window.session.state.path == night / "b.fits"
    assert window.session.state.busy is None


def test_that_what_is_selected_stays_selected_when_rows_move(window: MainWindow, night: Path, qtbot: QtBot) -> None:
    open_folder(window, night, qtbot)
    panel = panel_of(window)
    click(panel.view, 2)
    panel.model.sort(SIZE, Qt.SortOrder.AscendingOrder)
    assert panel.selected() == [night / "c.fits"]


def test_that_a_file_is_taken_off_the_list_by_the_delete_key(window: MainWindow, night: Path, qtbot: QtBot) -> None:
    open_folder(window, night, qtbot)
    qtbot.waitUntil(lambda: shown(window) == night / "b.fits")
    table = panel_of(window).view
    table.setFocus()
    table.choose(3)
    remove = next(action for action in table.actions() if action.objectName() == "files-remove")
    QTest.keyClick(table, Qt.Key.Key_Delete)
    if "e.fits" in names(window):
        # Offscreen no window is active, so a shortcut may find nobody.
        remove.trigger()
    assert "e.fits" not in names(window)
    assert shown(window) == night / "b.fits"


def test_that_taking_a_folder_off_closes_the_file_shown_in_it(window: MainWindow, night: Path, qtbot: QtBot) -> None:
    open_folder(window, night, qtbot)
    qtbot.waitUntil(lambda: shown(window) is not None)
    window.session.forget([night])
    assert window.session.state.files == ()
    assert window.session.state.data is None


def test_that_the_list_its_filter_and_its_order_come_back(
    new_window: Callable[[], MainWindow], night: Path, qtbot: QtBot
) -> None:
    first = new_window()
    open_folder(first, night, qtbot)
    panel = panel_of(first)
    panel.model.toggle(str(night / "more"))
    panel.kind_box.setCurrentIndex(panel.kind_box.findData("light curve"))
    panel.view.sortByColumn(SIZE, Qt.SortOrder.AscendingOrder)
    listed = names(first)
    first.close()
    second = new_window()
    second.session.files.restore()
    wait_for_headers(second, qtbot)
    qtbot.waitUntil(lambda: names(second) == listed)
    assert listed == ["night", "c.fits", "b.fits", "more"]
    assert second.session.state.path is None


def test_that_what_is_missing_from_last_time_is_said_once(
    new_window: Callable[[], MainWindow], star: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    other = write_star(star.with_name("other.csv"), seed=1)
    first = new_window()
    first.session.open([star, other])
    wait_for_headers(first, qtbot)
    first.close()
    other.unlink()
    second = new_window()
    second.session.files.restore()
    qtbot.waitUntil(lambda: second.session.state.notice is not None)
    notice = second.session.state.notice
    assert notice is not None
    assert "1 file or folder of last time cannot be found any more" in notice.text
    assert names(second) == ["star.csv"]
    caplog.clear()
    second.close()
    third = new_window()
    third.session.files.restore()
    wait_for_headers(third, qtbot)
    assert third.session.state.notice is None


def test_that_new_files_of_a_watched_folder_appear(
    window: MainWindow, night: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_folder(window, night, qtbot)
    mission_file(night, name="g.fits")
    qtbot.waitUntil(lambda: "g.fits" in names(window), timeout=10_000)
    wait_for_headers(window, qtbot)
    assert texts(window, SIZE)[names(window).index("g.fits")] == "200 rows"


def test_that_a_deleted_file_is_marked_and_stays(window: MainWindow, night: Path, qtbot: QtBot) -> None:
    open_folder(window, night, qtbot)
    (night / "c.fits").unlink()
    qtbot.waitUntil(lambda: any(entry.gone for entry in window.session.state.files), timeout=10_000)
    row = names(window).index("c.fits")
    assert texts(window, SIZE)[row] == "gone"
    index = panel_of(window).model.index(row, FILE)
    assert index.data(Qt.ItemDataRole.FontRole).strikeOut()
    assert "no longer there" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_that_a_changed_file_is_read_again_and_offered_for_reloading(
    window: MainWindow, night: Path, qtbot: QtBot
) -> None:
    open_folder(window, night, qtbot)
    qtbot.waitUntil(lambda: shown(window) == night / "b.fits")
    mission_file(night, name="other", n=77)
    os.replace(night / "other", night / "b.fits")
    qtbot.waitUntil(lambda: texts(window, SIZE)[1] == "77 rows", timeout=10_000)
    notice = window.session.state.notice
    assert notice is not None
    assert "has changed on disk" in notice.text
    button = window.findChild(QPushButton, "notice-action")
    assert button is not None
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def reloaded() -> bool:
        curve = window.session.state.curve
        return curve is not None and len(curve) == 77

    qtbot.waitUntil(reloaded)


def test_that_one_file_that_breaks_a_reader_does_not_end_the_list(
    window: MainWindow, night: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from desktop_app import io

    def stumble(path: Path) -> FileSummary:
        if path.name == "b.fits":
            raise RuntimeError("a bug")
        if path.is_dir():
            raise ReadError("a folder")
        return FileSummary(path, "light curve", object_name=path.stem)

    monkeypatch.setattr(io, "summarise", stumble)
    open_folder(window, night, qtbot)
    problems = [entry.path.name for entry in window.session.state.files if entry.problem]
    assert problems == ["b.fits"]
    caplog.clear()


def test_that_a_folder_that_is_one_data_set_is_an_entry_of_its_own(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop_app import io

    folder = tmp_path / "frames"
    folder.mkdir()
    for number in range(3):
        write_star(folder / f"frame{number}.csv", 50)
    summarise = io.summarise

    def frames(path: Path) -> FileSummary:
        return FileSummary(path, "image", rows=3, shape=(8, 9)) if path == folder else summarise(path)

    asked: list[Path] = []
    monkeypatch.setattr(io, "summarise", frames)
    monkeypatch.setattr(window.session, "show", asked.append)
    open_folder(window, folder, qtbot)
    assert asked == [folder]
    assert texts(window)[0] == "frames"
    assert texts(window, SIZE)[0] == "3 images"
    table = panel_of(window).view
    click(table, 0)
    assert asked == [folder, folder]
    assert len(names(window)) == 4
    arrow = table.visualRect(table.model().index(0, FILE)).topLeft() + QPoint(6, 10)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=arrow)
    assert len(names(window)) == 1


def test_that_rows_in_sight_are_read_first(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[list[FileEntry]] = []
    files = window.session.files
    monkeypatch.setattr(files._bridge, "run_beside", lambda doing, take, **_: batches.append(doing.args[0]))
    entries = [FileEntry(Path(f"/nowhere/{number}.fits")) for number in range(200)]
    files.merge(entries)
    files.look_first([entries[150].path, entries[151].path])
    files._read_more()
    assert [entry.path.name for entry in batches[0][:3]] == ["150.fits", "151.fits", "0.fits"]


def test_that_columns_are_chosen_in_the_menu_of_the_headings(window: MainWindow) -> None:
    table = panel_of(window).view
    chosen = next(
        action
        for action in table.horizontalHeader().actions()
        if isinstance(action, QAction) and action.text() == "Kind"
    )
    assert table.isColumnHidden(4)
    chosen.trigger()
    assert not table.isColumnHidden(4)


def test_that_a_changed_folder_is_looked_at_once_it_is_quiet(qtbot: QtBot, tmp_path: Path) -> None:
    watch = folder_watch.FolderWatch()
    stirred: list[int] = []
    watch.stirred.connect(lambda: stirred.append(1))
    watch.follow([tmp_path], [])
    qtbot.waitUntil(lambda: bool(stirred), timeout=5000)
    stirred.clear()
    for number in range(5):
        (tmp_path / f"{number}.csv").write_text("1", encoding="utf-8")
        QTest.qWait(20)
    qtbot.waitUntil(lambda: bool(stirred), timeout=5000)
    assert stirred == [1]
    watch.stop()
    watch.deleteLater()


def test_that_a_list_of_thousands_is_filtered_and_sorted_in_memory(qtbot: QtBot) -> None:
    model = FileModel()
    entries = tuple(
        FileEntry(
            Path(f"/a/{n:05d}.fits"), folder=Path("/a"), summary=FileSummary(Path("/a"), "image", f"star-{n % 7}")
        )
        for n in range(5000)
    )
    model.show_entries(entries)
    model.set_filter("star-3", "image")
    assert model.rowCount() == 1 + sum(n % 7 == 3 for n in range(5000))
    model.set_filter("", "telemetry")
    assert model.rowCount() == 0
    model.deleteLater()


def test_that_a_restored_list_opens_nothing(new_window: Callable[[], MainWindow], star: Path, qtbot: QtBot) -> None:
    first = new_window()
    open_and_wait(first, star, qtbot)
    first.close()
    second = new_window()
    second.session.files.restore()
    wait_for_headers(second, qtbot)
    assert second.session.state.data is None
    assert second.session.state.busy is None


def test_that_files_that_would_look_the_same_are_told_apart_by_their_names(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "sectors"
    folder.mkdir()
    mission_file(folder, name="a.fits")
    open_folder(window, folder, qtbot)
    assert texts(window) == ["sectors", "TIC 261136679"]
    mission_file(folder, name="b.fits")
    qtbot.waitUntil(lambda: "b.fits" in names(window), timeout=10_000)
    wait_for_headers(window, qtbot)
    assert texts(window) == ["sectors", "a", "b"]


def test_that_the_first_file_that_can_be_read_is_shown(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "a.fits").write_bytes(b"nothing at all")
    mission_file(folder, name="b.fits")
    window.session.open([folder])
    qtbot.waitUntil(lambda: shown(window) == folder / "b.fits")
    assert window.session.state.notice is None


def test_that_a_column_in_which_no_file_says_anything_leaves_its_room_to_the_names(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    view = window.findChild(FileTable, "files-list")
    assert view is not None
    write_star(tmp_path / "star.csv")
    window.session.open([tmp_path / "star.csv"])
    qtbot.waitUntil(lambda: all(entry.summary is not None for entry in window.session.state.files))
    assert view.isColumnHidden(MISSION)
    assert view.isColumnHidden(CADENCE)
    window.session.open([mission_file(tmp_path)])
    qtbot.waitUntil(lambda: not view.isColumnHidden(MISSION))
