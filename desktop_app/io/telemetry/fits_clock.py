"""The times of a FITS table of telemetry: which column they are, and what they count from by the header."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import isfinite

import numpy as np

from desktop_app.core.errors import ReadError
from desktop_app.core.timescales import MJD_ZERO
from desktop_app.io.curves.time_zero import is_possible_zero, reference_in, scale_in
from desktop_app.io.fits.fits_file import guarded
from desktop_app.io.fits.fits_table import Column, Table, TableHead
from desktop_app.io.telemetry.channel_table import is_called_time
from desktop_app.io.telemetry.clock import TimeName, times_of_dates, unix_of_seconds
from desktop_app.io.telemetry.moments import Texts, dates_in
from desktop_app.io.telemetry.telemetry_rows import Times

_SCALES = ("utc", "tt", "tdb", "tai", "tcb", "tcg", "ut1")


@lru_cache(maxsize=64)
def time_column(head: TableHead) -> Column | None:
    """TIME where there is one, else what is called like a time."""
    named = [column for column in head.columns.values() if is_called_time(column.name) or _reference(column)]
    fit = [column for column in named if column.is_number or (column.dtype.kind == "S" and not column.dtype.shape)]
    return next((column for column in fit if column.name.upper() == "TIME"), fit[0] if fit else None)


def _reference(column: Column) -> bool:
    reference = reference_in(column.name)
    return reference is not None and reference.known


def texts_of(table: Table, column: Column) -> Texts:
    """A column of words, without the blanks at their ends."""
    with guarded(f"Column {column.name} of {table.head.header.file}"):
        raw = table.rows.view(np.ndarray)[table.rows.dtype.names[column.place]]
        return np.char.strip(np.char.decode(raw.astype("S"), "ascii", "replace"))


@dataclass(frozen=True)
class _Zero:
    """What times count from: whole days of a Julian date, and seconds beyond it; NaN where the file does not say."""

    jd: float
    seconds: float
    scale: str


def times_of(table: Table) -> Times:
    """The times of all rows.

    Raises
    ------
    ReadError
        The table has no time.
    """
    head = table.head
    column = time_column(head)
    if column is None:
        raise ReadError(f"Table {head.header.hdu} has no time.", hint="Open another table.")
    if column.dtype.kind == "S":
        return times_of_dates(dates_in(texts_of(table, column)))
    unit = TimeName("", column.unit or head.text("TIMEUNIT") or "s").unit_s
    notes: tuple[str, ...] = ()
    if not isfinite(unit):
        unit = 1.0
        notes = (f"{column.name} counts in {column.unit[:20]!r}, which is no unit of time, and is taken for seconds.",)
    zero = _zero(head, column)
    reference = reference_in(f"{column.name} {column.unit}")
    days = reference is not None and reference.known
    shift = head.number("TIMEZERO")
    seconds = (table.floats(column) + (shift if isfinite(shift) else 0.0)) * (86400.0 if days else unit)
    if not isfinite(zero.jd):
        return Times(seconds, "elapsed", notes=(*notes, "The header does not say what the times count from."))
    times = unix_of_seconds(seconds + zero.seconds, zero.jd, zero.scale)
    unsaid = () if zero.scale else ("The header names no time scale, so the times are taken for UTC.",)
    return replace(times, notes=(*times.notes, *notes, *unsaid))


def _zero(head: TableHead, column: Column) -> _Zero:
    scale = scale_in(head.text("TIMESYS"))
    scale = scale if scale.lower() in _SCALES else ""
    spelt = reference_in(f"{column.name} {column.unit}")
    if spelt is not None and spelt.known:
        return _Zero(spelt.zero_jd, 0.0, spelt.scale or scale)
    for keyword, offset in (("MJDREF", MJD_ZERO), ("JDREF", 0.0), ("BJDREF", 0.0)):
        whole, fraction = head.number(f"{keyword}I"), head.number(f"{keyword}F")
        whole = whole if isfinite(whole) else head.number(keyword)
        fraction = fraction if isfinite(fraction) else 0.0
        if isfinite(whole) and is_possible_zero(whole + offset):
            # Whole days apart, as the seconds of a Julian date are lost in its days.
            days = float(np.floor(whole))
            return _Zero(days + offset, (whole - days + fraction) * 86400.0, scale)
    return _Zero(float("nan"), 0.0, scale)
