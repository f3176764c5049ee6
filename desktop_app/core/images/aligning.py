"""How frames that drift and turn lie on one another, told from the patterns of their brightest stars."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from desktop_app.core.arrays import Floats, Ints

_BRIGHTEST = 60
_NEIGHBOURS = 6
_TRIED = 3000
_PATTERN_RADIUS = 0.02
# Frames of one camera: a scale that differs by more is a chance match.
_MOST_STRETCH = 0.03
_NEAR_PX, _CLOSE_PX = 3.0, 1.5
_FEWEST_COMMON = 4
_LEAST_SHARE = 0.3
_MOST_CHANCE = 1e-3
_REFINEMENTS = 3


@dataclass(frozen=True, eq=False)
class Alignment:
    """From the pixels of one frame to those of another: turned, stretched a little, and moved.

    Attributes
    ----------
    turn : ndarray, shape (2, 2)
    move : ndarray, shape (2,)
    """

    turn: Floats
    move: Floats

    def applied(self, points: Floats) -> Floats:
        """Where ``points`` of shape (m, 2) lie in the other frame."""
        return points @ self.turn.T + self.move

    def then(self, other: "Alignment") -> "Alignment":
        """This one, and from there by ``other``."""
        return Alignment(other.turn @ self.turn, other.turn @ self.move + other.move)

    @property
    def turned_deg(self) -> float:
        """Counted from the x axis towards the y axis."""
        return float(np.degrees(np.arctan2(self.turn[1, 0], self.turn[0, 0])))


SAME = Alignment(np.eye(2), np.zeros(2))


def align(points: Floats, brightness: Floats, onto: Floats, brightness_onto: Floats) -> Alignment | None:
    """The alignment of one frame onto another; None where no pattern of stars is common to both.

    Parameters
    ----------
    points, onto : ndarray, shapes (m, 2) and (n, 2)
        Positions of sources in each frame.
    brightness, brightness_onto : ndarray, shapes (m,) and (n,)
        Their fluxes, by which those of the patterns are chosen.

    References
    ----------
    Groth, E. J. (1986), AJ 91, 1244; Beroiz, M., Cabral, J. B., & Sanchez, B. (2020), Astronomy and Computing 32,
    100384.
    """
    few = points[np.argsort(-brightness, kind="stable")[:_BRIGHTEST]]
    few_onto = onto[np.argsort(-brightness_onto, kind="stable")[:_BRIGHTEST]]
    if min(len(few), len(few_onto)) < _FEWEST_COMMON:
        return None
    best, agreed = None, 0
    for alignment in _candidates(few, few_onto):
        common = _agreeing(alignment, few, few_onto)
        if common > agreed:
            best, agreed = alignment, common
        if agreed >= 0.8 * min(len(few), len(few_onto)):
            break
    if best is None or not _beyond_chance(agreed, best, few, few_onto):
        return None
    return _refined(best, points, onto)


def _candidates(points: Floats, onto: Floats) -> Iterator[Alignment]:
    """Alignments of triangles that look alike, the most alike first."""
    from scipy.spatial import cKDTree

    shapes, corners = _triangles(points)
    shapes_onto, corners_onto = _triangles(onto)
    if not len(shapes) or not len(shapes_onto):
        return
    found = cKDTree(shapes_onto).query(shapes, k=min(4, len(shapes_onto)), distance_upper_bound=_PATTERN_RADIUS)
    away, nearest = (np.asarray(one).reshape(len(shapes), -1) for one in found)
    order = np.argsort(away, axis=None)[:_TRIED]
    for flat in order[np.isfinite(away.ravel()[order])]:
        one, place = divmod(int(flat), away.shape[1])
        alignment = _rigid(points[corners[one]], onto[corners_onto[nearest[one, place]]])
        if alignment is not None:
            yield alignment


def _triangles(points: Floats) -> tuple[Floats, Ints]:
    """What shape each triangle of neighbours has, (k, 2), and its corners in an order that turning keeps, (k, 3)."""
    from scipy.spatial import cKDTree

    count = min(_NEIGHBOURS, len(points))
    near = np.asarray(cKDTree(points).query(points, k=count)[1])
    picked = {tuple(sorted(three)) for group in near.tolist() for three in combinations(group, 3)}
    corners = np.array(sorted(picked), np.int64)  # (k, 3)
    # The side opposite to each corner.
    sides = np.stack(
        [np.linalg.norm(points[corners[:, i]] - points[corners[:, j]], axis=1) for i, j in ((1, 2), (0, 2), (0, 1))],
        axis=1,
    )
    order = np.argsort(sides, axis=1)
    sides, corners = np.take_along_axis(sides, order, axis=1), np.take_along_axis(corners, order, axis=1)
    sound = sides[:, 0] > 0
    sides, corners = sides[sound], corners[sound]
    return np.column_stack([sides[:, 0] / sides[:, 1], sides[:, 1] / sides[:, 2]]), corners


def _rigid(points: Floats, onto: Floats) -> Alignment | None:
    """The turn, stretch and move with the least squares (Umeyama 1991); None where it mirrors or stretches."""
    middle, middle_onto = points.mean(axis=0), onto.mean(axis=0)
    left, size, right = np.linalg.svd((onto - middle_onto).T @ (points - middle))
    turn = left @ right
    spread = float(((points - middle) ** 2).sum())
    if np.linalg.det(turn) < 0 or spread == 0:
        return None
    stretch = float(size.sum()) / spread
    if abs(stretch - 1) > _MOST_STRETCH:
        return None
    return Alignment(stretch * turn, middle_onto - stretch * turn @ middle)


def _agreeing(alignment: Alignment, points: Floats, onto: Floats) -> int:
    """How many of ``points`` lie where one of ``onto`` is."""
    moved = alignment.applied(points)
    away = ((moved[:, None, :] - onto[None, :, :]) ** 2).sum(axis=2)  # (m, n)
    return int((away.min(axis=1) < _NEAR_PX**2).sum())


def _beyond_chance(agreed: int, alignment: Alignment, points: Floats, onto: Floats) -> bool:
    """Whether so many agree that none of the alignments tried would have found them among stars strewn at random.

    Three of them made the alignment; each of the others in the common field lies near a star by chance now and then.
    """
    from scipy.stats import binom

    moved = alignment.applied(points)
    low, high = onto.min(axis=0), onto.max(axis=0)
    common = int(((moved >= low - _NEAR_PX) & (moved <= high + _NEAR_PX)).all(axis=1).sum())
    area = max(float(np.prod(high - low)), 1.0)
    near = min(len(onto) * np.pi * _NEAR_PX**2 / area, 1.0)
    if agreed < _FEWEST_COMMON or agreed < _LEAST_SHARE * common:
        return False
    return bool(binom.sf(agreed - 4, max(common - 3, agreed - 3), near) * _TRIED < _MOST_CHANCE)


def _refined(alignment: Alignment, points: Floats, onto: Floats) -> Alignment:
    """The same by all sources that are common to both."""
    from scipy.spatial import cKDTree

    tree = cKDTree(onto)
    for reach in (_NEAR_PX, *(_CLOSE_PX,) * (_REFINEMENTS - 1)):
        away, nearest = (np.asarray(one) for one in tree.query(alignment.applied(points)))
        common = away < reach
        if common.sum() < _FEWEST_COMMON:
            break
        better = _rigid(points[common], onto[nearest[common]])
        alignment = better or alignment
    return alignment
