"""Light curves in VOTables, the epoch photometry of Gaia among them: columns told by name, UCD, unit and TIMESYS."""

from dataclasses import replace
from math import nan
from pathlib import Path

from desktop_app.core.errors import ReadError
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.source import Card, Source
from desktop_app.core.timescales import MJD_ZERO, TimeReference, named_reference
from desktop_app.io.curves.time_zero import is_possible_zero
from desktop_app.io.reader import FileSummary, Reader, chosen_part
from desktop_app.io.source import read_head
from desktop_app.io.tables.column_names import OBJECT_NAMES, TextColumn
from desktop_app.io.tables.named_columns import NamedTable, curve_of
from desktop_app.io.tables.text_columns import Columns, roles_of
from desktop_app.io.tables.votable_file import first_rows, outlines_in, outlines_in_head, read_votable
from desktop_app.io.tables.votable_outline import Field, Outline, is_votable

_SHOWN_ROWS = 12
_ORIGINS = {"MJD-origin": MJD_ZERO, "JD-origin": 0.0}
_MISSIONS = {"tess": "TESS", "kepler": "Kepler", "k2": "K2"}
_SEGMENTS = {"TESS": "sector", "Kepler": "quarter", "K2": "campaign"}


def accepts(_path: Path, head: bytes) -> bool:
    """Whether the file is a VOTable; whether one of its tables is a light curve is told when it is read."""
    return is_votable(head)


def read(path: Path, part: str | None = None) -> LightCurve:
    """The light curve of one of its tables; the first whose columns are clear.

    Raises
    ------
    ReadError
        The file is broken or not safe to read, or its columns cannot be told apart.
    """
    tables = outlines_in(path)
    curves = [table for table in tables if _is_clear(path, table)] or _with_columns(path, tables)[:1]
    names = _names(curves) if len(curves) > 1 else ()
    at = chosen_part(path.name, names, part) if names else 0
    columns, named = read_named(path, curves[at])
    roles = roles_of(columns)
    if not names:
        return curve_of(named, roles, part)
    source = replace(named.source, part=names[at], parts=names)
    return curve_of(replace(named, source=source), roles)


def summarise(path: Path) -> FileSummary:
    """What its first bytes tell.

    Raises
    ------
    ReadError
    """
    tables = [table for table in outlines_in_head(path, read_head(path)) if table.fields] or list(outlines_in(path))
    table = next((table for table in tables if _is_clear(path, table)), None) or _with_columns(path, tables)[0]
    roles = roles_of(_columns(path, table))
    source = _source(path, table)
    return FileSummary(
        path=path,
        kind="light curve",
        object_name=source.object_name,
        mission=source.mission or (roles.survey.name if roles.survey else ""),
        segment=source.segment,
        rows=table.known_rows,
    )


def read_named(path: Path, outline: Outline) -> tuple[Columns, NamedTable]:
    """A table before anyone says what its columns are: numbers as numbers, and everything else as words.

    Raises
    ------
    ReadError
    """
    table = read_votable(path, outline)
    if not len(table.values):
        raise ReadError(
            f"Table {outline.name or outline.place + 1} of {path.name} has no rows.", hint="Open another file."
        )
    columns = _columns(path, outline)
    spoken = {column for column in columns.every if column not in columns.numbers or column.key in OBJECT_NAMES}
    numbers = {column: table.floats(column.place) for column in columns.numbers if column not in spoken}
    words = {column: table.words(column.place) for column in spoken}
    return columns, NamedTable(numbers, _source(path, outline), words)


def _with_columns(path: Path, tables: tuple[Outline, ...] | list[Outline]) -> list[Outline]:
    found = [table for table in tables if table.fields]
    if not found:
        raise ReadError(f"{path.name} is a VOTable without a table of columns.", hint="Open another file.")
    return found


def _is_clear(path: Path, table: Outline) -> bool:
    try:
        return bool(table.fields) and bool(roles_of(_columns(path, table, shown=False)))
    except ReadError:
        return False


def _names(tables: list[Outline]) -> tuple[str, ...]:
    """Their names, with their numbers where names are missing or not enough."""
    names = [table.name for table in tables]
    return tuple(
        name if name and names.count(name) == 1 else f"{name} table {table.place + 1}".strip()
        for name, table in zip(names, tables, strict=True)
    )


def _columns(path: Path, table: Outline, *, shown: bool = True) -> Columns:
    every = tuple(TextColumn(column.name, column.unit, place, column.ucd) for place, column in enumerate(table.fields))
    numbers = tuple(column for column in every if table.fields[column.place].is_number)
    dates = tuple(column for column in every if _is_date(table.fields[column.place]))
    said = {column: reference for column in every if (reference := _reference(table, column.place)) is not None}

    def rows() -> tuple[tuple[str, ...], ...]:
        return first_rows(read_votable(path, table), _SHOWN_ROWS) if shown else ()

    return Columns(path.name, every, numbers, dates=dates, said=said, first_rows=rows)


def _is_date(column: Field) -> bool:
    kind = column.attributes.get("xtype", "").lower()
    return column.datatype in ("char", "unicodeChar") and kind in ("timestamp", "adql:timestamp", "iso8601")


def _reference(table: Outline, place: int) -> TimeReference | None:
    """What a column counts from by the TIMESYS it refers to; or the only one, where the column is an epoch."""
    column = table.fields[place]
    said = table.timesys.get(column.attributes.get("ref", ""))
    if said is None and len(table.timesys) == 1 and column.ucd.startswith("time.epoch"):
        said = next(iter(table.timesys.values()))
    if said is None or "timeorigin" not in said:
        return None
    zero = _origin(said["timeorigin"].strip())
    if not is_possible_zero(zero):
        return None
    scale = said.get("timescale", "").strip().upper()
    place_of = said.get("refposition", "").strip().upper()
    if place_of == "HELIOCENTER":
        return TimeReference(f"HJD − {zero:.10g}" if zero else "HJD", zero, scale)
    return named_reference(zero, scale, barycentric=place_of == "BARYCENTER")


def _origin(text: str) -> float:
    try:
        return _ORIGINS[text] if text in _ORIGINS else float(text)
    except ValueError:
        return nan


def _source(path: Path, table: Outline) -> Source:
    """What PARAM and INFO elements say of the star; the nearest to the table first."""
    said: dict[str, str] = {}
    for param in table.params:
        value = param.attributes.get("value", "").strip()
        if value:
            said.setdefault(param.name.strip().lower().replace(" ", "_"), value)
    objects = [param.attributes.get("value", "").strip() for param in table.params if _names_the_object(param)]
    mission = _MISSIONS.get((said.get("mission") or said.get("telescop") or said.get("telescope", "")).lower(), "")
    number = said.get(_SEGMENTS.get(mission, ""), "")
    return Source(
        path=path,
        object_name=next((said[key] for key in OBJECT_NAMES if key in said), "") or next(filter(None, objects), ""),
        mission=mission,
        segment=f"{_SEGMENTS[mission]} {number}" if number.isdecimal() else "",
        ra_deg=_degrees(table, "pos.eq.ra"),
        dec_deg=_degrees(table, "pos.eq.dec"),
        notes=tuple(_zero_points(table)),
        cards=lambda: tuple(_cards(table)),
    )


def _names_the_object(param: Field) -> bool:
    return param.ucd.startswith("meta.id") and ("src" in param.ucd or "meta.main" in param.ucd)


def _degrees(table: Outline, ucd: str) -> float:
    values = [param.attributes.get("value", "") for param in table.params if param.ucd.startswith(ucd)]
    try:
        return float(values[0]) if values else nan
    except ValueError:
        return nan


def _zero_points(table: Outline) -> list[str]:
    """What the file says of its photometric zero points."""
    notes = []
    for param in table.params:
        if "zeropoint" in f"{param.name} {param.attributes.get('utype', '')}".lower().replace("_", ""):
            value = f"{param.attributes.get('value', '').strip()} {param.unit}".strip()
            notes.append(f"The file gives {param.name} = {value}.")
    return notes


def _cards(table: Outline) -> list[Card]:
    hdu = table.name or f"table {table.place + 1}"
    shown = [Card(hdu, param.name[:60], param.attributes.get("value", "")[:200], param.unit) for param in table.params]
    fields = [Card(hdu, "FIELD", column.name[:60], f"{column.unit} {column.ucd}".strip()) for column in table.fields]
    return [*shown, *fields]


READER = Reader(
    "votable", "Light curves in VOTables", (".vot", ".votable", ".xml", ".vot.gz"), accepts, read, summarise
)
