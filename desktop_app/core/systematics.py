"""Tells, row by row, what the instrument was doing while a light curve was taken."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.baseline import bin_medians, draw_line, smooth_line
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.segments import cadence_of, segment_bounds, segment_starts

GAP_D = 0.2
"""A longer pause than this is a gap: data are sent down, or the pointing is lost."""
FAR_FROM_USUAL = 5.0
"""A background this many robust sigmas off is scattered light, and so is what is left of it before and after."""
_STILL_OFF = 2.0
_BACKGROUND_SHARE = 0.05
_MOTION_D = 2.0
_BINS = 12
_JITTER_D = 0.2
_JITTER = 1.6
_CHANCE = 5.0
_LEAP = 6.0
_STORM_D = 1.0
_STORM_HITS = 6
_STORM_SIGMAS = 5.0
_FEW = 20
_HOURS = 24.0

BACKGROUNDS = ("SAP_BKG", "FLUX_BKG", "BKG_FLUX", "BACKGROUND", "BKG", "BGV")
"""Columns that hold the background, the first that is there is taken; in any case."""
POSITIONS = (
    ("POS_CORR1", "POS_CORR2"),
    ("MOM_CENTR1", "MOM_CENTR2"),
    ("PSF_CENTR1", "PSF_CENTR2"),
    ("CENTROID_COL", "CENTROID_ROW"),
    ("CENT_COL", "CENT_ROW"),
    ("SAP_X", "SAP_Y"),
    ("XIC", "YIC"),
)
"""Columns that hold where the star is on the detector, in pixels; the motion of the whole field comes first, since
that of the star may be due to a neighbour that fades."""

_TESS_DUMP, _TESS_STRAY, _TESS_RAYS = 32, 2048 | 4096, 64 | 1024
_DUMPS = {"TESS": _TESS_DUMP, "QLP": _TESS_DUMP, "QLP from sector 56": _TESS_DUMP, "eleanor": _TESS_DUMP}
_DUMPS |= {"Kepler": 32, "K2": 32}
# Bit 13 of QLP and of eleanor is their own.
_STRAY = {"TESS": _TESS_STRAY, "QLP": 2048, "QLP from sector 56": _TESS_STRAY, "eleanor": 2048}
_RAYS = {"TESS": _TESS_RAYS, "Kepler": 64 | 128 | 4096 | 8192, "K2": 64 | 128 | 4096 | 8192}
_THRUSTER = {"K2": 524288 | 1048576}


@dataclass(frozen=True, eq=False)
class Systematics:
    """What the instrument was doing at each row of a light curve.

    Attributes
    ----------
    since_gap_h, to_gap_h : ndarray, shape (n,)
        Hours since the uninterrupted stretch around the row began, and until it ends; the ends of the curve end a
        stretch, so do gaps longer than `GAP_D` and rows that cannot be used for as long. NaN without a time.
    dump_cadences : ndarray, shape (n,)
        Cadences to the nearest momentum dump, 0 in one; infinite where there was none, NaN where the file's
        QUALITY does not tell of dumps.
    background_sigmas : ndarray, shape (n,)
        Background less its median, in robust sigmas; NaN where there is no such column or no value.
    scattered_light : ndarray of bool, shape (n,)
        Where the background is far from its usual, or where QUALITY says so.
    motion_sigmas : ndarray, shape (n,)
        How far the star is from where it is within two days, in robust sigmas of its jitter, the worse of the two
        axes; NaN where there is no such column or no value.
    unsteady : ndarray of bool, shape (n,)
        Where the star jitters more than it usually does.
    thruster : ndarray of bool, shape (n,)
        Where the thrusters of K2 fired, as QUALITY says or a leap of the star from one row to the next tells.
    storm : ndarray of bool, shape (n,)
        Where far more cosmic rays than usual were found: the Sun sends particles.
    """

    since_gap_h: Floats
    to_gap_h: Floats
    dump_cadences: Floats
    background_sigmas: Floats
    scattered_light: Bools
    motion_sigmas: Floats
    unsteady: Bools
    thruster: Bools
    storm: Bools


def systematics_of(data: LightCurve) -> Systematics:
    """What the instrument was doing at each row of ``data``; what the file does not tell is NaN or false."""
    n = len(data)
    since, until = _from_gaps(data)
    background = _background_sigmas(data)
    motion, unsteady = _motion(data)
    return Systematics(
        since_gap_h=since,
        to_gap_h=until,
        dump_cadences=_dump_cadences(data),
        background_sigmas=background,
        scattered_light=_scattered(background) | _flagged(data, _STRAY),
        motion_sigmas=motion,
        unsteady=unsteady,
        thruster=_flagged(data, _THRUSTER) | _rolled_back(data),
        storm=_storm(data) if n else np.zeros(0, np.bool_),
    )


def background_of(data: LightCurve) -> Floats | None:
    """The column of the background, shape (n,); None where the file has none."""
    names = _by_upper_name(data.columns)
    found = next((names[name] for name in BACKGROUNDS if name in names), None)
    return None if found is None else found.values


def position_of(data: LightCurve) -> tuple[Floats, Floats] | None:
    """Where the star is on the detector, two arrays of shape (n,) in pixels; None where the file does not tell."""
    names = _by_upper_name(data.columns)
    for first, second in POSITIONS:
        if first in names and second in names:
            x, y = names[first].values, names[second].values
            if np.count_nonzero(np.isfinite(x) & np.isfinite(y) & data.usable) >= _FEW:
                return x, y
    return None


def instrument_columns(data: LightCurve) -> tuple[Floats, ...]:
    """The columns beside the flux that `systematics_of` looks at, each of shape (n,)."""
    background = background_of(data)
    columns = (*(() if background is None else (background,)), *(position_of(data) or ()))
    return tuple(np.ascontiguousarray(column, np.float64) for column in columns)


def _by_upper_name(columns: Mapping[str, Series]) -> dict[str, Series]:
    return {name.upper(): column for name, column in columns.items()}


def _flagged(data: LightCurve, bits: Mapping[str, int]) -> Bools:
    return np.not_equal(data.quality & bits.get(data.source.bits, 0), 0)


def _from_gaps(data: LightCurve) -> tuple[Floats, Floats]:
    """Hours since the stretch around each row began, and until it ends; two arrays of shape (n,)."""
    since, until = np.full(len(data), np.nan), np.full(len(data), np.nan)
    rows = np.flatnonzero(data.usable)
    if rows.size == 0:
        return since, until
    time = data.time[rows]
    start, stop = segment_bounds(segment_starts(time, GAP_D), rows.size)
    timed = np.flatnonzero(np.isfinite(data.time))
    near = np.clip(np.searchsorted(rows, timed), 0, rows.size - 1)
    moment = data.time[timed]
    # A row that cannot be used belongs to the stretch of the next one that can, unless it lies in the gap before.
    near = np.where((moment < time[start[near]]) & (near > 0), near - 1, near)
    since[timed] = _HOURS * np.clip(moment - time[start[near]], 0.0, None)
    until[timed] = _HOURS * np.clip(time[stop[near] - 1] - moment, 0.0, None)
    return since, until


def _dump_cadences(data: LightCurve) -> Floats:
    if data.source.bits not in _DUMPS:
        return np.full(len(data), np.nan)
    dumps = np.unique(data.cadence[_flagged(data, _DUMPS)])
    if dumps.size == 0:
        return np.full(len(data), np.inf)
    right = np.clip(np.searchsorted(dumps, data.cadence), 0, dumps.size - 1)
    left = np.maximum(right - 1, 0)
    return np.minimum(np.abs(dumps[right] - data.cadence), np.abs(data.cadence - dumps[left])).astype(np.float64)


def _background_sigmas(data: LightCurve) -> Floats:
    background = background_of(data)
    known = data.usable if background is None else data.usable & np.isfinite(background)
    if background is None or np.count_nonzero(known) < _FEW:
        return np.full(len(data), np.nan)
    usual = float(np.median(background[known]))
    # A steady background is known far better than it matters.
    sigma = max(robust_sigma(background[known]), _BACKGROUND_SHARE * abs(usual))
    return (background - usual) / sigma if sigma > 0 else np.full(len(data), np.nan)


def _scattered(sigmas: Floats) -> Bools:
    """Where the background is far off, and as long before and after as it is still off; shape (n,)."""
    known = np.flatnonzero(np.isfinite(sigmas))
    off = np.abs(sigmas[known]) > _STILL_OFF
    run = np.cumsum(np.diff(off, prepend=False))  # (k,) counts up where a run of rows that are off begins or ends
    far = np.abs(sigmas[known]) > FAR_FROM_USUAL
    scattered = np.zeros(sigmas.size, np.bool_)
    scattered[known] = off & np.isin(run, np.unique(run[far]))
    return scattered


def _motion(data: LightCurve) -> tuple[Floats, Bools]:
    """How far the star is from its usual place, in sigmas, and whether it jitters; two arrays of shape (n,)."""
    motion, unsteady = np.full(len(data), np.nan), np.zeros(len(data), np.bool_)
    place = position_of(data)
    if place is None:
        return motion, unsteady
    rows = np.flatnonzero(data.usable & np.isfinite(place[0]) & np.isfinite(place[1]))
    time = data.time[rows]
    if not time[-1] > time[0]:
        return motion, unsteady
    starts = segment_starts(time, GAP_D)
    for axis in place:
        away = axis[rows] - _slow(time, axis[rows], starts)
        sigma = robust_sigma(away)
        if sigma > 0:
            motion[rows] = np.fmax(motion[rows], np.abs(away) / sigma)
            unsteady[rows] |= _jitters(time, away, starts)
    return motion, unsteady


def _slow(time: Floats, values: Floats, starts: Ints) -> Floats:
    """The smooth line through ``values``, shape (n,), with a window of two days."""
    bins = bin_medians(time, values, np.ones(time.size, np.bool_), starts, _MOTION_D / _BINS)
    return draw_line(time, starts, bins, *smooth_line(bins, _MOTION_D))


def _jitters(time: Floats, away: Floats, starts: Ints) -> Bools:
    """Where the scatter from one row to the next is well above its usual for a fifth of a day; shape (n,)."""
    change = np.abs(np.diff(away, prepend=away[:1]))
    bins = bin_medians(time, change, np.ones(time.size, np.bool_), starts, max(_JITTER_D, _FEW * cadence_of(time)))
    limit = np.maximum(_JITTER, 1 + _CHANCE / np.sqrt(np.maximum(bins.count, 1))) * float(np.median(change))
    high = (bins.count >= _FEW // 2) & (np.nan_to_num(bins.value) > limit)
    return np.interp(time, bins.time, high.astype(np.float64)) > 0.5


def _rolled_back(data: LightCurve) -> Bools:
    """Where a star of K2 has leapt since the row before; shape (n,)."""
    leapt = np.zeros(len(data), np.bool_)
    place = position_of(data) if data.source.mission == "K2" else None
    if place is not None:
        rows = np.flatnonzero(data.usable & np.isfinite(place[0]) & np.isfinite(place[1]))
        x, y = place[0][rows], place[1][rows]
        way = np.hypot(np.diff(x, prepend=x[:1]), np.diff(y, prepend=y[:1]))
        leapt[rows] = way > _LEAP * float(np.median(way))
    return leapt


def _storm(data: LightCurve) -> Bools:
    """Where a day holds far more rows with a cosmic ray than a day usually does; shape (n,)."""
    storm = np.zeros(len(data), np.bool_)
    timed = np.flatnonzero(np.isfinite(data.time))
    if data.source.bits not in _RAYS or timed.size < _FEW:
        return storm
    time, hit = data.time[timed], _flagged(data, _RAYS)[timed]
    total = np.concatenate([[0.0], np.cumsum(hit)])
    low, high = np.searchsorted(time, time - _STORM_D / 2), np.searchsorted(time, time + _STORM_D / 2, side="right")
    count = total[high] - total[low]
    usual = float(np.median(count))
    limit = max(_STORM_HITS, usual + _STORM_SIGMAS * np.sqrt(usual + 1.0))
    storm[timed] = count > limit
    return storm
