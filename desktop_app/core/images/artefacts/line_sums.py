"""Sums of pixels along all straight lines of a picture, short ones and long ones alike."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import robust_sigma
from desktop_app.core.compiled import compiled
from desktop_app.core.progress import Report, silent

SAID = "Looking for kind: streak"
_SAMPLED = 20_000
_LEAST_KNOWN = 0.4
Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Line:
    """A stretch along which pixels add up to more than chance.

    Attributes
    ----------
    x0, y0, x1, y1 : float
        Its ends, in pixels of the picture that was summed.
    sigmas : float
        Sum over the noise of the sum.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    sigmas: float


def bright_lines(values: Singles, weights: Singles, shortest: int, least: float, report: Report = silent) -> list[Line]:
    """The clearest line of each strip of rows and of columns, of each length, the clearest first.

    The fast Radon transform adds up strips of 2, 4, 8... rows, so that every line of every such length is summed once
    from two halves, in n² log n steps.

    Parameters
    ----------
    values : ndarray of float32, shape (ny, nx)
        Of unit noise where ``weights`` is 1, and 0 where that is 0.
    weights : ndarray of float32, shape (ny, nx)
        1 where a pixel counts, else 0.
    shortest : int
        Rows, or columns, that a line reaches over at least.
    least : float
        Sigmas.
    report : callable
        Told the progress; may raise `JobCancelled`.

    References
    ----------
    Brady, M. L. (1998), SIAM J. Comput. 27, 107; Nir, G., Zackay, B., & Ofek, E. O. (2018), AJ 156, 229.
    """
    ny, nx = values.shape
    found = []
    for across in (False, True):
        for mirrored in (False, True):
            report(0.5 * across + 0.25 * mirrored, SAID)
            one, other = (values.T, weights.T) if across else (values, weights)
            if mirrored:
                one, other = one[:, ::-1], other[:, ::-1]
            last = (ny if across else nx) - 1
            turned = np.ascontiguousarray(one), np.ascontiguousarray(other)
            for x0, y0, x1, y1, sigmas in _octant(*turned, shortest, least):
                if mirrored:
                    x0, x1 = last - x0, last - x1
                found.append(Line(y0, x0, y1, x1, sigmas) if across else Line(x0, y0, x1, y1, sigmas))
    return sorted(found, key=lambda line: -line.sigmas)


def _octant(
    values: Singles, weights: Singles, shortest: int, least: float
) -> Iterator[tuple[float, float, float, float, float]]:
    """Lines that go up by one row a step and right by no more than one column: x0, y0, x1, y1, sigmas."""
    rows, columns = values.shape
    height = 1
    while height < rows:
        height *= 2
    padded = np.zeros((2, height, columns), np.float32)
    padded[0, :rows], padded[1, :rows] = values, weights
    span = 1
    while span < height:
        # Strips that are too short to hold a line are only added up.
        upto = 2 * span
        while upto < min(shortest, height):
            upto *= 2
        padded, span = joined(padded, span, upto), upto
        if span < shortest or span > 2 * rows:
            continue
        sums, known = padded[0], padded[1]
        highest = _best(sums, known, span, _LEAST_KNOWN * min(span, rows))
        if not (highest[:, 0] >= least).any():
            continue
        spread = max(_spread(sums, known, span), 1.0)
        for block, best in enumerate(highest):
            sigmas, shift, x = best
            if sigmas >= least * spread:
                y0, y1 = block * span, min((block + 1) * span, rows) - 1
                yield x, float(y0), x + shift * (y1 - y0) / (span - 1), float(y1), sigmas / spread


def _spread(sums: Singles, known: Singles, span: int) -> float:
    """How far sums scatter, in units of the noise they should have."""
    step = max(1, sums.size // _SAMPLED)
    one, other = sums.ravel()[::step], known.ravel()[::step]
    kept = other > _LEAST_KNOWN * span
    return robust_sigma((one[kept] / np.sqrt(other[kept])).astype(np.float64)) if kept.any() else 1.0


@compiled
def joined(parts: Singles, span: int, upto: int) -> Singles:  # pragma: no cover  compiled
    """Sums over strips of ``upto`` rows from those over ``span``; row ``block * upto + shift`` holds one slope.

    Parameters
    ----------
    parts : ndarray of float32, shape (n, height, columns)
        Of each of n pictures.
    span, upto : int
        Powers of two.
    """
    pictures, height, columns = parts.shape
    while span < upto:
        out = np.zeros_like(parts)
        for picture in range(pictures):
            for below in range(0, height - 2 * span + 1, 2 * span):
                above = below + span
                for shift in range(2 * span):
                    half = shift // 2
                    right = shift - half
                    row = below + shift
                    for x in range(columns):
                        out[picture, row, x] = parts[picture, below + half, x]
                    for x in range(columns - right):
                        out[picture, row, x] += parts[picture, above + half, x + right]
        parts = out
        span *= 2
    return parts


@compiled
def _best(sums: Singles, known: Singles, span: int, least: float) -> NDArray[np.float64]:  # pragma: no cover  compiled
    """Of each strip the highest ratio of sum to noise, its shift and its column, shape (blocks, 3)."""
    height, columns = sums.shape
    out = np.zeros((height // span, 3))
    for block in range(height // span):
        top, at_shift, at_x = 0.0, 0, 0
        for shift in range(span):
            row = block * span + shift
            for x in range(columns):
                n, total = known[row, x], sums[row, x]
                if n >= least and total > 0.0 and total * total > top * n:
                    top, at_shift, at_x = total * total / n, shift, x
        out[block, 0], out[block, 1], out[block, 2] = np.sqrt(top), at_shift, at_x
    return out
