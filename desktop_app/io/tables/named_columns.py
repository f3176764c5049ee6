"""From columns with names and units, as text, VOTable and parquet have them, to a light curve."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats, Ints, whole_numbers
from desktop_app.core.light_curve import LightCurve, Series, magnitudes_in
from desktop_app.core.source import Source
from desktop_app.core.timescales import TimeReference
from desktop_app.io.curves.bands import band_parts, band_words
from desktop_app.io.curves.dates import days_of_dates
from desktop_app.io.curves.rows import Rows, light_curve, only
from desktop_app.io.curves.time_zero import counted_from_nearby
from desktop_app.io.reader import chosen_part, the_only_part
from desktop_app.io.tables.text_columns import Roles, TextColumn

Words = NDArray[np.str_]
# 99.99 and its like stand for "no magnitude" all over the field, and no star has it.
_NO_MAGNITUDE = 90.0
# Columns of flux that are called by their unit.
_UNITS = ("ujy", "mjy")


@dataclass(frozen=True, eq=False)
class NamedTable:
    """The columns of a table, read.

    Attributes
    ----------
    numbers : mapping of TextColumn to ndarray, shape (n,)
        NaN where the file has no value.
    words : mapping of TextColumn to ndarray of str, shape (n,)
        Bands, objects and flags; "" where the file has none.
    limits : mapping of TextColumn to ndarray, shape (n,)
        Limits in columns of numbers, where a row has one in place of a value; NaN elsewhere.
    source : Source
        What the file says of its object, or which of its tables this is; all but its path may be missing.
    times : (ndarray, TimeReference) or None
        The times in days, where they are told by more than the column; then ``numbers`` need not have them.
    """

    numbers: Mapping[TextColumn, Floats]
    source: Source
    words: Mapping[TextColumn, Words] = field(default_factory=dict)
    limits: Mapping[TextColumn, Floats] = field(default_factory=dict)
    times: tuple[Floats, TimeReference] | None = None


def curve_of(table: NamedTable, roles: Roles, part: str | None = None) -> LightCurve:
    """The light curve of a table; of one band where rows are of several.

    Raises
    ------
    ReadError
        Its times are dates that cannot be read.
    ParamError
        There is no such part.
    """
    path = table.source.path or Path()
    time, reference = _times(table, roles, path.name)
    columns = _columns(table, roles)
    rows = Rows(
        time,
        reference,
        columns,
        tuple(column.name for column in roles.fluxes),
        _quality(table, roles),
        _whole(table, roles.cadence),
    )
    parts = _parts(table, roles)
    names, at = tuple(parts), 0
    if len(names) > 1:
        # Where tables are the parts of the file, those of bands would need a second choice.
        at = 0 if table.source.parts else chosen_part(path.name, names, part)
        rows = only(rows, parts[names[at]])
    elif not table.source.parts:
        the_only_part(path.name, part)
    limits = _limit_notes(rows.columns, roles)
    said = (*table.source.notes, *roles.notes, *_zero_note(roles.reference, reference), *limits)
    source = _source(table, roles, names, at, said, parts[names[at]] if names else None)
    return light_curve(source, rows)


def _times(table: NamedTable, roles: Roles, file: str) -> tuple[Floats, TimeReference]:
    if table.times is not None:
        return table.times
    if roles.time in table.words:
        return days_of_dates(table.words[roles.time], roles.time, file)
    time = table.numbers[roles.time]
    return counted_from_nearby(time if roles.days == 1.0 else time * roles.days, roles.reference)


def _columns(table: NamedTable, roles: Roles) -> dict[str, Series]:
    """Every further column by its name, errors by that of their flux too, and limits in columns of their own."""
    elsewhere = (roles.time, roles.quality, roles.cadence)
    columns = {
        column.name: Series(values, _unit(column, roles))
        for column, values in table.numbers.items()
        if column not in elsewhere
    }
    for flux, error in roles.errors.items():
        columns[f"{flux}_ERR"] = columns[error.name]
    for magnitude in roles.fluxes:
        if magnitude.is_magnitude:
            _set_limits_apart(columns, magnitude, table.limits.get(magnitude))
    return columns


def _set_limits_apart(columns: dict[str, Series], magnitude: TextColumn, limits: Floats | None) -> None:
    """Leave out what is no magnitude but a limit, or stands for none; limits get a column of their own."""
    name, error = magnitude.name, columns.get(f"{magnitude.name}_ERR")
    values, unit = columns[name].values, columns[name].unit
    missing = ~(np.abs(values) < _NO_MAGNITUDE)
    found = np.full(len(values), np.nan) if limits is None else limits.copy()
    if error is not None:
        # A magnitude whose error is 99 is the limit of the picture.
        faint = (np.abs(error.values) >= _NO_MAGNITUDE) & ~missing
        found[faint] = values[faint]
        missing |= faint
        known = np.where(np.abs(error.values) < _NO_MAGNITUDE, error.values, np.nan)
        columns[f"{name}_ERR"] = Series(known, error.unit)
    columns[name] = Series(np.where(missing, np.nan, values), unit)
    if np.isfinite(found).any():
        columns[f"{name} limit"] = Series(found, unit)


def _limit_notes(columns: Mapping[str, Series], roles: Roles) -> list[str]:
    notes = []
    for name in (flux.name for flux in roles.fluxes if f"{flux.name} limit" in columns):
        count = int(np.isfinite(columns[f"{name} limit"].values).sum())
        if count == 1:
            notes.append(f"1 row is an upper limit of the brightness: it has no {name}, but a {name} limit.")
        elif count:
            notes.append(f"{count:,} rows are upper limits of the brightness: they have no {name}, but a {name} limit.")
    return notes


def _unit(column: TextColumn, roles: Roles) -> str:
    known = roles.survey.units.get(column.key, "") if roles.survey else ""
    unit = known or column.unit or (column.name if column.key in _UNITS else "")
    if column.is_magnitude and np.isnan(magnitudes_in(unit)):
        return f"mag ({unit})" if unit else "mag"
    return unit


def _quality(table: NamedTable, roles: Roles) -> Ints:
    """The bits of the column of flags, or those that words set."""
    found = _whole(table, roles.quality)
    for key, (bit, yes) in (roles.survey.bits if roles.survey else {}).items():
        words = next((words for column, words in table.words.items() if column.key == key), None)
        if words is None:
            continue
        set_here = np.isin(np.char.lower(words), list(yes))
        found = (found if len(found) else np.zeros(len(words), np.int64)) | np.where(set_here, bit, 0)
    return found


def _parts(table: NamedTable, roles: Roles) -> dict[str, Ints]:
    bands = band_words(roles.band, table.words, table.numbers)
    stars = None if roles.star is None else table.words.get(roles.star)
    return band_parts((table.source.path or Path()).name, bands, stars)


def _source(
    table: NamedTable, roles: Roles, names: tuple[str, ...], at: int, notes: tuple[str, ...], rows: Ints | None
) -> Source:
    said = table.source
    stars = np.zeros(0, np.str_) if roles.star is None else table.words.get(roles.star, np.zeros(0, np.str_))
    named = set(stars if rows is None else stars[rows]) if len(stars) else set()
    one = str(named.pop()) if len(named) == 1 else ""
    survey = roles.survey.name if roles.survey else ""
    stem = said.path.name.split(".")[0] if said.path else ""
    band = (f"The band is {names[0]}.",) if len(names) == 1 and names[0] else ()
    if len(names) > 1 and said.parts:
        band = (f"Of its bands, {', '.join(names[:20])}, the first is shown; save it alone to see another.",)
    name = said.object_name or star_name(survey, one) or stem
    ra, dec = (_position(table, key, value) for key, value in (("ra", said.ra_deg), ("dec", said.dec_deg)))
    return Source(
        path=said.path,
        object_name=name,
        mission=said.mission or survey,
        flags=said.flags,
        segment=said.segment,
        ra_deg=ra,
        dec_deg=dec,
        part=said.part or (names[at] if len(names) > 1 else ""),
        parts=said.parts or (names if len(names) > 1 else ()),
        notes=(*notes, *band),
        cards=said.cards,
    )


def star_name(survey: str, identifier: str) -> str:
    """What a star is called by its identifier: a bare number is one of its survey."""
    return f"{survey} {identifier}".strip() if identifier.isdecimal() else identifier


def _position(table: NamedTable, key: str, said: float) -> float:
    """The position that all rows have within an arcminute or so, where the file says no other."""
    values = next((values for column, values in table.numbers.items() if column.key == key), np.zeros(0))
    known = values[np.isfinite(values)]
    if np.isfinite(said) or not known.size or np.ptp(known) > 0.02 or np.abs(known[0]) > 360:
        return said
    return float(np.median(known))


def _zero_note(said: TimeReference, found: TimeReference) -> tuple[str, ...]:
    if said.known and not found.known:
        return (f"The times are too small for {said.name}: what they count from is not known.",)
    return ()


def _whole(table: NamedTable, column: TextColumn | None) -> Ints:
    return np.zeros(0, np.int64) if column is None else whole_numbers(table.numbers[column])
