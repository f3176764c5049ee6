"""What a channel usually does, in numbers that events are held against."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.channels.cycles import cycle_rows

MARGIN = 0.02
"""So far outside of the range of training, as a share of it, a value has to be to be outside."""
_UNTRAINED_MARGIN = 0.1
_OF_ALL = 0.05
WIDTHS = (20, 50, 100, 200)
"""Rows over which levels are compared."""
BUMP_ROWS = 3
"""A spike is no longer than that."""
_QUIET_ROWS = 32
_MOST_SEEN = 20_000
_CYCLE_ROWS = 100_000
_LARGEST = 1e6
_GAUSS_DIFFERENCE = 1.1284
FILLS = (0.0, -99.0, -999.0, -9999.0, -99999.0, 9999.0, 99999.0, 65535.0, 32767.0, -32768.0)
"""What instruments write where they have no value."""


@dataclass(frozen=True, eq=False)
class Nominal:
    """What is usual.

    Attributes
    ----------
    trained : bool
        Whether it comes from a training stretch, or from the body of the values themselves.
    low, high, margin : float
        The range, and how far outside of it is outside; in the unit of the channel.
    middle, spread : float
        ``(value - middle) / spread`` is what the numbers below, but for ``seen``, are told in.
    scatter, jump, quiet : float
        From one value to the next: the mean change, the one that one in a hundred exceeds, and the mean of the
        quietest stretches.
    bump : float
        The height above both neighbours, three samples away, that one in a thousand exceeds.
    rush : float
        The change within three samples that one in a hundred exceeds.
    moves, still : float, int
        The share of values that differ from the one before, and the most samples that did not.
    fills : frozenset of float
        Of `FILLS` those that are usual values.
    cycle, swing : int, float
        Rows of a cycle, 0 for none, and how far a cycle goes at least.
    shifts : tuple of float
        For each of `WIDTHS`: by how much the mean changes from one stretch to the next, one in a hundred exceeds it.
    seen : ndarray
        The values that came, sorted.
    """

    trained: bool
    low: float
    high: float
    margin: float
    middle: float
    spread: float
    scatter: float
    jump: float
    quiet: float
    bump: float
    rush: float
    moves: float
    still: int
    fills: frozenset[float]
    cycle: int
    swing: float
    shifts: tuple[float, ...]
    seen: Floats

    def scaled(self, values: Floats) -> Floats:
        """``values`` in spreads from the middle; what is very far is brought near enough to be summed."""
        with np.errstate(over="ignore"):
            return np.clip((values - self.middle) / self.spread, -_LARGEST, _LARGEST)

    @property
    def sigma(self) -> float:
        """The scatter as a standard deviation, in the unit of the channel."""
        return self.scatter / _GAUSS_DIFFERENCE * self.spread

    def shift(self, rows: Ints) -> Floats:
        """The usual change of the mean over so many rows; as `shifts`."""
        return np.interp(rows, WIDTHS, self.shifts)


def nominal_of(values: Floats, *, trained: bool) -> Nominal:
    """What is usual in ``values``.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite, at least one.
    trained : bool
        Whether all of them are said to be nominal: then their extremes are the range, else all but one in a hundred.
    """
    # Numbers near the largest that there are may differ by more than that.
    with np.errstate(over="ignore", invalid="ignore"):
        low, high = (values.min(), values.max()) if trained else np.percentile(values, (0.5, 99.5))
        low, high = float(low), float(high)
        width = min(high - low, 1e300)
        middle = float(np.sort(values)[len(values) // 2])
        floor = _OF_ALL * max(abs(low), 1.0)
        spread = width or floor
        scaled = np.clip((values - middle) / spread, -_LARGEST, _LARGEST)
    steps = np.abs(np.diff(scaled))
    fills = frozenset(fill for fill in FILLS if np.count_nonzero(values == fill) > 1e-3 * len(values))
    cycle = cycle_rows(scaled[:_CYCLE_ROWS])
    return Nominal(
        trained=trained,
        low=low,
        high=high,
        margin=(MARGIN if trained else _UNTRAINED_MARGIN) * width or floor,
        middle=middle,
        spread=spread,
        scatter=float(steps.mean()) if steps.size else 0.0,
        jump=_percentile(steps, 99.0),
        quiet=_percentile(_means(steps, _QUIET_ROWS), 1.0),
        bump=_percentile(bumps(scaled), 99.9),
        rush=_percentile(scaled[BUMP_ROWS:] - scaled[:-BUMP_ROWS], 99.0),
        moves=float(np.count_nonzero(steps) / steps.size) if steps.size else 0.0,
        still=int(still_rows(scaled).max()),
        fills=fills,
        cycle=cycle,
        swing=_swing(scaled, cycle),
        shifts=tuple(_shift(scaled, rows) for rows in WIDTHS),
        seen=np.unique(values[:: max(len(values) // _MOST_SEEN, 1)]),
    )


def bumps(scaled: Floats) -> Floats:
    """How far each value is above, or below, both that `BUMP_ROWS` before and that after; 0 where between them.

    Parameters
    ----------
    scaled : ndarray, shape (n,)
    """
    found = np.zeros(len(scaled))
    if len(scaled) <= 2 * BUMP_ROWS:
        return found
    middle = scaled[BUMP_ROWS:-BUMP_ROWS]
    before, after = middle - scaled[: -2 * BUMP_ROWS], middle - scaled[2 * BUMP_ROWS :]
    height = np.minimum(np.abs(before), np.abs(after))
    found[BUMP_ROWS:-BUMP_ROWS] = np.where(before * after > 0.0, np.copysign(height, before), 0.0)
    return found


def still_rows(scaled: Floats) -> Ints:
    """For each value in how long a run of equal ones it is; shape (n,), n at least 1."""
    edges = np.flatnonzero(np.diff(scaled))
    lengths = np.diff(np.concatenate(([-1], edges, [len(scaled) - 1])))
    return np.repeat(lengths, lengths)


def _percentile(values: Floats, percent: float) -> float:
    size = np.abs(values[:: max(len(values) // 200_000, 1)])
    return float(np.percentile(size, percent)) if size.size else 0.0


def _means(values: Floats, rows: int) -> Floats:
    """The mean of every stretch of so many values."""
    if len(values) < rows:
        return values.mean(keepdims=True) if len(values) else values
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return (sums[rows:] - sums[:-rows]) / rows


def _shift(scaled: Floats, rows: int) -> float:
    means = _means(scaled, rows)
    return _percentile(means[rows:] - means[:-rows], 99.0) if len(means) > rows else 0.0


def _swing(scaled: Floats, cycle: int) -> float:
    """How far cycles go, the flattest one in twenty left out."""
    if cycle < 1 or len(scaled) < cycle:
        return 0.0
    each = sliding_window_view(scaled, cycle)[:: max(cycle // 4, 1)]
    return float(np.percentile(each.max(axis=1) - each.min(axis=1), 5.0))
