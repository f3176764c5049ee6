"""Notices that files or folders have changed, and tells so once things are quiet."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

QUIET_MS = 300
# Beyond these, changes are found when the window is looked at again: systems bound how much can be watched.
FILES_WATCHED = 500
FOLDERS_WATCHED = 500


class FolderWatch(QObject):
    """Watches folders and files.

    Signals
    -------
    stirred()
        Something has changed, or may have while the window was not looked at.
    """

    stirred = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher = QFileSystemWatcher(self)
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self.stirred)
        self._watcher.directoryChanged.connect(self._on_changed)
        self._watcher.fileChanged.connect(self._on_changed)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._on_state)

    def follow(self, folders: Iterable[Path], files: Iterable[Path]) -> None:
        """Watch these and nothing else."""
        wanted = {str(path) for path in [*folders][:FOLDERS_WATCHED]} | {str(path) for path in [*files][:FILES_WATCHED]}
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if left := sorted(watched - wanted):
            self._watcher.removePaths(left)
        if new := sorted(wanted - watched):
            self._watcher.addPaths(new)
            # What happened between looking at them and watching them would go unnoticed.
            self._quiet.start()

    def stop(self) -> None:
        """Watch nothing more."""
        self._quiet.stop()
        self._watcher.directoryChanged.disconnect(self._on_changed)
        self._watcher.fileChanged.disconnect(self._on_changed)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.disconnect(self._on_state)

    def _on_changed(self, _path: str) -> None:
        self._quiet.start()

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self._quiet.start()
