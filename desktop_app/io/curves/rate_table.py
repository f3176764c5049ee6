"""FITS tables of any team with a time and a brightness: among them those of Swift, XMM, NICER and Chandra."""

from dataclasses import replace
from math import isfinite
from pathlib import Path

import numpy as np

from desktop_app.core.errors import ReadError
from desktop_app.core.light_curve import LightCurve
from desktop_app.io.curves.curve_tables import every_table, in_sight, table_for, table_of_part
from desktop_app.io.curves.fits_curve import (
    SUFFIXES,
    UNKNOWN,
    Layout,
    checksum_note,
    in_parts,
    source_of,
    summary_of,
    times_of,
)
from desktop_app.io.curves.time_zero import reference_in
from desktop_app.io.fits.fits_file import guarded
from desktop_app.io.fits.fits_table import Table, TableHead, read_table
from desktop_app.io.reader import FileSummary, Reader
from desktop_app.io.source import read_head
from desktop_app.io.tables.column_names import TIME_NAMES, TextColumn, listed, tells_of_light
from desktop_app.io.tables.named_columns import NamedTable, Words, curve_of
from desktop_app.io.tables.text_columns import Columns, Roles, roles_of

_SHOWN_ROWS = 12
_SHOWN_LETTERS = 40


def accepts(path: Path, head: bytes) -> bool:
    """Whether a table has a time and a brightness by their names and units, and is not that of a target pixel file."""
    return any(map(_is_curve, in_sight(path, head)))


def read(path: Path, part: str | None = None) -> LightCurve:
    """The light curve; its columns are told apart by their names and units.

    Raises
    ------
    ReadError
        The columns cannot be told apart, or the file is broken.
    """
    anything_clear = any(_is_clear(path, table) for table in every_table(path))

    def fits(table: TableHead) -> bool:
        return _is_clear(path, table) if anything_clear else _is_curve(table)

    head, parts = table_of_part(path, part, fits, several=True)
    roles = _roles(path, head)
    table = read_table(path, head)
    if head.rows == 0:
        raise ReadError(f"Table {head.header.hdu} of {path.name} has no rows.", hint="Open another file.")
    layout = _layout(roles)
    source = source_of(path, head, layout, (*_place_in_bin(head), *checksum_note(table)))
    # Without the keyword, a column may name the object.
    source = replace(source, object_name=head.text("OBJECT"))
    columns = {_text_column(head, name): column for name, column in head.columns.items()}
    numbers = {text: table.floats(column) for text, column in columns.items() if column.is_number}
    words = {text: _words(table, text) for text in columns if text in roles.words}
    times = times_of(table, layout, path.name)
    named = NamedTable(numbers, in_parts(source, head, parts), words, times=times)
    return curve_of(named, roles, None if parts else part)


def summarise(path: Path) -> FileSummary:
    """What the headers say.

    Raises
    ------
    ReadError
    """
    near = in_sight(path, read_head(path))
    clear = next((table for table in near if _is_clear(path, table)), None)
    clear = clear or next((table for table in every_table(path) if _is_clear(path, table)), None)
    table = clear or table_for(path, _is_curve)
    return summary_of(path, table, _layout(_roles(path, table)))


def _is_curve(table: TableHead) -> bool:
    columns = [_text_column(table, name) for name in table.columns]
    timed = any(column.key in TIME_NAMES or reference_in(column.name) is not None for column in columns)
    return timed and "RAW_CNTS" not in table.columns and tells_of_light(tuple(columns))


def _is_clear(path: Path, table: TableHead) -> bool:
    try:
        return _is_curve(table) and bool(_roles(path, table))
    except ReadError:
        return False


def _text_column(head: TableHead, name: str) -> TextColumn:
    column = head.columns[name]
    return TextColumn(column.name, column.unit, column.place, head.header.text(f"TUCD{column.place + 1}"))


def _roles(path: Path, head: TableHead) -> Roles:
    """Which column is what.

    Raises
    ------
    ReadError
        The names and units do not tell; the message lists the columns.
    """
    every = tuple(_text_column(head, name) for name in head.columns)
    numbers = tuple(_text_column(head, name) for name, column in head.columns.items() if column.is_number)
    _check_bands(head, every, numbers)
    columns = Columns(head.header.file, every, numbers, first_rows=lambda: _first_rows(path, head))
    roles = roles_of(columns)
    _check_unit(head, roles, columns)
    return roles


def _layout(roles: Roles) -> Layout:
    return Layout(
        time=roles.time.name.upper(),
        fluxes=tuple(flux.name.upper() for flux in roles.fluxes),
        quality=() if roles.quality is None else (roles.quality.name.upper(),),
        cadence=() if roles.cadence is None else (roles.cadence.name.upper(),),
        zero=roles.reference if roles.survey else UNKNOWN,
    )


def _words(table: Table, column: TextColumn) -> Words:
    with guarded(f"Column {column.name} of {table.head.header.file}"):
        return np.char.strip(np.asarray(table.rows.field(column.place)).astype(np.str_))


def _first_rows(path: Path, head: TableHead) -> tuple[tuple[str, ...], ...]:
    table = read_table(path, head)
    with guarded(f"Table {head.header.hdu} of {path.name}"):
        fields = [table.rows.field(column.place)[:_SHOWN_ROWS] for column in head.columns.values()]
        return tuple(
            tuple(" ".join(str(values[row]).split())[:_SHOWN_LETTERS] for values in fields)
            for row in range(min(_SHOWN_ROWS, head.rows))
        )


def _check_bands(head: TableHead, columns: tuple[TextColumn, ...], numbers: tuple[TextColumn, ...]) -> None:
    """Refuse a table whose only brightness holds several numbers a row."""
    bands = [column for column in columns if column.key in ("rate", "flux", "counts") and column not in numbers]
    if bands and not any(column.is_flux or column.is_magnitude for column in numbers):
        shape = head.columns[bands[0].name.upper()].dtype.shape
        what = f"{shape[0]} numbers in each row" if shape else "no plain numbers"
        raise ReadError(
            f"Column {bands[0].name} of {head.header.file} has {what}: its columns are {listed(columns)}.",
            hint="Write the band to look at as a column of its own.",
        )


def _check_unit(head: TableHead, roles: Roles, columns: Columns) -> None:
    """Refuse times without a unit: by the standard they are seconds, by habit days."""
    time = roles.time
    said = time.unit or head.text("TIMEUNIT") or reference_in(time.name)
    if not said and not isfinite(head.number("BJDREFI")):
        raise columns.unclear(
            f"Column {time.name} of {head.header.file} has no unit: it may count days or seconds.",
            f"Write TUNIT{time.place + 1} or TIMEUNIT into the header: 's' or 'd'.",
            time=time.name,
            flux=roles.fluxes[0].name,
        )


def _place_in_bin(head: TableHead) -> tuple[str, ...]:
    place = {0.0: "start", 1.0: "end"}.get(head.number("TIMEPIXR"))
    return (f"The times are those of the {place} of each bin.",) if place else ()


READER = Reader("rate-table", "FITS tables with a time and a rate", (*SUFFIXES, ".lc"), accepts, read, summarise)
