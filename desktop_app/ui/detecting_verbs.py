"""What the session does about detection: chooses the detector, runs it, and flags from the threshold on."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PySide6.QtCore import QObject, QSettings

from desktop_app.core.data import Dataset, Seen
from desktop_app.core.detection import Detection
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.params import Params
from desktop_app.core.progress import Report
from desktop_app.core.telemetry import Telemetry
from desktop_app.core.vetting import ALONE, Company
from desktop_app.detectors import Looks, looks_of
from desktop_app.engine.company import CompanyBook
from desktop_app.ui import work
from desktop_app.ui.bridge import Bridge, Take, without_progress
from desktop_app.ui.looking import inspection_of, same_event
from desktop_app.ui.picture import ScorePicture
from desktop_app.ui.score_histogram import ScoreHistogram
from desktop_app.ui.score_scale import LIMITS, SIGMAS
from desktop_app.ui.telemetry.score_tracks import ScoreTracks
from desktop_app.ui.undo import Choice
from desktop_app.ui.words import counted

if TYPE_CHECKING:
    from desktop_app.ui.session import Session

FLAG_AT_ONCE = 50_000
"""Up to so many scores events are cut at once; more of them would hold up the window."""
OBJECTS_AT_ONCE = 500
"""The same for objects of pictures, of which each that is flagged is an event with an outline."""
Update = Callable[..., None]
Start = Callable[[Literal["detect"], str, Callable[[Report], object], Take], None]

_log = logging.getLogger("peculiar")


@dataclass(frozen=True)
class Chosen:
    """The detector of one kind of data, as it was left."""

    spec: DetectorSpec
    settings: Params
    threshold: float


class DetectingVerbs(QObject):
    """Changes the session's state; each kind of data keeps a detector of its own."""

    def __init__(self, session: "Session", settings: QSettings, bridge: Bridge, update: Update, start: Start) -> None:
        super().__init__(session)
        self._session, self._settings, self._bridge = session, settings, bridge
        self._update, self._start = update, start
        self._book = CompanyBook()
        self._flagging = False
        self._left: dict[Looks, Chosen] = {}

    # The detector

    def load(self, name: str, looks: Looks) -> None:
        """Choose the detector ``name`` of one kind, that of last time where it is "", and its default settings."""
        key = f"detector/{looks}"
        if name:
            self._settings.setValue(key, name)
        wanted = name or str(self._settings.value(key) or "")
        doing = partial(work.load_detector, wanted, looks)
        self._bridge.run_beside(without_progress(doing), partial(self._on_spec, looks))

    def for_data(self, data: Dataset) -> dict[str, Any]:
        """What changes in the state as ``data`` are shown: their kind's detector, as it was left."""
        looks, state = looks_of(data), self._session.state
        if looks == self._kind():
            return {}
        if state.spec is not None and state.settings is not None:
            self._left[state.looks_of_spec] = Chosen(state.spec, state.settings, state.threshold)
        left = self._left.get(looks)
        if left is not None:
            return {"spec": left.spec, "settings": left.settings, "threshold": left.threshold}
        self.load("", looks)
        usual = (LIMITS if looks == "telemetry" else SIGMAS).usual
        return {"spec": None, "settings": None, "threshold": usual}

    def _kind(self) -> Looks | None:
        """The kind of data that the chosen detector looks at; None where none is loaded."""
        spec = self._session.state.spec
        return None if spec is None else self._session.state.looks_of_spec

    def _on_spec(self, looks: Looks, spec: DetectorSpec) -> None:
        state = self._session.state
        if state.looked_at is not None and state.looks != looks:
            self._left.setdefault(looks, Chosen(spec, spec.params(), spec.threshold))
            return
        touched = state.spec is not None and state.threshold != state.spec.threshold
        kept = touched and state.spec is not None and state.spec.unit == spec.unit
        threshold = state.threshold if kept else spec.threshold
        self._update(spec=spec, settings=spec.params(), threshold=threshold)
        self._flag()

    # Running

    def run(self) -> None:
        """Detect in the curve or the telemetry shown."""
        data = self._session.state.looked_at
        if data is not None and self._session.state.busy is None:
            self._start("detect", "Detecting", self.doing(data), self.take)

    def doing(self, data: Seen) -> Callable[[Report], work.Detected]:
        """The work of detecting in ``data`` with what is chosen for its kind."""
        state, looks = self._session.state, looks_of(data)
        chosen = state.spec if state.spec is not None and state.looks_of_spec == looks else None
        name = chosen.name if chosen else str(self._settings.value(f"detector/{looks}") or "")
        settings, threshold = (state.settings, state.threshold) if chosen else (None, None)
        return partial(work.run_detector, data, name, settings, threshold, company=self._company_of(data))

    def take(self, detected: work.Detected) -> None:
        """Show what was found."""
        flagged, drawn = detected.flagged, detected.scores
        detection = flagged.detection
        if detection.data.source.path is not None:
            self._session.detect_when_shown(detection.data.source.path)
        if isinstance(detection.data, LightCurve):
            self._book.note(detection.data, flagged.events)
        tracks = drawn if isinstance(drawn, ScoreTracks) else None
        scores = drawn if isinstance(drawn, ScorePicture) else None
        spread = drawn if isinstance(drawn, ScoreHistogram) else None
        self._update(detection=detection, scores=scores, tracks=tracks, spread=spread)
        self._take_flagged(flagged)
        how = "answered from the cache" if detection.cached else "scored"
        what = "object" if detection.scores.objects is not None else "row"
        name, rows = detection.data.source.object_name, counted(len(detection.scores.values), what)
        _log.info("%s: %s %s in %.2f s.", name, rows, how, detected.seconds)
        self._tell_notes(detection)

    def _tell_notes(self, detection: Detection) -> None:
        """What a person should know about how it was looked: the first as a notice, all in the log."""
        notes = detection.scores.notes
        for note in notes[1:]:
            _log.info("%s: %s", detection.data.source.object_name, note)
        if notes:
            more = f"{counted(len(notes) - 1, 'further note')} in the log." if len(notes) > 1 else ""
            self._session.notify("info", notes[0], more)

    # The threshold

    def set_threshold(self, threshold: float) -> None:
        """From which score on rows are flagged, in the unit of the detector; no detector runs."""
        state = self._session.state
        threshold = state.scale.within(threshold)
        if isfinite(threshold) and threshold != state.threshold:
            choice = Choice("Threshold", 1, self._apply, state.threshold, threshold)
            self._session.undo_stack.push(choice)

    def stop_flagging(self) -> None:
        """Work failed that may have been on its way to new events."""
        self._flagging = False

    def _apply(self, threshold: float) -> None:
        self._update(threshold=threshold)
        self._flag()

    def _flag(self) -> None:
        """Cut the events anew: at once, or in a thread where that would hold up the window."""
        detection, threshold = self._session.state.detection, self._session.state.threshold
        if detection is None or detection.threshold == threshold:
            return
        company = self._company_of(detection.data)
        if _soon_cut(detection, threshold):
            self._take_flagged(work.flag(detection, threshold, company))
        elif not self._flagging:
            self._flagging = True
            doing = without_progress(partial(work.flag, detection, threshold, company))
            self._bridge.run_beside(doing, self._take_flagged)

    def _take_flagged(self, flagged: work.Flagged) -> None:
        self._flagging = False
        state = self._session.state
        if state.detection is None or flagged.detection.scores is not state.detection.scores:
            return
        detection, marking = flagged.detection, flagged.marking
        if detection.data is not state.looked_at and isinstance(state.data, Telemetry):
            # Labels may have been loaded while events were cut.
            detection, marking = replace(detection, data=state.data), work.marked(state.data, flagged.events)
        selection = same_event(state, flagged.events)
        found: dict[str, Any] = {
            "detection": detection,
            "events": flagged.events,
            "table": flagged.table,
            "marking": marking,
            "selection": selection,
        }
        self._update(**found, inspection=inspection_of(replace(state, **found), selection))
        self._flag()

    def _company_of(self, data: Seen) -> Company:
        return self._book.company_of(data) if isinstance(data, LightCurve) else ALONE


def _soon_cut(detection: Detection, threshold: float) -> bool:
    """Whether the events at ``threshold`` are there before anyone has to wait for them."""
    values = detection.scores.values
    if detection.scores.objects is None:
        return values.size <= FLAG_AT_ONCE
    return int(np.count_nonzero(values >= threshold)) <= OBJECTS_AT_ONCE
