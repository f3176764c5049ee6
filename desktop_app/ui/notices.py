"""The line above the curve that says what happened; nothing modal."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.named import named
from desktop_app.ui.state import Notice
from desktop_app.ui.theme import Theme, line_icon

_ICONS = {"info": "info", "warning": "warning", "error": "warning"}
_LABELS = {
    "reload": "Reload",
    "stitch_object": "Stitch",
    "choose_columns": "Choose columns…",
    "choose_datasets": "Choose datasets…",
}


class NoticeBar(QFrame):
    """One notice at a time.

    Signals
    -------
    dismissed()
    asked(str)
        For the action that the notice names.
    """

    dismissed = Signal()
    asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "notice", label="Notice")
        self._theme = theme
        self._notice: Notice | None = None
        self._mark = QLabel(self)
        self.text = named(QLabel(self, wordWrap=True), "notice-text")
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.action_button = named(QPushButton(self), "notice-action")
        self.details_button = named(QPushButton("Details", self), "notice-details", tip="Show the technical details")
        self.details_button.setCheckable(True)
        self.copy_button = named(QPushButton("Copy", self), "notice-copy", tip="Copy this notice with its details")
        self.close_button = named(QToolButton(self), "notice-close", label="Dismiss", tip="Dismiss")
        self.details = named(QPlainTextEdit(self, readOnly=True), "notice-details-text", label="Details")
        self.details.setMaximumHeight(160)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(self.text, 1)
        for button in (self.action_button, self.details_button, self.copy_button, self.close_button):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.addLayout(row)
        layout.addWidget(self.details)
        self.details_button.toggled.connect(self.details.setVisible)
        self.action_button.clicked.connect(self._on_asked)
        self.copy_button.clicked.connect(self._on_copy)
        self.close_button.clicked.connect(self.dismissed)
        self.show_notice(None)

    def show_notice(self, notice: Notice | None) -> None:
        """Show ``notice``, or nothing."""
        self._notice = notice
        self.setVisible(notice is not None)
        self.details_button.setChecked(False)
        self.details.setVisible(False)
        if notice is None:
            return
        self.setProperty("level", notice.level)
        self.style().unpolish(self)
        self.style().polish(self)
        self.text.setText(f"{notice.text} {notice.hint}".strip())
        self.details.setPlainText(notice.details)
        self.details_button.setVisible(bool(notice.details))
        self.action_button.setVisible(bool(notice.action))
        self.action_button.setText(_LABELS.get(notice.action, ""))
        self.copy_button.setVisible(notice.level != "info")
        self._paint()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self._paint()

    def _paint(self) -> None:
        self.close_button.setIcon(line_icon("close", self._theme))
        if self._notice is not None:
            self._mark.setPixmap(line_icon(_ICONS[self._notice.level], self._theme).pixmap(16, 16))

    def _on_asked(self) -> None:
        if self._notice is not None:
            self.asked.emit(self._notice.action)

    def _on_copy(self) -> None:
        if self._notice is not None:
            parts = (self._notice.text, self._notice.hint, self._notice.details)
            QGuiApplication.clipboard().setText("\n".join(part for part in parts if part))
