"""Finds windows of half a day to four days that are unlike every other window: shapes that nobody named."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.binned import Binned, bin_residual, surrogate_of
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.discord import (
    LONGEST,
    STILL_SHOWS,
    covered_mean,
    deviating_part,
    distance_sigmas,
    energy_excess,
    long_profile,
)
from desktop_app.core.flattened import BaselineParams, Flattened, flatten
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.params import setting
from desktop_app.core.progress import Report, part

_BIN_D = 10 / 1440
_LEAST_BINS = 8
_LARGEST_SHARE = 4
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
        binned = bin_residual(flat, params.bin_d or max(_BIN_D, flat.curve.cadence_d))
        scales = self._scales(binned, part(report, 0.5, 0.95))
        report(0.95, "Picking what deviates")
        values = _background(binned, scales)[binned.of_row]
        found = list(_discords(flat, binned, scales))
        for discord in reversed(found):
            values[discord.start : discord.stop] = discord.score
        tracks = dict(flat.tracks()) | {"model": _model(flat, binned, found)}
        return Scores(flat.spread(values), tracks)

    def _scales(self, binned: Binned, report: Report) -> list[_Scale]:
        params, m = self._params, binned.value.size
        widths = sorted({width for width in self._widths(binned.bin_d) if width <= m // _LARGEST_SHARE})
        surrogate = surrogate_of(binned.value, np.random.default_rng(params.seed))
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
            excess = energy_excess(binned.value, surrogate, width)[profile.neighbour]
            scales.append(_Scale(width, distance_sigmas(profile, usual, width, excess), profile.neighbour))
        return scales

    def _widths(self, bin_d: float) -> Iterator[int]:
        """In bins: each twice the one before, and never so few that they have no shape."""
        length_d, least = self._params.shortest_d, _LEAST_BINS
        while length_d <= max(self._params.longest_d, self._params.shortest_d):
            yield max(least, round(length_d / bin_d))
            length_d, least = 2 * length_d, 2 * least


def _background(binned: Binned, scales: list[_Scale]) -> Floats:
    """The mean over the windows that cover each bin, the strangest scale; what deviates is painted over it."""
    level = np.zeros(binned.value.size)
    for scale in scales:
        level = np.fmax(level, covered_mean(scale.sigmas, scale.width))
    return np.clip(level, 0.0, _BELOW_FLOOR)


def _discords(flat: Flattened, binned: Binned, scales: list[_Scale]) -> Iterator[_Discord]:
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
            start, stop = _widened(binned, ~taken, first + start, first + stop, window)
            if not taken[start:stop].any():
                rows = _rows(flat, binned, start, stop, near - first)
                yield _Discord(*rows, tops[which], first, near, width)
            taken[start:stop] = True
            # A window over most of what deviates is strange for the same reason.
            middle = (start + stop) // 2
            for of_scale, scale in zip(left, scales, strict=True):
                of_scale[max(0, middle - scale.width + 1) : middle + 1] = -np.inf


def _cut(binned: Binned, first: int, start: int, stop: int, width: int) -> int:
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


def _widened(binned: Binned, free: Bools, start: int, stop: int, window: slice) -> tuple[int, int]:
    """Past the edges of its window, too, what deviates goes on while it stands out from the baseline."""
    same = free & (binned.stretch == binned.stretch[start]) & (np.abs(binned.value) > STILL_SHOWS)
    if start == window.start:
        left = np.flatnonzero(~same[:start])
        start = int(left[-1]) + 1 if left.size else 0
    if stop == window.stop:
        right = np.flatnonzero(~same[stop:])
        stop = stop + int(right[0]) if right.size else same.size
    return start, stop


def _rows(flat: Flattened, binned: Binned, start: int, stop: int, ahead: int) -> tuple[int, int]:
    """The rows of the bins ``start:stop``; of few bins, those that deviate themselves."""
    low, high = np.searchsorted(binned.of_row, [start, stop])
    if stop - start > _FINE_BINS or high - low <= stop - start:
        return int(low), int(high)
    expected = binned.mean[binned.of_row[low:high] + ahead]
    first, last = deviating_part(flat.curve.residual[low:high] - expected)
    return int(low) + first, int(low) + last


def _model(flat: Flattened, binned: Binned, found: list[_Discord]) -> Floats:
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
