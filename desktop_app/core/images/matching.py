"""Which sources of many frames are one object, and what it is called."""

from collections.abc import Sequence

import numpy as np

from desktop_app.core.arrays import Floats, Ints

_LETTERS = "bcdefghijklmnopqrstuvwxyz"


def match_frames(frames: Sequence[Floats], radius: float) -> list[Ints]:
    """The number of the object that each source of each frame is, counted from 0 in order of their first sight.

    Frames are taken one after the other: a source belongs to the nearest known object that no nearer source of its
    frame claims, else it is a new one. In the end objects that lie as near to one another as one object does, and were
    never seen in the same frame, are joined.

    Parameters
    ----------
    frames : sequence of ndarray, shapes (m, d)
        Positions that can be compared between frames: aligned pixels, or unit vectors.
    radius : float
        How far sources of one object may be from its mean position.
    """
    known = _Known(frames[0].shape[1] if frames else 2)
    numbers = [known.seen(points, radius) for points in frames]
    joined = known.joined(numbers, radius)
    return [joined[given] for given in numbers]


class _Known:
    """The objects so far: their mean positions, and how often each was seen."""

    def __init__(self, dimensions: int) -> None:
        self._sums: Floats = np.zeros((0, dimensions))
        self._counts: Ints = np.zeros(0, np.int64)

    def seen(self, points: Floats, radius: float) -> Ints:
        """The objects that the sources of one more frame are, shape (m,)."""
        given = np.full(len(points), -1, np.int64)
        if len(self._counts) and len(points):
            from scipy.spatial import cKDTree

            found = cKDTree(self._middles).query(points, distance_upper_bound=radius)
            away, nearest = (np.asarray(one) for one in found)
            order = np.argsort(away, kind="stable")
            order = order[np.isfinite(away[order])]
            # The nearest claims first, and an object has one source a frame.
            _, first = np.unique(nearest[order], return_index=True)
            given[order[first]] = nearest[order[first]]
        new = given < 0
        given[new] = len(self._counts) + np.arange(new.sum())
        self._sums = np.concatenate([self._sums, np.zeros((int(new.sum()), self._sums.shape[1]))])
        self._counts = np.concatenate([self._counts, np.zeros(int(new.sum()), np.int64)])
        self._sums[given] += points
        self._counts[given] += 1
        return given

    @property
    def _middles(self) -> Floats:
        return self._sums / self._counts[:, None]

    def joined(self, numbers: Sequence[Ints], radius: float) -> Ints:
        """A number for each object so far: the same for those that are one; counted without gaps."""
        from scipy.spatial import cKDTree

        count = len(self._counts)
        parents = np.arange(count)
        pairs = (
            cKDTree(self._middles).query_pairs(radius, output_type="ndarray") if count > 1 else np.zeros((0, 2), int)
        )
        if len(pairs):
            frames = _frames_of(numbers, np.unique(pairs))
            away = np.linalg.norm(self._middles[pairs[:, 0]] - self._middles[pairs[:, 1]], axis=1)
            for one, other in pairs[np.argsort(away, kind="stable")].tolist():
                first, second = sorted((_root(parents, one), _root(parents, other)))
                if first != second and not frames[first] & frames[second]:
                    parents[second] = first
                    frames[first] |= frames[second]
        roots = np.array([_root(parents, place) for place in range(count)], np.int64)
        return np.unique(roots, return_inverse=True)[1].astype(np.int64)


def _frames_of(numbers: Sequence[Ints], objects: Ints) -> dict[int, set[int]]:
    """The frames in which each of ``objects`` was seen."""
    frames: dict[int, set[int]] = {int(one): set() for one in objects}
    for frame, given in enumerate(numbers):
        for one in np.intersect1d(given, objects).tolist():
            frames[one].add(frame)
    return frames


def _root(parents: Ints, place: int) -> int:
    while parents[place] != place:
        parents[place] = parents[parents[place]]
        place = int(parents[place])
    return place


def sky_name(ra_deg: float, dec_deg: float) -> str:
    """A name by position, cut off and not rounded as the IAU wants it: "J012345.67+012345.6"."""
    seconds = int((ra_deg % 360) / 15 * 3600 * 100)
    arcseconds = int(abs(dec_deg) * 3600 * 10)
    hours, minutes, rest = seconds // 360_000, seconds // 6000 % 60, seconds % 6000 / 100
    degrees, primes, last = arcseconds // 36_000, arcseconds // 600 % 60, arcseconds % 600 / 10
    sign = "-" if dec_deg < 0 else "+"
    return f"J{hours:02d}{minutes:02d}{rest:05.2f}{sign}{degrees:02d}{primes:02d}{last:04.1f}"


def pixel_name(x: float, y: float) -> str:
    """A name by the position in the frame that the others were aligned with: "x123y456"."""
    return f"x{round(x)}y{round(y)}"


def names_of(ra_deg: Floats, dec_deg: Floats, x: Floats, y: Floats) -> tuple[str, ...]:
    """One name for each object, each once: by the sky where it is known, else by pixels.

    Parameters
    ----------
    ra_deg, dec_deg, x, y : ndarray, shape (n,)
    """
    taken: set[str] = set()
    names = []
    for ra, dec, across, up in zip(ra_deg, dec_deg, x, y, strict=True):
        known = np.isfinite(ra) and np.isfinite(dec)
        name = sky_name(float(ra), float(dec)) if known else pixel_name(float(across), float(up))
        names.append(_not_taken(name, taken))
        taken.add(names[-1])
    return tuple(names)


def _not_taken(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number, lettered = 0, ""
    while not lettered or lettered in taken:
        beyond = number // len(_LETTERS)
        lettered = name + _LETTERS[number % len(_LETTERS)] + (str(beyond) if beyond else "")
        number += 1
    return lettered


def towards(ra_deg: Floats, dec_deg: Floats) -> Floats:
    """Unit vectors, shape (n, 3)."""
    ra, dec = np.radians(ra_deg), np.radians(dec_deg)
    return np.column_stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])


def chord(radius_arcsec: float) -> float:
    """The distance of unit vectors so many arcseconds apart."""
    return float(2 * np.sin(np.radians(radius_arcsec / 3600) / 2))
