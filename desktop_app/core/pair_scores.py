"""From the errors of a network of pairs to sigmas: how unlikely each would be among usual pairs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from desktop_app.core.arrays import Bools, Floats

IMAGE, TABLE = "image", "table"
PICTURE_GIVEN_NUMBERS, NUMBERS_GIVEN_PICTURE = "picture given numbers", "numbers given picture"
TOGETHER = "together"
"""The tracks; the last is what both crossed ones and the judge of pairs say as one."""

_OWN = (IMAGE, TABLE)
_CROSSED = (PICTURE_GIVEN_NUMBERS, NUMBERS_GIVEN_PICTURE, "odds")
_CLEAN_SHARES = np.array([0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99])
_BODY_SHARES = np.array([0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
_SHARES = {IMAGE: 0.05, TABLE: 0.05, TOGETHER: 0.9}
"""How much of the chance of a false alarm each may use: what is looked for are pairs that do not go together."""
_FREEDOM = 5.0
_TINY = 1e-9
_LEAST = -700.0

Parts = Mapping[str, Floats]
"""Raw scores by name, higher is stranger, each of shape (m,); NaN where there is nothing to score."""


@dataclass(frozen=True, eq=False)
class Tail:
    """How likely raw scores are among usual ones: quantiles of these, and an exponential tail beyond.

    Attributes
    ----------
    shares, levels : ndarray, shape (q,)
        The share of usual scores that is below each level.
    scale : float
        Beyond the last level a score is rarer by e for every ``scale`` that it is higher.
    """

    shares: Floats
    levels: Floats
    scale: float

    @classmethod
    def fitted(cls, usual: Floats, *, clean: bool) -> Self:
        """Of ``usual`` scores; where they are not ``clean``, the uppermost are not asked.

        The mean excess over a level estimates the scale of an exponential tail (Pickands, J., Ann. Statist. 3 (1975),
        119, with shape 0); where strange ones may be among them, the spread of the upper body stands in for it.
        """
        usual = usual[np.isfinite(usual)]
        if not usual.size:
            return cls(np.array([0.5]), np.array([0.0]), 1.0)
        if clean:
            levels = np.quantile(usual, _CLEAN_SHARES)
            beyond = usual[usual > levels[-3]] - levels[-3]
            scale = float(beyond.mean()) if beyond.size else 0.0
            return cls(_CLEAN_SHARES, levels, max(scale, _TINY))
        levels = np.quantile(usual, _BODY_SHARES)
        low, high = np.quantile(usual, [0.7, 0.92])
        return cls(_BODY_SHARES, levels, max(float(high - low) / np.log(0.3 / 0.08), _TINY))

    def log_chance(self, raw: Floats) -> Floats:
        """Logarithm of the share of usual scores that are as high or higher; NaN where ``raw`` is."""
        inside = np.interp(raw, self.levels, np.log1p(-self.shares), left=float(np.log1p(-self.shares[0])))
        beyond = np.log1p(-self.shares[-1]) - (raw - self.levels[-1]) / self.scale
        return np.maximum(np.where(raw > self.levels[-1], beyond, inside), _LEAST)

    @property
    def row(self) -> Floats:
        """All of it in one row, as `from_row` takes it."""
        return np.concatenate([[len(self.shares), self.scale], self.shares, self.levels])

    @classmethod
    def from_row(cls, row: Floats) -> Self:
        """What `row` told."""
        many = round(float(row[0]))
        return cls(row[2 : 2 + many], row[2 + many : 2 + 2 * many], float(row[1]))


@dataclass(frozen=True, eq=False)
class PairScores:
    """Sigmas of m pairs.

    Attributes
    ----------
    values : ndarray, shape (m,)
        NaN where there was nothing to look at.
    tracks : mapping of str to ndarray, shape (m,)
        By the names above; 0 where there is nothing to compare.
    mismatched : ndarray of bool, shape (m,)
        Where picture and numbers do not go together rather than one of them being strange.
    """

    values: Floats
    tracks: Mapping[str, Floats]
    mismatched: Bools


@dataclass(frozen=True, eq=False)
class PairCalibration:
    """The tails of all raw scores, and of what the crossed ones make together."""

    tails: Mapping[str, Tail]

    @classmethod
    def fitted(cls, parts: Parts, *, clean: bool) -> Self:
        """Of usual pairs that nothing was learnt from."""
        tails = {name: Tail.fitted(parts[name], clean=clean) for name in (*_OWN, *_CROSSED)}
        tails[TOGETHER] = Tail.fitted(_summed(tails, parts), clean=clean)
        return cls(tails)

    def scored(self, parts: Parts) -> PairScores:
        """Sigmas of other pairs."""
        chances = {name: self.tails[name].log_chance(parts[name]) for name in (*_OWN, *_CROSSED[:2])}
        chances[TOGETHER] = self.tails[TOGETHER].log_chance(_summed(self.tails, parts))
        tracks = {name: np.nan_to_num(_sigmas(chance)) for name, chance in chances.items()}
        looked = np.column_stack([chances[name] - np.log(share) for name, share in _SHARES.items()])
        # Bonferroni's rule with weights: the least likely of several tries, each with its share of the chance.
        least = np.minimum(np.nan_to_num(looked).min(axis=1), 0.0)
        nothing = ~np.isfinite(looked).any(axis=1)
        together = tracks[TOGETHER] >= np.maximum(tracks[IMAGE], tracks[TABLE])
        return PairScores(np.where(nothing, np.nan, _sigmas(least)), tracks, together)

    @property
    def arrays(self) -> dict[str, Floats]:
        """As weights keep it."""
        return {f"tail {name}": tail.row for name, tail in self.tails.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Floats]) -> Self:
        """What `arrays` told."""
        return cls({name: Tail.from_row(np.asarray(arrays[f"tail {name}"], np.float64)) for name in _NAMES})


_NAMES = (*_OWN, *_CROSSED, TOGETHER)


def soft(distance: Floats) -> Floats:
    """Squared Mahalanobis distances on a scale on which their tail is no longer than exponential."""
    return np.log1p(distance / _FREEDOM)


def _summed(tails: Mapping[str, Tail], parts: Parts) -> Floats:
    """Fisher's sum over what the crossed scores say (Fisher, R. A., Statistical Methods for Research Workers, 1925)."""
    return -np.sum([tails[name].log_chance(parts[name]) for name in _CROSSED], axis=0)


def _sigmas(log_chance: Floats) -> Floats:
    """Sigmas of a normal distribution that are as unlikely."""
    from scipy.special import ndtri_exp

    return -np.asarray(ndtri_exp(np.minimum(log_chance, -1e-12)), np.float64)
