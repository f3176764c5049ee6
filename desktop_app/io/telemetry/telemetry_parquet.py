"""Telemetry in parquet, where pyarrow is installed: tables of channels and long tables, told apart as in text."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Telemetry
from desktop_app.io.reader import FileSummary, Reader, the_only_part
from desktop_app.io.source import version_of
from desktop_app.io.tables.column_names import TextColumn
from desktop_app.io.tables.mixed_columns import WORD_LIMIT
from desktop_app.io.tables.parquet import open_parquet
from desktop_app.io.telemetry.channel_table import (
    ChannelTable,
    channels_in,
    is_list_of_labels,
    is_of_light,
    is_telemetry,
)
from desktop_app.io.telemetry.gathered import Gathered
from desktop_app.io.telemetry.labels import with_labels_beside
from desktop_app.io.telemetry.long_table import CHANNELS, LongColumns, LongTable, columns_in, long_table
from desktop_app.io.telemetry.moments import Moments, Texts, dates_in, floats_in, joined, numbers_in, of_floats
from desktop_app.io.telemetry.npy_file import VALUES_LIMIT_BYTES
from desktop_app.io.telemetry.telemetry_columns import STATE_LIMIT, Words, beside_name
from desktop_app.io.telemetry.telemetry_long import telemetry_in
from desktop_app.io.telemetry.telemetry_rows import telemetry_of

_MAGIC = b"PAR1"
_INDEX = "__index_level_"
_SAMPLE_ROWS = 100
_PIECE_ROWS = 1 << 16
_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
Told = ChannelTable | LongColumns | None


def accepts(path: Path, head: bytes) -> bool:
    """Whether the file is parquet with a table of channels; nothing in it is called like a brightness."""
    if not head.startswith(_MAGIC):
        return False
    try:
        return _told(path, version_of(path)) is not None
    except ReadError:
        # The reader of light curves tells why it cannot be read.
        return False


def read(path: Path, part: str | None = None) -> Telemetry:
    """The channels of the table; of a long table one channel, or all of them.

    Raises
    ------
    ReadError
        pyarrow is not installed, the file is broken, or its times cannot be read.
    ParamError
        There is no such channel.
    """
    told = _told(path, version_of(path))
    if told is None:
        raise ReadError(f"{path.name} holds no table of channels.", hint="Open another file.")
    if isinstance(told, LongColumns):
        return telemetry_in(_long(path, version_of(path)), path, part)
    the_only_part(path.name, part)
    with open_parquet(path) as file:
        gathered = Gathered(told)
        words = tuple(column for column in (told.clock, told.label, *told.states) if column is not None)
        time = () if told.time is None else (told.time,)
        for batch in _batches(file, (*time, *told.numbers, *words), path.name):
            texts = {column: _texts(batch[column]) for column in words}
            clock = None if told.clock is None else texts[told.clock]
            moments = None if told.time is None else _moments(batch[told.time], clock, dated=told.dated)
            numbers = [_floats(batch[column]) for column in told.numbers]
            gathered.add(np.column_stack([np.empty((len(next(iter(batch.values()))), 0)), *numbers]), moments, texts)
    source = Source(path=path, object_name=beside_name(path), notes=(*told.notes, *gathered.notes()))
    return with_labels_beside(telemetry_of(source, gathered.times(), gathered.columns()))


def summarise(path: Path) -> FileSummary:
    """How many rows and channels there are.

    Raises
    ------
    ReadError
    """
    told = _told(path, version_of(path))
    with open_parquet(path) as file:
        rows = file.metadata.num_rows
    if not isinstance(told, ChannelTable):
        return FileSummary(path, "telemetry", object_name=beside_name(path))
    shape = (len(told.numbers) + len(told.states),)
    return FileSummary(path, "telemetry", object_name=beside_name(path), rows=rows, shape=shape)


@lru_cache(maxsize=4)
def _told(path: Path, _version: tuple[int, int]) -> Told:
    with open_parquet(path) as file:
        return _told_apart(file, path.name)


def _told_apart(file: Any, name: str) -> Told:
    """Which column is what; None where the table is none of channels."""
    columns = _columns(file)
    sample = _sample(file, columns)
    if not sample or is_of_light(columns) or is_list_of_labels(columns):
        return None
    long = columns_in(columns, sample, name)
    if long is not None:
        return long
    table = channels_in(columns, sample, name)
    return table if is_telemetry(columns, table, sample, is_named=True) else None


def _columns(file: Any) -> tuple[TextColumn, ...]:
    """The columns that hold one value a row, and no bytes."""
    fields = [field for field in file.schema_arrow if not _is_nested(str(field.type))]
    # What pandas keeps of its index when it says nothing.
    fields = [
        field for field in fields if not field.name.startswith("__index_level_") or "timestamp" in str(field.type)
    ]
    return tuple(TextColumn(field.name, _unit(field), place) for place, field in enumerate(fields))


def _unit(field: Any) -> str:
    raw: bytes = (field.metadata or {}).get(b"unit", b"")
    return raw.decode("utf-8", "replace")[:80]


def _is_nested(kind: str) -> bool:
    return kind.startswith(("list", "struct", "map", "large_list", "fixed_size", "binary", "large_binary", "union"))


def _sample(file: Any, columns: tuple[TextColumn, ...]) -> tuple[tuple[str, ...], ...]:
    names = [column.name for column in columns]
    if not names or not file.metadata.num_rows or len(set(names)) < len(names):
        return ()
    batch = next(file.iter_batches(batch_size=_SAMPLE_ROWS, columns=names, use_threads=False), None)
    if batch is None:
        return ()
    found = [[str(text) for text in _texts(batch.column(name))] for name in names]
    return tuple(zip(*found, strict=True))


def _shown(value: object) -> str:
    if value is None:
        return ""
    iso = getattr(value, "isoformat", None)
    return str(iso() if iso is not None else value)[:WORD_LIMIT]


def _batches(file: Any, columns: tuple[TextColumn, ...], name: str) -> Iterator[dict[TextColumn, Any]]:
    """The columns in pieces of rows, as pyarrow's arrays."""
    if prod((file.metadata.num_rows, len(columns), 8)) > VALUES_LIMIT_BYTES:
        raise ReadError(
            f"{name} has {file.metadata.num_rows:,} rows of {len(columns)} columns, too many to look at.",
            hint="Write a part of it into a file of its own.",
        )
    for batch in file.iter_batches(
        batch_size=_PIECE_ROWS, columns=[column.name for column in columns], use_threads=False
    ):
        yield {column: batch.column(column.name) for column in columns}


@lru_cache(maxsize=1)
def _long(path: Path, _version: tuple[int, int]) -> LongTable:
    columns = _told(path, _version)
    if not isinstance(columns, LongColumns):
        raise ReadError(f"{path.name} is no long table.", hint="Open another file.")
    with open_parquet(path) as file:
        asked = tuple(column for column in (columns.channel, columns.label, columns.unit) if column is not None)
        words = {column: Words(CHANNELS) for column in asked}
        states = Words(STATE_LIMIT)
        moments: list[Moments] = []
        values: list[Floats] = []
        for batch in _batches(file, tuple(dict.fromkeys((columns.time, columns.value, *asked))), path.name):
            moments.append(_moments(batch[columns.time], None, dated=columns.dated))
            for column, known in words.items():
                known.add(_texts(batch[column]))
            values.append(_values(batch[columns.value], states))
    found: Mapping[TextColumn, Words] = words | ({columns.value: states} if states.words else {})
    return long_table(path.name, columns, joined(moments), found, np.concatenate(values))


def _values(array: Any, states: Words) -> Floats:
    """The numbers in a column, whose texts are kept in ``states``."""
    if _is_words(array):
        texts = _texts(array)
        values, odd = floats_in(texts)
        states.add(np.where(odd, texts, ""))
        return values
    states.add(np.full(len(array), "", f"U{WORD_LIMIT}"))
    return _floats(array)


def _is_words(array: Any) -> bool:
    return str(array.type).startswith(("string", "large_string", "dictionary", "bool", "utf8"))


def _floats(array: Any) -> Floats:
    """Numbers as float64, NaN where there is none."""
    if _is_words(array):
        return floats_in(_texts(array))[0]
    kind = str(array.type)
    if not kind.startswith(("int", "uint", "float", "double", "halffloat")):
        array = array.cast("float64", safe=False)
    return np.asarray(array.to_numpy(zero_copy_only=False), np.float64)


def _texts(array: Any) -> Texts:
    """Texts, "" where there is none; dates as ISO 8601 writes them."""
    if str(array.type).startswith("timestamp"):
        whole = _whole(array.cast("int64"))
        dates = np.datetime_as_string(whole.astype(f"datetime64[{array.type.unit}]"))
        return np.where(_known(array), dates, "").astype(f"U{WORD_LIMIT}")
    return np.array([_shown(value).strip() for value in array.to_pylist()], f"U{WORD_LIMIT}")


def _known(array: Any) -> Bools:
    return ~np.asarray(array.is_null().to_numpy(zero_copy_only=False), bool)


def _moments(array: Any, clock: Texts | None, *, dated: bool) -> Moments:
    """Times to the last digit: pyarrow's are whole numbers of their unit."""
    kind = str(array.type)
    known = _known(array)
    if kind.startswith("timestamp"):
        a_second = _A_SECOND[array.type.unit]
        whole, rest = np.divmod(_whole(array.cast("int64")), a_second)
        return Moments(whole, rest / a_second, known, array.type.tz is not None)
    if kind.startswith("date32") and clock is None:
        return Moments(_whole(array.cast("int32")) * 86400, np.zeros(len(array)), known, False)
    if kind.startswith(("int", "uint")):
        return Moments(_whole(array), np.zeros(len(array)), known)
    if kind.startswith(("float", "double", "halffloat")):
        return of_floats(_floats(array))
    texts = _texts(array)
    if clock is not None:
        texts = np.char.add(np.char.add(texts, "T"), clock)
    return dates_in(texts) if dated else numbers_in(texts)


def _whole(array: Any) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.asarray(array.fill_null(0).to_numpy(zero_copy_only=False)).astype(np.int64)


READER = Reader("telemetry-parquet", "Telemetry in parquet", (".parquet", ".pq"), accepts, read, summarise)
