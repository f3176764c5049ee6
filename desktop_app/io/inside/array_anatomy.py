"""What NumPy files are made of: their arrays with type, shape and what they hold; nothing is unpickled."""

import zipfile
import zlib
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import IO

import numpy as np

from desktop_app.core.errors import ReadError
from desktop_app.io.inside.anatomy import Clock, ColumnFacts, Looked, Section, Tally
from desktop_app.io.telemetry.npy_file import read_npy_head

_PIECE_BYTES = 1 << 20
_ARRAYS_LIMIT = 4096
_COLUMNS_SHOWN = 64


def look_at_arrays(path: Path, clock: Clock) -> Looked:
    """The arrays of an ``.npz``, or the one of an ``.npy``."""
    problems: list[str] = []
    notes: list[str] = []
    sections: list[Section] = []
    try:
        if not zipfile.is_zipfile(path):
            with path.open("rb") as file:
                sections.append(_array(0, path.stem, file, path.stat().st_size, clock))
            return "NumPy array", sections, problems, notes
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
            if len(members) > _ARRAYS_LIMIT:
                notes.append(f"Only the first {_ARRAYS_LIMIT:,} of {len(members):,} arrays are listed.")
            for place, member in enumerate(members[:_ARRAYS_LIMIT]):
                name = member.filename.removesuffix(".npy")
                sections.append(_member(packed, member, place, name, clock, problems))
    except (OSError, ValueError, ReadError, zipfile.BadZipFile) as error:
        problems.append(f"{path.name} cannot be read as NumPy arrays: {_said(error)}.")
    form = "NumPy arrays" if any(section.kind == "array" for section in sections) else "ZIP archive"
    return form, sections, problems, notes


def _member(
    packed: zipfile.ZipFile, member: zipfile.ZipInfo, place: int, name: str, clock: Clock, problems: list[str]
) -> Section:
    try:
        with packed.open(member) as file:
            return _array(place, name, file, member.file_size, clock)
    except (OSError, ValueError, ReadError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        problems.append(f"{name} cannot be read: {_said(error)}.")
        return Section(place, name, "broken", "", member.file_size)


def _array(place: int, name: str, file: IO[bytes], size: int, clock: Clock) -> Section:
    head = read_npy_head(_Reading(file), name)
    told = f"{' × '.join(map(str, head.shape)) or 'one value'}, {head.dtype.name}"
    # Where the first axis runs fastest, what follows one another in the file is no row.
    shape = (prod(head.shape),) if head.fortran else head.shape
    columns = columns_of(_rows(file, shape, head.dtype, clock), shape, head.dtype)
    return Section(place, name, "array", told, size, (), columns)


class _Reading:
    """A plain stream as readers of arrays want it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, count: int) -> bytes:
        """The next ``count`` bytes; fewer only where the file ends."""
        return self._file.read(count)

    def skip(self, count: int) -> int:
        """Pass over the next ``count`` bytes; how many there were."""
        return len(self._file.read(count))

    def finish(self) -> None:
        """Nothing is left to be checked."""


def _rows(
    file: IO[bytes], shape: tuple[int, ...], dtype: np.dtype[np.generic], clock: Clock
) -> Iterator[np.ndarray | None]:
    """The array in pieces of whole rows, as far as the file goes; None once the time is spent."""
    width = prod(shape[1:]) * dtype.itemsize if shape else dtype.itemsize
    left = (shape[0] if shape else 1) * width
    step = max(1, _PIECE_BYTES // width) * width if width else 0
    while left > 0 and step <= 64 * _PIECE_BYTES:
        if clock.over:
            yield None
            return
        piece = file.read(min(step, left))
        if len(piece) < min(step, left):
            raise ValueError(f"it is cut short: {left - len(piece):,} bytes are missing")
        left -= len(piece)
        yield np.frombuffer(piece, dtype)


def columns_of(
    pieces: Iterator[np.ndarray | None], shape: tuple[int, ...], dtype: np.dtype[np.generic]
) -> tuple[ColumnFacts, ...]:
    """The facts of a vector, of the columns of a matrix of not too many, or of all values together."""
    if dtype.kind not in "iufb" or dtype.names:
        return ()
    count = shape[1] if len(shape) == 2 and shape[1] <= _COLUMNS_SHOWN else 1
    tallies = [Tally() for _ in range(count)]
    for piece in pieces:
        if piece is None:
            return (ColumnFacts("values", "", dtype.name),)
        table = piece.reshape(-1, count) if count > 1 else piece[:, None]
        with np.errstate(all="ignore"):
            for place, tally in enumerate(tallies):
                tally.add(table[:, place])
    if count == 1:
        return (tallies[0].facts("values", "", dtype.name),)
    return tuple(tally.facts(f"column {place}", "", dtype.name) for place, tally in enumerate(tallies))


def _said(error: BaseException) -> str:
    if isinstance(error, ReadError):
        return error.message
    return (" ".join(str(error).split())[:200] or type(error).__name__).rstrip(".")
