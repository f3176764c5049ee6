"""Labels beside the data: stretches of a label file become intervals of rows."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.errors import ReadError
from desktop_app.core.telemetry import Interval, Telemetry, stretches, with_labels
from desktop_app.io.telemetry.label_file import LabelFile, Labelled, read_labels
from desktop_app.io.telemetry.moments import EPOCHS

_CHOSEN: dict[Path, Path] = {}
_NAMES = ("labels.json", "labels.csv", "labeled_anomalies.csv")


def load_labels(data: Telemetry, path: Path) -> Telemetry:
    """``data`` with the labels that the file ``path`` has for it beside those that it has.

    Raises
    ------
    ReadError
        It is no label file, or none of its labels is about these data.
    """
    found = read_labels(path)
    if found.stretches and not _names(data) & {label.channel for label in found.stretches}:
        named = list(dict.fromkeys(label.channel for label in found.stretches))
        what = ", ".join(named[:12]) + (f" and {len(named) - 12} more" if len(named) > 12 else "")
        raise ReadError(
            f"{path.name} labels {what}, and none of them is in {_called(data)}.",
            hint="Choose the label file that belongs to these data, or the part that it labels.",
        )
    labelled = labels_in(data, found)
    if found.stretches and len(labelled.labels) == len(data.labels) and not data.labels:
        raise ReadError(
            f"No label of {path.name} lies within the rows of {_called(data)}.",
            hint="Labels are row numbers from 0, or times in the clock of the data.",
        )
    return labelled


def choose_labels(path: Path, labels: Path) -> None:
    """From now on ``path`` opens with the labels in the file ``labels``, whichever of its parts is opened.

    Raises
    ------
    ReadError
        It is no label file, or about something else; or ``path`` is no telemetry.
    """
    from desktop_app.io import open_file

    data = open_file(path)
    if not isinstance(data, Telemetry):
        raise ReadError(f"{path.name} is no telemetry, so labels cannot be shown in it.", hint="Leave out the labels.")
    named = {label.channel for label in read_labels(labels).stretches}
    part = next((part for part in data.source.parts if part in named), None)
    found = data if part is None else open_file(path, part=part)
    load_labels(found if isinstance(found, Telemetry) else data, labels)
    _CHOSEN[path.absolute()] = labels.absolute()


def with_chosen_labels(data: Telemetry) -> Telemetry:
    """``data`` with the labels that were chosen for its file, if any were; as it is where none is about this part."""
    path = data.source.path
    labels = None if path is None else _CHOSEN.get(path.absolute())
    if labels is None:
        return data
    try:
        return load_labels(data, labels)
    except ReadError as error:
        return replace(data, source=replace(data.source, notes=(*data.source.notes, error.message)))


def with_labels_beside(data: Telemetry) -> Telemetry:
    """``data`` with the labels of a file that lies beside it and bears its name, or is called labels; else as it is.

    A label file that cannot be read is told of in a note.
    """
    path = data.source.path
    if path is None or data.labels:
        return data
    stem = path.name.split(".")[0]
    for name in (f"{stem}_labels.json", f"{stem}_labels.csv", f"{stem}.labels.json", f"{stem}.labels.csv", *_NAMES):
        beside = path.parent / name
        if beside != path and beside.is_file():
            return _beside(data, beside)
    return data


def labels_in(data: Telemetry, found: LabelFile) -> Telemetry:
    """``data`` with the labels in ``found`` that are about it, and the name of its spacecraft where the file tells.

    A note tells of labels outside of its rows.
    """
    if mission := found.groups.get(data.source.object_name, ""):
        data = replace(data, source=replace(data.source, mission=mission))
    intervals: list[Interval] = []
    outside = 0
    names, channels = _names(data), set(data.names)
    rows = data.row if np.all(data.row[1:] > data.row[:-1]) else None
    for label in found.stretches:
        if label.channel in names:
            within = _within(data, label, rows)
            outside += not within
            channel = label.channel if label.channel in channels else ""
            intervals.extend(Interval(start, stop, label.kind, channel) for start, stop in within)
    labelled = with_labels(data, intervals)
    if not outside:
        return labelled
    text = f"{outside:,} label{'s lie' if outside > 1 else ' lies'} outside of the rows."
    return replace(labelled, source=replace(data.source, notes=(*data.source.notes, text)))


def _beside(data: Telemetry, path: Path) -> Telemetry:
    try:
        found = read_labels(path)
    except ReadError as error:
        return replace(data, source=replace(data.source, notes=(*data.source.notes, f"No labels: {error.message}")))
    labelled = labels_in(data, found)
    if not labelled.labels:
        return labelled
    notes = (*labelled.source.notes, f"The labels are those of {path.name}.")
    return replace(labelled, source=replace(labelled.source, notes=notes))


def _names(data: Telemetry) -> set[str]:
    """What a label file may call the data, or a channel of them."""
    source = data.source
    file = () if source.path is None else (source.path.name, source.path.name.split(".")[0])
    return {"", source.part, source.object_name, *file, *data.names}


def _within(data: Telemetry, label: Labelled, rows: Ints | None) -> list[tuple[int, int]]:
    """The rows ``start:stop`` of ``data`` that lie in the stretch; both of its ends belong to it.

    Parameters
    ----------
    data : Telemetry
    label : Labelled
    rows : ndarray or None
        Their numbers in the file, None where those do not rise.
    """
    bounds = _time_bounds(data, label)
    if bounds is None and rows is None:
        return stretches((data.row >= label.start) & (data.row <= label.end))
    first, last = (label.start, label.end) if bounds is None else bounds
    place: Floats | Ints = data.time if bounds is not None or rows is None else rows
    start, stop = np.searchsorted(place, first, "left"), np.searchsorted(place, last, "right")
    return [(int(start), int(stop))] if stop > start else []


def _time_bounds(data: Telemetry, label: Labelled) -> tuple[float, float] | None:
    """The stretch in the times of ``data``; None where it counts rows."""
    start, end = label.start, label.end
    if label.counted == "rows" or (label.counted == "numbers" and data.clock == "samples"):
        return None
    if label.counted == "numbers" and data.clock == "utc":
        scale = next((scale for low, high, scale in EPOCHS if low <= start < high), 0.0)
        if not scale:
            return None
        start, end = start * scale, end * scale
    # Without a date nothing is known of a date: the bounds are NaN, and no row lies between them.
    zero = data.zero_unix_s if data.clock == "utc" or label.counted == "dates" else 0.0
    # A microsecond is the step of a unix time in float64.
    return start - zero - 1e-6, end - zero + 1e-6


def _called(data: Telemetry) -> str:
    name = data.source.path.name if data.source.path else data.source.object_name
    return f"{data.source.part} of {name}" if data.source.part else name
