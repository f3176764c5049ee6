"""Streaks: trails of satellites, planes and meteors, also those that are fainter than the noise of a pixel."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.compiled import compiled
from desktop_app.core.images.artefacts.artefact import Artefact, after_trials
from desktop_app.core.images.artefacts.blobs import Blobs, binned, blobs_of, slender_lines
from desktop_app.core.images.artefacts.frame import Frame
from desktop_app.core.images.artefacts.line_sums import SAID, Line, Singles, bright_lines
from desktop_app.core.images.artefacts.trails import Trail, fit_trail
from desktop_app.core.images.objects import Outline
from desktop_app.core.images.polygons import pixels_inside
from desktop_app.core.progress import Report, part, silent

KIND = "streak"
_LARGEST = 1024
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
_LIT_ENDS = 0.25
_AWRY_PX = 3
_SURE_PX = 120.0
_OF_PATTERN = 4.0


@dataclass(frozen=True, eq=False)
class _Search:
    """What all rounds of a search look at."""

    frame: Frame
    blobs: Blobs
    slender: list[tuple[Line, float]]
    pattern: float
    least: float
    report: Report


def find_streaks(frame: Frame, least: float, report: Report = silent) -> tuple[Artefact, ...]:
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
    report : callable
        Told the progress; may raise `JobCancelled`.
    """
    blobs = blobs_of(frame, part(report, 0.0, 0.2))
    slender = slender_lines(frame, part(report, 0.2, 0.3))
    pattern = _pattern(frame, frame.good & ~blobs.mask)
    trails: list[Trail] = []
    for begun, mask, shortest in ((0.3, blobs.mask, _SHORTEST), (0.65, blobs.large, _LONG)):
        known = frame.good & ~mask
        for line, width in slender[:_TRIED]:
            # What is slender above some level is a trail that stars hang on to.
            rows, columns, inside = pixels_inside(_band(line, 1.5 * width + 2), frame.shape)
            known[rows, columns] |= inside & frame.good[rows, columns]
        for trail in trails:
            _leave_out(known, _surroundings(trail))
        search = _Search(frame, blobs, slender, pattern, least, part(report, begun, begun + 0.35))
        for trail in _trails(search, known, shortest):
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
        if not _is_even(line, frame, known) or not _may_cross(line, frame, known):
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


def _may_cross(line: Line, frame: Frame, known: Bools) -> bool:
    """Whether light goes on where the line comes near the sides: a look that is cheaper than a fit."""
    ny, nx = frame.shape
    dx, dy = line.x1 - line.x0, line.y1 - line.y0
    at = np.arange(-max(ny, nx), 2 * max(ny, nx)) / max(abs(dx), abs(dy), 1e-9)
    x, y = np.rint(line.x0 + at * dx).astype(int), np.rint(line.y0 + at * dy).astype(int)
    inside = (x >= _AWRY_PX) & (x < nx - _AWRY_PX) & (y >= _AWRY_PX) & (y < ny - _AWRY_PX)
    x, y = x[inside], y[inside]
    across = np.arange(-_AWRY_PX, _AWRY_PX + 1)
    row, column = (y[:, None], x[:, None] + across) if abs(dy) > abs(dx) else (y[:, None] + across, x[:, None])
    n = known[row, column].sum(axis=1)
    light = np.where(known[row, column], frame.sigmas[row, column], 0).max(axis=1, initial=0)
    quarter = max(len(light) // 4, 1)
    ends = [light[part][n[part] > 0] for part in (slice(0, quarter), slice(-quarter, None))]
    middle = float(np.median(light[n > 0])) if n.any() else 0.0
    return all(end.size > 0 and end.mean() > _LIT_ENDS * middle for end in ends)


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


def _trails(search: _Search, known: Bools, shortest: int) -> list[Trail]:
    """Round after round of what stands out of the pixels that are ``known``, which loses those that are found."""
    frame = search.frame
    left = known.copy()
    trails: list[Trail] = []
    for turn in range(_ROUNDS):
        tried = 0
        round_of = part(search.report, turn / _ROUNDS, (turn + 1) / _ROUNDS)
        for line, width in search.slender if turn == 0 else _lines(frame, left, shortest, round_of):
            if tried == _TRIED:
                break
            if _share_known(line, left) < 0.5:
                continue
            round_of(0.5 + 0.5 * tried / _TRIED, SAID)
            tried += 1
            outline = _band(line, width)
            trail = fit_trail(frame, known, line, reach=width + 4.0)
            if trail is not None and _is_told(trail, search, shortest):
                if not any(_is_wing(trail, other) for other in trails):
                    trails.append(trail)
                outline = _surroundings(trail)
                _leave_out(known, outline)
            _leave_out(left, outline)
        if not tried and turn > 0:
            break
    return trails


def _is_told(trail: Trail, search: _Search, shortest: int) -> bool:
    return _score(trail, search.frame) >= search.least and is_trail(
        trail, search.frame, search.blobs, search.pattern, shortest
    )


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


def _lines(frame: Frame, known: Bools, shortest: int, report: Report) -> list[tuple[Line, float]]:
    """Stretches of bright pixels in pixels of the frame, each with half the width looked for; clearest first.

    Large pictures are looked at in squares of pixels: a trail is as wide as a star, and loses little by that.
    """
    lines = []
    times = 1
    while max(frame.shape) / times > _LARGEST:
        times *= 2
    sums, n = sums_of_known(frame.sigmas, known, times, -_CLIP, 2 * _CLIP)
    while times <= _COARSEST and min(frame.shape) // times >= 2 * _SHORTEST:
        values, weights = _scaled(sums, n, times)
        for line in bright_lines(
            values, weights, max(_SHORTEST, shortest // times), _LEAST_LINE, part(report, 0.0, 0.5)
        ):
            ends = [times * (one + 0.5) - 0.5 for one in (line.x0, line.y0, line.x1, line.y1)]
            lines.append((Line(ends[0], ends[1], ends[2], ends[3], line.sigmas), 2.0 * times))
        times *= 2
        sums, n = binned(sums, 2), binned(n, 2)
    return sorted(lines, key=lambda one: -one[0].sigmas)


@compiled
def sums_of_known(
    sigmas: Singles, known: Bools, times: int, low: float, high: float
) -> tuple[Singles, Singles]:  # pragma: no cover  compiled
    """Sums over squares of ``times`` pixels of what is known, cut off at both ends, and how many pixels these are."""
    ny, nx = sigmas.shape[0] // times, sigmas.shape[1] // times
    sums = np.zeros((ny, nx), np.float32)
    n = np.zeros((ny, nx), np.float32)
    for y in range(ny * times):
        for x in range(nx * times):
            if known[y, x]:
                sums[y // times, x // times] += min(max(sigmas[y, x], low), high)
                n[y // times, x // times] += 1
    return sums, n


def _scaled(sums: Singles, n: Singles, times: int) -> tuple[Singles, Singles]:
    """Values over their surroundings, of unit noise, and where they count."""
    from scipy.ndimage import uniform_filter

    weights = (n > 0.5 * times**2).astype(np.float32)
    values = np.where(weights > 0, sums / np.sqrt(np.maximum(n, 1)), 0).astype(np.float32)
    around = uniform_filter(weights, _SMOOTH_PX, mode="constant")
    clipped = np.clip(values, -3, 3)
    level = uniform_filter(clipped, _SMOOTH_PX, mode="constant") / np.maximum(around, 1e-3)
    over = values - level
    spread = max(robust_sigma(over[weights > 0][:: max(1, over.size // 100_000)].astype(np.float64)), 1.0)
    return np.clip(over / spread, -_CLIP, _CLIP).astype(np.float32) * weights, weights


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
