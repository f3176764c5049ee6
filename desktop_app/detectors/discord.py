"""Finds windows of half a day to four days that are unlike every other window: shapes that nobody named."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.discord import LONGEST, Profile, covered_mean, deviating_part, long_profile
from desktop_app.core.flattened import BaselineParams, Flattened, flatten
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.params import setting
from desktop_app.core.progress import Report, part

_BIN_D = 10 / 1440
_LEAST_BINS = 8
_LARGEST_SHARE = 4
_MOST_EMPTY = 0.2
_CLIP = 30.0
_ORDINARY = 3.0
# Of the squared distance to the nearest window in white noise, over the square root of the width: measured.
_WHITE = 1.35
# In 48 curves of white and red noise, TESS-like and Kepler-like, the largest of four scales stayed below 4.7 sigmas;
# divided by this it stays below 4.3.
_TAIL = 1.1
_FLOOR = 3.0
_BELOW_FLOOR = 2.99
_MOST_LOOKS = 1000
_MARGIN = 8
_FINE_BINS = 3


class DiscordParams(BaselineParams):
    """The settings of the discord search."""

    shortest_d: float = setting(
        0.5,
        title="Shortest window",
        help="The shortest stretch that is compared as a whole.",
        unit="d",
        ge=0.01,
        le=100.0,
    )
    longest_d: float = setting(
        4.0,
        title="Longest window",
        help="Windows are doubled in length up to this.",
        unit="d",
        ge=0.01,
        le=1000.0,
    )
    twins: int = setting(
        1,
        title="Neighbour",
        help="Which neighbour a window is compared with: 1 finds what comes once, 3 what comes up to three times.",
        ge=1,
        le=10,
    )
    bin_d: float = setting(
        0.0,
        title="Bin",
        help="Rows are averaged over this before windows are compared; 0 takes ten minutes or one cadence.",
        unit="d",
        zero="automatic",
        ge=0.0,
        le=10.0,
        advanced=True,
    )
    seed: int = setting(0, title="Seed", help="The same seed gives the same scores.", ge=0, le=2**32 - 1, advanced=True)


@dataclass(frozen=True, eq=False)
class _Binned:
    """The residual at a workable cadence.

    Attributes
    ----------
    value : ndarray, shape (m,)
        In its own robust sigmas, bounded; between neighbours where a bin is empty.
    mean : ndarray, shape (m,)
        The same, as a mean of rows, in sigmas of one row.
    empty : ndarray of bool, shape (m,)
    stretch : ndarray of int, shape (m,)
        Number of the uninterrupted stretch.
    of_row : ndarray of int, shape (n,)
        The bin of each row; never decreases.
    bin_d : float
    """

    value: Floats
    mean: Floats
    empty: Bools
    stretch: Ints
    of_row: Ints
    bin_d: float

    def valid(self, width: int) -> Bools:
        """Windows that lie in one stretch and have rows enough; shape (m - width + 1,)."""
        m = self.value.size - width + 1
        holes = np.concatenate([[0], np.cumsum(self.empty)])
        whole = self.stretch[:m] == self.stretch[width - 1 :]
        return whole & (holes[width:] - holes[:m] <= _MOST_EMPTY * width)


@dataclass(frozen=True, eq=False)
class _Scale:
    """Windows of one width: how many sigmas each is stranger than the usual, NaN where it is not valid."""

    width: int
    sigmas: Floats
    neighbour: Ints


@dataclass(frozen=True)
class _Discord:
    """Rows ``start:stop`` that deviate, and the bins of their window and of the window most like it."""

    start: int
    stop: int
    score: float
    first_bin: int
    neighbour: int
    width: int


class Discord:
    """Scores what deviates in a window by how far that window is from its nearest neighbour."""

    def __init__(self, params: DiscordParams) -> None:
        self._params = params
        self._seen: tuple[LightCurve, Scores] | None = None

    def fit(self, data: LightCurve, report: Report) -> Self:
        """Compare all windows of ``data``."""
        self._seen = data, self._look(data, report)
        return self

    def score(self, data: LightCurve, report: Report) -> Scores:
        """Robust sigmas; all rows that deviate in a strange window have the window's score."""
        report(0.0, "Scoring the rows")
        if self._seen is None or self._seen[0] is not data:
            self._seen = data, self._look(data, report)
        return self._seen[1]

    def _look(self, data: LightCurve, report: Report) -> Scores:
        params = self._params
        flat = flatten(data, params, part(report, 0.0, 0.5))
        binned = _binned(flat, params.bin_d or max(_BIN_D, flat.curve.cadence_d))
        scales = self._scales(binned, part(report, 0.5, 0.95))
        report(0.95, "Picking what deviates")
        values = _background(binned, scales)[binned.of_row]
        found = list(_discords(flat, binned, scales))
        for discord in reversed(found):
            values[discord.start : discord.stop] = discord.score
        tracks = dict(flat.tracks()) | {"model": _model(flat, binned, found)}
        return Scores(flat.spread(values), tracks)

    def _scales(self, binned: _Binned, report: Report) -> list[_Scale]:
        params, m = self._params, binned.value.size
        widths = sorted({width for width in self._widths(binned.bin_d) if width <= m // _LARGEST_SHARE})
        surrogate = _surrogate(binned.value, np.random.default_rng(params.seed))
        scales = []
        for place, width in enumerate(widths):
            told = part(report, place / len(widths), (place + 1) / len(widths))
            valid = binned.valid(width)
            profile = long_profile(binned.value, width, valid, k=params.twins, report=part(told, 0.0, 0.7))
            usual = long_profile(
                surrogate[:LONGEST],
                width,
                valid[: max(0, min(m, LONGEST) - width + 1)],
                k=params.twins,
                report=part(told, 0.7, 1.0),
            )
            excess = _excess(binned.value, surrogate, width)[profile.neighbour]
            scales.append(_Scale(width, _sigmas(profile, usual, width, excess), profile.neighbour))
        return scales

    def _widths(self, bin_d: float) -> Iterator[int]:
        """In bins: each twice the one before, and never so few that they have no shape."""
        length_d, least = self._params.shortest_d, _LEAST_BINS
        while length_d <= max(self._params.longest_d, self._params.shortest_d):
            yield max(least, round(length_d / bin_d))
            length_d, least = 2 * length_d, 2 * least


def _binned(flat: Flattened, bin_d: float) -> _Binned:
    """Means of rows in bins that begin anew after each pause."""
    time, residual, n = flat.curve.time, flat.curve.residual, flat.rows.size
    starts = flat.pauses
    own = np.repeat(np.arange(starts.size), np.diff(np.append(starts, n)))
    # A thousandth of a bin: rows that lie on an edge but for rounding belong to the bin that begins there.
    within = np.floor((time - time[starts][own]) / bin_d + 1e-3).astype(np.int64)
    last = within[np.append(starts[1:], n) - 1]
    offset = np.concatenate([[0], np.cumsum(last + 1)])
    of_row = offset[own] + within
    m = int(offset[-1])
    count = np.bincount(of_row, minlength=m)
    total = np.bincount(of_row, residual, minlength=m)
    filled = np.flatnonzero(count)
    mean = np.interp(np.arange(m), filled, total[filled] / count[filled])
    value = mean * np.sqrt(np.interp(np.arange(m), filled, count[filled]))
    scatter = robust_sigma(value) or 1.0
    stretch = np.repeat(np.arange(starts.size), last + 1)
    return _Binned(np.clip(value / scatter, -_CLIP, _CLIP), mean, count == 0, stretch, of_row, bin_d)


def _surrogate(value: Floats, rng: np.random.Generator) -> Floats:
    """Noise with the spectrum of what is ordinary in ``value``: its phases are drawn anew."""
    spectrum = np.abs(np.fft.rfft(np.clip(value, -_ORDINARY, _ORDINARY)))
    turned = spectrum * np.exp(2j * np.pi * rng.random(spectrum.size))
    return np.fft.irfft(turned, value.size)


def _excess(value: Floats, surrogate: Floats, width: int) -> Floats:
    """How much more energy each window has than noise windows usually have at most; shape (windows,), 0 and more."""
    own, noise = (np.convolve(one**2, np.ones(width), mode="valid") for one in (value, surrogate))
    return np.maximum(own - np.quantile(noise, 0.84), 0.0)


def _sigmas(profile: Profile, usual: Profile, width: int, excess: Floats) -> Floats:
    """How far each distance lies above the usual, in sigmas; shape (windows,), NaN where a window is not valid.

    The usual is that of noise with the same spectrum, or of the calmer half of the windows where that is more:
    strange windows are few, but each makes all windows over it strange. A window of noise has thousands to choose the
    nearest from, a strange one has its twin alone, so that their noise differs by all of twice its variance: where
    the nearest window has an ``excess`` of energy, this much of the distance is usual.

    Parameters
    ----------
    excess : ndarray, shape (windows,)
        Of the window nearest to each.
    """
    own, noise = (one.distance[np.isfinite(one.distance)] for one in (profile, usual))
    if own.size == 0 or noise.size == 0:
        return np.full(profile.distance.shape, np.nan)
    low, middle, high = np.quantile(noise, [0.25, 0.5, 0.84])
    calm, calmer, lower = np.quantile(own, [0.25, 0.4, 0.1])
    white = _WHITE * np.sqrt(width)
    sigma = max(high - middle, white, calmer - lower)
    middle = max(middle, calm + middle - low)
    of_twins = 2 * width + np.sqrt(8 * width) * sigma / white
    usual_distance = middle + np.minimum(excess, max(0.0, of_twins - middle))
    return (profile.distance - usual_distance) / (sigma * _TAIL)


def _background(binned: _Binned, scales: list[_Scale]) -> Floats:
    """The mean over the windows that cover each bin, the strangest scale; what deviates is painted over it."""
    level = np.zeros(binned.value.size)
    for scale in scales:
        level = np.fmax(level, covered_mean(scale.sigmas, scale.width))
    return np.clip(level, 0.0, _BELOW_FLOOR)


def _discords(flat: Flattened, binned: _Binned, scales: list[_Scale]) -> Iterator[_Discord]:
    """What deviates in strange windows of all scales, strongest first; each stretch once."""
    left = [np.where(np.isfinite(scale.sigmas), scale.sigmas, -np.inf) for scale in scales]
    taken = np.zeros(binned.value.size, dtype=np.bool_)
    for _ in range(_MOST_LOOKS):
        tops = [float(sigmas.max(initial=-np.inf)) for sigmas in left]
        which = int(np.argmax(tops)) if tops else -1
        if which < 0 or tops[which] < _FLOOR:
            return
        width, sigmas = scales[which].width, left[which]
        first = int(np.argmax(sigmas))
        near = int(scales[which].neighbour[first])
        window, other = slice(first, first + width), slice(near, near + width)
        start, stop = deviating_part((binned.value[window] - binned.value[other]) / np.sqrt(2))
        cut = _cut(binned, first, start, stop, width)
        sigmas[first] = -np.inf
        if cut < 0:
            sigmas[first : first + stop] = -np.inf
        elif cut > 0:
            sigmas[max(0, first + start - width + 1) : first + 1] = -np.inf
        else:
            start, stop = first + start, first + stop
            if not taken[start:stop].any():
                rows = _rows(flat, binned, start, stop, near - first)
                yield _Discord(*rows, tops[which], first, near, width)
            taken[start:stop] = True
            # A window over most of what deviates is strange for the same reason.
            middle = (start + stop) // 2
            for of_scale, scale in zip(left, scales, strict=True):
                of_scale[max(0, middle - scale.width + 1) : middle + 1] = -np.inf


def _cut(binned: _Binned, first: int, start: int, stop: int, width: int) -> int:
    """-1 or 1 where the window's first or last edge cuts through what deviates, 0 where none or both do.

    Part of a shape is like nothing else even where the whole shape comes back: a window that holds all of it is
    the one to ask. What is longer than the window has no such, and at a pause there is no other window.
    """
    margin = max(1, width // _MARGIN)
    m, stretch = binned.value.size, binned.stretch
    first_edge, last_edge = start < margin, stop > width - margin
    if first_edge and last_edge:
        return 0
    if first_edge and first > 0 and stretch[first - 1] == stretch[first]:
        return -1
    last = first + width - 1
    return 1 if last_edge and last + 1 < m and stretch[last + 1] == stretch[last] else 0


def _rows(flat: Flattened, binned: _Binned, start: int, stop: int, ahead: int) -> tuple[int, int]:
    """The rows of the bins ``start:stop``; of few bins, those that deviate themselves."""
    low, high = np.searchsorted(binned.of_row, [start, stop])
    if stop - start > _FINE_BINS or high - low <= stop - start:
        return int(low), int(high)
    expected = binned.mean[binned.of_row[low:high] + ahead]
    first, last = deviating_part(flat.curve.residual[low:high] - expected)
    return int(low) + first, int(low) + last


def _model(flat: Flattened, binned: _Binned, found: list[_Discord]) -> Floats:
    """The window most like each strange one, laid under it, in the unit of the flux; NaN elsewhere."""
    model = np.full(flat.rows.size, np.nan)
    for one in reversed(found):
        low, high = np.searchsorted(binned.of_row, [one.first_bin, one.first_bin + one.width])
        model[low:high] = binned.mean[binned.of_row[low:high] - one.first_bin + one.neighbour]
    curve = flat.curve
    return flat.spread(flat.middle + flat.unit * (curve.baseline + curve.noise * model))


SPEC = DetectorSpec(
    name="discord",
    label="Discord",
    help="Finds stretches of half a day to four days that are unlike every other stretch: shapes that nobody named.",
    kinds=(LightCurve,),
    version=1,
    params=DiscordParams,
    build=Discord,
    finds=("dip", "flare"),
)
