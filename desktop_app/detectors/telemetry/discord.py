"""Finds stretches of a channel that are like nothing else in it, and such as its training stretch never held."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import pairwise
from typing import Self

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.constants import CONSTANTS
from desktop_app.core.channels.dynamic_threshold import Limited, dynamic_limit
from desktop_app.core.channels.expected import expected_values
from desktop_app.core.channels.long_profile import neighbour_distance, training_distance
from desktop_app.core.channels.novelty import is_obsolete, novelty_limit, worse_than_training
from desktop_app.core.channels.profile import covered_mean
from desktop_app.core.channels.scaling import Grid, grid_of, scale_of
from desktop_app.core.channels.series import ChannelScores, EachChannel, Series
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.telemetry import Telemetry, stretches

_JUST_BELOW = 0.999
_KNEE = 0.9


class Mode(StrEnum):
    """How much is asked of a stretch before it is flagged."""

    SURVEY = "survey"
    WATCH = "watch"


class DiscordParams(Params):
    """The settings of the search for discords."""

    mode: Mode = setting(
        Mode.SURVEY,
        title="Mode",
        help="Survey finds the strangest stretches of a file; watch flags only what is stranger than anything in the "
        "training stretch, for few false alarms.",
    )
    window: int = setting(
        0,
        title="Window",
        help="How many samples are compared as a whole; 0 takes several windows and the period of the channel.",
        unit="samples",
        zero="automatic",
        ge=0,
        le=5000,
    )
    neighbour: int = setting(
        1,
        title="Neighbour",
        help="Which neighbour a window is compared with: 1 finds what comes once, 3 what comes up to three times.",
        ge=1,
        le=10,
    )
    novelty: bool = setting(
        True,
        title="Use the training stretch",
        help="Also flag what goes on for long and is unlike everything in the training stretch.",
    )
    shortest_novelty: int = setting(
        300,
        title="Shortest novelty",
        help="Shorter stretches that only differ from the training stretch are not flagged.",
        unit="samples",
        ge=1,
        le=100_000,
        advanced=True,
    )


@dataclass(frozen=True, eq=False)
class _Part:
    """One way to look at the channel: scores with their limit, on its grid."""

    score: Floats
    limited: Limited

    @property
    def times_limit(self) -> Floats:
        """Scores as multiples of the limit, below 1 where nothing is flagged and at least 1 where it is."""
        ratio = self.score / self.limited.limit
        return np.where(self.limited.flagged, np.maximum(ratio, 1.0), below_one(ratio))


class ChannelDiscord:
    """The search in one channel."""

    def __init__(self, params: DiscordParams) -> None:
        self._params = params
        self._training: Grid | None = None

    def fit(self, series: Series, report: Report) -> Self:
        """Put the training stretch on its grid."""
        rows = int(np.isfinite(series.values).sum())
        least = CONSTANTS.windows_at_least * (self._params.window or CONSTANTS.shortest_window)
        if rows < least:
            raise FitError(
                f"It has {rows} values; windows of {least // CONSTANTS.windows_at_least} need {least}.",
                hint="Open a longer stretch of telemetry, or take a shorter window.",
            )
        if series.training is not None and np.isfinite(series.training.values).any():
            self._training = grid_of(series.training)
        report(1.0, "Training stretch taken")
        return self

    def score(self, series: Series, report: Report) -> ChannelScores:
        """Distances to the most similar windows, as multiples of the limit."""
        grid = grid_of(series)
        known = [one for one in (grid, self._training) if one is not None]
        scale = scale_of(*(one.values[one.known] for one in known))
        values, training = scale.of(grid.values), None if self._training is None else scale.of(self._training.values)
        widths = self._widths(values)
        notes: list[str] = []
        parts = []
        for place, width in enumerate(widths):
            told = part(report, 0.8 * place / len(widths), 0.8 * (place + 1) / len(widths))
            parts.append(self._discords(grid, values, training, width, told))
        if training is not None and self._params.novelty:
            found = self._novelty(grid, values, training, widths[0], part(report, 0.8, 0.9))
            notes += found[1]
            parts += found[0]
        score = np.fmax.reduce([one.times_limit for one in parts])
        score = joined(score, round(CONSTANTS.joined_gap * CONSTANTS.shortest_window))
        report(0.95, "Laying the nearest windows under what was found")
        model = expected_values(values, grid.windows(widths[0]), np.nan_to_num(score) >= 1, widths[0])
        report(1.0, "Scored")
        return ChannelScores(
            grid.back(score, len(series)), {"model": grid.back(scale.back(model), len(series))}, tuple(notes)
        )

    def _widths(self, values: Floats) -> list[int]:
        if self._params.window:
            return [self._params.window]
        most = values.size // CONSTANTS.windows_at_least
        return [width for width in CONSTANTS.windows if width <= most] or [most]

    def _discords(self, grid: Grid, values: Floats, training: Floats | None, width: int, report: Report) -> _Part:
        distance = neighbour_distance(values, width, grid.windows(width), self._params.neighbour, report)
        score = covered_mean(distance, width)
        limited = dynamic_limit(score)
        if self._params.mode is Mode.WATCH and training is not None and self._training is not None:
            worst = own_worst(training, self._training.windows(width), width)
            limited = Limited(limited.limit, worse_than_training(score, limited.flagged, worst))
        return _Part(score, limited)

    def _novelty(
        self, grid: Grid, values: Floats, training: Floats, width: int, report: Report
    ) -> tuple[list[_Part], list[str]]:
        assert self._training is not None
        known = self._training.windows(width)
        if not known.any():
            return [], [f"The training stretch is shorter than a window of {width} samples and was not used."]
        distance = training_distance(values, width, grid.windows(width), training, known, report)
        score = covered_mean(distance, width)
        notes = ["The training stretch is no longer like the data: take a newer one."] if is_obsolete(score) else []
        return [_Part(score, novelty_limit(score, self._params.shortest_novelty))], notes


def below_one(ratio: Floats) -> Floats:
    """Ratios in their order, those near 1 and above squeezed below it."""
    above = np.maximum(ratio - _KNEE, 0.0)
    return np.minimum(ratio, _KNEE) + (_JUST_BELOW - _KNEE) * (1 - np.exp(-above / (_JUST_BELOW - _KNEE)))


def joined(score: Floats, gap: int) -> Floats:
    """``score`` with gaps of fewer than ``gap`` samples between flagged stretches lifted to 1."""
    result = np.array(score)
    runs = stretches(np.nan_to_num(score) >= 1)
    for (_, stop), (start, _) in pairwise(runs):
        if start - stop < gap:
            result[stop:start] = np.fmax(result[stop:start], 1.0)
    return result


def own_worst(training: Floats, valid: Bools, width: int) -> float:
    """The highest discord of the training stretch itself; 0 where it is too short to have one."""
    if valid.size <= width:
        return 0.0
    score = covered_mean(neighbour_distance(training, width, valid, 1, silent), width)
    return float(np.nanmax(score)) if np.isfinite(score).any() else 0.0


def build(params: DiscordParams) -> EachChannel:
    """The search in every channel."""
    return EachChannel(partial(ChannelDiscord, params))


SPEC = DetectorSpec(
    name="discord",
    label="Discords and novelties",
    help="Finds stretches that are like nothing else in their channel, and long ones that the training stretch never "
    "held: the exact matrix profile of several windows under a dynamic threshold.",
    kinds=(Telemetry,),
    version=1,
    params=DiscordParams,
    build=build,
    threshold=1.0,
    finds=("spike", "step", "drift", "frozen", "noise", "regime", "pattern"),
    unit="× limit",
)
