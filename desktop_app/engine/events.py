"""From a detection to its events, and to their table, in one call."""

from dataclasses import replace

from desktop_app.core.detection import Detection, Event
from desktop_app.core.event_table import EventTable, event_table
from desktop_app.core.events import find_events
from desktop_app.core.vetting import ALONE, Company, vet


def flagged_events(detection: Detection, company: Company = ALONE) -> tuple[Event, ...]:
    """The vetted events of ``detection`` from its threshold on, in order of time; no detector runs.

    Parameters
    ----------
    detection : Detection
    company : Company
        What other open targets did at the same time.
    """
    found = find_events(detection.data, detection.scores, detection.threshold)
    return vet(detection.data, detection.scores, sorted(found, key=lambda event: event.start), company)


def events_of(detection: Detection, threshold: float | None = None) -> EventTable:
    """The events of ``detection``, in order of time; no detector runs again.

    Parameters
    ----------
    detection : Detection
    threshold : float, optional
        From which score on rows are flagged, in robust sigmas; that of the detection where not given.
    """
    if threshold is not None:
        detection = replace(detection, threshold=threshold)
    return event_table(detection, flagged_events(detection))
