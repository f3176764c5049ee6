"""Where one looks at an image: from pixels of the image to places of a view and back, and how far one may go."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF

from desktop_app.ui.images.image_raster import Aim, Window

_BORDER_PX = 8
_LARGEST_PIXEL = 0.5
_SMALLEST_SHARE = 0.25


@dataclass(frozen=True)
class Sight:
    """A view of some size that looks at an image.

    Attributes
    ----------
    aim : Aim
    width, height : float
        Of the view in logical pixels.
    columns, rows : int
        Of the image.
    """

    aim: Aim
    width: float
    height: float
    columns: int
    rows: int

    def pixel_at(self, place: QPointF) -> QPointF:
        """The pixel under a place of the view."""
        aim = self.aim
        return QPointF(
            aim.x + (place.x() - self.width / 2) / aim.scale, aim.y - (place.y() - self.height / 2) / aim.scale
        )

    def place_of(self, x: float, y: float) -> QPointF:
        """Where a pixel is in the view."""
        aim = self.aim
        return QPointF(self.width / 2 + (x - aim.x) * aim.scale, self.height / 2 - (y - aim.y) * aim.scale)

    def fitting(self) -> Aim:
        """All of the image."""
        across, up = (self.width - _BORDER_PX) / max(self.columns, 1), (self.height - _BORDER_PX) / max(self.rows, 1)
        return Aim((self.columns - 1) / 2, (self.rows - 1) / 2, max(1e-6, min(across, up)))

    def allowed(self, aim: Aim) -> Aim:
        """``aim``, or the nearest to it that still looks at the image with pixels of a sensible size."""
        whole = self.fitting().scale
        largest = max(1.0, _LARGEST_PIXEL * min(self.width, self.height), whole)
        return Aim(
            min(max(aim.x, -0.5), self.columns - 0.5),
            min(max(aim.y, -0.5), self.rows - 0.5),
            min(max(aim.scale, _SMALLEST_SHARE * whole), largest),
        )

    def zoomed(self, factor: float, place: QPointF) -> Aim:
        """Enlarged, with the pixel at ``place`` where it was."""
        scale = self.allowed(replace(self.aim, scale=self.aim.scale * factor)).scale
        away, kept = place - QPointF(self.width / 2, self.height / 2), self.pixel_at(place)
        return Aim(kept.x() - away.x() / scale, kept.y() + away.y() / scale, scale)

    def panned(self, right: float, up: float) -> Aim:
        """Moved by shares of the view."""
        aim = self.aim
        return replace(aim, x=aim.x + right * self.width / aim.scale, y=aim.y + up * self.height / aim.scale)

    def filled_by(self, box: QRectF) -> Aim:
        """With a part of the view enlarged so that it fills it."""
        middle = self.pixel_at(box.center())
        fuller = min(self.width / max(box.width(), 1), self.height / max(box.height(), 1))
        return Aim(middle.x(), middle.y(), self.aim.scale * fuller)

    def window(self) -> Window:
        """The part of the image that is in view."""
        low, high = self.pixel_at(QPointF(0, self.height)), self.pixel_at(QPointF(self.width, 0))
        return Window(
            max(low.x(), -0.5), min(high.x(), self.columns - 0.5), max(low.y(), -0.5), min(high.y(), self.rows - 0.5)
        )

    def filled(self) -> QRectF:
        """The part of the view that the image fills."""
        image = QRectF(self.place_of(-0.5, self.rows - 0.5), self.place_of(self.columns - 0.5, -0.5))
        return image.intersected(QRectF(0, 0, self.width, self.height))
