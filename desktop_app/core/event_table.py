"""Events as a table with named, described columns: the one definition behind every panel, writer and terminal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Ints
from desktop_app.core.detection import Detection, Event, PeriodicSignal, Provenance
from desktop_app.core.light_curve import LightCurve


@dataclass(frozen=True, eq=False)
class Column:
    """One column: values of shape (n events,), and what they are.

    Attributes
    ----------
    name, label : str
        The name in files, the heading on screen.
    unit : str
        As astropy.units reads it; "" for none.
    ucd : str
        The IVOA's word for it (UCD1+), "" where there is none.
    help : str
        One sentence for tooltips and column descriptions.
    values : ndarray, shape (n,)
    """

    name: str
    label: str
    unit: str
    ucd: str
    help: str
    values: NDArray[np.generic]


@dataclass(frozen=True, eq=False)
class EventTable:
    """Events of one or of many files.

    Attributes
    ----------
    columns : tuple of Column
        All of one length.
    provenance : tuple of Provenance
        One for each file, in the order of the files.
    signals : tuple of (str, PeriodicSignal)
        What repeats, the strongest of each light curve first, with the file that it was found in; of a stitched
        curve its name.
    """

    columns: tuple[Column, ...]
    provenance: tuple[Provenance, ...]
    signals: tuple[tuple[str, PeriodicSignal], ...] = ()

    def __len__(self) -> int:
        return len(self.columns[0].values)

    def __getitem__(self, name: str) -> NDArray[np.generic]:
        """The values of the column ``name``."""
        return next(column.values for column in self.columns if column.name == name)


_DEFINITIONS = (
    ("file", "File", "", "meta.id;meta.file", "The file the event is in."),
    ("object", "Object", "", "meta.id;src", "The target, as the header names it."),
    ("event_id", "#", "", "meta.id;meta.main", "Number in the file, in order of time."),
    ("kind", "Kind", "", "meta.code.class", "Transit, eclipse, flare, dip, step, spike, outlier or artefact."),
    ("t_start", "Start", "d", "time.start;obs", "Time of the first row."),
    ("t_peak", "Peak", "d", "time.epoch;obs", "Time of the most deviating row."),
    ("t_end", "End", "d", "time.end;obs", "Time of the last row."),
    ("time_system", "Time system", "", "time.scale", "What the times count from, and their scale."),
    ("row_start", "First row", "", "meta.record", "First row in the file, from 0."),
    ("row_end", "Last row", "", "meta.record", "Last row in the file, inclusive, from 0."),
    ("cadence_start", "First cadence", "", "meta.number", "Cadence number at the start."),
    ("cadence_end", "Last cadence", "", "meta.number", "Cadence number at the end."),
    ("score", "Score", "", "stat.likelihood", "Highest score in the event, robust sigmas."),
    ("threshold", "Threshold", "", "stat.likelihood;stat.min", "Score from which on rows were flagged, robust sigmas."),
    (
        "depth",
        "Depth",
        "",
        "phot.flux;arith.ratio",
        "At the peak, relative to the baseline; positive where fainter, negative where brighter.",
    ),
    ("duration", "Duration", "d", "time.duration", "From start to end."),
    ("snr", "SNR", "", "stat.snr", "Mean deviation over its uncertainty."),
    (
        "equivalent_duration",
        "Equivalent duration",
        "s",
        "time.duration",
        "Of a flare: the time in which the star gives off as much light as the flare.",
    ),
    ("components", "Components", "", "meta.number", "Of a flare: how many flares it consists of."),
    ("quality", "Quality", "", "meta.code.qual", "QUALITY bits of all its rows, or-ed."),
    ("probability", "Sure", "", "stat.probability", "Probability that the kind is right, 0 to 1."),
    ("suspicion", "Suspicion", "", "stat.probability", "Probability that the instrument made it, 0 to 1."),
    ("reasons", "Why suspected", "", "meta.note", "Why the instrument is suspected, the weightiest reason first."),
    ("period", "Period", "d", "time.period", "Period of the signal that it belongs to."),
    ("detector", "Detector", "", "meta.software", "What found it."),
)
"""Name, label, unit, UCD and help of every column, in their order."""


def event_table(detection: Detection, events: Sequence[Event]) -> EventTable:
    """The events of one detection in a light curve, numbered from 1 in the order of time."""
    values = _values(detection, sorted(events, key=lambda event: event.start))
    columns = tuple(Column(*definition, values[definition[0]]) for definition in _DEFINITIONS)
    name = detection.curve.source.object_name if detection.pieces else detection.provenance.file
    signals = tuple((name, signal) for signal in detection.scores.signals)
    return EventTable(columns, detection.pieces or (detection.provenance,), signals)


def _values(detection: Detection, events: Sequence[Event]) -> dict[str, NDArray[np.generic]]:
    """The values of every column by its name, each of shape (n events,)."""
    data, n = detection.curve, len(events)
    first = np.array([event.start for event in events], np.int64)
    last = np.array([event.stop - 1 for event in events], np.int64)
    peak = np.array([event.peak for event in events], np.int64)

    def evidence(name: str) -> NDArray[np.generic]:
        return np.array([event.evidence.get(name, np.nan) for event in events], np.float64)

    def same(value: str) -> NDArray[np.generic]:
        return np.array([value] * n, dtype=np.str_)

    files = [origin.file for origin in detection.pieces] or [detection.provenance.file]
    own_first, own_last = _in_file_of_peak(data, first, last, peak)
    return {
        "file": np.array([files[place] for place in data.piece[peak]], dtype=np.str_),
        "object": same(data.source.object_name),
        "event_id": np.arange(1, n + 1),
        "kind": np.array([event.kind for event in events], dtype=np.str_),
        "t_start": data.time[first],
        "t_peak": data.time[peak],
        "t_end": data.time[last],
        "time_system": same(data.reference.label),
        "row_start": data.row[own_first],
        "row_end": data.row[own_last],
        "cadence_start": data.cadence[own_first],
        "cadence_end": data.cadence[own_last],
        "score": np.array([event.score for event in events], np.float64),
        "threshold": np.full(n, detection.threshold),
        "depth": evidence("depth"),
        "duration": evidence("duration_d"),
        "snr": evidence("snr"),
        "equivalent_duration": evidence("equivalent_duration_s"),
        "components": evidence("components"),
        "quality": np.array([int(event.evidence.get("quality", 0)) for event in events], np.int64),
        "probability": np.array([event.probability for event in events], np.float64),
        "suspicion": np.array([event.suspicion for event in events], np.float64),
        "reasons": np.array(["; ".join(event.reasons) for event in events], dtype=np.str_),
        "period": evidence("period_d"),
        "detector": same(detection.provenance.detector),
    }


def _in_file_of_peak(data: LightCurve, first: Ints, last: Ints, peak: Ints) -> tuple[Ints, Ints]:
    """The first and last row of each event that are of the file its peak is in: where files overlap it has others."""
    if not data.pieces:
        return first, last
    own = [
        np.flatnonzero(data.piece[a : b + 1] == data.piece[p]) + a for a, b, p in zip(first, last, peak, strict=True)
    ]
    return np.array([rows[0] for rows in own], np.int64), np.array([rows[-1] for rows in own], np.int64)


def join_tables(tables: Sequence[EventTable]) -> EventTable:
    """One table of the events of all ``tables``; at least one table."""
    columns = tuple(
        replace(column, values=np.concatenate([table.columns[place].values for table in tables]))
        for place, column in enumerate(tables[0].columns)
    )
    provenance = tuple(origin for table in tables for origin in table.provenance)
    return EventTable(columns, provenance, tuple(signal for table in tables for signal in table.signals))


def signals_as_values(table: EventTable) -> list[dict[str, object]]:
    """What repeats, as plain values for the heads of files; what is not known is left out."""
    return [
        {
            "file": file,
            "kind": signal.kind,
            **{
                name: float(value)
                for name, value in (
                    ("period_d", signal.period_d),
                    ("epoch", signal.epoch),
                    ("duration_d", signal.duration_d),
                    ("depth", signal.depth),
                    ("snr", signal.snr),
                    ("sde", signal.sde),
                    *signal.checks.items(),
                )
                if np.isfinite(value)
            },
        }
        for file, signal in table.signals
    ]
