"""What the session does about looking closer: objects that somebody chose, and the heat map of the one looked at."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.detection import Detection, Scores
from desktop_app.core.errors import UserError
from desktop_app.ui import work
from desktop_app.ui.bridge import Bridge, without_progress
from desktop_app.ui.images.heat_view import OPACITIES, HeatView
from desktop_app.ui.state import AppState

if TYPE_CHECKING:
    from desktop_app.ui.session import Session

NONE_CHOSEN: Ints = np.zeros(0, np.int64)
NONE_CHOSEN.flags.writeable = False


class CloserVerbs(QObject):
    """Changes ``state.chosen`` and ``state.heat``."""

    def __init__(self, session: "Session", bridge: Bridge, update: Callable[..., None]) -> None:
        super().__init__(session)
        self._session, self._bridge, self._update = session, bridge, update
        self._asked: tuple[Scores, int] | None = None
        session.changed.connect(self._on_changed)

    # Objects

    def look_closer(self, places: Iterable[int]) -> None:
        """Choose the objects in these rows; none of them takes the choice back."""
        self._update(chosen=np.unique(np.asarray(list(places), np.int64)))

    # The heat map

    def show_heat(self, on: bool) -> None:
        """Whether the pixels that do not belong are seen over the picture."""
        self._update(heat=replace(self._session.state.heat, on=on))
        self._ask()

    def set_opacity(self, per_cent: int) -> None:
        """How much of the picture the heat map hides."""
        low, high = OPACITIES
        self._update(heat=replace(self._session.state.heat, opacity=min(max(per_cent, low), high)))

    def _on_changed(self, old: AppState, new: AppState) -> None:
        moved = new.selection.row != old.selection.row or new.detection is not old.detection
        if new.heat.on and moved:
            self._ask()

    def _ask(self) -> None:
        """Have the map made of the object looked at, of the strangest where none is."""
        state = self._session.state
        detection = state.detection
        if not state.heat.on or detection is None or detection.scores.objects is None or not len(detection.objects):
            return
        row = state.selection.row
        place = int(np.nanargmax(np.nan_to_num(detection.scores.values, nan=-np.inf))) if row is None else row
        asked = (detection.scores, place)
        if place < len(detection.objects) and asked != self._asked:
            self._asked = asked
            self._bridge.run_beside(without_progress(partial(_heat, detection, place)), self._take)

    def _take(self, made: HeatView) -> None:
        state = self._session.state
        if self._asked is None or state.detection is None or made.of is not self._asked[0]:
            return
        if made.place != self._asked[1]:
            return
        # A switch that is on and changes nothing would leave one wondering.
        on = state.heat.on and not made.why_not
        self._update(heat=replace(made, on=on, opacity=state.heat.opacity))
        if state.heat.on and made.why_not:
            self._asked = None
            self._session.notify("info", made.why_not, made.way_out)


def _heat(detection: Detection, place: int) -> HeatView:
    """The map of one object; why there is none where the detector makes none."""
    with work.one_importer:
        from desktop_app.engine.heat import heat_of
    try:
        values: Floats = heat_of(detection, place)
    except UserError as error:
        return HeatView(place=place, of=detection.scores, why_not=error.message, way_out=error.hint)
    return HeatView(place=place, of=detection.scores, values=values)
