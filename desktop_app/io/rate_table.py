"""FITS tables of any team with a time and a rate: those of Swift, XMM, NICER and Chandra, in seconds, among them."""

from math import isfinite
from pathlib import Path

from desktop_app.core.errors import ReadError
from desktop_app.core.light_curve import LightCurve
from desktop_app.io.column_names import TextColumn, listed
from desktop_app.io.fits_curve import SUFFIXES, Layout, read_curve, summarise_curve
from desktop_app.io.fits_file import TableHead, head_of_table, table_head
from desktop_app.io.reader import FileSummary, Reader
from desktop_app.io.text_columns import Columns, Roles, roles_of
from desktop_app.io.time_zero import reference_in

_TIMES = ("TIME", "T")
_BRIGHTNESSES = ("RATE", "FLUX", "COUNT", "MAG")


def accepts(path: Path, head: bytes) -> bool:
    """Whether the table has a time and a brightness by their names, and is not that of a target pixel file."""
    table = table_head(path, head)
    if table is None or "RAW_CNTS" in table.columns:
        return False
    has_time = any(name in _TIMES or reference_in(name) is not None for name in table.columns)
    return has_time and any(word in name for name in table.columns for word in _BRIGHTNESSES)


def read(path: Path, part: str | None = None) -> LightCurve:
    """The light curve; its columns are told apart by their names and units.

    Raises
    ------
    ReadError
        The columns cannot be told apart, or the file is broken.
    """
    return read_curve(path, part, layout=layout_in(head_of_table(path)))


def summarise(path: Path) -> FileSummary:
    """What the headers say.

    Raises
    ------
    ReadError
    """
    return summarise_curve(path, layout_in(head_of_table(path)))


def layout_in(head: TableHead) -> Layout:
    """Which column is what.

    Raises
    ------
    ReadError
        The names and units do not tell; the message lists the columns.
    """
    columns = tuple(TextColumn(column.name, column.unit, column.place) for column in head.columns.values())
    numbers = tuple(column for column in columns if head.columns[column.name.upper()].is_number)
    _check_bands(head, columns, numbers)
    roles = roles_of(Columns(head.header.file, columns, numbers))
    _check_unit(head, roles)
    return Layout(
        time=roles.time.name.upper(),
        fluxes=tuple(flux.name.upper() for flux in roles.fluxes),
        quality=() if roles.quality is None else (roles.quality.name.upper(),),
        cadence=() if roles.cadence is None else (roles.cadence.name.upper(),),
        errors={flux.upper(): error.name.upper() for flux, error in roles.errors.items()},
        notes=(*roles.notes, *_place_in_bin(head)),
    )


def _check_bands(head: TableHead, columns: tuple[TextColumn, ...], numbers: tuple[TextColumn, ...]) -> None:
    """Refuse a table whose only brightness holds several numbers a row."""
    bands = [column for column in columns if column.key in ("rate", "flux", "counts") and column not in numbers]
    if bands and not any(word in column.key.upper() for column in numbers for word in _BRIGHTNESSES):
        shape = head.columns[bands[0].name.upper()].dtype.shape
        what = f"{shape[0]} numbers in each row" if shape else "no plain numbers"
        raise ReadError(
            f"Column {bands[0].name} of {head.header.file} has {what}: its columns are {listed(columns)}.",
            hint="Write the band to look at as a column of its own.",
        )


def _check_unit(head: TableHead, roles: Roles) -> None:
    """Refuse times without a unit: by the standard they are seconds, by habit days."""
    time = roles.time
    said = time.unit or head.text("TIMEUNIT") or reference_in(time.name)
    if not said and not isfinite(head.number("BJDREFI")):
        raise ReadError(
            f"Column {time.name} of {head.header.file} has no unit: it may count days or seconds.",
            hint=f"Write TUNIT{time.place + 1} or TIMEUNIT into the header: 's' or 'd'.",
        )


def _place_in_bin(head: TableHead) -> tuple[str, ...]:
    place = {0.0: "start", 1.0: "end"}.get(head.number("TIMEPIXR"))
    return (f"The times are those of the {place} of each bin.",) if place else ()


READER = Reader("rate-table", "FITS tables with a time and a rate", (*SUFFIXES, ".lc"), accepts, read, summarise)
