"""One image of a page: its name, the view, and the colour bar below it."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop_app.ui.images.colour_bar import ColourBar
from desktop_app.ui.images.image_picture import ImagePicture
from desktop_app.ui.images.image_raster import Look
from desktop_app.ui.images.image_view import ImageView
from desktop_app.ui.named import named
from desktop_app.ui.theme import Theme


class ImageCell(QWidget):
    """An image with its name and its colours."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "image-cell")
        self.title = named(QLabel(self), "image-name", role="muted")
        self.title.setContentsMargins(12, 4, 12, 4)
        self.view = ImageView(theme, self)
        self.bar = ColourBar(theme, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.title)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.bar)
        self.title.hide()

    def show_picture(self, picture: ImagePicture | None, look: Look) -> None:
        """Draw another image, or the same one in another look."""
        if picture is self.view.picture:
            self.view.set_look(look)
        else:
            self.view.show_picture(picture, look)
        self.bar.show_look(picture, look)
        name = picture.name if picture is not None else ""
        self.title.setText(name.capitalize())
        self.title.setVisible(bool(name))
        self.view.setAccessibleName(name.capitalize() or "Image")

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.view.set_theme(theme)
        self.bar.set_theme(theme)
