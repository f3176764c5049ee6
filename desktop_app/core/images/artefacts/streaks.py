"""Streaks: trails of satellites, planes and meteors, also those that are fainter than the noise of a pixel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.images.artefacts.artefact import Artefact, after_trials, pixels_inside
from desktop_app.core.images.artefacts.blobs import Blobs, binned, blobs_of, slender_lines
from desktop_app.core.images.artefacts.frame import Frame
from desktop_app.core.images.artefacts.line_sums import Line, bright_lines
from desktop_app.core.images.artefacts.trails import Trail, fit_trail
from desktop_app.core.images.objects import Outline

KIND = "streak"
_LARGEST = 2048
_COARSEST = 16
_SHORTEST = 16
_LONG = 64
_SMOOTH_PX = 32
_CLIP = 5.0
_LEAST_LINE = 6.0
_ROUNDS = 4
_TRIED = 10
_SHORTEST_PX = 24.0
_SHORTEST_FAINT_PX = 100.0
_SLENDER = 6.0
_ALONG_AXIS_PX = 1.5
_ALONG_EDGE = 0.07
_FAINT = 2.0
_UNEVEN = 0.8
_STAMP_LINE = 9.0
_STAMP_TRIED = 2
_HEART = 0.22
_SURE_PX = 120.0
_OF_PATTERN = 4.0


@dataclass(frozen=True)
class _Scale:
    """A picture of sums over squares of ``times`` pixels, of unit noise."""

    times: int
    values: NDArray[np.float32]
    weights: NDArray[np.float32]


def find_streaks(frame: Frame, least: float) -> tuple[Artefact, ...]:
    """Lines of light of the width of a star or more, that begin and end, or cross the whole picture.

    Stars and galaxies are left out, the rest is summed along all lines at several widths, and what stands out is
    fitted and judged: light all along and not at one place, falling off to both sides, and not a spike of a bright
    star, a bad column, an edge or one of many lines beside each other. What was found is left out, and the rest is
    summed once more.

    Parameters
    ----------
    frame : Frame
    least : float
        The lowest score that is told.
    """
    blobs = blobs_of(frame)
    pattern = _pattern(frame, frame.good & ~blobs.mask)
    trails: list[Trail] = []
    for mask, shortest in ((blobs.mask, _SHORTEST), (blobs.large, _LONG)):
        known = frame.good & ~mask
        for line, width in slender_lines(frame)[:_TRIED]:
            # What is slender above some level is a trail that stars hang on to.
            rows, columns, inside = pixels_inside(_band(line, 1.5 * width + 2), frame.shape)
            known[rows, columns] |= inside & frame.good[rows, columns]
        for trail in trails:
            _leave_out(known, _surroundings(trail))
        for trail in _trails(frame, blobs, known, shortest, pattern, least):
            if not any(_is_wing(trail, other) for other in trails):
                trails.append(trail)
    return tuple(_artefact(trail, frame) for trail in trails)


def stamp_streaks(frame: Frame, least: float) -> tuple[Artefact, ...]:
    """A line across a small stamp, from side to side, beside what the stamp is about or through it."""
    ny, nx = frame.shape
    y, x = np.ogrid[0:ny, 0:nx]
    heart = (x - (nx - 1) / 2) ** 2 + (y - (ny - 1) / 2) ** 2 < (_HEART * min(ny, nx)) ** 2
    known = frame.good & ~heart
    ones = known.astype(np.float32)
    values = np.clip(frame.sigmas, -_CLIP, _CLIP) * ones
    half = min(frame.shape) // 2
    lines = bright_lines(values, ones, half, _STAMP_LINE)[:_STAMP_TRIED]
    found = []
    for line in lines:
        if not _is_even(line, frame, known):
            continue
        trail = fit_trail(frame, known, line, reach=6.0)
        if trail is None or _score(trail, frame) < least or not _crosses(trail, frame):
            continue
        found.append(_artefact(trail, frame))
        break
    return tuple(found)


def _is_even(line: Line, frame: Frame, known: Bools) -> bool:
    """Whether most pixels along a line are bright, rather than a few."""
    n = int(max(abs(line.x1 - line.x0), abs(line.y1 - line.y0))) + 1
    x = np.clip(np.rint(np.linspace(line.x0, line.x1, n)).astype(int), 0, known.shape[1] - 1)
    y = np.clip(np.rint(np.linspace(line.y0, line.y1, n)).astype(int), 0, known.shape[0] - 1)
    light = np.sort(frame.sigmas[y, x][known[y, x]])
    return bool(light.size > 8 and light[light.size // 4] > max(0.4 * float(light[light.size // 2]), 0.5))


def _crosses(trail: Trail, frame: Frame) -> bool:
    """Whether it is as bright at both sides of the stamp as in the middle, and thin."""
    along = trail.along[np.isfinite(trail.along)]
    n = max(along.size // 4, 1)
    middle = float(np.median(along))
    return bool(
        trail.length > 0.8 * min(frame.shape)
        and trail.length > _SLENDER * trail.fwhm
        and min(along[:n].mean(), along[-n:].mean()) > 0.6 * middle
        and np.quantile(along, 0.1) > 0.4 * middle
        and _stands_alone(trail)
    )


def _surroundings(trail: Trail) -> Outline:
    """What a bright trail lights up beside itself."""
    return trail.outline(trail.width * (1.5 + 0.3 * np.log2(1 + trail.height)) + 2)


def _trails(frame: Frame, blobs: Blobs, known: Bools, shortest: int, pattern: float, least: float) -> list[Trail]:
    """Round after round of what stands out of the pixels that are ``known``, which loses those that are found."""
    left = known.copy()
    trails: list[Trail] = []
    for turn in range(_ROUNDS):
        tried = 0
        for line, width in slender_lines(frame) if turn == 0 else _lines(frame, left, shortest):
            if tried == _TRIED:
                break
            if _share_known(line, left) < 0.5:
                continue
            tried += 1
            outline = _band(line, width)
            trail = fit_trail(frame, known, line, reach=width + 4.0)
            if trail is not None and _score(trail, frame) >= least and is_trail(trail, frame, blobs, pattern, shortest):
                if not any(_is_wing(trail, other) for other in trails):
                    trails.append(trail)
                outline = _surroundings(trail)
                _leave_out(known, outline)
            _leave_out(left, outline)
        if not tried and turn > 0:
            break
    return trails


def _leave_out(mask: Bools, outline: Outline) -> None:
    rows, columns, inside = pixels_inside(outline, (mask.shape[0], mask.shape[1]))
    mask[rows, columns] &= ~inside


def _pattern(frame: Frame, known: Bools) -> float:
    """How much whole columns, or rows, differ from each other, in sigmas of a pixel: large in a spectrum."""
    step = max(1, min(frame.shape) // 256)
    values = np.where(known, frame.sigmas, np.nan)
    spreads = []
    for one in (values[::step], values.T[::step]):
        kept = one[:, np.isfinite(one).mean(axis=0) > 0.3]
        spreads.append(robust_sigma(np.nanmedian(kept, axis=0).astype(np.float64)) if kept.size else 0.0)
    return max(spreads)


def _is_wing(trail: Trail, other: Trail) -> bool:
    """Whether it runs along a brighter trail, and is made of what that spreads."""
    turned = abs((trail.angle - other.angle + np.pi / 2) % np.pi - np.pi / 2)
    x, y = trail.at(np.array([(trail.start + trail.stop) / 2]))
    away = abs(-(x[0] - other.x0) * np.sin(other.angle) + (y[0] - other.y0) * np.cos(other.angle))
    return bool(other.height > 4 * trail.height and turned < np.radians(15) and away < 3 * (other.width + trail.width))


def _lines(frame: Frame, known: Bools, shortest: int) -> list[tuple[Line, float]]:
    """Stretches of bright pixels in pixels of the frame, each with half the width looked for; clearest first."""
    lines = []
    times = 1
    while max(frame.shape) / times > _LARGEST:
        times *= 2
    while times <= _COARSEST and min(frame.shape) // times >= 2 * _SHORTEST:
        scale = _scaled(frame, known, times)
        for line in bright_lines(scale.values, scale.weights, max(_SHORTEST, shortest // times), _LEAST_LINE):
            ends = [times * (one + 0.5) - 0.5 for one in (line.x0, line.y0, line.x1, line.y1)]
            lines.append((Line(ends[0], ends[1], ends[2], ends[3], line.sigmas), 2.0 * times))
        times *= 2
    return sorted(lines, key=lambda one: -one[0].sigmas)


def _scaled(frame: Frame, known: Bools, times: int) -> _Scale:
    """The frame over its surroundings, in squares of ``times`` pixels."""
    from scipy.ndimage import uniform_filter

    n = binned(known.astype(np.float32), times)
    sums = binned(np.where(known, np.clip(frame.sigmas, -_CLIP, 2 * _CLIP), 0).astype(np.float32), times)
    weights = (n > 0.5 * times**2).astype(np.float32)
    values = np.where(weights > 0, sums / np.sqrt(np.maximum(n, 1)), 0).astype(np.float32)
    around = uniform_filter(weights, _SMOOTH_PX, mode="constant")
    clipped = np.clip(values, -3, 3)
    level = uniform_filter(clipped, _SMOOTH_PX, mode="constant") / np.maximum(around, 1e-3)
    over = values - level
    spread = max(robust_sigma(over[weights > 0][:: max(1, over.size // 100_000)].astype(np.float64)), 1.0)
    return _Scale(times, np.clip(over / spread, -_CLIP, _CLIP).astype(np.float32) * weights, weights)


def _share_known(line: Line, known: Bools) -> float:
    n = int(max(abs(line.x1 - line.x0), abs(line.y1 - line.y0))) + 1
    x = np.clip(np.rint(np.linspace(line.x0, line.x1, n)).astype(int), 0, known.shape[1] - 1)
    y = np.clip(np.rint(np.linspace(line.y0, line.y1, n)).astype(int), 0, known.shape[0] - 1)
    return float(known[y, x].mean())


def _band(line: Line, half: float) -> tuple[tuple[float, float], ...]:
    length = max(float(np.hypot(line.x1 - line.x0, line.y1 - line.y0)), 1e-9)
    dx, dy = -(line.y1 - line.y0) / length * half, (line.x1 - line.x0) / length * half
    return (
        (line.x0 + dx, line.y0 + dy),
        (line.x1 + dx, line.y1 + dy),
        (line.x1 - dx, line.y1 - dy),
        (line.x0 - dx, line.y0 - dy),
    )


def is_trail(trail: Trail, frame: Frame, blobs: Blobs, pattern: float, shortest: int) -> bool:
    """Whether nothing speaks for another kind of line."""
    return (
        trail.length
        >= max(
            _SHORTEST_PX if trail.height > _FAINT else _SHORTEST_FAINT_PX,
            0.8 * shortest,
            _SLENDER * trail.fwhm * (1 if trail.height > _FAINT else 2),
        )
        and trail.height > _OF_PATTERN * pattern
        and _stands_alone(trail)
        and _goes_on(trail)
        and not _is_spike(trail, blobs)
        and not _is_of_the_detector(trail, frame, blobs, pattern)
    )


def _stands_alone(trail: Trail) -> bool:
    """Whether there is nothing like it to its sides: no step, no spectrum, no arm of a galaxy."""
    k = len(trail.across) // 2
    v = np.abs(np.arange(-k, k + 1))
    beside = trail.across[v > 0.8 * trail.width + 1]
    if beside.size < 6:
        return True
    left, right = trail.across[: k - int(trail.width)], trail.across[k + int(trail.width) + 1 :]
    step = abs(float(np.median(left)) - float(np.median(right))) if left.size and right.size else 0.0
    return step < 0.4 * trail.height and 3.5 * robust_sigma(beside) < trail.height


def _goes_on(trail: Trail) -> bool:
    """Whether it shines all along, ends sharply, and does not live on a few bright places."""
    along = np.sort(trail.along[np.isfinite(trail.along)])
    if along.size < 3:
        return False
    level = float(along.mean())
    if np.median(along) < 0.5 * level:
        return False
    if np.mean(along > 0.3 * level) < 0.5 or _least_part(along) < (0.25 if trail.height > _FAINT else 0.5) * level:
        return False
    # A few stars in a row are bright and dark in turns.
    expected = 1.5 / np.sqrt(max(trail.length / len(trail.along) * trail.fwhm, 1.0))
    uneven = float(np.sqrt(max(along.std() ** 2 - expected**2, 0.0))) / level
    if uneven > (_UNEVEN if trail.length > _SURE_PX else _UNEVEN / 2):
        return False
    # A galaxy seen from its edge fades to both ends.
    fades = 0.3 if trail.length > 25 * trail.fwhm else 0.6
    whole = trail.along[np.isfinite(trail.along)]
    n = max(whole.size // 5, 1)
    ends, heart = np.r_[whole[:n], whole[-n:]].mean(), whole[2 * n : -2 * n].mean() if whole.size > 4 * n else level
    return bool(ends > fades * heart)


def _least_part(along: Floats) -> float:
    """The mean without the brightest quarter, which a few stars in a row would hold."""
    return float(along[: max(int(0.75 * along.size), 1)].mean())


def _is_spike(trail: Trail, blobs: Blobs) -> bool:
    """Whether it points at a bright star and fades away from it."""
    bright = blobs.peak > max(60.0, 8 * trail.height)
    dx, dy = blobs.x[bright] - trail.x0, blobs.y[bright] - trail.y0
    u = dx * np.cos(trail.angle) + dy * np.sin(trail.angle)
    v = -dx * np.sin(trail.angle) + dy * np.cos(trail.angle)
    radius = blobs.radius[bright]
    near = (np.abs(v) < np.maximum(0.4 * radius, trail.fwhm + 1)) & (
        (u > trail.start - 2 * radius - 5) & (u < trail.stop + 2 * radius + 5)
    )
    at = trail.start + (np.arange(len(trail.along)) + 0.5) / len(trail.along) * trail.length
    known = np.isfinite(trail.along)
    for one in u[near]:
        away = np.abs(at - one)[known]
        order = np.argsort(away)
        light = trail.along[known][order]
        third = max(len(light) // 3, 1)
        if light[:third].mean() > 2.0 * max(float(light[-third:].mean()), 1e-9):
            return True
    return False


def _is_of_the_detector(trail: Trail, frame: Frame, blobs: Blobs, pattern: float) -> bool:
    """Whether it runs along an axis as columns, bleeding and edges do."""
    slope = min(abs(np.cos(trail.angle)), abs(np.sin(trail.angle)))
    upright = abs(np.sin(trail.angle)) > abs(np.cos(trail.angle))
    at = trail.x0 if upright else trail.y0
    n = frame.shape[1] if upright else frame.shape[0]
    if slope < _ALONG_EDGE and min(at, n - 1 - at) < 2 * trail.width + 10:
        return True
    if slope * trail.length > max(_ALONG_AXIS_PX, 0.004 * trail.length):
        return False
    stars = (blobs.x if upright else blobs.y)[blobs.peak > max(100.0, 3 * trail.height)]
    return bool(
        trail.fwhm < 1.6
        or trail.height < 3 * _OF_PATTERN * pattern
        or np.any(np.abs(stars - at) < 1.5 * trail.fwhm + 1)
    )


def _score(trail: Trail, frame: Frame) -> float:
    return after_trials(trail.sigmas, 4.0 * frame.good.size)


def _artefact(trail: Trail, frame: Frame) -> Artefact:
    middle = trail.at(np.array([(trail.start + trail.stop) / 2]))
    angle = float(np.degrees(trail.angle)) % 180
    bent = f", bent by {abs(trail.bend):.1f} px" if abs(trail.bend) > 0.15 * trail.width else ""
    return Artefact(
        kind=KIND,
        outline=trail.outline(),
        x=float(middle[0][0]),
        y=float(middle[1][0]),
        score=_score(trail, frame),
        reason=f"a line of light {trail.length:.0f} px long and {trail.width:.1f} px wide at {angle:.1f}°{bent}",
        numbers={
            "length_px": trail.length,
            "width_px": trail.width,
            "fwhm_px": trail.fwhm,
            "angle_deg": angle,
            "bend_px": abs(trail.bend),
            "height_sigma": trail.height,
            "fraction": trail.length * trail.width / frame.good.size,
        },
    )
