"""Channels or parts as a Qt table: what each of them is, how strange, and with check boxes which are drawn."""

import re
from math import isfinite

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop_app.ui.telemetry.lines import Line, subsystem_of
from desktop_app.ui.telemetry.thumbs import Thumb

Index = QModelIndex | QPersistentModelIndex
IN_FILE, BY_NAME, BY_VARIANCE, BY_STRANGENESS = "as in the file", "by name", "by variance", "by strangeness"
ORDERS = (IN_FILE, BY_NAME, BY_VARIANCE, BY_STRANGENESS)
HEADINGS = ("Channel", "Kind", "NaN", "", "Score", "Events")
KIND, MISSING, TRACE, SCORE, EVENTS = range(1, 6)
THUMB_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_TIPS = {
    TRACE: "The whole channel, small; ticks are events",
    SCORE: "The highest score, in limits of the channel",
    EVENTS: "How many events there are at the threshold; ! where ground truth disagrees",
}
_LARGE = 100.0
_NOTHING = QModelIndex()


class LineModel(QAbstractTableModel):
    """The lines in the order and selection that the user wants.

    Parameters
    ----------
    what : str
        "Channel" or "Part".
    checkable : bool
        Whether each has a check box that says whether it is drawn.

    Signals
    -------
    shown_changed()
        Other channels are to be drawn, or in another order.
    """

    shown_changed = Signal()

    def __init__(self, what: str = HEADINGS[0], *, checkable: bool = True, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._what, self._checkable = what, checkable
        self._lines: tuple[Line, ...] = ()
        self._shown: frozenset[int] = frozenset()
        self._order: list[int] = []
        self._sorted_by = IN_FILE
        self._words: list[str] = []
        self._subsystem = ""

    @property
    def shown(self) -> tuple[int, ...]:
        """The channels to draw, in the order of the list; a filter hides none of them."""
        return tuple(place for place in self._sorted() if place in self._shown)

    @property
    def lines(self) -> tuple[Line, ...]:
        """All of them, in the order of the file."""
        return self._lines

    @property
    def ordered_by(self) -> str:
        """One of `ORDERS`."""
        return self._sorted_by

    def show_lines(self, lines: tuple[Line, ...], shown: tuple[int, ...] = ()) -> None:
        """Another set of lines in the order of the file, of all subsystems, and which of them are drawn."""
        self.beginResetModel()
        self._lines, self._shown = lines, frozenset(shown)
        self._sorted_by, self._subsystem = IN_FILE, ""
        self._order = self._wanted()
        self.endResetModel()
        self.shown_changed.emit()

    def tell_more(self, lines: tuple[Line, ...]) -> None:
        """The same channels or parts, of which more is known now; selection and ticks stay."""
        before, self._lines = self.shown, lines
        self._rearrange()
        if self._order:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._order) - 1, len(HEADINGS) - 1))
        if self.shown != before:
            self.shown_changed.emit()

    def show_only(self, shown: frozenset[int]) -> None:
        """Draw exactly these channels."""
        if shown == self._shown:
            return
        self._shown = shown
        if self._order:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._order) - 1, 0))
        self._tell()

    def listed(self) -> tuple[int, ...]:
        """The lines that the filters let through, in order."""
        return tuple(self._order)

    def place_at(self, row: int) -> int:
        """Which line stands in ``row``."""
        return self._order[row]

    def row_of(self, place: int) -> int | None:
        """Where a line stands; None where a filter hides it."""
        return self._order.index(place) if place in self._order else None

    def set_filter(self, text: str) -> None:
        """List only the lines that hold each word of ``text`` in their name, unit or kind."""
        self._words = text.lower().split()
        self._rearrange()

    def set_subsystem(self, subsystem: str) -> None:
        """List only the lines of one subsystem; "" for all."""
        self._subsystem = subsystem
        self._rearrange()

    def order_by(self, order: str) -> None:
        """One of `ORDERS`."""
        if order != self._sorted_by:
            self._sorted_by = order
            self._rearrange()
            self.shown_changed.emit()

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """How many lines are listed."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _NOTHING) -> int:
        """Name with unit, kind, share of NaN, mini-trace, highest score and number of events."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What stands above the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return _TIPS.get(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if section:
            return HEADINGS[section]
        return f"{len(self._shown)} of {len(self._lines)} shown" if self._checkable else self._what

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The name has a check box, where lines have any."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 and self._checkable else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, check box, mini-trace, tip and alignment of a cell."""
        if not index.isValid():
            return None
        place = self._order[index.row()]
        line = self._lines[place]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _cell(line, index.column())
            case Qt.ItemDataRole.CheckStateRole if index.column() == 0 and self._checkable:
                return Qt.CheckState.Checked if place in self._shown else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                return f"{line.tip}\nGround truth: {line.wrong}" if line.wrong else line.tip
            case Qt.ItemDataRole.TextAlignmentRole if index.column() in (MISSING, SCORE, EVENTS):
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == TRACE:
                return f"Trace of {line.name}"
        return line.thumb if role == THUMB_ROLE and index.column() == TRACE else None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or untick a channel."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid() or index.column() != 0 or not self._checkable:
            return False
        place = frozenset({self._order[index.row()]})
        on = Qt.CheckState(value) == Qt.CheckState.Checked
        self._shown = self._shown | place if on else self._shown - place
        self.dataChanged.emit(index, index)
        self._tell()
        return True

    def _tell(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 0)
        self.shown_changed.emit()

    def _rearrange(self) -> None:
        wanted = self._wanted()
        if wanted == self._order:
            return
        if len(wanted) != len(self._order):
            self.beginResetModel()
            self._order = wanted
            self.endResetModel()
            return
        self.layoutAboutToBeChanged.emit()
        held = [(index, self._order[index.row()]) for index in self.persistentIndexList()]
        self._order = wanted
        rows = {place: row for row, place in enumerate(wanted)}
        for index, place in held:
            moved = self.index(rows[place], index.column()) if place in rows else QModelIndex()
            self.changePersistentIndex(index, moved)
        self.layoutChanged.emit()

    def _wanted(self) -> list[int]:
        return [place for place in self._sorted() if self._wants(self._lines[place])]

    def _wants(self, line: Line) -> bool:
        text = f"{line.name} {line.unit} {line.kind}".lower()
        mine = not self._subsystem or subsystem_of(line.name) == self._subsystem
        return mine and all(word in text for word in self._words)

    def _sorted(self) -> list[int]:
        places, lines = range(len(self._lines)), self._lines
        match self._sorted_by:
            case "by name":
                return sorted(places, key=lambda place: by_name(lines[place].name))
            case "by variance":
                return sorted(places, key=lambda place: _least_spread(lines[place].spread))
            case "by strangeness":
                return sorted(places, key=lambda place: lines[place].strangeness)
            case _:
                return list(places)


def by_name(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts "command 2" before "command 10"."""
    return tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", name.lower())
    )


def thumb_at(index: Index) -> Thumb | None:
    """The mini-trace of a cell."""
    found = index.data(THUMB_ROLE)
    return found if isinstance(found, Thumb) else None


def _cell(line: Line, column: int) -> str:
    match column:
        case 0:
            return f"{line.name} ({line.unit})" if line.unit else line.name
        case 1:
            return line.kind
        case 2:
            return _share(line.missing)
        case 4:
            return f"{line.top:,.{2 if line.top < _LARGE else 0}f}" if isfinite(line.top) else ""
        case 5:
            return "" if line.events is None else f"{'! ' if line.wrong else ''}{line.events:,}"
        case _:
            return ""


def _share(missing: float) -> str:
    if not missing:
        return ""
    return "<1 %" if missing < 0.01 else ">99 %" if 0.99 < missing < 1 else f"{100 * missing:.0f} %"


def _least_spread(spread: float) -> float:
    """Sorts what varies most to the top, and what has no values to the end."""
    return -spread if isfinite(spread) else float("inf")
