"""Pixels of a target with apertures over them, drawn with the mouse or from the keyboard."""

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, Qt
from PySide6.QtWidgets import QWidget

from desktop_app.core.arrays import Bools
from desktop_app.ui.images.image_marks import Box, Outline
from desktop_app.ui.images.image_view import ImageView
from desktop_app.ui.named import named
from desktop_app.ui.theme import Theme

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
# Images have their own colours in both looks, so what lies over them has too.
LIGHT_MARK = "#ffffff"
_APERTURE_PX = 2.5
_PIPELINE_PX = 1.5


class PixelView(ImageView):
    """A small image whose pixels are put into an aperture, or taken out of it.

    Signals
    -------
    drawn(ndarray of bool)
        The aperture after a stroke of the mouse, or after Space.
    """

    drawn = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        named(self, "pixels-view", label="Pixels")
        self.setAccessibleDescription(
            "Arrow keys move a cursor from pixel to pixel, Space puts the pixel into the aperture or takes it out, "
            "plus and minus zoom."
        )
        self.painting = True
        self._aperture: Bools | None = None
        self._pipeline: Bools | None = None
        self._stroke: Bools | None = None
        self._adding = True
        self._cursor: tuple[int, int] | None = None
        self.pixel_pressed.connect(self._on_pressed)
        self.pixel_entered.connect(self._on_entered)
        self.pixel_released.connect(self._on_released)

    @property
    def cursor_pixel(self) -> tuple[int, int] | None:
        """The pixel that the keyboard is at; None before the first arrow key."""
        return self._cursor

    def show_apertures(self, aperture: Bools | None, pipeline: Bools | None) -> None:
        """Outline the chosen pixels, and those of the pipeline where they are others."""
        self._aperture, self._pipeline, self._stroke = aperture, pipeline, None
        self._draw_outlines()

    # Strokes

    def _on_pressed(self, x: int, y: int) -> None:
        self._cursor = None
        self._draw_cursor()
        if self._aperture is None or not self._is_inside(x, y):
            return
        self._stroke = self._aperture.copy()
        self._adding = not self._aperture[y, x]
        self._on_entered(x, y)

    def _on_entered(self, x: int, y: int) -> None:
        """The stroke does to every pixel what it did to its first."""
        if self._stroke is not None and self._is_inside(x, y):
            self._stroke[y, x] = self._adding
            self._draw_outlines()

    def _on_released(self) -> None:
        stroke, self._stroke = self._stroke, None
        if stroke is not None:
            self.drawn.emit(stroke)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke; with Shift held the mouse moves the image as the middle button does."""
        self.painting = not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two quick clicks are two clicks."""
        self.mousePressEvent(event)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from pixel to pixel, Space toggles one."""
        if self.picture is None or self._aperture is None:
            super().keyPressEvent(event)
        elif event.key() in _STEPS:
            self._move_cursor(*_STEPS[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Space and self._cursor is not None:
            mask = self._aperture.copy()
            mask[self._cursor[1], self._cursor[0]] ^= True
            self.drawn.emit(mask)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard is elsewhere."""
        super().focusOutEvent(event)
        self._cursor = None
        self._draw_cursor()

    def _move_cursor(self, right: int, up: int) -> None:
        assert self._aperture is not None
        ny, nx = self._aperture.shape
        x, y = (nx // 2, ny // 2) if self._cursor is None else self._cursor
        step = (0, 0) if self._cursor is None else (right, up)
        self._cursor = min(max(x + step[0], 0), nx - 1), min(max(y + step[1], 0), ny - 1)
        self._draw_cursor()
        self.hovered.emit(float(self._cursor[0]), float(self._cursor[1]))

    # Marks

    def _draw_outlines(self) -> None:
        shown = self._stroke if self._stroke is not None else self._aperture
        pipeline: tuple[Outline, ...] = ()
        # Where both are the same, one line tells it.
        if shown is not None and self._pipeline is not None and not np.array_equal(self._pipeline, shown):
            pipeline = (Outline(self._pipeline, LIGHT_MARK, _PIPELINE_PX, dashed=True),)
        self.set_marks("pipeline", pipeline)
        self.set_marks("aperture", () if shown is None else (Outline(shown.copy(), width_px=_APERTURE_PX),))

    def _draw_cursor(self) -> None:
        if self._cursor is None:
            self.set_marks("cursor", ())
            return
        x, y = self._cursor
        self.set_marks("cursor", (Box(x - 0.36, y - 0.36, x + 0.36, y + 0.36, colour=LIGHT_MARK),))

    def _is_inside(self, x: int, y: int) -> bool:
        assert self._aperture is not None
        ny, nx = self._aperture.shape
        return 0 <= x < nx and 0 <= y < ny
