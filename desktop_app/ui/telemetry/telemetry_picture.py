"""What is drawn of telemetry, made ready away from the window's thread."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.pyramid import Pyramid, build_pyramids
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.ui.telemetry.thumbs import Thumb, thumb_of

Form = Literal["numbers", "states", "switch", "constant", "empty"]

MOST_LEVELS = 64
SHOWN_AT_FIRST = 8
_COUNTS = 9.0
_STEPS_LOOKED_AT = 200_000
_LOST = 1.5
_PAUSE = 4.0
_APART = 0.02
# The difference of two larger numbers may be infinite.
LARGEST = 1e300


@dataclass(frozen=True, eq=False)
class Trace:
    """One channel over one stretch of rows, ready to be drawn.

    Attributes
    ----------
    series : Pyramid
        Its values where it has any; for an enumeration the places of its levels.
    joined : ndarray of bool, shape (m,)
        Whether a line leads from each point to the next: not over a gap, and not from the last one.
    alone : ndarray, shape (a,)
        Points that no line leads to or from.
    """

    series: Pyramid
    joined: Bools
    alone: Ints


@dataclass(frozen=True, eq=False)
class ChannelPicture:
    """One channel: what it is, and how it is drawn.

    Attributes
    ----------
    channel : Channel
    form : str
        "numbers"; "states" for an enumeration; "switch" for what is on or off; "constant"; "empty" without any value.
        It is judged over the training stretch too.
    low, high : float
        Extrema of all values; NaN for an empty one.
    levels : tuple of float
        The values of an enumeration that occur, in order; they are drawn evenly spaced.
    spread : float
        The standard deviation; NaN for an empty one.
    missing : float
        Share of the rows without a value.
    data, training : Trace, Trace or None
    thumb : Thumb or None
        None for one without a line.
    """

    channel: Channel
    form: Form
    low: float
    high: float
    levels: tuple[float, ...]
    spread: float
    missing: float
    data: Trace
    training: Trace | None
    thumb: Thumb | None = None

    @property
    def heights(self) -> tuple[float, float]:
        """The lowest and highest height it is drawn at."""
        if self.form == "states":
            return 0.0, float(len(self.levels) - 1)
        if self.form == "switch":
            return 0.0, max(1.0, self.high)
        if not np.isfinite(self.low):
            return 0.0, 1.0
        return max(self.low, -LARGEST), min(self.high, LARGEST)

    def level_name(self, value: float) -> str:
        """The name of a value of an enumeration; "" where it has none."""
        states = self.channel.states
        return states[int(value)] if value >= 0 and value == int(value) and value < len(states) else ""


@dataclass(frozen=True, eq=False)
class TelemetryPicture:
    """All channels, ready to be drawn.

    Attributes
    ----------
    channels : tuple of ChannelPicture
    time_range : (float, float)
    training_range : (float, float) or None
    training_shift_s : float
        What brings the training stretch before the data, on their clock; 0 where it is there already.
    step_s : float
        The usual step from row to row.
    shown : tuple of int
        The channels worth a first look.
    """

    channels: tuple[ChannelPicture, ...]
    time_range: tuple[float, float]
    training_range: tuple[float, float] | None
    training_shift_s: float
    step_s: float
    shown: tuple[int, ...]


def telemetry_picture(data: Telemetry) -> TelemetryPicture:
    """``data``, ready to be drawn."""
    series = build_pyramids(data.time, data.values)
    before = data.training
    earlier = build_pyramids(before.time, before.values) if before is not None else (None,) * len(series)
    lines, earlier_lines = _Lines(len(data)), _Lines(len(before) if before is not None else 0)
    time_range = _ends(data.time)
    channels = []
    for channel, one, other in zip(data.channels, series, earlier, strict=True):
        both = [one] if other is None else [one, other]
        low, high = _extrema(both)
        form, levels = _form(channel, both, low, high)
        drawn = ChannelPicture(
            channel,
            form,
            low,
            high,
            levels,
            spread=_spread(one),
            missing=1 - len(one) / max(1, len(data)),
            data=lines.trace(one, levels),
            training=None if other is None else earlier_lines.trace(other, levels),
        )
        small = None if form in ("constant", "empty") else thumb_of(drawn.data.series, time_range, drawn.heights)
        channels.append(replace(drawn, thumb=small))
    first, last = time_range
    training_range = _ends(before.time) if before is not None else None
    step = _usual(data.time, first, last)
    shift = 0.0
    if before is not None and training_range is not None:
        dated = data.clock == "utc" and before.clock == "utc"
        shift = before.zero_unix_s - data.zero_unix_s if dated else 0.0
        if not dated or training_range[1] + shift > first:
            shift = first - training_range[1] - max(step, _APART * (last - first))
    return TelemetryPicture(tuple(channels), time_range, training_range, shift, step, _worth_a_look(channels))


def same_samples(one: Telemetry | None, other: Telemetry | None) -> bool:
    """Whether both are the very same samples, perhaps with other labels."""
    if one is None or other is None:
        return False
    shared = one.values.shape == other.values.shape and np.may_share_memory(one.values, other.values)
    return shared and one.training is other.training


class _Lines:
    """Finds where the lines of channels are broken, once for all channels that share their times.

    A line is broken where rows without a value lie between two points that are usually neighbours, and where a
    channel pauses for much longer than it does elsewhere. So a channel that has a value in every tenth row only is
    still drawn as a line.
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._known: dict[int, tuple[Bools, Ints]] = {}

    def trace(self, series: Pyramid, levels: tuple[float, ...]) -> Trace:
        if id(series.rows) not in self._known:
            joined = self._joined(series)
            before = np.concatenate(([False], joined[:-1]))
            self._known[id(series.rows)] = (joined, np.flatnonzero(~joined & ~before))
        joined, alone = self._known[id(series.rows)]
        return Trace(_as_levels(series, levels) if levels else series, joined, alone)

    def _joined(self, series: Pyramid) -> Bools:
        if len(series) < 2:
            return np.zeros(len(series), bool)
        steps, skipped = np.diff(series.time), np.diff(series.rows)
        some = steps[:_STEPS_LOOKED_AT]
        some = some[some > 0]
        if not len(some):
            return np.append(np.ones(len(steps), bool), False)
        usual = float(np.median(some))
        paused = steps > max(_PAUSE * usual, _LOST * float(np.quantile(some, 0.95)))
        if 2 * len(series) > self._rows:
            paused |= (skipped > np.median(skipped[:_STEPS_LOOKED_AT])) & (steps > _LOST * usual)
        return np.append(~paused, False)


def _form(channel: Channel, both: list[Pyramid], low: float, high: float) -> tuple[Form, tuple[float, ...]]:
    if not any(len(series) for series in both):
        return "empty", ()
    if low == high:
        return "constant", ()
    if channel.states:
        levels = np.unique(np.concatenate([np.unique(series.values) for series in both]))
        return ("states", tuple(levels.tolist())) if len(levels) <= MOST_LEVELS else ("numbers", ())
    most = _COUNTS if channel.role == "command" else 1.0
    small = low >= 0 and high <= most
    whole = small and all(bool((series.values == np.floor(series.values)).all()) for series in both)
    return ("switch" if whole else "numbers"), ()


def _as_levels(series: Pyramid, levels: tuple[float, ...]) -> Pyramid:
    """``series`` with the places of its values among ``levels``: still in order, so extrema stay extrema."""
    known = np.array(levels)
    past_the_end = np.isinf(series.block_low)
    low = np.where(past_the_end, np.inf, np.searchsorted(known, series.block_low))
    high = np.where(past_the_end, -np.inf, np.searchsorted(known, series.block_high))
    return replace(
        series, values=np.searchsorted(known, series.values).astype(np.float64), block_low=low, block_high=high
    )


def _worth_a_look(channels: list[ChannelPicture]) -> tuple[int, ...]:
    """Measured channels that move, as many as fit, and with few of them every command that was ever sent."""
    moving = [place for place, one in enumerate(channels) if one.form not in ("constant", "empty")]
    measured = [place for place in moving if channels[place].channel.role == "measured"]
    commands = [place for place in moving if channels[place].channel.role == "command"]
    if commands or len(commands) < sum(one.channel.role == "command" for one in channels):
        # The one channel that is judged is looked at even where it never moves.
        measured = measured or [place for place, one in enumerate(channels) if one.channel.role == "measured"]
        return (*measured[:SHOWN_AT_FIRST], *commands)
    return tuple(measured[:SHOWN_AT_FIRST]) or tuple(range(min(len(channels), SHOWN_AT_FIRST)))


def _spread(series: Pyramid) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return float(series.values.std()) if len(series) else float("nan")


def _extrema(both: list[Pyramid]) -> tuple[float, float]:
    low = min((float(series.block_low.min()) for series in both if len(series)), default=float("nan"))
    return low, max((float(series.block_high.max()) for series in both if len(series)), default=float("nan"))


def _ends(time: Floats) -> tuple[float, float]:
    return (float(time[0]), float(time[-1])) if len(time) else (0.0, 1.0)


def _usual(time: Floats, first: float, last: float) -> float:
    steps = np.diff(time[:_STEPS_LOOKED_AT])
    steps = steps[steps > 0]
    return float(np.median(steps)) if len(steps) else max(last - first, 1.0)
