"""From a detection to its events as a table, in one call."""

from dataclasses import replace

from desktop_app.core.detection import Detection
from desktop_app.core.event_table import EventTable, event_table
from desktop_app.core.events import find_events


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
    return event_table(detection, find_events(detection.data, detection.scores, detection.threshold))
