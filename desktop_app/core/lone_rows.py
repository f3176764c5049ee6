"""Tells how little a single row is worth where cosmic rays make far rows more frequent than noise does."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.matched import Matches

FALSE_ROWS = 0.1
"""How many lone rows a curve may hold on average that reach the score which noise would reach `FALSE_EVENTS` times."""
_NOISE_ROWS = 8.0
_CALM = 2.5
_FEW = 8
_LONE = 0.8
_SLOWEST = 0.5
_HALVINGS = 20


@dataclass(frozen=True)
class LoneRows:
    """What a sigma of a lone row is worth, at most 1: of one that is brighter, and of one that is fainter."""

    bright: float
    faint: float

    def worth(self, residual: Floats) -> Floats:
        """For each row of ``residual``, shape (n,)."""
        return np.where(residual > 0, self.bright, self.faint)

    def judged(self, matches: Matches, residual: Floats) -> Matches:
        """``matches`` of which those that live of one row score what that row is worth."""
        score = matches.score.copy()
        worth = self.worth(matches.sign.astype(np.float64))
        for place, (start, stop) in enumerate(zip(matches.start, matches.stop, strict=True)):
            if worth[place] < 1:
                square = residual[start:stop] ** 2
                score[place] *= worth[place] if square.max() > _LONE * square.sum() else 1.0
        return matches.scored(score)


def lone_rows(residual: Floats, limit: float) -> LoneRows:
    """How far the tails of the lone rows of a curve reach, beyond what noise does.

    Far rows whose neighbours are calm thin out exponentially with their height; how fast, and how many there are,
    tells the height that one in ten such curves exceeds (Coles 2001, chapter 4, peaks over a threshold with an
    exponential tail). Both are taken from rows that are no events yet, so that real ones do not count.

    Parameters
    ----------
    residual : ndarray, shape (n,)
        In sigmas.
    limit : float
        The height that counts as an event where there is nothing but noise.
    """
    calm = np.abs(np.pad(residual, 1)) < _CALM
    alone = calm[:-2] & calm[2:]
    return LoneRows(_worth(residual, alone, limit), _worth(-residual, alone, limit))


def _worth(residual: Floats, alone: Bools, limit: float) -> float:
    far = float(-ndtri(min(0.1, _NOISE_ROWS / residual.size)))
    beyond = residual[alone & (residual > far) & (residual < limit)] - far
    if beyond.size < _FEW:
        return 1.0
    reach = far + _fall(float(beyond.mean()), limit - far) * float(np.log(beyond.size / FALSE_ROWS))
    return min(1.0, limit / reach)


def _fall(mean: float, width: float) -> float:
    """The scale of the exponential that has this mean where it is cut off at ``width``; at most half of that."""
    low, high = 1e-3 * width, _SLOWEST * width
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if middle - width / np.expm1(width / middle) < mean else (low, middle)
    return low
