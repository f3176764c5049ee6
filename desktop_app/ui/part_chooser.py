"""A chooser for the parts of a file: extensions, frames, channels; hidden where the file holds one thing only."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from desktop_app.ui.named import named
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState


class PartChooser(QWidget):
    """The part shown, with buttons to the previous and the next one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "part-chooser")
        self._session = session
        self.box = named(QComboBox(self), "part", label="Part", tip="Which part of the file is shown")
        self.box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.box.setMinimumWidth(96)
        label = named(QLabel("Part", self), role="muted")
        label.setBuddy(self.box)
        before = named(QToolButton(self), "part-previous", label="Previous part", tip="Previous part (PgUp)")
        after = named(QToolButton(self), "part-next", label="Next part", tip="Next part (PgDown)")
        before.setText("‹")
        after.setText("›")
        before.clicked.connect(self._on_previous)
        after.clicked.connect(self._on_next)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (label, before, self.box, after):
            layout.addWidget(widget)
        self.box.activated.connect(self._on_activated)
        session.changed.connect(self._on_changed)
        self._show(session.state)

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.data is not old.data:
            self._show(new)

    def _show(self, state: AppState) -> None:
        source = state.data.source if state.data else None
        parts = source.parts if source else ()
        with QSignalBlocker(self.box):
            if [self.box.itemText(place) for place in range(self.box.count())] != list(parts):
                self.box.clear()
                self.box.addItems(list(parts))
            if source is not None:
                self.box.setCurrentText(source.part)
        self.setVisible(len(parts) > 1)

    def _on_activated(self, place: int) -> None:
        self._session.show_part(self.box.itemText(place))

    def _on_previous(self) -> None:
        self._session.step_part(-1)

    def _on_next(self) -> None:
        self._session.step_part(1)
