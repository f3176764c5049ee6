"""What the session does about one channel against another: chooses the two, limits them in time, selects rows."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal

from desktop_app.core.detection import Event
from desktop_app.core.telemetry import Telemetry
from desktop_app.ui.bridge import Bridge, without_progress
from desktop_app.ui.state import AppState
from desktop_app.ui.telemetry.against import (
    AgainstPicture,
    AgainstState,
    Asked,
    Range,
    against_picture,
    first_choice,
    nearest,
    rows_seen,
    within,
)

if TYPE_CHECKING:
    from desktop_app.ui.session import Session

Update = Callable[..., None]


class AgainstVerbs(QObject):
    """Changes the session's state; the panel and the page call the verbs. Nothing is made while nobody looks."""

    _moved_on = Signal()

    def __init__(self, session: "Session", bridge: Bridge, update: Update) -> None:
        super().__init__(session)
        self._session, self._bridge, self._update = session, bridge, update
        self._looked_at = False
        self._chosen: dict[tuple[str, ...], tuple[str, str]] = {}
        # The state may change only once everybody has heard of the change before.
        self._moved_on.connect(self._follow, Qt.ConnectionType.QueuedConnection)
        session.changed.connect(self._on_changed)

    def look(self, on: bool) -> None:
        """Whether somebody looks at the scatter."""
        self._looked_at = on
        if on:
            self._make()

    def choose(self, x: str, y: str) -> None:
        """Draw the channel ``y`` against the channel ``x``."""
        data = self._session.state.data
        if isinstance(data, Telemetry):
            self._chosen[data.names] = (x, y)
        self._ask(x=x, y=y)

    def swap(self) -> None:
        """The other way round."""
        asked = self._session.state.against.asked
        self.choose(asked.y, asked.x)

    def see(self, seen: Range | None) -> None:
        """Draw the samples of these times only; None for all."""
        data = self._session.state.data
        if isinstance(data, Telemetry) and seen is not None and rows_seen(data, seen) == (0, len(data)):
            seen = None
        if seen != self._session.state.against.asked.seen:
            self._ask(seen=seen)

    def set_room(self, width: int, height: int) -> None:
        """How many device pixels there are to draw on."""
        if (width, height) != self._session.state.against.asked.room:
            self._ask(room=(width, height))

    def brush(self, box: tuple[float, float, float, float]) -> None:
        """Select the samples in ``box``: lowest and highest x, lowest and highest y."""
        picture = self._session.state.against.picture
        if picture is not None:
            self._change(brushed=within(picture, box))

    def clear(self) -> None:
        """Select no samples."""
        if self._session.state.against.brushed:
            self._change(brushed=())

    def select_near(self, x: float, y: float, reach: tuple[float, float]) -> None:
        """Look at the sample closest to a point, within ``reach`` of it; at none of them where there is none."""
        picture = self._session.state.against.picture
        row = None if picture is None else nearest(picture, x, y, reach)
        if row is not None:
            self._session.select_row(row)

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.data is not old.data or new.events is not old.events:
            self._moved_on.emit()

    def _follow(self) -> None:
        """Other data: the same two channels where there are such; other events: the same picture, marked anew."""
        state = self._session.state
        against, data = state.against, state.data
        if data is against.of:
            self._make()
            return
        if not isinstance(data, Telemetry):
            self._update(against=AgainstState(asked=Asked(room=against.asked.room), making=against.making))
            return
        known = against.of
        same = known is not None and known.names == data.names and np.array_equal(known.time, data.time)
        if same:
            self._change(of=data)
        else:
            self._update(against=AgainstState(data, Asked(room=against.asked.room), making=against.making))
        self._make()

    def _ask(self, **changes: object) -> None:
        state = self._session.state.against
        asked = replace(state.asked, **changes)  # type: ignore[arg-type]  # by name
        other = (asked.x, asked.y) != (state.asked.x, state.asked.y)
        self._change(asked=asked, picture=None if other else state.picture)
        self._make()

    def _make(self) -> None:
        """Make the picture in a thread; one at a time, and always of what was asked last."""
        state = self._session.state
        data = state.data
        if (
            not self._looked_at
            or not isinstance(data, Telemetry)
            or state.against.making
            or state.against.of is not data
        ):
            return
        self._change(making=True)
        doing = partial(_made, data, state.events, state.against.asked, self._chosen.get(data.names))
        self._bridge.run_beside(without_progress(doing), partial(self._on_made, data, state.events))

    def _on_made(self, data: Telemetry, events: object, made: tuple[Asked, AgainstPicture | None]) -> None:
        asked, picture = made
        state = self._session.state
        if state.data is not data:
            self._change(making=False)
            self._make()
            return
        now = state.against.asked
        if not now.x:  # what was chosen for the data
            now = replace(now, x=asked.x, y=asked.y)
        up_to_date = now == asked and state.events is events
        self._change(making=False, asked=now, picture=picture if (now.x, now.y) == (asked.x, asked.y) else None)
        if not up_to_date:
            self._make()

    def _change(self, **changes: object) -> None:
        self._update(against=replace(self._session.state.against, **changes))  # type: ignore[arg-type]  # by name


def _made(
    data: Telemetry, events: tuple[Event, ...], asked: Asked, before: tuple[str, str] | None
) -> tuple[Asked, AgainstPicture | None]:
    if not asked.x and not asked.y:
        x, y = before or first_choice(data)
        asked = replace(asked, x=x, y=y)
    return asked, against_picture(data, events, asked)
