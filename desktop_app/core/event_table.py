"""Events as a table with named, described columns: the one definition behind every panel, writer and terminal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.data import LightCurve
from desktop_app.core.detection import Detection, Event, Provenance


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
    """

    columns: tuple[Column, ...]
    provenance: tuple[Provenance, ...]

    def __len__(self) -> int:
        return len(self.columns[0].values)

    def __getitem__(self, name: str) -> NDArray[np.generic]:
        """The values of the column ``name``."""
        return next(column.values for column in self.columns if column.name == name)


def event_table(detection: Detection, events: Sequence[Event]) -> EventTable:
    """The events of one detection, numbered from 1 in the order of time."""
    data, rows = detection.data, sorted(events, key=lambda event: event.start)
    first = np.array([event.start for event in rows], np.int64)
    last = np.array([event.stop - 1 for event in rows], np.int64)
    peak = np.array([event.peak for event in rows], np.int64)
    n = len(rows)

    def evidence(name: str) -> NDArray[np.generic]:
        return np.array([event.evidence.get(name, np.nan) for event in rows], np.float64)

    def same(value: str) -> NDArray[np.generic]:
        return np.array([value] * n, dtype=np.str_)

    time_unit, system = "d", data.reference.label
    columns = (
        Column("file", "File", "", "meta.id;meta.file", "The file the event is in.", same(detection.provenance.file)),
        Column("object", "Object", "", "meta.id;src", "The target, as the header names it.", same(_object(data))),
        Column("event_id", "#", "", "meta.id;meta.main", "Number in the file, in order of time.", np.arange(1, n + 1)),
        Column("kind", "Kind", "", "meta.code.class", "Dip, flare, spike, step or outlier.", _kinds(rows)),
        Column("t_start", "Start", time_unit, "time.start;obs", "Time of the first row.", data.time[first]),
        Column("t_peak", "Peak", time_unit, "time.epoch;obs", "Time of the most deviating row.", data.time[peak]),
        Column("t_end", "End", time_unit, "time.end;obs", "Time of the last row.", data.time[last]),
        Column(
            "time_system", "Time system", "", "time.scale", "What the times count from, and their scale.", same(system)
        ),
        Column("row_start", "First row", "", "meta.record", "First row in the file, from 0.", data.row[first]),
        Column("row_end", "Last row", "", "meta.record", "Last row in the file, inclusive, from 0.", data.row[last]),
        Column(
            "cadence_start", "First cadence", "", "meta.number", "Cadence number at the start.", data.cadence[first]
        ),
        Column("cadence_end", "Last cadence", "", "meta.number", "Cadence number at the end.", data.cadence[last]),
        Column(
            "score",
            "Score",
            "",
            "stat.likelihood",
            "Highest score in the event, robust sigmas.",
            np.array([event.score for event in rows], np.float64),
        ),
        Column(
            "threshold",
            "Threshold",
            "",
            "stat.likelihood;stat.min",
            "Score from which on rows were flagged, robust sigmas.",
            np.full(n, detection.threshold),
        ),
        Column(
            "depth",
            "Depth",
            "",
            "phot.flux;arith.ratio",
            "At the peak, relative to the baseline; positive where fainter, negative where brighter.",
            evidence("depth"),
        ),
        Column("duration", "Duration", time_unit, "time.duration", "From start to end.", evidence("duration_d")),
        Column("snr", "SNR", "", "stat.snr", "Mean deviation over its uncertainty.", evidence("snr")),
        Column("quality", "Quality", "", "meta.code.qual", "QUALITY bits of all its rows, or-ed.", _qualities(rows)),
        Column("detector", "Detector", "", "meta.software", "What found it.", same(detection.provenance.detector)),
    )
    return EventTable(columns, (detection.provenance,))


def join_tables(tables: Sequence[EventTable]) -> EventTable:
    """One table of the events of all ``tables``; at least one table."""
    columns = tuple(
        replace(column, values=np.concatenate([table.columns[place].values for table in tables]))
        for place, column in enumerate(tables[0].columns)
    )
    return EventTable(columns, tuple(origin for table in tables for origin in table.provenance))


def _object(data: LightCurve) -> str:
    return data.source.object_name


def _kinds(events: Sequence[Event]) -> NDArray[np.generic]:
    return np.array([event.kind for event in events], dtype=np.str_)


def _qualities(events: Sequence[Event]) -> NDArray[np.generic]:
    return np.array([int(event.evidence.get("quality", 0)) for event in events], np.int64)
