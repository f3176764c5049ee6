"""Housekeeping in FITS tables: a time and a column for each channel, as Swift's and NICER's filter files have them."""

from collections.abc import Iterator
from functools import lru_cache
from math import prod
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.io.fits.fits_file import guarded, is_fits
from desktop_app.io.fits.fits_hdus import read_hdus
from desktop_app.io.fits.fits_table import Column, Table, TableHead, columns_of, read_table
from desktop_app.io.reader import FileSummary, Reader, chosen_part
from desktop_app.io.source import version_of
from desktop_app.io.tables.column_names import TextColumn, tells_of_light
from desktop_app.io.telemetry.channel_table import CHANNEL_LIMIT
from desktop_app.io.telemetry.fits_clock import texts_of, time_column, times_of
from desktop_app.io.telemetry.labels import with_labels_beside
from desktop_app.io.telemetry.npy_file import VALUES_LIMIT_BYTES
from desktop_app.io.telemetry.telemetry_columns import Words, beside_name, states_of
from desktop_app.io.telemetry.telemetry_rows import Columns, telemetry_of

_WIDEST = 4096
# Lists of single photons, and of good times, have a time as well.
_OTHER_KINDS = ("EVENTS", "GTI", "STDGTI", "BADPIX", "SPECTRUM")
_SCALES = ("utc", "tt", "tdb", "tai", "tcb", "tcg", "ut1")


def accepts(path: Path, head: bytes) -> bool:
    """Whether the file is FITS and has a table with a time and channels."""
    if not is_fits(head):
        return False
    try:
        return bool(_tables(path))
    except ReadError:
        # Why it cannot be read, is told where no reader takes it.
        return False


def read(path: Path, part: str | None = None) -> Telemetry:
    """The channels of one table.

    Raises
    ------
    ReadError
        The table is cut short, too large, or contradicts itself.
    ParamError
        There is no such table.
    """
    tables = _some_tables(path)
    names = tuple(tables)
    name = names[chosen_part(path.name, names, part)]
    head = tables[name]
    if head.rows * sum(prod(column.dtype.shape) for column in _channels(head)) * 8 > VALUES_LIMIT_BYTES:
        raise ReadError(f"Table {name} of {path.name} has {head.rows:,} rows, too many to look at.", hint="Cut it.")
    table = read_table(path, head)
    # An infinite time, as damage makes it, is no news: it is no time.
    with np.errstate(all="ignore"):
        times = times_of(table)
    skipped = [column.name for column in head.columns.values() if column not in (*_channels(head), time_column(head))]
    columns = [found for column in _channels(head) for found in _values(table, column)]
    source = Source(
        path=path,
        object_name=head.text("OBJECT") or beside_name(path),
        mission=head.text("TELESCOP"),
        segment=head.text("OBS_ID") and f"observation {head.text('OBS_ID')}",
        part=name if len(names) > 1 else "",
        parts=names if len(names) > 1 else (),
        notes=(
            *([f"Left out, as they hold no number a row: {', '.join(skipped[:20])}."] if skipped else []),
            *(["Its DATASUM does not agree with its bytes: it may be damaged."] if not table.sound else []),
        ),
        cards=head.cards,
    )
    found = Columns(tuple(channel for channel, _ in columns), [values for _, values in columns])
    return with_labels_beside(telemetry_of(source, times, found))


def summarise(path: Path) -> FileSummary:
    """What the headers say of the first table.

    Raises
    ------
    ReadError
    """
    head = next(iter(_some_tables(path).values()))
    step = head.number("TIMEDEL")
    return FileSummary(
        path,
        "telemetry",
        object_name=head.text("OBJECT") or beside_name(path),
        mission=head.text("TELESCOP"),
        segment=head.text("OBS_ID") and f"observation {head.text('OBS_ID')}",
        cadence_s=step if step > 0 and head.text("TIMEUNIT") in ("", "s") else float("nan"),
        rows=head.rows,
        shape=(sum(_width(column) for column in _channels(head)),),
    )


def _some_tables(path: Path) -> dict[str, TableHead]:
    tables = _tables(path)
    if not tables:
        raise ReadError(f"{path.name} has no table with a time and channels.", hint="Open another file.")
    return tables


def _tables(path: Path) -> dict[str, TableHead]:
    return _tables_of(path, version_of(path))


@lru_cache(maxsize=8)
def _tables_of(path: Path, _version: tuple[int, int]) -> dict[str, TableHead]:
    """The tables that have a time and channels, by names of their own."""
    headers = read_hdus(path).headers
    found: dict[str, TableHead] = {}
    for header in headers[1:]:
        if header.text("XTENSION") != "BINTABLE" or header.value("ZIMAGE") is not None:
            continue
        with guarded(f"Table {header.hdu} of {path.name}"):
            head = TableHead(headers[0], header, columns_of(header))
        kinds = (header.text("EXTNAME").upper(), header.text("HDUCLAS1").upper())
        is_other = any(kind.startswith(_OTHER_KINDS) for kind in kinds) or _is_of_light(head)
        if not is_other and time_column(head) is not None and _channels(head) and head.rows:
            name = header.hdu
            found[name if name not in found else f"{name} ({header.place})"] = head
    return found


def _is_of_light(head: TableHead) -> bool:
    """Whether some column is a brightness: such a table is a light curve, or the pixels of one."""
    named = [TextColumn(column.name, column.unit, column.place) for column in head.columns.values()]
    return "RAW_CNTS" in head.columns or tells_of_light(tuple(named))


@lru_cache(maxsize=64)
def _channels(head: TableHead) -> tuple[Column, ...]:
    """Columns of numbers, of a few numbers a row, of bits, or of words."""
    time = time_column(head)
    fit = [column for column in head.columns.values() if column != time and _width(column)]
    return tuple(fit) if sum(map(_width, fit)) <= CHANNEL_LIMIT else ()


def _form(column: Column) -> str:
    """The letter of the TFORM: what the column holds."""
    form = column.header.text(f"TFORM{column.place + 1}").upper().strip()
    return form.lstrip("0123456789")[:1]


def _width(column: Column) -> int:
    """How many channels the column makes; 0 where it holds something else, or pictures."""
    form = _form(column)
    if form == "A":
        return int(not column.dtype.shape and 0 < column.dtype.itemsize <= 64)
    if form == "X":
        bits = column.header.text(f"TFORM{column.place + 1}").strip()[:-1]
        return int(bits or 1) if (bits or "1").isdecimal() and int(bits or 1) <= _WIDEST else 0
    if form not in "LBIJKED" or len(column.dtype.shape) > 1:
        return 0
    count = prod(column.dtype.shape)
    return count if count <= _WIDEST else 0


def _values(table: Table, column: Column) -> Iterator[tuple[Channel, Floats]]:
    """The channels of one column."""
    if _form(column) == "A":
        yield _words(table, column)
        return
    if _form(column) == "X":
        with guarded(f"Column {column.name} of {table.head.header.file}"):
            values = table.rows.field(column.place).astype(np.float64)
    else:
        values = table.floats(column)
    states = ("no", "yes") if _form(column) in "LX" else ()
    if values.ndim == 1:
        yield Channel(column.name, column.unit, states), values
        return
    flat = values.reshape(len(values), -1)
    for n in range(flat.shape[1]):
        name = column.name if flat.shape[1] == 1 else f"{column.name}[{n}]"
        yield Channel(name, column.unit, states), flat[:, n]


def _words(table: Table, column: Column) -> tuple[Channel, Floats]:
    words = Words()
    words.add(texts_of(table, column))
    states, codes = states_of(words.words, words.codes)
    return Channel(column.name, column.unit, states), codes


READER = Reader(
    "housekeeping",
    "Housekeeping in FITS tables",
    (".fits", ".fits.gz", ".mkf", ".hk", ".mkf.gz", ".hk.gz"),
    accepts,
    read,
    summarise,
)
