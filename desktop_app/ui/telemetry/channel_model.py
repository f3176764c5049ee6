"""Channels as a Qt table with check boxes: which are drawn, and what each of them is."""

import re
from math import isfinite

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop_app.ui.telemetry.telemetry_items import said_of
from desktop_app.ui.telemetry.telemetry_picture import ChannelPicture
from desktop_app.ui.words import significant

Index = QModelIndex | QPersistentModelIndex
ORDERS = ("as in the file", "by name", "by variance")
HEADINGS = ("Channel", "Kind", "NaN")
KINDS = {"numbers": "numbers", "states": "states", "switch": "on/off", "constant": "constant", "empty": "empty"}
_NOTHING = QModelIndex()


class ChannelModel(QAbstractTableModel):
    """The channels in the order and selection that the user wants.

    Signals
    -------
    shown_changed()
        Other channels are to be drawn, or in another order.
    """

    shown_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._channels: tuple[ChannelPicture, ...] = ()
        self._shown: frozenset[int] = frozenset()
        self._order: list[int] = []
        self._sorted_by = ORDERS[0]
        self._words: list[str] = []

    @property
    def shown(self) -> tuple[int, ...]:
        """The channels to draw, in the order of the list; a filter hides none of them."""
        return tuple(place for place in self._sorted() if place in self._shown)

    def show_channels(self, channels: tuple[ChannelPicture, ...], shown: tuple[int, ...]) -> None:
        """Another set of channels, and which of them are drawn."""
        self.beginResetModel()
        self._channels, self._shown = channels, frozenset(shown)
        self._order = self._wanted()
        self.endResetModel()
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
        """The channels that the filter lets through, in order."""
        return tuple(self._order)

    def set_filter(self, text: str) -> None:
        """List only the channels that hold each word of ``text`` in their name, unit or kind."""
        self._words = text.lower().split()
        self._rearrange()

    def order_by(self, order: str) -> None:
        """One of `ORDERS`."""
        self._sorted_by = order
        self._rearrange()
        self.shown_changed.emit()

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """How many channels are listed."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _NOTHING) -> int:
        """Name with unit, kind and share of NaN."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What stands above the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return f"{len(self._shown)} of {len(self._channels)} shown" if section == 0 else HEADINGS[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The name has a check box."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, check box, tip and alignment of a cell."""
        if not index.isValid():
            return None
        place = self._order[index.row()]
        channel = self._channels[place]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _cell(channel, index.column())
            case Qt.ItemDataRole.CheckStateRole if index.column() == 0:
                return Qt.CheckState.Checked if place in self._shown else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(channel)
            case Qt.ItemDataRole.TextAlignmentRole if index.column() == len(HEADINGS) - 1:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _:
                return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or untick a channel."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid() or index.column() != 0:
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
        self.beginResetModel()
        self._order = self._wanted()
        self.endResetModel()

    def _wanted(self) -> list[int]:
        return [place for place in self._sorted() if all(word in self._text(place) for word in self._words)]

    def _text(self, place: int) -> str:
        channel = self._channels[place]
        return f"{channel.channel.name} {channel.channel.unit} {kind_text(channel)}".lower()

    def _sorted(self) -> list[int]:
        places = range(len(self._channels))
        if self._sorted_by == ORDERS[1]:
            return sorted(places, key=lambda place: _by_name(self._channels[place].channel.name))
        if self._sorted_by == ORDERS[2]:
            return sorted(places, key=lambda place: _least_spread(self._channels[place]))
        return list(places)


def kind_text(channel: ChannelPicture) -> str:
    """What a channel is, in a word or two."""
    if channel.form == "states":
        return f"{len(channel.levels)} states"
    return "command" if channel.channel.role == "command" and channel.form == "switch" else KINDS[channel.form]


def _cell(channel: ChannelPicture, column: int) -> str:
    match column:
        case 0:
            unit = channel.channel.unit
            return f"{channel.channel.name} ({unit})" if unit else channel.channel.name
        case 1:
            return kind_text(channel)
        case _:
            return _share(channel.missing)


def _share(missing: float) -> str:
    if not missing:
        return ""
    return "<1 %" if missing < 0.01 else ">99 %" if 0.99 < missing < 1 else f"{100 * missing:.0f} %"


def _tip(channel: ChannelPicture) -> str:
    unit = f" {channel.channel.unit}" if channel.channel.unit else ""
    lines = [channel.channel.name, kind_text(channel)]
    if channel.form in ("constant", "empty"):
        lines[1:] = [said_of(channel)]
    elif channel.form == "states":
        lines.append(", ".join(channel.level_name(level) or significant(level) for level in channel.levels))
    else:
        lines.append(f"{significant(channel.low)} to {significant(channel.high)}{unit}")
        lines.append(f"standard deviation {significant(channel.spread)}{unit}")
    lines.append(f"{100 * channel.missing:.3g} % NaN" if channel.missing else "no NaN")
    return "\n".join(lines)


def _least_spread(channel: ChannelPicture) -> float:
    """Sorts what varies most to the top, and what has no values to the end."""
    return -channel.spread if isfinite(channel.spread) else float("inf")


def _by_name(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts "command 2" before "command 10"."""
    return tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", name.lower())
    )
