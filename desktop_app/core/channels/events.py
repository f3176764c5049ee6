"""Cuts the scores of channels into events, and says what kind each one is."""

import numpy as np

from desktop_app.core.detection import Event, Scores
from desktop_app.core.telemetry import Telemetry, stretches


def find_channel_events(data: Telemetry, scores: Scores, threshold: float) -> tuple[Event, ...]:
    """Stretches of adjacent samples of one channel that score ``threshold`` or more, in the order of time.

    Samples that were not looked at neither belong to an event nor end it.

    Parameters
    ----------
    data : Telemetry
    scores : Scores
        Of shape (n, c).
    threshold : float
        In the unit of the scores.
    """
    events: list[Event] = []
    for place, channel in enumerate(data.channels):
        values = scores.values[:, place]
        looked = np.flatnonzero(np.isfinite(values))
        for first, last in stretches(values[looked] >= threshold):
            rows = looked[first:last]
            peak = int(rows[np.argmax(values[rows])])
            start, stop = int(rows[0]), int(rows[-1]) + 1
            evidence = {"duration_s": float(data.time[stop - 1] - data.time[start])}
            events.append(Event(start, stop, peak, float(values[peak]), "pattern", evidence, channel=channel.name))
    return tuple(sorted(events, key=lambda event: (event.start, event.channel)))
