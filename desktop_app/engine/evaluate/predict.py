"""Runs detectors and controls over light curves and keeps what they find; nothing here ever sees a label."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import nan
from pathlib import Path
from time import perf_counter

import numpy as np

from desktop_app.core.detection import Detection, Event
from desktop_app.core.errors import FitError, UserError
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.magnitudes import in_flux
from desktop_app.core.progress import Report
from desktop_app.core.segments import cadence_of
from desktop_app.detectors import DETECTORS
from desktop_app.engine.detect import detect
from desktop_app.engine.evaluate.controls import CONTROLS, Runs
from desktop_app.engine.evaluate.side_by_side import NothingKept, side_by_side
from desktop_app.engine.events import flagged_events
from desktop_app.io import open_curve
from desktop_app.nets.weights import weights_hash

WEAKER_FROM = 3.0
"""Where the budget is not used up by flagged events, it is filled with events from this score on."""


@dataclass(frozen=True)
class Method:
    """A detector with its settings, or a control.

    Attributes
    ----------
    name : str
        In the registry of detectors, or among the controls.
    control : bool
    settings : mapping of str to str
    threshold : float, optional
        The detector's own where not given.
    """

    name: str
    control: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    threshold: float | None = None


@dataclass(frozen=True)
class Found:
    """One event that a method found: times in the file's own, and ``period_d`` NaN where none is claimed."""

    start: float
    stop: float
    score: float
    kind: str
    period_d: float = nan
    suspicion: float = nan
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prediction:
    """What one method found in one file.

    Attributes
    ----------
    file : str
        As the list of files names it.
    method : str
    flagged : tuple of Found
        From the threshold on, strongest first.
    weaker : tuple of Found
        Further ones from `WEAKER_FROM` on that overlap none of these, strongest first.
    inverted : tuple of Found, optional
        What is flagged in the flux upside down; None where that was not asked.
    days, cadence_d : float
        Time that was looked at, and the usual spacing.
    share : float
        Of the rows that were looked at, those in flagged events.
    seconds : float
        For scores and events, without reading the file.
    error : str
        Why there is nothing, "" where all went well.
    """

    file: str
    method: str
    flagged: tuple[Found, ...] = ()
    weaker: tuple[Found, ...] = ()
    inverted: tuple[Found, ...] | None = None
    days: float = nan
    cadence_d: float = nan
    share: float = 0.0
    seconds: float = nan
    error: str = ""


@dataclass(frozen=True)
class Task:
    """One file to look at with all methods; ``inverted`` asks for the flux upside down as well."""

    file: str
    path: Path
    methods: tuple[Method, ...]
    inverted: bool = False


def predict_all(tasks: Sequence[Task], jobs: int, report: Report) -> tuple[Prediction, ...]:
    """What every method finds in every file; ``jobs`` processes side by side.

    Parameters
    ----------
    tasks : sequence of Task
    jobs : int
    report : callable
        Told the progress; may raise `JobCancelled`.
    """
    found: list[Prediction] = []
    with side_by_side(predict, tasks, jobs, report) as results:
        for done, predictions in enumerate(results, start=1):
            found += predictions
            report(done / len(tasks), predictions[0].file.rsplit("/", 1)[-1])
    return tuple(sorted(found, key=lambda prediction: (prediction.file, prediction.method)))


def predict(task: Task) -> tuple[Prediction, ...]:
    """What every method finds in one file; a file that cannot be read has no events and says why."""
    try:
        curve = open_curve(task.path)
    except UserError as error:
        return tuple(Prediction(task.file, method.name, error=error.message) for method in task.methods)
    except Exception as bug:
        bug.add_note(f"while {task.path} was read")
        raise
    return tuple(_prediction(task, method, curve) for method in task.methods)


def _prediction(task: Task, method: Method, curve: LightCurve) -> Prediction:
    look = _look_with_control if method.control else _look_with_detector
    cadence_d = cadence_of(curve.time[curve.usable])
    days = float(np.count_nonzero(curve.usable) * cadence_d)
    began = perf_counter()
    try:
        flagged, weaker = look(curve, method)
        seconds = perf_counter() - began
        inverted = look(_upside_down(curve), method)[0] if task.inverted else None
    except UserError as error:
        return Prediction(task.file, method.name, days=days, cadence_d=cadence_d, error=error.message)
    except Exception as bug:
        bug.add_note(f"while {method.name} looked at {task.path}")
        raise
    return Prediction(
        task.file,
        method.name,
        flagged,
        weaker,
        inverted,
        days,
        cadence_d,
        _share(curve, flagged),
        seconds,
    )


def _share(curve: LightCurve, flagged: Sequence[Found]) -> float:
    time = curve.time[curve.usable]
    inside = np.zeros(time.size, dtype=np.bool_)
    for one in flagged:
        inside[np.searchsorted(time, one.start) : np.searchsorted(time, one.stop, side="right")] = True
    return float(inside.mean()) if inside.size else 0.0


def _upside_down(curve: LightCurve) -> LightCurve:
    """The flux mirrored at its median: dips are flares and flares dips."""
    seen = in_flux(curve)
    middle = float(np.median(seen.flux[seen.usable])) if seen.usable.any() else 0.0
    return replace(seen, flux=2 * middle - seen.flux)


def _look_with_detector(curve: LightCurve, method: Method) -> tuple[tuple[Found, ...], tuple[Found, ...]]:
    detection = detect(curve, method.name, method.settings, threshold=method.threshold, cache=NothingKept())
    flagged = _found(detection)
    if detection.threshold <= WEAKER_FROM:
        return flagged, ()
    more = _found(replace(detection, threshold=WEAKER_FROM))
    return flagged, tuple(one for one in more if one.score < detection.threshold and not _overlaps(one, flagged))


def _found(detection: Detection) -> tuple[Found, ...]:
    time = detection.curve.time

    def told(event: Event) -> Found:
        period = float(event.evidence.get("period_d", nan))
        start, stop = float(time[event.start]), float(time[event.stop - 1])
        return Found(start, stop, event.score, event.kind, period, event.suspicion, event.reasons)

    return _strongest_first(told(event) for event in flagged_events(detection))


def _look_with_control(curve: LightCurve, method: Method) -> tuple[tuple[Found, ...], tuple[Found, ...]]:
    if not curve.usable.any():
        raise FitError("No row can be used.", hint="A milder quality preset may help.")
    seen = in_flux(curve)
    runs = CONTROLS[method.name].look(seen)
    flagged = _found_in_runs(seen, runs, runs.flagged)
    more = _found_in_runs(seen, runs, runs.weaker)
    return flagged, tuple(one for one in more if not _overlaps(one, flagged))


def _found_in_runs(curve: LightCurve, runs: Runs, rows: np.ndarray) -> tuple[Found, ...]:
    """Usable rows one after the other are an event; its kind is the side it lies on."""
    usable = np.flatnonzero(curve.usable)
    edge = np.flatnonzero(np.diff(np.concatenate([[False], rows[usable], [False]]).astype(np.int8)))
    found = []
    for first, stop in zip(edge[::2], edge[1::2], strict=True):
        inside = usable[first:stop]
        brighter = curve.flux[inside].mean() > runs.level
        kind = "outlier" if inside.size == 1 else "flare" if brighter else "dip"
        times = curve.time[inside]
        found.append(Found(float(times[0]), float(times[-1]), float(runs.score[inside].max()), kind))
    return _strongest_first(found)


def _strongest_first(found: Iterator[Found] | Sequence[Found]) -> tuple[Found, ...]:
    return tuple(sorted(found, key=lambda one: (-one.score, one.start)))


def _overlaps(one: Found, others: Sequence[Found]) -> bool:
    return any(one.start <= other.stop and other.start <= one.stop for other in others)


def provenance_of(method: Method) -> dict[str, object]:
    """What makes the same predictions again: settings, threshold, version and weights of a detector."""
    if method.control:
        return {"settings": {}, "threshold": None, "version": None, "weights": None}
    spec = DETECTORS[method.name]
    return {
        "settings": spec.params.checked(method.settings).model_dump(mode="json"),
        "threshold": spec.threshold if method.threshold is None else method.threshold,
        "version": spec.version,
        "weights": weights_hash(spec.weights) or None,
    }
