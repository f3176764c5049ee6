"""The row of the gallery by which stamps are decided on, and chips that say why only some of them are shown."""

from PySide6.QtCore import QPointF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QToolButton, QWidget

from desktop_app.ui.flow import Flow
from desktop_app.ui.images.stamp_marks import paint_verdict
from desktop_app.ui.images.stamp_table import EVERYTHING, GROUPS
from desktop_app.ui.named import named
from desktop_app.ui.theme import ICON_PIXELS, Theme

_VERDICTS = (
    ("interesting", "Interesting", "Worth a closer look (1)"),
    ("ordinary", "Ordinary", "Like many others (2)"),
    ("artefact", "Artefact", "Of the instrument, a satellite or the reduction (3)"),
)


class ReviewBar(QWidget):
    """Buttons for verdicts, likeness and pages.

    Signals
    -------
    decided(str)
        "interesting", "ordinary", "artefact" or "" for none.
    comment_asked(), like_asked(), page_asked()
    page_ended(), like_ended(), chosen_ended()
        A chip was taken back.
    group_chosen(str)
        One of `GROUPS`.
    """

    decided = Signal(str)
    comment_asked = Signal()
    like_asked = Signal()
    page_asked = Signal()
    page_ended = Signal()
    like_ended = Signal()
    chosen_ended = Signal()
    group_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "review-bar")
        self.group = named(
            QComboBox(self), "gallery-group", label="Show", tip="Artefacts stand in a group of their own"
        )
        self.group.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.group.addItems(list(GROUPS))
        self.group.setCurrentText(EVERYTHING)
        self.group.textActivated.connect(self.group_chosen)
        row = Flow()
        row.add_named(self.group)
        self._verdicts: dict[str, QToolButton] = {}
        for name, text, tip in _VERDICTS:
            button = self._button(f"review-{name}", text, tip)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.clicked.connect(self._on_verdict)
            self._verdicts[name] = button
            row.add(button)
        self._none = self._button("review-none", "None", "Take the verdict back (0)")
        self._none.clicked.connect(self._on_none)
        self._comment = self._button("review-comment", "Comment…", "A kind and a comment of your own words (C)")
        self._comment.clicked.connect(self.comment_asked)
        self.goes_on = self._button("review-goes-on", "Go on", "Go to the next stamp after a verdict on one")
        self.goes_on.setCheckable(True)
        self.goes_on.setChecked(True)
        self._like = self._button(
            "review-like", "More like this", "Put all stamps in order of likeness to this one (L)"
        )
        self._like.clicked.connect(self.like_asked)
        self._page = self._button("review-page", "Next page to label", "20 stamps whose labels are worth most (N)")
        self._page.clicked.connect(self.page_asked)
        for button in (self._none, self._comment, self.goes_on, self._like, self._page):
            row.add(button)
        self.page_chip = self._chip("gallery-page-chip", "Show all stamps again")
        self.like_chip = self._chip("gallery-like-chip", "Put them in the chosen order again")
        self.chosen_chip = self._chip("gallery-chosen-chip", "Show all stamps again")
        self.page_chip.clicked.connect(self.page_ended)
        self.like_chip.clicked.connect(self.like_ended)
        self.chosen_chip.clicked.connect(self.chosen_ended)
        for chip in (self.page_chip, self.like_chip, self.chosen_chip):
            row.add(chip)
        row.setContentsMargins(0, 0, 0, 0)
        self.setLayout(row)
        self.set_theme(theme)

    def show_chips(self, *, page: str, like: str, chosen: str) -> None:
        """Say why only some stamps are shown, or in another order; "" for none."""
        for chip, text in ((self.page_chip, page), (self.like_chip, like), (self.chosen_chip, chosen)):
            chip.setText(f"{text}  ✕")
            chip.setVisible(bool(text))

    def show_can(self, *, stamp: bool, detected: bool) -> None:
        """What can be asked for now."""
        for button in (*self._verdicts.values(), self._none, self._comment):
            button.setEnabled(stamp)
        self._like.setEnabled(stamp and detected)
        self._page.setEnabled(detected)

    def show_group(self, group: str) -> None:
        """Choose a group without telling anyone."""
        with QSignalBlocker(self.group):
            self.group.setCurrentText(group)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        for name, button in self._verdicts.items():
            button.setIcon(_icon(name, theme))

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        button = named(QToolButton(self), name, label=text.rstrip("…"), tip=tip)
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _chip(self, name: str, tip: str) -> QToolButton:
        chip = self._button(name, "", tip)
        chip.setProperty("chip", True)
        chip.hide()
        return chip

    def _on_verdict(self) -> None:
        sender = self.sender()
        self.decided.emit(next(name for name, button in self._verdicts.items() if button is sender))

    def _on_none(self) -> None:
        self.decided.emit("")


def _icon(verdict: str, theme: Theme) -> QIcon:
    icon = QIcon()
    for side in ICON_PIXELS:
        pixmap = QPixmap(QSize(side, side))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_verdict(painter, verdict, QPointF(side / 2, side / 2), side * 0.38, theme, own=True)
        painter.end()
        icon.addPixmap(pixmap)
    return icon
