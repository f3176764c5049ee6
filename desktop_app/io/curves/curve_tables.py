"""The tables of a FITS file that are light curves: mostly the first, else one further down, sometimes many."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from desktop_app.core.errors import ReadError
from desktop_app.io.curves.time_zero import reference_in
from desktop_app.io.fits.fits_file import guarded, is_fits
from desktop_app.io.fits.fits_table import TableHead, columns_of, table_head
from desktop_app.io.reader import chosen_part
from desktop_app.io.source import read_head, version_of
from desktop_app.io.tables.column_names import TIME_NAMES, TextColumn, tells_of_light

IsOf = Callable[[TableHead], bool]


@lru_cache(maxsize=16)
def in_sight(path: Path, head: bytes) -> tuple[TableHead, ...]:
    """The tables to choose from: the first where it can be a light curve, else all, as far as they are sound.

    A header too long for ``head`` and a light curve behind other tables cost a look at every header of the file.

    Raises
    ------
    ReadError
        The headers of the first table contradict themselves.
    """
    if not is_fits(head):
        return ()
    first = table_head(path, head)
    return (first,) if first is not None and _may_be_curve(first) else every_table(path)


def every_table(path: Path) -> tuple[TableHead, ...]:
    """All binary tables of the file; those whose headers contradict themselves are passed over."""
    return _every_table(path, version_of(path))


def table_for(path: Path, is_of: IsOf) -> TableHead:
    """The first table in sight that is one of these.

    Raises
    ------
    ReadError
        There is none: the file has changed.
    """
    found = next((table for table in in_sight(path, read_head(path)) if is_of(table)), None)
    if found is None:
        raise ReadError(f"{path.name} has changed: its table is gone.", hint="Open it anew.")
    return found


def table_of_part(path: Path, part: str | None, is_of: IsOf, *, several: bool) -> tuple[TableHead, tuple[str, ...]]:
    """The table to read, and the parts of the file where it has several tables of this kind.

    Where it has one, ``part`` is not looked at: it may be of another sort, a band.

    Parameters
    ----------
    path : Path
    part : str or None
        The name of one; the first where not given.
    is_of : callable
        Whether a table is one of these.
    several : bool
        Whether files of this kind have several such tables, so that it is worth a look at all headers.

    Raises
    ------
    ReadError
        There is no such table any more.
    ParamError
        There is no such part.
    """
    tables = tuple(table for table in every_table(path) if is_of(table)) if several else ()
    if len(tables) < 2:
        return tables[0] if tables else table_for(path, is_of), ()
    names = _names(tables)
    return tables[chosen_part(path.name, names, part)], names


def _names(tables: tuple[TableHead, ...]) -> tuple[str, ...]:
    """Their EXTNAMEs, with the number of the HDU where one is not enough."""
    names = [table.header.hdu for table in tables]
    return tuple(
        name if names.count(name) == 1 else f"{name} (HDU {table.header.place})"
        for name, table in zip(names, tables, strict=True)
    )


@lru_cache(maxsize=16)
def _every_table(path: Path, _version: tuple[int, int]) -> tuple[TableHead, ...]:
    from desktop_app.io.fits.fits_hdus import read_hdus

    try:
        headers = read_hdus(path).headers
    except ReadError:
        # What is wrong with it is told where it is refused.
        return ()
    tables = []
    for header in headers:
        if not header.is_table:
            continue
        try:
            with guarded(f"Table {header.hdu} of {path.name}"):
                tables.append(TableHead(headers[0], header, columns_of(header)))
        except ReadError:
            continue
    return tuple(tables)


def _may_be_curve(table: TableHead) -> bool:
    """Whether it has a time and a brightness by their names and units."""
    columns = [TextColumn(column.name, column.unit, column.place) for column in table.columns.values()]
    timed = any(column.key in TIME_NAMES or reference_in(f"{column.name} {column.unit}") for column in columns)
    return timed and tells_of_light(tuple(columns))
