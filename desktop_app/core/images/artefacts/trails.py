"""The fit of one trail: its course to a part of a pixel, its width, its ends, and what tells it from other lines."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.compiled import compiled
from desktop_app.core.images.artefacts.frame import Frame
from desktop_app.core.images.artefacts.line_sums import Line
from desktop_app.core.images.objects import Outline

_CLIP = 10.0
_WIDENED = 4
_FAINT = 3.0
_MOST_BENT = 0.02
_PIECES = 24
_MOST_PLACES = 1500
_ON = 0.35
_OF_PEAK = 0.125
"""Where the outline lies: at an eighth of the peak, 1.7 times the full width at half of it, which is what eyes see."""
_GAUSSIAN = 1.732
_BRIGHT = 20.0
_NARROWEST_PX = 3.0
_OTHERS = 8
_OF_OTHERS = 1.6
"""A trail that the search would tell (about 8 sigmas) stands five times above what bands beside it scatter."""


@dataclass(frozen=True, eq=False)
class Trail:
    """A line with a width; ``u`` runs along it from ``x0``, ``y0``, ``v`` across it to its left.

    Attributes
    ----------
    x0, y0, angle : float
        A point on it in pixels, and its direction in radians from x towards y.
    start, stop : float
        Where it begins and ends, as ``u``.
    bend : float
        It lies at v = bend (4 s² - 1), s running from -1/2 to 1/2 between ``start`` and ``stop``.
    fwhm, width : float
        Full width at half of the peak, and at an eighth of it, px.
    height : float
        Peak of the mean profile across, in sigmas of a pixel.
    sigmas : float
        Its light over the noise of that.
    along : ndarray, shape (n,)
        Mean excess in pieces of equal length from start to stop, in sigmas of a pixel.
    across : ndarray, shape (k,)
        The profile at whole pixels from -k//2 to k//2, over its base.
    known : float
        The share of the stretch that is not masked.
    """

    x0: float
    y0: float
    angle: float
    start: float
    stop: float
    bend: float
    fwhm: float
    width: float
    height: float
    sigmas: float
    along: Floats
    across: Floats
    known: float

    @property
    def length(self) -> float:
        """From end to end, px."""
        return self.stop - self.start

    def at(self, u: Floats, v: Floats | float = 0.0) -> tuple[Floats, Floats]:
        """Pixels x, y of places along and across."""
        s = (u - self.start) / max(self.length, 1e-9) - 0.5
        v = v + self.bend * (4 * s * s - 1)
        return (
            self.x0 + u * np.cos(self.angle) - v * np.sin(self.angle),
            self.y0 + u * np.sin(self.angle) + v * np.cos(self.angle),
        )

    def outline(self, width: float | None = None) -> Outline:
        """The band of ``width`` (its own where not given) about its course."""
        n = 2 if abs(self.bend) < 0.15 * self.width else 9
        u = np.linspace(self.start, self.stop, n)
        half = (self.width if width is None else width) / 2
        left, right = self.at(u, half), self.at(u[::-1], -half)
        return tuple((float(x), float(y)) for one in (left, right) for x, y in zip(*one, strict=True))


@dataclass(frozen=True, eq=False)
class View:
    """A frame, the pixels of it that count, and the sigmas that are cut off below and above."""

    frame: Frame
    known: Bools
    low: float
    high: float


def fit_trail(frame: Frame, known: Bools, line: Line, reach: float) -> Trail | None:
    """The trail that a line of bright pixels belongs to; None where there is none.

    Parameters
    ----------
    frame : Frame
    known : ndarray of bool, shape (ny, nx)
        Pixels that count: no stars, nothing that was found before.
    line : Line
        A stretch of it, in pixels of the frame.
    reach : float
        How far across to look, px.
    """
    angle = float(np.arctan2(line.y1 - line.y0, line.x1 - line.x0))
    length = float(np.hypot(line.x1 - line.x0, line.y1 - line.y0))
    none = np.zeros(0)
    wide = Trail(line.x0, line.y0, angle, 0.0, length, 0.0, reach, reach, 0.0, 0.0, none, none, 1.0)
    view = View(frame, known, -_CLIP, 1e9)
    values, counts = _sampled(view, wide, _some(np.arange(0, length + 0.5)), np.arange(-reach, reach + 1))
    if not counts.any():
        return None
    # A star that was not masked must not weigh more than the trail.
    heights = np.max(np.where(counts > 0, values, -np.inf), axis=1)
    view = replace(view, high=max(_CLIP, 3 * float(np.median(heights[np.isfinite(heights)]))))
    for _ in range(_WIDENED):
        trail = _fitted(view, wide, reach)
        if trail is None or trail.width < reach:
            return trail
        reach *= 2.5
        wide = replace(wide, fwhm=reach / 2, width=reach)
    return None


def _fitted(view: View, trail: Trail, reach: float) -> Trail | None:
    for _ in range(3):
        straightened = _straightened(view, trail, reach)
        ended = None if straightened is None else _ended(view, straightened)
        if ended is None:
            return None
        trail = ended
    return _measured(view, trail)


def _sampled(view: View, trail: Trail, u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Values and whether they count, at all ``u`` and ``v``: shapes (n, k)."""
    # Where the course lies at v = 0; what is at its side follows from that.
    x, y = trail.at(u)
    turn = np.array([np.cos(trail.angle), np.sin(trail.angle)])
    return read_along(view.frame.sigmas, view.known, x, y, v, turn, view.low, view.high)


@compiled
def read_along(
    sigmas: NDArray[np.float32], known: Bools, x: Floats, y: Floats, v: Floats, turn: Floats, low: float, high: float
) -> tuple[Floats, Floats]:  # pragma: no cover  compiled
    """Values cut off at ``low`` and ``high`` in the nearest pixels, and whether these count: shapes (n, k).

    Parameters
    ----------
    sigmas, known : ndarray, shape (ny, nx)
    x, y : ndarray, shape (n,)
        Places of a course, pixels.
    v : ndarray, shape (k,)
        Steps to its left.
    turn : ndarray, shape (2,)
        Cosine and sine of its direction.
    low, high : float
    """
    ny, nx = sigmas.shape
    values = np.zeros((len(x), len(v)))
    counts = np.zeros((len(x), len(v)))
    for i in range(len(x)):
        for j in range(len(v)):
            column = int(np.rint(x[i] - v[j] * turn[1]))
            row = int(np.rint(y[i] + v[j] * turn[0]))
            if 0 <= column < nx and 0 <= row < ny and known[row, column]:
                counts[i, j] = 1.0
                values[i, j] = min(max(sigmas[row, column], low), high)
    return values, counts


def _some(u: Floats) -> Floats:
    """No more places than a profile across needs: the longest trails have thousands."""
    return u if len(u) <= _MOST_PLACES else np.linspace(u[0], u[-1], _MOST_PLACES)


def _profiles(view: View, trail: Trail, u: Floats, v: Floats, pieces: int) -> tuple[Floats, Floats]:
    """Mean profiles across of ``pieces`` stretches, and how many pixels each value has: shapes (pieces, k)."""
    edges = np.linspace(0, len(u), pieces + 1).astype(np.int64)
    x, y = trail.at(u)
    turn = np.array([np.cos(trail.angle), np.sin(trail.angle)])
    sums, n = summed_along(view.frame.sigmas, view.known, x, y, v, turn, view.low, view.high, edges)
    return sums / np.maximum(n, 1), n


@compiled
def summed_along(
    sigmas: NDArray[np.float32],
    known: Bools,
    x: Floats,
    y: Floats,
    v: Floats,
    turn: Floats,
    low: float,
    high: float,
    edges: Ints,
) -> tuple[Floats, Floats]:  # pragma: no cover  compiled
    """What `read_along` reads, added up between ``edges`` of the course: sums and counts, shapes (pieces, k)."""
    ny, nx = sigmas.shape
    sums = np.zeros((len(edges) - 1, len(v)))
    counts = np.zeros((len(edges) - 1, len(v)))
    for piece in range(len(edges) - 1):
        for i in range(edges[piece], edges[piece + 1]):
            for j in range(len(v)):
                column = int(np.rint(x[i] - v[j] * turn[1]))
                row = int(np.rint(y[i] + v[j] * turn[0]))
                if 0 <= column < nx and 0 <= row < ny and known[row, column]:
                    counts[piece, j] += 1.0
                    sums[piece, j] += min(max(sigmas[row, column], low), high)
    return sums, counts


def _straightened(view: View, trail: Trail, reach: float) -> Trail | None:
    """The trail on the course along which its pieces line up best."""
    u = np.arange(trail.start, trail.stop + 0.5)
    if len(u) < 8:
        return None
    v = np.arange(-np.ceil(2 * reach), np.ceil(2 * reach) + 1)
    pieces = min(_PIECES, len(u) // 4)
    profiles, n = _profiles(view, trail, _some(u), v, pieces)
    base = np.array([np.median(row[k > 0]) if (k > 0).any() else 0.0 for row, k in zip(profiles, n, strict=True)])
    # A star that was not masked must not draw the course to itself.
    top = 3 * np.median(np.max(profiles - base[:, None], axis=1))
    profiles = np.where(n > 0, np.clip(profiles - base[:, None], -top, top), 0.0)
    s = (np.arange(pieces) + 0.5) / pieces - 0.5
    width = max(min(trail.fwhm, reach), 2.0)
    most = min(_MOST_BENT * trail.length, reach)
    tilt, bend, shift = _best_course(profiles, s, v, width=width, reach=reach, most=most)
    x, y = replace(trail, bend=0.0).at(np.array([trail.start, trail.stop]), shift + tilt * np.array([-0.5, 0.5]))
    angle = float(np.arctan2(y[1] - y[0], x[1] - x[0]))
    length = float(np.hypot(x[1] - x[0], y[1] - y[0]))
    return replace(trail, x0=float(x[0]), y0=float(y[0]), angle=angle, start=0.0, stop=length, bend=trail.bend + bend)


def _best_course(
    profiles: Floats, s: Floats, v: Floats, *, width: float, reach: float, most: float
) -> tuple[float, float, float]:
    """Tilt, bend and shift in pixels at which the pieces, moved back by it, add up highest."""
    from scipy.ndimage import uniform_filter1d

    smooth = uniform_filter1d(profiles, max(round(width), 1), axis=1, mode="nearest")
    tilt = bend = 0.0
    near = np.abs(v) <= reach

    def height(tilt: float, bend: float) -> tuple[float, float]:
        total = moved_mean(smooth, tilt * s + bend * (4 * s * s - 1))
        at = int(np.argmax(np.where(near, total, -np.inf)))
        return float(total[at]), float(v[at])

    step = max(width / 2, 1.0)
    best, shift = height(tilt, 0.0)
    for tried in np.arange(-2 * reach, 2 * reach + step, step):
        if height(float(tried), 0.0)[0] > best:
            tilt = float(tried)
            best, shift = height(tilt, 0.0)
    while step > 0.1:
        for dt, db in ((step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)):
            # A bend has to pay: noise bends everything a little.
            tried, at = height(tilt + dt, bend + db)
            if tried > best * (1.01 if db and not bend else 1.0) + 1e-9 and abs(bend + db) <= most:
                best, shift, tilt, bend = tried, at, tilt + dt, bend + db
                break
        else:
            step /= 2
    total = moved_mean(profiles, tilt * s + bend * (4 * s * s - 1))
    return tilt, bend, _centroid(total, v, shift, width)


@compiled
def moved_mean(profiles: Floats, moved: Floats) -> Floats:  # pragma: no cover  compiled
    """The mean of ``profiles``, shape (n, k), each read ``moved`` steps further on; their ends go on for ever."""
    pieces, k = profiles.shape
    total = np.zeros(k)
    for piece in range(pieces):
        for i in range(k):
            at = min(max(i + moved[piece], 0.0), k - 1.0)
            left = min(int(at), max(k - 2, 0))
            right = min(left + 1, k - 1)
            total[i] += profiles[piece, left] + (at - left) * (profiles[piece, right] - profiles[piece, left])
    return total / pieces


def _centroid(profile: Floats, v: Floats, about: float, width: float) -> float:
    inside = np.abs(v - about) <= max(width, 2.0)
    weight = np.clip(profile[inside], 0, None)
    return float((weight * v[inside]).sum() / weight.sum()) if weight.sum() > 0 else about


def _ended(view: View, trail: Trail) -> Trail | None:
    """The trail with its width and its ends, looked for from one side of the picture to the other."""
    across, n = _across(view, trail)
    fwhm, width = _widths(across, n)
    if not fwhm > 0:
        return None
    trail = replace(trail, fwhm=fwhm, width=width)
    u = np.arange(*_inside(trail, view.frame.shape), 1.0)
    if len(u) < 8:
        return None
    excess, noise = _excess(view, trail, u)
    on = excess[(u >= trail.start) & (u <= trail.stop) & np.isfinite(excess)]
    level = float(np.median(on)) if on.size else 0.0
    if on.size:
        # A dashed trail is dark for half of its way.
        level = max(level, float(np.mean(np.clip(on, 0, 4 * max(level, noise)))))
    if level <= 0:
        return None
    start, stop = _longest(excess, level, noise)
    if stop - start < 8:
        return None
    return _moved(trail, float(u[start]) - 0.5, float(u[stop - 1]) + 0.5)


def _moved(trail: Trail, start: float, stop: float) -> Trail:
    """The same course between other ends."""
    if not trail.bend:
        return replace(trail, start=start, stop=stop)
    u = np.array([start, (start + stop) / 2, stop])
    x, y = trail.at(u)
    angle = float(np.arctan2(y[2] - y[0], x[2] - x[0]))
    length = float(np.hypot(x[2] - x[0], y[2] - y[0]))
    off = -(x[1] - x[0]) * np.sin(angle) + (y[1] - y[0]) * np.cos(angle)
    return replace(trail, x0=float(x[0]), y0=float(y[0]), angle=angle, start=0.0, stop=length, bend=-float(off))


def _across(view: View, trail: Trail) -> tuple[Floats, Floats]:
    """The profile across over its base, and how many pixels there are of each value: odd length, middle at v = 0."""
    k = int(np.ceil(3 * max(trail.width, 6.0)))
    v = np.arange(-k, k + 1.0)
    u = _some(np.arange(trail.start, trail.stop + 0.5))
    profiles, n = _profiles(view, trail, u, v, min(_PIECES, max(len(u) // 8, 1)))
    some = (n > 0).any(axis=0)
    total = np.full(len(v), np.nan)
    total[some] = np.nanmedian(np.where(n > 0, profiles, np.nan)[:, some], axis=0)
    mean = (profiles * n).sum(axis=0) / np.maximum(n.sum(axis=0), 1)
    # The middle of the pieces is deaf to stars; dashes are only seen by the mean.
    if np.nanmax(total[k - 2 : k + 3], initial=0.0) < 0.3 * mean[k - 2 : k + 3].max():
        total = np.where(some, mean, np.nan)
    side = np.abs(v) > 0.6 * k
    base = float(np.nanmedian(total[side])) if np.isfinite(total[side]).any() else 0.0
    return np.where(np.isfinite(total), total - base, 0.0), n.sum(axis=0)


def _widths(across: Floats, n: Floats) -> tuple[float, float]:
    """Full widths at half and at an eighth of the peak; zeros where there is no peak."""
    k = len(across) // 2
    smooth = np.convolve(across, (0.25, 0.5, 0.25), mode="same")
    at = k - 3 + int(np.argmax(smooth[k - 3 : k + 4])) if k >= 3 else k
    peak = float(smooth[at])
    noise = 1.25 / np.sqrt(max(float(np.median(n)), 1.0))
    if peak <= 2 * noise:
        return 0.0, 0.0
    fwhm = max(_full_width(smooth, at, peak / 2), 1.0)
    # Smoothing by (1, 2, 1)/4 has widened it.
    fwhm = float(np.sqrt(max(fwhm**2 - 2.77, 1.0)))
    # The brighter, the further out it is seen.
    level = _OF_PEAK * peak * min(_BRIGHT / peak, 1.0) ** 0.3
    low = _full_width(smooth, at, level) if peak > 25 * noise else _GAUSSIAN * fwhm
    return fwhm, float(np.clip(low, max(_NARROWEST_PX, fwhm), max(3.5 * fwhm, _NARROWEST_PX)))


def _beside_others(view: View, trail: Trail) -> float:
    """Its light over the scatter of bands like it to both sides: what the sky alone does here; inf where none fit."""
    if trail.height > _FAINT:
        return float("inf")
    step = max(trail.width, 3.0)
    v = np.arange(-_OTHERS * step, _OTHERS * step + 1)
    u = np.arange(trail.start, trail.stop + 0.5, max(trail.length / 1000, 1.0))
    values, counts = _sampled(replace(view, low=-_FAINT, high=_FAINT), trail, u, v)
    n = counts.sum(axis=0)
    profile = values.sum(axis=0) / np.maximum(n, 1)
    inner = np.abs(v) <= step / 2
    bands = [np.abs(v - at * step) <= step / 2 for at in range(-_OTHERS, _OTHERS + 1) if abs(at) > 1]
    enough = 0.4 * len(u)
    others = np.array([np.average(profile[one], weights=n[one]) for one in bands if n[one].mean() > enough])
    if others.size < 6 or not n[inner].any():
        return float("inf")
    light = float(np.average(profile[inner], weights=n[inner] + 1e-9)) - float(np.median(others))
    return light / max(float(robust_sigma(others)), 1e-9)


def _full_width(profile: Floats, at: int, level: float) -> float:
    ends = []
    for side in (profile[at::-1], profile[at:]):
        below = np.flatnonzero(side < level)
        if not below.size:
            ends.append(float(len(side) - 1))
            continue
        i = int(below[0])
        ends.append(i - 1 + float((side[i - 1] - level) / max(side[i - 1] - side[i], 1e-12)))
    return sum(ends)


def _inside(trail: Trail, shape: tuple[int, int]) -> tuple[float, float]:
    """Between which ``u`` the straight course lies in the picture."""
    low, high = -1e9, 1e9
    for at, towards, n in ((trail.x0, np.cos(trail.angle), shape[1]), (trail.y0, np.sin(trail.angle), shape[0])):
        if abs(towards) < 1e-9:
            continue
        ends = sorted(((-0.5 - at) / towards, (n - 0.5 - at) / towards))
        low, high = max(low, ends[0]), min(high, ends[1])
    if not trail.bend:
        return low, high
    # A bent course is known only near the stretch that it was fitted to.
    return max(low, trail.start - trail.length / 2), min(high, trail.stop + trail.length / 2)


def _excess(view: View, trail: Trail, u: Floats) -> tuple[Floats, float]:
    """Mean brightness over both sides at each ``u``, NaN where masked, and the noise that it should have."""
    half = max(trail.fwhm / 2, 0.5)
    inner = np.linspace(-half, half, max(int(np.ceil(2 * half)), 2))
    reach = max(trail.width, 3.0)
    outer = np.arange(0.75 * reach, 0.75 * reach + max(reach, 6.0))
    values, counts = _sampled(view, trail, u, inner)
    beside, beside_counts = _sampled(view, trail, u, np.r_[-outer[::-1], outer])
    enough = counts.sum(axis=1) >= 0.5 * counts.shape[1]
    light = values.sum(axis=1) / np.maximum(counts.sum(axis=1), 1)
    sky = _smooth_base(beside, beside_counts)
    noise = 1 / np.sqrt(max(2 * half, 1.0))
    return np.where(enough, light - sky, np.nan), float(noise)


def _smooth_base(values: Floats, counts: Floats) -> Floats:
    """What lies beside the trail, over some pixels along it; stars and their noise cut off."""
    from scipy.ndimage import uniform_filter1d

    clipped = np.clip(values, -3.0, 3.0)
    sums = uniform_filter1d((clipped * counts).sum(axis=1), 15, mode="nearest")
    n = uniform_filter1d(counts.sum(axis=1), 15, mode="nearest")
    base: Floats = sums / np.maximum(n, 1e-9)
    return base


def _longest(excess: Floats, level: float, noise: float) -> tuple[int, int]:
    """The stretch that is on for the most part: where the sum of on minus off is the largest (Kadane)."""
    from scipy.ndimage import uniform_filter1d

    over = int(np.clip(np.ceil((2.5 * noise / level) ** 2), 1, max(len(excess) // 8, 1)))
    known = np.isfinite(excess)
    values = np.where(known, excess, 0.0)
    weight = uniform_filter1d(known.astype(np.float64), over, mode="constant")
    smooth = uniform_filter1d(values, over, mode="constant") / np.maximum(weight, 1e-9)
    gain = np.where(weight > 0.1, np.clip(smooth / level, -0.5, 1.5) - _ON, 0.0)
    total, best, start = 0.0, 0.0, 0
    ends = (0, 0)
    for i, one in enumerate(gain):
        if total <= 0:
            total, start = 0.0, i
        total += float(one)
        if total > best:
            best, ends = total, (start, i + 1)
    return ends


def _measured(view: View, trail: Trail) -> Trail | None:
    across, n = _across(view, trail)
    fwhm, width = _widths(across, n)
    if not fwhm > 0:
        return None
    trail = replace(trail, fwhm=fwhm, width=width)
    u = np.arange(trail.start, trail.stop, 1.0)
    excess, noise = _excess(view, trail, u)
    seen = np.isfinite(excess)
    if np.count_nonzero(seen) < 8:
        return None
    pieces = [piece[np.isfinite(piece)] for piece in np.array_split(excess, min(_PIECES, len(u) // 4))]
    along = np.array([piece.mean() if piece.size else np.nan for piece in pieces])
    light = float(np.mean(excess[seen]))
    loud = max(noise, robust_sigma(np.diff(excess[seen])) / np.sqrt(2)) if light < 3 * noise else noise
    sigmas = light / loud * np.sqrt(np.count_nonzero(seen))
    k = len(across) // 2
    return replace(
        trail,
        height=float(across[max(k - 2, 0) : k + 3].max()),
        sigmas=min(float(sigmas), _beside_others(view, trail) * _OF_OTHERS),
        along=along,
        across=across,
        known=float(seen.mean()),
    )
