"""How sharp single pixels are: against noise and fine structure, and against the light on either side of them."""

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Ints
from desktop_app.core.compiled import compiled

Singles = NDArray[np.float32]


@compiled
def laplacian(values: Singles, good: Bools, lap: Singles, first: int, last: int) -> None:  # pragma: no cover  compiled
    """Put the Laplacian of the picture sampled twice as finely into the rows from ``first`` up to ``last``."""
    ny, nx = values.shape
    for y in range(first, last):
        for x in range(nx):
            lap[y, x] = 0.0
            if not good[y, x]:
                continue
            one = values[y, x]
            # Each pixel cut in four: a quarter sees two own quarters and one neighbour on either side.
            total = np.float32(0.0)
            left = values[y, x - 1] if x > 0 and good[y, x - 1] else one
            right = values[y, x + 1] if x + 1 < nx and good[y, x + 1] else one
            below = values[y - 1, x] if y > 0 and good[y - 1, x] else one
            above = values[y + 1, x] if y + 1 < ny and good[y + 1, x] else one
            for a in (left, right):
                for b in (below, above):
                    total += max(2 * one - a - b, np.float32(0.0))
            lap[y, x] = total / np.float32(4.0)


@compiled
def sharpness(
    values: Singles,
    good: Bools,
    level: Singles,
    lap: Singles,
    noise: np.float32,
    own: np.float32,
    least: float,
    at: Ints,
) -> tuple[Singles, Singles]:  # pragma: no cover  compiled
    """Laplacian over noise less its median about, and that over fine structure, of the pixels ``at`` (flat, (n,)).

    Both are 0 where the first is below ``least``.
    """
    ny, nx = values.shape
    sharp = np.zeros(len(at), np.float32)
    contrast = np.zeros(len(at), np.float32)
    near = np.empty(25, np.float32)
    nine = np.empty(9, np.float32)
    fine = np.empty(49, np.float32)
    for place in range(len(at)):
        y, x = at[place] // nx, at[place] % nx
        n = 0
        for j in range(max(y - 2, 0), min(y + 3, ny)):
            for i in range(max(x - 2, 0), min(x + 3, nx)):
                if good[j, i]:
                    near[n] = values[j, i]
                    n += 1
        if n < 9:
            continue
        median = np.median(near[:n])
        sigma = np.sqrt(noise * noise + own * max(median - level[y, x], np.float32(0.0)))
        ratio = lap[y, x] / (np.float32(2.0) * sigma)
        if ratio < least:
            continue
        n = 0
        for j in range(max(y - 2, 0), min(y + 3, ny)):
            for i in range(max(x - 2, 0), min(x + 3, nx)):
                if good[j, i]:
                    near[n] = lap[j, i]
                    n += 1
        ratio -= np.median(near[:n]) / (np.float32(2.0) * sigma)
        if ratio < least:
            continue
        # The median of 3 x 3 keeps stars, and that less the median of 7 x 7 is how high they stand.
        m = 0
        middle = np.float32(0.0)
        for j in range(y - 3, y + 4):
            for i in range(x - 3, x + 4):
                if j < 0 or i < 0 or j >= ny or i >= nx or not good[j, i]:
                    continue
                n = 0
                for jj in range(max(j - 1, 0), min(j + 2, ny)):
                    for ii in range(max(i - 1, 0), min(i + 2, nx)):
                        if good[jj, ii]:
                            nine[n] = values[jj, ii]
                            n += 1
                fine[m] = np.median(nine[:n])
                if j == y and i == x:
                    middle = fine[m]
                m += 1
        structure = max((middle - np.median(fine[:m])) / sigma, np.float32(0.3))
        sharp[place] = ratio
        contrast[place] = ratio / structure
    return sharp, contrast


@compiled
def mend(values: Singles, hits: Bools, good: Bools) -> None:  # pragma: no cover  compiled
    """Put the median of what is about in the place of each hit."""
    ny, nx = values.shape
    near = np.empty(49, np.float32)
    for y in range(ny):
        for x in range(nx):
            if not hits[y, x]:
                continue
            n = 0
            for j in range(max(y - 3, 0), min(y + 4, ny)):
                for i in range(max(x - 3, 0), min(x + 4, nx)):
                    if good[j, i] and not hits[j, i]:
                        near[n] = values[j, i]
                        n += 1
            if n > 0:
                values[y, x] = np.median(near[:n])


@compiled
def about(hits: Bools, reach: int) -> Bools:  # pragma: no cover  compiled
    """The pixels within ``reach`` rows and columns of a hit."""
    ny, nx = hits.shape
    found = np.zeros((ny, nx), np.bool_)
    for y in range(ny):
        for x in range(nx):
            if hits[y, x]:
                found[max(y - reach, 0) : min(y + reach + 1, ny), max(x - reach, 0) : min(x + reach + 1, nx)] = True
    return found


@compiled
def peaks(values: Singles, good: Bools, sigmas: Singles, least: float) -> Ints:  # pragma: no cover  compiled
    """Flat places of pixels from ``least`` sigmas on that none of the eight about them exceeds, shape (n,)."""
    ny, nx = values.shape
    found = []
    for y in range(3, ny - 3):
        for x in range(3, nx - 3):
            if not good[y, x] or sigmas[y, x] < least:
                continue
            highest = True
            for j in range(y - 1, y + 2):
                for i in range(x - 1, x + 2):
                    if values[j, i] > values[y, x] or not good[j, i]:
                        highest = False
            if highest:
                found.append(y * nx + x)
    return np.array(found, np.int64)


@compiled
def softness(values: Singles, good: Bools, at: Ints) -> Singles:  # pragma: no cover  compiled
    """The light of the two neighbours over that of the pixel, across where it is least; shape (n,) as ``at``.

    Of a star drawn by the optics this is the same at every height; 0 of a lone pixel, at most a half of a track that is
    two pixels wide. Light counts above the median of the pixels three rows or columns away. The two that touch at a
    corner are farther off; the root is what a normal profile has at one pixel.
    """
    ny, nx = values.shape
    found = np.zeros(len(at), np.float32)
    ring = np.empty(24, np.float32)
    for place in range(len(at)):
        y, x = at[place] // nx, at[place] % nx
        n = 0
        for j in range(max(y - 3, 0), min(y + 4, ny)):
            for i in range(max(x - 3, 0), min(x + 4, nx)):
                if (abs(j - y) == 3 or abs(i - x) == 3) and good[j, i]:
                    ring[n] = values[j, i]
                    n += 1
        if n < 8:
            continue
        sky = np.median(ring[:n])
        light = values[y, x] - sky
        if light <= 0:
            continue
        least = np.inf
        for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
            total = 0.0
            n = 0
            for side in (-1, 1):
                j, i = y + side * dy, x + side * dx
                if 0 <= j < ny and 0 <= i < nx and good[j, i]:
                    total += max(values[j, i] - sky, 0.0)
                    n += 1
            if n == 0:
                continue
            share = total / n / light
            least = min(least, np.sqrt(share) if dy * dx else share)
        if least < np.inf:
            found[place] = least
    return found
