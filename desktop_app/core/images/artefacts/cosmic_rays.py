"""Cosmic rays: hits and tracks with edges sharper than any light that came through the optics."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Ints
from desktop_app.core.images.artefacts.artefact import Artefact, after_trials, middle_of
from desktop_app.core.images.artefacts.frame import Frame
from desktop_app.core.images.artefacts.sharp_pixels import SharpPixels
from desktop_app.core.images.artefacts.sharpness import Singles, peaks, softness
from desktop_app.core.images.polygons import hull_of
from desktop_app.core.progress import Report, part, silent

KIND = "cosmic ray"
_MOST_HITS = 3000
_STAR = 100.0
_SOFT = 0.15
_WIDEST_PX = 3.5
_LONGEST_STRAIGHT_PX = 20.0
_LEAST_FILLED = 0.5
_PEAK = 20.0
_DRAWN = 0.3
_FEWEST_STARS = 5
_AS_SOFT = 0.8
_SOFT_WITHOUT_STARS = 0.45
_TRACK_PX = 5.0
_TRACK_FILLED = 0.65
_MANY_SINGLE = 10
_HOT_PX = 4
_LEAST_THIN = 0.2
_SAID = "Looking for cosmic rays"


@dataclass(frozen=True, eq=False)
class CosmicRays:
    """What is sharper than light.

    Attributes
    ----------
    told : tuple of Artefact
    hot : ndarray of bool, shape (ny, nx), or None
        Pixels of the sensor that stand out by themselves, in pictures that have many: a sharp pixel among hundreds
        tells nothing of particles, but is no light either.
    n_hot : int
        How many places they are at.
    """

    told: tuple[Artefact, ...] = ()
    hot: Bools | None = None
    n_hot: int = 0


@dataclass(frozen=True, eq=False)
class _Hit:
    """Sharp pixels that touch one another, and how high each stands over what is about."""

    y: Ints
    x: Ints
    over: Singles
    artefact: Artefact

    @property
    def is_track(self) -> bool:
        length, width = self.artefact.numbers["length_px"], self.artefact.numbers["width_px"]
        filled = len(self.x) > max(_TRACK_PX, _TRACK_FILLED * length)
        return filled and length > _TRACK_PX and length > 2 * width


def find_cosmic_rays(frame: Frame, least: float, report: Report = silent) -> tuple[Artefact, ...]:
    """The cosmic rays of `search_cosmic_rays`."""
    return search_cosmic_rays(frame, least, report).told


def search_cosmic_rays(frame: Frame, least: float, report: Report = silent) -> CosmicRays:
    """Pixels that step up from their neighbours more than noise and more than anything the optics could draw.

    The Laplacian of an image sampled twice as finely is high at sharp edges only; stars are told apart because their
    own fine structure, the difference of two medians, is as high. Pixels that touch one are taken in at a lower limit.
    Lines of spectra and columns are smooth along one axis, so the sharpness along either axis has to be there. What is
    about as soft across as the stars of the picture was drawn by the optics, however long it is. Where most hits are
    single pixels and there are many, the sensor makes them, and only tracks are told.

    Parameters
    ----------
    frame : Frame
    least : float
        The lowest score that is told.
    report : callable
        Told the progress; may raise `JobCancelled`.

    References
    ----------
    van Dokkum, P. G. (2001), PASP 113, 1420.
    """
    sharp = SharpPixels(frame, part(report, 0.0, 0.6))
    if not sharp.run():
        return CosmicRays()
    softest = _softest(frame)
    hits = _hits(frame, sharp, least, part(report, 0.6, 1.0))
    hits = [kept for hit in hits if (kept := _not_drawn(frame, hit, softest)) is not None]
    single = sum(len(hit.x) == 1 for hit in hits)
    if single <= _MANY_SINGLE or single < len(hits) / 2:
        return CosmicRays(tuple(hit.artefact for hit in hits))
    hot = [hit for hit in hits if len(hit.x) <= _HOT_PX and not hit.is_track]
    mask = np.zeros(frame.shape, bool)
    for hit in hot:
        mask[hit.y, hit.x] = True
    return CosmicRays(tuple(hit.artefact for hit in hits if hit.is_track), mask, len(hot))


def _softest(frame: Frame) -> float:
    """From which softness on a thing is as soft as the sharper stars of the picture."""
    soft = softness(frame.pixels, frame.good, peaks(frame.pixels, frame.good, frame.sigmas, _PEAK))
    # Lone pixels and thin tracks have peaks as well, galaxies are softer.
    soft = soft[soft > _DRAWN]
    return _AS_SOFT * float(np.quantile(soft, 0.25)) if soft.size >= _FEWEST_STARS else _SOFT_WITHOUT_STARS


def _not_drawn(frame: Frame, hit: _Hit, softest: float) -> _Hit | None:
    """A hit whose higher half is sharper across than stars are, or what is left of one that crosses a star."""
    soft = softness(frame.pixels, frame.good, hit.y * frame.shape[1] + hit.x)
    if np.median(soft[hit.over > 0.5 * hit.over.max()]) < softest:
        return hit
    thin = soft < softest
    if np.count_nonzero(thin) <= _TRACK_PX:
        return None
    y, x, over = hit.y[thin], hit.x[thin], hit.over[thin]
    left = _Hit(y, x, over, _artefact(x, y, over / frame.noise, hit.artefact.score))
    return left if left.is_track and len(x) > _LEAST_THIN * len(hit.x) else None


def _hits(frame: Frame, sharp: SharpPixels, least: float, report: Report) -> list[_Hit]:
    from scipy import ndimage

    labels, n = ndimage.label(sharp.hits, structure=np.ones((3, 3)))
    if n > max(_MOST_HITS, frame.good.size // 500):
        # Stars sharper than the pixels, or noise that is not what it seems: nothing can be told apart.
        return []
    found = []
    for place, box in enumerate(ndimage.find_objects(labels), start=1):
        report(place / (n + 1), _SAID)
        y, x = np.nonzero(labels[box] == place)
        hit = _hit(frame, sharp, y + box[0].start, x + box[1].start, least)
        if hit is not None:
            found.append(hit)
    return found


def _hit(frame: Frame, sharp: SharpPixels, y: Ints, x: Ints, least: float) -> _Hit | None:
    """A hit of the sharp pixels that touch one another, None where they are none."""
    score = after_trials(float(sharp.sharpest[y, x].max()), float(frame.good.size))
    if score < least:
        return None
    mended = sharp.values
    over = frame.pixels[y, x] - mended[y, x]
    # The edges of what lies under a track hang on to it.
    kept = over > max(3 * frame.noise, 0.03 * float(over.max()))
    if not kept.any():
        return None
    y, x, over = y[kept], x[kept], over[kept]
    star = float((mended[y, x] - frame.level[y, x]).max())
    if star > _STAR * frame.noise and over.max() < star:
        return None
    if over.max() < 4 * frame.noise:
        return None
    if _beside(frame, sharp.hits, mended, (y, x)) > _SOFT * over.max() + 2 * frame.noise:
        return None
    artefact = _artefact(x, y, over / frame.noise, score)
    return None if _is_something_else(artefact) else _Hit(y, x, over, artefact)


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
    """Whether it is a blot, scattered pixels, or a piece of a column or of an edge."""
    length, width = artefact.numbers["length_px"], artefact.numbers["width_px"]
    straight = width < 1.3 and min(artefact.numbers["angle_deg"] % 90, -artefact.numbers["angle_deg"] % 90) < 0.5
    blot = length < 2.5 * width and width > _WIDEST_PX and artefact.numbers["area_px"] > 25
    scattered = length > _LONGEST_STRAIGHT_PX and artefact.numbers["area_px"] < _LEAST_FILLED * length
    return blot or scattered or (straight and length > _LONGEST_STRAIGHT_PX)


def _artefact(columns: Ints, rows: Ints, over: Singles, score: float) -> Artefact:
    x, y = columns.astype(np.float64), rows.astype(np.float64)
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
