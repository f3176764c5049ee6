"""Cosmic rays: hits and tracks with edges sharper than any light that came through the optics."""

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.compiled import compiled
from desktop_app.core.images.artefacts.artefact import Artefact, after_trials, hull_of, middle_of
from desktop_app.core.images.artefacts.frame import Frame

KIND = "cosmic ray"
_SHARP = 4.5
_CONTRAST = 5.0
_GROW = 0.45
_PASSES = 3
_BLOCK = 16
_MOST_OF_PICTURE = 0.02
_MOST_HITS = 3000
_STAR = 100.0
_SOFT = 0.15
_WIDEST_PX = 3.5
_LONGEST_STRAIGHT_PX = 20.0
Singles = NDArray[np.float32]


def find_cosmic_rays(frame: Frame, least: float) -> tuple[Artefact, ...]:
    """Pixels that step up from their neighbours more than noise and more than anything the optics could draw.

    The Laplacian of an image sampled twice as finely is high at sharp edges only; stars are told apart because their
    own fine structure, the difference of two medians, is as high. Pixels that touch one are taken in at a lower limit.
    Lines of spectra and columns are smooth along one axis, so the sharpness along either axis has to be there.

    Parameters
    ----------
    frame : Frame
    least : float
        The lowest score that is told.

    References
    ----------
    van Dokkum, P. G. (2001), PASP 113, 1420.
    """
    from scipy import ndimage

    own = _per_level(frame)
    values = np.array(frame.pixels, np.float32)
    hits = np.zeros(frame.shape, bool)
    sharpest = np.zeros(frame.shape, np.float32)
    for _ in range(_PASSES):
        sharp, contrast = _sharpness(
            values, frame.good, frame.level, np.float32(frame.noise), np.float32(own), _SHARP * _GROW
        )
        new = (sharp > _SHARP) & (contrast > _CONTRAST) & ~hits
        around = ndimage.binary_dilation(hits | new, structure=np.ones((3, 3), bool))
        edges = sharp > _SHARP * _GROW
        if not hits.any():
            # A track is seen whole at once where its edges hang together.
            labels, _ = ndimage.label(edges | new, structure=np.ones((3, 3)))
            around |= np.isin(labels, np.unique(labels[new]))
        new |= around & edges & ~hits
        if not new.any():
            break
        np.maximum(sharpest, np.where(new, sharp, 0), out=sharpest)
        hits |= new
        if hits.mean() > _MOST_OF_PICTURE:
            return ()
        _mend(values, hits, frame.good)
    return _grouped(frame, hits, sharpest, values, least)


def _per_level(frame: Frame) -> float:
    """How the variance grows with the level, from the differences of neighbours in small blocks; at least 0."""
    ny, nx = (n // _BLOCK * _BLOCK for n in frame.shape)
    if ny < 2 * _BLOCK or nx < 2 * _BLOCK:
        return 0.0
    pixels = frame.pixels[:ny, :nx].astype(np.float64)
    blocks = pixels.reshape(ny // _BLOCK, _BLOCK, nx // _BLOCK, _BLOCK).swapaxes(1, 2)
    along_x = np.median(np.abs(np.diff(blocks, axis=3)), axis=(2, 3))
    along_y = np.median(np.abs(np.diff(blocks, axis=2)), axis=(2, 3))
    # What has structure is rough across it; the smoother axis tells the noise.
    variance = (1.4826 * np.minimum(along_x, along_y)) ** 2 / 2
    over = np.median(blocks - frame.level[:ny, :nx].reshape(blocks.swapaxes(1, 2).shape).swapaxes(1, 2), axis=(2, 3))
    lit = over > 3 * frame.noise
    if np.count_nonzero(lit) < 8:
        return 0.0
    return float(max(np.median((variance[lit] - frame.noise**2) / over[lit]), 0.0))


@compiled
def _sharpness(
    values: Singles, good: Bools, level: Singles, noise: np.float32, own: np.float32, least: float
) -> tuple[Singles, Singles]:  # pragma: no cover  compiled
    """Laplacian over noise less its median about, and Laplacian over fine structure: zeros where it is below."""
    ny, nx = values.shape
    lap = np.zeros((ny, nx), np.float32)
    for y in range(ny):
        for x in range(nx):
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
    sharp = np.zeros((ny, nx), np.float32)
    contrast = np.zeros((ny, nx), np.float32)
    near = np.empty(81, np.float32)
    nine = np.empty(9, np.float32)
    fine = np.empty(49, np.float32)
    for y in range(ny):
        for x in range(nx):
            if lap[y, x] < np.float32(least) * noise:
                continue
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
            sharp[y, x] = ratio
            contrast[y, x] = ratio / structure
    return sharp, contrast


@compiled
def _mend(values: Singles, hits: Bools, good: Bools) -> None:  # pragma: no cover  compiled
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


def _grouped(frame: Frame, hits: Bools, sharpest: Singles, mended: Singles, least: float) -> tuple[Artefact, ...]:
    from scipy import ndimage

    labels, n = ndimage.label(hits, structure=np.ones((3, 3)))
    if n > max(_MOST_HITS, frame.good.size // 500):
        # Stars sharper than the pixels, or noise that is not what it seems: nothing can be told apart.
        return ()
    found = []
    for place, box in enumerate(ndimage.find_objects(labels), start=1):
        y, x = np.nonzero(labels[box] == place)
        y, x = y + box[0].start, x + box[1].start
        score = after_trials(float(sharpest[y, x].max()), float(frame.good.size))
        if score < least:
            continue
        over = (frame.pixels[y, x] - mended[y, x]).astype(np.float64)
        # The edges of what lies under a track hang on to it.
        kept = over > max(3 * frame.noise, 0.03 * float(over.max()))
        if not kept.any():
            continue
        y, x, over = y[kept], x[kept], over[kept]
        star = float((mended[y, x] - frame.level[y, x]).max())
        if star > _STAR * frame.noise and over.max() < star:
            continue
        if over.max() < 4 * frame.noise or _beside(frame, hits, mended, (y, x)) > _SOFT * over.max() + 2 * frame.noise:
            continue
        artefact = _artefact(x.astype(np.float64), y.astype(np.float64), over / frame.noise, score)
        if not _is_something_else(artefact):
            found.append(artefact)
    return tuple(found)


def _beside(frame: Frame, hits: Bools, mended: Singles, pixels: tuple[Ints, Ints]) -> float:
    """How high the pixels about a hit stand over what is about them: stars are soft, hits are not."""
    y, x = pixels
    ny, nx = frame.shape
    ring = {(int(b), int(a)) for b, a in zip(y, x, strict=True)}
    ring = {(b + dy, a + dx) for b, a in ring for dy in (-1, 0, 1) for dx in (-1, 0, 1)} - ring
    inside = [at for at in ring if 0 <= at[0] < ny and 0 <= at[1] < nx and frame.good[at] and not hits[at]]
    if not inside:
        return 0.0
    return float(np.median([frame.pixels[at] for at in inside]) - np.median(mended[y, x]))


def _is_something_else(artefact: Artefact) -> bool:
    """Whether it is a blot, or a piece of a column or of an edge."""
    length, width = artefact.numbers["length_px"], artefact.numbers["width_px"]
    straight = width < 1.3 and min(artefact.numbers["angle_deg"] % 90, -artefact.numbers["angle_deg"] % 90) < 0.5
    return (length < 2.5 * width and width > _WIDEST_PX and artefact.numbers["area_px"] > 25) or (
        straight and length > _LONGEST_STRAIGHT_PX
    )


def _artefact(x: Floats, y: Floats, over: Floats, score: float) -> Artefact:
    outline = hull_of(x, y)
    middle = middle_of(outline)
    dx, dy = x - x.mean(), y - y.mean()
    xx, yy, xy = float((dx * dx).mean()) + 1 / 12, float((dy * dy).mean()) + 1 / 12, float((dx * dy).mean())
    apart = float(np.hypot((xx - yy) / 2, xy))
    length, width = (float(np.sqrt(12 * max((xx + yy) / 2 + side * apart, 1 / 12))) for side in (1, -1))
    if len(x) == 1:
        what = "one pixel, a hit or a hot one,"
    elif length > 4 and length > 2 * width:
        what = f"a track of {len(x)} pixels, {length:.0f} px long,"
    else:
        what = f"a hit of {len(x)} pixels"
    return Artefact(
        kind=KIND,
        outline=outline,
        x=middle[0],
        y=middle[1],
        score=score,
        reason=f"{what} has edges sharper than a star's",
        numbers={
            "area_px": float(len(x)),
            "length_px": length,
            "width_px": width,
            "angle_deg": float(np.degrees(0.5 * np.arctan2(2 * xy, xx - yy))) % 180,
            "height_sigma": float(over.max()),
        },
    )
