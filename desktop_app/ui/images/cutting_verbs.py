"""What the session does about cutting: sources of a picture or of a folder become stamps to review, and lead back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.progress import Report, part
from desktop_app.core.sky_image import SkyImage
from desktop_app.engine.cutting_settings import Cutting
from desktop_app.io.images.folders import image_names
from desktop_app.io.images.triplets import stem_of
from desktop_app.io.reader import FileSummary
from desktop_app.paths import cache_folder
from desktop_app.ui import work
from desktop_app.ui.bridge import Take
from desktop_app.ui.state import CutFrom, FileEntry
from desktop_app.ui.words import counted

if TYPE_CHECKING:
    from desktop_app.ui.session import Session

Start = Callable[[Literal["open"], str, Callable[[Report], object], Take], None]
_ONE_OF_MANY = Cutting(one="best")


class CuttingVerbs(QObject):
    """Shows stamps that were cut, with an entry of their own on the list of files."""

    def __init__(self, session: "Session", update: Callable[..., None], start: Start, take: Take) -> None:
        super().__init__(session)
        self._session, self._update, self._start, self._take = session, update, start, take

    def cut_sources(self, cutting: Cutting | None = None) -> None:
        """Show the sources of the picture shown as stamps."""
        data = self._session.state.data
        if isinstance(data, SkyImage) and data.source.path is not None:
            path, of = data.source.path, data.source.part
            self._open(path.parent, path.name, CutFrom(path, of, cutting or Cutting()))

    def scan(self, folder: Path, cutting: Cutting | None = None) -> None:
        """Show the objects of all pictures of a folder as stamps, each object once."""
        if not image_names(folder):
            text = f"{folder.name} holds no FITS images."
            self._session.notify("info", text, "Choose a folder of pictures of the sky.")
            return
        self._open(folder, folder.name, CutFrom(folder, "", cutting or _ONE_OF_MANY))

    def show(self, path: Path) -> bool:
        """Show the entry ``path`` where it was cut from something; whether it was."""
        entry = next((entry for entry in self._session.state.files if entry.path == path), None)
        if entry is None or entry.cut is None:
            return False
        self._begin(entry, entry.cut)
        return True

    def show_place(self, place: int) -> bool:
        """Go back to the picture that the stamp at ``place`` was cut from; whether there is one."""
        data, state = self._session.state.data, self._session.state
        entry = next((entry for entry in state.files if data is not None and entry.path == data.source.path), None)
        if entry is None or entry.cut is None or not isinstance(data, CutoutSet):
            return False
        if not {"x", "y"} <= set(data.columns):
            return False
        path = _picture_of(entry.cut, data.labels["frame"][place] if "frame" in data.labels else "")
        if path is None:
            return False
        aimed = (float(data.columns["x"].values[place]), float(data.columns["y"].values[place]))
        doing = partial(work.load, path, entry.cut.part or None, state.preset)
        self._start("open", f"Opening {path.name}", doing, partial(self._on_back, path, aimed))
        return True

    def _open(self, folder: Path, name: str, cut: CutFrom) -> None:
        taken = {entry.path for entry in self._session.state.files if entry.cut != cut}
        said = f"sources of {name}{f' {cut.part}' if cut.part else ''}".replace("/", "∕")
        names = [said, *(f"{said} ({number})" for number in range(2, len(taken) + 3))]
        path = next(folder / free for free in names if folder / free not in taken)
        self._begin(FileEntry(path, pieces=(cut.path,), cut=cut), cut)

    def _begin(self, entry: FileEntry, cut: CutFrom) -> None:
        self._start("open", f"Cutting {cut.path.name}", partial(_cut, entry.path, cut), partial(self._on_cut, entry))

    def _on_cut(self, entry: FileEntry, loaded: work.Loaded) -> None:
        data = loaded.data
        assert isinstance(data, CutoutSet)
        _, ny, nx = data.images.shape
        summary = FileSummary(entry.path, "cutouts", data.source.object_name, rows=len(data), shape=(ny, nx))
        self._session.files.merge([replace(entry, summary=summary)])
        scanned = entry.cut is not None and entry.cut.path.is_dir()
        if scanned:
            self._session.detect_when_shown(entry.path)
        self._take(loaded)
        text = f"{counted(len(data), 'stamp')} of {nx} × {ny} pixels were cut."
        ranked = "They are being ranked" if scanned else "Press Run to rank them"
        self._session.notify("info", text, f"{ranked}; a double click goes back to the picture.")

    def _on_back(self, path: Path, aimed: tuple[float, float], loaded: work.Loaded) -> None:
        self._session.files.merge([FileEntry(path)])
        self._take(loaded)
        self._update(aimed=aimed)


def _cut(path: Path, cut: CutFrom, report: Report) -> work.Loaded:
    """The stamps, as if they were a file called ``path``."""
    report(0.0, f"Reading {cut.path.name}")
    with work.one_importer:
        from desktop_app.engine.cache import CUTS
        from desktop_app.engine.cutting import cutouts_of
        from desktop_app.io import open_file
    if cut.path.is_dir():
        # What was cut stays, so that a scan that was ended goes on where it was.
        data = cutouts_of(cut.path, cut.cutting, part(report, 0.0, 0.95), kept_in=cache_folder() / CUTS)
    else:
        image = open_file(cut.path, part=cut.part or None)
        assert isinstance(image, SkyImage), "a picture was cut"
        data = cutouts_of(image, cut.cutting, part(report, 0.2, 0.95))
    report(0.95, "Drawing")
    return work.loaded_of(
        replace(data, source=replace(data.source, path=path, part="", parts=(), object_name=path.name))
    )


def _picture_of(cut: CutFrom, frame: str) -> Path | None:
    """The file that a frame of the cut was in, as `cutouts_of` names frames."""
    if not cut.path.is_dir():
        return cut.path
    return _frames_of(cut.path, image_names(cut.path)).get(frame)


def _frames_of(folder: Path, names: Sequence[str]) -> dict[str, Path]:
    """Frames by their names: the stem of the file, with its number where another one has that stem as well."""
    frames: dict[str, Path] = {}
    for number, name in enumerate(names, 1):
        stem = stem_of(name)
        frames[stem if stem not in frames else f"{stem} ({number})"] = folder / name
    return frames
