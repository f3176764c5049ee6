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
        self._sized = False
        dock.hide()
        dock.installEventFilter(self)
        dock.toggleViewAction().triggered.connect(self._on_toggled)
        session.changed.connect(self._on_changed)

    def settle(self) -> None:
        """Show the dock where there is something to see in it, as after a layout was restored."""
        self._dock.setVisible(self._wanted and isinstance(self._session.state.data, TargetPixels))
        window = self._dock.parent()
        if self._dock.isVisible() and not self._sized and isinstance(window, QMainWindow):
            self._sized = True
            window.resizeDocks([*self._above, self._dock], list(_HEIGHTS_PX), Qt.Orientation.Vertical)

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
