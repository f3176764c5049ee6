"""The colours of an image and the values that they stand for."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.stretch import LEVELS, contrasted
from desktop_app.ui.images.colour_maps import N_COLOURS, colours_of
from desktop_app.ui.images.image_picture import ImagePicture
from desktop_app.ui.images.image_raster import Look, level_cuts, level_shares
from desktop_app.ui.named import named
from desktop_app.ui.theme import Theme, tabular

_BAR_PX = 12
_SIDE_PX = 12
_PX_PER_TICK = 84
_GAP_PX = 10


class ColourBar(QWidget):
    """A strip of all colours; the round values below it are where their colours are."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "colour-bar", label="Colour bar")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(tabular(self.font()))
        self._theme = theme
        self._shown: tuple[ImagePicture, Look] | None = None

    def sizeHint(self) -> QSize:
        """A strip and one line of text."""
        return QSize(160, _BAR_PX + self.fontMetrics().height() + 10)

    def show_look(self, picture: ImagePicture | None, look: Look) -> None:
        """The colours of another image, or another look."""
        self._shown = None if picture is None else (picture, look)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    @property
    def ticks(self) -> list[tuple[float, float]]:
        """Round values and where they are along the strip, in [0, 1]."""
        if self._shown is None:
            return []
        picture, look = self._shown
        low, high = level_cuts(picture, look)
        shares = level_shares(picture, look)
        n = max(2, self.width() // _PX_PER_TICK)
        wanted = (np.arange(n) + 0.5) / n
        values = low + np.interp(wanted, shares, np.linspace(0, 1, LEVELS)) * (high - low)
        rounded = {_round(float(value), high - low) for value in values} | ({0.0} if low < 0 < high else set())
        inside = sorted(value for value in rounded if low <= value <= high)
        places = np.interp([(value - low) / (high - low) for value in inside], np.linspace(0, 1, LEVELS), shares)
        return list(zip(inside, map(float, places), strict=True))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the strip, ticks and values; the unit at the end."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        if self._shown is not None:
            self._paint(painter, *self._shown)
        painter.end()

    def _paint(self, painter: QPainter, picture: ImagePicture, look: Look) -> None:
        metrics = QFontMetricsF(self.font())
        unit = picture.unit
        taken = metrics.horizontalAdvance(unit) + _SIDE_PX if unit else 0
        strip = QRectF(_SIDE_PX, 4, self.width() - 2 * _SIDE_PX - taken, _BAR_PX)
        shares = contrasted(np.linspace(0, 1, N_COLOURS), look.contrast, look.bias)
        colours = colours_of(look.colours, inverted=look.inverted)[np.round(shares * (N_COLOURS - 1)).astype(np.intp)]
        painter.drawImage(strip, QImage(colours.data, N_COLOURS, 1, 4 * N_COLOURS, QImage.Format.Format_RGB32))
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.drawRect(strip)
        painter.setPen(QColor(self._theme.muted))
        base, end = strip.bottom() + metrics.ascent() + 4, -1e9
        painter.drawText(QPointF(self.width() - taken, strip.center().y() + metrics.capHeight() / 2), unit)
        for value, place in self.ticks:
            text, x = f"{value:,.6g}".replace("-", "−"), strip.left() + place * strip.width()
            width = metrics.horizontalAdvance(text)
            left = min(max(2.0, x - width / 2), self.width() - width - 2)
            if left < end + _GAP_PX:
                continue
            painter.drawLine(QPointF(x, strip.bottom()), QPointF(x, strip.bottom() + 3))
            painter.drawText(QPointF(left, base), text)
            end = left + width


def _round(value: float, span: float) -> float:
    """``value`` with two digits, or as few as tell it apart in ``span``."""
    if not span > 0:
        return value
    size = abs(value) if value else span
    digits = 1 if size < span else 1 + int(np.floor(np.log10(size / span)))
    step = 10.0 ** (np.floor(np.log10(size)) - digits)
    return float(round(value / step) * step)
