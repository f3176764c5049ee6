"""Shows one part of a file after the other, round and round."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QToolButton, QWidget

from desktop_app.ui.named import named
from desktop_app.ui.session import Session
from desktop_app.ui.theme import Theme, line_icon

FRAME_MS = 400


class Player(QToolButton):
    """A button that plays while it is down; the next part is asked for when the last one is shown."""

    def __init__(self, session: Session, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, label="Play", tip="Show one part after the other")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._session = session
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_frame)
        self.toggled.connect(self._on_toggled)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.setIcon(line_icon("pause" if self.isChecked() else "run", theme))

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop."""
        super().hideEvent(event)
        self.setChecked(False)

    def _on_toggled(self, on: bool) -> None:
        self.setAccessibleName("Pause" if on else "Play")
        self.set_theme(self._theme)
        if on:
            self._timer.start()
        else:
            self._timer.stop()

    def _on_frame(self) -> None:
        state = self._session.state
        source = state.data.source if state.data else None
        if source is None or state.busy is not None or source.part not in source.parts:
            return
        self._session.show_part(source.parts[(source.parts.index(source.part) + 1) % len(source.parts)])
