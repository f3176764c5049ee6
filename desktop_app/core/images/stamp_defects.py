"""Lines, rows, columns and gradients in stamps, and what shines beside the object."""

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.compiled import compiled
from desktop_app.core.cutouts import Stamps

_CLIP = 5.0
_ANGLES = 32
_CALM = 3.0


def line_excess(left: Stamps) -> Floats:
    """The brightest straight line across each stamp, in sigmas of the mean along it.

    A discrete Radon transform (Radon 1917; for streaks: Nir, Zackay & Ofek 2018, AJ 156, 229) over 32 angles, lines a
    pixel wide and at least a third of the stamp long. Pixels count up to 5 sigma, so that no star makes a line.

    Parameters
    ----------
    left : ndarray, shape (m, ny, nx)
        What is left without the object, in units of the noise, without NaN.
    """
    m, ny, nx = left.shape
    calm = np.clip(left, -_CLIP, _CLIP).reshape(m, ny * nx)
    y, x = np.indices((ny, nx)).reshape(2, -1)
    angles = np.pi * np.arange(_ANGLES)[:, None] / _ANGLES
    reach = int(np.hypot(ny, nx)) + 2
    across = np.cos(angles) * (x - 0.5 * (nx - 1)) + np.sin(angles) * (y - 0.5 * (ny - 1))
    return _brightest_line(calm, (across + 0.5 * reach).astype(np.int64), reach, min(ny, nx) / 3)


def column_excess(left: Stamps) -> Floats:
    """How far the strangest column of each stamp is off its neighbours, in sigmas of the mean along it.

    Pixels count up to 3 sigma, so that what the model left of the object makes no column.

    Parameters
    ----------
    left : ndarray, shape (m, ny, nx)
        What is left without the object, in units of the noise, without NaN.
    """
    ny, nx = left.shape[1:]
    along = np.clip(left, -_CALM, _CALM).mean(axis=1, dtype=np.float64)
    wide = np.pad(along, ((0, 0), (4, 4)), mode="reflect" if nx > 4 else "edge")
    around = np.median(np.stack([wide[:, k : k + nx] for k in (0, 1, 7, 8)]), axis=0)
    return np.asarray(np.abs(along - around).max(axis=1) * np.sqrt(ny))


def edge_gradient(above: Stamps) -> Floats:
    """The largest step of the sky between opposite sides, as the medians of an eighth on each, in units of the noise.

    Parameters
    ----------
    above : ndarray, shape (m, ny, nx)
        Pixels above the sky in units of its noise, without NaN.
    """
    _, ny, nx = above.shape
    w, h = max(1, nx // 8), max(1, ny // 8)
    across = [np.median(part, axis=(1, 2)) for part in (above[:, :, :w], above[:, :, -w:])]
    upwards = [np.median(part, axis=(1, 2)) for part in (above[:, :h], above[:, -h:])]
    return np.maximum(np.abs(across[0] - across[1]), np.abs(upwards[0] - upwards[1])).astype(np.float64)


def coherence(left: Stamps) -> Floats:
    """How much all edges of a stamp point the same way: 0 for none, 1 for one line (Bigun & Granlund 1987).

    Parameters
    ----------
    left : ndarray, shape (m, ny, nx)
        What is left without the object, in units of the noise, without NaN; at least 2 pixels wide and high.
    """
    calm = np.clip(left, -_CLIP, _CLIP)
    down, across = np.gradient(calm, axis=(1, 2))
    jxx, jyy, jxy = (
        np.sum(a * b, axis=(1, 2), dtype=np.float64) for a, b in ((across, across), (down, down), (across, down))
    )
    total = jxx + jyy
    return np.divide(np.hypot(jxx - jyy, 2 * jxy), total, out=np.zeros_like(total), where=total > 0)


@compiled
def _brightest_line(calm: Stamps, line: Ints, reach: int, least: float) -> Floats:
    """The largest sum along a line over the root of its pixels; ``line`` of shape (angles, n) tells each its line."""
    m, n = calm.shape
    found = np.zeros(m)
    counts = np.zeros((len(line), reach))
    sums = np.zeros(reach)
    for turn in range(len(line)):
        for at in range(n):
            counts[turn, line[turn, at]] += 1
    for k in range(m):
        for turn in range(len(line)):
            sums[:] = 0.0
            for at in range(n):
                sums[line[turn, at]] += calm[k, at]
            for at in range(reach):
                if counts[turn, at] >= least:
                    found[k] = max(found[k], sums[at] / np.sqrt(counts[turn, at]))
    return found
