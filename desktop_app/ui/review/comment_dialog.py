"""Asks for a kind and a comment on one or many stamps."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.named import named

_WIDTH_PX = 420


class CommentDialog(QDialog):
    """A kind to choose or write, and room for a comment.

    Parameters
    ----------
    about : str
        Which stamps it is about.
    kinds : sequence of str
        To choose from.
    kind, comment : str
        What stands.
    take : callable
        ``take(kind, comment)`` once the user agrees.
    """

    def __init__(
        self,
        about: str,
        kinds: Sequence[str],
        kind: str,
        comment: str,
        take: Callable[[str, str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, "comment-dialog")
        self.setWindowTitle("Comment")
        self.setMinimumWidth(_WIDTH_PX)
        self._take = take
        self.kind = named(QComboBox(self), "comment-kind", label="Kind", tip="In your own words: ring, merger, ghost")
        self.kind.setEditable(True)
        self.kind.addItems(["", *kinds])
        self.kind.setCurrentText(kind)
        self.text = named(QPlainTextEdit(comment, self), "comment-text", label="Comment")
        self.text.setTabChangesFocus(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self)
        named(buttons, "comment-buttons")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow("Kind", self.kind)
        form.addRow("Comment", self.text)
        layout = QVBoxLayout(self)
        layout.addWidget(named(QLabel(about, self, wordWrap=True), "comment-about", role="muted"))
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.text.setFocus()

    def accept(self) -> None:
        """Hand over what was written."""
        self._take(self.kind.currentText(), self.text.toPlainText())
        super().accept()
