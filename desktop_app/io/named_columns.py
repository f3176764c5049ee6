"""From columns with names and units, as text and parquet have them, to a light curve."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.source import Source
from desktop_app.core.timescales import TimeReference
from desktop_app.io.rows import Rows, light_curve, whole_numbers
from desktop_app.io.text_columns import Roles, TextColumn
from desktop_app.io.time_zero import counted_from_nearby


def curve_of(path: Path, roles: Roles, values: Mapping[TextColumn, Floats]) -> LightCurve:
    """The light curve of a table that says nothing of its object but the name of the file.

    Parameters
    ----------
    path : Path
    roles : Roles
    values : mapping of TextColumn to ndarray, shape (n,)
        Every column of numbers, NaN where the file has no value.
    """
    time = values[roles.time]
    time, reference = counted_from_nearby(time if roles.days == 1.0 else time * roles.days, roles.reference)
    elsewhere = (roles.time, roles.quality, roles.cadence)
    columns = {column.name: Series(values[column], column.unit) for column in values if column not in elsewhere}
    for flux, error in roles.errors.items():
        columns[f"{flux}_ERR"] = columns[error.name]
    rows = Rows(
        time,
        reference,
        columns,
        tuple(column.name for column in roles.fluxes),
        _whole(values, roles.quality),
        _whole(values, roles.cadence),
    )
    notes = roles.notes + _zero_note(roles.reference, reference)
    return light_curve(Source(path=path, object_name=path.name.split(".")[0], notes=notes), rows)


def _zero_note(said: TimeReference, found: TimeReference) -> tuple[str, ...]:
    if said.known and not found.known:
        return (f"The times are too small for {said.name}: what they count from is not known.",)
    return ()


def _whole(values: Mapping[TextColumn, Floats], column: TextColumn | None) -> Ints:
    return np.zeros(0, np.int64) if column is None else whole_numbers(values[column])
