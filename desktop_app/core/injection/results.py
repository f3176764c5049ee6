"""What came of injections: which were found, as what, and how many events nothing made."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.injection.plan import Grid, InjectionPlan
from desktop_app.core.injection.putting import Planted

TWO_SIDED_95 = 1.959964
LEVELS: Floats = np.concatenate([np.arange(3.0, 12.01, 0.25), np.round(np.geomspace(12.5, 1000.0, 60), 1)])
"""Thresholds at which false events are counted, in robust sigmas."""


@dataclass(frozen=True)
class Try:
    """One injection and what became of it.

    Attributes
    ----------
    curve : int
        Which of the curves it was put into.
    row, column : int
        Its cell.
    planted : Planted
    score : float
        The highest score on its rows; of what repeats, the one that half of the repetitions reach.
    kind : str
        Of the event that lies on it, "" for none at the threshold of the run.
    depth_ratio, duration_ratio : float
        Of that event over the truth; NaN where there is none.
    period_ratio : float
        Of the strongest periodic signal that was found over the truth; NaN where none was.
    """

    curve: int
    row: int
    column: int
    planted: Planted
    score: float
    kind: str = ""
    depth_ratio: float = float("nan")
    duration_ratio: float = float("nan")
    period_ratio: float = float("nan")


@dataclass(frozen=True, eq=False)
class Cells:
    """The injections of each cell at one threshold; all of shape (rows, columns).

    Attributes
    ----------
    n, found : ndarray of int
    share, low, high : ndarray
        Of those found, and Wilson's 95 % interval; NaN where there are none.
    right : ndarray
        Share of those that made an event in the run whose kind is right; NaN where none did.
    depth_ratio, duration_ratio : ndarray
        Median over those that made an event; NaN where none did.
    """

    n: Ints
    found: Ints
    share: Floats
    low: Floats
    high: Floats
    right: Floats
    depth_ratio: Floats
    duration_ratio: Floats


@dataclass(frozen=True, eq=False)
class FalseEvents:
    """How many events nobody injected, all curves together.

    Attributes
    ----------
    levels : ndarray, shape (m,)
        Thresholds, rising.
    untouched, mirrored, scrambled : ndarray of int, shape (m,)
        Events from each level on: in the curves as they are, where they may be real; with their flux turned over at
        the baseline; and in the scrambled ones.
    curves, scrambles : int
        How many there were.
    days : float
        For how long the curves were looked at, all together.
    """

    levels: Floats
    untouched: Ints
    mirrored: Ints
    scrambled: Ints
    curves: int
    scrambles: int
    days: float

    def at(self, threshold: float) -> tuple[float, float, float]:
        """Events per curve from ``threshold`` on: untouched, mirrored, scrambled."""
        place = max(int(np.searchsorted(self.levels, threshold, side="right")) - 1, 0)
        n = max(self.curves, 1)
        scrambled = self.scrambled[place] / max(self.scrambles, 1)
        return float(self.untouched[place] / n), float(self.mirrored[place] / n), float(scrambled)

    def threshold_for(self, rate: float) -> float:
        """The lowest level from which on scrambled curves have no more than ``rate`` events each; NaN for none."""
        worst = np.maximum.accumulate(self.scrambled[::-1])[::-1]
        calm = np.flatnonzero(worst <= rate * self.scrambles)
        return float(self.levels[calm[0]]) if calm.size else float("nan")


@dataclass(frozen=True, eq=False)
class RecoveryMap:
    """How much of what was injected was found.

    Attributes
    ----------
    detector, version, settings : str, int, mapping
        Who looked, and how.
    threshold : float
        From which score on rows were flagged, robust sigmas.
    plan : InjectionPlan
    grid : Grid
    tries : tuple of Try
    false : FalseEvents
    names : tuple of str
        Of the curves.
    left_out : int
        Injections for which there was no room.
    runs : int
        How often the detector ran.
    """

    detector: str
    version: int
    settings: dict[str, object]
    threshold: float
    plan: InjectionPlan
    grid: Grid
    tries: tuple[Try, ...]
    false: FalseEvents
    names: tuple[str, ...] = ()
    left_out: int = 0
    runs: int = 0

    def cells(self, threshold: float | None = None) -> Cells:
        """The injections of each cell at ``threshold``, that of the run where not given; no detector runs."""
        limit = self.threshold if threshold is None else threshold
        cell, score, made, right, depth, duration = self._columns
        shape = self.grid.shape
        size = shape[0] * shape[1]
        n = np.bincount(cell, minlength=size).reshape(shape)
        found = np.bincount(cell[score >= limit], minlength=size).reshape(shape)
        low, high = wilson(found, n)
        n_made = np.bincount(cell[made], minlength=size)
        n_right = np.bincount(cell[made & right], minlength=size)
        return Cells(
            n=n,
            found=found,
            share=_share(found, n),
            low=low,
            high=high,
            right=_share(n_right, n_made).reshape(shape),
            depth_ratio=_medians(cell[made], depth[made], size).reshape(shape),
            duration_ratio=_medians(cell[made], duration[made], size).reshape(shape),
        )

    def strength_at(self, share: float, threshold: float | None = None) -> Floats:
        """The depth or SNR from which on ``share`` of the injections of each column are found; shape (columns,).

        Between the middles of two cells it goes with the logarithm; 0 where all cells reach the share, infinite
        where none does.
        """
        cells = self.cells(threshold)
        middle = np.log(np.sqrt(self.grid.strength[1:] * self.grid.strength[:-1]))
        return np.array([_crossing(middle, column, share) for column in cells.share.T])

    @property
    def suggested(self) -> float:
        """The threshold that gives the false events that were wished; NaN where none does."""
        return self.false.threshold_for(self.plan.false_events)

    @cached_property
    def _columns(self) -> tuple[Ints, Floats, Bools, Bools, Floats, Floats]:
        """Cell, score, whether an event was made, whether its kind is right, and both ratios, try by try."""
        rows, columns = self.grid.shape
        cell = np.array([one.row * columns + one.column for one in self.tries], np.int64).reshape(-1)
        score = np.array([one.score for one in self.tries], np.float64)
        made = np.array([one.kind != "" for one in self.tries], np.bool_)
        right = np.array([one.kind in self.plan.kind.expected for one in self.tries], np.bool_)
        ratios = np.array([(one.depth_ratio, one.duration_ratio) for one in self.tries]).reshape(-1, 2)
        return np.clip(cell, 0, rows * columns - 1), score, made, right, ratios[:, 0], ratios[:, 1]


def kinds_found(tries: Sequence[Try]) -> dict[str, int]:
    """What those that made an event were taken for, the most frequent first."""
    kinds = [one.kind for one in tries if one.kind]
    return dict(sorted(((kind, kinds.count(kind)) for kind in set(kinds)), key=lambda pair: -pair[1]))


def wilson(hits: Ints, n: Ints, z: float = TWO_SIDED_95) -> tuple[Floats, Floats]:
    """Wilson's interval (1927, J. Am. Stat. Assoc. 22, 209) of a share; NaN where ``n`` is 0.

    Parameters
    ----------
    hits, n : ndarray of int
        Of one shape.
    z : float
        Normal quantile: 1.96 for 95 %.
    """
    count = np.where(n > 0, n, 1).astype(np.float64)
    share = hits / count
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    empty = n <= 0
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def _share(part: Ints, whole: Ints) -> Floats:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan)


def _medians(cell: Ints, values: Floats, size: int) -> Floats:
    medians = np.full(size, np.nan)
    for place in np.unique(cell):
        known = values[(cell == place) & np.isfinite(values)]
        if known.size:
            medians[place] = np.median(known)
    return medians


def _crossing(middle: Floats, share: Floats, wanted: float) -> float:
    """Where ``share``, made to rise, crosses ``wanted``; ``middle`` are logarithms."""
    seen = np.isfinite(share)
    middle, rising = middle[seen], np.maximum.accumulate(share[seen])
    above = np.flatnonzero(rising >= wanted)
    if above.size == 0:
        return float("inf")
    first = int(above[0])
    if first == 0:
        return 0.0
    part = (wanted - rising[first - 1]) / (rising[first] - rising[first - 1])
    return float(np.exp(middle[first - 1] + part * (middle[first] - middle[first - 1])))
