"""What lies over an image and paints itself."""

from typing import Protocol

from PySide6.QtGui import QPainter

from desktop_app.ui.images.image_sight import Sight
from desktop_app.ui.theme import Theme


class Layer(Protocol):
    """Painted after the image, in logical pixels of the view."""

    def paint(self, painter: QPainter, sight: Sight, theme: Theme) -> None:
        """Paint what is in view."""
