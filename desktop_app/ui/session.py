"""The state of the window and the verbs that change it; panels show the one and call the other."""

import logging
import traceback
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Literal

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QUndoStack

from desktop_app.core.errors import UserError
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.params import Params
from desktop_app.core.quality import Preset
from desktop_app.core.timescales import TimeSystem
from desktop_app.engine.jobs import Progressed, Work
from desktop_app.ui import work
from desktop_app.ui.bridge import Bridge, Take, without_progress
from desktop_app.ui.columns.column_verbs import ColumnVerbs
from desktop_app.ui.detecting_verbs import DetectingVerbs
from desktop_app.ui.files.file_list import FileList
from desktop_app.ui.files.inside_verbs import InsideVerbs
from desktop_app.ui.files.stitching import offer, path_shown, pieces_of, stitched_entry
from desktop_app.ui.images.closer_verbs import NONE_CHOSEN, CloserVerbs
from desktop_app.ui.images.cutout_verbs import CutoutVerbs
from desktop_app.ui.images.cutting_verbs import CuttingVerbs
from desktop_app.ui.images.sky_facts import Placed, facts_at_once, placed_of, sky_of
from desktop_app.ui.injection.injection_verbs import InjectionVerbs
from desktop_app.ui.looking import inspection_of, opened, row_selected, stepped
from desktop_app.ui.pixels.pixel_verbs import PixelVerbs, aperture_of
from desktop_app.ui.replay.replay_verbs import ReplayVerbs
from desktop_app.ui.review.review_verbs import ReviewVerbs
from desktop_app.ui.scatter.map_verbs import MapVerbs
from desktop_app.ui.signals.signal_verbs import SignalVerbs
from desktop_app.ui.state import AppState, Busy, FileEntry, Notice, Selection
from desktop_app.ui.telemetry.against_verbs import AgainstVerbs
from desktop_app.ui.telemetry.parts import NO_PARTS
from desktop_app.ui.telemetry.parts_verbs import PartsVerbs
from desktop_app.ui.telemetry.telemetry_verbs import TelemetryVerbs
from desktop_app.ui.training.training_verbs import TrainingVerbs
from desktop_app.ui.undo import Choice
from desktop_app.ui.words import counted

RECENT = 12
_NOTHING_FOUND: dict[str, Any] = {
    "detection": None,
    "scores": None,
    "tracks": None,
    "spread": None,
    "chosen": NONE_CHOSEN,
    "events": (),
    "marking": None,
    "table": None,
    "selection": Selection(),
    "inspection": None,
}

_log = logging.getLogger("peculiar")


class Session(QObject):
    """What is open, what was found in it, and what is going on.

    Signals
    -------
    changed(AppState, AppState)
        Old and new; what is the same object in both did not change.
    """

    changed = Signal(object, object)

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._bridge = Bridge(self)
        self.files = FileList(settings, self._bridge, self)
        self._first_of: tuple[Path, ...] = ()
        self.inside = InsideVerbs(self, self._bridge, self._update)
        self._detect_when_shown: set[Path] = set()
        self.undo_stack = QUndoStack(self)
        recent = [Path(str(path)) for path in _as_list(settings.value("recent"))]
        self.state = AppState(recent=tuple(recent), run_on_open=settings.value("run_on_open") in (True, "true"))
        self._bridge.progressed.connect(self._on_progressed)
        self._bridge.ended.connect(self._on_ended)
        self._bridge.failed.connect(self._on_failed)
        self.pixels = PixelVerbs(self, self._bridge, self._update, self._start)
        self.columns = ColumnVerbs(self, self._bridge, self._update, self._start, self._on_loaded)
        self.cutouts = CutoutVerbs(self, self._bridge, self._update, self._start)
        self.cutting = CuttingVerbs(self, self._update, self._start, self._on_loaded)
        self.map = MapVerbs(self, self._update, self._start)
        self.closer = CloserVerbs(self, self._bridge, self._update)
        self.review = ReviewVerbs(self, self._update)
        self.signals = SignalVerbs(self, self._bridge, self._update)
        self.detecting = DetectingVerbs(self, settings, self._bridge, self._update, self._start)
        self.parts = PartsVerbs(self, self._bridge, self._update, self._start, self._on_loaded)
        self.telemetry = TelemetryVerbs(self, self._bridge, self._update, self._start, self._on_loaded)
        self.injection = InjectionVerbs(self, self._update, self._start, self._on_loaded)
        self.against = AgainstVerbs(self, self._bridge, self._update)
        self.replay = ReplayVerbs(self, self._update)
        self.training = TrainingVerbs(self, self._bridge, self._update)
        self.files.changed.connect(self._on_files_changed)
        self.files.found.connect(self._on_found)
        self.files.all_read.connect(self._on_all_listed)
        self.files.stale.connect(self._on_stale)
        self.files.told.connect(partial(self.notify, "warning"))

    # Files

    def open(self, paths: Sequence[Path], *, detect: bool = False) -> None:
        """Put files and folders on the list and show the first of the files."""
        if not paths:
            return
        paths = [path.absolute() for path in paths]
        files = [path for path in paths if not path.is_dir()]
        self.files.add(paths)
        self._remember(paths)
        if detect:
            self._detect_when_shown |= set(paths)
        if files:
            self.show(files[0])

    def show(self, path: Path) -> None:
        """Open ``path`` and draw it; what was shown before stays until then."""
        if self.cutting.show(path):
            self._update(path=path)
            return
        pieces = pieces_of(self.state.files, path)
        preset = self.state.preset
        doing = partial(work.load_stitched, pieces, preset) if pieces else partial(work.load, path, None, preset)
        self._start("open", f"Opening {path.name}", doing, self._on_loaded)
        self._update(path=path)

    def stitch(self, paths: Sequence[Path]) -> None:
        """Show several files of one object as one light curve, with an entry of its own on the list."""
        entry = stitched_entry(self.state.files, paths)
        doing = partial(work.load_stitched, entry.pieces, self.state.preset)
        text = f"Stitching {counted(len(entry.pieces), 'file')}"
        self._start("open", text, doing, partial(self._on_stitched, entry))

    def show_part(self, part: str) -> None:
        """Open another part of the file shown: an extension, a frame, a channel."""
        data = self.state.data
        if data is None or data.source.path is None or part == data.source.part:
            return
        if self.parts.open_found(part):
            return
        doing = partial(work.load, data.source.path, part, self.state.preset)
        self._start("open", f"Opening {part}", doing, self._on_loaded)

    def step_part(self, step: int) -> None:
        """Show the next or the previous part of the file."""
        source = self.state.data.source if self.state.data else None
        if source is None or source.part not in source.parts:
            return
        place = source.parts.index(source.part) + step
        if 0 <= place < len(source.parts):
            self.show_part(source.parts[place])

    def step_file(self, step: int) -> None:
        """Show the next or the previous file of the list."""
        paths = [entry.path for entry in self.state.files]
        if not paths:
            return
        place = paths.index(self.state.path) + step if self.state.path in paths else 0
        if 0 <= place < len(paths):
            self.show(paths[place])

    def close_file(self) -> None:
        """Take the file shown off the list."""
        path = self.state.path
        if path is None:
            return
        self.cancel()
        self.files.remove([path])
        self.undo_stack.clear()
        empty = {"data": None, "drawing": None, "curve": None, "picture": None, "frame": None, "aperture": None}
        self._update(path=None, inside=None, sky=None, parts=NO_PARTS, **empty, **_NOTHING_FOUND)

    def forget(self, paths: Sequence[Path]) -> None:
        """Take files and whole folders off the list; the one shown is closed if it is among them."""
        shown = self.state.path
        self.files.remove(paths)
        if shown is not None and all(entry.path != shown for entry in self.state.files):
            self.close_file()

    def reload(self) -> None:
        """Read the file shown once more."""
        data, path = self.state.data, self.state.path
        if data is None or path is None:
            return
        if path != data.source.path or pieces_of(self.state.files, path):
            self.show(path)
            return
        doing = partial(work.load, path, data.source.part or None, self.state.preset)
        self._start("open", f"Opening {path.name}", doing, self._on_loaded)

    # Detection

    def run(self) -> None:
        """Detect in the curve or the telemetry shown."""
        self.detecting.run()

    def cancel(self) -> None:
        """Stop what runs; everything is as before."""
        busy = self.state.busy
        if self._bridge.cancel() and busy is not None:
            self._update(busy=None, path=self._path_shown(), aperture=aperture_of(self.state.data))
            self.parts.take_arrived()
            _log.info("Cancelled: %s.", busy.text)

    def load_detector(self, name: str = "") -> None:
        """Choose a detector for the kind of data shown, by default that of last time; its settings start anew."""
        self.detecting.load(name, self.state.looks)

    def set_settings(self, settings: Params) -> None:
        """What the detector runs with from now on."""
        self._update(settings=settings)

    def set_threshold(self, threshold: float) -> None:
        """From which score on rows are flagged, in the unit of the detector; no detector runs."""
        self.detecting.set_threshold(threshold)

    def set_run_on_open(self, on: bool) -> None:
        """Whether a file is detected as soon as it is shown."""
        self._settings.setValue("run_on_open", on)
        self._update(run_on_open=on)

    def detect_when_shown(self, path: Path) -> None:
        """Detect in ``path`` whenever it is shown from now on."""
        self._detect_when_shown.add(path)

    # Looking

    def select_event(self, place: int | None, *, centred: bool = True) -> None:
        """Look at the event at ``place``, or at none; the curve moves there where ``centred``."""
        if place is None or not 0 <= place < len(self.state.events):
            self._update(selection=Selection(), inspection=None)
            return
        selection = Selection(place, self.state.events[place].peak, centred)
        self._update(selection=selection, inspection=inspection_of(self.state, selection))

    def select_row(self, row: int, *, training: bool = False, channel: str | None = None) -> None:
        """Look at one row of the data, or of their training stretch; at its event, where ``channel`` has one there."""
        selection = Selection(None, row, training=True) if training else row_selected(self.state, row, channel)
        self._update(selection=selection, inspection=inspection_of(self.state, selection))

    def step_event(self, step: int) -> None:
        """Look at the next or previous event: from the one selected, or from the first or last."""
        n, place = len(self.state.events), self.state.selection.event
        if n:
            self.select_event((0 if step > 0 else n - 1) if place is None else (place + step) % n)

    def step_row(self, step: int, *, centred: bool = True) -> None:
        """Look at the next or previous usable cadence, also in an event; the curve moves there where ``centred``."""
        selection = stepped(self.state, step, centred=centred)
        if selection is not None:
            self._update(selection=selection, inspection=inspection_of(self.state, selection))

    def set_wcs(self, key: str) -> None:
        """By which WCS of its header the picture is placed on the sky: "" for the first, "A" to "Z" for alternates."""
        data = self.state.data
        if data is not None and sky_of(data) is not None:
            self._bridge.run_beside(without_progress(partial(placed_of, data, key)), self._on_placed)

    def set_system(self, system: TimeSystem) -> None:
        """How times are shown."""
        moved = replace(self.state, system=system)
        self._update(system=system, inspection=inspection_of(moved, moved.selection))

    def set_flux(self, name: str) -> None:
        """Which column is looked at."""
        data = self.state.curve
        if data is not None and name != data.flux_name:
            self.undo_stack.push(Choice("Flux column", -1, self._apply_flux, data.flux_name, name))

    def set_preset(self, preset: Preset) -> None:
        """Which QUALITY bits hide a row."""
        if preset != self.state.preset:
            self.undo_stack.push(Choice("Quality preset", -1, self._apply_preset, self.state.preset, preset))

    # Telling

    def notify(self, level: Literal["info", "warning", "error"], text: str, hint: str = "", details: str = "") -> None:
        """Show a line above the curve, and keep it in the log."""
        grade = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}[level]
        _log.log(grade if level != "error" or details else logging.INFO, "%s", f"{text} {hint}".strip())
        self._update(notice=Notice(level, text, hint, details))

    def dismiss(self) -> None:
        """Take the notice away."""
        self._update(notice=None)

    def export(self, path: Path) -> None:
        """Write the events shown, in the format that the suffix names."""
        table = self.state.table
        if table is None:
            return
        from desktop_app.export import write_events

        try:
            written = write_events(table, path)
        except UserError as error:
            self.notify("error", error.message, error.hint)
            return
        names = " and ".join(file.name for file in written)
        self.notify("info", f"{counted(len(table), 'event')} written to {names} in {path.parent}.")

    def close(self) -> None:
        """Cancel everything and wait for the threads to end."""
        self.files.stop()
        self.training.close()
        self.replay.close()
        self.review.close()
        self._bridge.close()

    # Jobs

    def _start(self, what: Literal["open", "detect", "inject"], text: str, doing: Work, take: Take) -> None:
        """Run ``doing`` in place of whatever runs."""
        self._bridge.run(doing, take)
        now = monotonic()
        self._update(busy=Busy(what, text, float("nan"), now, now), notice=None)

    def _on_progressed(self, event: Progressed) -> None:
        if self.state.busy is not None:
            self._update(busy=replace(self.state.busy, text=event.text, done=event.done, told_s=monotonic()))

    def _on_ended(self) -> None:
        self._update(busy=None)

    def _on_failed(self, error: Exception) -> None:
        self.detecting.stop_flagging()
        self._update(path=self._path_shown(), aperture=aperture_of(self.state.data))
        self.tell_error(error)

    def tell_error(self, error: Exception) -> None:
        """Show ``error`` as a notice: a user's error as its sentence, a bug with its traceback to copy."""
        if isinstance(error, UserError):
            self.notify("error", error.message, error.hint)
            return
        details = "".join(traceback.format_exception(error))
        text = f"Something went wrong inside Peculiar: {type(error).__name__}."
        self.notify("error", text, "Copy the details into a bug report; you can go on working.", details)

    def _path_shown(self) -> Path | None:
        return path_shown(self.state.data, self.state.files)

    # Results

    def _on_loaded(self, loaded: work.Loaded, *, run: bool = True) -> None:
        data, path = loaded.data, path_shown(loaded.data, self.state.files)
        self.undo_stack.clear()
        systems = loaded.curve.reference.systems() if loaded.curve else ()
        system = self.state.system if self.state.system in systems else TimeSystem.NATIVE
        kind = {**self.detecting.for_data(data), **self.parts.for_data(data)}
        self._update(path=path, system=system, **_shown_of(loaded), **_NOTHING_FOUND, **kind)
        if (sky := facts_at_once(data, self.state.sky)) is not self.state.sky:
            self._update(sky=sky)
        if sky is None and sky_of(data) is not None:
            self._bridge.run_beside(without_progress(partial(placed_of, data)), self._on_placed)
        _log.info("%s", opened(loaded))
        for note in data.source.notes:
            _log.info("%s: %s", path.name if path else data.source.object_name, note)
        if loaded.picture is not None and not len(loaded.picture.flux):
            self.notify("warning", "This file has no row to look at.", "Try a milder quality preset or another flux.")
        elif run and (self.state.run_on_open or path in self._detect_when_shown):
            self.run()  # does nothing where there is nothing for a detector to look at

    def _on_stitched(self, entry: FileEntry, loaded: work.Loaded) -> None:
        self.files.merge([entry])
        self._on_loaded(loaded)

    def show_summed(self, loaded: work.Loaded) -> None:
        """Show the curve of another aperture; the cadence looked at stays."""
        row = self.state.selection.row
        self._update(**_shown_of(loaded), **_NOTHING_FOUND)
        _log.info("%s", opened(loaded))
        if row is not None:
            self.select_row(row)

    def _on_placed(self, placed: Placed) -> None:
        if sky_of(self.state.data) is placed.sky:
            known = replace(self.state, sky=placed.facts)
            self._update(sky=placed.facts, inspection=inspection_of(known, known.selection))
            for note in placed.facts.notes:
                _log.info("%s: %s", self.state.data.source.object_name if self.state.data else "", note)

    def _on_chosen(self, loaded: work.Loaded) -> None:
        again = self.state.detection is not None
        self._update(**_shown_of(loaded), **_NOTHING_FOUND)
        _log.info("%s", opened(loaded))
        if again:
            self.run()

    def _on_files_changed(self, files: tuple[FileEntry, ...]) -> None:
        self._update(files=files)
        if self._first_of:
            self._show_first()

    def _on_found(self, entries: Sequence[FileEntry], restored: bool) -> None:
        self._detect_when_shown |= {entry.path for entry in entries if entry.folder in self._detect_when_shown}
        if entries and not restored and self.state.path is None and self.state.busy is None:
            self._first_of = tuple(entry.path for entry in entries)
            self._show_first()

    def _show_first(self) -> None:
        """Show the first of the files just opened that is not known to be broken; the first where all are."""
        if not self._first_of or self.state.path is not None or self.state.busy is not None:
            self._first_of = ()
            return
        known = {entry.path: entry for entry in self.state.files}
        entries = [known[path] for path in self._first_of if path in known]
        first = next((entry for entry in entries if not entry.problem), entries[0] if entries else None)
        if first is not None and (first.summary is not None or first.problem):
            self._first_of = ()
            self.show(first.path)

    def _on_stale(self, paths: Sequence[Path]) -> None:
        shown = self.state.path
        if shown is not None and not {shown, *pieces_of(self.state.files, shown)}.isdisjoint(paths):
            text = f"{shown.name} has changed on disk; what is shown was read before."
            self._update(notice=Notice("info", text, action="reload"))

    def _on_all_listed(self, paths: Sequence[Path]) -> None:
        notice = offer(self.state.files, paths)
        if notice is not None and self.state.notice is None:
            self._update(notice=notice)

    def _remember(self, paths: Sequence[Path]) -> None:
        recent = tuple(dict.fromkeys([*paths, *self.state.recent]))[:RECENT]
        self._settings.setValue("recent", [str(path) for path in recent])
        self._update(recent=recent)

    # What follows from the state

    def _apply_flux(self, name: str) -> None:
        data = self.state.data
        if data is not None:
            doing = partial(work.choose, data, name, self.state.preset)
            self._start("open", f"Drawing {name}", doing, self._on_chosen)

    def _apply_preset(self, preset: Preset) -> None:
        self._update(preset=preset)
        data = self.state.data
        if data is not None and self.state.curve is not None:
            name = data.flux_name if isinstance(data, LightCurve) else None
            self._start("open", "Hiding rows", partial(work.choose, data, name, preset), self._on_chosen)

    def _update(self, **changes: Any) -> None:
        self._set(replace(self.state, **changes))

    def _set(self, new: AppState) -> None:
        old, self.state = self.state, new
        self.changed.emit(old, new)


def _shown_of(loaded: work.Loaded) -> dict[str, Any]:
    shown = {"data": loaded.data, "drawing": loaded.drawing, "curve": loaded.curve, "picture": loaded.picture}
    return {**shown, "aperture": aperture_of(loaded.data), "inside": None}


def _as_list(value: object) -> list[object]:
    """What QSettings kept: it reads a list of one as its only element, and an empty one as None."""
    return list(value) if isinstance(value, list | tuple) else [value] if value else []
