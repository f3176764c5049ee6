"""An image on the screen: zoomed at the cursor, dragged, stretched, with marks over it."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from desktop_app.core.cuts import Interval
from desktop_app.ui.images.compass import Compass, draw_compass
from desktop_app.ui.images.image_layers import draw_box, draw_cross, missing_layer, paint_bad
from desktop_app.ui.images.image_marks import Mark, draw_marks
from desktop_app.ui.images.image_picture import ImagePicture
from desktop_app.ui.images.image_raster import Aim, ImageRaster, Look, coloured, rasterise_image
from desktop_app.ui.images.image_sight import Sight
from desktop_app.ui.images.layer import Layer
from desktop_app.ui.named import named
from desktop_app.ui.theme import Theme

ZOOM_PER_NOTCH = 1.25
KEY_ZOOM = 1.5
KEY_PAN = 0.1
_NOTCH = 120
_DRAG_PX = 4
_STEEPER_PX = 120
_PAN_MARGIN = 0.15
_CONTRASTS = (0.1, 20.0)


class ImageView(QWidget):
    """One image.

    Pixels are counted from 0 and their middles are whole numbers. Enlarged pixels are squares; where pixels of the
    image are smaller than those of the screen, a mean is shown, or the one pixel that stands out.

    Signals
    -------
    hovered(float, float)
        Where the cursor is; NaN where it left.
    clicked(float, float)
    aimed(Aim)
        The user zoomed or panned.
    moved()
        Something else is in view, or in another size, whoever did it.
    contrasted(float, float)
        Contrast and bias after a drag with the right button; who listens sets them by `set_look`.
    menu_asked(float, float, QPoint)
        A click with the right button or the menu key: pixel, and place on the screen.
    pixel_pressed(int, int), pixel_entered(int, int), pixel_released()
        With ``painting`` the left button paints pixels instead of panning.
    """

    hovered = Signal(float, float)
    clicked = Signal(float, float)
    aimed = Signal(object)
    moved = Signal()
    contrasted = Signal(float, float)
    menu_asked = Signal(float, float, QPoint)
    pixel_pressed = Signal(int, int)
    pixel_entered = Signal(int, int)
    pixel_released = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "image-view", label="Image")
        self.setAccessibleDescription("Arrow keys pan, plus and minus zoom, A shows all of it.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(80, 80)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.painting = False
        self.boxing = False
        self.shows_bad = True
        self.raster: ImageRaster | None = None
        self._theme = theme
        self._picture: ImagePicture | None = None
        self._look = Look((0.0, 1.0))
        self._aim = Aim(0.0, 0.0, 1.0)
        self._fitted = True
        self._marks: dict[str, tuple[Mark, ...]] = {}
        self._layers: tuple[Layer, ...] = ()
        self._cross: tuple[float, float] | None = None
        self._compass: Compass | None = None
        self._image: QImage | None = None
        self._pressed: QPointF | None = None
        self._from = (self._aim, self._look)
        self._dragged = False
        self._box: QRectF | None = None

    # What is shown

    @property
    def picture(self) -> ImagePicture | None:
        """The image shown."""
        return self._picture

    @property
    def look(self) -> Look:
        """How values become colours."""
        return self._look

    @property
    def aim(self) -> Aim:
        """Where one looks."""
        return self._aim

    def show_picture(self, picture: ImagePicture | None, look: Look | None = None) -> None:
        """Draw another image; one of the same size is looked at where the last one was."""
        same = picture is not None and self._picture is not None and picture.shape == self._picture.shape
        self._picture = picture
        self.raster = self._image = None
        if look is not None:
            self._look = look
        if not same or self._fitted:
            self.fit()
        self.update()

    def set_look(self, look: Look) -> None:
        """Other cuts, stretch or colours."""
        if look != self._look:
            self._look = look
            self._image = None
            self.update()

    def set_aim(self, aim: Aim) -> None:
        """Look somewhere else."""
        if aim != self._aim:
            self._aim = aim
            self._fitted = False
            self.update()
            self.moved.emit()

    def set_marks(self, layer: str, marks: tuple[Mark, ...]) -> None:
        """What a layer draws over the image; () for nothing."""
        self._marks = {**self._marks, layer: marks}
        self.update()

    def set_layers(self, layers: tuple[Layer, ...]) -> None:
        """What paints itself between the image and the marks, in this order; who changes one updates the view."""
        self._layers = layers
        self.update()

    def set_cross(self, at: tuple[float, float] | None) -> None:
        """Show where the cursor is in an image beside this one."""
        if at != self._cross:
            self._cross = at
            self.update()

    def set_compass(self, compass: Compass | None) -> None:
        """Draw where north and east are, and a scale bar."""
        if compass != self._compass:
            self._compass = compass
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme, self._image = theme, None
        self.update()

    def set_shows_bad(self, on: bool) -> None:
        """Whether bad pixels are hatched."""
        self.shows_bad = on
        self.update()

    # Where one looks

    def fit(self) -> None:
        """Show all of the image."""
        if self._picture is None:
            return
        self._aim = self._sight.fitting()
        self._fitted = True
        self.update()
        self.moved.emit()

    def show_box(self, left: float, right: float, bottom: float, top: float, share: float) -> None:
        """Enlarge about a part of the image so that it fills ``share`` of the view."""
        if self._picture is not None:
            scale = share * min(self.width() / max(right - left, 1.0), self.height() / max(top - bottom, 1.0))
            self._look_at(Aim((left + right) / 2, (bottom + top) / 2, scale))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Enlarge about a place in the view, or about its middle."""
        self._look_at(self._sight.zoomed(factor, at or QPointF(self.width() / 2, self.height() / 2)))

    def pan(self, right: float, up: float) -> None:
        """Move by shares of the view."""
        self._look_at(self._sight.panned(right, up))

    def centre_on(self, x: float, y: float) -> None:
        """Bring a pixel to the middle."""
        self._look_at(replace(self._aim, x=x, y=y))

    def pixel_at(self, place: QPointF) -> QPointF:
        """The pixel under a place of the view."""
        return self._sight.pixel_at(place)

    def place_of(self, x: float, y: float) -> QPointF:
        """Where a pixel is in the view."""
        return self._sight.place_of(x, y)

    def cuts_in_view(self, share: float) -> Interval | None:
        """The cuts that leave out the same share of the drawn values at both ends; None where there are none."""
        if self.raster is None or self._picture is None:
            return None
        values = self.raster.values[np.isfinite(self.raster.values)]
        if not values.size:
            return None
        low, high = np.percentile(values, [50 - share / 2, 50 + share / 2]).astype(float)
        zero, size = self._picture.zero, self._picture.size
        return (zero + size * low, zero + size * high) if high > low else None

    @property
    def _sight(self) -> Sight:
        rows, columns = (1, 1) if self._picture is None else self._picture.shape
        return Sight(self._aim, self.width(), self.height(), columns, rows)

    def _look_at(self, aim: Aim) -> None:
        if self._picture is not None:
            self.set_aim(self._sight.allowed(aim))
            self.aimed.emit(self._aim)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep all of it in view where it was."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the image and what lies over it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.around))
        if self._picture is not None and self._picture.pixels.size:
            self._paint_image(painter, self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for layer in self._layers:
                layer.paint(painter, self._sight, self._theme)
            for marks in self._marks.values():
                draw_marks(painter, marks, self.place_of, self._theme.mark, "#000000")
            if self._cross is not None:
                draw_cross(painter, self.place_of(*self._cross), self._theme.mark)
            if self._compass is not None:
                draw_compass(painter, self._compass, self._sight.filled(), self._aim.scale)
            if self._box is not None:
                draw_box(painter, self._box, self._theme.accent)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_image(self, painter: QPainter, picture: ImagePicture) -> None:
        raster = self._raster(picture)
        if self._image is None:
            colours = coloured(raster.values, picture, self._look)
            height, width = colours.shape
            image = QImage(colours.data, width, height, 4 * width, QImage.Format.Format_RGB32)
            self._image = image.copy()
            if raster.missing is not None:
                missing_layer(self._image, raster.missing, self._theme.missing)
        target = self._target(raster)
        painter.drawImage(target, self._image)
        if self.shows_bad and raster.bad is not None:
            paint_bad(painter, raster.bad, target, self.rect(), self._aim.scale)

    def _raster(self, picture: ImagePicture) -> ImageRaster:
        """The values in view; those of last time where the view has only moved a little."""
        scale = self._aim.scale * self.devicePixelRatioF()
        window = self._sight.window()
        zoomed = self.raster is None or self.raster.step != max(1.0, 1 / scale)
        if self.raster is None or zoomed or not self.raster.holds(window):
            # The next zoom throws a margin away, the next pan needs it.
            self.raster = rasterise_image(picture, scale, window, margin=0.0 if zoomed else _PAN_MARGIN)
            self._image = None
        return self.raster

    def _target(self, raster: ImageRaster) -> QRectF:
        """Where the raster goes; reduced ones pixel on pixel of the screen."""
        window, ratio = raster.window, self.devicePixelRatioF()
        corner, end = self.place_of(window.left, window.top), self.place_of(window.right, window.bottom)
        if raster.step == 1.0:
            return QRectF(corner, end)
        height, width = raster.values.shape
        x, y = round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio
        return QRectF(x, y, width / ratio, height / ratio)

    # Mouse

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor."""
        if self._picture is not None and event.angleDelta().y():
            self.zoom(ZOOM_PER_NOTCH ** (event.angleDelta().y() / _NOTCH), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click, a drag, or to paint."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pressed, self._dragged = event.position(), False
        self._from = (self._aim, self._look)
        if self._paints(event.button()):
            self.pixel_pressed.emit(*self._whole(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where the cursor is; drag."""
        at = self.pixel_at(event.position())
        self.hovered.emit(at.x(), at.y())
        if self._pressed is None or self._picture is None:
            return
        away = event.position() - self._pressed
        if self._paints(event.buttons()):
            self.pixel_entered.emit(*self._whole(event.position()))
            return
        self._dragged |= away.manhattanLength() >= _DRAG_PX
        if not self._dragged:
            return
        aim, look = self._from
        if self.boxing and event.buttons() & Qt.MouseButton.LeftButton:
            self._box = QRectF(self._pressed, event.position()).normalized()
            self.update()
        elif event.buttons() & (Qt.MouseButton.LeftButton | Qt.MouseButton.MiddleButton):
            self._look_at(replace(aim, x=aim.x - away.x() / aim.scale, y=aim.y + away.y() / aim.scale))
        elif event.buttons() & Qt.MouseButton.RightButton:
            contrast = look.contrast * 2 ** (-away.y() / _STEEPER_PX)
            bias = min(max(look.bias + away.x() / max(1, self.width()), 0.0), 1.0)
            self.contrasted.emit(min(max(contrast, _CONTRASTS[0]), _CONTRASTS[1]), bias)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag; without one it was a click."""
        pressed, self._pressed = self._pressed, None
        box, self._box = self._box, None
        if box is not None:
            self._look_at(self._sight.filled_by(box))
        elif self._paints(event.button()):
            self.pixel_released.emit()
        elif pressed is not None and not self._dragged and self._picture is not None:
            at = self.pixel_at(event.position())
            if event.button() == Qt.MouseButton.LeftButton:
                self.clicked.emit(at.x(), at.y())
            elif event.button() == Qt.MouseButton.RightButton:
                self.menu_asked.emit(at.x(), at.y(), event.globalPosition().toPoint())
            elif event.button() == Qt.MouseButton.MiddleButton:
                self.centre_on(at.x(), at.y())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all of it."""
        if event.button() == Qt.MouseButton.LeftButton and not self.painting:
            self.fit()
            self.aimed.emit(self._aim)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the cursor any more."""
        super().leaveEvent(event)
        self.hovered.emit(float("nan"), float("nan"))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu key; the right button has its own way, since it also drags."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self._picture is not None:
            self.menu_asked.emit(self._aim.x, self._aim.y, self.mapToGlobal(self.rect().center()))
        event.accept()

    def _paints(self, buttons: Qt.MouseButton) -> bool:
        return self.painting and bool(buttons & Qt.MouseButton.LeftButton)

    def _whole(self, place: QPointF) -> tuple[int, int]:
        at = self.pixel_at(place)
        return round(at.x()), round(at.y())

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows pan, plus and minus zoom, A fits."""
        match event.key():
            case Qt.Key.Key_Left:
                self.pan(-KEY_PAN, 0)
            case Qt.Key.Key_Right:
                self.pan(KEY_PAN, 0)
            case Qt.Key.Key_Up:
                self.pan(0, KEY_PAN)
            case Qt.Key.Key_Down:
                self.pan(0, -KEY_PAN)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(KEY_ZOOM)
            case Qt.Key.Key_Minus:
                self.zoom(1 / KEY_ZOOM)
            case Qt.Key.Key_A:
                self.fit()
                self.aimed.emit(self._aim)
            case _:
                super().keyPressEvent(event)
