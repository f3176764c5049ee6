"""What a file is made of, whatever it holds and however broken it is: sections with cards, columns and checksums."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.errors import ReadError
from desktop_app.io.source import GZIP_MAGIC, version_of

Checksum = Literal["good", "bad", "none", "not checked"]

BUDGET_S = 2.0
NOT_COUNTED = -1


@dataclass(frozen=True)
class HeaderCard:
    """One card of a header.

    Attributes
    ----------
    keyword, value, comment : str
        As the file writes them, a text without its quotes; ``comment`` without the unit.
    unit : str
        What stands in brackets at the beginning of the comment, as in ``[d] time of mid-exposure``.
    image : str
        The whole card, 80 characters a line; "" in files that have no cards of that kind.
    """

    keyword: str
    value: str
    unit: str = ""
    comment: str = ""
    image: str = ""


@dataclass(frozen=True)
class ColumnFacts:
    """What there is to tell about one column of a table, or about the pixels of an image.

    Attributes
    ----------
    name, unit, form : str
        ``form`` is the format as the file names it: "D", "121E", "float64".
    missing : int
        Numbers that are NaN or stand for no value, or texts that are blank; `NOT_COUNTED` where nobody looked.
    low, high : float
        The smallest and the largest number, scaled; NaN where there is none.
    """

    name: str
    unit: str = ""
    form: str = ""
    missing: int = NOT_COUNTED
    low: float = float("nan")
    high: float = float("nan")


@dataclass(frozen=True)
class Section:
    """One HDU of a FITS file; one table, array or dataset of another.

    Attributes
    ----------
    place : int
    name, kind, told : str
        "LIGHTCURVE", "table", "20,076 rows of 20 columns".
    size_bytes : int
        Header and data as they lie in the file, unpacked where it is gzipped.
    cards, columns : tuple
    checksum : str
        "good", "bad", "none" where the section has none, "not checked" where it is too large or cut short.
    why : str
        What does not agree where the checksum is bad.
    """

    place: int
    name: str
    kind: str
    told: str = ""
    size_bytes: int = 0
    cards: tuple[HeaderCard, ...] = ()
    columns: tuple[ColumnFacts, ...] = ()
    checksum: Checksum = "none"
    why: str = ""


@dataclass(frozen=True)
class Anatomy:
    """What a file is made of.

    Attributes
    ----------
    path : Path
    form : str
        "FITS", "gzipped FITS", "Parquet", "HDF5", "NumPy arrays", "text".
    size_bytes : int
        On disk.
    sections : tuple of Section
    problems : tuple of str
        What is wrong with the file, a sentence each; () where nothing is.
    notes : tuple of str
        What was not looked at, a sentence each.
    """

    path: Path
    form: str
    size_bytes: int
    sections: tuple[Section, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def checksum(self) -> Checksum:
        """The verdict over all sections: bad where one is, good where one is and none is bad."""
        verdicts = {section.checksum for section in self.sections}
        order: tuple[Checksum, ...] = ("bad", "not checked", "good")
        return next((verdict for verdict in order if verdict in verdicts), "none")


class Clock:
    """How much time is left to look at one file; without an end where ``whole``."""

    def __init__(self, *, whole: bool) -> None:
        self._end = float("inf") if whole else monotonic() + BUDGET_S

    @property
    def over(self) -> bool:
        """Whether the time is spent."""
        return monotonic() > self._end


@dataclass
class Tally:
    """Counts the numbers of one column, piece by piece."""

    missing: int = 0
    low: float = field(default=float("inf"))
    high: float = field(default=float("-inf"))

    def add(self, values: NDArray[np.generic], null: float | None = None) -> None:
        """Count ``values``, of any shape; those that equal ``null`` stand for no value."""
        if values.dtype.kind == "c":
            self.missing += int(np.isnan(values).sum())
            return
        numbers = np.ascontiguousarray(values, np.float64)
        absent = np.isnan(numbers) if null is None else (values == null)
        count = int(absent.sum())
        self.missing += count
        kept = numbers[~absent] if count else numbers.ravel()
        if kept.size:
            self.low = min(self.low, float(kept.min()))
            self.high = max(self.high, float(kept.max()))

    def facts(self, name: str, unit: str, form: str, scale: float = 1.0, zero: float = 0.0) -> ColumnFacts:
        """What was counted of the column ``name``; ``scale`` and ``zero`` make the file's numbers the true ones."""
        if self.low > self.high:
            return ColumnFacts(name, unit, form, self.missing)
        ends = sorted((self.low * scale + zero, self.high * scale + zero))
        return ColumnFacts(name, unit, form, self.missing, *ends)


def anatomy(path: Path, *, whole: bool = False) -> Anatomy:
    """What the file at ``path`` is made of, also where it is broken: then as far as it can be read.

    Parameters
    ----------
    path : Path
        A plain file.
    whole : bool
        Count and check everything, however long it takes; else what takes longer than 2 s is left out and said.

    Raises
    ------
    ReadError
        There is no such file, it may not be read, or it is no plain file.
    """
    return _anatomy(path, whole, version_of(path))


@lru_cache(maxsize=4)
def _anatomy(path: Path, whole: bool, version: tuple[int, int]) -> Anatomy:
    from desktop_app.io.source import read_head

    size = version[1]
    clock = Clock(whole=whole)
    try:
        head = read_head(path)
    except ReadError as error:
        # What is no plain file has nothing inside; a damaged gzip stream is a file that cannot be looked into.
        if not size or not path.is_file():
            raise
        return Anatomy(path, "gzip", size, problems=(error.message,))
    form, sections, problems, notes = _looked_into(path, head, clock)
    with path.open("rb") as file:
        packed = "gzipped " if file.read(2) == GZIP_MAGIC else ""
    return Anatomy(path, packed + form, size, tuple(sections), tuple(problems), tuple(notes))


Looked = tuple[str, Sequence[Section], Sequence[str], Sequence[str]]


def _looked_into(path: Path, head: bytes, clock: Clock) -> Looked:
    from desktop_app.io.inside import array_anatomy, fits_anatomy, hdf5_anatomy, table_anatomy

    if head.startswith(b"SIMPLE  ="):
        return fits_anatomy.look(path, clock)
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return hdf5_anatomy.look(path, clock)
    if head.startswith(b"PAR1"):
        return table_anatomy.look_at_parquet(path, clock)
    if head.startswith((b"\x93NUMPY", b"PK\x03\x04")):
        return array_anatomy.look_at_arrays(path, clock)
    return table_anatomy.look_at_text(path, head, clock)
