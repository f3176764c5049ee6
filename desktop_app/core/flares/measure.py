"""Measures a flare: edges, amplitude, equivalent duration, and the flares that a complex one consists of."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.flares.shapes import in_rows

SECONDARY_SIGMA = 3.0
"""How far a further peak has to stand out over the fitted decay of those before it."""
EDGE_SIGMA = 1.0
"""A flare goes on while it is above this."""
DAY_S = 86400.0
_MOST_COMPONENTS = 6
_MOST_ROWS = 400
_SECONDARY_SNR = 6.0
_PROMINENCE = 5.0
_MODEL_ERROR = 0.1
_PAUSE_CADENCES = 6.0
_WIDEN = 4
_LEAST_PAD = 400
_FWHMS = 18
_PHASES = (-0.33, 0.0, 0.33)
_MOMENTS = 5
_CLIP = 3.0


@dataclass(frozen=True, eq=False)
class _Stretch:
    """The rows of one flare, evenly counted; all arrays of shape (k,).

    Attributes
    ----------
    place : ndarray
        Time in cadences since the first row.
    flux, noise : ndarray
        Above the baseline, and one sigma.
    """

    place: Floats
    flux: Floats
    noise: Floats


def flare_evidence(
    time_d: Floats, residual_flux: Floats, baseline: Floats, noise: Floats, start: int, stop: int
) -> dict[str, float]:
    """What an astronomer notes down about the flare in the rows ``start:stop``, for the evidence of an event.

    The edges are extended while the flux stays `EDGE_SIGMA` above the baseline, then "amplitude" is the height of
    the highest row over the baseline (in the unit of the flux where the baseline is not positive),
    "equivalent_duration_s" the time in which the star gives off as much light as the flare (Gershberg 1972,
    Ap&SS 19, 75), "equivalent_duration_error_s" its uncertainty from the noise, and "components" the number of
    flares it consists of (`split_components`).

    Parameters
    ----------
    time_d, residual_flux, baseline, noise : ndarray, shape (n,)
        All rows of a light curve: days, flux less baseline, baseline, and one sigma, in one unit; NaN in any of
        them leaves a row out. A flux in magnitudes has to be turned into a relative one before.
    start, stop : int
        Half open; one usable row at least.

    Returns
    -------
    dict of str to float
        The equivalent duration is NaN where the baseline is not positive; empty where no row is usable.
    """
    pad = max(_LEAST_PAD, _WIDEN * (stop - start))
    low, high = max(0, start - pad), min(time_d.size, stop + pad)
    rows = low + np.flatnonzero(np.isfinite((time_d + residual_flux + baseline + noise)[low:high]))
    inside = np.flatnonzero((rows >= start) & (rows < stop))
    if inside.size == 0:
        return {}
    first, last = _extended(time_d[rows], residual_flux[rows] / noise[rows], int(inside[0]), int(inside[-1]) + 1)
    cadence = _cadence(time_d[rows])
    rows = rows[first:last]
    flux, level, sigma = residual_flux[rows], baseline[rows], noise[rows]
    peak = int(np.argmax(flux))
    evidence = {"amplitude": float(flux[peak] / (level[peak] if level[peak] > 0 else 1.0))}
    evidence["equivalent_duration_s"] = evidence["equivalent_duration_error_s"] = float("nan")
    if np.all(level > 0):
        weight = _exposures(time_d[rows], cadence) * DAY_S / level
        evidence["equivalent_duration_s"] = float(np.sum(weight * flux))
        evidence["equivalent_duration_error_s"] = float(np.sqrt(np.sum((weight * sigma) ** 2)))
    evidence["components"] = float(len(split_components(time_d[rows], flux, sigma, cadence)))
    return evidence


def _cadence(time_d: Floats) -> float:
    spacing = np.diff(time_d)
    spacing = spacing[spacing > 0]
    return float(np.median(spacing)) if spacing.size else 1.0


def _extended(time_d: Floats, sigmas: Floats, start: int, stop: int) -> tuple[int, int]:
    """The edges moved outwards while rows, or each with its neighbours, stay above `EDGE_SIGMA` and no pause comes."""
    goes_on = np.maximum(sigmas, np.convolve(sigmas, np.full(3, 1 / 3))[1:-1]) > EDGE_SIGMA
    joined = np.diff(time_d) <= _PAUSE_CADENCES * _cadence(time_d)
    while start > 0 and goes_on[start - 1] and joined[start - 1]:
        start -= 1
    while stop < sigmas.size and goes_on[stop] and joined[stop - 1]:
        stop += 1
    return start, stop


def _exposures(time_d: Floats, cadence: float) -> Floats:
    """How long each row stands for, days: half way to its neighbours, one cadence at the ends; shape (k,)."""
    spacing = np.minimum(np.diff(time_d), _PAUSE_CADENCES * cadence)
    ends = np.full(1, cadence)
    return 0.5 * (np.concatenate([ends, spacing]) + np.concatenate([spacing, ends]))


def split_components(time_d: Floats, flux: Floats, noise: Floats, cadence_d: float) -> Ints:
    """The rows at which the flares of a complex flare peak, the highest first; at least one.

    The highest peak is fitted by a flare of Davenport et al. (2014). A further peak counts where it stands out of
    what was fitted so far by `SECONDARY_SIGMA` and rises visibly above the lowest row on the way to the other peaks;
    it is fitted as well, and so on. The shapes are averages of real flares, so a tenth of the fit is added to the
    noise, and a single high row by chance is kept out by the signal-to-noise of the whole secondary flare.

    Parameters
    ----------
    time_d, flux, noise : ndarray, shape (k,)
        One flare: days, flux above the baseline, one sigma of it; k > 0.
    cadence_d : float
        Of the light curve, days.
    """
    stretch, block = _thinned(_Stretch((time_d - time_d[0]) / cadence_d, flux, noise))
    peaks = [int(np.argmax(stretch.flux))]
    if not _rises_again(stretch, peaks[0]):
        return np.array([min(peaks[0] * block + block // 2, time_d.size - 1)], np.int64)
    shapes = [_fitted(stretch, stretch.flux, peaks[0])]
    while len(peaks) < _MOST_COMPONENTS:
        model = np.sum(shapes, axis=0)
        rest = stretch.flux - model
        error = np.hypot(stretch.noise, _MODEL_ERROR * model)
        peak = _next_peak(stretch, rest / error, peaks)
        if peak < 0:
            break
        shape = _fitted(_with_noise(stretch, error), rest, peak)
        if np.sqrt(np.sum((shape / error) ** 2)) < _SECONDARY_SNR:
            break
        peaks.append(peak)
        shapes.append(shape)
    return np.minimum(np.array(peaks, np.int64) * block + block // 2, time_d.size - 1)


def _rises_again(stretch: _Stretch, peak: int) -> bool:
    """Whether any row is prominent at all: seldom, and quickly told."""
    for side in (slice(peak, None), slice(peak, None, -1)):
        flux = stretch.flux[side]
        if np.any(flux - np.minimum.accumulate(flux) > _PROMINENCE * stretch.noise[side]):
            return True
    return False


def _with_noise(stretch: _Stretch, noise: Floats) -> _Stretch:
    """``stretch`` with another noise, shape (k,)."""
    return _Stretch(stretch.place, stretch.flux, noise)


def _thinned(stretch: _Stretch) -> tuple[_Stretch, int]:
    """The stretch in block means, so that a long flare costs no more than a short one, and the rows of a block."""
    block = -(-stretch.flux.size // _MOST_ROWS)
    if block == 1:
        return stretch, 1
    starts = np.arange(0, stretch.flux.size, block)
    count = np.diff(np.append(starts, stretch.flux.size))
    mean = [np.add.reduceat(values, starts) / count for values in (stretch.place, stretch.flux, stretch.noise)]
    return _Stretch(mean[0] / block, mean[1], mean[2] / np.sqrt(count)), block


def _next_peak(stretch: _Stretch, sigmas: Floats, peaks: list[int]) -> int:
    """The row that stands out most and is a peak of its own; -1 where there is none."""
    for row in np.argsort(-sigmas, kind="stable"):
        if sigmas[row] < SECONDARY_SIGMA:
            return -1
        if all(_prominent(stretch, int(row), peak) for peak in peaks):
            return int(row)
    return -1


def _prominent(stretch: _Stretch, row: int, peak: int) -> bool:
    """Whether the flux falls between the two and rises to ``row`` again, by more than noise does on the way."""
    between = stretch.flux[min(row, peak) + 1 : max(row, peak)]
    return between.size > 0 and bool(stretch.flux[row] - between.min() > _PROMINENCE * stretch.noise[row])


def _fitted(stretch: _Stretch, flux: Floats, peak: int) -> Floats:
    """The flare that fits ``flux`` best and peaks at the row ``peak``; shape (k,).

    What lies far above a fit may be another flare and counts no more than `_CLIP` sigma; what lies below counts.
    """
    longest = max(2.0, stretch.place[-1] - stretch.place[peak] + 1.0)
    fwhm = np.geomspace(0.3, longest, _FWHMS)
    grid = [array.reshape(-1, 1) for array in np.meshgrid(stretch.place[peak] + np.array(_PHASES), fwhm)]
    shapes = in_rows(stretch.place, peak=grid[0], fwhm=grid[1], moments=_MOMENTS)  # (m, k)
    height = np.maximum(shapes[:, peak], 1e-3)
    anchored = shapes * (flux[peak] / height)[:, None]
    matched = np.sum(shapes * flux / stretch.noise**2, axis=1) / np.sum((shapes / stretch.noise) ** 2, axis=1)
    models = np.concatenate([anchored, shapes * np.maximum(matched, 0.0)[:, None]])
    misfit = np.minimum((flux - models) / stretch.noise, _CLIP)
    return models[int(np.argmin(np.sum(misfit**2, axis=1)))]
