"""Telemanom folders: one array a channel, below train and test, with the table of labelled anomalies beside them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.io.reader import FileSummary, Reader, chosen_part
from desktop_app.io.source import open_bytes, version_of
from desktop_app.io.telemetry.label_file import read_labels
from desktop_app.io.telemetry.labels import labels_in
from desktop_app.io.telemetry.npy_file import read_npy, read_npy_head

_LABELS = ("labeled_anomalies.csv", "labels.csv", "labels.json")
# SMAP's arrays have 25 columns, MSL's 55: the value and one for each kind of command.
_WITH_COMMANDS = (25, 55)
_CHANNEL_LIMIT = 100_000
_SAVE_AS = "Each channel is an array of shape (rows,) or (rows, columns)."


@dataclass(frozen=True)
class Folder:
    """A folder of channels.

    Attributes
    ----------
    root : Path
        Where ``train`` and ``test`` lie; the folder of the arrays itself where there are no such two.
    shown, training : Path or None
        The folders of the arrays that are looked at, and of those said to be nominal.
    names : tuple of str
        Of the channels, in the order people count: A-2 before A-10.
    """

    root: Path
    shown: Path
    training: Path | None
    names: tuple[str, ...]

    def labels(self) -> Path | None:
        """The table of labels in the folder or beside it; None where there is none."""
        places = [place / name for place in (self.root, self.root.parent) for name in _LABELS]
        return next((path for path in places if path.is_file()), None)


def folder_at(path: Path) -> Folder | None:
    """The channels in ``path`` or its ``data``, or those whose ``train`` or ``test`` it is."""
    above = (path.parent,) if path.name in ("train", "test") else ()
    for root in (path, path / "data", path / "data" / "data", *above):
        test, train = root / "test", root / "train"
        names = _names(test)
        if names:
            return Folder(root, test, train if train.is_dir() else None, names)
        if names := _names(train):
            return Folder(root, train, None, names)
    names = _names(path) if _has_arrays_only(path) else ()
    return Folder(path, path, None, names) if names else None


def accepts(path: Path, _head: bytes) -> bool:
    """Whether the folder holds arrays of channels."""
    return folder_at(path) is not None


def read(path: Path, part: str | None = None) -> Telemetry:
    """One channel with its commands, its training stretch and its labels.

    Raises
    ------
    ReadError
        Its array is broken, or there are no channels.
    ParamError
        There is no such channel.
    """
    return read_channel(path, _folder(path), part)


def read_channel(path: Path, folder: Folder, part: str | None) -> Telemetry:
    """The channel ``part`` of ``folder``, which was opened as ``path``."""
    name = folder.names[chosen_part(path.name, folder.names, part)]

    def array(place: Path | None) -> Floats | None:
        file = None if place is None else place / f"{name}.npy"
        return read_array(file) if file is not None and file.is_file() else None

    shown = array(folder.shown)
    if shown is None:
        raise ReadError(f"{path.name} has no array {name}.npy any more.", hint="Open the folder again.")
    source = Source(path=path, object_name=name, part=name, parts=folder.names)
    labels = folder.labels()
    return channel(source, shown, lambda: array(folder.training), None if labels is None else (labels.name, labels))


def summarise(path: Path) -> FileSummary:
    """How many channels there are, and the rows of the first.

    Raises
    ------
    ReadError
    """
    folder = _folder(path)
    with open_bytes(folder.shown / f"{folder.names[0]}.npy") as file:
        head = read_npy_head(file, f"{folder.names[0]}.npy")
    rows = head.shape[0] if head.shape else 1
    return FileSummary(path, "telemetry", object_name=path.name, rows=rows, shape=(len(folder.names),))


def channel(
    source: Source, values: Floats, training: Callable[[], Floats | None], labels: tuple[str, Path] | None
) -> Telemetry:
    """Telemetry of one channel by its arrays.

    Parameters
    ----------
    source : Source
    values : ndarray, shape (n,) or (n, c)
    training : callable
        The array of the training stretch, or None.
    labels : tuple of str and Path, or None
        The name and place of the label file.
    """
    data = _telemetry(source, values, None)
    nominal = training()
    if nominal is not None and (nominal.shape[1] if nominal.ndim == 2 else 1) == len(data.channels):
        data = replace(data, training=_telemetry(replace(source, notes=()), nominal, data.channels))
    if labels is None:
        return data
    try:
        found = read_labels(labels[1])
    except ReadError as error:
        return replace(data, source=replace(data.source, notes=(*data.source.notes, f"No labels: {error.message}")))
    return labels_in(data, found)


def read_array(path: Path) -> Floats:
    """The array in the file ``path``.

    Raises
    ------
    ReadError
    """
    with open_bytes(path) as file:
        return read_npy(file, path.name)


def _telemetry(source: Source, values: Floats, channels: tuple[Channel, ...] | None) -> Telemetry:
    if values.ndim not in (1, 2) or not prod(values.shape):
        shape = " × ".join(map(str, values.shape)) or "one number"
        raise ReadError(f"{_called(source)} is an array of {shape}.", hint=_SAVE_AS)
    table = values.reshape(len(values), -1)
    if table.shape[1] > _CHANNEL_LIMIT:
        raise ReadError(f"{_called(source)} has {table.shape[1]:,} columns, too many to look at.", hint=_SAVE_AS)
    endless = np.isinf(table)
    if endless.any():
        table = np.where(endless, np.nan, table)
        source = replace(source, notes=(*source.notes, f"{endless.sum():,} infinite values count as missing."))
    return Telemetry(source, np.arange(len(table), dtype=np.float64), table, channels or _channels(table))


def _called(source: Source) -> str:
    file = source.object_name if source.path is None else source.path.name
    return f"Channel {source.part} of {file}" if source.part else file


def _channels(table: Floats) -> tuple[Channel, ...]:
    count = table.shape[1]
    if count == 1:
        return (Channel("value"),)
    if count in _WITH_COMMANDS and np.array_equal(table[:, 1:], table[:, 1:] != 0):
        return (Channel("value"), *(Channel(f"command {n}", role="command") for n in range(1, count)))
    return tuple(Channel(f"column {n}") for n in range(count))


def _folder(path: Path) -> Folder:
    folder = folder_at(path)
    if folder is None:
        raise ReadError(f"{path.name} holds no arrays of channels.", hint=_SAVE_AS)
    return folder


def _has_arrays_only(path: Path) -> bool:
    """Whether there is nothing but arrays, and what may be said about them; a folder of all kinds is no data set."""
    try:
        files = [file for file in path.iterdir() if not file.name.startswith(".")]
    except OSError:
        return False
    return all(file.suffix.lower() in (".npy", ".csv", ".json", ".txt", ".md", ".yaml") for file in files)


def _names(folder: Path) -> tuple[str, ...]:
    return _listed(folder, version_of(folder)) if folder.is_dir() else ()


@lru_cache(maxsize=32)
def _listed(folder: Path, _version: tuple[int, int]) -> tuple[str, ...]:
    try:
        stems = [file.stem for file in folder.iterdir() if file.suffix == ".npy" and not file.name.startswith(".")]
    except OSError:
        return ()
    return in_counting_order(stems)


def in_counting_order(names: list[str]) -> tuple[str, ...]:
    """Names in the order people count: A-2 before A-10."""

    def key(name: str) -> tuple[list[tuple[str, int]], str]:
        return [(word, int(digits or 0)) for word, digits in re.findall(r"(\D*)(\d{0,15})", name)], name

    return tuple(sorted(names, key=key))


READER = Reader("telemanom", "Telemetry folders as of telemanom", (), accepts, read, summarise, of_folders=True)
