"""Events as a Qt table: one row an event, the columns of the event table, sortable by value."""

from math import isnan

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from desktop_app.core.event_table import Column, EventTable
from desktop_app.core.quality import quality_names
from desktop_app.core.timescales import TimeReference, TimeSystem, show_time
from desktop_app.ui.theme import LIGHT, Theme, kind_icon, kind_of
from desktop_app.ui.words import duration, relative

Index = QModelIndex | QPersistentModelIndex
SHOWN = ("event_id", "kind", "t_peak", "score", "depth", "duration", "snr", "quality", "t_start", "t_end")
_NOTHING = QModelIndex()
_VALUE = Qt.ItemDataRole.UserRole


class EventModel(QAbstractTableModel):
    """The columns `SHOWN` of an event table."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[Column, ...] = ()
        self._n = 0
        self._reference = TimeReference()
        self._system = TimeSystem.NATIVE
        self._mission = ""
        self.theme: Theme = LIGHT

    def show_table(self, table: EventTable | None, reference: TimeReference, mission: str) -> None:
        """Another table; ``mission`` says what the QUALITY bits mean."""
        self.beginResetModel()
        by_name = {column.name: column for column in table.columns} if table else {}
        self._columns = tuple(by_name[name] for name in SHOWN if name in by_name)
        self._n = len(table) if table else 0
        self._reference, self._mission = reference, mission
        self.endResetModel()

    def show_as(self, system: TimeSystem) -> None:
        """Write times in another system."""
        self._system = system
        self._repaint()

    def set_theme(self, theme: Theme) -> None:
        """Draw the marks in other colours."""
        self.theme = theme
        self._repaint()

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """How many events there are."""
        return 0 if parent.isValid() else self._n

    def columnCount(self, parent: Index = _NOTHING) -> int:
        """How many columns are shown."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The heading of a column, and its help."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        column = self._columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.label
            case Qt.ItemDataRole.ToolTipRole:
                return column.help
            case _:
                return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, value for sorting, alignment, mark or tip of a cell."""
        if not index.isValid():
            return None
        column = self._columns[index.column()]
        value = column.values[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(column.name, value)
            case Qt.ItemDataRole.DecorationRole if column.name == "kind":
                return kind_icon(str(value), self.theme)
            case Qt.ItemDataRole.TextAlignmentRole if column.name not in ("kind", "quality"):
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.ToolTipRole if column.name == "quality":
                return self._text("quality", value)
            case _ if role == _VALUE:
                return value.item() if isinstance(value, np.generic) else value
            case _:
                return None

    def _text(self, name: str, value: object) -> str:
        match name:
            case "kind":
                kind = kind_of(str(value))
                return f"{kind.letter}  {kind.label}"
            case "quality":
                return ", ".join(quality_names(self._mission, int(str(value)))) or "–"
            case "event_id":
                return str(value)
        number = float(str(value))
        if isnan(number):
            return "–"
        match name:
            case "t_peak" | "t_start" | "t_end":
                return show_time(number, self._reference, self._system).split()[0]
            case "depth":
                return relative(number)
            case "duration":
                return duration(number)
            case _:
                return f"{number:,.1f}"

    def _repaint(self) -> None:
        if self._n and self._columns:
            self.dataChanged.emit(self.index(0, 0), self.index(self._n - 1, len(self._columns) - 1))


class EventFilter(QSortFilterProxyModel):
    """Sorts by value, and keeps the rows whose text holds every word of the filter."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self.setSortRole(_VALUE)

    def set_text(self, text: str) -> None:
        """Keep only rows that hold each word of ``text``."""
        self._words = text.lower().split()
        self.beginFilterChange()
        self.endFilterChange()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        """Whether the row holds every word in one of its cells."""
        if not self._words:
            return True
        model = self.sourceModel()
        cells = [str(model.index(row, column, parent).data()).lower() for column in range(model.columnCount())]
        return all(any(word in cell for cell in cells) for word in self._words)
