"""What the session does about telemetry: labels are loaded beside it, and datasets of HDF5 files are chosen."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject

from desktop_app.core.errors import DatasetsUnclear, ReadError, UserError
from desktop_app.core.progress import Report
from desktop_app.core.telemetry import Telemetry
from desktop_app.ui import work
from desktop_app.ui.bridge import Bridge, Take, without_progress
from desktop_app.ui.looking import inspection_of
from desktop_app.ui.state import AppState
from desktop_app.ui.telemetry.telemetry_picture import TelemetryPicture, same_samples, telemetry_picture
from desktop_app.ui.undo import Choice
from desktop_app.ui.words import counted

if TYPE_CHECKING:
    from desktop_app.io.telemetry.hdf5_choice import Chosen
    from desktop_app.io.telemetry.hdf5_tree import Tree
    from desktop_app.ui.session import Session

_HDF5 = b"\x89HDF\r\n\x1a\n"
_HEAD_BYTES = 8200
Update = Callable[..., None]
Start = Callable[[Literal["open", "detect"], str, Callable[[Report], object], Take], None]


@dataclass(frozen=True, eq=False)
class Preview:
    """A dataset that was read to be looked at; ``problem`` says why it could not be."""

    chosen: "Chosen"
    data: Telemetry | None = None
    picture: TelemetryPicture | None = None
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Layout:
    """The tree of an HDF5 file, and the datasets that belong together by their names; ``problem`` as above."""

    tree: "Tree | None" = None
    sets: "tuple[Chosen, ...]" = ()
    problem: str = ""


class TelemetryVerbs(QObject):
    """Follows the session's state and changes it; the window calls the verbs."""

    def __init__(self, session: "Session", bridge: Bridge, update: Update, start: Start, take: Take) -> None:
        super().__init__(session)
        self._session, self._bridge = session, bridge
        self._update, self._start, self._take = update, start, take
        self._unclear: Path | None = None
        self._label_files: dict[Path, Path] = {}
        session.changed.connect(self._on_changed)
        bridge.failed.connect(self._on_failed)

    # Labels

    def load_labels(self, path: Path) -> None:
        """Take the labels that the file ``path`` has for the data shown; they stay for the other parts of the file."""
        data = self._session.state.data
        if isinstance(data, Telemetry):
            doing = partial(_labelled, data, path)
            self._start("open", f"Loading {path.name}", doing, partial(self._on_labelled, data, path))

    def _on_labelled(self, old: Telemetry, path: Path, new: Telemetry) -> None:
        if old.source.path is not None:
            self._label_files[old.source.path] = path
        self._session.undo_stack.push(Choice("Labels", -1, self._apply, old, new))
        more = len(new.labels) - len(old.labels)
        said = f"{counted(more, 'label')} of {path.name} loaded." if more else f"{path.name} has no further labels."
        self._session.notify("info", said)

    def _apply(self, data: Telemetry) -> None:
        state = self._session.state
        detection = None if state.detection is None else replace(state.detection, data=data)
        marking = None if detection is None else work.marked(data, state.events)
        moved = replace(state, data=data, detection=detection, marking=marking)
        inspection = inspection_of(moved, moved.selection)
        self._update(data=data, detection=detection, marking=marking, inspection=inspection)

    def _on_changed(self, old: AppState, new: AppState) -> None:
        """Another part of a file whose labels were loaded: its own labels come as well."""
        data = new.data
        if data is not old.data:
            self._unclear = None
        if data is old.data or not isinstance(data, Telemetry) or data.source.path is None:
            return
        path = self._label_files.get(data.source.path)
        same = same_samples(old.data if isinstance(old.data, Telemetry) else None, data)
        if path is not None and not same:
            doing = without_progress(partial(_labelled_if_any, data, path))
            self._bridge.run_beside(doing, partial(self._on_labelled_quietly, data))

    def _on_labelled_quietly(self, old: Telemetry, new: Telemetry) -> None:
        if self._session.state.data is old and new is not old:
            self._apply(new)

    # Datasets

    @property
    def to_choose_from(self) -> Path | None:
        """The file whose datasets can be chosen: the one that was refused for want of it, or the one shown."""
        if self._unclear is not None:
            return self._unclear
        data = self._session.state.data
        path = data.source.path if isinstance(data, Telemetry) else None
        return path if path is not None and _is_hdf5(path) else None

    def fetch_layout(self, path: Path, take: Callable[[Layout], None]) -> None:
        """Read the tree of ``path`` in a thread, and hand it to ``take``."""
        self._bridge.run_beside(without_progress(partial(_layout, path)), take)

    def fetch_preview(self, path: Path, chosen: "Chosen", take: Callable[[Preview], None]) -> None:
        """Read a few datasets in a thread, and hand what is drawn of them to ``take``."""
        self._bridge.run_beside(without_progress(partial(_preview, path, chosen)), take)

    def choose(self, path: Path, chosen: "Chosen") -> None:
        """Show the datasets that were chosen."""
        self._start("open", f"Opening {path.name}", partial(_chosen, path, chosen), self._take)

    def _on_failed(self, error: Exception) -> None:
        """A file without channels that can be told by their names is for a person to choose from."""
        self._unclear = error.path if isinstance(error, DatasetsUnclear) else None
        notice = self._session.state.notice
        if self._unclear is not None and notice is not None:
            self._update(notice=replace(notice, action="choose_datasets"))


def _labelled(data: Telemetry, path: Path, report: Report) -> Telemetry:
    report(0.0, f"Reading {path.name}")
    with work.one_importer:
        from desktop_app.io.telemetry.labels import load_labels

    return load_labels(data, path)


def _labelled_if_any(data: Telemetry, path: Path) -> Telemetry:
    """``data`` with its labels; as it is where the file has none about it."""
    from desktop_app.io.telemetry.labels import load_labels

    try:
        return load_labels(data, path)
    except ReadError:
        return data


@lru_cache(maxsize=64)
def _is_hdf5(path: Path) -> bool:
    """Whether the file begins as HDF5 does, perhaps behind a block of its user's."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    return any(head.startswith(_HDF5, at) for at in (0, 512, 1024, 2048, 4096, 8192))


def _layout(path: Path) -> Layout:
    with work.one_importer:
        from desktop_app.io.telemetry.hdf5_choice import candidates
        from desktop_app.io.telemetry.hdf5_tree import tree

    try:
        found = tree(path)
    except UserError as error:
        return Layout(problem=str(error))
    return Layout(found, tuple(candidate.chosen for candidate in candidates(found)))


def _preview(path: Path, chosen: "Chosen") -> Preview:
    with work.one_importer:
        from desktop_app.io.telemetry.hdf5 import read_hdf5

    try:
        data = read_hdf5(path, chosen)
    except UserError as error:
        return Preview(chosen, problem=error.message)
    return Preview(chosen, data, telemetry_picture(data))


def _chosen(path: Path, chosen: "Chosen", report: Report) -> work.Loaded:
    report(0.0, f"Reading {path.name}")
    with work.one_importer:
        from desktop_app.io.telemetry.hdf5 import read_hdf5

    data = read_hdf5(path, chosen)
    report(0.7, f"Drawing {path.name}")
    return work.loaded_of(data)
