"""Lets the baseline follow what the instrument wrote into a stretch in which it is suspected, scale by scale."""

from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.detrend import Detrended
from desktop_app.core.systematics import Systematics

AFTER_GAP_H = 24.0
BEFORE_GAP_H = 12.0
DUMP_CADENCES = 2
_MARGIN_D = 0.1
_LONGEST_D = 0.7
_FEW = 3
_FEW_ROWS = 20
_BLOCK_D = 0.75
_DOUBT = 1.5
_MAD_ERROR = 1.17
_NO_NOISE = 8.0
_TAIL = 0.02
_TAIL_SIGMAS = 2.0537
_SPLINE = ((0, 6 / 16), (1, 4 / 16), (-1, 4 / 16), (2, 1 / 16), (-2, 1 / 16))


@dataclass(frozen=True, eq=False)
class Suspicion:
    """Which rows the instrument may have spoilt for hours.

    Attributes
    ----------
    spoilt : ndarray of bool, shape (n,)
        Where background, position or cosmic rays say so.
    doubtful : ndarray of bool, shape (n,)
        Near a gap, where the instrument often settles.
    """

    spoilt: Bools
    doubtful: Bools


def suspicion_of(systematics: Systematics, rows: Ints) -> Suspicion:
    """What the instrument is suspected of at the usable ``rows``."""
    near_gap = (systematics.since_gap_h < AFTER_GAP_H) | (systematics.to_gap_h < BEFORE_GAP_H)
    spoilt = systematics.scattered_light | systematics.unsteady | systematics.storm
    return Suspicion(spoilt[rows], (near_gap & ~spoilt)[rows])


def disturbed(systematics: Systematics, rows: Ints) -> Bools:
    """Which of the usable ``rows`` are right beside a firing of thrusters or a momentum dump; shape (n,)."""
    return (systematics.thruster | (systematics.dump_cadences <= DUMP_CADENCES))[rows]


def whitened(curve: Detrended, suspicion: Suspicion) -> Detrended:
    """``curve`` with a baseline that follows red noise in suspected stretches, and with their own noise.

    The residual is taken apart into scales by an undecimated spline wavelet transform (Starck & Murtagh 2006). In
    each suspected stretch each scale is compared with the same scale in all others: as many times as it scatters
    more there, as much smaller it is made, which is what whitening a matched filter by wavelets does (Jenkins
    2002). What is taken away goes into the baseline, so an event keeps what stands out of the noise around it,
    and a scale that is as calm as ever is left alone.

    Parameters
    ----------
    curve : Detrended
    suspicion : Suspicion
    """
    scales = _scales(curve)
    quiet = ~(suspicion.spoilt | suspicion.doubtful)
    if quiet.all() or scales < 2:
        return curve
    details = _details(curve.residual, scales)
    usual = _usual(details, quiet)
    follow, louder = np.zeros(curve.time.size), np.zeros(curve.time.size)
    for suspect in (suspicion.spoilt, suspicion.doubtful):
        for start, stop in _stretches(curve.time, suspect):
            time, detail = curve.time[start:stop], details[:, start:stop]
            excess = _excess_over(curve, detail, usual, spoilt=suspect is suspicion.spoilt)
            weight = _taper(time)
            louder[start:stop] += weight * np.log(excess[0])
            follow[start:stop] += weight * ((1 - np.minimum(excess[0] / excess, 1.0)) * detail).sum(axis=0)
    return replace(curve, baseline=curve.baseline + follow * curve.noise, noise=curve.noise * np.exp(louder))


def louder(curve: Detrended, rows: Bools) -> Detrended:
    """``curve`` with the noise that ``rows``, shape (n,), have of their own where they scatter more than others do."""
    residual = curve.residual[rows]
    if residual.size < _FEW_ROWS:
        return curve
    low, high = np.quantile(residual, [_TAIL, 1 - _TAIL])
    excess = max(robust_sigma(residual), min(-low, high) / _TAIL_SIGMAS, 1.0)
    return replace(curve, noise=np.where(rows, excess * curve.noise, curve.noise))


def _stretches(time: Floats, suspect: Bools) -> list[tuple[int, int]]:
    """First and last row (exclusive) of each suspected stretch, with a margin; those that touch are one."""
    rows = np.flatnonzero(suspect)
    if rows.size == 0:
        return []
    apart = np.flatnonzero((np.diff(time[rows]) > 2 * _MARGIN_D) & (np.diff(rows) > 1))
    first, last = rows[np.append(0, apart + 1)], rows[np.append(apart, rows.size - 1)]
    start = np.searchsorted(time, time[first] - _MARGIN_D)
    stop = np.searchsorted(time, time[last] + _MARGIN_D, side="right")
    return [(int(a), int(b)) for a, b in zip(start, stop, strict=True)]


def _scales(curve: Detrended) -> int:
    """How many scales there are, each twice as long as the one before."""
    longest = min(_LONGEST_D, curve.window_d / 2) / curve.cadence_d
    return int(np.clip(np.log2(max(longest, 1.0)), 0, np.log2(max(curve.time.size / 4, 1.0))))


def _details(residual: Floats, scales: int) -> Floats:
    """The residual by scale, the finest first, and what is left of it; shape (scales + 1, n)."""
    left, details = residual, []
    for scale in range(scales):
        reach = 2 << scale
        wide = np.pad(left, reach, mode="reflect")
        smooth = np.zeros(left.size)
        for place, weight in _SPLINE:
            begin = reach + place * (1 << scale)
            smooth += weight * wide[begin : begin + left.size]
        details.append(left - smooth)
        left = smooth
    return np.array([*details, left])


def _usual(details: Floats, quiet: Bools) -> Floats:
    """The scatter of each scale where nothing is suspected, never less than white noise has; shape (scales + 1,)."""
    scales = details.shape[0] - 1
    impulse = np.zeros(4 * (2 << scales) + 1)
    impulse[impulse.size // 2] = 1.0
    white = np.sqrt((_details(impulse, scales) ** 2).sum(axis=1))
    some = quiet if np.count_nonzero(quiet) > 0.2 * quiet.size else np.ones(quiet.size, np.bool_)
    scatter = np.array([robust_sigma(detail[some]) for detail in details])
    return np.maximum(np.maximum(scatter, white * scatter[0] / white[0]), 1e-30)


def _excess_over(curve: Detrended, details: Floats, usual: Floats, *, spoilt: bool) -> Floats:
    """How many times the usual each scale of a stretch scatters around each row; shape (scales, n)."""
    n, block = details.shape[1], max(1, round(_BLOCK_D / curve.cadence_d))
    centres = np.linspace(0, n, 2 * max(1, round(n / block)) + 1)[1::2]
    reach = block if centres.size > 1 else n
    found = []
    for centre in centres.astype(np.int64):
        around = details[:, max(0, centre - reach) : centre + reach]
        found.append(np.log(_excess(around, usual, spoilt=spoilt)))
    return np.exp([np.interp(np.arange(n), centres, scale) for scale in np.transpose(found)])


def _excess(details: Floats, usual: Floats, *, spoilt: bool) -> Floats:
    """How many times the usual each scale of a stretch scatters, as far as its rows can tell, at least 1; (scales,).

    Where the instrument is known to be at fault, the tails count as well, else what most rows do. A stretch that
    is merely doubtful and many times as loud as usual is no noise but an event, and is left alone.
    """
    excess = np.ones(usual.size)
    for scale, detail in enumerate(details):
        independent = detail.size / (2 << scale)
        if scale and independent < _FEW:
            excess[scale] = excess[scale - 1]
            continue
        doubt = _DOUBT * _MAD_ERROR / np.sqrt(max(independent, 1.0))
        scatter = robust_sigma(detail)
        if spoilt:
            low, high = np.quantile(detail, [_TAIL, 1 - _TAIL])
            scatter = max(scatter, min(-low, high) / _TAIL_SIGMAS)
        excess[scale] = max(1.0, scatter / usual[scale] / (1 + doubt))
    return excess if spoilt or excess.max() < _NO_NOISE else np.ones(usual.size)


def _taper(time: Floats) -> Floats:
    """1 within a stretch and falling to 0 over its margins; shape (n,)."""
    edge = np.minimum(time - time[0], time[-1] - time)
    return np.clip((edge + 1e-12) / (0.5 * _MARGIN_D), 0.0, 1.0)
