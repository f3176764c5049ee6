"""What can be done at a place of an image."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget


class ImageMenu(QMenu):
    """The menu of the right button; it goes when it closes.

    Signals
    -------
    copied(), centred()
        At the place where the menu was asked for.
    fitted(), enlarged(), recut(), contrast_reset()
        All of it; a pixel on a pixel of the screen; cuts of the part in view; contrast and bias as at first.
    """

    copied = Signal()
    centred = Signal()
    fitted = Signal()
    enlarged = Signal()
    recut = Signal()
    contrast_reset = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("image-menu")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, signal in (
            ("Copy position\tCtrl+Shift+C", self.copied),
            ("Centre here", self.centred),
            ("Fit all\tA", self.fitted),
            ("One pixel on one of the screen", self.enlarged),
            ("Cuts of the part in view\tShift+A", self.recut),
            ("Reset contrast", self.contrast_reset),
        ):
            self.addAction(text).triggered.connect(signal)
