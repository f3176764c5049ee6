"""Puts signals into a light curve, and says what truth they are there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isnan

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.errors import FitError
from desktop_app.core.injection.signals import Signal, change
from desktop_app.core.light_curve import LightCurve, Series, magnitudes_in
from desktop_app.core.magnitudes import relative_flux
from desktop_app.core.segments import cadence_of
from desktop_app.core.source import Source

MARK = "injected"
_SEEN = 0.25


@dataclass(frozen=True)
class Planted:
    """A signal as it is in one curve.

    Attributes
    ----------
    signal : Signal
    spans : tuple of (int, int)
        Rows ``start:stop`` where it changes the light by one sigma of the noise, or by half of its greatest change
        where that is less; one for each repetition with data, () where none of it falls on usable rows.
    peak : int
        The row that it changes most; -1 where there is none.
    depth : float
        The change of that row relative to the star, after the exposure has smeared it; positive where fainter.
    snr : float
        Of a matched filter in white noise: the root of the sum of (change / noise)² over the usable rows, all
        repetitions together. Of a step its height over the noise of one row.
    """

    signal: Signal
    spans: tuple[tuple[int, int], ...]
    peak: int
    depth: float
    snr: float


def with_signals(curve: LightCurve, signals: Sequence[Signal]) -> LightCurve:
    """``curve`` with ``signals`` in it: in its flux and in every other flux column, and nowhere else.

    Transits, dips and steps take a share of the star's own light, row by row; flares and outliers add to it, measured
    against its median. Magnitudes are turned into flux for that and back. Its source says that it was injected, and
    has no file any more.

    Raises
    ------
    FitError
        A flux that is not above zero has no relative change.
    """
    cadence_d = cadence_of(curve.time[np.isfinite(curve.time)])
    share, light = np.zeros(len(curve)), np.zeros(len(curve))
    for signal in signals:
        target = light if signal.adds_light else share
        target += change(signal, curve.time, cadence_d)
    columns = {
        name: replace(series, values=_changed(curve, series, share, light)) if name in curve.flux_choices else series
        for name, series in curve.columns.items()
    }
    flux = _changed(curve, Series(curve.flux, curve.flux_unit), share, light, needed=True)
    # What is made of files has none of them any more: their hashes would vouch for what nobody observed.
    pieces = tuple(replace(piece, path=None) for piece in curve.pieces)
    return replace(curve, flux=flux, columns=columns, source=_marked(curve, signals), pieces=pieces)


def planted(signal: Signal, curve: LightCurve, noise: Floats) -> Planted:
    """What ``signal`` is among the usable rows of ``curve``.

    Parameters
    ----------
    noise : ndarray, shape (n,)
        One sigma of each row relative to the star; NaN where it is not known.
    """
    time = np.where(curve.usable, curve.time, np.nan)
    known = np.flatnonzero(np.isfinite(time))
    changed = change(signal, time, cadence_of(curve.time[known]))
    sigma = np.where(np.isfinite(noise), noise, np.inf)
    size = np.abs(changed)
    if not size.any():
        return Planted(signal, (), -1, 0.0, 0.0)
    if signal.kind == "step":
        row = int(np.flatnonzero(size)[0])
        snr = float(abs(signal.depth) / np.nanmedian(noise))
        return Planted(signal, ((row, row + 1),), row, signal.depth, snr)
    least = np.minimum(sigma, 0.5 * size.max())
    seen = np.flatnonzero((size >= least) & (size > 0))
    snr = float(np.sqrt(np.square(changed / sigma).sum()))
    peak = int(np.argmax(size))
    return Planted(signal, _spans(signal, curve.time, seen), peak, float(-changed[peak]), snr)


def _spans(signal: Signal, time: Floats, rows: Ints) -> tuple[tuple[int, int], ...]:
    if rows.size == 0:
        return ()
    if not signal.repeats:
        return ((int(rows[0]), int(rows[-1]) + 1),)
    turn = np.round((time[rows] - signal.t0) / signal.period_d)
    parts = np.split(rows, np.flatnonzero(np.diff(turn) > 0) + 1)
    # A transit of which the pause left but a corner cannot be asked for.
    least = _SEEN * max(part.size for part in parts)
    return tuple((int(part[0]), int(part[-1]) + 1) for part in parts if part.size >= least)


def _changed(curve: LightCurve, series: Series, share: Floats, light: Floats, *, needed: bool = False) -> Floats:
    seen = series.values[curve.usable & np.isfinite(series.values)]
    middle = float(np.median(seen)) if seen.size else float("nan")
    unit = magnitudes_in(series.unit)
    if not isnan(unit):
        before = relative_flux(unit * series.values, unit * middle)
        after = before * (1 + share) + light
        # What would be darker than nothing has no magnitude.
        faded = np.where(after > 0, after, np.nan) / before
        touched = (share != 0) | (light != 0)
        return np.where(touched, series.values - 2.5 * np.log10(np.where(touched, faded, 1.0)) / unit, series.values)
    if not middle > 0:
        if needed:
            raise FitError(
                f"{curve.flux_name} of {curve.source.object_name or 'this curve'} is not above zero (its median is "
                f"{middle:.4g}): a share of it cannot be taken away.",
                hint="Choose another flux column.",
            )
        return series.values
    return series.values * (1 + share) + middle * light


def _marked(curve: LightCurve, signals: Sequence[Signal]) -> Source:
    source = curve.source
    kinds = ", ".join(dict.fromkeys(signal.kind for signal in signals)) or "nothing"
    origin = source.path.name if source.path else source.object_name or "a curve made in memory"
    note = f"Not as observed: Peculiar injected signals ({len(signals)}: {kinds}) into {origin}."
    name = f"{source.object_name or origin} ({MARK})"
    return replace(source, path=None, object_name=name, notes=(*source.notes, note))
