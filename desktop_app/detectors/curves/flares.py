"""A detector for flares: whitened matched filters propose, a small network judges."""

from functools import lru_cache
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.flares.calibrate import Tail, raw_score
from desktop_app.core.flares.candidates import LEAST_SIGMAS, LONGEST_MIN, Candidates, Search, search, windows_of
from desktop_app.core.flattened import Bank, BaselineParams, Flattened, flatten
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.params import setting
from desktop_app.core.progress import Report, part
from desktop_app.nets.flare_net import flare_logits
from desktop_app.nets.weights import Arrays, load_weights, weights_hash

WEIGHTS = "flares"
_DAY_MIN = 1440.0


class FlareParams(BaselineParams):
    """The settings of the flare detector."""

    shortest_min: float = setting(
        0.0,
        title="Shortest flare",
        help="Full width at half maximum of the narrowest template; 0 is one cadence.",
        unit="min",
        zero="one cadence",
        ge=0.0,
        le=1440.0,
    )
    longest_min: float = setting(
        LONGEST_MIN,
        title="Longest flare",
        help="Full width at half maximum of the widest template.",
        unit="min",
        ge=0.1,
        le=1440.0,
    )
    network: bool = setting(
        True,
        title="Ask the network",
        help="Let a trained network judge what the filters propose; without it their answer is the score.",
    )
    least_sigmas: float = setting(
        LEAST_SIGMAS,
        title="Candidates from",
        help="The answer of the filters from which on something is a candidate.",
        ge=2.0,
        le=20.0,
        advanced=True,
    )


class Flares:
    """Scores each candidate by the answer of the filters and the network's odds; other rows by the filters alone."""

    def __init__(self, params: FlareParams) -> None:
        self._params = params
        self._flat: Flattened | None = None

    def fit(self, data: LightCurve, report: Report) -> Self:
        """Learn what the star does anyway."""
        self._flat = flatten(data, self._params, report, Bank())
        return self

    def score(self, data: LightCurve, report: Report) -> Scores:
        """Robust sigmas; all rows of a flare have its score."""
        params, flat = self._params, self._flat
        report(0.0, "Matching flares")
        if flat is None or flat.data is not data:
            flat = flatten(data, params, part(report, 0.0, 0.5), Bank())
        looked = search(flat, part(report, 0.5, 0.9), shortest_min=params.shortest_min, longest_min=params.longest_min)
        found = looked.candidates(params.least_sigmas)
        report(0.9, "Judging the candidates")
        values = np.clip(looked.best(), 0.0, params.least_sigmas)
        level = _levels(looked, found, ask=params.network)
        for place in np.argsort(level, kind="stable"):
            values[found.start[place] : found.stop[place]] = level[place]
        return Scores(flat.spread(values), flat.tracks())


def _levels(looked: Search, found: Candidates, *, ask: bool) -> Floats:
    """The score of each candidate, shape (m,)."""
    arrays, tail = _trained(weights_hash(WEIGHTS))
    if not ask:
        return found.sigmas
    windows, facts = windows_of(looked, found)
    raw = raw_score(found.sigmas, flare_logits(arrays, windows, facts).astype(np.float64))
    return np.maximum(tail.score(raw, looked.residual.size), 0.0)


@lru_cache(maxsize=2)
def _trained(_hash: str) -> tuple[Arrays, Tail]:
    arrays, card = load_weights(WEIGHTS)
    return arrays, Tail(float(card["tail"]["count"]), float(card["tail"]["slope"]))


SPEC = DetectorSpec(
    name="flares",
    label="Flares",
    help="Finds flares by matched filters of many widths, judged by a network trained on real ones.",
    kinds=(LightCurve,),
    version=1,
    params=FlareParams,
    build=Flares,
    finds=("flare",),
    weights=WEIGHTS,
)
