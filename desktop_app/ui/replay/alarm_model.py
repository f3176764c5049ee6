"""The alarm log as a table: the newest line first, filtered by words and by what happened."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QColor, QFont

from desktop_app.ui.replay.replay_state import Record
from desktop_app.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("What", "When", "Channel", "Severity", "Peak", "Alarm", "Injected", "Why", "Run")
SHOWN = ("everything", "raised", "cleared", "critical", "injected")
_COLOURED = (0, 3)
_RIGHT = (4, 5)


class AlarmModel(QAbstractTableModel):
    """The lines."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._records: tuple[Record, ...] = ()

    def show_records(self, records: tuple[Record, ...]) -> None:
        """List ``records``, of which the oldest come first."""
        kept = len(self._records)
        if records[:kept] == self._records and len(records) > kept:
            self.beginInsertRows(QModelIndex(), 0, len(records) - kept - 1)
            self._records = records
            self.endInsertRows()
        elif records != self._records:
            self.beginResetModel()
            self._records = records
            self.endResetModel()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        if self._records:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._records) - 1, len(COLUMNS) - 1))

    def record(self, row: int) -> Record:
        """The line in ``row`` of the table."""
        return self._records[len(self._records) - 1 - row]

    def rowCount(self, parent: Index | None = None) -> int:
        """One row a line."""
        return 0 if parent is not None and parent.isValid() else len(self._records)

    def columnCount(self, parent: Index | None = None) -> int:
        """What is told of each."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The names of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, colour and alignment of a cell."""
        record = self.record(index.row())
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return _texts(record)[index.column()]
            case Qt.ItemDataRole.ForegroundRole if index.column() in _COLOURED:
                return QColor(_colour(record, self._theme))
            case Qt.ItemDataRole.FontRole if record["what"] == "raised" and index.column() == 0:
                font = QFont()
                font.setWeight(QFont.Weight.DemiBold)
                return font
            case Qt.ItemDataRole.TextAlignmentRole if index.column() in _RIGHT:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


class AlarmFilter(QSortFilterProxyModel):
    """Keeps the lines with all of the words in them, of the kind that is chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._shown = SHOWN[0]

    def set_words(self, text: str) -> None:
        """Keep lines with all words of ``text``."""
        self.beginFilterChange()
        self._words = tuple(text.casefold().split())
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def set_shown(self, shown: str) -> None:
        """Keep everything, what was raised or cleared, what is critical, or what was injected."""
        self.beginFilterChange()
        self._shown = shown
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, row: int, _parent: Index) -> bool:
        """Whether the line is kept."""
        model = self.sourceModel()
        if not isinstance(model, AlarmModel):
            return False
        record = model.record(row)
        match self._shown:
            case "raised" | "cleared":
                kept = record["what"] == self._shown
            case "critical":
                kept = record["severity"] == "critical"
            case "injected":
                kept = bool(record["injected"])
            case _:
                kept = True
        text = " ".join(_texts(record)).casefold()
        return kept and all(word in text for word in self._words)


def _texts(record: Record) -> tuple[str, ...]:
    when = str(record["date"])[:19].replace("T", " ") if record["date"] else f"row {record['row']:,}"
    return (
        str(record["what"]),
        when,
        str(record["channel"]),
        str(record["severity"]),
        f"{record['peak']:.2f}",
        str(record["alarm"]),
        "injected" if record["injected"] else "",
        str(record["reason"]),
        str(record["run"]),
    )


def _colour(record: Record, theme: Theme) -> str:
    if record["what"] == "raised" or record["severity"] == "critical":
        return theme.error if record["severity"] == "critical" else theme.warning
    return theme.text if record["what"] != "cleared" else theme.muted
