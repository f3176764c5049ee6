"""What the session does about periodic signals: folds the chosen one in a thread, and goes from dip to dip."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Detection
from desktop_app.core.transits.folded import Stretch, dip_times
from desktop_app.ui.bridge import Bridge, without_progress
from desktop_app.ui.looking import inspection_of, row_selected
from desktop_app.ui.signals.signal_picture import SignalPicture, signal_picture
from desktop_app.ui.signals.signal_view import SignalView

if TYPE_CHECKING:
    from desktop_app.ui.session import Session
    from desktop_app.ui.state import AppState

Update = Callable[..., None]


class SignalVerbs(QObject):
    """Follows the session's state and changes it; panels call the verbs."""

    def __init__(self, session: "Session", bridge: Bridge, update: Update) -> None:
        super().__init__(session)
        self._session, self._bridge, self._update = session, bridge, update
        self._wanted: tuple[Detection, int, Stretch] | None = None
        session.changed.connect(self._on_changed)

    # Verbs

    def choose(self, place: int) -> None:
        """Look at the signal ``place`` of the detection."""
        detection, view = self._session.state.detection, self._session.state.signal
        if detection is None or not 0 <= place < len(detection.scores.signals):
            return
        if place != view.place or view.picture is None:
            self._update(signal=replace(view, place=place))
            self._fold(detection, place, view.stretch)

    def show_stretch(self, stretch: Stretch) -> None:
        """Look at another part of the period."""
        detection, view = self._session.state.detection, self._session.state.signal
        if detection is None or view.place is None or stretch is view.stretch:
            return
        self._update(signal=replace(view, stretch=stretch))
        self._fold(detection, view.place, stretch)

    def step_dip(self, step: int) -> None:
        """Look at the next or the previous dip of the signal; at the first or the last one where none is looked at."""
        state = self._session.state
        dips = self._dips_with_data()
        if not dips.size or state.curve is None:
            return
        row = state.selection.row
        now = float(state.curve.time[row]) if row is not None else np.nan
        if not np.isfinite(now):
            place = 0 if step > 0 else dips.size - 1
        else:
            # Where one stands in a dip already, the next one is meant and not its own middle.
            at = int(np.argmin(np.abs(dips - now)))
            within = abs(dips[at] - now) <= self._half_dip()
            after = int(np.searchsorted(dips, now))
            place = (at + step if within else after if step > 0 else after - 1) % dips.size
        self._look_at(float(dips[place]))

    def show_dip(self) -> None:
        """Look at the dip nearest to what is looked at, or at the first."""
        state = self._session.state
        dips = self._dips_with_data()
        if not dips.size or state.curve is None:
            return
        row = state.selection.row
        now = float(state.curve.time[row]) if row is not None else np.nan
        place = int(np.argmin(np.abs(dips - now))) if np.isfinite(now) else 0
        self._look_at(float(dips[place]))

    # Following the state

    def _on_changed(self, old: "AppState", new: "AppState") -> None:
        scores = new.detection.scores if new.detection else None
        if scores is (old.detection.scores if old.detection else None):
            return
        self._wanted = None
        if new.detection is not None and new.detection.scores.signals:
            self._fold(new.detection, 0, Stretch.DIP)

    def _fold(self, detection: Detection, place: int, stretch: Stretch) -> None:
        self._wanted = (detection, place, stretch)
        doing = partial(signal_picture, detection, place, stretch)
        self._bridge.run_beside(without_progress(doing), self._on_folded)

    def _on_folded(self, picture: SignalPicture) -> None:
        detection = self._session.state.detection
        if self._wanted != (picture.detection, picture.place, picture.stretch) or detection is None:
            return
        if detection.scores is picture.detection.scores:
            self._update(signal=SignalView(picture.place, picture.stretch, picture))

    # Dips

    def _dips_with_data(self) -> Floats:
        """Times of the middles of the dips in which there are rows to look at."""
        state = self._session.state
        if state.detection is None or state.picture is None or shown_signal(state) is None:
            return np.zeros(0)
        signal = state.detection.scores.signals[state.signal.place or 0]
        time = state.picture.flux.time
        if not time.size:
            return np.zeros(0)
        dips = dip_times(signal, float(time[0]), float(time[-1]))
        low, high = (
            np.searchsorted(time, dips - signal.duration_d / 2),
            np.searchsorted(time, dips + signal.duration_d / 2),
        )
        return np.asarray(dips[high > low], np.float64)

    def _half_dip(self) -> float:
        state = self._session.state
        place = state.signal.place or 0
        return state.detection.scores.signals[place].duration_d / 2 if state.detection else 0.0

    def _look_at(self, time: float) -> None:
        state = self._session.state
        if state.picture is None:
            return
        flux = state.picture.flux
        nearest = int(flux.rows[np.argmin(np.abs(flux.time - time))])
        selection = replace(row_selected(state, nearest), centred=True)
        self._update(selection=selection, inspection=inspection_of(state, selection))


def shown_signal(state: "AppState") -> SignalPicture | None:
    """What is drawn of the chosen signal of the detection shown; None while it is folded, or where there is none."""
    picture, detection = state.signal.picture, state.detection
    if picture is None or detection is None or picture.detection.scores is not detection.scores:
        return None
    return picture
