"""Views of a set of stamps: each tells of every stamp how surprising it is among the others, seen that way."""

from dataclasses import dataclass, field

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.images.fusion import Tail
from desktop_app.core.images.strangeness import Gaussian, Levelled, neighbour_distance
from desktop_app.core.images.subspace import Subspace

_ROWS_A_COMPONENT = 5
_NEAR_CLIP = 5.0
_ROWS_A_COLUMN = 40
_TOGETHER = 3
_NEIGHBOURS_SHARE = 25
_FEWEST_NEIGHBOURS = 3


def well_known(objects: int, columns: int) -> float:
    """How far a covariance of ``columns`` can be trusted, in [0, 1]: it takes forty objects a column to know it well.

    Where there are fewer, distances to neighbours and views of few columns tell more.
    """
    return float(min(1.0, objects / (_ROWS_A_COLUMN * max(columns, 1))))


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
        """-ln of the chance to be as far off, of shape (n,), the measures weighted by what they know."""
        far = self.distances(rows, whose)
        found = [tail.surprise(one) for tail, one in zip(self.tails, far, strict=True)]
        if len(found) == 1:
            return found[0]
        known = well_known(len(np.unique(self.owner)), self.levelled.middle.size)
        return np.average(found, axis=0, weights=(1.0, 1 - 0.5 * known))

    def distances(self, rows: Floats, whose: Ints) -> list[Floats]:
        """The distances by each measure."""
        level = self.levelled.apply(rows)
        places = level if self.space is None else self.space.whitened(level)
        found = [] if self.gaussian is None else [self.gaussian.distance(places)]
        if self.measure.neighbours:
            near = _near(level, self.space if self.measure.components else None)
            # Of few stamps those that look alike are few as well.
            many = min(
                self.measure.neighbours, max(_FEWEST_NEIGHBOURS, len(np.unique(self.owner)) // _NEIGHBOURS_SHARE)
            )
            found.append(neighbour_distance(self.known, self.owner, near, whose, many))
        return found


def fit_view(rows: Floats, weights: Floats, owner: Ints, measure: Measure) -> FarView:
    """The view of ``rows`` of shape (m, d)."""
    levelled = Levelled.fit(rows, weights)
    places = levelled.apply(rows)
    most = max(2, len(np.unique(owner)) // _ROWS_A_COMPONENT)
    wanted = min(measure.components or rows.shape[1], most)
    space = Subspace.fit(places, wanted, weights=weights) if measure.components else None
    known = _near(places, space if measure.components else None)
    if space is not None:
        places = space.whitened(places)
    least = max(1e-4, 1 - well_known(len(np.unique(owner)), places.shape[1]))
    gaussian = Gaussian.fit(places, weights, least=least) if measure.middle else None
    view = FarView(measure, levelled, space, gaussian, known, owner)
    tails = tuple(Tail.fit(far, weights) for far in view.distances(rows, owner))
    return FarView(measure, levelled, space, gaussian, view.known, owner, tails)


def _near(level: Floats, space: Subspace | None) -> Floats:
    """Where neighbours are searched: columns as they are, or their principal components."""
    return np.clip(level, -_NEAR_CLIP, _NEAR_CLIP) if space is None else space.transform(level)


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
