"""Finds stretches of a channel that are like nothing else in it, and such as its training stretch never held."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Self

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.constants import CONSTANTS
from desktop_app.core.channels.decision import joined, narrowed, one_score, without_beginning
from desktop_app.core.channels.dynamic_threshold import Limited, dynamic_limit, higher_than
from desktop_app.core.channels.expected import expected_values
from desktop_app.core.channels.long_profile import neighbour_distance, training_distance
from desktop_app.core.channels.novelty import Novelty, novelties
from desktop_app.core.channels.profile import sample_scores
from desktop_app.core.channels.regimes import Regime, contrasts
from desktop_app.core.channels.scaling import EMPTY_GRID, Grid, automatic_window, grid_of, scale_of
from desktop_app.core.channels.series import ChannelScores, EachChannel, Series
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.telemetry import Telemetry


class Mode(StrEnum):
    """How much is asked of a stretch before it is flagged."""

    SURVEY = "survey"
    WATCH = "watch"


class Windows(StrEnum):
    """What is compared as a whole."""

    SEVERAL = "several"
    PERIOD = "period"


class DiscordParams(Params):
    """The settings of the search for discords."""

    mode: Mode = setting(
        Mode.SURVEY,
        title="Mode",
        help="Survey finds the strangest stretches of a file; watch flags only what is stranger than anything in the "
        "training stretch, for few false alarms.",
    )
    windows: Windows = setting(
        Windows.SEVERAL,
        title="Windows",
        help="Several takes windows of 50, 100 and 200 samples; period one and one and a half periods of the channel.",
    )
    window: int = setting(
        0,
        title="Window",
        help="How many samples are compared as a whole; 0 leaves it to the choice above.",
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
    training: bool = setting(
        True,
        title="Use the training stretch",
        help="Compare with the training stretch as well: what it holds is usual, what it never held for long is not.",
    )
    regimes: bool = setting(
        True,
        title="Find regimes",
        help="Also flag long stretches in which a channel keeps to something that it does nowhere else.",
    )


@dataclass(frozen=True, eq=False)
class _Part:
    """What windows of one width find, on the grid of the channel."""

    width: int
    score: Floats
    limited: Limited


@dataclass(frozen=True, eq=False)
class _Channel:
    """A channel and its training stretch, in shares of its range; no training has no values."""

    grid: Grid
    values: Floats
    training: Grid
    trained: Floats


class ChannelDiscord:
    """The search in one channel."""

    def __init__(self, params: DiscordParams) -> None:
        self._params = params
        self._training = EMPTY_GRID

    def fit(self, series: Series, report: Report) -> Self:
        """Put the training stretch on its grid."""
        rows = int(np.isfinite(series.values).sum())
        least = CONSTANTS.windows_at_least * (self._params.window or CONSTANTS.shortest_window)
        if rows < least:
            raise FitError(
                f"It has {rows} values; windows of {least // CONSTANTS.windows_at_least} need {least}.",
                hint="Open a longer stretch of telemetry, or take a shorter window.",
            )
        if self._params.training and series.training is not None:
            self._training = grid_of(series.training)
        report(1.0, "Training stretch taken")
        return self

    def score(self, series: Series, report: Report) -> ChannelScores:
        """Distances to the most similar windows, as multiples of the limit."""
        grid = grid_of(series)
        scale = scale_of(grid.values[grid.known], self._training.values[self._training.known])
        channel = _Channel(grid, scale.of(grid.values), self._training, scale.of(self._training.values))
        widths = self._widths(grid.values)
        parts = []
        for place, width in enumerate(widths):
            told = part(report, 0.6 * place / len(widths), 0.6 * (place + 1) / len(widths))
            parts.append(self._discords(channel, width, told))
        novelty = _novelty(channel, part(report, 0.6, 0.7))
        contrast, found = self._regimes(channel, part(report, 0.7, 0.9))
        flagged = _flagged(parts, novelty, found)
        ratios = [one.score / one.limited.limit for one in parts]
        score = one_score(ratios, contrast / CONSTANTS.regime_limit, flagged)
        model = _model(channel, flagged, widths[len(widths) // 2], part(report, 0.9, 1.0))
        report(1.0, "Scored")
        tracks = {"model": grid.back(scale.back(model), len(series))}
        return ChannelScores(grid.back(score, len(series)), tracks, self._notes(novelty))

    def _widths(self, values: Floats) -> list[int]:
        """Those that the settings and the length of the channel allow, the shortest first."""
        if self._params.window:
            return [self._params.window]
        widths: tuple[int, ...] = CONSTANTS.windows
        if self._params.windows is Windows.PERIOD:
            period = automatic_window(values)
            widths = (period, period * 3 // 2)
        most = values.size // CONSTANTS.windows_at_least
        low, high = CONSTANTS.shortest_window, min(CONSTANTS.longest_window, most)
        return sorted({min(max(width, low), high) for width in widths})

    def _discords(self, channel: _Channel, width: int, report: Report) -> _Part:
        valid = channel.grid.windows(width)
        distance = neighbour_distance(channel.values, width, valid, self._params.neighbour, report)
        score = sample_scores(distance, width)
        limited = dynamic_limit(score)
        flagged = higher_than(score, limited.flagged, CONSTANTS.discord_floor)
        if self._params.mode is Mode.WATCH and channel.trained.size >= 2 * width:
            known = channel.training.windows(width)
            away = training_distance(channel.values, width, valid, channel.trained, known, silent)
            unseen = sample_scores(np.fmin(distance, away), width)
            least = CONSTANTS.watch_factor * self._usual_worst(channel, width) + CONSTANTS.watch_margin
            flagged = higher_than(unseen, flagged, least)
        return _Part(width, score, Limited(limited.limit, flagged))

    def _regimes(self, channel: _Channel, report: Report) -> tuple[Floats, list[Regime]]:
        if not self._params.regimes:
            return np.zeros(channel.values.size), []
        return contrasts(channel.values, channel.grid.known, channel.trained, report)

    def _usual_worst(self, channel: _Channel, width: int) -> float:
        """The highest discord of the training stretch itself."""
        valid = channel.training.windows(width)
        distance = neighbour_distance(channel.trained, width, valid, self._params.neighbour, silent)
        return float(np.nan_to_num(sample_scores(distance, width)).max(initial=0.0))

    def _notes(self, novelty: Novelty | None) -> tuple[str, ...]:
        if novelty is not None and novelty.obsolete:
            return ("Most of it is unlike the training stretch, which says little here: take a newer one.",)
        if novelty is None and self._params.mode is Mode.WATCH:
            return ("Without a training stretch there is nothing that watching could be stricter by.",)
        return ()


def _novelty(channel: _Channel, report: Report) -> Novelty | None:
    """How far each sample is from the training stretch; None without one."""
    width = min(CONSTANTS.regime_window, channel.values.size // CONSTANTS.windows_at_least)
    known = channel.training.windows(width)
    if not known.any():
        return None
    valid = channel.grid.windows(width)
    distance = training_distance(channel.values, width, valid, channel.trained, known, report)
    own = neighbour_distance(channel.trained, width, known, 1, silent)
    worst = float(own[np.isfinite(own)].max(initial=-np.inf))
    return Novelty(sample_scores(distance, width), worst if np.isfinite(worst) else np.nan)


def _flagged(parts: list[_Part], novelty: Novelty | None, regimes: list[Regime]) -> Bools:
    """Discords, novelties and regimes together."""
    flagged = narrowed([one.limited.flagged for one in parts], [one.width for one in parts])
    flagged = without_beginning(flagged, novelty, CONSTANTS.regime_window)
    if novelty is not None:
        flagged |= novelties(novelty, CONSTANTS.novelty_run)
    for one in regimes:
        flagged[one.start : one.stop] = True
    return joined(flagged, CONSTANTS.joined_gap)


def _model(channel: _Channel, flagged: Bools, width: int, report: Report) -> Floats:
    report(0.0, "Laying the nearest windows under what was found")
    return expected_values(channel.values, channel.grid.windows(width), flagged, width)


def build(params: DiscordParams) -> EachChannel:
    """The search in every channel."""
    return EachChannel(partial(ChannelDiscord, params))


SPEC = DetectorSpec(
    name="discord",
    label="Discords and novelties",
    help="Finds stretches that are like nothing else in their channel, long ones that keep to something of their own, "
    "and such as the training stretch never held: the exact matrix profile under a dynamic threshold.",
    kinds=(Telemetry,),
    version=2,
    params=DiscordParams,
    build=build,
    threshold=1.0,
    finds=("spike", "step", "drift", "frozen", "noise", "regime", "pattern"),
    unit="× limit",
)
