"""Light curves of tables whose columns a person chose, now or for an earlier table laid out alike."""

from dataclasses import replace
from math import isnan
from pathlib import Path

import numpy as np

from desktop_app.core.errors import ColumnsUnclear, ParamError, ReadError, TablePreview
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.timescales import TimeReference, named_reference
from desktop_app.io.curves.fits_curve import Layout, source_of
from desktop_app.io.curves.time_zero import days_in, is_possible_zero, reference_in
from desktop_app.io.fits.fits_table import table_head
from desktop_app.io.reader import FileSummary
from desktop_app.io.source import read_head
from desktop_app.io.tables.any_table import AnyTable, open_table, shape_of
from desktop_app.io.tables.column_choice import ColumnChoice, remember, remembered
from desktop_app.io.tables.column_names import BAND_NAMES, CADENCE_NAMES, OBJECT_NAMES, TextColumn, first_called
from desktop_app.io.tables.named_columns import curve_of
from desktop_app.io.tables.text_columns import Roles, roles_of

UNITS = ("d", "h", "min", "s")
ZEROS = ("BTJD", "BKJD", "BJD", "HJD", "MJD", "JD")
_ZEROS = f"Choose from {', '.join(ZEROS)}, perhaps with a scale as in 'BJD TDB', or give a Julian date."


def read_mapped(path: Path, choice: ColumnChoice, part: str | None = None) -> LightCurve:
    """The light curve of the table in ``path``, its columns as ``choice`` says.

    Parameters
    ----------
    path : Path
    choice : ColumnChoice
    part : str, optional
        Which band or object of the table, as ``source.parts`` of the curve names them.

    Raises
    ------
    ReadError
        There is no table, it is broken, or what ``choice`` leaves open cannot be told.
    ParamError
        There is no such column, unit, zero or part.
    """
    return curve_from(open_table(path, choice.table, has=(choice.time, choice.flux)), choice, part)


def curve_from(table: AnyTable, choice: ColumnChoice, part: str | None = None) -> LightCurve:
    """The same of a table that was read before; parameters and errors as in `read_mapped`."""
    # Damage can make numbers of which arithmetic complains; what is impossible counts as missing later.
    with np.errstate(all="ignore"):
        return curve_of(table.named, _roles(table, choice), part)


def preview(path: Path) -> TablePreview:
    """The columns and first rows of the table in ``path``, with what their names tell.

    Raises
    ------
    ReadError
        There is no table, or it is broken.
    """
    return open_table(path).preview


def recalled(path: Path) -> ColumnChoice | None:
    """What was chosen for an earlier table that is laid out like the one in ``path``; None where nothing was."""
    kept = remembered()
    shape = shape_of(path) if kept else None
    return None if shape is None else next((one.choice for one in kept if one.shape.key == shape.key), None)


def remember_for(path: Path, choice: ColumnChoice) -> None:
    """Keep ``choice`` for every table that is laid out like the one in ``path``."""
    shape = shape_of(path)
    if shape is not None:
        remember(shape, choice, path.name)


def read_recalled(path: Path, choice: ColumnChoice, part: str | None) -> LightCurve:
    """As `read_mapped`, with a way out where the choice does not serve this file.

    Raises
    ------
    ReadError, ParamError
    """
    try:
        return read_mapped(path, choice, part)
    except ReadError as error:
        out = "The columns were chosen for an earlier file: 'peculiar columns forget' drops the choice."
        raise ReadError(error.message, hint=f"{error.hint} {out}".strip()) from error


def summarise_mapped(path: Path) -> FileSummary:
    """What the headers of a table say whose columns were chosen for an earlier one laid out alike.

    Raises
    ------
    ReadError
    """
    head = table_head(path, read_head(path))
    if head is None:
        return FileSummary(path, "light curve")
    source = source_of(path, head, Layout("", ()), ())
    named = head.text("OBJECT")
    return FileSummary(path, "light curve", named, source.mission, source.segment, rows=head.rows)


def _roles(table: AnyTable, choice: ColumnChoice) -> Roles:
    told, names = _told(table, choice)
    time, flux = table.column(names[0], "time"), table.column(names[1], "flux")
    if time == flux:
        raise ParamError(f"Time and flux cannot both be {time.name}.", hint="Choose another column for one of them.")
    error = table.column(choice.flux_err, "error") if choice.flux_err else None
    quality = table.column(choice.quality, "quality") if choice.quality else None
    reference, days = _clock(table, choice, time)
    others = () if told is None else tuple(one for one in told.fluxes if one not in (flux, time, error, quality))
    errors = {} if told is None else {name: one for name, one in told.errors.items() if name != flux.name}
    cadence = first_called(table.columns.numbers, CADENCE_NAMES)
    chosen = (time, flux, error, quality)
    band, star = (first_called(table.columns.every, names) for names in (BAND_NAMES, OBJECT_NAMES))
    plain = Roles(time, reference, days, (flux, *others), errors | ({flux.name: error} if error else {}))
    return replace(
        plain,
        quality=quality,
        cadence=cadence if cadence not in chosen else None,
        band=band if band not in chosen else None,
        star=star if star not in chosen else None,
        notes=(f"The columns are as they were chosen: {choice.said()}.",),
        survey=told.survey if told else None,
    )


def _told(table: AnyTable, choice: ColumnChoice) -> tuple[Roles | None, tuple[str, str]]:
    """What the names tell, None where they do not, and the columns of time and flux: those chosen, else those told."""
    try:
        roles = roles_of(table.columns)
    except ReadError as error:
        told = error.preview if isinstance(error, ColumnsUnclear) else TablePreview((), ())
        time, flux = choice.time or told.time, choice.flux or told.flux
        if not (time and flux):
            raise
        return None, (time, flux)
    return roles, (choice.time or roles.time.name, choice.flux or roles.fluxes[0].name)


def _clock(table: AnyTable, choice: ColumnChoice, time: TextColumn) -> tuple[TimeReference, float]:
    """What times count from, and how many days their unit is."""
    said, unit = table.said(time)
    spelt = said or reference_in(f"{time.name} {time.unit}")
    reference = _zero(choice.zero) if choice.zero else spelt or TimeReference()
    if choice.time_unit:
        days = days_in(choice.time_unit)
        if isnan(days):
            raise ParamError(f"{choice.time_unit!r} is no unit of time.", hint=f"Choose from: {', '.join(UNITS)}.")
        return reference, days
    if table.shape.kind == "FITS" and not (time.unit or unit or choice.zero or reference_in(time.name)):
        raise ParamError(
            f"Column {time.name} of {table.path.name} has no unit: it may count days or seconds.",
            hint=f"Say which it is: {', '.join(UNITS)}.",
        )
    days = days_in(time.unit or ("" if reference_in(time.name) else unit))
    if isnan(days):
        raise ParamError(
            f"Column {time.name} of {table.path.name} is in {time.unit[:40]!r}, which is no unit of time.",
            hint=f"Say which it is: {', '.join(UNITS)}.",
        )
    return reference, days


def _zero(text: str) -> TimeReference:
    try:
        zero = float(text)
    except ValueError:
        found = reference_in(text)
        if found is None:
            raise ParamError(f"{text!r} is nothing that times count from.", hint=_ZEROS) from None
        return found
    if not is_possible_zero(zero):
        raise ParamError(f"{text} is no Julian date that times can count from.", hint=_ZEROS)
    return named_reference(zero, "", barycentric=False)
