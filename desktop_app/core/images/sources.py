"""Sources of a picture: where they are, how bright, how large, and what is wrong with each."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, Ints, frozen_floats, frozen_ints
from desktop_app.core.errors import FitError
from desktop_app.core.images.background import Background, background_of, trusted
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.sky_image import SkyImage

BLENDED, AT_EDGE, SATURATED, MASKED = 1, 2, 4, 8
"""Bits of ``Sources.flags``: deblended from a neighbour, cut off by the edge, as bright as pixels get, with pixels
that are missing or not to be trusted."""
NUMBERS = ("flux", "flux_err", "snr", "peak", "a_px", "b_px", "theta_deg", "fwhm_px", "area_px")

_BAND_PX = 16_000_000
_OVERLAP_ROWS = 256
_SEP_DEBLENDED, _SEP_TRUNCATED = 1, 2
_LARGEST_STACK = 200_000_000
_LARGEST_DEBLENDED = 65_536
# Kron's recipe as in Bertin & Arnouts (1996) and the documentation of sep.
_KRON_REACH, _KRON_FACTOR, _LEAST_RADIUS_PX = 6.0, 2.5, 1.75
_SIGMA_IN_FWHM = 1 / 2.3548
_WIDEST_WINDOW, _LARGEST_WINDOW_PX = 1.5, 15.0
_LEAST_PLATEAU = 4
_PLATEAU = 1e-3
_FURTHEST = 1e30


@dataclass(frozen=True, eq=False)
class Sources:
    """What stands above the sky of one picture, in order of y.

    Attributes
    ----------
    x, y : ndarray, shape (m,)
        Pixels; the middle of the first one is 0.0.
    flux, flux_err : ndarray, shape (m,)
        Within the ellipse of Kron, above the sky, and one sigma of the sky in it; in the unit of the pixels.
    snr : ndarray, shape (m,)
        ``flux`` over ``flux_err``.
    peak : ndarray, shape (m,)
        The brightest pixel above the sky.
    a_px, b_px, theta_deg : ndarray, shape (m,)
        Second moments along the longer and the shorter axis; degrees from the x axis towards the y axis.
    fwhm_px : ndarray, shape (m,)
        Twice the radius that holds half the flux, which is the full width at half maximum of a Gaussian.
    area_px : ndarray, shape (m,)
        How many pixels stand above the threshold.
    flags : ndarray of int, shape (m,)
        `BLENDED`, `AT_EDGE`, `SATURATED`, `MASKED`, or-ed.
    ra_deg, dec_deg : ndarray, shape (m,)
        ICRS; NaN where the picture has no place on the sky.
    """

    x: Floats
    y: Floats
    flux: Floats
    flux_err: Floats
    snr: Floats
    peak: Floats
    a_px: Floats
    b_px: Floats
    theta_deg: Floats
    fwhm_px: Floats
    area_px: Floats
    flags: Ints
    ra_deg: Floats
    dec_deg: Floats

    def __post_init__(self) -> None:
        for one in fields(self):
            freeze = frozen_ints if one.name == "flags" else frozen_floats
            object.__setattr__(self, one.name, freeze(getattr(self, one.name)))
        if {len(getattr(self, one.name)) for one in fields(self)} != {len(self.x)}:
            raise ValueError("the columns of the sources have different lengths")

    def __len__(self) -> int:
        return len(self.x)

    def taken(self, which: Bools | Ints) -> Self:
        """Some of them: by a mask of shape (m,), or by their places in the order wanted."""
        return replace(self, **{one.name: getattr(self, one.name)[which] for one in fields(self)})

    @property
    def numbers(self) -> dict[str, Floats]:
        """What was measured, by name, each of shape (m,)."""
        return {**{name: getattr(self, name) for name in NUMBERS}, "flags": self.flags.astype(np.float64)}


def no_sources() -> Sources:
    """None at all."""
    none = np.zeros(0)
    return Sources(none, none, none, none, none, none, none, none, none, none, none, np.zeros(0, np.int64), none, none)


def find_sources(
    image: SkyImage,
    *,
    sigma: float = 3.0,
    least_px: int = 5,
    background: Background | None = None,
    report: Report = silent,
) -> Sources:
    """Connected pixels above the sky, told apart where they touch, and measured.

    Parameters
    ----------
    image : SkyImage
    sigma : float
        How far above the sky the smoothed pixels of a source are, in sigmas of the noise there.
    least_px : int
        How many pixels a source has.
    background : Background, optional
        Made where not given.
    report : callable
        Told the progress; may raise `JobCancelled`.

    Raises
    ------
    FitError
        There is so much in the picture that sources cannot be told apart.

    References
    ----------
    Bertin, E., & Arnouts, S. (1996), A&AS 117, 393; Barbary, K. (2016), JOSS 1, 58.
    """
    report(0.0, "Measuring the sky")
    good = np.ascontiguousarray(trusted(image.pixels, image.bad))
    if not good.any():
        return no_sources()
    background = background or background_of(image.pixels, image.bad, report=part(report, 0.0, 0.3))
    report(0.3, "Finding sources")
    # In units of a typical noise, which float32 can hold whatever the unit of the pixels.
    unit = float(np.median(background.noise[good][:: max(good.size // 100_000, 1)]))
    light, noise = _in_units(image, background, good, unit)
    found = _found(light, noise, ~good, sigma, least_px, part(report, 0.3, 0.7))
    if not len(found):
        return no_sources()
    report(0.7, f"Measuring {len(found):,} sources")
    return _measured(image, _Field(light, noise, ~good, unit), found, part(report, 0.7, 1.0))


@dataclass(frozen=True, eq=False)
class _Field:
    """Light above the sky and its noise in units of ``unit``, and where there is none; shapes (ny, nx)."""

    light: NDArray[np.float32]
    noise: NDArray[np.float32]
    bad: Bools
    unit: float


def _in_units(
    image: SkyImage, background: Background, good: Bools, unit: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    with np.errstate(all="ignore"):
        light = np.clip((image.pixels - background.level) / unit, -_FURTHEST, _FURTHEST).astype(np.float32)
        noise = np.clip(background.noise / unit, np.finfo(np.float32).tiny, _FURTHEST).astype(np.float32)
    light[~good] = 0
    return np.ascontiguousarray(light), np.ascontiguousarray(noise)


def _bands(shape: tuple[int, ...]) -> Iterator[tuple[int, int, int, int]]:
    """Rows start, stop that are looked at together, and first, last of them whose sources count."""
    ny, nx = shape
    rows = max(_BAND_PX // max(nx, 1), 2 * _OVERLAP_ROWS)
    if ny <= rows:
        yield 0, ny, 0, ny
        return
    for first in range(0, ny, rows):
        last = min(first + rows, ny)
        yield max(first - _OVERLAP_ROWS, 0), min(last + _OVERLAP_ROWS, ny), first, last


def _found(
    light: NDArray[np.float32], noise: NDArray[np.float32], bad: Bools, sigma: float, least_px: int, report: Report
) -> NDArray[np.void]:
    """The rows of sep for the whole picture, band by band, so that a large one can be cancelled."""
    kept = []
    for start, stop, first, last in _bands(light.shape):
        report(start / light.shape[0], "Finding sources")
        band = slice(start, stop)
        found = _extracted(light[band], noise[band], bad[band], sigma, least_px)
        for name in ("y", "ypeak", "ycpeak", "ymin", "ymax"):
            found[name] += start
        kept.append(found[(found["y"] >= first - 0.5) & (found["y"] < last - 0.5)])
    every = np.concatenate(kept)
    every = every[np.isfinite(every["x"]) & np.isfinite(every["y"]) & (every["a"] > 0) & (every["b"] > 0)]
    return every[np.argsort(every["y"], kind="stable")]


def _extracted(
    light: NDArray[np.float32], noise: NDArray[np.float32], bad: Bools, sigma: float, least_px: int
) -> NDArray[np.void]:
    """What sep finds; its limits are raised where a picture has more in it than they allow."""
    import sep

    while True:
        try:
            found: NDArray[np.void] = sep.extract(light, sigma, err=noise, mask=bad, minarea=least_px)
        except ValueError:
            raise
        # sep says in words only what was full.
        except Exception as error:
            said = str(error)
            if "pixel buffer full" in said and sep.get_extract_pixstack() < _LARGEST_STACK:
                sep.set_extract_pixstack(sep.get_extract_pixstack() * 4)
            elif "deblend" in said and sep.get_sub_object_limit() < _LARGEST_DEBLENDED:
                sep.set_sub_object_limit(sep.get_sub_object_limit() * 4)
            else:
                raise FitError(
                    "The sources of this picture cannot be told apart.", hint="Raise the detection threshold."
                ) from error
        else:
            return found


def _measured(image: SkyImage, field: _Field, found: NDArray[np.void], report: Report) -> Sources:
    import sep

    x, y = (np.array(found[name], np.float64) for name in ("x", "y"))
    a, b = (np.array(found[name], np.float64) for name in ("a", "b"))
    theta = np.clip(np.array(found["theta"], np.float64), -np.pi / 2, np.pi / 2)
    flux, error = _kron(field, x, y, a, b, theta)
    report(0.4, f"Measuring {len(x):,} sources")
    reach = np.maximum(_KRON_REACH * a, 3.0)
    half, _ = sep.flux_radius(field.light, x, y, reach, 0.5, normflux=np.maximum(flux, 0), mask=field.bad, subpix=5)
    fwhm = np.where((half > 0) & (flux > 0), 2 * half, np.nan)
    report(0.7, f"Measuring {len(x):,} sources")
    flags = _flags(image, field, found, fwhm)
    x, y = _windowed(field, x, y, a, b, fwhm, flags)
    ra, dec = image.sky.to_sky(x, y) if image.sky is not None else (np.full(len(x), np.nan),) * 2
    with np.errstate(all="ignore"):
        snr = flux / error
    return Sources(
        x=x,
        y=y,
        flux=flux * field.unit,
        flux_err=error * field.unit,
        snr=snr,
        peak=np.array(found["peak"], np.float64) * field.unit,
        a_px=a,
        b_px=b,
        theta_deg=np.degrees(theta),
        fwhm_px=fwhm,
        area_px=np.array(found["npix"], np.float64),
        flags=flags,
        ra_deg=ra,
        dec_deg=dec,
    )


def _kron(field: _Field, x: Floats, y: Floats, a: Floats, b: Floats, theta: Floats) -> tuple[Floats, Floats]:
    """Flux in the ellipse of Kron and one sigma of it; in a small circle where the ellipse is smaller still."""
    import sep

    b = np.maximum(b, 1e-3)
    radius, _ = sep.kron_radius(field.light, x, y, a, b, theta, _KRON_REACH, mask=field.bad)
    radius = np.where(np.isfinite(radius) & (radius > 0), np.minimum(radius, _KRON_REACH), 1.0)
    flux, error, _ = sep.sum_ellipse(
        field.light, x, y, a, b, theta, _KRON_FACTOR * radius, err=field.noise, mask=field.bad, subpix=5
    )
    small = radius * np.sqrt(a * b) * _KRON_FACTOR < _LEAST_RADIUS_PX
    if small.any():
        flux[small], error[small], _ = sep.sum_circle(
            field.light, x[small], y[small], _LEAST_RADIUS_PX, err=field.noise, mask=field.bad, subpix=5
        )
    return np.asarray(flux, np.float64), np.asarray(error, np.float64)


def _flags(image: SkyImage, field: _Field, found: NDArray[np.void], fwhm: Floats) -> Ints:
    ny, nx = field.light.shape
    blended = (found["flag"] & _SEP_DEBLENDED) > 0
    reach = np.nan_to_num(fwhm / 2)
    x, y = found["x"], found["y"]
    at_edge = (found["flag"] & _SEP_TRUNCATED) > 0
    at_edge |= (found["xmin"] <= 0) | (found["ymin"] <= 0) | (found["xmax"] >= nx - 1) | (found["ymax"] >= ny - 1)
    at_edge |= (x < reach) | (y < reach) | (x > nx - 1 - reach) | (y > ny - 1 - reach)
    saturated = _counts_in(found, _plateau(image, ~field.bad)) >= _LEAST_PLATEAU
    masked = _counts_in(found, field.bad) > 0
    bits = ((blended, BLENDED), (at_edge, AT_EDGE), (saturated, SATURATED), (masked, MASKED))
    return np.sum([np.where(which, bit, 0) for which, bit in bits], axis=0).astype(np.int64)


def _plateau(image: SkyImage, good: Bools) -> Bools:
    """Pixels that are as bright as any pixel of the picture gets."""
    highest = float(np.max(image.pixels, where=good, initial=-np.inf))
    flat: Bools = good & (image.pixels >= highest - _PLATEAU * abs(highest))
    # Of a picture without noise, all of it.
    return flat if flat.mean() < 0.5 else np.zeros_like(flat)


def _counts_in(found: NDArray[np.void], which: Bools) -> Ints:
    """How many pixels of ``which`` lie in the box of each source, shape (m,)."""
    boxes = zip(*(found[name].tolist() for name in ("ymin", "ymax", "xmin", "xmax")), strict=True)
    # A table of sums over the whole picture would take a second of a large one.
    counts = (which[max(low, 0) : high + 1, max(left, 0) : right + 1].sum() for low, high, left, right in boxes)
    return np.fromiter(counts, np.int64, len(found))


def _windowed(
    field: _Field, x: Floats, y: Floats, a: Floats, b: Floats, fwhm: Floats, flags: Ints
) -> tuple[Floats, Floats]:
    """Centroids weighted by a Gaussian as wide as the source, which noise in the wings does not move.

    Where the weighting leads far away, as between the parts of a blend, the isophotal centroid stays.
    """
    import sep

    # Where light of others lies around, half of it is far away: such a window would be as wide as it is useless.
    width = np.minimum(fwhm * _SIGMA_IN_FWHM, _WIDEST_WINDOW * np.sqrt(a * b))
    alone = np.isfinite(width) & ((flags & (SATURATED | AT_EDGE)) == 0) & (width < _LARGEST_WINDOW_PX)
    if not alone.any():
        return x, y
    sharper_x, sharper_y, flag = sep.winpos(field.light, x[alone], y[alone], width[alone], mask=field.bad)
    near = np.hypot(sharper_x - x[alone], sharper_y - y[alone]) < np.minimum(fwhm[alone] / 4, 1.0)
    near &= flag == 0
    moved_x, moved_y = x.copy(), y.copy()
    moved_x[alone] = np.where(near, sharper_x, x[alone])
    moved_y[alone] = np.where(near, sharper_y, y[alone])
    return moved_x, moved_y
