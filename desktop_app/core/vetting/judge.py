"""Turns numbers about an event into probabilities: trained weights, applied with numpy alone."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats

LEAF = -1


@dataclass(frozen=True, eq=False)
class Judge:
    """Boosted trees for the kind, a logistic rule for the instrument; `engine.train_vetting` makes it.

    Attributes
    ----------
    kinds : tuple of str
        What an event can be, c of them.
    shape_names, doubt_names : tuple of str
        The numbers that the trees and the rule look at, in their order.
    feature, left, right : ndarray of int, shape (c, trees, nodes)
        Which number a node looks at, `LEAF` for none, and the nodes below it.
    limit, value : ndarray, shape (c, trees, nodes)
        A number up to the limit goes left; what a leaf adds to the logit of its kind.
    start : ndarray, shape (c,)
        The logits without a tree.
    temperature : float
        What logits are divided by, so that probabilities hold on stars that were not trained on.
    doubt_weight : ndarray, shape (d,)
        What each number adds to the logit of the instrument.
    doubt_start : float
    """

    kinds: tuple[str, ...]
    shape_names: tuple[str, ...]
    doubt_names: tuple[str, ...]
    feature: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    limit: Floats
    value: Floats
    start: Floats
    temperature: float
    doubt_weight: Floats
    doubt_start: float

    def probabilities(self, numbers: Mapping[str, Floats]) -> Floats:
        """How likely each kind is; shape (m, c), rows sum to 1."""
        table = np.column_stack([numbers[name] for name in self.shape_names])
        return softmax(self.logits(table) / self.temperature)

    def logits(self, table: Floats) -> Floats:
        """The sums of the trees, shape (m, c), for a table of shape (m, shape_names)."""
        events = np.arange(table.shape[0])[:, None]
        logits = np.tile(self.start, (table.shape[0], 1))
        for kind in range(len(self.kinds)):
            trees = np.arange(self.feature.shape[1])[None, :]
            node = np.zeros((table.shape[0], trees.size), np.int64)
            while True:
                asked = self.feature[kind][trees, node]
                if (asked == LEAF).all():
                    break
                goes_left = table[events, np.maximum(asked, 0)] <= self.limit[kind][trees, node]
                below = np.where(goes_left, self.left[kind][trees, node], self.right[kind][trees, node])
                node = np.where(asked == LEAF, node, below)
            logits[:, kind] += self.value[kind][trees, node].sum(axis=1)
        return logits

    def doubts(self, numbers: Mapping[str, Floats]) -> Floats:
        """What each number adds to the logit of the instrument; shape (m, d)."""
        return np.column_stack([numbers[name] for name in self.doubt_names]) * self.doubt_weight

    def suspicion(self, doubts: Floats) -> Floats:
        """How likely it is that the instrument made each event; shape (m,)."""
        return np.asarray(1 / (1 + np.exp(-np.clip(doubts.sum(axis=1) + self.doubt_start, -50, 50))), np.float64)


def softmax(logits: Floats) -> Floats:
    """Probabilities of shape (m, c) from logits of that shape."""
    rise = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(rise / rise.sum(axis=1, keepdims=True), np.float64)
