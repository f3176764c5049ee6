"""Pictures made smaller without losing what stands out: means, but a pixel far from its neighbours stays itself."""

from dataclasses import dataclass
from threading import local

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.larger_pixels import Shares, Steps, Values, largest, reduced
from desktop_app.core.pieces import in_pieces

STANDS_OUT_SIGMA = 3.5
SMALLEST = 1
_ROWS_AT_ONCE = 16
_ALL = 255
_CLEARLY = 1.5


@dataclass(frozen=True, eq=False)
class ImagePyramid:
    """A picture at full size and halved again and again.

    A pixel of a halved picture is the mean of the four below it, unless one of them is further from that mean than
    noise makes it: then it is that one. Single bright or dark pixels and thin lines are seen at every size, and noise
    averages out.

    Attributes
    ----------
    levels : tuple of ndarray of float32
        Shapes (ny, nx), (ny / 2, nx / 2), ..., rounded up; NaN where no pixel below has a value.
    missing : tuple of ndarray of uint8, or empty
        For each level which share of the pixels below has no value, 255 for all of them and never 0 where one has
        none; empty where every pixel of the picture has a value.
    noise : float
        Standard deviation of the difference of neighbours, over the square root of 2.
    sky : float
        The usual value: where two of four are bright and two are not, those far from it are kept.
    """

    levels: tuple[Values, ...]
    missing: tuple[Shares, ...]
    noise: float
    sky: float

    @property
    def tolerance(self) -> float:
        """How far from the mean a pixel stands out."""
        return STANDS_OUT_SIGMA * self.noise


def pyramid_of(values: Values, noise: float, sky: float, *, complete: bool) -> ImagePyramid:
    """``values`` and its halves.

    Parameters
    ----------
    values : ndarray of float32, shape (ny, nx)
    noise, sky : float
    complete : bool
        Whether every value is finite; others count as missing.
    """
    missing: list[Shares] = []
    if not complete:
        gone = ~np.isfinite(values)
        if np.isinf(values).any():
            values = np.where(gone, np.float32(np.nan), values)
        missing = list(halved_shares(gone.view(np.uint8) * np.uint8(_ALL)))
    levels = [values]
    while max(levels[-1].shape) > SMALLEST:
        levels.append(_halved(levels[-1], STANDS_OUT_SIGMA * noise, sky, complete=complete))
    return ImagePyramid(tuple(levels), tuple(missing), noise, sky)


def halved_shares(shares: Shares) -> tuple[Shares, ...]:
    """``shares`` and its halves: means, rounded up, so that nothing becomes none."""
    levels = [shares]
    while max(levels[-1].shape) > SMALLEST:
        total = np.zeros(((levels[-1].shape[0] + 1) // 2, (levels[-1].shape[1] + 1) // 2), np.uint16)
        for quarter in _quarters(levels[-1]):
            total += quarter
        levels.append(((total + 3) // 4).astype(np.uint8))
    return tuple(levels)


def shrunk(values: Values, step: float) -> Values:
    """A small picture made smaller: each pixel covers ``step`` of ``values`` and more than 1 along a side.

    It is NaN where it covers any that is missing.
    """
    finite = values[np.isfinite(values)]
    sky = float(np.median(finite)) if finite.size else 0.0
    pyramid = pyramid_of(values, noise_of(values), sky, complete=finite.size == values.size)
    level = min(int(np.log2(step) + 1e-9), len(pyramid.levels) - 1)
    rows, columns = (Steps(0.0, step / 2**level, int(np.ceil(size / step - 1e-9))) for size in values.shape)
    made = reduced(pyramid.levels[level], pyramid.tolerance, rows, columns, complete=not pyramid.missing)
    if pyramid.missing:
        made[largest(pyramid.missing[level], rows, columns) > 0] = np.nan
    return made


def noise_of(pixels: NDArray[np.floating]) -> float:
    """The scatter between neighbours, from a hundred rows; 0 where it cannot be told."""
    # A signalling NaN, as damaged files have them, is a NaN like any other.
    with np.errstate(invalid="ignore", over="ignore"):
        rows = pixels[:: max(1, len(pixels) // 100)].astype(np.float64)
        steps = np.abs(np.diff(rows, axis=1))
    steps = steps[np.isfinite(steps)]
    return float(1.4826 * np.median(steps) / np.sqrt(2)) if steps.size else 0.0


def _halved(values: Values, tolerance: float, sky: float, *, complete: bool) -> Values:
    ny, nx = values.shape
    half = np.empty(((ny + 1) // 2, (nx + 1) // 2), np.float32)
    rule = _Rule(np.float32(tolerance), np.float32(2 * sky))
    spare = local()

    def halve_from(first: int) -> None:
        piece = values[2 * first : 2 * (first + _ROWS_AT_ONCE)]
        if piece.shape[0] % 2 or piece.shape[1] % 2:
            piece = np.pad(piece, [(0, size % 2) for size in piece.shape], mode="edge")
        made = half[first : first + _ROWS_AT_ONCE]
        if complete or np.isfinite(piece).all():
            if not hasattr(spare, "rooms"):
                spare.rooms = [np.empty((_ROWS_AT_ONCE, nx + nx % 2), np.float32) for _ in range(4)]
            _halve(piece, made, rule, [room[: len(made)] for room in spare.rooms])
        else:
            mean, high, low = _known(_quarters(piece))
            made[:] = mean
            rule.keep(made, high, low, high - mean, mean - low)

    in_pieces(halve_from, range(0, len(half), _ROWS_AT_ONCE), half.size)
    return half


@dataclass(frozen=True)
class _Rule:
    """When an extreme takes the place of the mean, and which one."""

    tolerance: np.float32
    twice_sky: np.float32

    def keep(self, mean: Values, high: Values, low: Values, up: Values, down: Values) -> None:
        """Write the extreme that stands out over ``mean``; ``up`` and ``down`` are how far they are from it."""
        far = np.maximum(up, down) > self.tolerance
        lower = (down > _CLEARLY * up) | ((up <= _CLEARLY * down) & (high + low < self.twice_sky))
        np.copyto(mean, high, where=far)
        np.copyto(mean, low, where=far & lower)


def _halve(piece: Values, mean: Values, rule: _Rule, spare: list[Values]) -> None:
    """Write the halved ``piece`` into ``mean``."""
    upper, lower = piece[::2], piece[1::2]
    rows, high, low, room = spare
    width = mean.shape[1]
    np.add(upper, lower, out=rows)
    np.add(rows[:, ::2], rows[:, 1::2], out=mean)
    np.multiply(mean, np.float32(0.25), out=mean)
    np.maximum(upper, lower, out=high)
    np.minimum(upper, lower, out=low)
    highest = np.maximum(high[:, ::2], high[:, 1::2], out=room[:, :width])
    lowest = np.minimum(low[:, ::2], low[:, 1::2], out=room[:, width:])
    up = np.subtract(highest, mean, out=rows[:, :width])
    down = np.subtract(mean, lowest, out=rows[:, width:])
    rule.keep(mean, highest, lowest, up, down)


def _known(quarters: tuple[Values, ...]) -> tuple[Values, Values, Values]:
    """Mean, largest and smallest of the values that are known; NaN where none is."""
    total, count = np.zeros_like(quarters[0]), np.zeros(quarters[0].shape, np.float32)
    high, low = np.full_like(total, np.nan), np.full_like(total, np.nan)
    for quarter in quarters:
        known = np.isfinite(quarter)
        total += np.where(known, quarter, np.float32(0))
        count += known
        high, low = np.fmax(high, quarter), np.fmin(low, quarter)
    with np.errstate(invalid="ignore"):
        return total / count, high, low


def _quarters(values: NDArray[np.generic]) -> tuple:  # type: ignore[type-arg]  # of whatever type the values are
    """The four pixels below each halved one; at odd edges the last one counts twice."""
    if values.shape[0] % 2 or values.shape[1] % 2:
        values = np.pad(values, [(0, size % 2) for size in values.shape], mode="edge")
    return tuple(values[row::2, column::2] for row in (0, 1) for column in (0, 1))
