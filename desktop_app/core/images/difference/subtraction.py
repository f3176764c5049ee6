"""Subtracts one picture from another after matching their point-spread functions, brightness and level."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma

_MOST_PX = 12_000
_BRIGHT = 8.0
_OUTLYING = 5.0
_TURNS = 4
_RIDGE = 1e-6
_FEWEST_PX = 60
_MATCHED_TO = 0.03


@dataclass(frozen=True, eq=False)
class Subtraction:
    """A difference and how it was made.

    Attributes
    ----------
    difference : ndarray, shape (ny, nx)
        Science minus matched template, in the unit of the science; NaN where one of them has no value.
    template : ndarray, shape (ny, nx)
        As it was subtracted.
    fwhm_px : float
        Of a point source in the difference.
    scale : float
        How bright the template was made, relative to what it is.
    """

    difference: Floats
    template: Floats
    fwhm_px: float
    scale: float


def subtract(
    science: Floats, template: Floats, science_fwhm_px: float, template_fwhm_px: float, used: Bools | None = None
) -> Subtraction:
    """``science`` minus ``template``; the sharper of both is convolved by a kernel made of few shapes.

    Parameters
    ----------
    science, template : ndarray, shape (ny, nx)
        On the same pixels; NaN where there is no value.
    science_fwhm_px, template_fwhm_px : float
    used : ndarray of bool, shape (ny, nx), optional
        What the kernel may be fitted to; all that is bright where not given.

    References
    ----------
    Alard, C. and Lupton, R. H., ApJ 503, 325 (1998).
    """
    science, template = science - _level(science), template - _level(template)
    both = np.isfinite(science) & np.isfinite(template)
    used = both if used is None else both & used
    if science_fwhm_px >= 0.97 * template_fwhm_px:
        kernel, level = _kernel(template, science, used, template_fwhm_px, science_fwhm_px)
        matched = _convolved(template, kernel) + level
        difference = np.where(both, science - matched, np.nan)
        return Subtraction(difference, matched, science_fwhm_px, float(kernel.sum()))
    kernel, level = _kernel(science, template, used, science_fwhm_px, template_fwhm_px)
    scale = max(float(kernel.sum()), 1e-6)
    matched = (template - level) / scale
    difference = np.where(both, _convolved(science, kernel) / scale - matched, np.nan)
    return Subtraction(difference, matched, template_fwhm_px, 1 / scale)


def _level(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else 0.0


def _kernel(sharp: Floats, broad: Floats, used: Bools, narrow_px: float, wide_px: float) -> tuple[Floats, float]:
    """The kernel that makes ``broad`` out of ``sharp``, shape (2 h + 1, 2 h + 1), and the level between them."""
    half = int(np.clip(np.ceil(1.3 * max(narrow_px, wide_px)), 2, 6))
    basis = _basis(half, np.sqrt(max(wide_px**2 - narrow_px**2, 0.0)) / 2.3548)  # (p, 2 h + 1, 2 h + 1)
    y, x = _bright_places(sharp, used, half)
    steps = np.arange(-half, half + 1)
    # Convolution turns the kernel about: the pixel that a weight takes from lies on the other side.
    around = sharp[y[:, None, None] - steps[None, :, None], x[:, None, None] - steps[None, None, :]]
    table = around.reshape(y.size, -1) @ basis.reshape(len(basis), -1).T
    good = np.isfinite(table).all(axis=1)
    table, wanted = np.column_stack([table[good], np.ones(int(good.sum()))]), broad[y, x][good]
    light = np.maximum(np.abs(wanted), np.abs(sharp[y, x][good]))
    if wanted.size < _FEWEST_PX:
        return basis[0], 0.0
    keep, solution = np.ones(wanted.size, np.bool_), np.zeros(table.shape[1])
    # Stars are never matched to better than a few percent: neither may they rule, nor be thrown out for it. What is
    # bright in one picture alone is a particle or news, and may not rule either.
    weight = 1 / np.maximum(robust_sigma(broad[used]) ** 2 + (_MATCHED_TO * light) ** 2, 1e-30)
    for _ in range(_TURNS):
        solution = _solved(table[keep], wanted[keep], weight[keep])
        left = (wanted - table @ solution) * np.sqrt(weight)
        keep = np.abs(left) < _OUTLYING * max(robust_sigma(left), 1.0)
        if keep.sum() < _FEWEST_PX:
            return basis[0], 0.0
    return np.asarray(np.tensordot(solution[:-1], basis, 1), np.float64), float(solution[-1])


def _basis(half: int, between_px: float) -> Floats:
    """What kernels are made of: a single pixel, and two Gaussians, the narrower with polynomials up to squares."""
    grid = np.arange(-half, half + 1, dtype=np.float64)
    x, y = np.meshgrid(grid, grid)
    pixel = ((x == 0) & (y == 0)).astype(np.float64)
    narrow = max(between_px, 0.6)
    first = np.exp(-0.5 * (x**2 + y**2) / narrow**2)
    second = np.exp(-0.5 * (x**2 + y**2) / (1.8 * narrow) ** 2)
    shapes = [pixel, *(first * term for term in (1, x, y, x**2, x * y, y**2)), *(second * term for term in (1, x, y))]
    return np.array([shape / np.abs(shape).sum() for shape in shapes])


def _solved(table: Floats, wanted: Floats, weight: Floats) -> Floats:
    weighted = table * weight[:, None]
    normal = weighted.T @ table
    normal[np.diag_indices(len(normal))] *= 1 + _RIDGE
    normal[np.diag_indices(len(normal))] += 1e-12
    return np.asarray(np.linalg.solve(normal, weighted.T @ wanted), np.float64)


def _bright_places(picture: Floats, used: Bools, half: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of pixels in and about sources, away from the border; evenly thinned where there are many."""
    from scipy.ndimage import binary_dilation, uniform_filter

    smooth = uniform_filter(np.nan_to_num(picture), 3)
    noise = robust_sigma(smooth[np.isfinite(picture)])
    # Pixels that hold little but noise would pull the kernel towards nothing.
    bright = binary_dilation(smooth > _BRIGHT * max(noise, 1e-30))
    inside = np.zeros(picture.shape, np.bool_)
    inside[half:-half, half:-half] = True
    y, x = np.nonzero(bright & used & inside)
    step = max(y.size // _MOST_PX, 1)
    return y[::step], x[::step]


def _convolved(picture: Floats, kernel: Floats) -> Floats:
    """``picture`` through ``kernel``; NaN counts as nothing there, and stays NaN."""
    from scipy.signal import oaconvolve

    known = np.isfinite(picture)
    made = oaconvolve(np.where(known, picture, 0.0), kernel, mode="same")
    return np.where(known, made, np.nan)
