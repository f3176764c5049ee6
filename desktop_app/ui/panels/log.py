"""The log panel: what happened, with the time; whatever Python logs arrives here too."""

import logging
from datetime import datetime

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.ui.named import named
from desktop_app.ui.session import Session
from desktop_app.ui.theme import Appearance

LINES_KEPT = 5000


class LogPanel(QWidget):
    """The lines."""

    def __init__(self, _session: Session, _appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "log")
        text = QPlainTextEdit(
            self, readOnly=True, maximumBlockCount=LINES_KEPT, placeholderText="Nothing happened yet."
        )
        self.text = named(text, "log-text", label="Log")
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 0, 0)
        layout.addWidget(self.text)
        self._post = _Post(self)
        self._post.logged.connect(self.text.appendPlainText, Qt.ConnectionType.QueuedConnection)
        self._handler = _Handler(self._post)
        for name in ("peculiar", "desktop_app"):
            logger = logging.getLogger(name)
            logger.addHandler(self._handler)
            if logger.getEffectiveLevel() > logging.INFO:
                logger.setLevel(logging.INFO)

    def stop(self) -> None:
        """Listen no more: the window closes."""
        for name in ("peculiar", "desktop_app"):
            logging.getLogger(name).removeHandler(self._handler)


class _Post(QObject):
    """Carries lines from any thread into the window's."""

    logged = Signal(str)


class _Handler(logging.Handler):
    """Hands records to the post."""

    def __init__(self, post: _Post) -> None:
        super().__init__(logging.INFO)
        self._post = post

    def emit(self, record: logging.LogRecord) -> None:
        """One record as a line, with its traceback where it has one."""
        time = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        grade = "" if record.levelno <= logging.INFO else f"{record.levelname.lower()}: "
        self._post.logged.emit(f"{time}  {grade}{self.format(record)}")
