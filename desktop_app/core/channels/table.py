"""Events of telemetry as a table: the one definition of their columns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.detection import Detection, Event
from desktop_app.core.event_table import Column, EventTable
from desktop_app.core.telemetry import utc_dates

_DEFINITIONS = (
    ("file", "File", "", "meta.id;meta.file", "The file the event is in."),
    (
        "part",
        "Part",
        "",
        "meta.id;meta.dataset",
        "Which of the things in the file was looked at; empty where it has one.",
    ),
    ("channel", "Channel", "", "meta.id;instr.param", "The channel it is in."),
    ("event_id", "#", "", "meta.id;meta.main", "Number in the file, in order of time."),
    ("kind", "Kind", "", "meta.code.class", "Limit, spike, step, drift, frozen, dropout, noise, regime or pattern."),
    ("t_start", "Start", "", "time.start;obs", "Time of the first sample."),
    ("t_peak", "Peak", "", "time.epoch;obs", "Time of the strangest sample."),
    ("t_end", "End", "", "time.end;obs", "Time of the last sample."),
    ("time_system", "Time system", "", "time.scale", "What the times count from, and their unit."),
    ("date_start", "From", "", "time.start;obs", "Date of the first sample, UTC; empty where the data have none."),
    ("date_end", "To", "", "time.end;obs", "Date of the last sample, UTC; empty where the data have none."),
    ("row_start", "First row", "", "meta.record", "First row in the file, from 0."),
    ("row_end", "Last row", "", "meta.record", "Last row in the file, inclusive, from 0."),
    ("score", "Score", "", "stat.likelihood", "Highest score in the event, in limits of the channel."),
    ("threshold", "Threshold", "", "stat.likelihood;stat.min", "Score from which on samples were flagged."),
    ("value", "Value", "", "stat.value", "At the peak, in the unit of the channel."),
    ("unit", "Unit", "", "meta.unit", "The unit of the channel."),
    ("usual_low", "Usual from", "", "stat.min", "Lowest usual value: of the training stretch, else of most values."),
    ("usual_high", "Usual to", "", "stat.max", "Highest usual value: of the training stretch, else of most values."),
    (
        "deviation",
        "Off by",
        "",
        "stat.value;arith.diff",
        "Beyond the usual range; where inside, the value less what was expected, or less the level before.",
    ),
    ("deviation_sigma", "Sigmas", "", "stat.snr", "As that, in standard deviations of the usual scatter."),
    ("level_before", "Level before", "", "stat.mean", "Mean before the event, in the unit of the channel."),
    ("level", "Level", "", "stat.mean", "Mean in the event, in the unit of the channel."),
    ("level_after", "Level after", "", "stat.mean", "Mean after the event, in the unit of the channel."),
    ("samples", "Samples", "", "meta.number", "Values of the channel in the event."),
    ("duration", "Duration", "", "time.duration", "From start to end, in the unit of the times."),
    ("reasons", "Why", "", "meta.note", "Why it does not belong, the weightiest reason first."),
    ("detector", "Detector", "", "meta.software", "What found it."),
)
"""Name, label, unit, UCD and help of every column, in their order."""
_MEASURED = ("usual_low", "usual_high", "deviation", "deviation_sigma", "level_before", "level", "level_after")


def channel_event_table(detection: Detection, events: Sequence[Event]) -> EventTable:
    """The events of one detection in telemetry, numbered from 1 in the order of time."""
    values = _values(detection, sorted(events, key=lambda event: (event.start, event.channel)))
    columns = tuple(Column(*definition, values[definition[0]]) for definition in _DEFINITIONS)
    return EventTable(columns, (detection.provenance,))


def _values(detection: Detection, events: Sequence[Event]) -> dict[str, NDArray[np.generic]]:
    """The values of every column by its name, each of shape (n events,)."""
    data, n = detection.telemetry, len(events)
    first, last, peak = (
        np.array(rows, np.int64)
        for rows in (
            [event.start for event in events],
            [event.stop - 1 for event in events],
            [event.peak for event in events],
        )
    )
    place = np.array([data.names.index(event.channel) for event in events], np.int64)
    units = [data.channels[channel].unit for channel in place]

    def same(value: str) -> NDArray[np.generic]:
        return np.array([value] * n, dtype=np.str_)

    return {
        "file": same(detection.provenance.file),
        "part": same(data.source.part),
        "channel": np.array([event.channel for event in events], dtype=np.str_),
        "event_id": np.arange(1, n + 1),
        "kind": np.array([event.kind for event in events], dtype=np.str_),
        "t_start": data.time[first],
        "t_peak": data.time[peak],
        "t_end": data.time[last],
        "time_system": same(data.time_label),
        "date_start": np.array(utc_dates(data.zero_unix_s + data.time[first]), dtype=np.str_),
        "date_end": np.array(utc_dates(data.zero_unix_s + data.time[last]), dtype=np.str_),
        "row_start": data.row[first],
        "row_end": data.row[last],
        "score": np.array([event.score for event in events], np.float64),
        "threshold": np.full(n, detection.threshold),
        "value": data.values[peak, place],
        "unit": np.array(units, dtype=np.str_),
        **{name: _evidence(events, name) for name in _MEASURED},
        "samples": np.array([int(event.evidence.get("samples", 0)) for event in events], np.int64),
        "duration": data.time[last] - data.time[first],
        "reasons": np.array(["; ".join(event.reasons) for event in events], dtype=np.str_),
        "detector": same(detection.provenance.detector),
    }


def _evidence(events: Sequence[Event], name: str) -> NDArray[np.generic]:
    return np.array([event.evidence.get(name, np.nan) for event in events], np.float64)
