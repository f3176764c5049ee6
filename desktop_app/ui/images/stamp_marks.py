"""What is painted over a stamp: its score, the mark of its kind, what was decided, and that there is a comment."""

from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop_app.ui.images.stamp_table import StampTable
from desktop_app.ui.theme import Theme, draw_kind

_LEAST_SIDE_PX = 56
_PAD_PX = 3
_KIND_PX = 5.0
_VERDICT_PX = 8.0
_BAND_PX = 3
_BADGE_ALPHA = 215
_FAINT = 0.45
_STAR = QPolygonF(
    [
        QPointF(radius * sin(pi * corner / 5), -radius * cos(pi * corner / 5))
        for corner, radius in enumerate((1.0, 0.45) * 5)
    ]
)
_BAR = QPolygonF([QPointF(-0.8, -0.22), QPointF(0.8, -0.22), QPointF(0.8, 0.22), QPointF(-0.8, 0.22)])
_CROSS = QPolygonF(
    [
        QPointF(x * 0.75, y * 0.75)
        for x, y in (
            (-1, -0.6), (-0.6, -1), (0, -0.4), (0.6, -1), (1, -0.6), (0.4, 0),
            (1, 0.6), (0.6, 1), (0, 0.4), (-0.6, 1), (-1, 0.6), (-0.4, 0),
        )
    ]
)  # fmt: skip
SHAPES = {"interesting": _STAR, "ordinary": _BAR, "artefact": _CROSS}


def verdict_colour(verdict: str, theme: Theme) -> QColor:
    """The colour of a verdict; its shape says the same."""
    return QColor({"interesting": theme.accent, "artefact": theme.warning}.get(verdict, theme.muted))


def paint_verdict(painter: QPainter, verdict: str, centre: QPointF, radius: float, theme: Theme, *, own: bool) -> None:
    """The mark of a verdict; hollow where it was given in another frame."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(centre)
    backing = QColor(theme.panel)
    backing.setAlpha(_BADGE_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(backing)
    painter.drawEllipse(QPointF(0, 0), radius * 1.25, radius * 1.25)
    painter.scale(radius, radius)
    colour = verdict_colour(verdict, theme)
    if own:
        painter.setBrush(colour)
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 0.18))
    painter.drawPolygon(SHAPES[verdict])
    painter.restore()


def paint_marks(painter: QPainter, box: QRect, table: StampTable, place: int, theme: Theme) -> None:
    """All marks of one stamp, in the corners of ``box``; small stamps have the verdict alone."""
    standing, found = table.standing(place), table.found
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    roomy = box.width() >= _LEAST_SIDE_PX
    if found is not None and roomy:
        _paint_score(painter, box, float(found.scores.values[place]), theme, loud=not table.artefacts[place])
    if standing is None or not standing.entry.verdict:
        kind = table.kind(place) if found is not None else ""
        if kind and roomy:
            draw_kind(painter, kind, QPointF(box.left() + 9, box.top() + 9), _KIND_PX, theme)
    else:
        verdict, own = standing.entry.verdict, not standing.elsewhere
        colour = verdict_colour(verdict, theme)
        if own:
            painter.fillRect(box.left(), box.bottom() - _BAND_PX + 1, box.width(), _BAND_PX, colour)
        radius = _VERDICT_PX if roomy else _VERDICT_PX * 0.7
        centre = QPointF(box.left() + 1.6 * radius, box.top() + 1.6 * radius)
        paint_verdict(painter, verdict, centre, radius, theme, own=own)
    if standing is not None and standing.entry.comment and roomy:
        _paint_comment(painter, box, theme)
    painter.restore()


def _paint_score(painter: QPainter, box: QRect, score: float, theme: Theme, *, loud: bool) -> None:
    if score != score:
        return
    text = f"{score:,.{1 if abs(score) < 100 else 0}f} σ".replace("-", "−")
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 2 * _PAD_PX, metrics.height() - 2
    badge = QRectF(box.right() - width - 1, box.top() + 2, width, height)
    backing = QColor(theme.panel)
    backing.setAlpha(_BADGE_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(backing)
    painter.drawRoundedRect(badge, 3, 3)
    painter.setPen(QColor(theme.text if loud else theme.muted))
    painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), text)


def _paint_comment(painter: QPainter, box: QRect, theme: Theme) -> None:
    """A speech bubble in the lower right corner."""
    bubble = QRectF(box.right() - 15, box.bottom() - 17, 12, 9)
    painter.setPen(QPen(QColor(theme.panel), 1))
    painter.setBrush(QColor(theme.text))
    painter.drawRoundedRect(bubble, 2, 2)
    tail = [bubble.bottomLeft() + QPointF(2, -1), bubble.bottomLeft() + QPointF(6, -1)]
    painter.drawPolygon(QPolygonF([*tail, bubble.bottomLeft() + QPointF(2, 3)]))
