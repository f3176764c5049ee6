"""Runs detectors and controls over telemetry and writes what they find to disk; nothing here ever sees a label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.channels.series import measured_series
from desktop_app.core.errors import FitError, ParamError, ReadError, UserError
from desktop_app.core.progress import Report
from desktop_app.core.telemetry import Telemetry, stretches, without_labels
from desktop_app.detectors import TELEMETRY_DETECTORS
from desktop_app.engine.detect import detect
from desktop_app.engine.evaluate.predict import Method
from desktop_app.engine.evaluate.side_by_side import NothingKept, side_by_side
from desktop_app.engine.evaluate.telemetry.controls import CONTROLS
from desktop_app.engine.evaluate.telemetry.files import MethodRun, PartRun, write_manifest
from desktop_app.engine.events import flagged_events
from desktop_app.io import data_files, open_file

REFERENCE_SHARE = 0.6
"""Of a training stretch: what is taken for training where the rest is looked at for false events."""
_FEWEST = 50


@dataclass(frozen=True)
class Place:
    """One part of one file; ``part`` is "" where it has no parts."""

    path: Path
    part: str = ""

    def open(self) -> Telemetry:
        """The data in it, their labels if any among them.

        Raises
        ------
        ReadError
        """
        data = open_file(self.path, part=self.part or None)
        if not isinstance(data, Telemetry):
            raise ReadError(f"{self.path.name} is no telemetry.", hint="Name a file or folder of telemetry.")
        return data


@dataclass(frozen=True)
class Task:
    """One part to look at with all methods; what is found goes to the file ``target``."""

    place: Place
    methods: tuple[Method, ...]
    target: Path


def places_in(path: Path) -> tuple[Place, ...]:
    """Every part of a file or of a folder that is one data set; of other folders, of every file of telemetry in them.

    Raises
    ------
    ReadError
        There is no telemetry.
    """
    try:
        return _parts(path)
    except ReadError:
        if not path.is_dir():
            raise
        files = data_files(path)
        if not files:
            raise
    return tuple(place for file in files for place in _parts(file))


def predict_all(
    places: Sequence[Place], methods: tuple[Method, ...], folder: Path, jobs: int, report: Report
) -> tuple[PartRun, ...]:
    """Look at every place with every method, ``jobs`` processes side by side; scores and events go into ``folder``.

    Parameters
    ----------
    places : sequence of Place
    methods : tuple of Method
    folder : Path
        Exists, and is empty.
    jobs : int
    report : callable
        Told the progress; may raise `JobCancelled`.

    Raises
    ------
    ReadError
        A part cannot be read: there is no figure of some channels only.
    """
    tasks = [Task(place, methods, folder / f"{number:05d}.npz") for number, place in enumerate(places)]
    runs: list[PartRun] = []
    with side_by_side(predict, tasks, jobs, report) as results:
        for done, run in enumerate(results, start=1):
            runs.append(run)
            report(done / len(tasks), run.part or run.file)
    ordered = tuple(sorted(runs, key=lambda run: run.target))
    write_manifest(folder, ordered)
    return ordered


def predict(task: Task) -> PartRun:
    """What every method finds in one part, written to its file; the labels are dropped as it is opened."""
    data = without_labels(task.place.open())
    arrays: dict[str, Floats | Ints] = {}
    found: dict[str, MethodRun] = {}
    for method in task.methods:
        try:
            found[method.name] = _run(data, method, arrays)
        except Exception as bug:
            bug.add_note(f"while {method.name} looked at {task.place.part} of {task.place.path}")
            raise
    np.savez(task.target, **arrays)  # type: ignore[arg-type]  # numpy takes the names for its other arguments
    names = tuple(data.names[place] for place in _measured(data))
    place = task.place
    return PartRun(task.target.name, place.path.name, place.part, data.digest, len(data), names, found)


def held_out(data: Telemetry) -> Telemetry | None:
    """The last 40 % of the training stretch, with its first 60 % as training; None where there is too little."""
    training = data.training
    if training is None:
        return None
    cut = int(REFERENCE_SHARE * len(training))
    if min(cut, len(training) - cut) < _FEWEST:
        return None
    return replace(_rows(training, slice(cut, None)), training=_rows(training, slice(None, cut)))


def _parts(path: Path) -> tuple[Place, ...]:
    parts = Place(path).open().source.parts
    return tuple(Place(path, part) for part in parts) if len(parts) > 1 else (Place(path),)


def _rows(data: Telemetry, rows: slice) -> Telemetry:
    time, values, row = data.time[rows], data.values[rows], data.row[rows]
    return replace(data, time=time, values=values, row=row, labels=(), training=None)


def _measured(data: Telemetry) -> list[int]:
    return [place for place, channel in enumerate(data.channels) if channel.role == "measured"]


def _run(data: Telemetry, method: Method, arrays: dict[str, Floats | Ints]) -> MethodRun:
    """Look at the data and at held-out nominal ones; scores and events go into ``arrays``."""
    began = perf_counter()
    try:
        scores, events, notes = _look(data, method)
    except UserError as error:
        return MethodRun(error=error.message)
    seconds = perf_counter() - began
    arrays[f"{method.name}/scores"], arrays[f"{method.name}/events"] = scores, events
    output = sha256(scores.tobytes() + events.tobytes()).hexdigest()
    false, samples = _nominal(data, method)
    return MethodRun(seconds, output, notes, false, samples)


def _nominal(data: Telemetry, method: Method) -> tuple[int, int]:
    """False events in held-out nominal data, and how many samples of those were looked at."""
    nominal = held_out(data)
    if nominal is None:
        return 0, 0
    try:
        scores, events, _notes = _look(nominal, method)
    except FitError:
        return 0, 0
    return len(events), int(np.count_nonzero(np.isfinite(scores)))


def _look(data: Telemetry, method: Method) -> tuple[Floats, Ints, tuple[str, ...]]:
    """Scores (n, m) of the measured channels, and events (k, 3) as number of the channel, start and stop."""
    control = CONTROLS[method.name] if method.control else None
    if control is not None and control.look is not None:
        looked = [control.look(series) for series in measured_series(data)]
        if not looked:
            raise FitError("There is no measured channel.", hint="Open telemetry with numbers in it.")
        runs = [(place, *run) for place, (_score, flags) in enumerate(looked) for run in stretches(flags)]
        return np.column_stack([score for score, _flags in looked]), _table(runs), ()
    name = detector_of(method)
    detection = detect(data, name, method.settings, threshold=method.threshold, cache=NothingKept())
    measured = _measured(data)
    places = {data.names[place]: number for number, place in enumerate(measured)}
    events = [(places[event.channel], event.start, event.stop) for event in flagged_events(detection)]
    return detection.scores.values[:, measured], _table(events), detection.scores.notes


def _table(events: Sequence[tuple[int, int, int]]) -> Ints:
    return np.array(sorted(events), np.int64).reshape(-1, 3)


def detector_of(method: Method) -> str:
    """The detector in the registry that ``method`` runs; "" for a control that is none."""
    return CONTROLS[method.name].detector if method.control else method.name.partition(":")[0]


def methods_asked(names: Sequence[str], settings: Mapping[str, str], threshold: float | None) -> tuple[Method, ...]:
    """The detectors that are asked for, by names such as "discord" or "discord:mode=watch".

    Raises
    ------
    ParamError
        No such detector or setting.
    """
    return tuple(Method(name, settings=_settings_of(name, settings), threshold=threshold) for name in names)


def _settings_of(name: str, settings: Mapping[str, str]) -> Mapping[str, str]:
    detector, _colon, own = name.partition(":")
    pairs = [one.partition("=") for one in own.split(",") if one]
    if not all(key and equals for key, equals, _value in pairs):
        raise ParamError(f"{name!r} is no detector with settings.", hint="Write NAME:KEY=VALUE,KEY=VALUE.")
    every = {**settings, **{key: value for key, _equals, value in pairs}}
    TELEMETRY_DETECTORS[detector].params.checked(every)
    return every
