"""Starts the window."""

import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings, Qt
from PySide6.QtGui import QFileOpenEvent, QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from desktop_app.paths import resources, version
from desktop_app.ui.session import Session
from desktop_app.ui.theme import Appearance
from desktop_app.ui.window import MainWindow

ORGANISATION = "Peculiar"
NAME = "Peculiar"
DESKTOP_FILE = "peculiar"
_SWITCH_S = 0.0005


def run(paths: Sequence[Path], *, detect_on_open: bool = False) -> int:
    """Show the window with ``paths`` open until it is closed; the exit status.

    Parameters
    ----------
    paths : sequence of Path
        Files and folders; the first file is shown.
    detect_on_open : bool
        Whether each file is detected as soon as it is shown.
    """
    application = make_application(sys.argv)
    window = make_window()
    opener = _Opener(window.session.open, application)
    application.installEventFilter(opener)
    bugs = _Bugs(window.session)
    sys.excepthook = bugs.tell
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal: Qt's loop would never hear Python's handler
    window.show()
    window.session.load_detector()
    window.session.files.restore()
    window.session.open(list(paths), detect=detect_on_open)
    return application.exec()


def make_application(arguments: Sequence[str]) -> QApplication:
    """The application with its names, icon and style; the one that exists where there is one."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    QCoreApplication.setOrganizationName(ORGANISATION)
    QCoreApplication.setApplicationName(NAME)
    QCoreApplication.setApplicationVersion(version())
    application = QApplication(list(arguments))
    QGuiApplication.setApplicationDisplayName(NAME)
    QGuiApplication.setDesktopFileName(DESKTOP_FILE)
    application.setWindowIcon(application_icon())
    application.setStyle("Fusion")
    return application


def make_window(settings: QSettings | None = None) -> MainWindow:
    """The window, not shown yet, with the layout and the look of last time."""
    # A worker that computes hands the interpreter over this often; with Python's 5 ms the window would stutter.
    sys.setswitchinterval(_SWITCH_S)
    kept = settings or QSettings()
    session = Session(kept)
    appearance = Appearance(str(kept.value("theme", "system")))
    return MainWindow(session, appearance, kept)


def application_icon() -> QIcon:
    """The application's icon in every size that ships."""
    icon = QIcon()
    for path in sorted((resources() / "icons").glob("peculiar-*.png")):
        icon.addFile(str(path))
    return icon


class _Opener(QObject):
    """Opens the files that macOS sends when they are dropped on the icon."""

    def __init__(self, open_: Callable[[Sequence[Path]], None], parent: QObject) -> None:
        super().__init__(parent)
        self._open = open_

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take file-open events, leave the rest."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self._open([Path(event.file())])
            return True
        return super().eventFilter(watched, event)


class _Bugs:
    """Tells whatever a slot raised as a notice, so that the window lives on."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._telling = False

    def tell(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Python's last resort for an exception that nobody caught."""
        # A panel that fails at every change would fail at the notice too.
        if isinstance(error, Exception) and not self._telling:
            self._telling = True
            self._session.tell_error(error)
            self._telling = False
            return
        sys.__excepthook__(kind, error, trace)
