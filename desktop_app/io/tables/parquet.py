"""Light curves in parquet, where pyarrow is installed: columns are told apart by name and unit as in text."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.source import Source
from desktop_app.io.fits.fits_file import AGAIN
from desktop_app.io.reader import FileSummary, Reader
from desktop_app.io.source import UNPACKED_LIMIT_BYTES
from desktop_app.io.tables.column_names import TextColumn, may_be_light_curve
from desktop_app.io.tables.named_columns import NamedTable, Words, curve_of
from desktop_app.io.tables.text_columns import Columns, roles_of

_MAGIC = b"PAR1"
_BYTES_A_NUMBER = 8
_SHOWN_ROWS = 12
# What is no number in a row: text, dates, lists and whatever else pyarrow knows.
_NUMBERS = ("int", "uint", "float", "double", "halffloat")
_DATES = ("timestamp", "date32", "date64")


def accepts(path: Path, head: bytes) -> bool:
    """Whether the file is parquet that may be a light curve; a broken one is refused when it is read."""
    if not head.startswith(_MAGIC):
        return False
    try:
        with open_parquet(path) as file:
            return may_be_light_curve(*columns_in(file, path.name))
    except ReadError:
        return True


def read(path: Path, part: str | None = None) -> LightCurve:
    """The light curve.

    Raises
    ------
    ReadError
        pyarrow is not installed, the file is broken, or its columns cannot be told apart.
    """
    with open_parquet(path) as file:
        columns = _as_columns(file, path.name)
        roles = roles_of(columns)
        numbers = tuple(column for column in columns.numbers if column not in roles.words)
        values = numbers_in(file, numbers, path.name)
        words = {column: _words(file, column) for column in columns.every if column in roles.words}
    return curve_of(NamedTable(values, Source(path=path), words), roles, part)


def read_named(path: Path) -> tuple[Columns, NamedTable]:
    """The table in ``path`` before anyone says what its columns are; those of dates, bands and objects are words.

    Raises
    ------
    ReadError
        pyarrow is not installed, the file is broken, or has no rows.
    """
    with open_parquet(path) as file:
        columns = _as_columns(file, path.name)
        numbers = tuple(column for column in columns.numbers if column not in columns.as_words)
        values = numbers_in(file, numbers, path.name)
        words = {column: _words(file, column) for column in columns.as_words}
        shown = columns.first_rows()
    return replace(columns, first_rows=lambda: shown), NamedTable(values, Source(path=path), words)


def summarise(path: Path) -> FileSummary:
    """How many rows there are; a parquet file says no more of itself.

    Raises
    ------
    ReadError
    """
    with open_parquet(path) as file:
        survey = roles_of(_as_columns(file, path.name)).survey
        mission = survey.name if survey else ""
        return FileSummary(path=path, kind="light curve", mission=mission, rows=file.metadata.num_rows)


@contextmanager
def open_parquet(path: Path) -> Iterator[Any]:
    """The file as pyarrow, which ships no types, opens it; what it raises becomes a `ReadError`."""
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise ReadError(
            f"{path.name} is parquet, which Peculiar reads with pyarrow, and pyarrow is not installed.",
            hint="Install it: pip install pyarrow",
        ) from error
    try:
        with parquet.ParquetFile(path) as file:
            yield file
    except (arrow.ArrowException, OSError, ValueError) as error:
        said = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
        raise ReadError(f"{path.name} cannot be read as parquet: {said}.", hint=AGAIN) from error


def columns_in(file: Any, name: str) -> tuple[tuple[TextColumn, ...], tuple[TextColumn, ...]]:
    """All columns of ``file``, which is called ``name``, and those that hold numbers.

    Raises
    ------
    ReadError
        Two columns have one name.
    """
    fields = list(file.schema_arrow)
    names = [field.name for field in fields]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ReadError(f"{name} has two columns called {twice[0]}.", hint="Give every column a name of its own.")
    columns = tuple(TextColumn(field.name, _unit(field), place) for place, field in enumerate(fields))
    numbers = tuple(column for column in columns if str(fields[column.place].type).rstrip("0123456789") in _NUMBERS)
    return columns, numbers


def numbers_in(file: Any, numbers: tuple[TextColumn, ...], name: str) -> dict[TextColumn, Floats]:
    """The columns ``numbers`` of ``file``, which is called ``name``.

    Raises
    ------
    ReadError
        It has no rows, or more than a light curve has.
    """
    if not file.metadata.num_rows:
        raise ReadError(f"{name} has no rows.", hint="Open another file.")
    if file.metadata.num_rows * len(numbers) * _BYTES_A_NUMBER > UNPACKED_LIMIT_BYTES:
        raise ReadError(
            f"{name} has {file.metadata.num_rows:,} rows of {len(numbers)} columns, which no light curve has.",
            hint="Write the rows and columns to look at into a file of their own.",
        )
    table = file.read(columns=[column.name for column in numbers], use_threads=False)
    return {column: table.column(column.name).to_numpy().astype(np.float64) for column in numbers}


def _as_columns(file: Any, name: str) -> Columns:
    every, numbers = columns_in(file, name)
    types = [str(field.type) for field in file.schema_arrow]
    dates = tuple(column for column in every if types[column.place].startswith(_DATES))

    def first_rows() -> tuple[tuple[str, ...], ...]:
        batch = next(file.iter_batches(batch_size=_SHOWN_ROWS, use_threads=False), None)
        rows = [] if batch is None else batch.to_pylist()
        return tuple(
            tuple("" if row[column.name] is None else str(row[column.name])[:80] for column in every) for row in rows
        )

    return Columns(name, every, numbers, dates=dates, first_rows=first_rows)


def _words(file: Any, column: TextColumn) -> Words:
    """A column as words, "" where it has no value; dates as ISO 8601 writes them."""
    values = file.read(columns=[column.name], use_threads=False).column(column.name)
    if str(values.type).startswith(_DATES):
        zone = "Z" if getattr(values.type, "tz", None) else ""
        dates = np.datetime_as_string(values.to_numpy().astype("datetime64[us]"))
        return np.array(["" if date == "NaT" else f"{date}{zone}" for date in dates], dtype=np.str_)
    return np.array(["" if value is None else str(value).strip() for value in values.to_pylist()], dtype=np.str_)


def _unit(field: Any) -> str:
    """The unit that the metadata of a column give, "" where they give none."""
    unit: bytes = (field.metadata or {}).get(b"unit", b"")
    return unit.decode("utf-8", "replace")


READER = Reader("parquet", "Light curves in parquet", (".parquet", ".pq"), accepts, read, summarise)
