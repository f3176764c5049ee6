"""From columns to a light curve: rows put into the order of time, and what is missing said in a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.light_curve import LightCurve, Series, magnitudes_in
from desktop_app.core.quality import is_known
from desktop_app.core.source import Source
from desktop_app.core.timescales import TimeReference
from desktop_app.io.curves.time_zero import LATEST_JD

T = TypeVar("T", np.float64, np.int64)
# Unix times in milliseconds are below the first, the squares of the second do not overflow.
_LARGEST_TIME = 1e15
_LARGEST_FLUX = 1e100
_FEW_ROWS = 10
_NO_INTS = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Rows:
    """The columns of a light curve as they lie in the file.

    Attributes
    ----------
    time : ndarray, shape (n,)
        Days since the zero of ``reference``.
    reference : TimeReference
    columns : mapping of str to Series
        The fluxes, their errors as ``<flux>_ERR``, and every further column of numbers.
    fluxes : tuple of str
        Names in ``columns`` that can be the flux, the preferred one first.
    quality, cadence : ndarray, shape (n,)
        Empty where the file has none.
    row : ndarray, shape (n,)
        Row numbers in the file; empty where these are all of its rows.
    """

    time: Floats
    reference: TimeReference
    columns: Mapping[str, Series]
    fluxes: tuple[str, ...]
    quality: Ints = field(default_factory=_NO_INTS.copy)
    cadence: Ints = field(default_factory=_NO_INTS.copy)
    row: Ints = field(default_factory=_NO_INTS.copy)


def light_curve(source: Source, rows: Rows) -> LightCurve:
    """The light curve of ``rows``, with notes on rows without time or flux, on order and on what it cannot tell.

    Rows are never left out. Where time goes back they are put into order, and ``row`` keeps their numbers in the file.
    A time or flux that is infinite, or that only damage can have made, counts as missing.
    """
    fluxes, empty = _measured_first(rows)
    name = fluxes[0]
    time, impossible_times = _possible(rows.time, LATEST_JD if rows.reference.known else _LARGEST_TIME)
    cleaned = {flux: _possible(rows.columns[flux].values, _LARGEST_FLUX) for flux in fluxes}
    order = _order(time)
    columns = {
        key: Series(_put(cleaned[key][0] if key in cleaned else series.values, order), series.unit)
        for key, series in rows.columns.items()
    }
    errors = columns.get(f"{name}_ERR")
    time = _put(time, order)
    place = np.arange(len(time), dtype=np.int64) if order is None else order
    notes = [
        *empty,
        *_impossible(impossible_times + cleaned[name][1]),
        *_missing(time, columns[name].values, "flux" if np.isnan(magnitudes_in(columns[name].unit)) else "magnitude"),
        *_unread_flags(rows.quality, source.bits),
        *_reordered(place),
        *_repeated(time),
    ]
    return LightCurve(
        source=replace(source, notes=(*source.notes, *notes)),
        time=time,
        flux=columns[name].values,
        flux_err=errors.values if errors else np.full(len(time), np.nan),
        flux_name=name,
        flux_unit=columns[name].unit,
        reference=rows.reference,
        quality=_put(rows.quality, order),
        cadence=_put(rows.cadence, order),
        row=rows.row[place] if len(rows.row) else place,
        columns=columns,
        flux_choices=fluxes,
    )


def _measured_first(rows: Rows) -> tuple[tuple[str, ...], list[str]]:
    """The fluxes with one in front that has values, and a note where that is not the preferred one."""
    first = rows.fluxes[0]
    found = next((flux for flux in rows.fluxes if not np.isnan(rows.columns[flux].values).all()), first)
    if found == first:
        return rows.fluxes, []
    others = tuple(flux for flux in rows.fluxes if flux != found)
    return (found, *others), [f"{first} is empty in every row: {found} is shown."]


def only(rows: Rows, keep: Ints) -> Rows:
    """``rows`` at the places ``keep``, with their numbers in the file."""
    return Rows(
        rows.time[keep],
        rows.reference,
        {name: Series(series.values[keep], series.unit) for name, series in rows.columns.items()},
        rows.fluxes,
        rows.quality[keep] if len(rows.quality) else rows.quality,
        rows.cadence[keep] if len(rows.cadence) else rows.cadence,
        keep,
    )


def _possible(values: Floats, largest: float) -> tuple[Floats, int]:
    """``values`` with NaN in place of what is infinite or beyond all reason, and how many were."""
    beyond = np.abs(values) > largest
    count = int(beyond.sum())
    return (np.where(beyond, np.nan, values) if count else values), count


def _order(time: Floats) -> Ints | None:
    """An order in which time never goes back, rows without time behind their neighbours; None where none is needed."""
    times = _known(time)
    if not np.any(times[1:] < times[:-1]):
        return None
    last_known = np.maximum.accumulate(np.where(np.isfinite(time), np.arange(len(time)), -1))
    filled = np.where(last_known >= 0, time[last_known], -np.inf)
    return np.argsort(filled, kind="stable").astype(np.int64)


def _put(values: NDArray[T], order: Ints | None) -> NDArray[T]:
    return values if order is None or not len(values) else values[order]


def _known(values: Floats) -> Floats:
    """The finite ones; no copy where all are."""
    finite = np.isfinite(values)
    return values if finite.all() else values[finite]


def _impossible(count: int) -> list[str]:
    return [f"{_have(count)} an impossible time or flux, which counts as missing."] if count else []


def _missing(time: Floats, flux: Floats, what: str) -> list[str]:
    n = len(time)
    no_time, no_flux = ~np.isfinite(time), ~np.isfinite(flux)
    if no_time.all():
        return ["No row has a time."]
    if no_flux.all():
        return [f"No row has a {what}."]
    notes = _absent(int(no_time.sum()), int((no_flux & ~no_time).sum()), what)
    if n < _FEW_ROWS:
        notes.append(f"There are only {n} rows." if n != 1 else "There is only one row.")
    if n > 1 and np.nanmin(flux) == np.nanmax(flux):
        notes.append(f"Every {what} is the same number.")
    return notes


def _absent(untimed: int, unmeasured: int, what: str) -> list[str]:
    if untimed and unmeasured:
        return [f"{_have(untimed)} no time and {unmeasured:,} no {what}."]
    if untimed or unmeasured:
        return [f"{_have(untimed or unmeasured)} no {'time' if untimed else what}."]
    return []


def _unread_flags(quality: Ints, bits: str) -> list[str]:
    if is_known(bits) or not quality.any():
        return []
    return ["The quality flags hide no row: without a mission their meaning is not known."]


def _reordered(row: Ints) -> list[str]:
    moved = int(np.sum(row != np.arange(len(row))))
    return [f"Time goes back: {moved:,} rows were put into order."] if moved else []


def _repeated(time: Floats) -> list[str]:
    times = _known(time)
    same = int(np.sum(times[1:] == times[:-1]))
    return [f"{_have(same)} the time of the row before."] if same else []


def _have(count: int) -> str:
    return "1 row has" if count == 1 else f"{count:,} rows have"
