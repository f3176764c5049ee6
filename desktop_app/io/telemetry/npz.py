"""Telemetry packed into one archive of numpy arrays: channels by name, or one array a part."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.io.reader import FileSummary, Reader, chosen_part
from desktop_app.io.source import RATIO_FREE_BYTES, RATIO_LIMIT, UNPACKED_LIMIT_BYTES, open_bytes
from desktop_app.io.telemetry.labels import with_labels_beside
from desktop_app.io.telemetry.npy_file import VALUES_LIMIT_BYTES, read_npy, read_npy_head
from desktop_app.io.telemetry.telemanom import channel, in_counting_order

_ENTRY_LIMIT = 100_000
_PACKED = re.compile(r"(?P<channel>.+)\.(?P<stretch>train|test)\.(?P<what>value|commands)")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True)
class Archive:
    """What an archive holds: for each part its arrays by stretch and kind; for an unknown layout ("test", "value")."""

    parts: dict[str, dict[tuple[str, str], zipfile.ZipInfo]]

    @property
    def names(self) -> tuple[str, ...]:
        """The parts in the order people count."""
        return in_counting_order(list(self.parts))


def accepts(_path: Path, head: bytes) -> bool:
    """Whether the file is an archive that begins with an array of numpy."""
    if not head.startswith(b"PK\x03\x04") or len(head) < 30:
        return False
    count = int.from_bytes(head[26:28], "little")
    return head[30 : 30 + count].endswith(b".npy")


def read(path: Path, part: str | None = None) -> Telemetry:
    """One channel of the archive, with its commands, training stretch and labels.

    Raises
    ------
    ReadError
        The archive is broken or a bomb, or an array holds something else than numbers.
    ParamError
        There is no such channel.
    """
    with _opened(path) as (zipped, archive):
        names = archive.names
        name = names[chosen_part(path.name, names, part)]
        arrays = {key: _array(zipped, entry, path.name) for key, entry in archive.parts[name].items()}
    tests = {what: values for (stretch, what), values in arrays.items() if stretch == "test"}
    trains = {what: values for (stretch, what), values in arrays.items() if stretch == "train"}
    source = Source(path=path, object_name=name, part=name, parts=names)
    shown, training = (tests, trains) if tests else (trains, {})
    data = channel(source, _table(shown, path.name), lambda: _table(training, path.name) if training else None, None)
    return with_labels_beside(_commanded(data) if {"value", "commands"} <= set(shown) else data)


def _commanded(data: Telemetry) -> Telemetry:
    """``data`` with all columns behind the first as commands: the names of the arrays say so."""
    columns = (Channel("value"), *(Channel(f"command {n}", role="command") for n in range(1, data.values.shape[1])))
    training = data.training
    if training is not None:
        training = replace(
            training, channels=columns if training.values.shape[1] == len(columns) else training.channels
        )
    return replace(data, channels=columns, training=training)


def summarise(path: Path) -> FileSummary:
    """How many channels there are, and the rows of the first.

    Raises
    ------
    ReadError
    """
    with _opened(path) as (zipped, archive):
        names = archive.names
        arrays = archive.parts[names[0]]
        entry = arrays.get(("test", "value")) or next(iter(arrays.values()))
        with zipped.open(entry) as file:
            head = read_npy_head(_Member(file), f"{entry.filename} of {path.name}")
    rows = head.shape[0] if head.shape else 1
    return FileSummary(path, "telemetry", object_name=path.name.split(".")[0], rows=rows, shape=(len(names),))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Archive]]:
    """The archive, once it is known that it is no bomb; what zipfile raises becomes a `ReadError`."""
    try:
        with open_bytes(path), zipfile.ZipFile(path) as zipped:
            yield zipped, _archive(zipped, path)
    except _BROKEN as error:
        said = " ".join(str(error).split())[:160].strip(".'\"") or type(error).__name__
        raise ReadError(f"{path.name} cannot be unpacked: {said}.", hint="Download or copy the file again.") from error


def _archive(zipped: zipfile.ZipFile, path: Path) -> Archive:
    entries = [entry for entry in zipped.infolist() if entry.filename.endswith(".npy")]
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _ENTRY_LIMIT or unpacked > UNPACKED_LIMIT_BYTES:
        raise ReadError(
            f"{path.name} holds {len(entries):,} arrays of {unpacked >> 20:,} MiB together, which no telemetry does.",
            hint="Unpack it yourself if you trust it, and open what comes out.",
        )
    if not entries:
        raise ReadError(f"{path.name} holds no arrays of numpy.", hint="Open another file.")
    parts: dict[str, dict[tuple[str, str], zipfile.ZipInfo]] = {}
    for entry in entries:
        name = entry.filename.removesuffix(".npy")
        known = _PACKED.fullmatch(name)
        key = (known["stretch"], known["what"]) if known else ("test", "value")
        parts.setdefault(known["channel"] if known else name, {})[key] = entry
    return Archive(parts)


def _array(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str) -> Floats:
    if entry.file_size > max(RATIO_FREE_BYTES, RATIO_LIMIT * entry.compress_size):
        raise ReadError(
            f"{entry.filename} of {file} unpacks to {entry.file_size >> 20:,} MiB from {entry.compress_size:,} bytes, "
            "which no telemetry does.",
            hint="Unpack it yourself if you trust it, and open what comes out.",
        )
    with zipped.open(entry) as member:
        return read_npy(_Member(member), f"{entry.filename} of {file}")


def _table(arrays: dict[str, Floats], file: str) -> Floats:
    """The value, and behind it the commands of the same rows."""
    value, commands = arrays.get("value"), arrays.get("commands")
    if value is None or commands is None:
        only = value if value is not None else commands
        return np.zeros(0) if only is None else only
    if value.ndim != 1 or commands.ndim != 2 or len(value) != len(commands):
        raise ReadError(
            f"{file} has a value of shape {value.shape} with commands of {commands.shape}.",
            hint="Save them with the same rows.",
        )
    return np.column_stack([value, commands])


class _Member:
    """A member of an archive, read front to back."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, count: int) -> bytes:
        return self._file.read(min(count, VALUES_LIMIT_BYTES))

    def skip(self, count: int) -> int:
        return len(self.read(count))

    def finish(self) -> None:
        return


READER = Reader("npz", "Telemetry in archives of numpy", (".npz",), accepts, read, summarise)
