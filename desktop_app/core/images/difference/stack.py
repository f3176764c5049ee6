"""Frames of one field brought onto the pixels of one of them, and what is usual at each pixel."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.errors import FitError
from desktop_app.core.images.aligning import SAME, Alignment, align
from desktop_app.core.images.background import background_of
from desktop_app.core.images.sources import AT_EDGE, BLENDED, MASKED, SATURATED, Sources, find_sources
from desktop_app.core.progress import Report
from desktop_app.core.sky import Sky
from desktop_app.core.sky_image import FrameSequence, Pixels, SkyImage

Light = NDArray[np.float32]
HELD_BYTES = 1 << 30
_SIGMA = 4.0
_STAR_SNR = 20.0
_USUAL_FWHM_PX = 2.5
_PLATEAU_PX = 6
_WITHOUT_WARP_PX = 0.02


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame on the pixels of the reference.

    Attributes
    ----------
    name : str
    jd : float
        NaN where not known.
    sky : Sky or None
        Of its own pixels.
    light : ndarray of float32, shape (ny, nx)
        Above the sky, aligned; NaN where it has no value.
    noise : float
        One sigma of the sky.
    fwhm_px : float
        The seeing.
    alignment : Alignment
        From its own pixels to those of the reference.
    """

    name: str
    jd: float
    sky: Sky | None
    light: Light
    noise: float
    fwhm_px: float
    alignment: Alignment

    def own(self, x: float, y: float) -> tuple[float, float]:
        """Where a place of the reference is in its own pixels."""
        back = np.linalg.solve(self.alignment.turn, np.array([x, y]) - self.alignment.move)
        return float(back[0]), float(back[1])


@dataclass(frozen=True, eq=False)
class _Opened:
    name: str
    image: SkyImage
    light: Light
    known: Bools
    noise: float
    fwhm_px: float
    sources: Sources


@dataclass(frozen=True, eq=False)
class Aligned:
    """Frames that lie on one another, in order of time, the sources of the one that they lie on, and notes."""

    frames: tuple[Frame, ...]
    sources: Sources
    notes: tuple[str, ...]


def aligned_frames(sequence: FrameSequence, names: Sequence[str], report: Report) -> Aligned:
    """The frames called ``names`` on the pixels of the one with most stars.

    Raises
    ------
    FitError
        Fewer than two can be laid on one another.
    ReadError
        A frame cannot be read.
    """
    opened = []
    for place, name in enumerate(names):
        report(0.7 * place / len(names), f"Reading frame {place + 1} of {len(names)}")
        opened.append(_looked_at(name, sequence.open(name)))
    reference = max(opened, key=lambda frame: (len(frame.sources), -frame.fwhm_px))
    frames, lost = [], []
    for place, one in enumerate(opened):
        report(0.7 + 0.3 * place / len(opened), f"Aligning frame {place + 1} of {len(opened)}")
        alignment = _onto(one, reference)
        if alignment is None or one.light.shape != reference.light.shape:
            lost.append(one.name)
            continue
        light = warped(one.light, one.known, alignment)
        frames.append(Frame(one.name, one.image.jd, one.image.sky, light, one.noise, one.fwhm_px, alignment))
    if len(frames) < 2:
        raise FitError(
            "The frames cannot be laid on one another: no pattern of stars is common to two of them.",
            hint="Choose frames of one field.",
        )
    notes = [f"{', '.join(lost[:3])}{' and more' if len(lost) > 3 else ''}: no pattern of stars in common; left out."]
    return Aligned(tuple(frames), reference.sources, tuple(notes if lost else ()))


def _looked_at(name: str, image: SkyImage) -> _Opened:
    background = background_of(image.pixels, image.bad)
    sources = find_sources(image, sigma=_SIGMA, background=background)
    light = (image.pixels - background.level).astype(np.float32)
    known = np.isfinite(light) & ~_saturated(image.pixels)
    if image.bad is not None:
        known &= ~image.bad
    noise = float(np.median(background.noise[known])) if known.any() else np.nan
    return _Opened(name, image, light, known, noise, seeing_of_sources(sources), sources)


def _saturated(pixels: Pixels) -> Bools:
    """Where pixels, and those about them, are as high as many are and none is higher."""
    from scipy.ndimage import binary_dilation

    finite = np.isfinite(pixels)
    top = float(np.max(pixels, where=finite, initial=-np.inf))
    full = finite & (pixels >= top - 1e-3 * abs(top))
    return np.asarray(binary_dilation(full, iterations=1), np.bool_) if full.sum() >= _PLATEAU_PX else full & False


def seeing_of_sources(sources: Sources) -> float:
    """The width of stars: that of the narrower half of bright, whole sources; in pixels."""
    plain = (sources.flags & (BLENDED | AT_EDGE | SATURATED | MASKED)) == 0
    widths = sources.fwhm_px[plain & (sources.snr > _STAR_SNR) & np.isfinite(sources.fwhm_px)]
    if widths.size < 3:
        widths = sources.fwhm_px[np.isfinite(sources.fwhm_px)]
    return float(np.clip(np.quantile(widths, 0.35), 1.2, 12.0)) if widths.size else _USUAL_FWHM_PX


def _onto(one: _Opened, reference: _Opened) -> Alignment | None:
    if one is reference:
        return SAME
    mine, theirs = (np.column_stack([frame.sources.x, frame.sources.y]) for frame in (one, reference))
    found = align(mine, one.sources.flux, theirs, reference.sources.flux)
    return found if found is not None else _by_sky(one.image, reference.image)


def _by_sky(image: SkyImage, reference: SkyImage) -> Alignment | None:
    """The alignment that the headers tell; None where one of them has no place on the sky."""
    if image.sky is None or reference.sky is None or image.sky.problem or reference.sky.problem:
        return None
    ny, nx = image.pixels.shape
    points = np.array([[0, 0], [nx - 1, 0], [0, ny - 1], [nx - 1, ny - 1], [nx / 2, ny / 2]], np.float64)
    onto = np.column_stack(reference.sky.to_pixel(*image.sky.to_sky(points[:, 0], points[:, 1])))
    if not np.isfinite(onto).all():
        return None
    table = np.column_stack([points, np.ones(len(points))])
    solution, *_ = np.linalg.lstsq(table, onto, rcond=None)
    return Alignment(np.asarray(solution[:2].T, np.float64), np.asarray(solution[2], np.float64))


def warped(light: Light, known: Bools, alignment: Alignment) -> Light:
    """``light`` on the pixels that ``alignment`` leads to, by cubic splines; NaN where it is not ``known``."""
    from scipy.ndimage import affine_transform

    ny, nx = light.shape
    corners = np.array([[0, 0], [nx - 1, 0], [0, ny - 1], [nx - 1, ny - 1]], np.float64)
    if np.abs(alignment.applied(corners) - corners).max() < _WITHOUT_WARP_PX:
        return np.where(known, light, np.float32(np.nan))
    # From pixels y, x of the reference back to those of the frame.
    back = np.linalg.inv(alignment.turn)
    turn, move = back[::-1, ::-1], (-back @ alignment.move)[::-1]
    made = affine_transform(np.nan_to_num(light), turn, move, order=3, mode="constant", cval=np.nan)
    outside = affine_transform((~known).astype(np.float32), turn, move, order=1, mode="constant", cval=1.0)
    return np.where(outside > 0.01, np.nan, made).astype(np.float32)


def usual_of_others(lights: Sequence[Light]) -> list[Light]:
    """For each frame the median of all others, pixel by pixel; NaN where fewer than half of them have a value."""
    n = len(lights)
    stack = np.stack(lights)
    if n == 2:
        return [stack[1], stack[0]]
    holes = np.isnan(stack).any(axis=0)
    filled = np.where(np.isnan(stack), np.float32(0), stack)
    # Without one value, the middle of the others is one or two of the three middle ones of all.
    lower, middle, upper = (n - 2) // 2, (n - 1) // 2, n // 2
    ordered = np.partition(filled, sorted({lower, middle, upper, min(upper + 1, n - 1)}), axis=0)
    made = []
    for place in range(n):
        value = filled[place]
        taken = [
            np.where(value <= ordered[rank], ordered[min(rank + 1, n - 1)], ordered[rank])
            for rank in ((n - 2) // 2, (n - 1) // 2)
        ]
        usual = (taken[0] + taken[1]) / 2
        if holes.any():
            others = np.delete(stack[:, holes], place, axis=0)
            known = np.isfinite(others).sum(axis=0)
            rest = np.full(others.shape[1], np.nan, np.float32)
            enough = 2 * known >= n - 1
            if enough.any():
                rest[enough] = np.nanmedian(others[:, enough], axis=0)
            usual[holes] = rest
        made.append(usual.astype(np.float32))
    return made


def wobble_of(differences: Sequence[Light]) -> Floats | None:
    """How much each pixel usually differs, as one sigma; None of fewer than five frames."""
    from scipy.ndimage import maximum_filter

    if len(differences) < 5:
        return None
    middle = np.median(np.abs(np.nan_to_num(np.stack(differences))), axis=0)
    return np.asarray(maximum_filter(1.4826 * middle, 3), np.float64)
