"""Subtracts one picture from another after matching their point-spread functions, brightness and level."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma

_MOST_PX = 12_000
_BRIGHT = 6.0
_OUTLYING = 5.0
_TURNS = 3
_RIDGE = 1e-4


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
    """``science`` minus ``template``; the sharper of both is convolved by a kernel fitted pixel by pixel.

    Parameters
    ----------
    science, template : ndarray, shape (ny, nx)
        On the same pixels; NaN where there is no value.
    science_fwhm_px, template_fwhm_px : float
    used : ndarray of bool, shape (ny, nx), optional
        What the kernel may be fitted to; all that is bright where not given.

    References
    ----------
    Alard, C. and Lupton, R. H., ApJ 503, 325 (1998); Bramich, D. M., MNRAS 386, L77 (2008), for kernels of pixels.
    """
    science, template = science - _level(science), template - _level(template)
    both = np.isfinite(science) & np.isfinite(template)
    used = both if used is None else both & used
    if science_fwhm_px >= 0.97 * template_fwhm_px:
        kernel, level = _kernel(template, science, used, max(science_fwhm_px, template_fwhm_px))
        matched = _convolved(template, kernel) + level
        difference = np.where(both, science - matched, np.nan)
        return Subtraction(difference, matched, science_fwhm_px, float(kernel.sum()))
    kernel, level = _kernel(science, template, used, template_fwhm_px)
    scale = max(float(kernel.sum()), 1e-6)
    matched = (template - level) / scale
    difference = np.where(both, _convolved(science, kernel) / scale - matched, np.nan)
    return Subtraction(difference, matched, template_fwhm_px, 1 / scale)


def _level(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else 0.0


def _kernel(sharp: Floats, broad: Floats, used: Bools, fwhm_px: float) -> tuple[Floats, float]:
    """The kernel that makes ``broad`` out of ``sharp``, shape (2 h + 1, 2 h + 1), and the level between them."""
    half = int(np.clip(np.ceil(1.3 * fwhm_px), 2, 6))
    identity = np.zeros((2 * half + 1,) * 2)
    identity[half, half] = 1.0
    y, x = _bright_places(sharp, used, half)
    if y.size < 4 * identity.size:
        return identity, 0.0
    steps = np.arange(-half, half + 1)
    # Convolution turns the kernel about: the pixel that a weight takes from lies on the other side.
    table = sharp[y[:, None, None] - steps[None, :, None], x[:, None, None] - steps[None, None, :]].reshape(y.size, -1)
    good = np.isfinite(table).all(axis=1)
    table, wanted = np.column_stack([table[good], np.ones(int(good.sum()))]), broad[y, x][good]
    if wanted.size < 4 * identity.size:
        return identity, 0.0
    keep, solution = np.ones(wanted.size, np.bool_), np.append(identity.ravel(), 0.0)
    # The noise of a star grows with its light: weigh pixels by it, but not so that the faint ones rule.
    weight = 1 / (robust_sigma(broad[used]) ** 2 + np.maximum(wanted, 0) * 0.02 * np.quantile(np.abs(wanted), 0.9))
    for _ in range(_TURNS):
        solution = _solved(table[keep], wanted[keep], weight[keep])
        left = (wanted - table @ solution) * np.sqrt(weight)
        keep = np.abs(left - np.median(left)) < _OUTLYING * max(robust_sigma(left), 1e-12)
    return solution[:-1].reshape(identity.shape), float(solution[-1])


def _solved(table: Floats, wanted: Floats, weight: Floats) -> Floats:
    weighted = table * weight[:, None]
    normal = weighted.T @ table
    ridge = _RIDGE * np.diag(normal)[:-1].mean()
    normal[np.diag_indices(len(normal) - 1)] += ridge
    normal[-1, -1] += 1e-9
    return np.asarray(np.linalg.solve(normal, weighted.T @ wanted), np.float64)


def _bright_places(picture: Floats, used: Bools, half: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of pixels in and about sources, away from the border; evenly thinned where there are many."""
    from scipy.ndimage import binary_dilation, uniform_filter

    smooth = uniform_filter(np.nan_to_num(picture), 3)
    noise = robust_sigma(smooth[np.isfinite(picture)])
    bright = binary_dilation(smooth > _BRIGHT * max(noise, 1e-30), iterations=half)
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
