"""An isolation forest (Liu, Ting & Zhou 2008), grown tree beside tree instead of one after the other."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints

SAMPLE = 256
_EULER = 0.5772156649015329
_AT_ONCE = 2000


@dataclass(frozen=True, eq=False)
class IsolationForest:
    """Trees of ``nodes`` nodes each; the children of node i are 2 i + 1 and 2 i + 2.

    Attributes
    ----------
    feature : ndarray, shape (trees, nodes)
        What a node asks for; -1 in a leaf.
    split : ndarray, shape (trees, nodes)
        Rows with a lower value go to the first child.
    length : ndarray, shape (trees, nodes)
        Length of a path that ends here, the part that was not grown included.
    usual_length : float
        Mean length of a path in a tree of as many rows.
    """

    feature: Ints
    split: Floats
    length: Floats
    usual_length: float

    def strangeness(self, rows: Floats) -> Floats:
        """Between 0 and 1 for each of ``rows`` (n, features), the more the fewer questions it takes to be alone."""
        parts = [self._strangeness(rows[low : low + _AT_ONCE]) for low in range(0, len(rows), _AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _strangeness(self, rows: Floats) -> Floats:
        trees, nodes = self.feature.shape
        feature, split = self.feature.ravel(), self.split.ravel()
        root = (np.arange(trees) * nodes)[None, :]
        values = rows.ravel()
        first = (np.arange(len(rows)) * rows.shape[1])[:, None]
        node = np.zeros((len(rows), trees), np.int64)
        for _ in range(nodes.bit_length() - 1):
            at = node + root
            asked = feature[at]
            child = 2 * node + 1 + (values[first + np.maximum(asked, 0)] >= split[at])
            node = np.where(asked >= 0, child, node)
        mean = self.length.ravel()[node + root].mean(axis=1)
        return np.exp2(-mean / self.usual_length)


def grow_forest(rows: Floats, trees: int, rng: np.random.Generator) -> IsolationForest:
    """A forest that has learnt ``rows``, shape (n, features), n > 1."""
    size = min(SAMPLE, len(rows))
    depth = max(1, int(np.ceil(np.log2(size))))
    nodes = 2 ** (depth + 1) - 1
    chosen = rng.permuted(np.tile(np.arange(len(rows)), (trees, 1)), axis=1)[:, :size]
    feature = np.full(trees * nodes, -1, np.int64)
    split = np.zeros(trees * nodes)
    node = np.repeat(np.arange(trees) * nodes, size)  # numbered through all trees
    base = np.repeat(np.arange(trees) * nodes, size)
    sample = chosen.ravel()
    growing: Bools = np.ones(node.size, dtype=np.bool_)
    for _ in range(depth):
        asked = rng.integers(0, rows.shape[1], trees * nodes)
        value = rows[sample, asked[node]]
        low, high = np.full(trees * nodes, np.inf), np.full(trees * nodes, -np.inf)
        np.minimum.at(low, node[growing], value[growing])
        np.maximum.at(high, node[growing], value[growing])
        divides = high > low
        feature[divides] = asked[divides]
        share = rng.random(trees * nodes)
        split[divides] = low[divides] + share[divides] * (high[divides] - low[divides])
        growing &= divides[node]
        child = base + 2 * (node - base) + 1 + (value >= split[node])
        node = np.where(growing, child, node)
    count = np.bincount(node, minlength=trees * nodes)
    level = np.floor(np.log2(np.arange(nodes) + 1.0))
    length = np.tile(level, trees) + _path_length(count.astype(np.float64))
    shape = (trees, nodes)
    usual = float(_path_length(np.array([float(size)]))[0])
    return IsolationForest(feature.reshape(shape), split.reshape(shape), length.reshape(shape), max(usual, 1e-9))


def _path_length(rows: Floats) -> Floats:
    """Mean length of an unsuccessful search in a binary tree of so many rows."""
    safe = np.maximum(rows, 2.0)
    length = 2 * (np.log(safe - 1) + _EULER) - 2 * (safe - 1) / safe
    return np.where(rows > 2, length, np.where(rows == 2, 1.0, 0.0))
