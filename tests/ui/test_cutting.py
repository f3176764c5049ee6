"""Sources of a picture and of a folder become stamps, and a stamp leads back to its picture."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.sky_image import SkyImage
from desktop_app.ui.panels.gallery import GalleryPage
from desktop_app.ui.panels.image import ImagePage
from desktop_app.ui.window import MainWindow
from tests.pictures import star_field
from tests.ui.conftest import double_click, open_and_wait, shown


def write_field(path: Path, *, seed: int = 0) -> Path:
    from astropy.io import fits

    fits.PrimaryHDU(star_field((200, 240), seed=seed)).writeto(path)
    return path


@pytest.fixture
def field(tmp_path: Path) -> Path:
    return write_field(tmp_path / "field.fits")


def wait_for_stamps(window: MainWindow, qtbot: QtBot) -> CutoutSet:
    qtbot.waitUntil(lambda: isinstance(window.session.state.data, CutoutSet), timeout=60_000)
    data = window.session.state.data
    assert isinstance(data, CutoutSet)
    return data


def test_that_sources_of_a_picture_are_an_entry_of_the_list_and_lead_back(
    window: MainWindow, qtbot: QtBot, field: Path
) -> None:
    open_and_wait(window, field, qtbot)
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    data = wait_for_stamps(window, qtbot)
    assert len(data) > 10
    entry = window.session.state.files[-1]
    assert entry.path.name == "sources of field.fits"
    assert entry.summary is not None
    assert entry.summary.kind == "cutouts"
    assert window.session.state.path == entry.path
    page = window.centre.page
    assert isinstance(page, GalleryPage)
    place = 3
    index = page.grid.model().index(page.grid.stamps.places.index(place), 0)
    double_click(page.grid.viewport(), page.grid.visualRect(index).center())
    qtbot.waitUntil(lambda: shown(window) == field, timeout=60_000)
    picture = window.centre.page
    assert isinstance(picture, ImagePage)
    wanted = data.columns["x"].values[place], data.columns["y"].values[place]
    qtbot.waitUntil(lambda: window.session.state.aimed is not None)
    assert (picture.row.view.aim.x, picture.row.view.aim.y) == pytest.approx(wanted, abs=1e-6)


def test_that_an_entry_that_was_cut_is_cut_again_when_it_is_shown(
    window: MainWindow, qtbot: QtBot, field: Path
) -> None:
    open_and_wait(window, field, qtbot)
    window.session.cutting.cut_sources()
    first = wait_for_stamps(window, qtbot)
    entry = window.session.state.files[-1]
    window.session.show(field)
    qtbot.waitUntil(lambda: isinstance(window.session.state.data, SkyImage), timeout=60_000)
    window.session.show(entry.path)
    again = wait_for_stamps(window, qtbot)
    assert again.digest == first.digest
    assert [one.path for one in window.session.state.files].count(entry.path) == 1
    window.session.reload()
    qtbot.waitUntil(lambda: window.session.state.busy is None and window.session.state.data is not again)
    assert window.session.state.path == entry.path


def test_that_a_folder_is_scanned_ranked_and_leads_back_to_the_frame(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "night"
    folder.mkdir()
    for number in range(2):
        write_field(folder / f"frame_{number}.fits", seed=number)
    window.session.cutting.scan(folder)
    data = wait_for_stamps(window, qtbot)
    assert set(data.labels["frame"]) == {"frame_0", "frame_1"}
    qtbot.waitUntil(lambda: window.session.state.busy is not None or window.session.state.detection is not None)
    window.session.cancel()
    place = data.labels["frame"].index("frame_1")
    assert window.session.cutting.show_place(place)
    qtbot.waitUntil(lambda: shown(window) == folder / "frame_1.fits", timeout=60_000)
    assert np.allclose(
        window.session.state.aimed or (), [data.columns["x"].values[place], data.columns["y"].values[place]]
    )


def test_that_a_folder_without_pictures_says_so(window: MainWindow, tmp_path: Path) -> None:
    window.session.cutting.scan(tmp_path)
    notice = window.session.state.notice
    assert notice is not None
    assert "no FITS images" in notice.text


def test_that_stamps_of_a_file_lead_nowhere(window: MainWindow) -> None:
    assert not window.session.cutting.show_place(0)
