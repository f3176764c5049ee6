"""Turns a view of a series into shades of pixels: points where there is room for them, else a density."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.pyramid import Pyramid

Shades = NDArray[np.uint8]

POINTS_PER_COLUMN = 2.5
FULL = 255
_EXTREMUM = 205
_FAINTEST = 70


@dataclass(frozen=True)
class View:
    """What is looked at, and on how many device pixels.

    Attributes
    ----------
    start, stop : float
        Time at the left and right edge.
    top, bottom : float
        Value at the upper and lower edge; top may be the smaller one (magnitudes).
    width, height : int
        Device pixels.
    scale : float
        Device pixels for one logical pixel.
    """

    start: float
    stop: float
    top: float
    bottom: float
    width: int
    height: int
    scale: float = 1.0


@dataclass(frozen=True, eq=False)
class Raster:
    """Shades of (height, width) pixels, 0 for nothing to 255, and how many samples a filled column stands for.

    Attributes
    ----------
    shades : ndarray, shape (height, width)
    per_pixel : float
        Points in the view over columns that hold any.
    dense : bool
        Whether this is a density and not points.
    """

    shades: Shades
    per_pixel: float
    dense: bool


def rasterise(series: Pyramid, view: View) -> Raster:
    """The points of ``series`` in ``view``; the extrema of each column of pixels are always among the lit pixels."""
    first, last = series.between(view.start, view.stop)
    n = last - first
    if n <= POINTS_PER_COLUMN * view.width:
        shades = np.zeros((view.height, view.width), np.uint8)
        stamp(shades, view, series.time[first:last], series.values[first:last], point_radius(n, view))
        return Raster(shades, n / max(1, _filled(series, view)), dense=False)
    envelope = series.envelope(view.start, view.stop, view.width)
    shades = _density(series, view)
    filled = np.flatnonzero(envelope.count)
    for values in (envelope.low[filled], envelope.high[filled]):
        _light_columns(shades, view, filled, values)
    return Raster(shades, n / max(1, len(filled)), dense=True)


def point_radius(n: int, view: View) -> float:
    """Radius of a point in device pixels: smaller the closer the points lie."""
    room = view.width / max(n, 1) / view.scale
    return float(np.clip(0.45 + 0.6 * np.sqrt(room), 0.85, 3.2)) * view.scale


def stamp(shades: Shades, view: View, time: Floats, values: Floats, radius: float) -> None:
    """Draw discs about points, thinner at their rim; where they overlap the fuller coverage stays."""
    column = np.floor((time - view.start) * (view.width / (view.stop - view.start))).astype(np.int64)
    line = np.floor((view.top - values) * (view.height / (view.top - view.bottom))).astype(np.int64)
    inside = (values <= max(view.top, view.bottom)) & (values >= min(view.top, view.bottom))
    np.minimum(line, view.height - 1, out=line, where=inside)
    np.minimum(column, view.width - 1, out=column, where=time <= view.stop)
    reach = int(radius) + 2
    near = inside & (column >= -reach) & (column < view.width + reach)
    column, line = column[near], line[near]
    pixels = shades.reshape(-1)
    for dx, dy, cover in _disc(radius):
        x, y = column + dx, line + dy
        good = (x >= 0) & (x < view.width) & (y >= 0) & (y < view.height)
        flat = y[good] * view.width + x[good]
        pixels[flat] = np.maximum(pixels[flat], round(FULL * cover))


@lru_cache(maxsize=64)
def _disc(radius: float) -> tuple[tuple[int, int, float], ...]:
    """Pixels of a disc and how much of each it covers, the least covered first."""
    reach = int(np.ceil(radius))
    cells = []
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            cover = min(1.0, max(0.0, radius + 0.5 - float(np.hypot(dx, dy))))
            if cover > 0.05:
                cells.append((dx, dy, cover))
    return tuple(sorted(cells, key=lambda cell: cell[2]))


def _filled(series: Pyramid, view: View) -> int:
    return int(np.count_nonzero(np.diff(series.columns(view.start, view.stop, view.width))))


def _density(series: Pyramid, view: View) -> Shades:
    """Points per pixel as logarithmic shades, each point as large as one logical pixel and a bit."""
    counts, _ = series.density(view.start, view.stop, view.width, view.top, view.bottom, view.height)
    side = round(2 * view.scale)
    spread = counts.copy()
    for shift in range(1, side):
        spread[:, shift:] += counts[:, :-shift]
    counts = spread.copy()
    for shift in range(1, side):
        counts[shift:] += spread[:-shift]
    most = int(counts.max(initial=1))
    usual = max(2.0, most / 2.0)
    table = np.log1p(np.arange(most + 1)) / np.log1p(usual)
    shades = np.clip(_FAINTEST + (FULL - _FAINTEST) * table, 0, FULL).astype(np.uint8)
    shades[0] = 0
    return shades[counts]


def _light_columns(shades: Shades, view: View, columns: Ints, values: Floats) -> None:
    """Light the pixel of one value in each column, at least two logical pixels wide where nothing is beside it."""
    inside = (values <= max(view.top, view.bottom)) & (values >= min(view.top, view.bottom))
    x = columns[inside]
    y = ((view.top - values[inside]) * (view.height / (view.top - view.bottom))).astype(np.int64)
    y = np.clip(y, 0, view.height - 1)
    side = max(2, round(2 * view.scale))
    for dx in range(side):
        for dy in range(side):
            at_x, at_y = np.minimum(x + dx, view.width - 1), np.minimum(y + dy, view.height - 1)
            shades[at_y, at_x] = np.maximum(shades[at_y, at_x], _EXTREMUM)
