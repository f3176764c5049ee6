"""Draws small pictures side by side, each between its own cuts, with a caption below."""

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Detection
from desktop_app.core.larger_pixels import Values
from desktop_app.ui.images.gallery_picture import own_cuts, stamp_image
from desktop_app.ui.images.image_raster import Look, table_of
from desktop_app.ui.images.object_stamps import ObjectStamp, stamp_at
from desktop_app.ui.named import named
from desktop_app.ui.theme import Theme

_GAP_PX, _SIDE_PX = 8, 132
_CUTS = "99.5 %"
_NO_SAMPLE: Floats = np.zeros(0)


def stamp_picture(pixels: Values, theme: Theme) -> QImage:
    """A stamp between its own cuts, a pixel a pixel."""
    cuts = own_cuts(pixels, _CUTS)
    return stamp_image(pixels, cuts, table_of(Look(cuts, stretch="asinh"), _NO_SAMPLE), theme.missing)


def stamp_pixmap(detection: Detection, place: int, side_px: int, theme: Theme, ratio: float) -> QPixmap:
    """The stamp of one object, ``side_px`` logical pixels wide, in a frame."""
    image = stamp_picture(stamp_at(detection, place), theme)
    side = round(side_px * ratio)
    pixmap = QPixmap.fromImage(image.scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio))
    painter = QPainter(pixmap)
    painter.setPen(QColor(theme.accent))
    painter.drawRect(0, 0, side - 1, side - 1)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


class StampsLabel(QWidget):
    """One or two stamps.

    Signals
    -------
    clicked(int)
        The row of the object whose stamp was clicked.
    """

    clicked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "object-stamps", label="The object, and the nearest ordinary one", tip="Click to look at it")
        self._theme = theme
        self._stamps: tuple[ObjectStamp, ...] = ()

    def sizeHint(self) -> QSize:
        """Room for two."""
        return QSize(2 * _SIDE_PX + _GAP_PX, _SIDE_PX + self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        """Still to be made out."""
        return QSize(2 * 60 + _GAP_PX, 60 + self.fontMetrics().height() + 4)

    def show_stamps(self, stamps: tuple[ObjectStamp, ...]) -> None:
        """Draw others."""
        self._stamps = stamps
        self.setVisible(bool(stamps))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Each stamp in a square, as many pixels of the screen for each of its own."""
        painter = QPainter(self)
        for stamp, box in zip(self._stamps, self._boxes(), strict=True):
            painter.drawImage(box, stamp_picture(stamp.pixels, self._theme))
            painter.setPen(QColor(self._theme.line))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
            painter.setPen(QColor(self._theme.muted))
            below = QRect(box.left(), box.bottom() + 2, box.width(), self.fontMetrics().height())
            painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter), stamp.caption)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell whose stamp was clicked."""
        for stamp, box in zip(self._stamps, self._boxes(), strict=True):
            if box.contains(event.position().toPoint()):
                self.clicked.emit(stamp.place)

    def _boxes(self) -> list[QRect]:
        side = min((self.width() - _GAP_PX) // 2, self.height() - self.fontMetrics().height() - 4)
        return [QRect(number * (side + _GAP_PX), 0, side, side) for number in range(len(self._stamps))]
