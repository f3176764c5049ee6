"""Draws the heat map over a picture or a stamp: the stranger a pixel, the warmer and the less to be seen through."""

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from desktop_app.core.arrays import Floats
from desktop_app.ui.images.image_sight import Sight
from desktop_app.ui.theme import Theme

_COLD, _WARM, _HOT = (90, 40, 160), (235, 90, 40), (255, 240, 120)
_FROM, _TO = 50.0, 99.7


class HeatLayer:
    """A map over the whole picture, or over a part of it."""

    def __init__(self) -> None:
        self._image: QImage | None = None
        self._shape = (0, 0)
        self._middle: tuple[float, float] | None = None
        self.opacity = 0.55

    def set_heat(self, values: Floats | None, middle: tuple[float, float] | None) -> None:
        """Draw another map, or none.

        Parameters
        ----------
        values : ndarray, shape (ny, nx), or None
            NaN is not drawn.
        middle : (float, float) or None
            The pixel of the picture in the middle of the map; None where the map covers the picture.
        """
        self._image = None if values is None else heat_image(values)
        self._shape = (0, 0) if values is None else (values.shape[0], values.shape[1])
        self._middle = middle

    def paint(self, painter: QPainter, sight: Sight, _theme: Theme) -> None:
        """Paint the map where it belongs."""
        if self._image is None:
            return
        ny, nx = self._shape
        x, y = ((nx - 1) / 2, (ny - 1) / 2) if self._middle is None else self._middle
        rows, columns = (sight.rows, sight.columns) if self._middle is None else (ny, nx)
        if self._middle is None:
            x, y = (columns - 1) / 2, (rows - 1) / 2
        corner, end = sight.place_of(x - columns / 2, y + rows / 2), sight.place_of(x + columns / 2, y - rows / 2)
        painter.save()
        painter.setOpacity(self.opacity)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(corner, end), self._image)
        painter.restore()


def heat_image(values: Floats) -> QImage:
    """``values`` in colours, what is usual transparent; the highest row first.

    Parameters
    ----------
    values : ndarray, shape (ny, nx)
    """
    finite = values[np.isfinite(values)]
    low, high = np.percentile(finite, [_FROM, _TO]) if finite.size else (0.0, 1.0)
    share = np.clip((values - low) / max(float(high - low), 1e-12), 0.0, 1.0)
    share = np.where(np.isfinite(values), share, 0.0)[::-1]
    levels = np.ascontiguousarray((255 * share).astype(np.uint8))
    height, width = levels.shape
    image = QImage(levels.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable([_colour(step / 255).rgba() for step in range(256)])
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _colour(share: float) -> QColor:
    """Violet over orange to light yellow: also the lightness tells."""
    first, second, along = (_COLD, _WARM, 2 * share) if share < 0.5 else (_WARM, _HOT, 2 * share - 1)
    red, green, blue = (round(a + (b - a) * along) for a, b in zip(first, second, strict=True))
    return QColor(red, green, blue, round(255 * min(1.0, 1.4 * share)))
