"""Turns the answers of filters and network into one score on the scale that all detectors share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats

CLIP = (-4.0, 1.0)
"""A network's say: so many sigmas at the least and at the most."""
DOUBT = 12.0
"""The most that a candidate gets where the odds are even; it grows and falls with the square root of the odds."""
FALSE_EVENTS = 0.05
"""How many events of score 5 or more one curve of noise holds on average."""
_FIVE = 5.0
_CERTAIN = 20.0
_RARE = 0.5 / 18_000
_FEW = 20
_STEEP = (0.5, 10.0)
_USUAL = 1.5


@dataclass(frozen=True)
class Tail:
    """How often noise alone scores high: ``count * exp(-slope * (raw - 5))`` candidates a row at ``raw`` or more."""

    count: float
    slope: float

    def score(self, raw: Floats, rows: int) -> Floats:
        """``raw`` shifted so that a curve of ``rows`` rows of noise reaches 5 in `FALSE_EVENTS` events."""
        level = _FIVE + np.log(self.count * max(rows, 1) / FALSE_EVENTS) / self.slope
        return raw + (_FIVE - level)


def raw_score(sigmas: Floats, logits: Floats) -> Floats:
    """The filters' answer and the network's logarithm of the odds, together.

    The network may not say more than `CLIP`; but what it takes for something else is no flare however strong it is,
    so the sum is held under `DOUBT` times the square root of the odds.
    """
    return np.minimum(sigmas + np.clip(logits, *CLIP), DOUBT * np.exp(np.minimum(logits, _CERTAIN) / 2))


def tail_of(noise: Sequence[tuple[int, Floats]]) -> Tail:
    """The tail of raw scores of noise.

    Parameters
    ----------
    noise : sequence of (int, ndarray)
        For each curve its rows, and the raw scores of its candidates; with fewer than two candidates in all, one at 5
        is assumed.
    """
    rows = max(1, sum(n for n, _ in noise))
    scores = np.sort(np.concatenate([np.zeros(0), *(one for _, one in noise)]))[::-1]
    if scores.size < 2:
        return Tail(1 / rows, _USUAL)
    # The tail gets steeper outwards: what a sector shows several times says little of what it seldom shows.
    top = scores[: max(2, min(max(_FEW, round(_RARE * rows)), scores.size // 2))]
    # By the median: one curve with a bad baseline must not flatten the tail of all.
    slope = float(np.clip(np.log(2) / max(float(np.median(top - top[-1])), 1e-9), *_STEEP))
    return Tail(float(top.size / rows * np.exp(-slope * (_FIVE - top[-1]))), slope)
