"""Events as a Qt table: one row an event, sorted by value and filtered by text.

Sorting is numpy's: Qt's proxy model would call Python for every comparison, thousands of times while the threshold is
dragged.
"""

from math import isnan

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.core.arrays import Ints
from desktop_app.core.event_table import Column, EventTable
from desktop_app.core.quality import quality_names
from desktop_app.core.telemetry import Telemetry
from desktop_app.core.timescales import TimeReference, TimeSystem, show_time
from desktop_app.ui.telemetry.clock_axis import exact_time
from desktop_app.ui.theme import LIGHT, Theme, kind_icon, kind_of
from desktop_app.ui.words import counted, duration, per_cent, relative, significant

Index = QModelIndex | QPersistentModelIndex
SHOWN = (
    "event_id",
    "kind",
    "t_peak",
    "score",
    "probability",
    "suspicion",
    "depth",
    "duration",
    "snr",
    "reasons",
    "quality",
    "t_start",
    "t_end",
)
SHOWN_OF_CHANNELS = (
    "event_id",
    "channel",
    "kind",
    "t_start",
    "duration",
    "score",
    "value",
    "reasons",
    "t_peak",
    "t_end",
    "row_start",
    "row_end",
)
"""Columns of telemetry, which has no baseline and no flags."""
SHOWN_OF_IMAGES = ("event_id", "kind", "score", "ra", "dec", "x", "y", "flux", "snr", "reasons", "part")
SHOWN_OF_CUTOUTS = ("event_id", "kind", "score", "object", "ra", "dec", "reasons", "part")
"""Columns of pictures and of sets of cut-outs, whose objects are places, not times."""
TIMES = ("t_peak", "t_start", "t_end")
_WORDS = ("kind", "quality", "reasons", "channel", "object", "part")
_DAY_S = 86400.0
_NOTHING = QModelIndex()


class EventModel(QAbstractTableModel):
    """The columns `SHOWN` of an event table, in the order and selection that the user wants."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[Column, ...] = ()
        self._order: Ints = np.zeros(0, np.int64)
        self._sorted_by, self._descending = 0, False
        self._words: list[str] = []
        self._reference = TimeReference()
        self._system = TimeSystem.NATIVE
        self._mission = ""
        self._telemetry: Telemetry | None = None
        self._units: tuple[str, ...] = ()
        self.theme: Theme = LIGHT

    def show_table(self, table: EventTable | None, reference: TimeReference, system: TimeSystem, mission: str) -> None:
        """Another table; ``mission`` says what the QUALITY bits mean."""
        self._reference, self._system, self._mission = reference, system, mission
        self._telemetry = None
        self._take(table, SHOWN)

    def show_channel_table(self, table: EventTable | None, data: Telemetry) -> None:
        """The table of events in telemetry, whose clock tells the times."""
        self._telemetry = data
        self._take(table, SHOWN_OF_CHANNELS)

    def show_object_table(self, table: EventTable | None, *, of_cutouts: bool) -> None:
        """The table of events in a picture or in a set of cut-outs."""
        self._telemetry = None
        self._take(table, SHOWN_OF_CUTOUTS if of_cutouts else SHOWN_OF_IMAGES)

    def column_of(self, name: str) -> int | None:
        """Where a column stands; None where it is not shown."""
        return next((place for place, column in enumerate(self._columns) if column.name == name), None)

    def _take(self, table: EventTable | None, shown: tuple[str, ...]) -> None:
        self.beginResetModel()
        by_name = {column.name: column for column in table.columns} if table else {}
        self._columns = tuple(by_name[name] for name in shown if name in by_name)
        self._units = tuple(map(str, by_name["unit"].values)) if "unit" in by_name else ()
        self._order = self._wanted()
        self.endResetModel()

    def event_at(self, row: int) -> int:
        """Which event stands in ``row``, by its place in time."""
        return int(self._order[row])

    def row_of(self, event: int) -> int | None:
        """Where an event stands; None where the filter hides it."""
        found = np.flatnonzero(self._order == event)
        return int(found[0]) if len(found) else None

    def set_filter(self, text: str) -> None:
        """Keep only the events that hold each word of ``text`` in one of their cells."""
        self._words = text.lower().split()
        self._rearrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by the values of ``column``."""
        self._sorted_by, self._descending = column, order is Qt.SortOrder.DescendingOrder
        self._rearrange()

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
        return 0 if parent.isValid() else len(self._order)

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
        event = int(self._order[index.row()])
        value = column.values[event]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(column.name, value, event)
            case Qt.ItemDataRole.DecorationRole if column.name == "kind":
                return kind_icon(str(value), self.theme)
            case Qt.ItemDataRole.TextAlignmentRole if column.name not in _WORDS:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.ToolTipRole if column.name in ("quality", "reasons"):
                return self._text(column.name, value, event)
            case _:
                return None

    def _text(self, name: str, value: object, event: int) -> str:
        if self._telemetry is not None and name not in ("kind", "event_id", "reasons"):
            return self._channel_text(self._telemetry, name, value, event)
        match name:
            case "kind":
                kind = kind_of(str(value))
                return f"{kind.letter}  {kind.label}"
            case "quality":
                return ", ".join(quality_names(self._mission, int(str(value)))) or "–"
            case "event_id":
                return str(value)
            case "reasons" | "object" | "part":
                return str(value) or "–"
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
            case "ra" | "dec":
                return f"{number:.5f}".replace("-", "−")
            case "flux":
                return significant(number, 4)
            case "probability" | "suspicion":
                return per_cent(number)
            case _:
                return f"{number:,.1f}"

    def _channel_text(self, data: Telemetry, name: str, value: object, event: int) -> str:
        if name == "channel":
            return str(value)
        number = float(str(value))
        if isnan(number):
            return "–"
        match name:
            case "t_peak" | "t_start" | "t_end":
                return exact_time(data, number)
            case "duration":
                return counted(round(number) + 1, "sample") if data.clock == "samples" else duration(number / _DAY_S)
            case "value":
                return f"{significant(number)} {self._units[event]}".rstrip()
            case "score":
                return f"{number:,.2f}"
            case _:
                return f"{number:,.0f}"

    def _repaint(self) -> None:
        if len(self._order) and self._columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._order) - 1, len(self._columns) - 1))

    def _rearrange(self) -> None:
        self.layoutAboutToBeChanged.emit()
        self._order = self._wanted()
        self.layoutChanged.emit()

    def _wanted(self) -> Ints:
        """The events to show, in order."""
        if not self._columns:
            return np.zeros(0, np.int64)
        values = self._columns[min(self._sorted_by, len(self._columns) - 1)].values
        order = np.argsort(values, kind="stable")
        order = order[::-1] if self._descending else order
        return np.array([row for row in order if self._holds(row)], np.int64) if self._words else order

    def _holds(self, row: int) -> bool:
        cells = [self._text(column.name, column.values[row], row).lower() for column in self._columns]
        return all(any(word in cell for cell in cells) for word in self._words)
