"""From a FITS table to a light curve: which column is what, by the layout of its product."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite, isnan
from pathlib import Path
from typing import Protocol

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.errors import ReadError
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.source import Source
from desktop_app.core.timescales import BKJD_ZERO, BTJD_ZERO, MJD_ZERO, TimeReference, named_reference
from desktop_app.io.curves.curve_tables import IsOf, in_sight, table_for, table_of_part
from desktop_app.io.curves.rows import Rows, light_curve
from desktop_app.io.curves.time_zero import counted_from_nearby, days_in, is_possible_zero, reference_in, scale_in
from desktop_app.io.fits.fits_table import Column, Table, TableHead, head_of_table, read_table
from desktop_app.io.reader import FileSummary, Reader, the_only_part

SUFFIXES = (".fits", ".fit", ".fits.gz", ".fit.gz")
_USUAL_ZEROS = {"TESS": BTJD_ZERO, "Kepler": BKJD_ZERO, "K2": BKJD_ZERO}
_NOT_FLUX = ("ERR", "BKG", "BACKGROUND", "FLAG")
UNKNOWN = TimeReference()
BKJD = named_reference(BKJD_ZERO, "TDB", barycentric=True)


class Numbers(Protocol):
    """A table of which columns can be read as numbers."""

    @property
    def head(self) -> TableHead:
        """What its headers tell."""
        ...

    def floats(self, column: Column) -> Floats:
        """The column as float64, NaN where the file has no value."""
        ...

    def ints(self, column: Column) -> Ints:
        """The column as int64; 0 where the file has no whole number."""
        ...


@dataclass(frozen=True)
class Layout:
    """Which columns of a product are what; names in upper case.

    Attributes
    ----------
    time : str
    fluxes : tuple of str
        The flux to show first, and what to fall back to where all of it is missing. Every further column with FLUX in
        its name can be chosen too.
    quality, cadence : tuple of str
        Names that such a column goes by; () where the product has none.
    errors : mapping of str to str
        The error column of a flux, where it is not called ``<flux>_ERR``.
    error_cards : mapping of str to str
        The keyword of the one error that all values of a flux have.
    mission : str
        The mission by the product's documentation, for files whose keywords name none.
    zero : TimeReference
        What times count from by that documentation, for files that do not say it themselves.
    notes : tuple of str
        What a person should know of all files of this layout.
    flags : callable, optional
        ``flags(head)``: the name of the product's own QUALITY bits, where they are not the mission's.
    """

    time: str
    fluxes: tuple[str, ...]
    quality: tuple[str, ...] = ("QUALITY", "SAP_QUALITY")
    cadence: tuple[str, ...] = ("CADENCENO",)
    errors: Mapping[str, str] = field(default_factory=dict)
    error_cards: Mapping[str, str] = field(default_factory=dict)
    mission: str = ""
    zero: TimeReference = UNKNOWN
    notes: tuple[str, ...] = ()
    flags: Callable[[TableHead], str] | None = None

    def fits(self, head: TableHead) -> bool:
        """Whether the table has the time and at least one of the fluxes."""
        time = head.columns.get(self.time)
        return time is not None and time.is_time and any(head.has(flux) for flux in self.fluxes)


def table_reader(name: str, label: str, layout: Layout, is_of: IsOf, *, several: bool = False) -> Reader:
    """The reader of a product of which a table has this layout.

    Parameters
    ----------
    name, label : str
    layout : Layout
    is_of : callable
        Whether the keywords and columns are those of the product.
    several : bool
        Whether a file has several such tables, which are then its parts.
    """

    def fits(table: TableHead) -> bool:
        return is_of(table) and layout.fits(table)

    def accepts(path: Path, head: bytes) -> bool:
        return any(map(fits, in_sight(path, head)))

    def read(path: Path, part: str | None = None) -> LightCurve:
        table, parts = table_of_part(path, part, fits, several=several)
        if not parts:
            the_only_part(path.name, part)
        return read_curve(path, table, parts, layout=layout)

    def summarise(path: Path) -> FileSummary:
        return summary_of(path, table_for(path, fits), layout)

    return Reader(name, label, SUFFIXES, accepts, read, summarise)


def read_curve(path: Path, head: TableHead, parts: tuple[str, ...] = (), *, layout: Layout) -> LightCurve:
    """The light curve of a table of ``path``, which is one of its ``parts`` where it has several.

    Raises
    ------
    ReadError
    """
    table = read_table(path, head)
    if head.rows == 0:
        raise ReadError(f"Table {head.header.hdu} of {path.name} has no rows.", hint="Open another file.")
    names = _flux_names(head, layout)
    columns = {column.name: Series(table.floats(column), column.unit) for column in _kept(head, layout)}
    fluxes = [head.columns[name].name for name in names]
    columns |= {f"{head.columns[name].name}_ERR": error for name, error in _errors(head, layout, names, columns)}
    notes = (*layout.notes, *checksum_note(table))
    time, reference = times_of(table, layout, path.name)
    rows = Rows(
        time,
        reference,
        columns,
        tuple(fluxes),
        whole_of(table, layout.quality),
        whole_of(table, layout.cadence),
    )
    return light_curve(in_parts(source_of(path, head, layout, notes), head, parts), rows)


def in_parts(source: Source, head: TableHead, parts: tuple[str, ...]) -> Source:
    """``source`` as one of ``parts``, which are called by the EXTNAMEs of their tables."""
    name, numbered = head.header.hdu, f"{head.header.hdu} (HDU {head.header.place})"
    return replace(source, part=name if name in parts else numbered, parts=parts) if parts else source


def checksum_note(table: Table) -> tuple[str, ...]:
    """What to say where the bytes of a table are not those that it was written with."""
    if table.sound:
        return ()
    return (f"The checksum of {table.head.header.hdu} does not agree: values were damaged or changed.",)


def summarise_curve(path: Path, layout: Layout) -> FileSummary:
    """What the headers of the first table of a file say.

    Raises
    ------
    ReadError
    """
    return summary_of(path, head_of_table(path), layout)


def summary_of(path: Path, head: TableHead, layout: Layout) -> FileSummary:
    """What the headers of a table say."""
    source = source_of(path, head, layout, ())
    time = head.columns.get(layout.time)
    unit = head.text("TIMEUNIT") or (time.unit if time else "")
    cadence_s = head.number("TIMEDEL") * days_in(unit) * 86400.0
    return FileSummary(
        path=path,
        kind="light curve",
        object_name=head.text("OBJECT"),
        mission=source.mission,
        segment=source.segment,
        cadence_s=cadence_s,
        rows=head.rows,
    )


def mission_of(head: TableHead) -> str:
    """TESS, Kepler or K2 by the keywords; "" where they name another mission or none."""
    telescope, mission = head.text("TELESCOP").upper(), head.text("MISSION").upper()
    if "TESS" in (telescope, mission):
        return "TESS"
    if mission in ("K2", "KEPLER"):
        return "K2" if mission == "K2" else "Kepler"
    if telescope != "KEPLER":
        return ""
    named_k2 = any(head.text(keyword).upper().startswith(("EPIC", "K2")) for keyword in ("OBJECT", "HLSPNAME"))
    return "K2" if named_k2 or head.text("CAMPAIGN") else "Kepler"


def source_of(path: Path, head: TableHead, layout: Layout, notes: tuple[str, ...]) -> Source:
    """Where the table comes from, by its keywords."""
    segments = {"TESS": "SECTOR", "Kepler": "QUARTER", "K2": "CAMPAIGN"}
    mission = mission_of(head) or layout.mission
    number = head.text(segments[mission]) if mission else ""
    return Source(
        path=path,
        object_name=head.text("OBJECT") or _stem(path),
        mission=mission,
        flags=layout.flags(head) if layout.flags else "",
        segment=f"{segments[mission].lower()} {number}" if number else "",
        ra_deg=head.number("RA_OBJ"),
        dec_deg=head.number("DEC_OBJ"),
        cards=head.cards,
        notes=notes,
    )


def _stem(path: Path) -> str:
    return path.name.split(".")[0]


def _flux_names(head: TableHead, layout: Layout) -> list[str]:
    """The flux columns in upper case, the layout's own first and in its order."""
    further = [
        name
        for name in head.columns
        if "FLUX" in name and name not in layout.fluxes and not any(word in name for word in _NOT_FLUX)
    ]
    return [name for name in (*layout.fluxes, *further) if head.has(name)]


def _errors(
    head: TableHead, layout: Layout, names: list[str], columns: Mapping[str, Series]
) -> Iterator[tuple[str, Series]]:
    """The errors of each flux that has some."""
    for name in names:
        flux, error = head.columns[name], head.columns.get(layout.errors.get(name, f"{name}_ERR"))
        same_for_all = head.number(layout.error_cards.get(name, ""))
        if error is not None and error.name in columns:
            yield name, columns[error.name]
        elif isfinite(same_for_all):
            yield name, Series(np.full(head.rows, same_for_all), flux.unit)


def _kept(head: TableHead, layout: Layout) -> list[Column]:
    elsewhere = {layout.time, *layout.quality, *layout.cadence}
    return [column for name, column in head.columns.items() if column.is_number and name not in elsewhere]


def whole_of(table: Numbers, names: tuple[str, ...]) -> Ints:
    """The first of the columns that is there, as whole numbers; empty where none is."""
    found = next((name for name in names if table.head.has(name)), None)
    return np.zeros(0, np.int64) if found is None else table.ints(table.head.columns[found])


def times_of(table: Numbers, layout: Layout, file: str) -> tuple[Floats, TimeReference]:
    """Days at every row, and what they count from.

    Raises
    ------
    ReadError
        The unit is none of time.
    """
    head, column = table.head, table.head.columns[layout.time]
    said = time_reference(head, column)
    reference = said if said.known else layout.zero
    reference = reference if reference.known else said
    if not column.is_number:
        return _two_part_times(table, column, reference)
    # TIMEUNIT and TIMEZERO are those of TIME; a Julian date beside it is what its name says.
    is_date = reference_in(column.name) is not None
    unit = column.unit or ("d" if is_date else head.text("TIMEUNIT"))
    days = days_in(unit)
    if isnan(days):
        raise ReadError(f"{file} counts time in {unit[:40]!r}, which is no unit of time.", hint="Write it in days.")
    time = table.floats(column)
    time = time if days == 1.0 else time * days
    offset = 0.0 if is_date else zero_offset(head, unit)
    time = time + offset if offset else time
    usual_zero = _USUAL_ZEROS.get(mission_of(head) or layout.mission)
    return counted_from_nearby(time, reference, usual_zero)


def zero_offset(head: TableHead, unit: str) -> float:
    """Days to add to every time, by TIMEZERO, whole or in two parts."""
    offset = head.number("TIMEZERO")
    if isnan(offset):
        offset = _sum(head.number("TIMEZERI"), head.number("TIMEZERF"))
    days = days_in(head.text("TIMEUNIT") or unit)
    return 0.0 if isnan(offset) or isnan(days) else offset * days


def _two_part_times(table: Numbers, column: Column, reference: TimeReference) -> tuple[Floats, TimeReference]:
    """Times that astropy wrote as two parts of a Julian date, JDREF being their zero."""
    parts = table.floats(column)
    zero = reference.zero_jd if isfinite(reference.zero_jd) else 0.0
    origin = table.head.number("JDREF")
    if isnan(origin):
        origin = 0.0
    time = (parts[:, 0] - (zero - origin)) + parts[:, 1]
    return counted_from_nearby(time, named_reference(zero, reference.scale, barycentric=reference.barycentric))


def time_reference(head: TableHead, column: Column) -> TimeReference:
    """What the times count from, by BJDREF, the unit of the column, JDREF or MJDREF; unknown where none says."""
    scale = scale_in(head.text("TIMESYS"))
    zero = _sum(head.number("BJDREFI"), head.number("BJDREFF"))
    if is_possible_zero(zero):
        return named_reference(zero, scale, barycentric=True)
    spelt = reference_in(column.unit) or reference_in(head.text("TIMEUNIT")) or reference_in(column.name)
    if spelt is not None:
        return spelt if spelt.scale or not scale else TimeReference(spelt.name, spelt.zero_jd, scale, spelt.barycentric)
    barycentric = head.text("TIMEREF").upper() == "SOLARSYSTEM"
    for keyword, offset in (("JDREF", 0.0), ("MJDREF", MJD_ZERO)):
        count = _sum(head.number(f"{keyword}I"), head.number(f"{keyword}F"))
        if isnan(count):
            count = head.number(keyword)
        if is_possible_zero(count + offset):
            named = named_reference(count + offset, scale, barycentric=barycentric)
            # Ten digits of a Julian date would hide the seconds that the MJDREF of X-ray missions has.
            exact = f"{'BMJD' if barycentric else 'MJD'} − {count:.13g}"
            return replace(named, name=exact) if offset and " − " in named.name else named
    return TimeReference(scale=scale)


def _sum(whole: float, fraction: float) -> float:
    """A number in two parts, of which the fraction may be left empty."""
    return whole if isnan(fraction) else whole + fraction
