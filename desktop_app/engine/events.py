"""From a detection to its events, and to their table, in one call."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from desktop_app.core.channels.events import find_channel_events
from desktop_app.core.channels.table import channel_event_table
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Detection, Event, Scores
from desktop_app.core.errors import ReadError
from desktop_app.core.event_table import EventTable, event_table
from desktop_app.core.events import find_events
from desktop_app.core.flares.evidence import with_flares_measured
from desktop_app.core.images.events import find_image_events
from desktop_app.core.images.table import image_event_table
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.telemetry import Telemetry
from desktop_app.core.vetting import ALONE, Company, Judge, vet
from desktop_app.engine.known import with_known
from desktop_app.engine.vetting_weights import NAME, judge_called
from desktop_app.nets.weights import folder_of

_log = logging.getLogger(__name__)


def flagged_events(detection: Detection, company: Company = ALONE) -> tuple[Event, ...]:
    """The vetted events of ``detection`` from its threshold on, in order of time, of pictures the strangest first; no
    detector runs.

    Parameters
    ----------
    detection : Detection
    company : Company
        What other open targets did at the same time; of use to light curves alone.
    """
    match detection.data:
        case Telemetry():
            return find_channel_events(detection.data, detection.scores, detection.threshold)
        case SkyImage() | CutoutSet():
            return find_image_events(detection.scores, detection.threshold)
    found = vetted(detection.data, detection.scores, detection.threshold, company)
    return with_known(detection.data, found)


def vetted(data: LightCurve, scores: Scores, threshold: float, company: Company = ALONE) -> tuple[Event, ...]:
    """As `flagged_events`, of scores that nothing else is known of."""
    found = find_events(data, scores, threshold)
    events = vet(data, scores, sorted(found, key=lambda event: event.start), company, _judge())
    return with_flares_measured(data, scores, events)


@lru_cache(maxsize=1)
def _judge() -> Judge | None:
    """The judge that ships; without it events keep the kinds of their shapes."""
    if not folder_of(NAME).is_dir():
        return None
    try:
        return judge_called()
    except ReadError as error:
        _log.warning("Events are not judged: %s", error)
        return None


def events_of(detection: Detection, threshold: float | None = None, company: Company = ALONE) -> EventTable:
    """The events of ``detection``, in order of time; no detector runs again.

    Parameters
    ----------
    detection : Detection
    threshold : float, optional
        From which score on rows are flagged, in robust sigmas; that of the detection where not given.
    company : Company
        What other targets did at the same time.
    """
    if threshold is not None:
        detection = replace(detection, threshold=threshold)
    return table_of(detection, flagged_events(detection, company))


def table_of(detection: Detection, events: Sequence[Event]) -> EventTable:
    """The table of ``events`` of ``detection``: each kind of data has columns of its own."""
    match detection.data:
        case Telemetry():
            return channel_event_table(detection, events)
        case SkyImage() | CutoutSet():
            return image_event_table(detection, events)
        case LightCurve():
            return event_table(detection, events)
