"""Periodic signals as a Qt table, the strongest first."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.core.detection import PeriodicSignal
from desktop_app.core.timescales import TimeReference, TimeSystem
from desktop_app.ui.signals.signal_words import HEADINGS, cells_of
from desktop_app.ui.theme import LIGHT, Theme, kind_icon

Index = QModelIndex | QPersistentModelIndex
_NOTHING = QModelIndex()


class SignalModel(QAbstractTableModel):
    """One row a signal."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._signals: tuple[PeriodicSignal, ...] = ()
        self._rows: list[dict[str, str]] = []
        self.theme: Theme = LIGHT

    def show_signals(self, signals: tuple[PeriodicSignal, ...], reference: TimeReference, system: TimeSystem) -> None:
        """Other signals, or times in another system."""
        self.beginResetModel()
        self._signals = signals
        self._rows = [cells_of(place, signal, reference, system) for place, signal in enumerate(signals)]
        self.endResetModel()

    def set_theme(self, theme: Theme) -> None:
        """Draw the marks in other colours."""
        self.theme = theme
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(HEADINGS) - 1))

    def as_text(self) -> str:
        """The whole table, tab-separated, with its headings."""
        lines = ["\t".join(heading.label for heading in HEADINGS)]
        lines += ["\t".join(row[heading.key] for heading in HEADINGS) for row in self._rows]
        return "\n".join(lines)

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """How many signals there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOTHING) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The heading of a column, and its help."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(HEADINGS):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return HEADINGS[section].label
            case Qt.ItemDataRole.ToolTipRole:
                return HEADINGS[section].help
            case _:
                return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, alignment, mark or tip of a cell."""
        if not index.isValid():
            return None
        heading, row = HEADINGS[index.column()], index.row()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._rows[row][heading.key]
            case Qt.ItemDataRole.ToolTipRole:
                return f"{heading.help}\n{self._rows[row][heading.key]}"
            case Qt.ItemDataRole.DecorationRole if heading.key == "kind":
                return kind_icon(self._signals[row].kind, self.theme)
            case Qt.ItemDataRole.TextAlignmentRole if heading.number:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case _:
                return None
