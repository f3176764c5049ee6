"""Columns that no name tells apart: offered where a table is refused, chosen in a dialog, remembered, forgotten."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.io.tables.column_choice import ColumnChoice, remembered
from desktop_app.io.tables.mapping import remember_for
from desktop_app.ui.columns.columns_dialog import ColumnsDialog
from desktop_app.ui.theme import DARK
from desktop_app.ui.window import MainWindow
from tests.tables import odd_columns, write_fits, write_text
from tests.ui.conftest import open_and_wait, shown

CHOICE = ColumnChoice(time="a", flux="c", flux_err="d", time_unit="s", zero="BTJD")


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    return write_text(tmp_path / "odd.csv", odd_columns())


def dialog_of(window: MainWindow, qtbot: QtBot) -> ColumnsDialog:
    """The dialog, once its table is read."""
    qtbot.waitUntil(lambda: window.findChild(ColumnsDialog) is not None)
    dialog = window.findChild(ColumnsDialog)
    assert isinstance(dialog, ColumnsDialog)
    qtbot.waitUntil(lambda: dialog.time.count() > 0)
    return dialog


def refused(window: MainWindow, path: Path, qtbot: QtBot) -> ColumnsDialog:
    """The dialog that the notice of a refused table leads to."""
    window.session.open([path])
    qtbot.waitUntil(lambda: window.notice.action_button.isVisible())
    QTest.mouseClick(window.notice.action_button, Qt.MouseButton.LeftButton)
    return dialog_of(window, qtbot)


def choose(box: QComboBox, letters: str) -> None:
    """Choose by the keyboard, as one does: by the first letters."""
    box.setFocus()
    QTest.keyClicks(box, letters)


def test_that_a_refused_table_leads_to_the_dialog_and_opens_by_the_choice(
    window: MainWindow, odd: Path, qtbot: QtBot
) -> None:
    dialog = refused(window, odd, qtbot)
    assert not dialog.open_button.isEnabled()
    assert dialog.said.text() == "Choose a time and a flux."
    choose(dialog.time, "a")
    choose(dialog.flux, "c")
    choose(dialog.error, "d")
    choose(dialog.unit, "seconds")
    dialog.zero.setCurrentIndex(1)
    qtbot.waitUntil(dialog.open_button.isEnabled)
    assert "1325.00000 BTJD to 1330.98000 BTJD" in dialog.said.text()
    QTest.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(window) == odd)
    curve = window.session.state.curve
    assert curve is not None
    assert np.allclose(curve.flux, odd_columns()["c"])
    assert curve.reference.name == "BTJD"
    assert [one.choice for one in remembered()] == [CHOICE]
    assert window.session.state.files[0].problem == ""
    qtbot.waitUntil(lambda: "remembered" in window.notice.text.text())


def test_that_the_next_table_laid_out_alike_opens_by_itself(window: MainWindow, odd: Path, qtbot: QtBot) -> None:
    remember_for(odd, CHOICE)
    other = write_text(odd.with_name("other.csv"), odd_columns(seed=4))
    open_and_wait(window, other, qtbot)
    qtbot.waitUntil(lambda: window.session.state.files[0].summary is not None)
    assert window.session.state.curve is not None
    assert window.session.state.curve.flux_name == "c"


def test_that_the_columns_of_the_open_file_are_changed_and_forgotten(
    window: MainWindow, odd: Path, qtbot: QtBot
) -> None:
    remember_for(odd, CHOICE)
    open_and_wait(window, odd, qtbot)
    window.actions_by_name["choose_columns"].trigger()
    dialog = dialog_of(window, qtbot)
    qtbot.waitUntil(dialog.open_button.isEnabled)
    assert dialog.choice == CHOICE
    choose(dialog.flux, "b")
    qtbot.waitUntil(dialog.open_button.isEnabled)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.state.curve is not None and window.session.state.curve.flux_name == "b")
    window.actions_by_name["choose_columns"].trigger()
    qtbot.waitUntil(lambda: len(window.findChildren(ColumnsDialog)) == 1)
    again = dialog_of(window, qtbot)
    QTest.mouseClick(again.forget_button, Qt.MouseButton.LeftButton)
    assert remembered() == ()
    qtbot.waitUntil(lambda: window.notice.action_button.isVisible())


def test_that_a_choice_that_makes_no_curve_is_told_and_cannot_be_opened(
    window: MainWindow, odd: Path, qtbot: QtBot
) -> None:
    dialog = refused(window, odd, qtbot)
    choose(dialog.time, "a")
    choose(dialog.flux, "a")
    qtbot.waitUntil(lambda: "cannot both be a" in dialog.said.text())
    assert not dialog.open_button.isEnabled()
    QTest.keyClick(dialog.flux, Qt.Key.Key_Down)
    qtbot.waitUntil(dialog.open_button.isEnabled)
    dialog.reject()


def test_that_a_julian_date_can_be_typed(window: MainWindow, odd: Path, qtbot: QtBot) -> None:
    dialog = refused(window, odd, qtbot)
    choose(dialog.time, "a")
    choose(dialog.flux, "c")
    choose(dialog.unit, "seconds")
    dialog.zero.setFocus()
    line = dialog.zero.lineEdit()
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, "nonsense")
    qtbot.waitUntil(lambda: "nothing that times count from" in dialog.said.text())
    line.selectAll()
    QTest.keyClicks(line, "2450000")
    qtbot.waitUntil(lambda: "JD − 2450000" in dialog.said.text())
    assert dialog.choice.zero == "2450000"
    dialog.reject()


def test_that_escape_changes_nothing(window: MainWindow, odd: Path, star: Path, qtbot: QtBot) -> None:
    open_and_wait(window, star, qtbot)
    dialog = refused(window, odd, qtbot)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert shown(window) == star
    assert remembered() == ()


def test_that_the_first_rows_say_what_each_column_is_chosen_for(window: MainWindow, odd: Path, qtbot: QtBot) -> None:
    dialog = refused(window, odd, qtbot)
    choose(dialog.time, "a")
    choose(dialog.flux, "c")
    rows = dialog.findChild(QTableWidget, "columns-rows")
    assert rows is not None
    assert rows.rowCount() == 12
    heads = [rows.horizontalHeaderItem(place) for place in range(5)]
    assert [head.text() if head else "" for head in heads] == ["a\ntime", "b\n", "c\nflux", "d\n", "e\n"]
    dialog.reject()


def test_that_what_the_names_tell_is_chosen_already(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    columns = odd_columns()
    path = write_fits(tmp_path / "half.fits", {"BTJD": columns["a"] / 86400, "u": columns["b"], "v": columns["c"]})
    remember_for(path, ColumnChoice(time="BTJD", flux="v"))
    open_and_wait(window, path, qtbot)
    assert window.session.state.curve is not None
    assert window.session.state.curve.reference.name == "BTJD"


def test_that_the_dialog_can_be_closed_while_the_table_is_read(window: MainWindow, odd: Path, qtbot: QtBot) -> None:
    window.session.open([odd])
    qtbot.waitUntil(lambda: window.notice.action_button.isVisible())
    window.actions_by_name["choose_columns"].trigger()
    dialog = window.findChild(ColumnsDialog)
    assert isinstance(dialog, ColumnsDialog)
    dialog.reject()
    done: list[object] = []
    window.session.columns.read_table(odd, None, done.append)
    qtbot.waitUntil(lambda: bool(done))
    assert window.session.state.notice is not None


def test_that_a_table_that_is_gone_is_told_in_the_dialog(window: MainWindow, odd: Path, qtbot: QtBot) -> None:
    window.session.open([odd])
    qtbot.waitUntil(lambda: window.notice.action_button.isVisible())
    odd.unlink()
    QTest.mouseClick(window.notice.action_button, Qt.MouseButton.LeftButton)
    dialog = window.findChild(ColumnsDialog)
    assert isinstance(dialog, ColumnsDialog)
    qtbot.waitUntil(lambda: "There is no file" in dialog.said.text())
    assert not dialog.open_button.isEnabled()
    dialog.reject()


def test_that_every_box_has_a_name_for_screen_readers_and_tab_reaches_it(
    window: MainWindow, odd: Path, qtbot: QtBot
) -> None:
    dialog = refused(window, odd, qtbot)
    boxes: list[QWidget] = [dialog.time, dialog.flux, dialog.error, dialog.quality, dialog.unit, dialog.zero]
    assert all(box.accessibleName() for box in boxes)
    dialog.time.setFocus()
    for box in boxes:
        assert box.hasFocus()
        QTest.keyClick(box, Qt.Key.Key_Tab)
    dialog.reject()


def test_that_the_plot_takes_the_colours_of_the_theme(window: MainWindow, odd: Path, qtbot: QtBot) -> None:
    dialog = refused(window, odd, qtbot)
    window.appearance.choose("dark")
    assert dialog.plot.backgroundBrush().color().name() == DARK.panel
    dialog.reject()
    window.appearance.choose("light")


def test_that_the_action_is_there_for_tables_only(window: MainWindow, star: Path, qtbot: QtBot) -> None:
    assert not window.actions_by_name["choose_columns"].isEnabled()
    open_and_wait(window, star, qtbot)
    assert window.actions_by_name["choose_columns"].isEnabled()


def test_that_another_table_of_the_file_can_be_chosen(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    from astropy.io import fits

    path = write_fits(tmp_path / "two.fits", odd_columns())
    columns = [fits.Column(name, "D", array=values) for name, values in (("p", np.arange(50.0)), ("q", np.ones(50)))]
    with fits.open(path, mode="append") as hdus:
        hdus.append(fits.BinTableHDU.from_columns(columns, name="SECOND"))
    remember_for(path, ColumnChoice(time="a", flux="c", time_unit="s"))
    open_and_wait(window, path, qtbot)
    window.actions_by_name["choose_columns"].trigger()
    dialog = dialog_of(window, qtbot)
    assert dialog.table.isVisible()
    assert [dialog.table.itemText(place) for place in range(2)] == ["ODD", "SECOND"]
    dialog.table.setCurrentText("SECOND")
    qtbot.waitUntil(lambda: dialog.time.findText("p") >= 0)
    dialog.time.setCurrentText("p")
    dialog.flux.setCurrentText("q")
    dialog.unit.setCurrentIndex(1)
    qtbot.waitUntil(dialog.open_button.isEnabled)
    QTest.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.state.curve is not None and len(window.session.state.curve) == 50)
    assert remembered()[0].choice.table == "SECOND"
