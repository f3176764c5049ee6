"""Several files of one object as one: offered, asked for in the list, looked at, exported and closed."""

import csv
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from desktop_app.ui.window import MainWindow
from tests.fits_files import mission_file
from tests.ui.test_opening import drop


def write_sectors(folder: Path, numbers: tuple[int, ...], *, star: str = "TIC 42") -> list[Path]:
    """One TESS file a sector, 27 days from one to the next."""
    paths = []
    for number in numbers:
        time = 1325.29 + 27 * (number - 1) + 120 / 86400 * np.arange(3000)
        paths.append(
            mission_file(
                folder,
                name=f"{star.replace(' ', '')}-s{number:04d}_lc.fits",
                n=3000,
                seed=number,
                changes={"TIME": time},
                cards={"SECTOR": number, "OBJECT": star},
            )
        )
    return paths


def open_all(window: MainWindow, paths: list[Path], qtbot: QtBot) -> QTableView:
    drop(window, paths)
    qtbot.waitUntil(lambda: sum(entry.summary is not None for entry in window.session.state.files) == len(paths))
    qtbot.waitUntil(lambda: window.session.state.data is not None and window.session.state.busy is None)
    tree = window.findChild(QTableView, "files-list")
    assert tree is not None
    return tree


def wait_stitched(window: MainWindow, qtbot: QtBot) -> None:
    def is_shown() -> bool:
        curve = window.session.state.curve
        return curve is not None and bool(curve.pieces) and window.session.state.busy is None

    qtbot.waitUntil(is_shown, timeout=30_000)


def click(tree: QTableView, row: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    place = tree.visualRect(tree.model().index(row, 0)).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, keys, place)


def test_that_dropped_files_of_one_object_are_offered_to_be_stitched(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    open_all(window, write_sectors(tmp_path, (1, 2, 5)), qtbot)
    qtbot.waitUntil(lambda: window.notice.action_button.isVisible())
    assert "3 files of one object: TIC 42, sectors 1, 2, 5." in window.notice.text.text()
    assert window.session.state.curve is not None
    assert not window.session.state.curve.pieces
    QTest.mouseClick(window.notice.action_button, Qt.MouseButton.LeftButton)
    wait_stitched(window, qtbot)
    path = window.session.state.path
    assert path is not None
    assert path.name == "TIC 42, sectors 1, 2, 5"
    assert len(window.session.state.files) == 4


def test_that_files_of_different_objects_are_not_offered(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    paths = [*write_sectors(tmp_path, (1, 2)), *write_sectors(tmp_path, (3,), star="TIC 43")]
    open_all(window, paths, qtbot)
    assert not window.notice.isVisible()


def test_that_files_selected_in_the_list_are_stitched_by_key(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    tree = open_all(window, write_sectors(tmp_path, (1, 2, 3)), qtbot)
    click(tree, 0)
    click(tree, 2, Qt.KeyboardModifier.ControlModifier)
    assert len(window.files_panel.selected()) == 2
    qtbot.waitUntil(lambda: window.session.state.busy is None)
    assert len(window.files_panel.selected()) == 2, "showing the file must not lose the selection"
    QTest.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    wait_stitched(window, qtbot)
    curve = window.session.state.curve
    assert curve is not None
    assert curve.source.segment == "sectors 1, 3"


def test_that_the_menu_stitches_all_files_of_the_object(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    paths = [*write_sectors(tmp_path, (1, 2)), *write_sectors(tmp_path, (3,), star="TIC 43")]
    open_all(window, paths, qtbot)
    window.actions_by_name["stitch_object"].trigger()
    wait_stitched(window, qtbot)
    curve = window.session.state.curve
    assert curve is not None
    assert [piece.path for piece in curve.pieces] == paths[:2]


def test_that_one_selected_file_is_a_notice(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    tree = open_all(window, write_sectors(tmp_path, (1, 2)), qtbot)
    click(tree, 0)
    window.actions_by_name["stitch_selected"].trigger()
    assert "Only one file is selected" in window.notice.text.text()


def test_that_files_that_do_not_belong_together_are_a_notice_and_no_entry(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    paths = [*write_sectors(tmp_path, (1,)), *write_sectors(tmp_path, (2,), star="TIC 43")]
    tree = open_all(window, paths, qtbot)
    tree.selectAll()
    window.actions_by_name["stitch_selected"].trigger()
    qtbot.waitUntil(lambda: window.notice.isVisible())
    assert "different objects" in window.notice.text.text()
    assert len(window.session.state.files) == 2
    assert window.session.state.path in paths


def test_that_a_stitched_curve_is_detected_and_exported_with_files_and_rows(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    from astropy.io import fits

    paths = write_sectors(tmp_path, (1, 2))
    with fits.open(paths[1], mode="update") as hdus:
        hdus[1].data["PDCSAP_FLUX"][1500:1520] *= 0.95
    open_all(window, paths, qtbot)
    window.actions_by_name["stitch_object"].trigger()
    wait_stitched(window, qtbot)
    window.session.run()
    qtbot.waitUntil(lambda: window.session.state.table is not None, timeout=60_000)
    window.session.export(tmp_path / "events.csv")
    with (tmp_path / "events.csv").open(encoding="utf-8", newline="") as file:
        dips = [row for row in csv.DictReader(file) if row["kind"] in ("dip", "transit", "eclipse")]
    assert [Path(row["file"]) for row in dips] == [paths[1]]
    assert abs(int(dips[0]["row_start"]) - 1500) <= 3
    assert abs(int(dips[0]["row_end"]) - 1519) <= 3
    window.session.select_event(int(dips[0]["event_id"]) - 1)
    inspection = window.session.state.inspection
    assert inspection is not None
    assert ("File", "sector 2") in [(fact.label, fact.value) for fact in inspection.facts]


def test_that_a_stitched_curve_is_opened_again_and_closed(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    paths = write_sectors(tmp_path, (1, 2))
    tree = open_all(window, paths, qtbot)
    window.actions_by_name["stitch_object"].trigger()
    wait_stitched(window, qtbot)
    stitched = window.session.state.path
    click(tree, 0)
    qtbot.waitUntil(lambda: window.session.state.path == paths[0] and window.session.state.busy is None)
    window.session.stitch([*reversed(paths)])
    wait_stitched(window, qtbot)
    assert window.session.state.path == stitched
    assert len(window.session.state.files) == 3
    window.actions_by_name["close_file"].trigger()
    assert [entry.path for entry in window.session.state.files] == paths


def test_that_the_pieces_are_named_in_the_plot(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_all(window, write_sectors(tmp_path, (1, 2)), qtbot)
    window.actions_by_name["stitch_object"].trigger()
    wait_stitched(window, qtbot)
    picture = window.session.state.picture
    assert picture is not None
    assert [name for _, name in picture.pieces] == ["sector 1", "sector 2"]
    assert picture.pieces[1][0] - picture.pieces[0][0] == 27.0


def test_that_the_context_menu_of_the_list_has_the_stitching(window: MainWindow) -> None:
    tree = window.findChild(QTableView, "files-list")
    assert tree is not None
    assert tree.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
    assert window.actions_by_name["stitch_selected"] in tree.actions()
