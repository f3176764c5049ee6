"""Learns which short stretches of one curve are usual: an isolation forest and local outlier factors together."""

from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.isolation import IsolationForest, grow_forest
from desktop_app.core.neighbours import LocalOutlierFactor
from desktop_app.core.progress import Report
from desktop_app.core.window_features import window_features

_LEARNT_WINDOWS = 1000
_COMPARED = 400
_SURROGATES = 250


@dataclass(frozen=True)
class Learning:
    """How to learn.

    Attributes
    ----------
    trees, neighbours : int
        Of the forest, and of the local outlier factors.
    contamination : float
        Share of the windows, the oddest first, that are left out.
    seed : int
    """

    trees: int
    neighbours: int
    contamination: float
    seed: int


@dataclass(frozen=True, eq=False)
class LearntWindows:
    """What is usual for the feature windows of one curve."""

    middle: Floats
    spread: Floats
    forest: IsolationForest
    factor: LocalOutlierFactor
    usual: tuple[Floats, Floats]
    surrogate: tuple[Floats, Floats]

    def raw(self, features: Floats) -> tuple[Floats, Floats]:
        """Strangeness for the forest and for the local outlier factors; two arrays of shape (w,)."""
        scaled = _scaled(features, self.middle, self.spread)
        return self.forest.strangeness(scaled), self.factor.strangeness(scaled)


def learn_windows(residual: Floats, begin: Ints, width: int, how: Learning, report: Report) -> LearntWindows:
    """What is usual for windows of ``width`` rows of ``residual``, shape (n,), that start at ``begin``, shape (w,).

    Both are also asked about noise, so that their scores can be turned into sigmas.
    """
    rng = np.random.default_rng(how.seed)
    report(0.0, "Describing the windows")
    some = begin[np.linspace(0, begin.size - 1, min(begin.size, _LEARNT_WINDOWS)).astype(np.int64)]
    features = window_features(residual, some, width)
    middle = np.median(features, axis=0)
    spread = np.maximum(1.4826 * np.median(np.abs(features - middle), axis=0), 1e-9)
    scaled = _scaled(features, middle, spread)
    oddness = (scaled**2).sum(axis=1)
    kept = scaled[oddness <= np.quantile(oddness, 1 - how.contamination)]
    report(0.3, "Growing the forest")
    forest = grow_forest(kept, how.trees, rng)
    report(0.5, "Comparing neighbours")
    factor = LocalOutlierFactor.learnt(kept[:: 1 + len(kept) // _COMPARED], how.neighbours)
    nothing = (np.zeros(1), np.zeros(1))
    learnt = LearntWindows(middle, spread, forest, factor, nothing, nothing)
    usual = learnt.raw(features)
    report(0.8, "Comparing with noise")
    noise = rng.standard_normal(_SURROGATES * width)
    made_up = learnt.raw(window_features(noise, np.arange(_SURROGATES) * width, width))
    return replace(learnt, usual=usual, surrogate=made_up)


def _scaled(features: Floats, middle: Floats, spread: Floats) -> Floats:
    """Features in robust sigmas, the far ones drawn in so that no single one rules the distances."""
    return np.arcsinh((features - middle) / spread)
