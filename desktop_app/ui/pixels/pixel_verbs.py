"""What the session does about target pixels: frames are fetched in a thread, and other apertures are summed in one."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np
from PySide6.QtCore import QObject

from desktop_app.core.apertures import aperture_name, threshold_aperture
from desktop_app.core.arrays import Bools
from desktop_app.core.data import Dataset
from desktop_app.core.pixels import TargetPixels, with_aperture
from desktop_app.core.progress import Report
from desktop_app.ui.bridge import Bridge, Take, without_progress
from desktop_app.ui.drawing import Drawing
from desktop_app.ui.picture import picture_of
from desktop_app.ui.pixels.pixel_picture import PixelDrawing, PixelFrame, pixel_frame
from desktop_app.ui.state import AppState
from desktop_app.ui.undo import Choice
from desktop_app.ui.work import Loaded

if TYPE_CHECKING:
    from desktop_app.ui.session import Session

Update = Callable[..., None]
Start = Callable[[Literal["open", "detect"], str, Callable[[Report], object], Take], None]


class PixelVerbs(QObject):
    """Follows the session's state and changes it; panels call the verbs."""

    def __init__(self, session: "Session", bridge: Bridge, update: Update, start: Start) -> None:
        super().__init__(session)
        self._session, self._bridge = session, bridge
        self._update, self._start = update, start
        self._fetching = False
        self._detect_again = False
        session.changed.connect(self._on_changed)
        bridge.failed.connect(self._on_failed)

    # Verbs

    def set_aperture(self, mask: Bools) -> None:
        """Sum other pixels; the curve follows once they are summed."""
        shown = self._session.state.aperture
        if shown is not None and not np.array_equal(mask, shown):
            self._session.undo_stack.push(Choice("Aperture", -1, self._apply, shown, mask))

    def take_pipeline_aperture(self) -> None:
        """Sum the pixels that the pipeline summed."""
        pixels = self._session.state.data
        if isinstance(pixels, TargetPixels) and pixels.optimal.any():
            self.set_aperture(pixels.optimal)

    def take_threshold_aperture(self, sigma: float) -> None:
        """Sum the pixels about the middle that stand out of the median frame."""
        drawing = self._session.state.drawing
        if isinstance(drawing, PixelDrawing):
            mask = threshold_aperture(np.asarray(drawing.median.pixels, np.float64), sigma)
            if mask.any():
                self.set_aperture(mask)
            else:
                self._session.notify("warning", f"No pixel stands {sigma:g} sigma out of the median frame.")

    def clear_aperture(self) -> None:
        """Sum no pixel, to begin anew."""
        shown = self._session.state.aperture
        if shown is not None:
            self.set_aperture(np.zeros_like(shown))

    # Apertures

    def _apply(self, mask: Bools) -> None:
        state, pixels = self._session.state, self._session.state.data
        if not isinstance(pixels, TargetPixels) or mask.shape != pixels.aperture.shape:
            return
        self._detect_again |= state.detection is not None or (state.busy is not None and state.busy.what == "detect")
        self._update(aperture=mask)
        doing = partial(_summed, pixels, state.drawing, mask)
        self._start("open", f"Summing {aperture_name(mask).removeprefix('SUM ')}", doing, self._on_summed)

    def _on_summed(self, loaded: Loaded) -> None:
        again, self._detect_again = self._detect_again, False
        self._session.show_summed(loaded)
        if isinstance(loaded.data, TargetPixels) and not loaded.data.aperture.any():
            self._session.notify("info", "No pixel is summed.", "Click pixels to put them into the aperture.")
        if again and loaded.picture is not None and len(loaded.picture.flux):
            self._session.run()

    # Frames

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.drawing is not old.drawing:
            self._detect_again = False
        self._fetch()

    def _fetch(self) -> None:
        """Ask for the frame of the selected row, where it is not on its way and not shown."""
        state = self._session.state
        pixels, drawing, row = state.data, state.drawing, state.selection.row
        if self._fetching or row is None or not isinstance(pixels, TargetPixels):
            return
        if not isinstance(drawing, PixelDrawing) or _is_shown(state.frame, pixels, row):
            return
        self._fetching = True
        doing = without_progress(partial(pixel_frame, pixels, drawing, row))
        self._bridge.run_beside(doing, self._on_frame)

    def _on_frame(self, frame: PixelFrame) -> None:
        """Show the frame; one of another file came too late."""
        self._fetching = False
        pixels = self._session.state.data
        if isinstance(pixels, TargetPixels) and frame.frames is pixels.frames:
            self._update(frame=frame)
            if frame.problem:
                self._session.notify("error", frame.problem)
        self._fetch()

    def _on_failed(self, _error: object) -> None:
        self._fetching = False


def aperture_of(data: Dataset | None) -> Bools | None:
    """The pixels that ``data`` sums; None for what has none."""
    return data.aperture if isinstance(data, TargetPixels) else None


def _is_shown(frame: PixelFrame | None, pixels: TargetPixels, row: int) -> bool:
    return frame is not None and frame.frames is pixels.frames and frame.row == row


def _summed(pixels: TargetPixels, drawing: Drawing | None, mask: Bools, report: Report) -> Loaded:
    """``pixels`` with another aperture, ready to be drawn; their pictures stay."""
    summed = with_aperture(pixels, mask, report)
    return Loaded(summed, drawing, summed.curve, picture_of(summed.curve))
