"""Pixels without a value, bad pixels, the cursor and the zoom box, laid over an image."""

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPixmap, qRgba

from desktop_app.core.larger_pixels import Shares

BAD_COLOUR = "#ff5d52"
_LEAST_ALPHA, _MOST_ALPHA = 150, 255
_BAD_ALPHA = 150
_HATCHED_FROM_PX = 5
_CROSS_PX = 7
_BOX_ALPHA = 36


def missing_layer(image: QImage, shares: Shares, colour: str) -> None:
    """Paint pixels without a value into ``image``: a share of them is seen through, but never faint."""
    painter = QPainter(image)
    painter.drawImage(0, 0, _tinted(shares, colour, _LEAST_ALPHA, _MOST_ALPHA))
    painter.end()


def paint_bad(painter: QPainter, shares: Shares, target: QRectF, view: QRect, pixel_px: float) -> None:
    """Hatch bad pixels, or tint them where they are too small for it."""
    layer = _tinted(shares, BAD_COLOUR, _BAD_ALPHA, _BAD_ALPHA)
    if pixel_px < _HATCHED_FROM_PX:
        painter.drawImage(target, layer)
        return
    ratio = painter.device().devicePixelRatio()
    hatched = QPixmap(round(view.width() * ratio), round(view.height() * ratio))
    hatched.setDevicePixelRatio(ratio)
    hatched.fill(Qt.GlobalColor.transparent)
    over = QPainter(hatched)
    over.drawImage(target, _tinted(shares, BAD_COLOUR, _MOST_ALPHA, _MOST_ALPHA))
    over.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    over.fillRect(view, QBrush(QColor("black"), Qt.BrushStyle.BDiagPattern))
    over.end()
    painter.drawPixmap(QPointF(0, 0), hatched)


def draw_cross(painter: QPainter, at: QPointF, colour: str) -> None:
    """A small cross that is seen on any image."""
    for tone, width in (("#000000", 3), (colour, 1)):
        painter.setPen(QPen(QColor(tone), width))
        painter.drawLine(at - QPointF(_CROSS_PX, 0), at + QPointF(_CROSS_PX, 0))
        painter.drawLine(at - QPointF(0, _CROSS_PX), at + QPointF(0, _CROSS_PX))


def draw_box(painter: QPainter, box: QRectF, colour: str) -> None:
    """The box that is dragged to be zoomed to."""
    tone = QColor(colour)
    painter.setPen(QPen(tone, 1))
    tone.setAlpha(_BOX_ALPHA)
    painter.setBrush(tone)
    painter.drawRect(box)


def _tinted(shares: Shares, colour: str, least: int, most: int) -> QImage:
    """Shares as transparent colours, the highest row first."""
    tone, height, width = QColor(colour), *shares.shape
    flipped = np.ascontiguousarray(shares[::-1])
    image = QImage(flipped.data, width, height, width, QImage.Format.Format_Indexed8)
    steps = [least + (most - least) * share // 255 for share in range(256)]
    table = [qRgba(tone.red(), tone.green(), tone.blue(), alpha) for alpha in steps]
    image.setColorTable([0, *table[1:]])
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
