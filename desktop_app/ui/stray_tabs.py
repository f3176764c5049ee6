"""Hides the tab bars that Qt forgets when docks are put on top of one another."""

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar

_NEAR_PX = 12


class StrayTabs(QObject):
    """Looks after the tab bars of ``window`` whenever its docks have moved.

    Qt 6 makes further bars for a group of docks that is tabbed or restored beside another group, leaves them where
    the group was for a moment, and never takes them away: one can lie over the buttons of a panel. (Seen with 6.11;
    to be removed once no bar is left over in ``test_that_no_tab_bar_lies_over_a_panel`` without this class.)
    """

    def __init__(self, window: QMainWindow, docks: tuple[QDockWidget, ...]) -> None:
        super().__init__(window)
        self._window, self._docks = window, docks
        self._asked = False
        window.installEventFilter(self)
        for dock in docks:
            dock.visibilityChanged.connect(self._on_moved)
            dock.dockLocationChanged.connect(self._on_moved)
            dock.topLevelChanged.connect(self._on_moved)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window that shows or changes its size lays its docks out anew."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._on_moved()
        return super().eventFilter(watched, event)

    def settle(self) -> None:
        """Hide every bar that is not right below a dock of its own."""
        self._asked = False
        for bar in self._window.findChildren(QTabBar):
            if bar.parent() is self._window and bar.isVisible() and not self._belongs(bar):
                bar.hide()

    def _on_moved(self) -> None:
        if not self._asked:
            self._asked = True
            QTimer.singleShot(0, self, self.settle)

    def _belongs(self, bar: QTabBar) -> bool:
        titles = {bar.tabText(place) for place in range(bar.count())}
        for dock in self._docks:
            if dock.windowTitle() in titles and dock.isVisible() and not dock.isFloating():
                place = dock.geometry()
                below = (
                    abs(bar.y() - place.bottom()) <= _NEAR_PX or abs(bar.geometry().bottom() - place.top()) <= _NEAR_PX
                )
                if below and abs(bar.x() - place.x()) <= _NEAR_PX:
                    return True
        return False
