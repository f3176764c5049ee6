"""Cards and columns of a file as Qt tables; cards are found by any words they hold, however many there are."""

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.engine.facts import in_short
from desktop_app.io.inside.anatomy import NOT_COUNTED, ColumnFacts, HeaderCard, Section

Index = QModelIndex | QPersistentModelIndex
_NOTHING = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
KEYWORD, VALUE, UNIT, COMMENT, HDU = range(5)


class _Found(NamedTuple):
    hdu: str
    card: HeaderCard
    text: str


class CardModel(QAbstractTableModel):
    """The cards of one section, or those of all sections that hold the words searched for."""

    HEADINGS = ("Keyword", "Value", "Unit", "Comment", "HDU")

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[list[_Found]] = []
        self._shown: list[_Found] = []
        self._section, self._words = 0, ""

    @property
    def searching(self) -> bool:
        """Whether the cards of all sections are searched."""
        return bool(self._words.split())

    def show_sections(self, sections: Sequence[Section]) -> None:
        """The cards of another file."""
        self._all = [
            [_Found(section.name, card, _text_of(section, card)) for card in section.cards] for section in sections
        ]
        self._section = 0
        self._refill()

    def show_section(self, place: int) -> None:
        """The cards of one section, where nothing is searched for."""
        self._section = place
        self._refill()

    def search(self, text: str) -> None:
        """Only cards that hold each word of ``text``, out of all sections; the chosen section's for ""."""
        self._words = text
        self._refill()

    def card(self, row: int) -> HeaderCard:
        """The card in ``row``."""
        return self._shown[row].card

    def _refill(self) -> None:
        self.beginResetModel()
        words = self._words.lower().split()
        if words:
            self._shown = [found for cards in self._all for found in cards if all(word in found.text for word in words)]
        else:
            self._shown = self._all[self._section] if self._section < len(self._all) else []
        self.endResetModel()

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """How many cards there are."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOTHING) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The heading of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.HEADINGS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell; its tip is the whole card."""
        if not index.isValid():
            return None
        found = self._shown[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return found.card.image.rstrip() or as_text(found.card)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        card = found.card
        return (card.keyword, card.value, card.unit, card.comment, found.hdu)[index.column()]


class ColumnModel(QAbstractTableModel):
    """The columns of one section with what they hold."""

    HEADINGS = ("Column", "Unit", "Format", "NaN", "Smallest", "Largest")

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[ColumnFacts, ...] = ()

    def show_columns(self, columns: tuple[ColumnFacts, ...]) -> None:
        """Other columns."""
        self.beginResetModel()
        self._columns = columns
        self.endResetModel()

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self._columns)

    def columnCount(self, parent: Index = _NOTHING) -> int:
        """How much is told of each."""
        return 0 if parent.isValid() else len(self.HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The heading of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.HEADINGS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell; numbers stand to the right."""
        if not index.isValid():
            return None
        column = self._columns[index.row()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() > 2:
            return _RIGHT
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        missing = "not counted" if column.missing == NOT_COUNTED else f"{column.missing:,}"
        low, high = (in_short(value) if isfinite(value) else "" for value in (column.low, column.high))
        return (column.name, column.unit, column.form, missing, low, high)[index.column()]


def as_text(card: HeaderCard) -> str:
    """A card as people write it: "EXPTIME = 30.0 s / how long the shutter was open"."""
    value = f"{card.value} {card.unit}".strip()
    return f"{card.keyword} = {value}{f' / {card.comment}' if card.comment else ''}"


def as_card(card: HeaderCard) -> str:
    """A card as the file writes it; as FITS would, where the file is none."""
    return card.image or f"{card.keyword[:8]:<8}= '{card.value}'"


def _text_of(section: Section, card: HeaderCard) -> str:
    return f"{section.name} {card.keyword} {card.value} {card.unit} {card.comment}".lower()
