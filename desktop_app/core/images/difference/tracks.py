"""Links what was seen in single frames: at one place in several of them, or on a line at a constant rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from desktop_app.core.arrays import Floats, Ints

_BRIGHTEST = 60
_TOGETHER = 400
_FURTHEST_FRAMES = 3
_FEWEST = 3
_MOST_CHANCE = 0.05
_MOST_CONTRAST = 4.0


@dataclass(frozen=True, eq=False)
class Seen:
    """Detections of all frames, one row each.

    Attributes
    ----------
    frame : ndarray of int, shape (m,)
    x, y : ndarray, shape (m,)
        In the pixels that all frames share.
    flux : ndarray, shape (m,)
    hours : ndarray, shape (n frames,)
    """

    frame: Ints
    x: Floats
    y: Floats
    flux: Floats
    hours: Floats


@dataclass(frozen=True, eq=False)
class Track:
    """Detections of one moving object.

    Attributes
    ----------
    rows : tuple of int
        Of `Seen`, in order of time.
    rate_x, rate_y : float
        Pixels an hour.
    chance : float
        How many such lines are expected among as many detections that have nothing to do with one another.
    """

    rows: tuple[int, ...]
    rate_x: float
    rate_y: float
    chance: float


def standing(seen: Seen, radius_px: float) -> list[tuple[int, ...]]:
    """Rows of detections at one place in two frames or more."""
    from desktop_app.core.images.matching import match_frames

    places = [np.flatnonzero(seen.frame == place) for place in range(seen.hours.size)]
    points = np.column_stack([seen.x, seen.y])
    numbers = match_frames([points[rows] for rows in places], radius_px)
    every, given = np.concatenate(places), np.concatenate(numbers)
    groups = [tuple(sorted(every[given == number].tolist())) for number in np.unique(given)]
    return [group for group in groups if len(group) > 1]


def moving(seen: Seen, free: Sequence[int], fwhm_px: float, area_px: float) -> list[Track]:
    """Lines of three detections or more in different frames at a constant rate, the least likely by chance first.

    Parameters
    ----------
    seen : Seen
    free : sequence of int
        The rows that may be of moving objects, the surest first.
    fwhm_px : float
        Who moves less than half of it between two frames stands still.
    area_px : float
        Of the field.
    """
    rows = np.array(_brightest(seen, free), np.int64)  # in order of their frames
    lines: list[Track] = []
    if rows.size < _FEWEST:
        return lines
    reach = max(0.35 * fwhm_px, 0.8)
    for one, other in _promising(seen, rows, _pairs(seen, rows, 0.5 * fwhm_px), reach):
        track = _line(seen, rows, one, other, reach, area_px)
        if track is not None:
            lines.append(track)
    lines.sort(key=lambda track: (track.chance, -len(track.rows)))
    taken: set[int] = set()
    kept = []
    for track in lines:
        if not taken & set(track.rows):
            kept.append(track)
            taken |= set(track.rows)
    return kept


def _brightest(seen: Seen, free: Sequence[int]) -> list[int]:
    kept: list[int] = []
    for place in range(seen.hours.size):
        kept += [row for row in free if seen.frame[row] == place][:_BRIGHTEST]
    return kept


def _pairs(seen: Seen, rows: Ints, least_px: float) -> list[tuple[int, int]]:
    """Pairs of detections in frames near one another that may be one object."""
    found = []
    for first in range(seen.hours.size):
        here = rows[seen.frame[rows] == first]
        for second in range(first + 1, min(first + 1 + _FURTHEST_FRAMES, seen.hours.size)):
            there = rows[seen.frame[rows] == second]
            if not here.size or not there.size or seen.hours[second] <= seen.hours[first]:
                continue
            away = np.hypot(seen.x[here][:, None] - seen.x[there], seen.y[here][:, None] - seen.y[there])
            contrast = np.abs(np.log(seen.flux[here][:, None] / seen.flux[there]))
            near = (away >= least_px) & (contrast < np.log(_MOST_CONTRAST))
            found += [(int(here[one]), int(there[other])) for one, other in zip(*np.nonzero(near), strict=True)]
    return found


def _promising(seen: Seen, rows: Ints, pairs: Sequence[tuple[int, int]], reach: float) -> list[tuple[int, int]]:
    """The pairs on whose line something lies in a third frame."""
    kept: list[tuple[int, int]] = []
    hours, (frames, begins) = seen.hours[seen.frame], np.unique(seen.frame[rows], return_index=True)
    if frames.size < _FEWEST:
        return kept
    for start in range(0, len(pairs), _TOGETHER):
        block = np.array(pairs[start : start + _TOGETHER])
        one, other = block[:, 0], block[:, 1]
        share = (hours[rows][None, :] - hours[one][:, None]) / (hours[other] - hours[one])[:, None]  # (pairs, rows)
        off_x = seen.x[one][:, None] + share * (seen.x[other] - seen.x[one])[:, None] - seen.x[rows]
        off_y = seen.y[one][:, None] + share * (seen.y[other] - seen.y[one])[:, None] - seen.y[rows]
        allowed = reach * (1 + 0.5 * np.maximum(np.abs(share - 0.5) - 0.5, 0))
        near = np.add.reduceat(off_x**2 + off_y**2 <= allowed**2, begins, axis=1) > 0
        kept += [(int(a), int(b)) for a, b in block[near.sum(axis=1) >= _FEWEST]]
    return kept


def _line(seen: Seen, rows: Ints, one: int, other: int, reach: float, area_px: float) -> Track | None:
    hours = seen.hours[seen.frame]
    span = hours[other] - hours[one]
    rate = np.array([seen.x[other] - seen.x[one], seen.y[other] - seen.y[one]]) / span
    since = hours[rows] - hours[one]
    off = np.hypot(seen.x[one] + rate[0] * since - seen.x[rows], seen.y[one] + rate[1] * since - seen.y[rows])
    # What lies beyond the two is extrapolated, and their own places are not exact.
    allowed = reach * (1 + 0.5 * np.maximum(np.abs(since / span - 0.5) - 0.5, 0))
    alike = np.abs(np.log(seen.flux[rows] / seen.flux[one])) < np.log(_MOST_CONTRAST)
    near = rows[(off <= allowed) & alike]
    if np.unique(seen.frame[near]).size < _FEWEST:
        return None
    best: dict[int, int] = {}
    for row in near[np.argsort(off[(off <= allowed) & alike], kind="stable")].tolist():
        best.setdefault(int(seen.frame[row]), row)
    members = sorted(best.values(), key=lambda row: seen.frame[row])
    fit_x, fit_y = (np.polyfit(hours[members], values[members], 1) for values in (seen.x, seen.y))
    left = np.hypot(
        np.polyval(fit_x, hours[members]) - seen.x[members], np.polyval(fit_y, hours[members]) - seen.y[members]
    )
    if left.max() > reach:
        return None
    frames, count = seen.hours.size, len(members)
    density = rows.size / frames * np.pi * float(np.mean(allowed)) ** 2 / area_px
    pairs = (rows.size / frames) ** 2 * frames * _FURTHEST_FRAMES
    chance = float(pairs * comb(frames - 2, count - 2) * density ** (count - 2))
    if chance > _MOST_CHANCE:
        return None
    return Track(tuple(members), float(fit_x[0]), float(fit_y[0]), chance)
