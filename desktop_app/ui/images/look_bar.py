"""How images are shown: choosers for cuts, stretch and colours, and the look that they make of an image."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QToolButton, QWidget

from desktop_app.core.cuts import CUTS, DEFAULT_CUTS, Interval, symmetric
from desktop_app.core.stretch import STRETCHES, Stretch
from desktop_app.ui.flow import Flow
from desktop_app.ui.images.colour_maps import COLOUR_MAPS, DEFAULT_MAP, DIFFERENCE_MAP, map_icon
from desktop_app.ui.images.image_picture import ImagePicture
from desktop_app.ui.images.image_raster import Look
from desktop_app.ui.named import named

MANUAL = "manual"
_DIGITS = 5
_NUMBER_PX = (68, 84)
_COLOUR_LETTERS = 7


@dataclass(frozen=True)
class LookChoice:
    """What the user chose, for whichever image comes.

    Attributes
    ----------
    cuts : str
        One of `CUTS`, or "manual".
    manual : (float, float)
        The cuts where they are manual.
    stretch, colours : str
    inverted : bool
    contrast, bias : float
    """

    cuts: str = DEFAULT_CUTS
    manual: Interval = (0.0, 1.0)
    stretch: Stretch = "asinh"
    colours: str = DEFAULT_MAP
    inverted: bool = False
    contrast: float = 1.0
    bias: float = 0.5

    def look_at(self, picture: ImagePicture) -> Look:
        """How ``picture`` looks."""
        cuts = self.manual if self.cuts == MANUAL else next(c for name, c in picture.cuts.items() if name == self.cuts)
        return self.look_between(cuts, difference=picture.difference)

    def look_between(self, cuts: Interval, *, difference: bool) -> Look:
        """How a picture looks with these cuts; a difference has zero in the middle of diverging colours."""
        diverging = self.colours.startswith(DIFFERENCE_MAP)
        if difference or (diverging and cuts[0] < 0 < cuts[1]):
            cuts = symmetric(cuts)
        if not difference:
            return Look(cuts, self.stretch, self.colours, self.inverted, self.contrast, self.bias)
        colours = self.colours if diverging else DIFFERENCE_MAP
        return Look(cuts, "linear", colours, self.inverted, self.contrast, self.bias)


class LookBar(QWidget):
    """The choosers, in one line where there is room.

    Signals
    -------
    chosen(LookChoice)
    recut()
        Cuts were chosen, perhaps the same as before; told before the choice is.
    bad_shown(bool)
        Bad pixels should be hatched or not.
    """

    chosen = Signal(object)
    recut = Signal()
    bad_shown = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "look-bar")
        self.choice = LookChoice()
        self.cuts = self._chooser("look-cuts", "Cuts", "The values that get the first and the last colour")
        self.low, self.high = (self._number(f"look-{side}", f"{side.capitalize()} cut") for side in ("lower", "upper"))
        self.stretch = self._chooser("look-stretch", "Stretch", "How the colours are spread between the cuts")
        self.colours = self._chooser("look-colours", "Colours", "The colour map")
        self.inverted = self._switch("look-inverted", "Invert", "The colours the other way round")
        self.bad = self._switch("look-bad", "Bad pixels", "Hatch the pixels that the file's mask calls bad")
        self.bad.setChecked(True)
        self.cuts.addItems([*CUTS, MANUAL])
        self.stretch.addItems(list(STRETCHES))
        for name in COLOUR_MAPS:
            self.colours.addItem(map_icon(name), name)
        self.colours.view().setMinimumWidth(self.colours.sizeHint().width())
        self.colours.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.colours.setMinimumContentsLength(_COLOUR_LETTERS)
        self._lay_out()
        self.cuts.activated.connect(self.recut)
        for box in (self.cuts, self.stretch, self.colours):
            box.activated.connect(self._on_chosen)
        for number in (self.low, self.high):
            number.editingFinished.connect(self._on_number)
        self.inverted.toggled.connect(self._on_chosen)
        self.bad.toggled.connect(self.bad_shown)
        self.set_choice(self.choice)

    def set_choice(self, choice: LookChoice) -> None:
        """Show another choice without telling anyone."""
        self.choice = choice
        with QSignalBlocker(self.inverted):
            self.cuts.setCurrentText(choice.cuts)
            self.stretch.setCurrentText(choice.stretch)
            self.colours.setCurrentText(choice.colours)
            self.inverted.setChecked(choice.inverted)

    def show_cuts(self, cuts: Interval) -> None:
        """Write the numbers of the cuts in use."""
        for box, value in zip((self.low, self.high), cuts, strict=True):
            if not box.hasFocus() or not box.isModified():
                box.setText(f"{value:.{_DIGITS}g}")
                box.setCursorPosition(0)

    def choose(self, choice: LookChoice) -> None:
        """Take another choice and tell it."""
        self.set_choice(choice)
        self.chosen.emit(choice)

    def set_contrast(self, contrast: float, bias: float) -> None:
        """Take another contrast and bias and tell it."""
        self.choose(replace(self.choice, contrast=contrast, bias=bias))

    def _lay_out(self) -> None:
        layout = Flow()
        self.setLayout(layout)
        layout.setContentsMargins(0, 0, 0, 0)
        for widgets in ((self.cuts, self.low, self.high), (self.stretch,), (self.colours,)):
            layout.add_named(*widgets)
        layout.add(self.inverted)
        layout.add(self.bad)

    def _chooser(self, name: str, label: str, tip: str) -> QComboBox:
        box = named(QComboBox(self), name, label=label, tip=tip)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return box

    def _number(self, name: str, label: str) -> QLineEdit:
        box = named(QLineEdit(self), name, label=label, tip=f"{label}: type a value to set it")
        validator = QDoubleValidator(box)
        validator.setLocale(QLocale.c())
        box.setValidator(validator)
        box.setMinimumWidth(_NUMBER_PX[0])
        box.setMaximumWidth(_NUMBER_PX[1])
        return box

    def _switch(self, name: str, label: str, tip: str) -> QToolButton:
        button = named(QToolButton(self), name, label=label, tip=tip)
        button.setText(label)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _on_chosen(self) -> None:
        choice = replace(
            self.choice,
            cuts=self.cuts.currentText(),
            stretch=STRETCHES[self.stretch.currentIndex()],
            colours=self.colours.currentText(),
            inverted=self.inverted.isChecked(),
        )
        numbers = self._numbers()
        if choice.cuts == MANUAL and self.choice.cuts != MANUAL and numbers is not None:
            choice = replace(choice, manual=numbers)
        self.choose(choice)

    def _on_number(self) -> None:
        numbers = self._numbers()
        if numbers is None or not (self.low.isModified() or self.high.isModified()):
            return
        for box in (self.low, self.high):
            box.setModified(False)
        self.choose(replace(self.choice, cuts=MANUAL, manual=numbers))

    def _numbers(self) -> Interval | None:
        """The cuts that are written; None where they are none."""
        try:
            low, high = float(self.low.text()), float(self.high.text())
        except ValueError:
            return None
        return (low, high) if low < high else None
