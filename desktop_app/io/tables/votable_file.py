"""VOTables through astropy, once they are known to be safe: nothing printed, nothing fetched, no traceback."""

import struct
import warnings
from binascii import Error as Base64Error
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from xml.parsers.expat import ExpatError

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.quiet import ALONE
from desktop_app.io.reader import HEAD_BYTES
from desktop_app.io.source import open_bytes, version_of
from desktop_app.io.tables.votable_outline import AGAIN, LIMIT_BYTES, Outline, outline_of

Words = NDArray[np.str_]
# What astropy raises on broken files beside its own errors, which are SyntaxErrors; found by mutating files.
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    Base64Error,
    EOFError,
    ExpatError,
    LookupError,
    NameError,
    NotImplementedError,
    OSError,
    RecursionError,
    struct.error,
    SyntaxError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, eq=False)
class VoTable:
    """One table, read.

    Attributes
    ----------
    outline : Outline
    values : ndarray, shape (n,)
        With a field for each column, in their order.
    missing : ndarray, shape (n,)
        The same with yes where there is no value.
    """

    outline: Outline
    values: NDArray[np.void]
    missing: NDArray[np.void]

    def floats(self, place: int) -> Floats:
        """A column of numbers as float64, NaN where there is none."""
        name = self._name(place)
        floats = np.array(self.values[name], dtype=np.float64)
        floats[np.asarray(self.missing[name], dtype=np.bool_)] = np.nan
        return floats

    def words(self, place: int) -> Words:
        """A column as words, "" where there is none; a yes or no is "true" or "false"."""
        name = self._name(place)
        values, missing = self.values[name], np.asarray(self.missing[name])
        if values.dtype.kind == "b":
            values = np.where(values, "true", "false")
        # A column of letters is an object each: only numbers have a mask of their own.
        gone = missing if missing.dtype.kind == "b" and missing.ndim == 1 else np.zeros(len(values), np.bool_)
        words = ["" if no else _word(value) for value, no in zip(values, gone, strict=True)]
        return np.array(words, dtype=np.str_)

    def _name(self, place: int) -> str:
        names = self.values.dtype.names or ()
        return names[place]


def _word(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.strip(" \t\r\n\0")


def outlines_in_head(path: Path, head: bytes) -> tuple[Outline, ...]:
    """The tables whose columns are told in ``head``, the first bytes of the file; all where that is all of it.

    Raises
    ------
    ReadError
    """
    return _outlines_in_head(path.name, head)


@lru_cache(maxsize=8)
def _outlines_in_head(file: str, head: bytes) -> tuple[Outline, ...]:
    return outline_of(head, file, whole=len(head) < HEAD_BYTES)


def outlines_in(path: Path) -> tuple[Outline, ...]:
    """All tables of the file.

    Raises
    ------
    ReadError
    """
    return _whole(path, version_of(path))[1]


def read_votable(path: Path, outline: Outline) -> VoTable:
    """The table of ``path`` that ``outline`` tells of.

    Raises
    ------
    ReadError
    """
    content, _ = _whole(path, version_of(path))
    with _guarded(f"Table {outline.name or outline.place + 1} of {path.name}"):
        from astropy.io.votable import parse

        parsed = parse(BytesIO(content), table_number=outline.place, verify="ignore", invalid="exception")
        table = parsed.get_first_table()
        values = np.asarray(table.array.data)
        missing = np.ma.getmaskarray(table.array)
        if len(values.dtype.names or ()) != len(outline.fields):
            raise ValueError("its columns are not those of its fields")
    return VoTable(outline, values, missing)


def first_rows(table: VoTable, count: int) -> tuple[tuple[str, ...], ...]:
    """The first rows as text."""
    columns = [[_word(value) for value in table.values[name][:count]] for name in (table.values.dtype.names or ())]
    return tuple(zip(*columns, strict=True))


@lru_cache(maxsize=1)
def _whole(path: Path, _version: tuple[int, int]) -> tuple[bytes, tuple[Outline, ...]]:
    with open_bytes(path) as file:
        content = file.read(LIMIT_BYTES + 1)
    if len(content) > LIMIT_BYTES:
        raise ReadError(
            f"{path.name} is a VOTable of more than {LIMIT_BYTES >> 20} MiB, which no light curve is.",
            hint="Save the rows to look at as FITS or parquet.",
        )
    return content, outline_of(content, path.name)


@contextmanager
def _guarded(what: str) -> Iterator[None]:
    """Where astropy looks at ``what``: what it raises becomes a `ReadError`, and its warnings are dropped."""
    with ALONE, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            yield
        except _BROKEN as error:
            said = " ".join(str(error).split())[:200].strip('".')
            raise ReadError(f"{what} cannot be read: {said or type(error).__name__}.", hint=AGAIN) from error
