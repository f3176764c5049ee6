"""What the session does about files of many parts: looks at each for the list, and detects in all in one job."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PySide6.QtCore import QObject

from desktop_app.core.data import Dataset
from desktop_app.core.errors import UserError
from desktop_app.core.params import Params
from desktop_app.core.progress import Report, part
from desktop_app.core.pyramid import build_pyramid
from desktop_app.core.telemetry import Telemetry
from desktop_app.ui import work
from desktop_app.ui.bridge import Bridge, Take
from desktop_app.ui.telemetry.parts import LEAST_PARTS, NO_PARTS, PartFound, PartLook, Parts
from desktop_app.ui.telemetry.thumbs import Thumb, shares, thumb_of, with_marks
from desktop_app.ui.words import counted

if TYPE_CHECKING:
    from desktop_app.core.quality import Preset
    from desktop_app.ui.session import Session

_LOOKED_S = 5.0
"""How long parts are read for the list alone; of larger files the rest is read as they are detected in."""
Update = Callable[..., None]
Start = Callable[[Literal["open", "detect"], str, Callable[[Report], object], Take], None]

_log = logging.getLogger("peculiar")


@dataclass(frozen=True, eq=False)
class Asked:
    """What is run on every part."""

    path: Path
    names: tuple[str, ...]
    detector: str
    settings: Params | None
    threshold: float
    preset: "Preset"


@dataclass(frozen=True, eq=False)
class OpenedFound:
    """A part that was opened together with what was found in it before."""

    loaded: work.Loaded
    detected: work.Detected


class PartsVerbs(QObject):
    """Follows the session's state and changes it; panels call the verbs."""

    def __init__(
        self, session: "Session", bridge: Bridge, update: Update, start: Start, take: Callable[..., None]
    ) -> None:
        super().__init__(session)
        self._session, self._bridge = session, bridge
        self._update, self._start, self._take = update, start, take
        self._arrived: SimpleQueue[tuple[Asked, str, PartLook | None, PartFound]] = SimpleQueue()
        self._asked: Asked | None = None
        bridge.progressed.connect(self._on_progressed)

    # Verbs

    def run(self) -> None:
        """Detect in every part of the file shown."""
        state = self._session.state
        if state.busy is not None or not state.parts.names or state.parts.path is None or state.spec is None:
            return
        names, path = state.parts.names, state.parts.path
        asked = Asked(path, names, state.spec.name, state.settings, state.threshold, state.preset)
        self._asked = asked
        changed = (state.parts.detector, state.parts.settings) != (asked.detector, asked.settings)
        known = {} if changed or state.parts.threshold != asked.threshold else state.parts.found
        parts = replace(
            state.parts, found=known, detector=asked.detector, settings=asked.settings, threshold=asked.threshold
        )
        self._update(parts=parts)
        doing = partial(_found_in_all, asked, self._arrived)
        self._start("detect", f"Detecting in {counted(len(names), 'part')}", doing, self._on_all_found)

    def open_found(self, name: str) -> bool:
        """Open a part together with what was found in it; whether anything was, with what is chosen now."""
        state = self._session.state
        parts, path = state.parts, state.parts.path
        same = state.spec is not None and (state.spec.name, state.settings) == (parts.detector, parts.settings)
        if path is None or name not in parts.found or parts.found[name].problem or not same:
            return False
        run = partial(work.run_detector, name=parts.detector, settings=parts.settings, threshold=state.threshold)
        doing = partial(_opened, path, name, state.preset, run)
        self._start("open", f"Opening {name}", doing, self._on_opened)
        return True

    # Following the session

    def for_data(self, data: Dataset) -> dict[str, Any]:
        """What changes in the state as ``data`` are shown: the parts of another file, which are then looked at."""
        source, parts = data.source, self._session.state.parts
        if not isinstance(data, Telemetry) or source.path is None or len(source.parts) < LEAST_PARTS:
            return {"parts": NO_PARTS}
        if (parts.path, parts.names) == (source.path, source.parts):
            return {}
        doing = partial(_looked_at, source.path, source.parts, self._session.state.preset)
        self._bridge.run_beside(doing, partial(self._on_looked_at, source.path), files=True)
        return {"parts": Parts(source.path, source.parts)}

    def take_arrived(self) -> None:
        """Show what was found in parts since the last time, in one change of the state."""
        if self._arrived.empty():
            return
        parts = self._session.state.parts
        looks, found = dict(parts.looks), dict(parts.found)
        while True:
            try:
                asked, name, look, result = self._arrived.get_nowait()
            except Empty:
                break
            if asked is self._asked and parts.path == asked.path:
                found[name] = result
                if look is not None:
                    looks[name] = look
        self._update(parts=replace(parts, looks=looks, found=found))

    def _on_looked_at(self, path: Path, looks: dict[str, PartLook]) -> None:
        parts = self._session.state.parts
        if parts.path == path:
            self._update(parts=replace(parts, looks={**looks, **parts.looks}))

    def _on_progressed(self, _event: object) -> None:
        self.take_arrived()

    def _on_all_found(self, seconds: float) -> None:
        self.take_arrived()
        parts = self._session.state.parts
        if parts.path is None:
            return
        found = parts.found.values()
        events = sum(one.events for one in found)
        _log.info(
            "%s: %s in %s, %.1f s.", parts.path.name, counted(events, "event"), counted(len(found), "part"), seconds
        )
        for name, one in parts.found.items():
            for note in (one.problem, *one.notes):
                if note:
                    _log.info("%s: %s", name, note)
        if self._session.state.detection is None:
            self._session.run()
        self._session.notify("info", _summary(parts), _against_truth(parts))

    def _on_opened(self, opened: OpenedFound) -> None:
        self._take(opened.loaded, run=False)
        self._session.detecting.take(opened.detected)


def _summary(parts: Parts) -> str:
    broken = sum(bool(one.problem) for one in parts.found.values())
    events = sum(one.events for one in parts.found.values())
    on = sum(one.events > 0 for one in parts.found.values())
    more = f" {counted(broken, 'part')} could not be looked at; the log says why." if broken else ""
    return f"{counted(events, 'event')} in {on:,} of {counted(len(parts.found), 'part')}.{more}"


def _against_truth(parts: Parts) -> str:
    known = [one for one in parts.found.values() if one.labelled]
    if not known:
        return ""
    hits, missed, false = (sum(getattr(one, name) for one in known) for name in ("hits", "missed", "false"))
    return f"Of {counted(hits + missed, 'label')} {hits:,} hit, {missed:,} missed; {counted(false, 'event')} on none."


def _looked_at(path: Path, names: Sequence[str], preset: "Preset", report: Report) -> dict[str, PartLook]:
    """The parts as lists show them, as many as can be read in a moment."""
    started, looks = monotonic(), {}
    for place, name in enumerate(names):
        report(place / len(names), name)
        if monotonic() - started > _LOOKED_S:
            break
        try:
            looks[name] = _look(_read(path, name, preset))
        except UserError as error:
            _log.debug("%s of %s cannot be read: %s", name, path.name, error)
    return looks


def _found_in_all(
    asked: Asked, arrived: "SimpleQueue[tuple[Asked, str, PartLook | None, PartFound]]", report: Report
) -> float:
    """Detect in each part, and hand over what was found as it is; the seconds it took."""
    started, n = monotonic(), len(asked.names)
    for place, name in enumerate(asked.names):
        told = part(report, place / n, (place + 1) / n)
        told(0.0, f"{name}, {place + 1} of {n}")
        arrived.put((asked, name, *_found_in(asked, name, told)))
    report(1.0, "Done")
    return monotonic() - started


def _found_in(asked: Asked, name: str, report: Report) -> tuple[PartLook | None, PartFound]:
    def named(done: float, text: str) -> None:
        report(done, f"{name}: {text}")

    try:
        data = _read(asked.path, name, asked.preset)
        detected = work.run_detector(data, asked.detector, asked.settings, asked.threshold, named)
    except UserError as error:
        return None, PartFound(problem=str(error))
    look, flagged = _look(data), detected.flagged
    scores = flagged.detection.scores
    finite = scores.values[np.isfinite(scores.values)]
    marking = flagged.marking
    return look, PartFound(
        top=float(finite.max()) if finite.size else float("nan"),
        events=len(flagged.events),
        hits=marking.hits if marking else 0,
        missed=marking.missed if marking else 0,
        false=marking.false if marking else 0,
        labelled=marking is not None,
        thumb=None if look.thumb is None else with_marks(look.thumb, shares(data, flagged.events)),
        notes=scores.notes,
    )


def _read(path: Path, name: str, preset: "Preset") -> Telemetry:
    with work.one_importer:
        from desktop_app import io

    data = io.open_file(path, part=name, quality=preset)
    if not isinstance(data, Telemetry):
        raise UserError(f"{name} is no telemetry.", hint="Open it by itself.")
    return data


def _look(data: Telemetry) -> PartLook:
    measured = [place for place, channel in enumerate(data.channels) if channel.role == "measured"]
    thumb: Thumb | None = None
    spread = float("nan")
    if measured and len(data):
        series = build_pyramid(data.time, data.values[:, measured[0]])
        if len(series):
            heights = float(series.values.min()), float(series.values.max())
            thumb = thumb_of(series, (float(data.time[0]), float(data.time[-1])), heights)
            with np.errstate(over="ignore", invalid="ignore"):
                spread = float(series.values.std())
    return PartLook(len(data), len(data.channels), len(data.labels), spread, thumb)


def _opened(path: Path, name: str, preset: "Preset", run: Callable[..., work.Detected], report: Report) -> OpenedFound:
    """A part and what was found in it, which the cache knows."""
    loaded = work.load(path, name, preset, part(report, 0.0, 0.6))
    data = loaded.data
    if not isinstance(data, Telemetry):
        raise UserError(f"{name} is no telemetry.", hint="Open it by itself.")
    return OpenedFound(loaded, run(data, report=part(report, 0.6, 1.0)))
