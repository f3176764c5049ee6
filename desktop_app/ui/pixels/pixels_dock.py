"""The dock of the pixels panel: there while target pixels are open, unless the user closed it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from desktop_app.core.pixels import TargetPixels
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState

_HEIGHTS_PX = (190, 190, 430)


class PixelsDock(QObject):
    """Shows and hides ``dock``, which stands below two others."""

    def __init__(self, dock: QDockWidget, above: tuple[QDockWidget, QDockWidget], session: Session) -> None:
        super().__init__(dock)
        self._dock, self._above, self._session = dock, above, session
        self._wanted = True
        self._heights = [*_HEIGHTS_PX]
        dock.hide()
        dock.installEventFilter(self)
        dock.toggleViewAction().triggered.connect(self._on_toggled)
        session.changed.connect(self._on_changed)

    def settle(self) -> None:
        """Show the dock where there is something to see in it, as after a layout was restored."""
        column, window = [*self._above, self._dock], self._dock.parent()
        shown, wanted = self._dock.isVisible(), self._wanted and isinstance(self._session.state.data, TargetPixels)
        if shown and not wanted:
            # Qt forgets the height of a dock that is hidden.
            self._heights = [dock.height() for dock in column]
        self._dock.setVisible(wanted)
        if wanted and not shown and isinstance(window, QMainWindow):
            window.resizeDocks(column, self._heights, Qt.Orientation.Vertical)

    def bring_back(self) -> None:
        """Show the dock although the user closed it before."""
        self._wanted = True
        self._dock.show()
        self._dock.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A dock that was closed by its button stays closed."""
        if event.type() == QEvent.Type.Close:
            self._wanted = False
        return super().eventFilter(watched, event)

    def _on_toggled(self, on: bool) -> None:
        self._wanted = on

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if isinstance(new.data, TargetPixels) != isinstance(old.data, TargetPixels):
            self.settle()
