"""The list of files as a Qt table: folders with their files below, filtered and sorted at once however long it is.

It is a flat table that opens and closes its folders itself, not a tree: Qt's tree asks Python several times for every
row it holds, 40 microseconds each, whenever the list changes; a table asks for the rows in sight.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from pathlib import Path
from typing import Literal, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont

from desktop_app.core.data import Kind
from desktop_app.io.reader import FileSummary
from desktop_app.ui.state import FileEntry
from desktop_app.ui.theme import LIGHT, Theme, line_icon
from desktop_app.ui.words import counted, duration

Index = QModelIndex | QPersistentModelIndex
Wanted = Kind | Literal["", "problem"]
HEADINGS = ("File", "Mission", "Cadence", "Size", "Kind", "File name")
FILE, MISSION, CADENCE, SIZE, KIND, NAME = range(6)
PATH = Qt.ItemDataRole.UserRole
_NOTHING = QModelIndex()
# While headers come in, rows find their new places this often.
_REARRANGED_MS = 250
_ALIKE = 2
_ENDS = re.compile(r"(?:\.(?:fits?|fts|fz|gz|lc|csv|txt|ecsv|vot|parquet|pq|np[yz]|h5|hdf5))+$", re.IGNORECASE)
_ICONS: dict[str, str] = {
    "light curve": "kind-curve",
    "target pixels": "kind-pixels",
    "image": "kind-image",
    "cutouts": "kind-cutouts",
    "telemetry": "kind-telemetry",
}
# What the rows of a kind are called; light curves and telemetry have rows.
_PIECES = {"target pixels": "frame", "image": "image", "cutouts": "stamp"}
_KIND_WORDS = {"cutouts": "cut-outs"}


class Row(NamedTuple):
    """One row: a folder where ``place`` is -1, else the file at that place of the list, in ``folder`` or in none.

    Paths are text here: with thousands of files, what a `Path` takes for hashing and comparing would be felt.
    """

    folder: str
    place: int


class _Known(NamedTuple):
    """What finding and arranging an entry needs, worked out once: its path and folder, its kind, all its text."""

    path: str
    folder: str
    kind: str
    searched: str
    looks: str


@dataclass(frozen=True)
class Count:
    """How many files there are and are shown, how many are not read yet."""

    files: int = 0
    shown: int = 0
    unread: int = 0


class FileModel(QAbstractTableModel):
    """The files that match, each below its folder.

    Signals
    -------
    arranged()
        Rows have come, gone or moved.
    """

    arranged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.closed: set[str] = set()
        self._entries: tuple[FileEntry, ...] = ()
        self._known: list[_Known] = []
        self._looks: Counter[str] = Counter()
        self._rows: list[Row] = []
        self._row_of: dict[str, int] = {}
        self._wholes: dict[str, int] = {}
        self._roots: dict[str, Path | None] = {}
        self._in_folder: dict[str, tuple[int, int]] = {}
        self._words: list[str] = []
        self._wanted: Wanted = ""
        self._sorted_by, self._descending = -1, False
        self._later = QTimer(self, singleShot=True, interval=_REARRANGED_MS)
        self._later.timeout.connect(self._arrange)

    # What to show

    def show_entries(self, entries: tuple[FileEntry, ...]) -> None:
        """Show another list; what is the same object in both did not change."""
        old, self._entries = self._entries, entries
        changed = [place for place, pair in enumerate(zip(old, entries, strict=False)) if pair[0] is not pair[1]]
        moved = len(old) != len(entries) or any(old[place].path != entries[place].path for place in changed)
        if moved:
            kept = {id(entry): known for entry, known in zip(old, self._known, strict=True)}
            self._known = [kept.get(id(entry)) or _known_of(entry) for entry in entries]
            self._looks = Counter(known.looks for known in self._known)
            self._arrange()
            return
        alike = False
        for place in changed:
            self._looks[self._known[place].looks] -= 1
            known = self._known[place] = _known_of(entries[place])
            self._looks[known.looks] += 1
            alike = alike or self._looks[known.looks] == _ALIKE
        # A name that was free until now is taken twice: the rows that bear it change as well.
        self._repaint(range(len(entries)) if alike else changed)
        if changed and (self._words or self._wanted or self._sorted_by >= 0) and not self._later.isActive():
            self._later.start()

    def set_filter(self, text: str, wanted: Wanted) -> None:
        """Keep only files of the kind ``wanted``, "" for all, that hold each word of ``text``."""
        self._words, self._wanted = text.lower().split(), wanted
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the files of each folder by ``column``; in the order of the list for -1."""
        self._sorted_by, self._descending = column, order is Qt.SortOrder.DescendingOrder
        self._arrange()

    def toggle(self, folder: str) -> None:
        """Open or close a folder."""
        self.closed ^= {folder}
        self._arrange()

    def close_folders(self) -> None:
        """Close every folder."""
        self.closed |= set(self._in_folder)
        self._arrange()

    def open_folders(self) -> None:
        """Open every folder."""
        self.closed.clear()
        self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.theme = theme
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(HEADINGS) - 1))

    # What is shown

    def row(self, row: int) -> Row:
        """What stands in ``row``."""
        return self._rows[row]

    def entry(self, row: int) -> FileEntry | None:
        """The file in ``row``, or the folder that is one data set; None for any other folder."""
        folder, place = self._rows[row]
        if place < 0:
            place = self._wholes.get(folder, -1)
        return self._entries[place] if place >= 0 else None

    def row_of(self, path: Path | str | None) -> int | None:
        """Where a file or folder stands; None where it is not shown."""
        return self._row_of.get(str(path)) if path else None

    def count(self) -> Count:
        """How many files there are, those in closed folders among the shown ones."""
        shown = sum(inside for inside, _all in self._in_folder.values())
        shown += sum(1 for row in self._rows if not row.folder)
        unread = sum(1 for entry in self._entries if entry.summary is None and not (entry.problem or entry.gone))
        return Count(sum(1 for entry in self._entries if not entry.whole), shown, unread)

    def says(self, column: int) -> bool:
        """Whether any file says something of its mission or cadence, where ``column`` is one of those."""
        summaries = (entry.summary for entry in self._entries if entry.summary is not None)
        match column:
            case _ if column == MISSION:
                return any(summary.mission for summary in summaries)
            case _ if column == CADENCE:
                return any(isfinite(summary.cadence_s) for summary in summaries)
            case _:
                return True

    def kinds(self) -> dict[str, int]:
        """How many files of each kind there are, "problem" among them."""
        found: dict[str, int] = {}
        for known in self._known:
            found[known.kind] = found.get(known.kind, 0) + 1
        return found

    # Qt's questions

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """How many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOTHING) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The heading of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, icon, tip, colour or path of a cell."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        folder, place = self._rows[index.row()]
        if place < 0:
            return self._folder_data(folder, index.column(), role)
        entry = self._entries[place]
        match role:
            case Qt.ItemDataRole.DisplayRole if index.column() == FILE and self._is_alike(place):
                return _ENDS.sub("", entry.path.name)
            case Qt.ItemDataRole.DisplayRole:
                return _text(entry, index.column())
            case Qt.ItemDataRole.DecorationRole if index.column() == FILE:
                return line_icon(_icon(entry), self.theme)
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(entry)
            case Qt.ItemDataRole.ForegroundRole if entry.gone or index.column() != FILE:
                return QColor(self.theme.muted)
            case Qt.ItemDataRole.FontRole if entry.gone:
                return _struck()
            case Qt.ItemDataRole.TextAlignmentRole if index.column() in (CADENCE, SIZE):
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == FILE:
                return f"{_text(entry, FILE)}, {_kind(entry) or 'not read yet'}"
            case role if role == PATH:
                return entry.path
            case _:
                return None

    def _is_alike(self, place: int) -> bool:
        """Whether another file of the folder would look the same: then its own name tells them apart."""
        looks = self._known[place].looks
        return bool(looks) and self._looks[looks] >= _ALIKE

    def _folder_data(self, folder: str, column: int, role: int) -> object:
        place = self._wholes.get(folder, -1)
        whole = self._entries[place] if place >= 0 else None
        shown, every = self._in_folder.get(folder, (0, 0))
        match role:
            case Qt.ItemDataRole.DisplayRole if column == FILE:
                return self._folder_name(folder)
            case Qt.ItemDataRole.DisplayRole if column == SIZE and whole is None:
                return counted(shown, "file") if shown == every else f"{shown:,} of {every:,}"
            case Qt.ItemDataRole.DisplayRole if whole is not None and column not in (FILE, NAME):
                return _text(whole, column)
            case Qt.ItemDataRole.DecorationRole if column == FILE:
                return line_icon(_icon(whole) if whole else "folder", self.theme)
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(whole) if whole else folder
            case Qt.ItemDataRole.ForegroundRole if column != FILE:
                return QColor(self.theme.muted)
            case Qt.ItemDataRole.FontRole if column == FILE:
                return _bold()
            case Qt.ItemDataRole.TextAlignmentRole if column in (CADENCE, SIZE):
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.AccessibleTextRole if column == FILE:
                state = "closed" if folder in self.closed else "open"
                return f"Folder {self._folder_name(folder)}, {state}, {counted(every, 'file')}"
            case role if role == PATH and whole is not None:
                return whole.path
            case _:
                return None

    def _folder_name(self, folder: str) -> str:
        """Its name, with those of the folders above it up to the one that was opened."""
        path, root = Path(folder), self._roots.get(folder)
        return path.relative_to(root.parent).as_posix() if root in path.parents and root else path.name

    # Arranging

    def _arrange(self) -> None:
        """Put the rows into order anew; what is selected stays selected."""
        self._later.stop()
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        before = [self._key(index.row()) for index in kept]
        self._rows = self._wanted_rows()
        known = self._known
        self._row_of = {
            known[place].path if place >= 0 else folder: row for row, (folder, place) in enumerate(self._rows)
        }
        after = []
        for index, key in zip(kept, before, strict=True):
            row = self._row_of.get(key, -1)
            after.append(self.index(row, index.column()) if row >= 0 else QModelIndex())
        self.changePersistentIndexList(kept, after)
        self.layoutChanged.emit()
        self.arranged.emit()

    def _key(self, row: int) -> str:
        folder, place = self._rows[row]
        if place < 0:
            return folder
        return self._known[place].path if place < len(self._known) else ""

    def _wanted_rows(self) -> list[Row]:
        folders: dict[str, list[int]] = {"": []}
        every: dict[str, int] = {}
        self._wholes, self._roots = {}, {}
        filtered = bool(self._words or self._wanted)
        for place, known in enumerate(self._known):
            folder = known.folder
            inside = folders.get(folder)
            if inside is None:
                inside = folders[folder] = []
                self._roots[folder] = self._entries[place].folder
            if self._entries[place].whole:
                self._wholes[folder] = place
                continue
            every[folder] = every.get(folder, 0) + 1
            if not filtered or self._fits(known):
                inside.append(place)
        loose = folders.pop("")
        self._in_folder = {folder: (len(inside), every.get(folder, 0)) for folder, inside in folders.items()}
        rows = [Row("", place) for place in self._sorted(loose)]
        for folder, inside in folders.items():
            whole = self._wholes.get(folder)
            if filtered and not inside and (whole is None or not self._fits(self._known[whole])):
                continue
            rows.append(Row(folder, -1))
            if folder not in self.closed:
                rows.extend(Row(folder, place) for place in self._sorted(inside))
        return rows

    def _fits(self, known: _Known) -> bool:
        if self._wanted and known.kind != self._wanted:
            return False
        return all(word in known.searched for word in self._words)

    def _sorted(self, places: list[int]) -> list[int]:
        if self._sorted_by < 0:
            return places
        keys = {place: _sort_key(self._entries[place], self._sorted_by) for place in places}
        return sorted(places, key=keys.__getitem__, reverse=self._descending)

    def _repaint(self, places: Iterable[int]) -> None:
        rows = [self._row_of[path] for place in places if (path := self._known[place].path) in self._row_of]
        if rows:
            self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), len(HEADINGS) - 1))


def size_of(summary: FileSummary) -> str:
    """ "20,076 rows", "4096 × 4096", "12 images", "42 channels"; "" where the headers do not say."""
    shape, rows = summary.shape, summary.rows
    if summary.kind == "telemetry" and shape:
        return counted(shape[-1], "channel")
    if len(shape) == 2 and rows in (-1, 1):
        return _area(shape)
    return counted(rows, _PIECES.get(summary.kind, "row")) if rows >= 0 else ""


def _area(shape: Sequence[int]) -> str:
    return f"{shape[1]} × {shape[0]}" if len(shape) == 2 else ""


def _known_of(entry: FileEntry) -> _Known:
    path = str(entry.path)
    folder = "" if entry.folder is None else path if entry.whole else os.path.dirname(path)
    looks = "/".join((folder, _text(entry, FILE), _mission(entry))) if entry.summary else ""
    return _Known(path, folder, _kind(entry), _searched(entry), looks)


def _kind(entry: FileEntry) -> str:
    if entry.problem or entry.gone:
        return "problem"
    return entry.summary.kind if entry.summary else ""


def _icon(entry: FileEntry) -> str:
    kind = _kind(entry)
    return "warning" if kind == "problem" else _ICONS.get(kind, "kind-unknown")


def _text(entry: FileEntry, column: int) -> str:
    summary = entry.summary
    if column == FILE:
        return (summary.object_name if summary and not entry.pieces else "") or entry.path.name
    if column == NAME:
        return entry.path.name
    if entry.gone:
        return "gone" if column == SIZE else ""
    if summary is None:
        return ""
    match column:
        case 1:
            return _mission(entry)
        case 2:
            return duration(summary.cadence_s / 86400) if isfinite(summary.cadence_s) else ""
        case 3:
            return size_of(summary)
        case _:
            return _KIND_WORDS.get(summary.kind, summary.kind)


def _mission(entry: FileEntry) -> str:
    """ "TESS 1": the mission and the number of its sector, quarter or campaign."""
    if entry.summary is None:
        return ""
    number = entry.summary.segment.split()[-1] if entry.summary.segment and not entry.pieces else ""
    return f"{entry.summary.mission} {number}".strip()


def _tip(entry: FileEntry) -> str:
    if entry.pieces:
        return "\n".join(map(str, entry.pieces))
    lines: list[str] = [str(entry.path)]
    if entry.summary is not None:
        s = entry.summary
        size = dict.fromkeys((size_of(s), _area(s.shape)))
        lines.append(s.object_name)
        lines.append(", ".join(filter(None, (_KIND_WORDS.get(s.kind, s.kind), s.mission, s.segment, *size))))
    if entry.gone:
        lines.append("It is no longer there.")
    lines.append(entry.problem)
    return "\n".join(filter(None, lines))


def _searched(entry: FileEntry) -> str:
    """All that a person may type to find the file, in lower case."""
    if entry.summary is None and not (entry.problem or entry.gone):
        return entry.path.name.lower()
    parts: Sequence[str] = [_text(entry, column) for column in range(len(HEADINGS))]
    segment = entry.summary.segment if entry.summary else ""
    return " ".join(filter(None, (*parts, segment, entry.problem))).lower()


def _sort_key(entry: FileEntry, column: int) -> tuple[float, str]:
    """A number where the column holds some, else the text; what is not known comes last."""
    summary = entry.summary
    match column:
        case 2:
            return (summary.cadence_s if summary and isfinite(summary.cadence_s) else inf, "")
        case 3 if summary is not None:
            pixels = 1.0
            for length in summary.shape:
                pixels *= length
            return (max(summary.rows, 1) * pixels, "")
        case 3:
            return (inf, "")
        case _:
            text = _text(entry, column).casefold()
            return (0.0 if text else 1.0, text)


def _bold() -> QFont:
    font = QFont()
    font.setWeight(QFont.Weight.DemiBold)
    return font


def _struck() -> QFont:
    font = QFont()
    font.setStrikeOut(True)
    return font
