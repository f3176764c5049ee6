"""What the session does about headers: the file shown is looked into in a thread, once somebody wants to see it."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.core.data import Dataset
from desktop_app.ui.bridge import Bridge, without_progress
from desktop_app.ui.work import look_inside

if TYPE_CHECKING:
    from desktop_app.engine.inside import Inside
    from desktop_app.ui.session import Session


class InsideVerbs(QObject):
    """Fills ``state.inside``."""

    def __init__(self, session: "Session", bridge: Bridge, update: Callable[..., None]) -> None:
        super().__init__(session)
        self._session, self._bridge, self._update = session, bridge, update
        self._asked: Dataset | None = None
        bridge.failed.connect(self._on_failed)

    def look(self) -> None:
        """Look into the file shown, where nobody did yet."""
        data = self._session.state.data
        if data is None or self._session.state.inside is not None or data is self._asked:
            return
        self._asked = data
        doing = without_progress(partial(look_inside, data))
        self._bridge.run_beside(doing, partial(self._on_looked, data), files=True)

    def _on_looked(self, data: Dataset, inside: "Inside") -> None:
        if self._asked is data:
            self._asked = None
        if self._session.state.data is data:
            self._update(inside=inside)

    def _on_failed(self, _error: Exception) -> None:
        self._asked = None
