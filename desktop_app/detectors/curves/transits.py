"""Finds transits: those that come back, however shallow each of them is, and single dips."""

from enum import StrEnum
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import PeriodicSignal, Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.flattened import Bank, BaselineParams, Flattened, flatten
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.params import setting
from desktop_app.core.progress import Report, part
from desktop_app.core.transits.fit import cleared, model_of
from desktop_app.core.transits.lifting import lift
from desktop_app.core.transits.search import Search, find_signals
from desktop_app.core.transits.tls import require_tls

_LEAST_ROWS = 2
_ROW_LIMIT = 3.0


class Shape(StrEnum):
    """What a transit looks like."""

    LIMB_DARKENED = "limb-darkened"
    BOX = "box"


class Fit(StrEnum):
    """What refines a signal."""

    BUILT_IN = "built-in"
    TLS = "transitleastsquares"


class TransitParams(BaselineParams):
    """The settings of the search for transits."""

    shortest_period_d: float = setting(
        0.0,
        title="Shortest period",
        help="The shortest period that is tried; 0 takes 0.4 days or fifteen cadences.",
        unit="d",
        zero="automatic",
        ge=0.0,
        le=10_000.0,
    )
    longest_period_d: float = setting(
        0.0,
        title="Longest period",
        help="The longest period that is tried; 0 takes the longest that shows enough transits.",
        unit="d",
        zero="automatic",
        ge=0.0,
        le=10_000.0,
    )
    transits: int = setting(
        3, title="Transits", help="How many transits of a signal there have to be data of.", ge=2, le=100
    )
    shortest_d: float = setting(
        0.0,
        title="Shortest transit",
        help="The shortest duration that is tried; 0 takes what a dense dwarf has at each period.",
        unit="d",
        zero="automatic",
        ge=0.0,
        le=100.0,
    )
    longest_d: float = setting(
        0.0,
        title="Longest transit",
        help="The longest duration that is tried; 0 takes what a subgiant has at each period.",
        unit="d",
        zero="automatic",
        ge=0.0,
        le=100.0,
    )
    signals: int = setting(4, title="Signals", help="How many periodic signals are looked for at most.", ge=0, le=20)
    single: bool = setting(True, title="Single dips", help="Whether dips that do not come back are scored too.")
    least_snr: float = setting(
        7.0,
        title="Least signal to noise",
        help="What all transits of a signal together have to reach.",
        unit="σ",
        ge=3.0,
        le=1000.0,
    )
    least_sde: float = setting(
        6.0,
        title="Least detection efficiency",
        help="How far a signal has to stand out of the spectrum of all periods.",
        unit="σ",
        ge=0.0,
        le=1000.0,
        advanced=True,
    )
    shape: Shape = setting(
        Shape.LIMB_DARKENED,
        title="Shape",
        help="Whether transits are looked for with the round bottom of a limb-darkened star, or as boxes.",
        advanced=True,
    )
    oversampling: int = setting(
        4,
        title="Oversampling",
        help="Steps of time in a duration when periods are folded; more is slower and loses less.",
        ge=2,
        le=20,
        advanced=True,
    )

    refinement: Fit = setting(
        Fit.BUILT_IN,
        title="Refinement",
        help="Whether the package transitleastsquares, where it is installed, looks for the exact period first.",
        advanced=True,
    )

    def search(self) -> Search:
        """What the search for periods is told."""
        return Search(
            shortest_period_d=self.shortest_period_d,
            longest_period_d=self.longest_period_d,
            transits=self.transits,
            shortest_d=self.shortest_d,
            longest_d=self.longest_d,
            oversampling=self.oversampling,
            signals=self.signals,
            box=self.shape is Shape.BOX,
            tls=self.refinement is Fit.TLS,
            least_snr=self.least_snr,
            least_sde=self.least_sde,
        )


class Transits:
    """Scores each row by the strongest dip over it; the dips of a periodic signal by all of them together."""

    def __init__(self, params: TransitParams) -> None:
        self._params = params
        self._seen: tuple[Flattened, tuple[PeriodicSignal, ...]] | None = None

    def fit(self, data: LightCurve, report: Report) -> Self:
        """Look for signals."""
        self._seen = self._look(data, report)
        return self

    def score(self, data: LightCurve, report: Report) -> Scores:
        """Robust sigmas; all rows of a dip have the dip's score."""
        report(0.0, "Scoring the rows")
        seen = self._seen
        if seen is None or seen[0].data is not data:
            seen = self._look(data, part(report, 0.0, 0.8))
        flat, signals = seen
        if signals:
            flat = cleared(flat, signals)
        values = np.clip(-flat.curve.residual, 0.0, _ROW_LIMIT)
        if self._params.single:
            self._paint_single(values, flat, part(report, 0.8, 1.0))
        lift(values, flat, signals, self._params.least_snr)
        tracks = dict(flat.tracks())
        if signals:
            tracks["model"] = flat.spread(flat.middle + flat.unit * model_of(flat, signals))
        return Scores(flat.spread(values), tracks, signals)

    def _look(self, data: LightCurve, report: Report) -> tuple[Flattened, tuple[PeriodicSignal, ...]]:
        if self._params.refinement is Fit.TLS:
            require_tls()
        flat = flatten(data, self._params, part(report, 0.0, 0.4))
        return flat, find_signals(flat, self._params.search(), part(report, 0.4, 1.0))

    def _paint_single(self, values: Floats, flat: Flattened, report: Report) -> None:
        """Give the rows of each single dip its score, the strongest last; one row alone is no transit."""
        shortest_d = max(self._params.shortest_d, _LEAST_ROWS * flat.curve.cadence_d)
        dips = flat.matches(Bank(shortest_d, self._params.longest_d, (-1,)), report)
        for start, stop, score in zip(dips.start[::-1], dips.stop[::-1], dips.score[::-1], strict=True):
            if stop - start >= _LEAST_ROWS:
                values[start:stop] = score


SPEC = DetectorSpec(
    name="transits",
    label="Transits",
    help="Finds transits and eclipses that come back, each of which may be too shallow to be seen, and single dips.",
    kinds=(LightCurve,),
    version=1,
    params=TransitParams,
    build=Transits,
    finds=("dip",),
)
