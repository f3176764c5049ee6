"""Light curves in parquet, where pyarrow is installed: columns are told apart by name and unit as in text."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.light_curve import LightCurve
from desktop_app.io.fits_file import AGAIN
from desktop_app.io.named_columns import curve_of
from desktop_app.io.reader import FileSummary, Reader, the_only_part
from desktop_app.io.source import UNPACKED_LIMIT_BYTES
from desktop_app.io.text_columns import TextColumn, roles_of

_MAGIC = b"PAR1"
_BYTES_A_NUMBER = 8
# What is no number in a row: text, dates, lists and whatever else pyarrow knows.
_NUMBERS = ("int", "uint", "float", "double", "halffloat", "bool")


def accepts(_path: Path, head: bytes) -> bool:
    """Whether the file is parquet."""
    return head.startswith(_MAGIC)


def read(path: Path, part: str | None = None) -> LightCurve:
    """The light curve.

    Raises
    ------
    ReadError
        pyarrow is not installed, the file is broken, or its columns cannot be told apart.
    """
    the_only_part(path.name, part)
    with open_parquet(path) as file:
        columns, numbers = columns_in(file, path.name)
        roles = roles_of(columns, numbers, path.name)
        values = numbers_in(file, numbers, path.name)
    return curve_of(path, roles, values)


def summarise(path: Path) -> FileSummary:
    """How many rows there are; a parquet file says no more of itself.

    Raises
    ------
    ReadError
    """
    with open_parquet(path) as file:
        roles_of(*columns_in(file, path.name), path.name)
        return FileSummary(path=path, kind="light curve", rows=file.metadata.num_rows)


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
    twice = [field for field in names if names.count(field) > 1]
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


def _unit(field: Any) -> str:
    """The unit that the metadata of a column give, "" where they give none."""
    unit: bytes = (field.metadata or {}).get(b"unit", b"")
    return unit.decode("utf-8", "replace")


READER = Reader("parquet", "Light curves in parquet", (".parquet", ".pq"), accepts, read, summarise)
