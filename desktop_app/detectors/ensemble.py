"""The default detector for light curves: templates of every width on top of a robust baseline."""

from enum import StrEnum
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.data import LightCurve
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.detrend import Detrended, detrend, detrend_again
from desktop_app.core.errors import FitError
from desktop_app.core.matched import Matches, Residual, find_matches, gauge, template_widths
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part
from desktop_app.core.segments import segment_bounds, segment_starts

MINIMUM_ROWS = 10
_MASKED_FROM = 4.5
_PAUSE_D = 0.1
_PAUSE_CADENCES = 6


class Direction(StrEnum):
    """Which deviations count."""

    BOTH = "both"
    DIPS = "dips"
    BRIGHTENINGS = "brightenings"

    @property
    def signs(self) -> tuple[int, ...]:
        """1 for brighter, -1 for fainter."""
        return {Direction.BOTH: (1, -1), Direction.DIPS: (-1,), Direction.BRIGHTENINGS: (1,)}[self]


class EnsembleParams(Params):
    """The settings of the ensemble."""

    direction: Direction = setting(
        Direction.BOTH, title="Direction", help="Whether to look for dips, for brightenings, or for both."
    )
    window_d: float = setting(
        0.0,
        title="Baseline window",
        help="Length of the stretch that the baseline follows; 0 takes the longest that the star allows.",
        unit="d",
        ge=0.0,
        le=1000.0,
    )
    gap_d: float = setting(
        0.0,
        title="Gap",
        help="A longer pause than this interrupts the baseline; 0 takes half a day or twelve cadences.",
        unit="d",
        ge=0.0,
        le=1000.0,
    )
    shortest_d: float = setting(
        0.0, title="Shortest event", help="The narrowest template; 0 is one cadence.", unit="d", ge=0.0, le=100.0
    )
    longest_d: float = setting(
        0.0,
        title="Longest event",
        help="The widest template; 0 takes two thirds of the baseline window.",
        unit="d",
        ge=0.0,
        le=100.0,
    )
    seed: int = setting(0, title="Seed", help="The same seed gives the same scores.", ge=0, advanced=True)


class Ensemble:
    """Scores each row by the strongest template that covers it."""

    def __init__(self, params: EnsembleParams) -> None:
        self._params = params

    def fit(self, data: LightCurve, report: Report) -> Self:
        """Check that there is enough to look at."""
        rows = np.flatnonzero(data.usable)
        report(0.0, "Looking at the rows")
        if rows.size < MINIMUM_ROWS:
            raise FitError(
                f"Only {rows.size} of {len(data)} rows can be used; at least {MINIMUM_ROWS} are needed.",
                hint="A milder quality preset or another flux column may help.",
            )
        if not np.ptp(data.flux[rows]) > 0 or not np.ptp(data.time[rows]) > 0:
            raise FitError("Every usable row has the same flux or time.", hint="Choose another flux column.")
        return self

    def score(self, data: LightCurve, report: Report) -> Scores:
        """Robust sigmas; every row of an event has the event's score."""
        rows = np.flatnonzero(data.usable)
        report(0.0, "Drawing the baseline")
        curve = detrend(data.time[rows], data.flux[rows], window_d=self._params.window_d, gap_d=self._params.gap_d)
        matches = self._match(curve, part(report, 0.1, 0.5))
        keep = np.ones(rows.size, dtype=np.bool_)
        strong = matches.score > _MASKED_FROM
        for start, stop in zip(matches.start[strong], matches.stop[strong], strict=True):
            keep[start:stop] = False
        curve = detrend_again(curve, keep) if keep.mean() > 0.5 else curve
        matches = self._match(curve, part(report, 0.5, 1.0))
        values = self._painted(curve, matches)
        tracks = {"baseline": curve.baseline, "noise": curve.noise, "step": np.zeros(rows.size)}
        return Scores(
            _spread(values, rows, len(data)), {name: _spread(track, rows, len(data)) for name, track in tracks.items()}
        )

    def _widths(self, curve: Detrended) -> list[int]:
        longest_d = self._params.longest_d or curve.window_d / 1.5
        return template_widths(round(self._params.shortest_d / curve.cadence_d), round(longest_d / curve.cadence_d))

    def _match(self, curve: Detrended, report: Report) -> Matches:
        starts = segment_starts(curve.time, max(_PAUSE_D, _PAUSE_CADENCES * curve.cadence_d))
        residual = Residual(curve.residual, *segment_bounds(starts, curve.time.size))
        signs = self._params.direction.signs
        return find_matches(residual, self._widths(curve), signs, lambda done: report(done, "Matching templates"))

    def _painted(self, curve: Detrended, matches: Matches) -> Floats:
        residual = curve.residual
        values = np.abs(residual) * gauge(residual.size, len(self._widths(curve)))
        if self._params.direction is not Direction.BOTH:
            values[residual * self._params.direction.signs[0] < 0] = 0.0
        for start, stop, score in zip(matches.start[::-1], matches.stop[::-1], matches.score[::-1], strict=True):
            values[start:stop] = score
        return values


def _spread(values: Floats, rows: Ints, n: int) -> Floats:
    """``values`` at ``rows`` of ``n`` rows, NaN elsewhere."""
    spread = np.full(n, np.nan)
    spread[rows] = values
    return spread


SPEC = DetectorSpec(
    name="ensemble",
    label="Ensemble",
    help="Finds dips, flares, outliers and odd stretches of any width on top of what the star does anyway.",
    kinds=(LightCurve,),
    version=1,
    params=EnsembleParams,
    build=Ensemble,
)
