"""From columns to a light curve: rows put into the order of time, and what is missing said in a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.data import LightCurve, Series, Source
from desktop_app.core.timescales import TimeReference
from desktop_app.io.time_zero import LATEST_JD

# Unix times in milliseconds are below the first, the squares of the second do not overflow.
_LARGEST_TIME = 1e15
_LARGEST_FLUX = 1e100
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
    """

    time: Floats
    reference: TimeReference
    columns: Mapping[str, Series]
    fluxes: tuple[str, ...]
    quality: Ints = field(default_factory=_NO_INTS.copy)
    cadence: Ints = field(default_factory=_NO_INTS.copy)


def light_curve(source: Source, rows: Rows) -> LightCurve:
    """The light curve of ``rows``, with notes on rows without time or flux, on order and on what it cannot tell.

    Rows are never left out. Where time goes back they are put into order, and ``row`` keeps their numbers in the file.
    A time or flux that is infinite, or that only damage can have made, counts as missing.
    """
    name = rows.fluxes[0]
    time, beyond = _possible(rows.time, LATEST_JD if rows.reference.known else _LARGEST_TIME)
    flux, beyond_flux = _possible(rows.columns[name].values, _LARGEST_FLUX)
    errors = rows.columns.get(f"{name}_ERR")
    notes = [*source.notes]
    if beyond or beyond_flux:
        notes.append(f"{_have(beyond + beyond_flux)} an impossible time or flux, which counts as missing.")
    notes += _missing(time, flux)
    if rows.quality.any() and not source.mission:
        notes.append("The quality flags hide no row: without a mission their meaning is not known.")
    curve = LightCurve(
        source=source,
        time=np.empty(0),
        flux=np.empty(0),
        flux_err=np.empty(0),
        flux_name=name,
        flux_unit=rows.columns[name].unit,
        reference=rows.reference,
        flux_choices=rows.fluxes,
    )
    columns = {**rows.columns, name: Series(flux, rows.columns[name].unit)}
    row = np.arange(len(time), dtype=np.int64)
    quality, cadence = rows.quality, rows.cadence
    flux_err = errors.values if errors else np.full(len(time), np.nan)
    order = _order(time)
    if order is not None:
        notes.append(f"Time goes back: {int(np.sum(order != row)):,} rows were put into order.")
        time, flux, flux_err, row = time[order], flux[order], flux_err[order], row[order]
        quality, cadence = (values[order] if len(values) else values for values in (quality, cadence))
        columns = {key: Series(series.values[order], series.unit) for key, series in columns.items()}
    notes += _repeated(time)
    return replace(
        curve,
        source=replace(source, notes=tuple(notes)),
        time=time,
        flux=flux,
        flux_err=flux_err,
        quality=quality,
        cadence=cadence,
        row=row,
        columns=columns,
    )


def _possible(values: Floats, largest: float) -> tuple[Floats, int]:
    """``values`` with NaN in place of what is infinite or beyond all reason, and how many were."""
    beyond = np.abs(values) > largest
    count = int(beyond.sum())
    return (np.where(beyond, np.nan, values) if count else values), count


def _order(time: Floats) -> Ints | None:
    """An order in which time never goes back, rows without time behind their neighbours; None where none is needed."""
    known = np.isfinite(time)
    times = time[known]
    if not np.any(times[1:] < times[:-1]):
        return None
    last_known = np.maximum.accumulate(np.where(known, np.arange(len(time)), -1))
    filled = np.where(last_known >= 0, time[last_known], -np.inf)
    return np.argsort(filled, kind="stable").astype(np.int64)


def _missing(time: Floats, flux: Floats) -> list[str]:
    n = len(time)
    no_time, no_flux = ~np.isfinite(time), ~np.isfinite(flux)
    if no_time.all():
        return ["No row has a time."]
    if no_flux.all():
        return ["No row has a flux."]
    known = flux[~no_time & ~no_flux]
    notes = _absent(int(no_time.sum()), int((no_flux & ~no_time).sum()))
    if n < 10:
        notes.append(f"There are only {n} rows." if n != 1 else "There is only one row.")
    if known.size > 1 and known.min() == known.max():
        notes.append("Every flux is the same number.")
    return notes


def _absent(untimed: int, unmeasured: int) -> list[str]:
    if untimed and unmeasured:
        return [f"{_have(untimed)} no time and {unmeasured:,} no flux."]
    if untimed or unmeasured:
        return [f"{_have(untimed or unmeasured)} no {'time' if untimed else 'flux'}."]
    return []


def _repeated(time: Floats) -> list[str]:
    times = time[np.isfinite(time)]
    same = int(np.sum(times[1:] == times[:-1]))
    return [f"{_have(same)} the time of the row before."] if same else []


def _have(count: int) -> str:
    return "1 row has" if count == 1 else f"{count:,} rows have"
