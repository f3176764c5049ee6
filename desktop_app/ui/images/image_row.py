"""Images side by side, looked at together: one zoom, one place, one cursor, one choice of look."""

from dataclasses import replace
from math import isnan

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.core.cuts import Interval
from desktop_app.ui.images.compass import Compass
from desktop_app.ui.images.image_cell import ImageCell
from desktop_app.ui.images.image_marks import Marker
from desktop_app.ui.images.image_picture import ImagePicture
from desktop_app.ui.images.image_raster import Aim, Look
from desktop_app.ui.images.image_view import ImageView
from desktop_app.ui.images.layer import Layer
from desktop_app.ui.images.look_bar import LookChoice
from desktop_app.ui.named import named
from desktop_app.ui.theme import Theme


class ImageRow(QWidget):
    """One image, or several of one size.

    Signals
    -------
    hovered(float, float)
        The pixel under the cursor; NaN where it left.
    clicked(float, float)
    moved()
        The zoom or the place changed.
    contrasted(float, float)
        Contrast and bias that the user dragged to.
    menu_asked(float, float, QPoint)
    """

    hovered = Signal(float, float)
    clicked = Signal(float, float)
    moved = Signal()
    contrasted = Signal(float, float)
    menu_asked = Signal(float, float, QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "image-row")
        self._theme = theme
        self._cells: list[ImageCell] = []
        self._shown = 0
        self._layers: tuple[Layer, ...] = ()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self._cell(0)

    @property
    def views(self) -> list[ImageView]:
        """The views of the images shown."""
        return [cell.view for cell in self._cells[: self._shown]]

    @property
    def view(self) -> ImageView:
        """The view of the first image."""
        return self._cells[0].view

    @property
    def look(self) -> Look:
        """How the first image looks."""
        return self.view.look

    def show_pictures(self, pictures: tuple[ImagePicture, ...], choice: LookChoice, held: Interval | None) -> None:
        """Draw other images, or the same in another look; ``held`` are cuts in place of those chosen."""
        self._shown = len(pictures)
        for place, picture in enumerate(pictures):
            look = choice.look_at(picture)
            if held is not None and not picture.difference:
                look = replace(look, cuts=held)
            self._cell(place).show_picture(picture, look)
        for place, cell in enumerate(self._cells):
            cell.setVisible(place < max(1, len(pictures)))
        if not pictures:
            self._cells[0].show_picture(None, self.look)

    def set_compass(self, compass: Compass | None) -> None:
        """Draw where north is, in the first image."""
        self.view.set_compass(compass)

    def set_pin(self, place: tuple[float, float] | None) -> None:
        """Mark a pixel in every image, or none."""
        marks = () if place is None else (Marker(*place),)
        for cell in self._cells:
            cell.view.set_marks("pin", marks)

    def set_layers(self, layers: tuple[Layer, ...]) -> None:
        """What paints itself over every image."""
        self._layers = layers
        for cell in self._cells:
            cell.view.set_layers(layers)

    def repaint_layers(self) -> None:
        """One of the layers has changed."""
        for view in self.views:
            view.update()

    def set_shows_bad(self, on: bool) -> None:
        """Whether bad pixels are hatched."""
        for cell in self._cells:
            cell.view.set_shows_bad(on)

    def set_boxing(self, on: bool) -> None:
        """Whether a drag draws a box to zoom to."""
        for cell in self._cells:
            cell.view.boxing = on

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        for cell in self._cells:
            cell.set_theme(theme)

    def fit(self) -> None:
        """Show all of every image."""
        for view in self.views:
            view.fit()

    def _cell(self, place: int) -> ImageCell:
        if place < len(self._cells):
            return self._cells[place]
        cell = ImageCell(self._theme, self)
        cell.view.set_layers(self._layers)
        self._cells.append(cell)
        self._layout.addWidget(cell, 1)
        if place:
            first = self._cells[0].view
            cell.view.boxing, cell.view.shows_bad = first.boxing, first.shows_bad
        else:
            cell.view.moved.connect(self.moved)
        cell.view.aimed.connect(self._on_aimed)
        cell.view.hovered.connect(self._on_hovered)
        cell.view.clicked.connect(self.clicked)
        cell.view.contrasted.connect(self.contrasted)
        cell.view.menu_asked.connect(self.menu_asked)
        return cell

    def _on_aimed(self, aim: Aim) -> None:
        for view in self.views:
            view.set_aim(aim)

    def _on_hovered(self, x: float, y: float) -> None:
        here = self.sender()
        for view in self.views:
            view.set_cross(None if view is here or isnan(x) else (x, y))
        self.hovered.emit(x, y)
