"""A catalogue joined to the stamps shown, by the menu as a person does."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop_app.core.cutouts import CutoutSet
from desktop_app.ui.window import MainWindow
from tests.image_files import pixels_of, write_image
from tests.ui.conftest import open_and_wait

NAMES = [f"ZTF18a{n}_{role}.fits" for n in range(8) for role in ("science", "template", "difference")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "alerts"
    place.mkdir()
    for seed, name in enumerate(NAMES):
        write_image(place / name, pixels_of(-32, (20, 20), seed=seed))
    return place


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "scores.csv"
    path.write_text("name,drb,class\n" + "".join(f"ZTF18a{n},{n / 8},{'SN' if n % 2 else 'AGN'}\n" for n in range(6)))
    return path


def joined(window: MainWindow) -> CutoutSet | None:
    data = window.session.state.data
    return data if isinstance(data, CutoutSet) and data.columns else None


def choose(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_options: (str(path), ""))


def test_that_a_catalogue_is_joined_by_the_menu_and_can_be_taken_back(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, folder: Path, table: Path
) -> None:
    action = window.actions_by_name["join_catalogue"]
    assert not action.isEnabled()
    open_and_wait(window, folder, qtbot)
    assert action.isEnabled()
    choose(monkeypatch, table)
    action.trigger()
    qtbot.waitUntil(lambda: joined(window) is not None)
    data = joined(window)
    assert data is not None
    assert data.columns["drb"].values[3] == 3 / 8
    assert data.labels["class"] == ("AGN", "SN", "AGN", "SN", "AGN", "SN", "", "")
    notice = window.session.state.notice
    assert notice is not None
    assert notice.text == "scores.csv is joined by its column name: 6 of 8 stamps have a row."
    window.actions_by_name["undo"].trigger()
    assert joined(window) is None
    window.actions_by_name["redo"].trigger()
    assert joined(window) is data


def test_that_the_other_parts_of_the_folder_get_their_rows_too(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, folder: Path, table: Path
) -> None:
    open_and_wait(window, folder, qtbot)
    choose(monkeypatch, table)
    window.actions_by_name["join_catalogue"].trigger()
    qtbot.waitUntil(lambda: joined(window) is not None)
    window.session.show_part("difference")
    qtbot.waitUntil(lambda: (data := joined(window)) is not None and data.source.part == "difference")
    data = joined(window)
    assert data is not None
    assert data.columns["drb"].values[5] == 5 / 8


def test_that_reading_many_stamps_tells_its_progress_and_can_be_cancelled(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    place = tmp_path / "many"
    place.mkdir()
    first = write_image(place / "s0.fits", pixels_of(-32, (20, 20))).read_bytes()
    for n in range(1, 4000):
        (place / f"s{n}.fits").write_bytes(first)
    window.session.show(place)
    qtbot.waitUntil(lambda: (busy := window.session.state.busy) is not None and 0.01 < busy.done < 0.6)
    busy = window.session.state.busy
    assert busy is not None
    assert busy.text == "Reading 4,000 stamps"
    window.session.cancel()
    qtbot.waitUntil(lambda: window.session.state.busy is None)
    assert window.session.state.data is None


def test_that_what_is_no_catalogue_is_told_and_the_stamps_stay(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path
) -> None:
    open_and_wait(window, folder, qtbot)
    before = window.session.state.data
    (tmp_path / "torn.csv").write_text("a,a\n1,2\n")
    choose(monkeypatch, tmp_path / "torn.csv")
    window.actions_by_name["join_catalogue"].trigger()
    qtbot.waitUntil(lambda: window.session.state.notice is not None)
    notice = window.session.state.notice
    assert notice is not None
    assert "no line that names each of its columns once" in notice.text
    assert window.session.state.data is before
