"""Artefacts in single pictures: which kinds were found, where, and which of those that are not there."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

from desktop_app.core.detection import ARTEFACT_KINDS
from desktop_app.core.errors import UserError
from desktop_app.core.images.polygons import overlap
from desktop_app.core.progress import Report
from desktop_app.core.sky_image import SkyImage
from desktop_app.engine.detect import detect
from desktop_app.engine.evaluate.images.figures import FrameFigures
from desktop_app.engine.evaluate.images.truth import Known
from desktop_app.engine.evaluate.side_by_side import NothingKept
from desktop_app.engine.events import flagged_events
from desktop_app.io import open_file


def frame_figures(known: Known, path: Path, detector: str, settings: Mapping[str, str], report: Report) -> FrameFigures:
    """What ``detector`` finds in one picture, against what is known of it."""
    expected, denied = tuple(sorted(known.artefacts)), tuple(sorted(known.denied))
    began = perf_counter()
    try:
        data = open_file(path)
        if not isinstance(data, SkyImage):
            return FrameFigures(known.file, expected, denied, problem="It is no picture.")
        events = flagged_events(detect(data, detector, settings, cache=NothingKept(), report=report))
    except UserError as error:
        return FrameFigures(known.file, expected, denied, problem=error.message)
    seconds = perf_counter() - began
    kinds = Counter(event.kind for event in events)
    overlaps = tuple(
        (kind, overlap([event.outline for event in events if event.kind == kind], drawn))
        for kind, drawn in sorted(known.outlines.items())
    )
    # Sources are no artefacts: what is strange among them is another question.
    found = tuple((kind, kinds[kind]) for kind in ARTEFACT_KINDS if kinds[kind])
    return FrameFigures(known.file, expected, denied, found, overlaps, seconds)
