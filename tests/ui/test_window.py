"""Actions, layout, looks, help, and how the window starts and ends."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.ui.actions import ACTIONS
from desktop_app.ui.help_window import CommandPalette, HelpWindow
from desktop_app.ui.panels import PANELS
from desktop_app.ui.theme import DARK, LIGHT
from desktop_app.ui.window import MainWindow
from tests.ui.conftest import open_and_wait

STARTUP = """
import json, os, sys, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QSettings, QTimer
from desktop_app.ui.app import make_application, make_window
application = make_application(["peculiar"])
window = make_window(QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.show()
application.processEvents()
heavy = ("torch", "sklearn", "shap", "astropy", "h5py", "pandas", "matplotlib")
print(json.dumps([name for name in heavy if name in sys.modules]))
window.close()
"""


RUN = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from desktop_app.ui import app
from desktop_app.ui.window import MainWindow
timer = QTimer(interval=50)

def close_when_detected():
    for window in QApplication.topLevelWidgets():
        if isinstance(window, MainWindow) and window.session.state.detection is not None:
            print(len(window.session.state.events), "events")
            timer.stop()
            window.close()

application = app.make_application(["peculiar"])
timer.timeout.connect(close_when_detected)
timer.start()
sys.exit(app.run([Path(sys.argv[1])], detect_on_open=True))
"""


def every_action(window: MainWindow) -> list[QAction]:
    menus = [menu for menu in window.findChildren(QMenu) if menu.objectName() not in ("", "menu-recent")]
    return [action for menu in menus for action in menu.actions() if not action.isSeparator() and not action.menu()]


def test_that_every_action_is_in_a_menu_with_a_shortcut_and_a_tip(window: MainWindow) -> None:
    in_menus = every_action(window)
    assert set(window.actions_by_name.values()) <= set(in_menus)
    assert len(in_menus) == len(ACTIONS) + len(PANELS)
    for action in in_menus:
        assert not action.shortcut().isEmpty(), action.text()
        assert action.statusTip(), action.text()
        assert action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) in action.toolTip()


def test_that_no_shortcut_has_two_actions(window: MainWindow) -> None:
    keys = Counter(action.shortcut().toString() for action in every_action(window))
    assert [key for key, n in keys.items() if n > 1] == []


def test_that_no_two_entries_of_a_menu_share_a_letter(window: MainWindow) -> None:
    for menu in window.findChildren(QMenu):
        if menu.objectName() in ("", "menu-recent"):
            continue
        texts = [action.text() for action in menu.actions() if "&" in action.text()]
        letters = Counter(text[text.index("&") + 1].lower() for text in texts)
        assert [letter for letter, n in letters.items() if n > 1] == [], menu.objectName()


def test_that_everything_that_takes_the_focus_has_a_name(detected: MainWindow) -> None:
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in detected.findChildren(QWidget)
        if isinstance(widget, QToolButton | QLineEdit)
        and widget.isVisible()
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.accessibleName()
        and not (isinstance(widget, QToolButton) and widget.text())
        and not widget.objectName().startswith("qt_")
    ]
    assert nameless == []


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_that_docks_close_and_come_back_as_they_were(new_window: Callable[[], MainWindow]) -> None:
    first = new_window()
    first.docks["inspector"].close()
    first.docks["files"].setFloating(True)
    first.close()
    second = new_window()
    assert not second.docks["inspector"].isVisible()
    assert second.docks["files"].isFloating()
    second.actions_by_name["reset_layout"].trigger()
    assert second.docks["inspector"].isVisible()
    assert not second.docks["files"].isFloating()


def test_that_a_layout_that_cannot_be_read_falls_back(
    settings: QSettings, new_window: Callable[[], MainWindow]
) -> None:
    settings.setValue("layout", QByteArray(b"nonsense"))
    settings.setValue("geometry", "nonsense")
    settings.setValue("theme", "purple")
    window = new_window()
    closed = {name for name, dock in window.docks.items() if not dock.toggleViewAction().isChecked()}
    assert closed == {"pixels", "injection", "against", "training", "replay"}
    assert window.appearance.choice == "system"


def test_that_a_dock_closed_in_the_view_menu_is_opened_there(window: MainWindow) -> None:
    QTest.keySequence(window, "Ctrl+3")
    assert not window.docks["inspector"].isVisible()
    QTest.keySequence(window, "Ctrl+3")
    assert window.docks["inspector"].isVisible()


@pytest.mark.parametrize("state", ["empty", "open", "detected"])
def test_that_both_looks_fill_the_window(window: MainWindow, star: Path, qtbot: QtBot, state: str) -> None:
    if state != "empty":
        open_and_wait(window, star, qtbot)
    if state == "detected":
        window.session.run()
        qtbot.waitUntil(lambda: window.session.state.detection is not None, timeout=60_000)
    pictures = []
    for name, theme in (("light", LIGHT), ("dark", DARK)):
        window.actions_by_name[f"theme_{name}"].trigger()
        assert window.appearance.theme == theme
        image = window.grab().toImage()
        pictures.append(image)
        assert image.size().width() >= 1400
        assert image.pixelColor(5, image.height() - 4).name() == theme.window
    assert pictures[0] != pictures[1]


def test_that_the_look_is_remembered(new_window: Callable[[], MainWindow]) -> None:
    first = new_window()
    first.actions_by_name["theme_dark"].trigger()
    first.close()
    assert new_window().appearance.theme == DARK


def test_that_help_opens_the_guide_and_the_shortcuts(window: MainWindow) -> None:
    for name, wanted in (("guide", "Inspect"), ("shortcuts", "Ctrl+R"), ("changes", "0.1.0"), ("about", "MIT")):
        window.actions_by_name[name].trigger()
        text = window.findChildren(HelpWindow)[-1].text
        assert wanted in text.toPlainText()
    for opened in window.findChildren(HelpWindow):
        assert not opened.isModal()
        opened.close()


def test_that_the_palette_runs_the_command_typed(detected: MainWindow, qtbot: QtBot) -> None:
    detected.actions_by_name["commands"].trigger()
    palette = detected.findChild(CommandPalette)
    assert palette is not None
    box = palette.findChild(QLineEdit, "commands-box")
    assert box is not None
    QTest.keyClicks(box, "next event")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert detected.session.state.selection.event == 0


def test_that_the_log_tells_what_was_opened_and_found(detected: MainWindow, qtbot: QtBot) -> None:
    text = detected.findChild(QPlainTextEdit, "log-text")
    assert text is not None
    qtbot.waitUntil(lambda: "scored in" in text.toPlainText())
    assert "2,000 rows" in text.toPlainText()


def test_that_the_buttons_of_the_empty_window_ask_for_files(window: MainWindow, qtbot: QtBot) -> None:
    button = window.findChild(QPushButton, "empty-samples")
    assert button is not None
    with qtbot.waitSignal(window.curve.samples_asked):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_the_window_shows_without_the_slow_libraries(tmp_path: Path) -> None:
    code = [sys.executable, "-c", STARTUP, str(tmp_path / "s.ini")]
    shown = subprocess.run(code, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(shown.stdout.splitlines()[-1]) == []


def test_that_a_run_opens_detects_and_ends_with_zero(star: Path) -> None:
    code = [sys.executable, "-c", RUN, str(star)]
    ended = subprocess.run(code, capture_output=True, text=True, timeout=90, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "events" in ended.stdout
    assert "Traceback" not in ended.stderr


def test_that_qt_calls_take_no_reference_from_none(qtbot: QtBot) -> None:
    """PySide6 6.12.0 drops a reference to None in every void call, which kills Python 3.11 after a while."""
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(300):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - 100
