"""Puts the values of a channel on an even grid and into shares of its range, so that windows can be compared."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.channels.constants import CONSTANTS
from desktop_app.core.channels.series import Series

_MOST_GROWTH = 1.5
_LEAST_RANGE = 1e-6
_OF_EXTREMES = 0.02
_MOST_VALUE = 1e6


@dataclass(frozen=True, eq=False)
class Grid:
    """Values of a channel at even steps.

    Attributes
    ----------
    values : ndarray, shape (m,)
        Finite; lines between the known ones.
    known : ndarray of bool, shape (m,)
        Which were measured.
    rows : ndarray of int, shape (k,)
        Rows of the series that have a value.
    places : ndarray of int, shape (k,)
        Where on the grid each of them is.
    """

    values: Floats
    known: Bools
    rows: Ints
    places: Ints

    def windows(self, width: int) -> Bools:
        """Which windows hold enough known values; shape (m - width + 1,), or (0,)."""
        missing = np.concatenate([[0], np.cumsum(~self.known)])
        if missing.size <= width:
            return np.zeros(0, bool)
        valid: Bools = missing[width:] - missing[:-width] <= CONSTANTS.missing_share * width
        return valid

    def back(self, on_grid: Floats, n: int) -> Floats:
        """Values on the grid as those of a series of ``n`` samples; NaN where it has no value."""
        values = np.full(n, np.nan)
        values[self.rows] = on_grid[self.places]
        return values


EMPTY_GRID = Grid(np.zeros(0), np.zeros(0, bool), np.zeros(0, np.int64), np.zeros(0, np.int64))
"""Of a channel without a value."""


def grid_of(series: Series) -> Grid:
    """The values of a channel on the grid of its own usual step; a long gap becomes one that no window bridges.

    Where steps are so uneven that the grid would hold more empty places than half the values, only long gaps are kept.
    """
    rows = np.flatnonzero(np.isfinite(series.values)).astype(np.int64)
    time, values = series.time[rows], series.values[rows]
    steps = np.diff(time)
    usual = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1.0
    longest = int(CONSTANTS.missing_share * CONSTANTS.longest_window) + 1
    places = np.clip(np.round(steps / usual), 1, longest)
    if places.sum() > _MOST_GROWTH * rows.size:
        places = np.where(places < longest, 1, longest)
    where = np.concatenate([np.zeros(min(1, rows.size)), np.cumsum(places)]).astype(np.int64)
    known = np.zeros(int(where[-1]) + 1 if where.size else 0, bool)
    known[where] = True
    line = np.interp(np.arange(known.size), where, values) if where.size else np.zeros(0)
    return Grid(line, known, rows, where)


@dataclass(frozen=True)
class Scale:
    """How values become shares of the range of their channel.

    Attributes
    ----------
    middle, width : float
        In the unit of the channel.
    """

    middle: float
    width: float

    def of(self, values: Floats) -> Floats:
        """``values`` as shares of the range, around 0."""
        shares: Floats = np.clip((values - self.middle) / self.width, -_MOST_VALUE, _MOST_VALUE)
        return shares

    def back(self, shares: Floats) -> Floats:
        """Shares of the range in the unit of the channel."""
        return self.middle + shares * self.width


def scale_of(*stretches: Floats) -> Scale:
    """The range of the body of all values, outliers left out; where nearly all are the same, that of the rest."""
    every = np.concatenate(stretches)
    low, high = (float(edge) for edge in np.quantile(every, [0.005, 0.995]))
    middle = float(np.median(every))
    smallest = _LEAST_RANGE * max(abs(middle), _LEAST_RANGE)
    return Scale(middle, max(high - low, _OF_EXTREMES * float(every.max() - every.min()), smallest))


def automatic_window(values: Floats) -> int:
    """The period of ``values`` where they have one, else a usual length; in samples.

    The highest peak of the autocorrelation, as of Paparrizos et al. 2022 (VLDB, "TSB-UAD").
    """
    longest = min(CONSTANTS.longest_lag, values.size - 2)
    calm = values - values.mean()
    power = np.abs(np.fft.rfft(calm, 2 * values.size)) ** 2
    correlation = np.fft.irfft(power)[: longest + 2]
    lags = np.arange(CONSTANTS.shortest_lag, longest + 1)
    if lags.size == 0 or correlation[0] <= 0:
        return CONSTANTS.usual_lag
    peaks = lags[(correlation[lags] > correlation[lags - 1]) & (correlation[lags] >= correlation[lags + 1])]
    return int(peaks[np.argmax(correlation[peaks])]) if peaks.size else CONSTANTS.usual_lag
