"""Tables of objects beside pictures: FITS, VOTable, ECSV and CSV; every column as text, and where it can as numbers."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import isnan
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.light_curve import Series
from desktop_app.io.fits.fits_file import guarded, is_fits
from desktop_app.io.fits.fits_hdus import read_hdus
from desktop_app.io.fits.fits_table import TableHead, columns_of, read_table
from desktop_app.io.source import open_bytes, read_head
from desktop_app.io.tables.votable_file import outlines_in, read_votable
from desktop_app.io.tables.votable_outline import is_votable

SUFFIXES = (".csv", ".tsv", ".ecsv", ".vot", ".votable", ".xml")
_LIMIT_BYTES = 64 << 20
_LIMIT_ROWS = 1_000_000
_NOTHING = ("", "nan", "null", "none", "n/a", "--")
_ECSV_COLUMN = re.compile(r"#\s*-\s*\{\s*name:\s*['\"]?([^,'\"}]+)['\"]?.*?unit:\s*['\"]?([^,'\"}]+)")
_KINDS = "Give a table in FITS, VOTable, ECSV or CSV whose first line names the columns."


@dataclass(frozen=True, eq=False)
class Catalogue:
    """A table of objects.

    Attributes
    ----------
    path : Path
    texts : mapping of str to sequence of str
        Every column as the file writes it, one text a row; "" where there is nothing.
    units : mapping of str to str
        Those that the file gives.
    """

    path: Path
    texts: Mapping[str, Sequence[str]]
    units: Mapping[str, str]

    def __len__(self) -> int:
        return len(next(iter(self.texts.values()), ()))

    @cached_property
    def numbers(self) -> dict[str, Series]:
        """The columns in which everything that is there is a number, by name; NaN where there is nothing."""
        found = {name: _as_numbers(texts) for name, texts in self.texts.items()}
        return {name: Series(values, self.units.get(name, "")) for name, values in found.items() if values is not None}


def _as_numbers(texts: Sequence[str]) -> Floats | None:
    try:
        return np.array([float("nan") if text.lower() in _NOTHING else float(text) for text in texts])
    except ValueError:
        return None


def read_catalogue(path: Path, rows: int | None = None) -> Catalogue:
    """The table in ``path``.

    Parameters
    ----------
    path : Path
    rows : int, optional
        Of a FITS file the table with so many rows; the first where not given.

    Raises
    ------
    ReadError
        It is no table, it is broken, or larger than any catalogue of stamps.
    """
    head = read_head(path)
    if is_fits(head):
        return _from_fits(path, rows)
    if is_votable(head):
        return _from_votable(path)
    with open_bytes(path) as file:
        content = file.read(_LIMIT_BYTES + 1)
    if len(content) > _LIMIT_BYTES:
        raise ReadError(f"{path.name} is larger than {_LIMIT_BYTES >> 20} MiB.", hint="Leave out what is not needed.")
    return _from_text(path, content)


def _from_fits(path: Path, rows: int | None) -> Catalogue:
    every = read_hdus(path).headers
    tables = [header for header in every if header.is_table and header.text("ZIMAGE") != "T"]
    fitting = [header for header in tables if rows in (None, header.size("NAXIS2"))]
    if not fitting:
        raise ReadError(f"{path.name} holds no table of objects.", hint=_KINDS)
    _check_rows(path, fitting[0].size("NAXIS2"))
    table = read_table(path, TableHead(every[0], fitting[0], columns_of(fitting[0])))
    texts: dict[str, list[str]] = {}
    for column in table.head.columns.values():
        if column.is_number:
            kind = column.dtype.kind
            values = table.floats(column)
            whole = kind in "iu"
            texts[column.name] = ["" if isnan(v) else str(int(v)) if whole else repr(v) for v in values.tolist()]
        elif column.dtype.kind in "SU" and not column.dtype.shape:
            with guarded(f"Column {column.name} of {path.name}"):
                texts[column.name] = [str(text).strip() for text in table.rows.field(column.place).tolist()]
    units = {column.name: column.unit for column in table.head.columns.values() if column.unit}
    return Catalogue(path, texts, units)


def _from_text(path: Path, content: bytes) -> Catalogue:
    if b"\0" in content[:4096]:
        raise ReadError(f"{path.name} is no table.", hint=_KINDS)
    lines = content.decode("utf-8-sig", "replace").splitlines()
    units = {match[1]: match[2].strip() for line in lines[:2000] if (match := _ECSV_COLUMN.match(line))}
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    if not lines:
        raise ReadError(f"{path.name} has no rows.", hint=_KINDS)
    delimiter = next((mark for mark in ("\t", ",", ";", "|") if mark in lines[0]), " ")
    try:
        rows = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
        names = [name.strip() for name in next(rows)]
        table = list(islice(rows, _LIMIT_ROWS + 1))
    except csv.Error as error:
        raise ReadError(f"{path.name} is no table: {error}.", hint=_KINDS) from error
    _check_rows(path, len(table))
    if not table:
        raise ReadError(f"{path.name} has no rows.", hint=_KINDS)
    if not all(names) or len(set(names)) < len(names) or any(len(row) != len(names) for row in table):
        raise ReadError(f"{path.name} has no line that names each of its columns once.", hint=_KINDS)
    columns = zip(names, zip(*table, strict=True), strict=True)
    texts = {name: [text.strip() for text in column] for name, column in columns}
    return Catalogue(path, texts, units)


def _from_votable(path: Path) -> Catalogue:
    outline = next((outline for outline in outlines_in(path) if outline.fields), None)
    if outline is None:
        raise ReadError(f"{path.name} has no columns.", hint=_KINDS)
    _check_rows(path, max(outline.rows, outline.promised))
    table = read_votable(path, outline)
    _check_rows(path, len(table.values))
    plain = [
        (place, field)
        for place, field in enumerate(outline.fields)
        if field.is_number or field.datatype in ("char", "unicodeChar")
    ]
    texts = {field.name: [str(word) for word in table.words(place)] for place, field in plain}
    return Catalogue(path, texts, {field.name: field.unit for _place, field in plain if field.unit})


def _check_rows(path: Path, count: int) -> None:
    if count > _LIMIT_ROWS:
        raise ReadError(f"{path.name} has {count:,} rows.", hint="Leave out what is not needed.")
