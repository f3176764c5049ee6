"""The default detector: templates of every width, periodic transits, an isolation forest and outlier factors."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.calibration import agreed, to_sigmas
from desktop_app.core.detection import PeriodicSignal, Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.detrend import Detrended
from desktop_app.core.flattened import Bank, BaselineParams, Flattened, flatten
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.matched import Matches, gauge
from desktop_app.core.params import setting
from desktop_app.core.progress import Report, part
from desktop_app.core.strange_windows import Learning, LearntWindows, learn_windows
from desktop_app.core.transits.fit import cleared, model_of
from desktop_app.core.transits.lifting import lift
from desktop_app.core.transits.search import Search, find_signals
from desktop_app.core.window_features import roughness, window_features, window_starts

_WINDOW_ROWS = 50
_WINDOW_D = 0.2
_FEW_WINDOWS = 20
_WINDOWS_AT_ONCE = 5000
_CHANGED = 3.0
_OWN_EVENT = 2.5
_SEARCH = Search(most_sums=6e9)


class Direction(StrEnum):
    """Which deviations count."""

    BOTH = "both"
    DIPS = "dips"
    BRIGHTENINGS = "brightenings"

    @property
    def signs(self) -> tuple[int, ...]:
        """1 for brighter, -1 for fainter."""
        return {Direction.BOTH: (1, -1), Direction.DIPS: (-1,), Direction.BRIGHTENINGS: (1,)}[self]


class Agreement(StrEnum):
    """How two opinions become one."""

    BOTH = "both"
    MEAN = "mean"
    EITHER = "either"

    def of(self, pair: Floats) -> Floats:
        """The lower, the mean or the higher of each row of ``pair``, shape (w, 2)."""
        match self:
            case Agreement.BOTH:
                return pair.min(axis=1)
            case Agreement.MEAN:
                return pair.mean(axis=1)
            case Agreement.EITHER:
                return pair.max(axis=1)


class EnsembleParams(BaselineParams):
    """The settings of the ensemble."""

    direction: Direction = setting(
        Direction.BOTH, title="Direction", help="Whether to look for dips, for brightenings, or for both."
    )
    shortest_d: float = setting(
        0.0,
        title="Shortest event",
        help="The narrowest template; 0 is one cadence.",
        unit="d",
        zero="one cadence",
        ge=0.0,
        le=100.0,
    )
    longest_d: float = setting(
        0.0,
        title="Longest event",
        help="The widest template; 0 takes two thirds of the baseline window.",
        unit="d",
        zero="automatic",
        ge=0.0,
        le=100.0,
    )
    periods: bool = setting(
        True,
        title="Search for periods",
        help="Also look for dips that come back: each then has the score of all of them together. In curves of years "
        "the longest periods are left to the detector of transits.",
    )
    agreement: Agreement = setting(
        Agreement.MEAN,
        title="Agreement",
        help="How the forest and the local outlier factors are put together: the lower, the mean or the higher score.",
    )
    votes: float = setting(
        0.5,
        title="Votes",
        help="Share of the feature windows over a row that have to agree that it is strange.",
        ge=0.05,
        le=1.0,
    )
    contamination: float = setting(
        0.05,
        title="Contamination",
        help="Share of the feature windows, the oddest first, that are left out when the usual is learnt.",
        ge=0.0,
        le=0.5,
    )
    features_d: float = setting(
        0.0,
        title="Feature window",
        help="Length of the windows whose features are compared; 0 takes a fifth of a day or fifty rows.",
        unit="d",
        zero="automatic",
        ge=0.0,
        le=100.0,
        advanced=True,
    )
    stride: float = setting(
        0.5,
        title="Stride",
        help="Distance from one feature window to the next, as a share of its length.",
        ge=0.05,
        le=1.0,
        advanced=True,
    )
    trees: int = setting(100, title="Trees", help="Trees in the isolation forest.", ge=10, le=2000, advanced=True)
    neighbours: int = setting(
        20,
        title="Neighbours",
        help="Neighbours that a feature window is compared with.",
        ge=2,
        le=500,
        advanced=True,
    )
    seed: int = setting(0, title="Seed", help="The same seed gives the same scores.", ge=0, le=2**32 - 1, advanced=True)


@dataclass(frozen=True, eq=False)
class _Seen:
    """What one curve looks like: less its baseline, the events that templates find, and its feature windows."""

    flat: Flattened
    signals: tuple[PeriodicSignal, ...]
    matches: Matches
    width: int
    begin: Ints

    @property
    def curve(self) -> Detrended:
        return self.flat.curve


class Ensemble:
    """Scores each row by the strongest template over it, and by how odd the feature windows around it are."""

    def __init__(self, params: EnsembleParams) -> None:
        self._params = params
        self._seen: _Seen | None = None
        self._learnt: LearntWindows | None = None

    def fit(self, data: LightCurve, report: Report) -> Self:
        """Learn which feature windows are usual for this curve."""
        seen = self._look(data, part(report, 0.0, 0.7))
        self._seen, self._learnt = seen, None
        if seen.begin.size >= _FEW_WINDOWS:
            self._learnt = self._learn(seen, part(report, 0.7, 1.0))
        return self

    def score(self, data: LightCurve, report: Report) -> Scores:
        """Robust sigmas; all rows of an event have the event's score."""
        report(0.0, "Scoring the rows")
        seen = self._seen
        if seen is None or seen.flat.data is not data:
            seen = self._look(data, part(report, 0.0, 0.5))
        values, matches = self._row_scores(seen.flat), seen.matches
        if self._learnt is not None and seen.begin.size:
            sigmas = self._window_sigmas(seen, self._learnt, part(report, 0.5, 1.0))
            matches = self._supported(seen, sigmas)
            _paint(values, matches)
            self._paint_rough(values, seen, sigmas)
        else:
            _paint(values, matches)
        curve = seen.curve
        _paint_steps(values, curve)
        lift(values, seen.flat, seen.signals, _SEARCH.least_snr)
        tracks = dict(seen.flat.tracks())
        if seen.signals:
            flat = seen.flat
            tracks["model"] = flat.spread(flat.middle + flat.unit * model_of(flat, seen.signals))
        return Scores(seen.flat.spread(values), tracks, seen.signals)

    def _look(self, data: LightCurve, report: Report) -> _Seen:
        params = self._params
        flat = flatten(data, params, part(report, 0.0, 0.2), self._bank)
        signals: tuple[PeriodicSignal, ...] = ()
        if params.periods and -1 in self._bank.signs:
            signals = find_signals(flat, _SEARCH, part(report, 0.2, 0.8))
        if signals:
            flat = cleared(flat, signals)
        matches = flat.matches(self._bank, part(report, 0.8, 1.0))
        cadence_d = flat.curve.cadence_d
        length_d = params.features_d or max(_WINDOW_D, _WINDOW_ROWS * cadence_d)
        width = max(8, round(length_d / cadence_d))
        begin = window_starts(flat.pauses, flat.rows.size, width, max(1, round(params.stride * width)))
        return _Seen(flat, signals, matches, width, begin)

    @property
    def _bank(self) -> Bank:
        return Bank(self._params.shortest_d, self._params.longest_d, self._params.direction.signs)

    def _row_scores(self, flat: Flattened) -> Floats:
        residual = flat.curve.residual
        values = np.abs(residual) * gauge(residual.size, len(self._bank.widths(flat.curve)))
        values *= flat.lone_rows(self._bank).worth(residual)
        if self._params.direction is not Direction.BOTH:
            values[residual * self._params.direction.signs[0] < 0] = 0.0
        return values

    def _learn(self, seen: _Seen, report: Report) -> LearntWindows:
        params = self._params
        how = Learning(params.trees, params.neighbours, params.contamination, params.seed)
        return learn_windows(seen.curve.residual, seen.begin, seen.width, how, report)

    def _window_sigmas(self, seen: _Seen, learnt: LearntWindows, report: Report) -> Floats:
        """How strange each feature window is, forest and local outlier factors together; shape (w,)."""
        if seen is self._seen and seen.begin.size == learnt.usual[0].size:
            return self._sigmas(learnt.usual, learnt)
        residual, parts = seen.curve.residual, []
        for low in range(0, seen.begin.size, _WINDOWS_AT_ONCE):
            report(low / seen.begin.size, "Judging the windows")
            raw = learnt.raw(window_features(residual, seen.begin[low : low + _WINDOWS_AT_ONCE], seen.width))
            parts.append(self._sigmas(raw, learnt))
        return np.concatenate(parts)

    def _sigmas(self, raw: tuple[Floats, Floats], learnt: LearntWindows) -> Floats:
        pair = [to_sigmas(*of) for of in zip(raw, learnt.usual, learnt.surrogate, strict=True)]
        return self._params.agreement.of(np.column_stack(pair))

    def _supported(self, seen: _Seen, sigmas: Floats) -> Matches:
        """Matches whose windows are odder than the match is strong, and hold no stronger one, score in between."""
        matches = seen.matches
        painted = np.zeros(seen.flat.rows.size + 1)
        _paint(painted, matches)
        ends = np.column_stack([seen.begin, seen.begin + seen.width]).ravel()
        strongest = np.maximum.reduceat(painted, ends)[::2]
        over = _windows_over((matches.start + matches.stop) // 2, seen)  # (m, windows)
        fair = (over >= 0) & (strongest[over] <= matches.score[:, None])
        support = agreed(np.where(fair, sigmas[over], np.nan), self._params.votes)
        return matches.scored(np.maximum(matches.score, 0.5 * (matches.score + support)))

    def _paint_rough(self, values: Floats, seen: _Seen, sigmas: Floats) -> None:
        """Give each stretch of unusual jitter, where the windows agree, one score; it takes in what it consists of."""
        rough = roughness(seen.curve.residual, seen.flat.pauses, seen.width)
        rows = np.flatnonzero(rough >= _CHANGED)
        over = _windows_over(rows, seen)
        strange = agreed(np.where(over >= 0, sigmas[over], np.nan), self._params.votes)
        rows, strange = rows[strange >= _CHANGED], strange[strange >= _CHANGED]
        if rows.size == 0:
            return
        first = np.concatenate([[0], np.flatnonzero(np.diff(rows) > seen.width // 2) + 1])
        last = np.append(first[1:], rows.size) - 1
        level = 0.5 * (np.maximum.reduceat(rough[rows], first) + np.maximum.reduceat(strange, first))
        for start, stop, score in zip(rows[first], rows[last] + 1, level, strict=True):
            inside = values[start:stop]
            inside[inside < _OWN_EVENT * score] = max(score, inside[inside < _OWN_EVENT * score].max(initial=0.0))


def _windows_over(rows: Ints, seen: _Seen) -> Ints:
    """Numbers of the feature windows over each of ``rows``, -1 where there are fewer; shape (k, m)."""
    low = np.searchsorted(seen.begin, rows - seen.width, side="right")
    high = np.searchsorted(seen.begin, rows, side="right")
    over = low[:, None] + np.arange(max(1, int((high - low).max(initial=0))))[None, :]
    return np.where(over < high[:, None], over, -1)


def _paint(values: Floats, matches: Matches) -> None:
    for start, stop, score in zip(matches.start[::-1], matches.stop[::-1], matches.score[::-1], strict=True):
        values[start:stop] = score


def _paint_steps(values: Floats, curve: Detrended) -> None:
    """Give the last row before a step and the first row after it the step's height over the noise."""
    for row in np.flatnonzero(curve.step):
        score = abs(curve.step[row]) / curve.noise[row]
        values[max(row - 1, 0) : row + 1] = np.maximum(values[max(row - 1, 0) : row + 1], score)


SPEC = DetectorSpec(
    name="ensemble",
    label="Ensemble",
    help="Finds transits, dips, flares, outliers and odd stretches of any width on top of what the star does anyway.",
    kinds=(LightCurve,),
    version=3,
    params=EnsembleParams,
    build=Ensemble,
)
