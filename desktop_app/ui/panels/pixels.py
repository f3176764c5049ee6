"""The pixels panel: the frame of the cadence that is looked at, and the pixels whose sum is the light curve."""

from dataclasses import replace
from math import isfinite, isnan, nan

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.core.cuts import CUTS, DEFAULT_CUTS, Interval
from desktop_app.core.pixels import TargetPixels
from desktop_app.core.positions import sexagesimal
from desktop_app.core.quality import quality_names
from desktop_app.core.stretch import STRETCHES
from desktop_app.core.timescales import show_time
from desktop_app.ui.elided import ElidedLabel
from desktop_app.ui.images.image_picture import ImagePicture
from desktop_app.ui.images.image_raster import Look
from desktop_app.ui.named import named
from desktop_app.ui.pixels.pixel_bars import ALL_FRAMES, CADENCE, DIFFERENCE, MEDIAN, ApertureBar, FilmBar, LookBar
from desktop_app.ui.pixels.pixel_picture import PixelDrawing, PixelFrame
from desktop_app.ui.pixels.pixel_view import PixelView
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance, Theme, tabular
from desktop_app.ui.words import counted, significant

_COLOURS = "inferno"
_DIFFERENCE_COLOURS = "diverging"
_NO_PIXELS = "Open a target pixel file or a TESScut cut-out to see its frames."


class PixelsPanel(QWidget):
    """One frame, apertures over it, what is under the cursor, and controls.

    Signals
    -------
    hovered(str)
        Value, pixel and position under the cursor, "" where there is none.
    """

    hovered = Signal(str)

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "pixels")
        self._session = session
        self._at: tuple[int, int] | None = None
        self._shown: ImagePicture | None = None
        self.view = PixelView(appearance.theme, self)
        self.look = LookBar(self)
        self.apertures = ApertureBar(self)
        self.film = FilmBar(appearance.theme, self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty())
        self._stack.addWidget(self._page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._connect(appearance)
        self._show_data(session.state)

    def play(self) -> None:
        """Begin or end the film."""
        if isinstance(self._session.state.data, TargetPixels):
            self.film.play.toggle()

    # Building

    def _empty(self) -> QWidget:
        label = named(QLabel(_NO_PIXELS, self), "pixels-empty", role="muted")
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setMargin(12)
        return label

    def _page(self) -> QWidget:
        page = named(QWidget(self), "pixels-page")
        self._title = named(ElidedLabel(page), "pixels-title")
        self._under = named(ElidedLabel(page), "pixels-under-cursor", role="muted")
        for label in (self._title, self._under):
            label.setFont(tabular(label.font()))
        layout = QVBoxLayout(page)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        for widget in (self._title, self.look, self.view, self._under, self.film, self.apertures):
            layout.addWidget(widget, int(widget is self.view))
        return page

    def _connect(self, appearance: Appearance) -> None:
        verbs = self._session.pixels
        self.view.hovered.connect(self._on_hovered)
        self.view.drawn.connect(verbs.set_aperture)
        self.view.contrasted.connect(self._on_contrasted)
        self.look.changed.connect(self._on_look)
        self.apertures.pipeline_asked.connect(verbs.take_pipeline_aperture)
        self.apertures.threshold_asked.connect(verbs.take_threshold_aperture)
        self.apertures.cleared.connect(verbs.clear_aperture)
        self.film.stepped.connect(self._on_stepped)
        self.film.ticked.connect(self._on_ticked)
        appearance.changed.connect(self._on_theme)
        self._session.changed.connect(self._on_changed)

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.drawing is not old.drawing or (new.data is None) != (old.data is None):
            self._show_data(new)
            return
        if new.aperture is not old.aperture or new.data is not old.data:
            self._show_apertures(new)
        if _frame_of(new) is not _frame_of(old) or new.system is not old.system:
            self._show_frame(new)

    def _show_data(self, state: AppState) -> None:
        self.film.stop()
        self._at = None
        has = isinstance(state.data, TargetPixels)
        self._stack.setCurrentIndex(int(has))
        self._show_apertures(state)
        self._show_frame(state)

    def _show_apertures(self, state: AppState) -> None:
        pixels = state.data
        if not isinstance(pixels, TargetPixels) or state.aperture is None:
            self.view.show_apertures(None, None)
            return
        self.view.show_apertures(state.aperture, pixels.optimal)
        has = bool(pixels.optimal.any())
        self.apertures.pipeline.setEnabled(has)
        n = f"{int(state.aperture.sum()):,} px"
        if not has:
            self.film.tell(n, "The outlined pixels are summed; the pipeline chose none.")
        elif (state.aperture == pixels.optimal).all():
            self.film.tell(f"{n}, the pipeline's", "The pixels that the pipeline summed are summed.")
        else:
            told = f"{n}, pipeline {int(pixels.optimal.sum()):,}"
            self.film.tell(told, "The outlined pixels are summed; the dashed line is about those of the pipeline.")

    def _show_frame(self, state: AppState) -> None:
        """The picture that is asked for; until the frame of the selected row is here, the last one stays."""
        drawing, frame = state.drawing, _frame_of(state)
        if not isinstance(drawing, PixelDrawing):
            self._shown = None
            self.view.show_picture(None)
            return
        what = self.look.what.currentText() if frame is not None else MEDIAN
        if frame is None or what == MEDIAN:
            self._shown, cuts = drawing.median, drawing.cuts
            self._title.setText(f"Median of {counted(drawing.sampled, 'frame')}")
        else:
            different = what == DIFFERENCE
            self._shown = frame.difference if different else frame.frame
            cuts = drawing.difference_cuts if different else drawing.cuts
            self._title.setText(_title(state, frame) + (", less the median" if different else ""))
        self._title.setToolTip(self._title.text())
        self.view.show_picture(self._shown, self._look(self._shown, cuts))
        self._tell()

    def _look(self, picture: ImagePicture, cuts: Interval) -> Look:
        chosen, stretch = self.look.cuts.currentText(), self.look.stretch.currentText()
        stretch = next(name for name in STRETCHES if name == stretch)
        if chosen != ALL_FRAMES:
            cuts = picture.cuts[next((name for name in CUTS if name == chosen), DEFAULT_CUTS)]
        old = self.view.look
        if picture.difference:
            return replace(old, cuts=cuts, stretch="linear", colours=_DIFFERENCE_COLOURS)
        return replace(old, cuts=cuts, stretch=stretch, colours=_COLOURS)

    # What the user does

    def _on_look(self) -> None:
        self.look.stretch.setEnabled(self.look.what.currentText() != DIFFERENCE)
        self.view.set_look(replace(self.view.look, contrast=1.0, bias=0.5))
        self._show_frame(self._session.state)

    def _on_contrasted(self, contrast: float, bias: float) -> None:
        self.view.set_look(replace(self.view.look, contrast=contrast, bias=bias))

    def _on_stepped(self, rows: int) -> None:
        self._session.step_row(rows)

    def _on_ticked(self, rows: int) -> None:
        """The next frame of the film, once the last one is here; the film ends with the data."""
        state = self._session.state
        frame, row = _frame_of(state), state.selection.row
        if row is not None and (frame is None or frame.row != row):
            return
        if self.look.what.currentText() == MEDIAN:
            self.look.what.setCurrentText(CADENCE)
        self._session.step_row(rows, centred=False)
        if self._session.state.selection.row in (None, row):
            self.film.stop()

    def hideEvent(self, event: QHideEvent) -> None:
        """A film that nobody sees ends."""
        super().hideEvent(event)
        self.film.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc ends the film."""
        if event.key() == Qt.Key.Key_Escape and self.film.playing:
            self.film.stop()
            return
        super().keyPressEvent(event)

    def _on_hovered(self, x: float, y: float) -> None:
        inside = self._shown is not None and not isnan(x) and self._shown.value(round(x), round(y)) is not None
        self._at = (round(x), round(y)) if inside else None
        self._tell()

    def _tell(self) -> None:
        """What is under the cursor: short in the panel, in full in the status bar."""
        pixels, drawing = self._session.state.data, self._session.state.drawing
        if self._at is None or self._shown is None or not isinstance(pixels, TargetPixels):
            self._under.setText("")
            self.hovered.emit("")
            return
        x, y = self._at
        value = self._shown.value(x, y)
        told = (
            f"{significant(value, 6)} {pixels.unit}".rstrip() if value is not None and isfinite(value) else "no value"
        )
        column, row = pixels.corner[0] + x, pixels.corner[1] + y
        ra, dec = nan, nan
        if isinstance(drawing, PixelDrawing):
            ra, dec = float(drawing.ra_deg[y, x]), float(drawing.dec_deg[y, x])
        six = " ".join(sexagesimal(ra, dec)).strip()
        self._under.setText("   ".join(filter(None, (told, f"{column}, {row}", six))))
        degrees = f"{ra:.5f} {dec:+.5f}" if six else ""
        self.hovered.emit("   ".join(filter(None, (told, f"column {column}, row {row}", six, degrees))))

    def _on_theme(self, theme: Theme) -> None:
        self.view.set_theme(theme)
        self.film.set_theme(theme)


def _frame_of(state: AppState) -> PixelFrame | None:
    """The last frame of these data; None where no row is selected."""
    pixels, frame = state.data, state.frame
    if frame is None or state.selection.row is None or not isinstance(pixels, TargetPixels):
        return None
    return frame if frame.frames is pixels.frames else None


def _title(state: AppState, frame: PixelFrame) -> str:
    """ "Cadence 152,345  ·  1411.12345 BTJD  ·  no flags"."""
    curve = state.curve
    if curve is None:
        return ""
    time = show_time(float(curve.time[frame.row]), curve.reference, state.system)
    flags = ", ".join(quality_names(curve.source.bits, int(curve.quality[frame.row])))
    return "  ·  ".join(filter(None, (f"Cadence {curve.cadence[frame.row]:,}", time, flags)))
