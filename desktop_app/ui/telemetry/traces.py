"""Turns a view of a channel into shades of pixels: a line or steps, with every extremum at any zoom."""

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.ui.raster import FULL, Shades, View, stamp
from desktop_app.ui.telemetry.telemetry_picture import Trace

DENSE = 8
_DENSITY_SAMPLES = 24_000
_FAINTEST, _EXTREMUM = 100, 225
_POINT_RADIUS = 1.9
_FAR_PX = 1e6
_NEARLY_PX = 1e-3
_ROOM_FOR_POINTS_PX = 7.0


def line_shades(trace: Trace, view: View, *, steps: bool) -> Shades:
    """The line of ``trace`` in ``view``, with points where they stand alone or where there is room for them.

    A column of pixels is lit from the lowest to the highest value that the line takes in it. Where a column holds
    many samples that stretch is faint, its ends are bright, and how many samples lie where is shaded between them.
    """
    bounds = trace.series.columns(view.start, view.stop, view.width)
    # Values may lie so far outside of a row that is zoomed that their pixels overflow; they are not seen anyway.
    with np.errstate(over="ignore", invalid="ignore"):
        count, low, high = columns_of(trace, view, bounds, steps=steps)
        shades = _filled(view, low, high, _fill_of(count))
        if count.max(initial=0) > DENSE:
            np.maximum(shades, _density(trace, view, bounds), out=shades)
            _light(shades, view, low, high)
        _mark_points(shades, trace, view, bounds)
    return shades


def switch_shades(trace: Trace, view: View) -> Shades:
    """Blocks that stand on the bottom where ``trace`` is on, at least two logical pixels wide, and a thin floor."""
    bounds = trace.series.columns(view.start, view.stop, view.width)
    count, _, high = columns_of(trace, view, bounds, steps=True)
    on = np.where(high > 0, high, np.nan)
    shades = _filled(view, np.where(np.isfinite(on), 0.0, np.nan), on, np.full(view.width, 170))
    for shift in range(1, max(2, round(2 * view.scale))):
        # A command of one sample among thousands is a column of one pixel, which is not seen.
        np.maximum(shades[:, shift:], shades[:, :-shift] * (shades[:, :-shift] > 0), out=shades[:, shift:])
    floor = np.isfinite(high) | (count > 0)
    line = int(np.clip(view.top * view.height / (view.top - view.bottom), 0, view.height - 1))
    for row in range(line, min(view.height, line + max(1, round(view.scale)))):
        shades[row, floor] = np.maximum(shades[row, floor], 110)
    return shades


def columns_of(trace: Trace, view: View, bounds: Ints, *, steps: bool) -> tuple[Floats, Floats, Floats]:
    """How many points each column of pixels holds, and the lowest and highest value of the line in it.

    Parameters
    ----------
    bounds : ndarray, shape (width + 1,)
        The columns of the view in the series.

    Returns
    -------
    count, low, high : ndarray, shape (width,)
        ``low`` and ``high`` are NaN where no line passes.
    """
    series = trace.series
    envelope = series.envelope(view.start, view.stop, view.width, bounds)
    if not len(series):
        return envelope.count.astype(np.float64), envelope.low, envelope.high
    at_edges = _at_edges(trace, np.linspace(view.start, view.stop, view.width + 1), bounds, steps=steps)
    low = np.fmin(envelope.low, np.fmin(at_edges[:-1], at_edges[1:]))
    high = np.fmax(envelope.high, np.fmax(at_edges[:-1], at_edges[1:]))
    return envelope.count.astype(np.float64), low, high


def _at_edges(trace: Trace, edges: Floats, after: Ints, *, steps: bool) -> Floats:
    """The value of the line at the edges between columns; NaN where it is broken there."""
    series = trace.series
    before = after - 1
    inside = (before >= 0) & (after < len(series))
    left, right = np.clip(before, 0, len(series) - 1), np.clip(after, 0, len(series) - 1)
    inside &= trace.joined[left]
    values = series.values[left]
    if not steps:
        length = series.time[right] - series.time[left]
        share = np.clip(edges - series.time[left], 0.0, length) / np.where(length > 0, length, 1.0)
        # In two halves, since the difference of two very large numbers may be infinite.
        half = series.values[right] / 2 - values / 2
        values = values + share * half + share * half
    return np.where(inside, values, np.nan)


def _fill_of(count: Floats) -> Floats:
    """How bright the stretch between the extrema of a column is: the fainter the more samples stand in it."""
    return np.interp(np.log2(np.maximum(count, 1)), [2.0, 3.0, 6.0], [FULL, 190, _FAINTEST])


def _filled(view: View, low: Floats, high: Floats, fill: Floats) -> Shades:
    """Columns lit from ``low`` to ``high``, one logical pixel at least; the ends are smoothed where the line climbs."""
    shades = np.zeros((view.height, view.width), np.uint8)
    lit = np.flatnonzero(np.isfinite(low) & (low <= max(view.top, view.bottom)) & (high >= min(view.top, view.bottom)))
    if not len(lit):
        return shades
    scale = view.height / (view.top - view.bottom)
    upper, lower = (np.clip((view.top - edge[lit]) * scale, -_FAR_PX, _FAR_PX) for edge in (high, low))
    half = 0.5 * view.scale
    flat = _flat(upper, lower)
    upper = np.where(flat, np.floor(upper + _NEARLY_PX), upper) - half + np.where(flat, 0.5 * (view.scale % 2), 0)
    lower = np.maximum(np.where(flat, upper + 2 * half, lower + half), upper + 2 * half)
    bright = fill[lit]
    # Far outside of the view is as good as just outside, and fits into 16 bits.
    first = np.clip(np.ceil(upper), -2, view.height + 1).astype(np.int16)
    last = np.clip(np.floor(lower), -2, view.height + 1).astype(np.int16)
    line = np.arange(view.height, dtype=np.int16)[:, None]  # (height, columns)
    shades[:, lit] = ((line >= first) & (line < last)) * bright.astype(np.uint8)
    for row, cover in ((first - 1, first - upper), (last, lower - last)):
        seen = (row >= 0) & (row < view.height) & (cover > 0)
        where = (row[seen].astype(np.int64), lit[seen])
        shades[where] = np.maximum(shades[where], (bright * cover)[seen].astype(np.uint8))
    return shades


def _flat(upper: Floats, lower: Floats) -> Bools:
    """Where the line is level: there it is drawn on whole pixels, so that it is as sharp as it is thin."""
    return lower - upper < _NEARLY_PX


def _density(trace: Trace, view: View, bounds: Ints) -> Shades:
    """How many of the samples fall where, as logarithmic shades."""
    counts, _ = trace.series.density(
        view.start, view.stop, view.width, view.top, view.bottom, view.height, _DENSITY_SAMPLES, bounds
    )
    usual = max(2.0, float(counts.max(initial=1)) / 2)
    table = _FAINTEST + (FULL - _FAINTEST) * np.log1p(np.arange(int(counts.max(initial=1)) + 1)) / np.log1p(usual)
    table[0] = 0
    return np.clip(table, 0, FULL).astype(np.uint8)[counts]


def _light(shades: Shades, view: View, low: Floats, high: Floats) -> None:
    """Light the pixel of both extrema of every column, two logical pixels high."""
    for values in (low, high):
        column = np.flatnonzero((values <= max(view.top, view.bottom)) & (values >= min(view.top, view.bottom)))
        line = ((view.top - values[column]) * (view.height / (view.top - view.bottom))).astype(np.int64)
        for below in range(max(2, round(2 * view.scale))):
            at = np.clip(line + below, 0, view.height - 1)
            shades[at, column] = np.maximum(shades[at, column], _EXTREMUM)


def _apart(points: Ints, bounds: Ints) -> Ints:
    """Those of ``points`` that no other sample stands beside on the screen; the others are in the line already."""
    column = np.searchsorted(bounds, points, "right") - 1
    left, right = np.maximum(column - 1, 0), np.minimum(column + 2, len(bounds) - 1)
    return points[bounds[right] - bounds[left] == 1]


def _mark_points(shades: Shades, trace: Trace, view: View, bounds: Ints) -> None:
    """Discs about the samples that stand alone, and about all of them where they lie far from each other."""
    series = trace.series
    first, last = int(bounds[0]), int(bounds[-1])
    n = last - first
    if not n:
        return
    if view.width / view.scale >= _ROOM_FOR_POINTS_PX * n:
        points = np.arange(first, last)
    else:
        a, b = np.searchsorted(trace.alone, [first, last])
        points = _apart(trace.alone[a:b], bounds)
    if len(points):
        stamp(shades, view, series.time[points], series.values[points], _POINT_RADIUS * view.scale)
