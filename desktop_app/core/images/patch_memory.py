"""Remembers what small patches of usual stamps look like, and tells where a stamp has patches unlike all of these."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats
from desktop_app.core.compiled import compiled
from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.subspace import Subspace
from desktop_app.core.progress import Report, silent

_CHUNK = 64
_SOFT = 1.5
_LEARNT_ON = 40_000
_DENSE = 0.9
_NEAREST = 3


@dataclass(frozen=True)
class PatchLayout:
    """How patches are cut: their side and step in pixels, and how many are remembered."""

    side: int = 7
    step: int = 4
    components: int = 16
    memory: int = 1024


@dataclass(frozen=True, eq=False)
class PatchMemory:
    """A coreset of the patches of a set of stamps.

    Patches of a random part of the set are put into their principal components; the least dense tenth of them, where
    what is strange would be, is left out; of the rest a coreset is kept, each time the patch that is furthest from all
    that are kept already. Numbers instead of the features of a network make it run without one.

    Attributes
    ----------
    layout : PatchLayout
    space : Subspace
    kept : ndarray of float32, shape (memory, components)
    usual : float
        The distance that one patch in a hundred of the set has: heat of one.

    References
    ----------
    Roth, K. et al., "Towards total recall in industrial anomaly detection", CVPR (2022), arXiv:2106.08265. Jiang, X. et
    al., "SoftPatch", NeurIPS (2022), arXiv:2403.14233, for leaving out what is sparse.
    """

    layout: PatchLayout
    space: Subspace
    kept: NDArray[np.float32]
    usual: float

    @classmethod
    def fit(cls, images: Stamps, layout: PatchLayout, *, seed: int, report: Report = silent) -> Self:
        """Learn from ``images`` of shape (m, ny, nx) in sigmas, without NaN, in an order of their own."""
        rng = np.random.default_rng(seed)
        each = max(1, min(_LEARNT_ON // max(len(images), 1), places_in(images.shape[1], layout) ** 2))
        rows = _some_patches(images, layout, each, rng)
        space = Subspace.fit(rows, layout.components)
        places = space.transform(rows).astype(np.float32)
        report(0.3, "Remembering patches")
        sample = places[rng.permutation(len(places))[: min(len(places), 4 * layout.memory)]]
        far = nearest(sample, sample, 5)[:, 1:].mean(axis=1)
        dense = sample[far <= np.quantile(far, _DENSE)]
        kept = _coreset(dense, layout.memory)
        report(0.8, "Remembering patches")
        check = places[rng.permutation(len(places))[: min(len(places), 8000)]]
        usual = float(np.quantile(nearest(check, kept, _NEAREST).mean(axis=1), 0.99))
        return cls(layout, space, kept, usual if usual > 0 else 1.0)

    def maps(self, images: Stamps, report: Report = silent) -> Stamps:
        """How unlike all that is remembered each patch is, 1 where one in a hundred is; of shape (m, rows, columns)."""
        many = [places_in(size, self.layout) for size in images.shape[1:]]
        found = np.zeros((len(images), *many), np.float32)
        for start in range(0, len(images), _CHUNK):
            rows = _patches(images[start : start + _CHUNK], self.layout)
            places = self.space.transform(rows.reshape(-1, rows.shape[-1])).astype(np.float32)
            far = nearest(places, self.kept, _NEAREST).mean(axis=1) / self.usual
            found[start : start + _CHUNK] = far.reshape(-1, *many)
            report(min(start + _CHUNK, len(images)) / len(images), "Comparing patches")
        return found


def places_in(size: int, layout: PatchLayout) -> int:
    """How many patches stand side by side in ``size`` pixels."""
    return max((size - layout.side) // layout.step + 1, 1)


def on_pixels(grids: Floats, shape: tuple[int, int], layout: PatchLayout) -> Floats:
    """``grids`` of shape (m, rows, columns), a value a patch, spread over pixels, of shape (m, ny, nx).

    Between the middles of patches it is linear; towards the rim the value of the nearest patch holds.
    """
    down, across = (_between(size, many, layout) for size, many in zip(shape, grids.shape[1:], strict=True))
    return np.asarray(down @ grids @ across.T)


def _between(size: int, many: int, layout: PatchLayout) -> Floats:
    """How much each of ``many`` patches counts for each of ``size`` pixels, of shape (size, many)."""
    place = (np.arange(size) - (layout.side - 1) / 2) / layout.step
    return np.maximum(1 - np.abs(np.clip(place, 0, many - 1)[:, None] - np.arange(many)), 0.0)


def _patches(images: Stamps, layout: PatchLayout) -> Floats:
    """Every patch of every stamp as a row, of shape (m, rows, columns, side * side): asinh of sigmas."""
    side = min(layout.side, *images.shape[1:])
    windows = np.lib.stride_tricks.sliding_window_view(images, (side, side), axis=(1, 2))
    picked = windows[:, :: layout.step, :: layout.step]
    return np.arcsinh(picked.reshape(*picked.shape[:3], -1) / _SOFT).astype(np.float64)


def _some_patches(images: Stamps, layout: PatchLayout, each: int, rng: np.random.Generator) -> Floats:
    """``each`` patches of every stamp, those with the more light in them the more often."""
    found = []
    for start in range(0, len(images), _CHUNK):
        rows = _patches(images[start : start + _CHUNK], layout)
        rows = rows.reshape(len(rows), -1, rows.shape[-1])
        weight = 0.5 + np.abs(rows).mean(axis=2)
        luck = rng.random(weight.shape) ** (1 / weight)
        chosen = np.argpartition(-luck, each - 1, axis=1)[:, :each] if each < luck.shape[1] else None
        picked = rows if chosen is None else np.take_along_axis(rows, chosen[:, :, None], axis=1)
        found.append(picked.reshape(-1, rows.shape[-1]))
    return np.concatenate(found)


def _coreset(rows: NDArray[np.float32], many: int) -> NDArray[np.float32]:
    """``many`` of ``rows``, each the one furthest from those before it: no row is far from all of them."""
    if len(rows) <= many:
        return rows
    far = ((rows - rows.mean(axis=0)) ** 2).sum(axis=1)
    chosen = [int(far.argmin())]
    left = ((rows - rows[chosen[0]]) ** 2).sum(axis=1)
    for _ in range(many - 1):
        chosen.append(int(left.argmax()))
        np.minimum(left, ((rows - rows[chosen[-1]]) ** 2).sum(axis=1), out=left)
    return rows[chosen]


def nearest(rows: NDArray[np.float32], kept: NDArray[np.float32], many: int) -> Floats:
    """The distances to the nearest ``many`` of ``kept``, the nearest first, of shape (n, many)."""
    many = min(many, len(kept))
    square = (kept**2).sum(axis=1)
    found = np.zeros((len(rows), many), np.float32)
    for start in range(0, len(rows), 4096):
        part = rows[start : start + 4096]
        _smallest(square - 2 * (part @ kept.T), found[start : start + 4096])
        found[start : start + 4096] += (part**2).sum(axis=1)[:, None]
    return np.sqrt(np.maximum(found, 0.0).astype(np.float64))


@compiled
def _smallest(far: NDArray[np.float32], found: NDArray[np.float32]) -> None:
    """The smallest entries of each row of ``far`` in rising order, as many as ``found`` has room for."""
    many = found.shape[1]
    for row in range(far.shape[0]):
        for place in range(many):
            found[row, place] = np.inf
        for column in range(far.shape[1]):
            value = far[row, column]
            if value >= found[row, many - 1]:
                continue
            place = many - 1
            while place > 0 and found[row, place - 1] > value:
                found[row, place] = found[row, place - 1]
                place -= 1
            found[row, place] = value
