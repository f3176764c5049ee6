"""What is known to be true of telemetry: the only place here that reads labels, for the scorer alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.channels.series import measured_series
from desktop_app.core.errors import ReadError
from desktop_app.core.metrics.sequences import merged
from desktop_app.core.metrics.volume import window_of
from desktop_app.core.telemetry import Telemetry
from desktop_app.engine.evaluate.telemetry.predict import Place
from desktop_app.io.telemetry.labels import load_labels


@dataclass(frozen=True, eq=False)
class Case:
    """One channel that answers are held against; or all channels of a part, where labels are about all of them.

    Attributes
    ----------
    name : str
    group : str
        The spacecraft, where the labels tell it.
    columns : tuple of int
        Which measured channels of the part it is about.
    events : ndarray, shape (m, 2)
        The true ones, half open; those that overlap are one.
    valued : ndarray, shape (n,)
        Whether any of its channels has a value.
    window : int
        The buffer that the data ask for.
    """

    name: str
    group: str
    columns: tuple[int, ...]
    events: Ints
    valued: Bools
    window: int

    @property
    def truth(self) -> Bools:
        """Which samples are labelled, shape (n,)."""
        rows = np.zeros(self.valued.size, np.bool_)
        for start, stop in self.events:
            rows[start:stop] = True
        return rows


@dataclass(frozen=True, eq=False)
class PartTruth:
    """What is true of one part.

    Attributes
    ----------
    samples : int
    channels : tuple of str
        The measured ones.
    digest : str
        Of the data that the labels are about.
    cases : tuple of Case
    """

    samples: int
    channels: tuple[str, ...]
    digest: str
    cases: tuple[Case, ...]


def read_truth(place: Place, labels: Path | None) -> PartTruth:
    """The truth of one part, from the labels that came with it or from the file ``labels``.

    Raises
    ------
    ReadError
        The data or the labels cannot be read.
    """
    data = place.open()
    if labels is not None:
        # Labels of one's own take the place of those that came with the data.
        data = _labelled(data, labels)
    return PartTruth(len(data), tuple(_measured(data)), data.digest, _cases(data, place))


def labels_hash(truths: Sequence[PartTruth]) -> str:
    """sha256 over every true event of every case, whatever file they were read from."""
    state = sha256()
    for truth in truths:
        for case in truth.cases:
            state.update(f"{case.name}/{case.group}/{case.events.tolist()}\n".encode())
    return state.hexdigest()


def _labelled(data: Telemetry, labels: Path) -> Telemetry:
    from dataclasses import replace

    bare = replace(data, labels=())
    # A file about other channels of the set says that this one has none.
    return load_labels(bare, labels) if _speaks_of(bare, labels) else bare


def _speaks_of(data: Telemetry, labels: Path) -> bool:
    return bool(
        {"", data.source.part, data.source.object_name, *data.names} & _named(labels, labels.stat().st_mtime_ns)
    )


@lru_cache(maxsize=4)
def _named(labels: Path, _changed_ns: int) -> frozenset[str]:
    from desktop_app.io.telemetry.label_file import read_labels

    return frozenset(label.channel for label in read_labels(labels).stretches)


def _measured(data: Telemetry) -> Mapping[str, Floats]:
    return {series.channel.name: series.values for series in measured_series(data)}


def _cases(data: Telemetry, place: Place) -> tuple[Case, ...]:
    measured = _measured(data)
    names, values = list(measured), list(measured.values())
    group = data.source.mission or ""
    about = place.part or data.source.object_name or place.path.name
    events = merged((label.start, label.stop) for label in data.labels)
    if len(names) == 1:
        return (_case(about, group, (0,), events, values),)
    if any(not label.channel for label in data.labels):
        return (_case(about, group, tuple(range(len(names))), events, values),)
    return tuple(
        _case(
            f"{place.part}/{name}" if place.part else name,
            group,
            (number,),
            merged((label.start, label.stop) for label in data.labels_on(name)),
            [values[number]],
        )
        for number, name in enumerate(names)
    )


def _case(name: str, group: str, columns: tuple[int, ...], events: Ints, values: Sequence[Floats]) -> Case:
    valued: Bools = np.any(np.isfinite(np.column_stack(values)), axis=1)
    return Case(name, group, columns, events, valued, window_of(values[0]))


def check_labelled(truths: Sequence[PartTruth], about: str) -> None:
    """Raise a `ReadError` where nothing is labelled at all."""
    if not any(len(case.events) for truth in truths for case in truth.cases):
        raise ReadError(
            f"No label is known for {about}.",
            hint="Put labeled_anomalies.csv or a *_labels.json beside the data, or name it with --labels FILE.",
        )
