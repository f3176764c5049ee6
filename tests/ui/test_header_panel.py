"""The header panel: filled when it is shown, searched while one types, copied as text and as cards."""

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from desktop_app.core.data import Dataset
from desktop_app.engine.inside import Inside
from desktop_app.io.inside.anatomy import HeaderCard, Section
from desktop_app.ui import work
from desktop_app.ui.files.header_model import CardModel, as_card, as_text
from desktop_app.ui.panels.header import HeaderPanel
from desktop_app.ui.window import MainWindow
from tests.fits_files import mission_file
from tests.ui.conftest import open_and_wait


def panel_of(window: MainWindow) -> HeaderPanel:
    """The panel, in front."""
    dock = window.docks["header"]
    dock.show()
    dock.raise_()
    panel = dock.widget()
    assert isinstance(panel, HeaderPanel)
    return panel


def filled(window: MainWindow, path: Path, qtbot: QtBot) -> HeaderPanel:
    """The panel with the file in it."""
    open_and_wait(window, path, qtbot)
    panel = panel_of(window)
    qtbot.waitUntil(lambda: window.session.state.inside is not None, timeout=20_000)
    return panel


def keywords(panel: HeaderPanel) -> list[str]:
    return [panel.cards.card(row).keyword for row in range(panel.cards.rowCount())]


def test_that_nothing_is_looked_into_before_the_panel_is_shown(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []

    def look(data: Dataset) -> Inside:
        looked.append(data)
        return work.look_inside(data)

    monkeypatch.setattr("desktop_app.ui.files.inside_verbs.look_inside", look)
    window.docks["events"].raise_()
    open_and_wait(window, mission_file(tmp_path), qtbot)
    qtbot.wait(100)
    assert looked == []
    assert window.session.state.inside is None
    panel_of(window)
    qtbot.waitUntil(lambda: window.session.state.inside is not None)
    assert len(looked) == 1


def test_that_an_empty_panel_says_what_to_do(window: MainWindow) -> None:
    panel = panel_of(window)
    assert panel.message.isVisible()
    assert "Open a file" in panel.message.text()


def test_that_the_file_is_told_of_in_words(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    panel = filled(window, mission_file(tmp_path), qtbot)
    text = panel.about.toPlainText()
    for told in ("TIC 261136679", "TESS", "BTJD", "TDB", "Manual exclude (128)", "all checksums good", "120.0 s"):
        assert told in text
    assert [panel.sections.item(row).text().split()[0] for row in range(3)] == ["About", "PRIMARY", "LIGHTCURVE"]


def test_that_keys_go_from_section_to_section(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    panel = filled(window, mission_file(tmp_path), qtbot)
    panel.sections.setFocus()
    QTest.keyClick(panel.sections, Qt.Key.Key_Down)
    assert keywords(panel)[:2] == ["SIMPLE", "BITPIX"]
    QTest.keyClick(panel.sections, Qt.Key.Key_Down)
    assert keywords(panel)[0] == "XTENSION"
    assert panel.tabs.tabText(1) == "Columns (14)"
    row = [panel.columns.index(0, column).data() for column in range(4)]
    assert row == ["TIME", "BJD - 2457000", "D", "4"]


def test_that_typing_finds_cards_of_every_section(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    panel = filled(window, mission_file(tmp_path), qtbot)
    QTest.keyClicks(panel.search_box, "object")
    assert keywords(panel) == ["OBJECT", "OBJECT"]
    assert panel.tabs.tabText(0) == "2 cards found"
    assert not panel.card_table.isColumnHidden(4)
    QTest.keyClicks(panel.search_box, " lightcurve")
    assert keywords(panel) == ["OBJECT"]
    panel.search_box.clear()
    assert panel.card_table.isColumnHidden(4)


def test_that_selected_cards_are_copied_as_text_and_as_cards(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    panel = filled(window, mission_file(tmp_path), qtbot)
    panel.search_box.setText("bjdref")
    panel.card_table.setFocus()
    panel.card_table.selectAll()
    QTest.keyClick(panel.card_table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "BJDREFI = 2457000\nBJDREFF = 0.0"
    next(action for action in panel.card_table.actions() if action.objectName() == "header-copy-cards").trigger()
    first, second = QGuiApplication.clipboard().text().split("\n")
    assert first == f"BJDREFI =              {2457000:>7}".ljust(80) or first.startswith("BJDREFI =")
    assert (len(first), len(second)) == (80, 80)


def test_that_another_file_fills_the_panel_anew(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    panel = filled(window, mission_file(tmp_path), qtbot)
    other = mission_file(tmp_path, mission="Kepler", name="other.fits")
    open_and_wait(window, other, qtbot)
    qtbot.waitUntil(lambda: "KIC 8462852" in panel.about.toPlainText())


def test_that_an_image_tells_its_sky_and_pixels(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "image.fits"
    hdu = fits.PrimaryHDU(np.ones((20, 30), np.float32))
    for key, value in (("CTYPE1", "RA---TAN"), ("CTYPE2", "DEC--TAN"), ("CRVAL1", 60.0), ("CRVAL2", 20.0)):
        hdu.header[key] = value
    for key, number in (("CRPIX1", 15.5), ("CRPIX2", 10.5), ("CDELT1", -1 / 3600), ("CDELT2", 1 / 3600)):
        hdu.header[key] = number
    hdu.header["BUNIT"] = "adu"
    hdu.writeto(path)
    panel = filled(window, path, qtbot)
    text = panel.about.toPlainText()
    for told in ("30 × 20 pixels", "adu", "TAN (RA---TAN, DEC--TAN)", "1 arcsec", "no checksums"):
        assert told in text


def test_that_a_bad_checksum_is_seen(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = mission_file(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"TESS Photometer", b"TESS photometer"))
    panel = filled(window, path, qtbot)
    assert "the header has changed since its CHECKSUM was written" in panel.about.toPlainText()
    assert "bad checksum" in panel.sections.item(1).text()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_that_the_panel_is_drawn_in_both_looks(window: MainWindow, tmp_path: Path, qtbot: QtBot, look: str) -> None:
    panel = filled(window, mission_file(tmp_path), qtbot)
    window.appearance.choose(look)
    picture = panel.grab().toImage()
    assert len({picture.pixelColor(x, 20).name() for x in range(0, picture.width(), 7)}) > 1


def test_that_the_model_of_cards_keeps_to_the_rules_of_qt() -> None:
    model = CardModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    cards = tuple(HeaderCard(f"KEY{n}", str(n)) for n in range(20))
    model.show_sections((Section(0, "A", "image", cards=cards), Section(1, "B", "image", cards=cards[:3])))
    model.search("key1")
    assert model.rowCount() == 12
    model.search("")
    model.show_section(1)
    assert model.rowCount() == 3
    tester.deleteLater()


def test_that_cards_are_written_as_text_with_unit_and_comment() -> None:
    card = HeaderCard("EXPTIME", "30.0", "s", "shutter open")
    assert as_text(card) == "EXPTIME = 30.0 s / shutter open"
    assert as_card(card) == "EXPTIME = '30.0'"


def test_that_keys_lead_to_the_search_and_from_there_to_the_cards(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    panel = filled(window, mission_file(tmp_path), qtbot)
    window.docks["events"].raise_()
    window.actions_by_name["find_cards"].trigger()
    qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())
    assert panel.search_box.hasFocus() or window.focusWidget() is panel.search_box
    QTest.keyClicks(panel.search_box, "telescop")
    QTest.keyClick(panel.search_box, Qt.Key.Key_Down)
    assert window.focusWidget() is panel.card_table
    assert panel.card_table.selectionModel().selectedRows()[0].row() == 0


def test_that_a_key_leads_to_the_filter_of_files(window: MainWindow) -> None:
    window.actions_by_name["find_files"].trigger()
    assert window.focusWidget() is window.files_panel.filter_box
