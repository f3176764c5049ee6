"""The controls of the pixels panel: what is shown, which pixels are summed, and the film."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QPushButton, QToolButton, QWidget

from desktop_app.core.apertures import THRESHOLD_SIGMA
from desktop_app.core.cuts import CUTS
from desktop_app.core.stretch import STRETCHES
from desktop_app.ui.elided import ElidedLabel
from desktop_app.ui.named import named
from desktop_app.ui.theme import Theme, line_icon

CADENCE, DIFFERENCE, MEDIAN = "Cadence", "Difference", "Median"
VIEWS = (CADENCE, DIFFERENCE, MEDIAN)
ALL_FRAMES = "all frames"
FILM_PERIOD_MS = 60
_STRIDES = {"× 1": 1, "× 10": 10, "× 100": 100}
_COMBO_PX = 60


class LookBar(QWidget):
    """Which picture is shown, between which cuts and by which stretch.

    Signals
    -------
    changed()
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tips = {
            "pixels-what": "The cadence, the cadence less the median frame, or the median frame",
            "pixels-stretch": "How brightness becomes colour",
            "pixels-cuts": "Between which values; those of all frames do not flicker from frame to frame",
        }
        self.what = _combo("pixels-what", "Picture", tips, VIEWS, self)
        self.stretch = _combo("pixels-stretch", "Stretch", tips, STRETCHES, self)
        self.cuts = _combo("pixels-cuts", "Cuts", tips, (ALL_FRAMES, *CUTS), self)
        self.stretch.setCurrentText("asinh")
        layout = _row(self, self.what, self.stretch, self.cuts)
        for place in range(3):
            layout.setStretch(place, 1)
        for box in (self.what, self.stretch, self.cuts):
            box.activated.connect(self._on_activated)

    def _on_activated(self) -> None:
        self.changed.emit()


class ApertureBar(QWidget):
    """Ways to choose all pixels at once.

    Signals
    -------
    pipeline_asked(), cleared()
    threshold_asked(float)
        How many sigma a pixel has to stand out.
    """

    pipeline_asked = Signal()
    threshold_asked = Signal(float)
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tip = "Sum the pixels that the pipeline summed"
        self.pipeline = named(QPushButton("Pipeline", self), "aperture-pipeline", label="Pipeline aperture", tip=tip)
        tip = "Sum the pixels about the middle that stand out of the median frame by so many sigma"
        self.threshold = named(QPushButton("Threshold", self), "aperture-threshold", tip=tip)
        self.sigma = named(QDoubleSpinBox(self), "aperture-sigma", label="Sigma of the threshold", tip=tip)
        self.sigma.setRange(0.5, 999.0)
        self.sigma.setSingleStep(0.5)
        self.sigma.setDecimals(1)
        self.sigma.setSuffix(" σ")
        self.sigma.setValue(THRESHOLD_SIGMA)
        self.clear = named(QPushButton("Clear", self), "aperture-clear", tip="Sum no pixel, to draw anew")
        _row(self, self.pipeline, self.threshold, self.sigma, self.clear)
        self.pipeline.clicked.connect(self.pipeline_asked)
        self.clear.clicked.connect(self.cleared)
        self.threshold.clicked.connect(self._on_threshold)
        for button in (self.pipeline, self.threshold, self.clear):
            button.setStyleSheet("padding: 3px 6px")

    def _on_threshold(self) -> None:
        self.threshold_asked.emit(self.sigma.value())


class FilmBar(QWidget):
    """Steps from frame to frame, one by one or as a film.

    Signals
    -------
    stepped(int)
        By how many rows.
    ticked(int)
        The next frame of the film is due.
    """

    stepped = Signal(int)
    ticked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.before = named(QToolButton(self), "pixels-before", label="Frame before", tip="The frame before (,)")
        self.play = named(QToolButton(self), "pixels-play", label="Play", tip="Frame after frame (Shift+P)")
        self.after = named(QToolButton(self), "pixels-after", label="Next frame", tip="The next frame (.)")
        self.play.setCheckable(True)
        tips = {"pixels-stride": "How many rows the film goes from frame to frame"}
        self.stride = _combo("pixels-stride", "Step of the film", tips, tuple(_STRIDES), self)
        self.told = named(ElidedLabel(self), "aperture-told", role="muted")
        layout = _row(self, self.before, self.play, self.after, self.stride, self.told)
        layout.setStretch(4, 1)
        self._timer = QTimer(self, interval=FILM_PERIOD_MS)
        self._timer.timeout.connect(self._on_tick)
        self.before.clicked.connect(self._on_before)
        self.after.clicked.connect(self._on_after)
        self.play.toggled.connect(self._on_toggled)
        self._theme = theme
        self.set_theme(theme)

    @property
    def playing(self) -> bool:
        """Whether the film goes on."""
        return self._timer.isActive()

    def tell(self, aperture: str, tip: str) -> None:
        """How many pixels are summed."""
        self.told.setText(aperture)
        self.told.setToolTip(tip)

    def stop(self) -> None:
        """End the film."""
        self.play.setChecked(False)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.before.setIcon(line_icon("previous", theme))
        self.after.setIcon(line_icon("next", theme))
        self.play.setIcon(line_icon("pause" if self.play.isChecked() else "run", theme))

    def _on_toggled(self, on: bool) -> None:
        self.set_theme(self._theme)
        self.play.setAccessibleName("Pause" if on else "Play")
        if on:
            self._timer.start()
            self._on_tick()
        else:
            self._timer.stop()

    def _on_tick(self) -> None:
        self.ticked.emit(_STRIDES[self.stride.currentText()])

    def _on_before(self) -> None:
        self.stepped.emit(-1)

    def _on_after(self) -> None:
        self.stepped.emit(1)


def _combo(name: str, label: str, tips: dict[str, str], entries: tuple[str, ...], parent: QWidget) -> QComboBox:
    box = named(QComboBox(parent), name, label=label, tip=tips[name])
    box.addItems(list(entries))
    box.setMinimumWidth(_COMBO_PX)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return box


def _row(owner: QWidget, *widgets: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout(owner)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    for widget in widgets:
        layout.addWidget(widget)
    return layout
