"""What the session does about cut-outs: a catalogue is joined to the stamps shown, and to the other parts of theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import ReadError
from desktop_app.core.progress import Report
from desktop_app.ui import work
from desktop_app.ui.bridge import Bridge, Take, without_progress
from desktop_app.ui.drawing import Drawing, drawing_of
from desktop_app.ui.state import AppState
from desktop_app.ui.undo import Choice

if TYPE_CHECKING:
    from desktop_app.ui.session import Session

Update = Callable[..., None]
Start = Callable[[Literal["open", "detect"], str, Callable[[Report], object], Take], None]


@dataclass(frozen=True, eq=False)
class Shown:
    """Stamps and what is drawn of them."""

    data: CutoutSet
    drawing: Drawing | None


class CutoutVerbs(QObject):
    """Follows the session's state and changes it; the window calls the verbs."""

    def __init__(self, session: "Session", bridge: Bridge, update: Update, start: Start) -> None:
        super().__init__(session)
        self._session, self._bridge = session, bridge
        self._update, self._start = update, start
        self._catalogues: dict[Path, Path] = {}
        self._applied: CutoutSet | None = None
        session.changed.connect(self._on_changed)

    def join_catalogue(self, path: Path) -> None:
        """Give the stamps shown the rows of the catalogue ``path``; it stays for the other parts of their folder."""
        state = self._session.state
        if isinstance(state.data, CutoutSet):
            old = Shown(state.data, state.drawing)
            doing = partial(_joined, state.data, path)
            self._start("open", f"Joining {path.name}", doing, partial(self._on_joined, old, path))

    def _on_joined(self, old: Shown, path: Path, new: Shown) -> None:
        if self._session.state.data is not old.data:
            return
        if old.data.source.path is not None:
            self._catalogues[old.data.source.path] = path
        self._session.undo_stack.push(Choice("Catalogue", -1, self._apply, old, new))
        self._session.notify("info", new.data.source.notes[-1])

    def _apply(self, shown: Shown) -> None:
        self._applied = shown.data
        self._update(data=shown.data, drawing=shown.drawing)

    def _on_changed(self, old: AppState, new: AppState) -> None:
        """Another part of a folder whose catalogue was chosen: its stamps get their rows as well."""
        data = new.data
        if data is old.data or data is self._applied or not isinstance(data, CutoutSet):
            return
        path = self._catalogues.get(data.source.path) if data.source.path else None
        if path is not None:
            doing = without_progress(partial(_joined_if_any, data, path))
            self._bridge.run_beside(doing, partial(self._on_joined_quietly, data))

    def _on_joined_quietly(self, old: CutoutSet, new: Shown) -> None:
        if self._session.state.data is old and new.data is not old:
            self._apply(new)


def _joined(data: CutoutSet, path: Path, report: Report) -> Shown:
    report(0.0, f"Reading {path.name}")
    with work.one_importer:
        from desktop_app.io.images.catalogue import read_catalogue
        from desktop_app.io.images.joining import with_catalogue

    joined = with_catalogue(data, read_catalogue(path))
    return Shown(joined, drawing_of(joined))


def _joined_if_any(data: CutoutSet, path: Path) -> Shown:
    """``data`` with its rows; as it is where the catalogue is gone meanwhile."""
    from desktop_app.io.images.catalogue import read_catalogue
    from desktop_app.io.images.joining import with_catalogue

    try:
        joined = with_catalogue(data, read_catalogue(path))
    except ReadError:
        return Shown(data, None)
    return Shown(joined, drawing_of(joined))
