"""Views of a set of stamps: each tells of every stamp how surprising it is among the others, seen that way."""

from dataclasses import dataclass, field

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.images.fusion import Tail
from desktop_app.core.images.strangeness import Gaussian, Levelled, neighbour_distance
from desktop_app.core.images.subspace import Subspace

_ROWS_A_COMPONENT = 5
_NEAR_CLIP = 5.0
_TOGETHER = 3
_NEIGHBOURS_SHARE = 3


@dataclass(frozen=True)
class Measure:
    """How distances are taken in a view: from the middle, to neighbours, or both, in so many components (0: all)."""

    middle: bool = True
    neighbours: int = 0
    components: int = 0


@dataclass(frozen=True, eq=False)
class FarView:
    """How far rows are from all others, by one measure or two.

    Attributes
    ----------
    levelled : Levelled
    space : Subspace or None
    gaussian : Gaussian or None
    known : ndarray, shape (m, d)
        What neighbours are searched among.
    owner : ndarray, shape (m,)
    tails : tuple of Tail
        One a measure.
    """

    measure: Measure
    levelled: Levelled
    space: Subspace | None
    gaussian: Gaussian | None
    known: Floats
    owner: Ints
    tails: tuple[Tail, ...] = field(default=())

    def surprise(self, rows: Floats, whose: Ints) -> Floats:
        """-ln of the chance to be as far off, the mean of the measures, of shape (n,)."""
        far = self.distances(rows, whose)
        return np.mean([tail.surprise(one) for tail, one in zip(self.tails, far, strict=True)], axis=0)

    def distances(self, rows: Floats, whose: Ints) -> list[Floats]:
        """The distances by each measure."""
        places = self.levelled.apply(rows)
        if self.space is not None:
            places = self.space.whitened(places)
        found = [] if self.gaussian is None else [self.gaussian.distance(places)]
        if self.measure.neighbours:
            near = np.clip(places, -_NEAR_CLIP, _NEAR_CLIP)
            many = max(1, min(self.measure.neighbours, len(np.unique(self.owner)) // _NEIGHBOURS_SHARE))
            found.append(neighbour_distance(self.known, self.owner, near, whose, many))
        return found


def fit_view(rows: Floats, weights: Floats, owner: Ints, measure: Measure) -> FarView:
    """The view of ``rows`` of shape (m, d)."""
    levelled = Levelled.fit(rows, weights)
    places = levelled.apply(rows)
    most = max(2, len(np.unique(owner)) // _ROWS_A_COMPONENT)
    wanted = min(measure.components or rows.shape[1], most)
    space = Subspace.fit(places, wanted, weights=weights) if wanted < rows.shape[1] or measure.components else None
    if space is not None:
        places = space.whitened(places)
    gaussian = Gaussian.fit(places, weights) if measure.middle else None
    view = FarView(measure, levelled, space, gaussian, np.clip(places, -_NEAR_CLIP, _NEAR_CLIP), owner)
    tails = tuple(Tail.fit(far, weights) for far in view.distances(rows, owner))
    return FarView(measure, levelled, space, gaussian, view.known, owner, tails)


@dataclass(frozen=True, eq=False)
class NumbersView:
    """How far single numbers are off their usual values; what one number shows plainly drowns in a distance of many.

    Attributes
    ----------
    levelled : Levelled
    tails : tuple of Tail
        One a number, of how far off it is.
    whole : Tail
        Of the three that are furthest off, together.
    """

    levelled: Levelled
    tails: tuple[Tail, ...]
    whole: Tail

    def each(self, rows: Floats) -> Floats:
        """-ln of the chance that a number is as far off, of shape (n, d)."""
        far = np.abs((rows - self.levelled.middle) / self.levelled.scale)
        return np.stack([tail.surprise(column) for tail, column in zip(self.tails, far.T, strict=True)], axis=1)

    def surprise(self, rows: Floats) -> Floats:
        """-ln of the chance that three numbers together are as far off, of shape (n,)."""
        return self.whole.surprise(_together(self.each(rows)))


def fit_numbers(rows: Floats, weights: Floats) -> NumbersView:
    """The view of the single columns of ``rows`` of shape (m, d)."""
    levelled = Levelled.fit(rows, weights)
    far = np.abs((rows - levelled.middle) / levelled.scale)
    tails = tuple(Tail.fit(column, weights) for column in far.T)
    each = np.stack([tail.surprise(column) for tail, column in zip(tails, far.T, strict=True)], axis=1)
    return NumbersView(levelled, tails, Tail.fit(_together(each), weights))


def _together(each: Floats) -> Floats:
    return np.asarray(np.sort(each, axis=1)[:, -_TOGETHER:].sum(axis=1))
