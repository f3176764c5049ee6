"""Makes scores of different detectors comparable: how rarely a nominal stretch is scored so high, and all in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from desktop_app.core.arrays import Floats

_TAIL = 0.02
_FEWEST_IN_TAIL = 10
_LARGEST = 1e300
_FEWEST = 20
_LEAST = np.log10(2.0)
MOST = 3.0
"""So many limits a single detector may say at most: none outvotes all others however far off it is."""


class Fusion(StrEnum):
    """How what several detectors say becomes one number."""

    TOGETHER = "together"
    ANY = "any"


@dataclass(frozen=True, eq=False)
class Rarity:
    """How rarely scores come, learnt from a reference that is nominal.

    Attributes
    ----------
    levels, rare : ndarray, shape (m,)
        The different scores of the reference, rising, and what share of it scores as high, as minus the logarithm.
    start, slope : float
        Above ``start``, the highest 2 % of the reference, scores become e times rarer every ``slope``.
    """

    levels: Floats
    rare: Floats
    start: float
    slope: float

    def of(self, scores: Floats) -> Floats:
        """Minus the decadic logarithm of the share of nominal samples that score as high; NaN stays.

        Up to ``start`` it is the empirical p-value, (1 + how many score as high) / (1 + n), on a line from one score
        of the reference to the next; beyond, the tail goes on as an exponential. So no two scores are taken for one.

        Parameters
        ----------
        scores : ndarray, shape (m,)
        """
        at_start = float(np.interp(self.start, self.levels, self.rare))
        with np.errstate(over="ignore", invalid="ignore"):
            beyond = at_start + (scores - self.start) / self.slope * np.log10(np.e)
        found = np.where(scores > self.start, beyond, np.interp(scores, self.levels, self.rare))
        return np.where(np.isnan(scores), np.nan, np.minimum(found, _LARGEST))


def rarity_of(reference: Floats) -> Rarity | None:
    """What is rare in ``reference``; None where it holds too few scores to tell.

    Parameters
    ----------
    reference : ndarray, shape (n,)
        Scores of a nominal stretch; NaN is left out.
    """
    known = np.sort(reference[np.isfinite(reference)])
    if len(known) < _FEWEST:
        return None
    tail = min(max(round(_TAIL * len(known)), _FEWEST_IN_TAIL), len(known))
    start = float(known[-tail])
    spread = float(known[-1] - known[0])
    # The mean excess is the slope of an exponential tail; a tail without width has that of a hair's breadth.
    slope = max(float(known[-tail:].mean() - start), 1e-3 * spread, 1e-6 * max(abs(start), 1e-6))
    levels, first = np.unique(known, return_index=True)
    rare = np.log10((1.0 + len(known)) / (1.0 + len(known) - first))
    return Rarity(levels, rare, start, slope)


def in_limits(rarity: Rarity, scores: Floats, limit: float) -> Floats:
    """How rare scores are in times the rarity of ``limit``, where their detector flags; at most `MOST`; NaN stays.

    Parameters
    ----------
    rarity : Rarity
    scores : ndarray, shape (m,)
    limit : float
        In the unit of the scores.
    """
    at_limit = float(rarity.of(np.array([limit]))[0])
    return np.minimum(rarity.of(scores) / max(at_limit, _LEAST), MOST)


def fused(rare: Sequence[Floats], how: Fusion) -> Floats:
    """One number of many, 1 where it is to be flagged; NaN where no detector looked.

    Parameters
    ----------
    rare : sequence of ndarray, shape (m,)
        Of each detector, as `in_limits` tells.
    how : Fusion
        TOGETHER is the mean of those that looked: a sum of -log p with a weight for each, as of Good (1955, J. R.
        Stat. Soc. B 17, 264). ANY is the rarest of them.
    """
    every = np.vstack(list(rare))
    looked = np.isfinite(every)
    count = looked.sum(axis=0)
    if how is Fusion.ANY:
        found = np.where(looked, every, 0.0).max(axis=0)
    else:
        found = np.where(looked, every, 0.0).sum(axis=0) / np.maximum(count, 1)
    return np.where(count > 0, found, np.nan)
