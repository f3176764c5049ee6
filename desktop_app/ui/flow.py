"""A layout in lines: what has no room in one line goes into the next, so that a bar of choosers asks for no width."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QLayoutItem, QWidget

from desktop_app.ui.named import named

_LEAST_PX = 60


class Flow(QLayout):
    """Widgets from left to right in as many lines as it takes; those added with ``takes_rest`` fill up their line."""

    def __init__(self, gap_px: int = 8, line_gap_px: int = 6) -> None:
        super().__init__()
        self._gap, self._line_gap = gap_px, line_gap_px
        self._items: list[QLayoutItem] = []
        self._greedy: set[int] = set()

    def add(self, widget: QWidget, *, takes_rest: bool = False) -> None:
        """Put ``widget`` behind the others."""
        if takes_rest:
            self._greedy.add(len(self._items))
        self.addWidget(widget)

    def add_named(self, *widgets: QWidget) -> None:
        """Put ``widgets`` behind the others, with the name of the first before them; they stay in one line."""
        group = QWidget(self.parentWidget())
        row = QHBoxLayout(group)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        label = named(QLabel(widgets[0].accessibleName(), group), role="muted")
        label.setBuddy(widgets[0])
        row.addWidget(label)
        for widget in widgets:
            row.addWidget(widget)
        self.addWidget(group)

    # What Qt asks

    def addItem(self, item: QLayoutItem) -> None:
        """Keep what Qt made of a widget."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The one at ``index``."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give the one at ``index`` away."""
        if not 0 <= index < len(self._items):
            return None
        self._greedy = {place - (place > index) for place in self._greedy if place != index}
        return self._items.pop(index)

    def expandingDirections(self) -> Qt.Orientation:
        """All of the width it can get."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """Fewer lines where there is more width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How high the lines are together."""
        margins = self.contentsMargins()
        inside = QRect(0, 0, width - margins.left() - margins.right(), 0)
        return self._laid_out(inside, move=False) + margins.top() + margins.bottom()

    def setGeometry(self, rect: QRect) -> None:
        """Put everything in its place."""
        super().setGeometry(rect)
        self._laid_out(rect.marginsRemoved(self.contentsMargins()), move=True)

    def sizeHint(self) -> QSize:
        """One line."""
        shown = [(place, item) for place, item in enumerate(self._items) if not item.isEmpty()]
        width = sum(self._wanted(place, item) + self._gap for place, item in shown) - self._gap
        return self._with_margins(max(width, 0), [item for _, item in shown])

    def minimumSize(self) -> QSize:
        """The widest of them alone."""
        shown = [(place, item) for place, item in enumerate(self._items) if not item.isEmpty()]
        width = max((self._wanted(place, item) for place, item in shown), default=0)
        return self._with_margins(width, [item for _, item in shown])

    def _with_margins(self, width: int, shown: list[QLayoutItem]) -> QSize:
        height = max((item.sizeHint().height() for item in shown), default=0)
        return QSize(width, height).grownBy(self.contentsMargins())

    def _wanted(self, place: int, item: QLayoutItem) -> int:
        if place in self._greedy:
            return max(item.minimumSize().width(), _LEAST_PX)
        return max(item.sizeHint().width(), item.minimumSize().width())

    def _lines(self, width: int) -> list[list[tuple[int, QLayoutItem]]]:
        lines: list[list[tuple[int, QLayoutItem]]] = [[]]
        left = width
        for place, item in enumerate(self._items):
            if item.isEmpty():
                continue
            wanted = self._wanted(place, item)
            if lines[-1] and wanted > left:
                lines.append([])
                left = width
            lines[-1].append((place, item))
            left -= wanted + self._gap
        return lines

    def _laid_out(self, rect: QRect, *, move: bool) -> int:
        """Place the items in ``rect``, or only see how high they are; the height."""
        top = rect.top()
        for line in self._lines(rect.width()):
            height = max((item.sizeHint().height() for _, item in line), default=0)
            if move:
                self._place_line(line, rect, top, height)
            top += height + self._line_gap
        return max(top - self._line_gap - rect.top(), 0)

    def _place_line(self, line: list[tuple[int, QLayoutItem]], rect: QRect, top: int, height: int) -> None:
        widths = [self._wanted(place, item) for place, item in line]
        rest = rect.width() - sum(widths) - self._gap * (len(line) - 1)
        greedy = [n for n, (place, _) in enumerate(line) if place in self._greedy]
        for n in greedy:
            widths[n] += max(rest, 0) // len(greedy)
        left = rect.left()
        for (_, item), width in zip(line, widths, strict=True):
            tall = min(item.sizeHint().height(), height)
            item.setGeometry(QRect(QPoint(left, top + (height - tall) // 2), QSize(width, tall)))
            left += width + self._gap
