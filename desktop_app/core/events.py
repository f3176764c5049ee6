"""Cuts scores into events, and says what kind each one is."""

from dataclasses import dataclass
from math import isnan

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.detection import Event, Scores
from desktop_app.core.light_curve import LightCurve, magnitudes_in
from desktop_app.core.magnitudes import MAG_PER_RELATIVE_FLUX, relative_flux
from desktop_app.core.segments import cadence_of

JOIN_ROWS = 2
GAP_CADENCES = 6.0
GAP_D = 0.1
OPPOSITE_SNR = 3.0
SPIKE_ROWS = 5
SIDE_LOBE = 2.0
_TALL = 5.0


@dataclass(frozen=True, eq=False)
class _Deviation:
    """The rows of all stretches, one after the other, and how far they are from the baseline.

    Attributes
    ----------
    row : ndarray, shape (k,)
        Row numbers of the dataset.
    residual, noise : ndarray, shape (k,)
        Flux less baseline, and one sigma, in the unit of the flux; of magnitudes, relative to the baseline.
    baseline : ndarray, shape (k,)
        1 for magnitudes.
    """

    row: Ints
    residual: Floats
    noise: Floats
    baseline: Floats


def find_events(data: LightCurve, scores: Scores, threshold: float) -> tuple[Event, ...]:
    """Stretches of adjacent rows that score ``threshold`` or more, in the order of time.

    Rows that were not looked at are passed over, and so are up to `JOIN_ROWS` rows below the threshold between
    two stretches that deviate to the same side; a pause longer than `GAP_D` days and `GAP_CADENCES` cadences
    always ends an event, and so does a join of two files. So does a change from a significant brightening to a
    significant dip or back, unless one of the two is `SIDE_LOBE` times as strong: then the other is its wing.

    The kind of an event is the first of these that fits:

    step
        The detector saw the level change here and stay changed.
    outlier
        One row alone, brighter or fainter.
    dip
        Two rows or more, fainter on the whole.
    spike
        Brighter on the whole, and over within `SPIKE_ROWS` rows without a flare's decay: what follows the peak
        is not above three sigma, or does not fall from row to row.
    flare
        Any other brightening.

    Parameters
    ----------
    data : LightCurve
    scores : Scores
        With the tracks "baseline" and "noise" where the detector has them; else the median and the robust
        scatter of the whole curve stand in.
    threshold : float
        In robust sigmas.
    """
    looked = np.isfinite(scores.values)
    flagged = np.flatnonzero(looked & (scores.values >= threshold))
    if flagged.size == 0:
        return ()
    deviation = _deviation(data, scores, flagged)
    before = np.cumsum(looked)
    starts, side = _stretches(data, scores, deviation, before[flagged], _gap_d(data, looked))
    return _events(data, scores, deviation, starts, side)


def _gap_d(data: LightCurve, looked: Bools) -> float:
    return max(GAP_D, GAP_CADENCES * np.nan_to_num(cadence_of(data.time[looked])))


def _deviation(data: LightCurve, scores: Scores, rows: Ints) -> _Deviation:
    flux = data.flux[rows]
    if {"baseline", "noise"} <= set(scores.tracks):
        baseline, noise = scores.tracks["baseline"][rows], scores.tracks["noise"][rows]
    else:
        seen = data.flux[np.isfinite(scores.values)]
        baseline, noise = np.full(rows.size, np.median(seen)), np.full(rows.size, robust_sigma(seen))
    unit = magnitudes_in(data.flux_unit)
    if not isnan(unit):
        # A fainter star has a larger magnitude: what is compared is its flux.
        flux, noise = relative_flux(unit * flux, unit * baseline), unit * noise / MAG_PER_RELATIVE_FLUX
        baseline = np.ones(rows.size)
    return _Deviation(rows, flux - baseline, np.maximum(noise, np.finfo(np.float64).tiny), baseline)


def _stretches(
    data: LightCurve, scores: Scores, deviation: _Deviation, place: Ints, gap_d: float
) -> tuple[Ints, Floats]:
    """Where among the flagged rows an event begins, and to which side it deviates (1 or -1); two arrays (m,).

    Rows of one score are one piece, as a detector gives all rows of an event the same score. Pieces to the same
    side join; then what is left joins the stronger of its neighbours where that is `SIDE_LOBE` times as strong.
    """
    rows = deviation.row
    value = scores.values[rows]
    skipped = np.diff(place) - 1
    torn = (np.diff(data.time[rows]) > gap_d) | (np.diff(np.searchsorted(data.joins, rows, side="right")) > 0)
    starts = np.concatenate([[0], np.flatnonzero((np.diff(value) != 0) | (skipped > 0) | torn) + 1])
    lengths, side = _sides(deviation, starts)
    at = starts[1:] - 1
    few = np.minimum(JOIN_ROWS, np.minimum(lengths[1:], lengths[:-1]))
    near = ~torn[at] & (skipped[at] <= few)
    apart = ~near | (side[1:] * side[:-1] < 0) | ((side[1:] * side[:-1] == 0) & (skipped[at] > 0))
    starts, near = np.concatenate([[0], starts[1:][apart]]).astype(np.int64), near[apart]
    top = np.maximum.reduceat(value, starts)
    before = np.concatenate([[0.0], np.where(near, top[:-1], 0.0)])
    after = np.concatenate([np.where(near, top[1:], 0.0), [0.0]])
    to_left = (before >= SIDE_LOBE * top) & (before >= after)
    to_right = (after >= SIDE_LOBE * top) & (after > before)
    first = np.concatenate([[0], np.flatnonzero(~(to_left[1:] | to_right[:-1])) + 1])
    strongest = np.lexsort((-top, np.repeat(np.arange(first.size), np.diff(np.append(first, top.size)))))[first]
    # A dip that a detector knows of by others like it need not be significant by itself.
    whole = np.add.reduceat(deviation.residual / deviation.noise, starts)
    return starts[first], np.where(whole[strongest] < 0, -1.0, 1.0)


def _sides(deviation: _Deviation, starts: Ints) -> tuple[Ints, Floats]:
    """How long each piece is, and 1 where it is brighter, -1 where fainter, 0 where neither is significant."""
    lengths = np.diff(np.append(starts, deviation.row.size))
    snr = np.add.reduceat(deviation.residual / deviation.noise, starts) / np.sqrt(lengths)
    return lengths, np.where(np.abs(snr) >= OPPOSITE_SNR, np.sign(snr), 0.0)


def _events(data: LightCurve, scores: Scores, deviation: _Deviation, starts: Ints, side: Floats) -> tuple[Event, ...]:
    rows, n = deviation.row, np.diff(np.append(starts, deviation.row.size))
    last = starts + n - 1
    start, stop = rows[starts], rows[last] + 1
    sums = np.add.reduceat(deviation.residual, starts)
    snr = np.abs(sums) / np.sqrt(np.add.reduceat(deviation.noise**2, starts))
    peak, height = _peaks(deviation, starts, n, side)
    baseline = deviation.baseline[peak]
    depth = -height / np.where(baseline > 0, baseline, 1.0)
    quality = np.bitwise_or.reduceat(data.quality, np.column_stack([start, np.minimum(stop, len(data) - 1)]).ravel())
    quality = quality[::2] | data.quality[stop - 1]
    top = np.maximum.reduceat(scores.values[rows], starts)
    kinds = _kinds(deviation, starts, n, side, peak)
    kinds[_has_step(scores, start, stop)] = "step"
    duration = data.time[stop - 1] - data.time[start]
    return tuple(
        Event(
            start=int(start[i]),
            stop=int(stop[i]),
            peak=int(rows[peak[i]]),
            score=float(top[i]),
            kind=str(kinds[i]),
            evidence={
                "depth": float(depth[i]),
                "duration_d": float(duration[i]),
                "snr": float(snr[i]),
                "quality": float(quality[i]),
            },
        )
        for i in range(starts.size)
    )


def _peaks(deviation: _Deviation, starts: Ints, n: Ints, side: Floats) -> tuple[Ints, Floats]:
    """For each stretch the place of its peak among the flagged rows, and the residual there; two arrays (m,).

    A long shallow event would else have its luckiest row as its depth: unless it is a bright peak that stands
    out by itself, the residual is averaged over an eighth of the event first.
    """
    owner = np.repeat(np.arange(starts.size), n)
    toward = deviation.residual * side[owner]
    tall = np.maximum.reduceat(toward / deviation.noise, starts) > _TALL
    half = np.where(tall & (side > 0), 0, n // 16)[owner]
    place = np.arange(toward.size)
    low = np.maximum(place - half, starts[owner])
    high = np.minimum(place + half + 1, (starts + n)[owner])
    total = np.concatenate([[0.0], np.cumsum(toward)])
    smooth = np.where(half > 0, (total[high] - total[low]) / (high - low), toward)
    order = np.lexsort((-smooth, owner))
    peak = order[starts]
    return peak, smooth[peak] * side


def _kinds(deviation: _Deviation, starts: Ints, n: Ints, side: Floats, peak: Ints) -> np.ndarray:
    kinds = np.where(side < 0, "dip", "flare").astype("<U7")
    kinds[(side > 0) & (n <= SPIKE_ROWS) & ~_decays(deviation, starts + n, peak)] = "spike"
    kinds[n == 1] = "outlier"
    return kinds


def _decays(deviation: _Deviation, stops: Ints, peak: Ints) -> Bools:
    """Whether the row after the peak is still three sigma up, but lower than nine tenths of it; shape (m,)."""
    after = np.minimum(peak + 1, deviation.residual.size - 1)
    left = deviation.residual[after]
    return (peak + 1 < stops) & (left > 3 * deviation.noise[after]) & (left < 0.9 * deviation.residual[peak])


def _has_step(scores: Scores, start: Ints, stop: Ints) -> Bools:
    if "step" not in scores.tracks:
        return np.zeros(start.size, dtype=np.bool_)
    steps = np.flatnonzero(np.abs(scores.tracks["step"]) > 0)
    return np.searchsorted(steps, start) < np.searchsorted(steps, stop)
