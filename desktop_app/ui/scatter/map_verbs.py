"""What the session does about the map of objects: a layout that takes time is made in a thread."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject

from desktop_app.core.detection import Scores
from desktop_app.core.progress import Report
from desktop_app.ui import work
from desktop_app.ui.bridge import Take
from desktop_app.ui.scatter.map_view import MapView

if TYPE_CHECKING:
    from desktop_app.ui.session import Session

Start = Callable[[Literal["open"], str, Callable[[Report], object], Take], None]


class MapVerbs(QObject):
    """Fills ``state.map``."""

    def __init__(self, session: "Session", update: Callable[..., None], start: Start) -> None:
        super().__init__(session)
        self._session, self._update, self._start = session, update, start

    def lay_out(self) -> None:
        """Place the objects by UMAP, where nobody did yet."""
        state = self._session.state
        detection = state.detection
        if detection is None or detection.scores.objects is None or state.map.of is detection.scores:
            return
        if state.busy is None:
            self._start("open", "Laying out the map", partial(_laid_out, detection.scores), self._take)

    def _take(self, made: MapView) -> None:
        self._update(map=made)


def _laid_out(scores: Scores, report: Report) -> MapView:
    from desktop_app.core.images.layout import umap_of

    report(float("nan"), "Laying out the map")
    assert scores.objects is not None, "objects are laid out"
    with work.one_importer:
        return MapView(scores, umap_of(scores.objects.space))
