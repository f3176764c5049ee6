"""How light is spread in each stamp: concentration, asymmetry, smoothness, Gini, M20."""

from typing import NamedTuple

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.compiled import compiled
from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.footprints import Footprints

_PETROSIAN = 0.2


class Radii(NamedTuple):
    """Radii around the centroid in pixels, and the light inside the outermost, shape (m,) each."""

    petrosian: Floats
    r20: Floats
    r50: Floats
    r80: Floats
    flux: Floats


def radii_of(above: Stamps, prints: Footprints) -> Radii:
    """The Petrosian radius of each object, and those that hold a fifth, half and four fifths of its light.

    The Petrosian radius is where a ring has 0.2 of the mean brightness inside it; the light is that inside 1.5 of
    them (Conselice 2003, ApJS 147, 1), or inside the largest circle of the stamp where that is smaller.

    Parameters
    ----------
    above : ndarray, shape (m, ny, nx)
        Pixels above the sky in units of its noise, without NaN.
    prints : Footprints
    """
    light, area = _growth(above, prints.x, prints.y)
    edges = 0.5 * np.arange(1, light.shape[1] + 1)
    inside, pixels = np.cumsum(light, axis=1), np.cumsum(area, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        low = light / area < _PETROSIAN * inside / pixels
    low[:, :2] = False
    widest = 0.5 * min(above.shape[1:])
    petrosian = np.where(low.any(axis=1), edges[np.argmax(low, axis=1)], widest)
    outermost = np.minimum(1.5 * petrosian, widest)
    rows = np.arange(len(above))
    flux = inside[rows, np.clip((2 * outermost).astype(np.int64) - 1, 0, light.shape[1] - 1)]
    r20, r50, r80 = (_radius_holding(share, inside, flux, edges) for share in (0.2, 0.5, 0.8))
    return Radii(petrosian, r20, r50, r80, flux)


def _radius_holding(share: float, inside: Floats, flux: Floats, edges: Floats) -> Floats:
    """Where the light inside first reaches ``share`` of ``flux``, area counted evenly between two edges."""
    rows = np.arange(len(inside))
    wanted = share * flux
    at = np.argmax(inside >= wanted[:, None], axis=1)
    before = np.where(at > 0, inside[rows, np.maximum(at - 1, 0)], 0.0)
    inner = np.where(at > 0, edges[np.maximum(at - 1, 0)], 0.0)
    step = inside[rows, at] - before
    part = np.clip(np.divide(wanted - before, step, out=np.zeros_like(step), where=step > 0), 0.0, 1.0)
    radius = np.sqrt(inner**2 + part * (edges[at] ** 2 - inner**2))
    return np.where(flux > 0, radius, np.nan)


@compiled
def _growth(above: Stamps, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Light in rings half a pixel wide, and their numbers of pixels; one near the middle counts as nine parts."""
    m, ny, nx = above.shape
    reach = 2 * int(np.hypot(ny, nx)) + 2
    light, area = np.zeros((m, reach)), np.zeros((m, reach))
    for k in range(m):
        for j in range(ny):
            for i in range(nx):
                cut = 3 if abs(i - x[k]) < 6 and abs(j - y[k]) < 6 else 1
                for part in range(cut * cut):
                    dx = i - x[k] + (part % cut - 0.5 * (cut - 1)) / cut
                    dy = j - y[k] + (part // cut - 0.5 * (cut - 1)) / cut
                    r = int(2 * np.sqrt(dx * dx + dy * dy))
                    light[k, r] += above[k, j, i] / (cut * cut)
                    area[k, r] += 1 / (cut * cut)
    return light, area


@compiled
def turned_about(above: Stamps, x: Floats, y: Floats, inner: Floats, outer: Floats) -> tuple[Floats, Floats]:
    """The asymmetry under half a turn, and that of everything outside ``inner``, around the best of 25 centres.

    A = sum |I - I180| / sum |I| within ``outer`` (Conselice 2003), less what noise of one sigma would make,
    2 / sqrt(pi) a pixel; the outer part is that of Wen & Zheng 2016 (ApJ 832, 90). Centres lie on half pixels, so that
    no pixel has to be made of others.
    """
    m, ny, nx = above.shape
    whole, outside = np.full(m, np.nan), np.full(m, np.nan)
    for k in range(m):
        best = np.inf
        for step in range(25):
            cx, cy = int(np.floor(2 * x[k] + 0.5)) + step % 5 - 2, int(np.floor(2 * y[k] + 0.5)) + step // 5 - 2
            unlike, total, far_unlike, far_total, n, far_n = 0.0, 0.0, 0.0, 0.0, 0, 0
            for j in range(max(0, cy - ny + 1), min(ny - 1, cy) + 1):
                for i in range(max(0, cx - nx + 1), min(nx - 1, cx) + 1):
                    r2 = (i - 0.5 * cx) ** 2 + (j - 0.5 * cy) ** 2
                    if r2 > outer[k] ** 2:
                        continue
                    apart, light = abs(above[k, j, i] - above[k, cy - j, cx - i]), abs(above[k, j, i])
                    unlike, total, n = unlike + apart, total + light, n + 1
                    if r2 > inner[k] ** 2:
                        far_unlike, far_total, far_n = far_unlike + apart, far_total + light, far_n + 1
            if total > 0 and unlike / total < best:
                best = unlike / total
                whole[k] = (unlike - n * 1.1283791670955126) / total
                if far_total > 0:
                    outside[k] = (far_unlike - far_n * 1.1283791670955126) / far_total
    return whole, outside


@compiled
def gini_and_m20(above: Stamps, inside: Bools, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """How unevenly light is shared, and where its brightest fifth is (Lotz, Primack & Madau 2004, AJ 128, 163)."""
    m, ny, nx = above.shape
    gini, m20 = np.full(m, np.nan), np.full(m, np.nan)
    light, away = np.empty(ny * nx), np.empty(ny * nx)
    for k in range(m):
        n = 0
        for j in range(ny):
            for i in range(nx):
                if inside[k, j, i]:
                    light[n] = abs(above[k, j, i])
                    away[n] = (i - x[k]) ** 2 + (j - y[k]) ** 2
                    n += 1
        order = np.argsort(light[:n])
        total, ranked, moment = 0.0, 0.0, 0.0
        for place in range(n):
            value = light[order[place]]
            total += value
            ranked += (2 * (place + 1) - n - 1) * value
            moment += value * away[order[place]]
        if n < 2 or total <= 0 or moment <= 0:
            continue
        gini[k] = ranked / (total * (n - 1))
        summed, brightest = 0.0, 0.0
        for place in range(n - 1, -1, -1):
            brightest += light[order[place]] * away[order[place]]
            summed += light[order[place]]
            if summed >= 0.2 * total:
                break
        m20[k] = np.log10(max(brightest / moment, 1e-6))
    return gini, m20


@compiled
def clumpiness(above: Stamps, x: Floats, y: Floats, petrosian: Floats) -> Floats:
    """The share of light in clumps smaller than a quarter of the Petrosian radius (Conselice 2003).

    S = sum of what is above the mean over a box of that half width, between 0.25 and 1.5 radii, less what noise of
    one sigma would make; without the factor of ten.
    """
    m, ny, nx = above.shape
    found = np.full(m, np.nan)
    sums = np.zeros((ny + 1, nx + 1))
    for k in range(m):
        for j in range(ny):
            row = 0.0
            for i in range(nx):
                row += above[k, j, i]
                sums[j + 1, i + 1] = sums[j, i + 1] + row
        half = max(1, int(0.25 * petrosian[k] + 0.5))
        # The mean over the box takes its own share of the noise of the pixel away.
        noise = np.sqrt((1 - 1 / (2 * half + 1) ** 2) / (2 * np.pi))
        clumps, total = 0.0, 0.0
        for j in range(ny):
            for i in range(nx):
                r = np.hypot(i - x[k], j - y[k])
                if r > 1.5 * petrosian[k]:
                    continue
                total += above[k, j, i]
                if r > 0.25 * petrosian[k]:
                    low, high, left, right = (
                        max(0, j - half),
                        min(ny, j + half + 1),
                        max(0, i - half),
                        min(nx, i + half + 1),
                    )
                    box = sums[high, right] - sums[low, right] - sums[high, left] + sums[low, left]
                    clumps += max(above[k, j, i] - box / ((high - low) * (right - left)), 0.0) - noise
        if total > 0:
            found[k] = clumps / total
    return found


@compiled
def mirrored(above: Stamps, x: Floats, y: Floats, theta: Floats, outer: Floats) -> Floats:
    """The asymmetry under reflection about the axis of the object, the larger of its two.

    Pixels in between are made of four; noise of such differences is that of one and four ninths pixels.
    """
    m, ny, nx = above.shape
    found = np.full(m, np.nan)
    noise = np.sqrt(13 / 9 * 2 / np.pi)
    for k in range(m):
        worst = -np.inf
        for axis in range(2):
            c, s = np.cos(2 * (theta[k] + axis * np.pi / 2)), np.sin(2 * (theta[k] + axis * np.pi / 2))
            unlike, total = 0.0, 0.0
            for j in range(ny):
                for i in range(nx):
                    dx, dy = i - x[k], j - y[k]
                    if dx * dx + dy * dy > outer[k] ** 2:
                        continue
                    px, py = x[k] + c * dx + s * dy, y[k] + s * dx - c * dy
                    p, q = int(np.floor(px)), int(np.floor(py))
                    if p < 0 or q < 0 or p > nx - 2 or q > ny - 2:
                        continue
                    u, v = px - p, py - q
                    there = (1 - v) * ((1 - u) * above[k, q, p] + u * above[k, q, p + 1])
                    there += v * ((1 - u) * above[k, q + 1, p] + u * above[k, q + 1, p + 1])
                    unlike += abs(above[k, j, i] - there) - noise
                    total += abs(above[k, j, i])
            if total > 0:
                worst = max(worst, unlike / total)
        if worst > -np.inf:
            found[k] = worst
    return found
