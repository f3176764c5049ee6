"""What the worker threads do for the window: pure functions that know no widget."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from desktop_app.core.channels.marking import Marking, marking
from desktop_app.core.data import Dataset, Seen, curve_in
from desktop_app.core.detection import Detection, Event
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.event_table import EventTable
from desktop_app.core.light_curve import LightCurve, with_flux, with_preset
from desktop_app.core.params import Params
from desktop_app.core.pixels import TargetPixels, with_pixel_preset
from desktop_app.core.progress import Report, part
from desktop_app.core.quality import Preset
from desktop_app.core.telemetry import Telemetry
from desktop_app.core.timescales import iso_dates
from desktop_app.core.vetting import ALONE, Company
from desktop_app.detectors import Looks
from desktop_app.engine.inside import Inside
from desktop_app.ui.drawing import Drawing, drawing_of
from desktop_app.ui.picture import CurvePicture, ScorePicture, picture_of, score_picture
from desktop_app.ui.score_histogram import ScoreHistogram, histogram_of_objects
from desktop_app.ui.telemetry.score_tracks import ScoreTracks, score_tracks

# Two threads that import the same package at once can see it half made, which fails as an AttributeError.
one_importer = Lock()


@dataclass(frozen=True, eq=False)
class Loaded:
    """Data, read and ready to be drawn; ``curve`` and ``picture`` are None where there is no light curve in them."""

    data: Dataset
    drawing: Drawing | None
    curve: LightCurve | None
    picture: CurvePicture | None


@dataclass(frozen=True, eq=False)
class Detected:
    """Scores, ready to be drawn, the events in them, and how long that took."""

    flagged: "Flagged"
    scores: ScorePicture | ScoreTracks | ScoreHistogram | None
    seconds: float


@dataclass(frozen=True, eq=False)
class Flagged:
    """The events at one threshold."""

    detection: Detection
    events: tuple[Event, ...]
    table: EventTable
    marking: Marking | None = None


def load(path: Path, part: str | None, preset: Preset, report: Report) -> Loaded:
    """Read ``path``, or one part of it, and make it ready to be drawn."""
    report(0.0, f"Reading {path.name}")
    with one_importer:
        from desktop_app.io import open_file

        data = open_file(path, part=part, quality=preset, report=lambda done, text: report(0.7 * done, text))
    report(0.7, f"Drawing {path.name}")
    curve = curve_in(data)
    if curve is not None and curve.reference.known:
        iso_dates(curve.time[:1], curve.reference)  # the import behind it takes long, and is needed at the first click
    return loaded_of(data)


def load_stitched(pieces: Sequence[Path], preset: Preset, report: Report) -> Loaded:
    """Read ``pieces`` as one light curve and make it ready to be drawn."""
    report(0.0, "Reading")
    with one_importer:
        from desktop_app.io.curves.together import open_stitched

        curve = open_stitched(pieces, quality=preset, report=part(report, 0.0, 0.8))
    report(0.8, "Drawing")
    return loaded_of(curve)


def choose(data: Dataset, flux: str | None, preset: Preset, report: Report) -> Loaded:
    """``data`` with another flux column or quality preset, ready to be drawn."""
    report(0.0, "Drawing")
    match data:
        case LightCurve():
            return loaded_of(with_preset(data if flux is None else with_flux(data, flux), preset))
        case TargetPixels():
            return loaded_of(with_pixel_preset(data, preset))
        case _:
            return loaded_of(data)


def loaded_of(data: Dataset) -> Loaded:
    """``data``, ready to be drawn."""
    curve = curve_in(data)
    return Loaded(data, drawing_of(data), curve, None if curve is None else picture_of(curve))


def look_inside(data: Dataset) -> Inside:
    """What there is to tell about ``data``, and what their file is made of."""
    with one_importer:
        from desktop_app.engine.inside import of_dataset

        return of_dataset(data)


def run_detector(
    data: Seen,
    name: str | None,
    settings: Params | None,
    threshold: float | None,
    report: Report,
    *,
    company: Company = ALONE,
) -> Detected:
    """Score ``data``, or take the scores of an earlier run, and cut them at ``threshold``.

    None stands for the default detector of the kind of data, and for the detector's own threshold.
    """
    from time import monotonic

    with one_importer:
        import h5py  # noqa: F401  the cache needs it

        from desktop_app.engine.detect import detect

    started = monotonic()
    detection = detect(data, name, settings, report=part(report, 0.0, 0.97))
    seconds = monotonic() - started
    report(0.98, "Drawing the scores")
    drawn: ScorePicture | ScoreTracks | ScoreHistogram | None = None
    if isinstance(data, Telemetry):
        drawn = score_tracks(detection)
    elif isinstance(data, LightCurve):
        drawn = score_picture(detection)
    else:
        drawn = histogram_of_objects(detection)
    return Detected(flag(detection, detection.threshold if threshold is None else threshold, company), drawn, seconds)


def flag(detection: Detection, threshold: float, company: Company = ALONE) -> Flagged:
    """The events of ``detection`` from ``threshold`` on; no detector runs."""
    from desktop_app.engine.events import flagged_events, table_of

    moved = replace(detection, threshold=threshold)
    events = flagged_events(moved, company)
    return Flagged(moved, events, table_of(moved, events), marked(detection.data, events))


def marked(data: Dataset, events: tuple[Event, ...]) -> Marking | None:
    """How ``events`` hold against the ground truth in ``data``; None where it has none."""
    return marking(data.labels, events) if isinstance(data, Telemetry) and data.labels else None


def load_detector(name: str, looks: Looks) -> DetectorSpec:
    """The detector called ``name`` of one kind, the default one where there is none; importing it takes a while."""
    with one_importer:
        from desktop_app.detectors import OF_KIND, spec_of

        return spec_of(name if name in OF_KIND[looks][0] else None, looks)
