"""North, east and a scale bar, drawn into the corners of an image."""

from dataclasses import dataclass
from math import cos, isfinite, radians, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

_ARM_PX = 30
_FROM_CORNER_PX = 52
_BAR_SHARE = 0.22
_HALO_PX = 3
_LEAST_PX = 160
_LENGTHS_ARCSEC = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30),
    *(60, 120, 300, 600, 1200, 1800, 3600, 7200, 18_000, 36_000, 72_000, 108_000),
)


@dataclass(frozen=True)
class Compass:
    """Directions in degrees from the x axis towards the y axis, and the side of a pixel in arcseconds."""

    north_deg: float
    east_deg: float
    scale_arcsec: float


def draw_compass(painter: QPainter, compass: Compass, view: QRectF, pixel_px: float) -> None:
    """Paint arrows to the lower right and a bar to the lower left of ``view``; nothing where there is no room."""
    if min(view.width(), view.height()) < _LEAST_PX:
        return
    if isfinite(compass.north_deg) and isfinite(compass.east_deg):
        corner = view.bottomRight() - QPointF(_FROM_CORNER_PX, _FROM_CORNER_PX)
        for degrees, letter in ((compass.north_deg, "N"), (compass.east_deg, "E")):
            along = QPointF(cos(radians(degrees)), -sin(radians(degrees)))
            _arrow(painter, corner, along)
            _letter(painter, corner + along * (_ARM_PX + 11), letter)
    if isfinite(compass.scale_arcsec) and compass.scale_arcsec > 0:
        _bar(painter, view, pixel_px / compass.scale_arcsec)


def length_text(arcsec: float) -> str:
    """A length on the sky in the unit that suits it."""
    if arcsec >= 3600:
        return f"{arcsec / 3600:g}°"
    return f"{arcsec / 60:g}′" if arcsec >= 60 else f"{arcsec:g}″"


def _arrow(painter: QPainter, start: QPointF, along: QPointF) -> None:
    end, across = start + along * _ARM_PX, QPointF(-along.y(), along.x())
    path = QPainterPath(start)
    path.lineTo(end)
    path.moveTo(end - along * 7 + across * 4)
    path.lineTo(end)
    path.lineTo(end - along * 7 - across * 4)
    _stroke(painter, path)


def _letter(painter: QPainter, middle: QPointF, letter: str) -> None:
    metrics = QFontMetricsF(painter.font())
    left = middle.x() - metrics.horizontalAdvance(letter) / 2
    _text(painter, QPointF(left, middle.y() + metrics.capHeight() / 2), letter)


def _bar(painter: QPainter, view: QRectF, px_per_arcsec: float) -> None:
    fitting = [length for length in _LENGTHS_ARCSEC if length * px_per_arcsec <= _BAR_SHARE * view.width()]
    if not fitting:
        return
    width = fitting[-1] * px_per_arcsec
    start = view.bottomLeft() + QPointF(16, -16)
    path = QPainterPath(start - QPointF(0, 5))
    path.lineTo(start)
    path.lineTo(start + QPointF(width, 0))
    path.lineTo(start + QPointF(width, -5))
    _stroke(painter, path)
    _text(painter, start + QPointF(2, -8), length_text(fitting[-1]))


def _stroke(painter: QPainter, path: QPainterPath) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in (("#000000", _HALO_PX + 1), ("#ffffff", 1.5)):
        tone = QColor(colour)
        tone.setAlpha(160 if colour == "#000000" else 255)
        painter.setPen(QPen(tone, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPath(path)


def _text(painter: QPainter, at: QPointF, text: str) -> None:
    path = QPainterPath()
    path.addText(at, painter.font(), text)
    halo = QColor("#000000")
    halo.setAlpha(160)
    painter.strokePath(path, QPen(halo, _HALO_PX))
    painter.fillPath(path, QColor("#ffffff"))
