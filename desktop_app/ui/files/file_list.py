"""The list of files: what was opened, what their headers say, and what has become of them since."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal

from desktop_app.ui.bridge import Bridge
from desktop_app.ui.files import listing
from desktop_app.ui.files.folder_watch import FolderWatch
from desktop_app.ui.state import FileEntry
from desktop_app.ui.words import counted

_OPEN = "files/open"
_KEPT = 500
_NAMED = 3


class FileList(QObject):
    """Files and folders in the order in which they were opened.

    Signals
    -------
    changed(tuple of FileEntry)
        The list is another.
    found(tuple of FileEntry, bool)
        Files that were opened are on the list now; the flag says that they are those of last time.
    all_read(tuple of Path)
        The headers of all that was opened as these paths are read.
    stale(tuple of Path)
        Files that have changed since they were read.
    told(str, str)
        A sentence for the user, and what to do.
    """

    changed = Signal(object)
    found = Signal(object, bool)
    all_read = Signal(object)
    stale = Signal(object)
    told = Signal(str, str)

    def __init__(self, settings: QSettings, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._bridge = settings, bridge
        self.entries: tuple[FileEntry, ...] = ()
        self._places: dict[Path, int] = {}
        # Dictionaries stand for sets that keep their order.
        self._roots: dict[Path, None] = {}
        self._unread: dict[Path, None] = {}
        self._awaited: dict[Path, None] = {}
        self._dropped: set[Path] = set()
        self._folders: tuple[Path, ...] = ()
        self._sight: tuple[Path, ...] = ()
        self._searching = 0
        self._reading = self._looking = False
        self._watch = FolderWatch(self)
        self._watch.stirred.connect(self.look_again)
        bridge.failed.connect(self._on_failed)

    # What a person does

    def add(self, paths: Sequence[Path], *, restored: bool = False) -> None:
        """Put files and folders on the list; those of last time only where they still are."""
        self._roots.update(dict.fromkeys(paths))
        self._dropped -= set(paths)
        if not restored:
            self.merge([FileEntry(path) for path in paths if not path.is_dir()])
            self._awaited.update(dict.fromkeys(paths))
            self._keep()
        self._searching += 1
        self._bridge.run_beside(partial(listing.find, paths), partial(self._on_found, restored), files=True)

    def remove(self, paths: Iterable[Path]) -> None:
        """Take files off the list, and folders with all that is in them."""
        off = set(paths)
        gone = {
            entry.path for entry in self.entries if not off.isdisjoint((entry.path, entry.folder, entry.path.parent))
        }
        for path in off | gone:
            self._roots.pop(path, None)
            self._unread.pop(path, None)
        self._dropped |= gone
        self._set(tuple(entry for entry in self.entries if entry.path not in gone))
        self._keep()
        self._follow()

    def restore(self) -> None:
        """Put the files and folders of last time on the list; none of them is opened."""
        kept = self._settings.value(_OPEN)
        texts = kept if isinstance(kept, list | tuple) else [kept] if kept else []
        paths = [Path(str(text)) for text in texts]
        if paths:
            self.add(paths, restored=True)

    def look_first(self, paths: Sequence[Path]) -> None:
        """Read the headers of these before all others: they are in sight."""
        self._sight = tuple(paths)

    def look_again(self) -> None:
        """Find out what has changed in the folders and files of the list."""
        if self._looking or not (self._roots or self.entries):
            return
        self._looking = True
        known = {entry.path: entry.version for entry in self.entries if not entry.pieces}
        roots = [root for root in self._roots if root not in known]
        roots += [entry.path for entry in self.entries if entry.whole and entry.path in self._roots]
        self._bridge.run_beside(partial(listing.look_again, roots, known), self._on_looked, files=True)

    def merge(self, entries: Iterable[FileEntry]) -> None:
        """Add entries, or what is newly known of those that are there."""
        files = list(self.entries)
        for entry in entries:
            place = self._places.setdefault(entry.path, len(files))
            if place == len(files):
                files.append(entry)
            else:
                files[place] = _joined(files[place], entry)
            if entry.summary is None and not entry.problem and files[place].summary is None:
                self._unread[entry.path] = None
        self._set(tuple(files))

    def kept(self, name: str) -> object:
        """What was kept of the list's look under ``name``; None where nothing was."""
        return self._settings.value(f"files/{name}")

    def keep(self, name: str, value: object) -> None:
        """Keep a choice of the list's look for the next session."""
        self._settings.setValue(f"files/{name}", value)

    def stop(self) -> None:
        """Watch no more: the window closes."""
        self._watch.stop()

    # What the worker answers

    def _on_found(self, restored: bool, found: listing.Found) -> None:
        self._searching -= 1
        missing = set(found.missing) if restored else set()
        entries = tuple(entry for entry in found.entries if entry.path not in missing)
        self._folders = tuple(dict.fromkeys((*self._folders, *found.folders)))
        self.merge(entries)
        if missing:
            self._tell_missing(found.missing)
        for problem in found.problems:
            self.told.emit(problem, "Open a folder further down.")
        self._follow()
        self.found.emit(entries, restored)
        self._read_more()

    def _on_read(self, entries: tuple[FileEntry, ...]) -> None:
        self._reading = False
        files = list(self.entries)
        for entry in entries:
            self._unread.pop(entry.path, None)
            place = self._places.get(entry.path)
            if place is not None:
                files[place] = replace(files[place], summary=entry.summary, problem=entry.problem)
        self._set(tuple(files))
        self._read_more()

    def _on_looked(self, changes: listing.Changes) -> None:
        self._looking = False
        new = tuple(entry for entry in changes.found.entries if entry.path not in self._dropped)
        files = list(self.entries)
        for path in changes.gone:
            if (place := self._places.get(path)) is not None:
                files[place] = replace(files[place], gone=True, version=(0, 0))
        for path, version in changes.changed:
            if (place := self._places.get(path)) is not None:
                files[place] = replace(files[place], gone=False, version=version)
                self._unread[path] = None
        self._folders = tuple(dict.fromkeys((*self._folders, *changes.found.folders)))
        if changes.gone or changes.changed:
            self._set(tuple(files))
        if new:
            self.merge(new)
        self._follow()
        if changes.changed:
            self.stale.emit(tuple(path for path, _version in changes.changed))
        self._read_more()

    def _on_failed(self, _error: Exception) -> None:
        """A job failed, perhaps one of ours: whoever waits for its answer would wait for ever."""
        self._reading = self._looking = False

    # Helpers

    def _read_more(self) -> None:
        """Have the next headers read: those in sight first."""
        if self._reading:
            return
        if not self._unread:
            if self._awaited and not self._searching:
                awaited, self._awaited = tuple(self._awaited), {}
                self.all_read.emit(awaited)
            return
        self._reading = True
        wanted = [path for path in self._sight if path in self._unread]
        for path in self._unread:
            if len(wanted) >= listing.BATCH:
                break
            wanted.append(path)
        batch = [self.entries[self._places[path]] for path in dict.fromkeys(wanted)]
        self._bridge.run_beside(partial(listing.read_headers, batch), self._on_read, files=True)

    def _set(self, entries: tuple[FileEntry, ...]) -> None:
        if len(entries) != len(self._places):
            self._places = {entry.path: place for place, entry in enumerate(entries)}
        self.entries = entries
        self.changed.emit(entries)

    def _follow(self) -> None:
        self._watch.follow(self._folders, (entry.path for entry in self.entries if not (entry.gone or entry.pieces)))

    def _keep(self) -> None:
        self._settings.setValue(_OPEN, [str(path) for path in [*self._roots][-_KEPT:]])

    def _tell_missing(self, missing: Sequence[Path]) -> None:
        for path in missing:
            self._roots.pop(path, None)
        self._keep()
        names = ", ".join(str(path) for path in missing[:_NAMED]) + (" and others" if len(missing) > _NAMED else "")
        self.told.emit(
            f"{counted(len(missing), 'file or folder').replace('file or folders', 'files or folders')} of last time "
            f"cannot be found any more: {names}.",
            "What is on another disk can be opened again once it is there.",
        )


def _joined(old: FileEntry, new: FileEntry) -> FileEntry:
    """``old`` with what ``new`` knows more."""
    known = new if new.summary is not None or new.problem else old
    version = new.version if new.version is not None else old.version
    return replace(old, summary=known.summary, problem=known.problem, version=version)
