"""Draws how many interesting objects were found with how many labels."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.named import named
from desktop_app.ui.theme import Theme, tabular
from desktop_app.ui.words import counted

_HEIGHT_PX = 108
_LEFT_PX, _RIGHT_PX, _TOP_PX = 30, 10, 8
_FEWEST = 20


class FoundCurve(QWidget):
    """Labels to the right, finds upwards; the dashed line is what could be found at most."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "found-curve", label="Found against labels")
        self._theme = theme
        self._course: tuple[bool, ...] = ()
        self.setFont(tabular(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A strip."""
        return QSize(220, _HEIGHT_PX)

    def show_course(self, course: tuple[bool, ...]) -> None:
        """Whether each label was "interesting", in the order in which they were given."""
        self._course = course
        said = f"{sum(course):,} interesting in {counted(len(course), 'label')}"
        self.setAccessibleDescription(said)
        self.setToolTip(f"{said}; the dashed line is one with every label")
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axes, the most that could be, the curve."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.fontMetrics().height()
        frame = QRectF(_LEFT_PX, _TOP_PX, self.width() - _LEFT_PX - _RIGHT_PX, self.height() - _TOP_PX - line - 4)
        labels = max(_FEWEST, len(self._course))
        top = max(5, sum(self._course))
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.drawLine(frame.bottomLeft(), frame.bottomRight())
        painter.drawLine(frame.bottomLeft(), frame.topLeft())
        painter.setPen(QColor(self._theme.muted))
        right, below = int(Qt.AlignmentFlag.AlignRight), frame.bottom() + 2
        painter.drawText(QRectF(0, frame.top() - line / 2, _LEFT_PX - 4, line), right, f"{top:,}")
        painter.drawText(QRectF(0, frame.bottom() - line / 2, _LEFT_PX - 4, line), right, "0")
        painter.drawText(QRectF(frame.left(), below, frame.width(), line), right, f"{counted(labels, 'label')}")
        painter.drawText(QRectF(frame.left(), below, frame.width(), line), int(Qt.AlignmentFlag.AlignLeft), "found")
        painter.setPen(QPen(QColor(self._theme.muted), 1, Qt.PenStyle.DashLine))
        end = min(labels, top)
        painter.drawLine(frame.bottomLeft(), self._at(frame, end, end, labels, top))
        painter.setPen(QPen(QColor(self._theme.accent), 2))
        found, points = 0, [frame.bottomLeft()]
        for number, interesting in enumerate(self._course, start=1):
            found += interesting
            points.append(self._at(frame, number, found, labels, top))
        painter.drawPolyline(QPolygonF(points))

    @staticmethod
    def _at(frame: QRectF, label: float, found: float, labels: int, top: int) -> QPointF:
        return QPointF(frame.left() + frame.width() * label / labels, frame.bottom() - frame.height() * found / top)
