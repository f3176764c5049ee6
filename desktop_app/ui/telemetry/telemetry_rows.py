"""Where the rows of channels stand above one another, and which values each of them shows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import floor, log10

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.ui.axes import places
from desktop_app.ui.telemetry.telemetry_picture import LARGEST, ChannelPicture, Form

COMPACT_PX = 20
LEVEL_PX = 15
ROW_PX = (72, 240)
CHIEF_SHARE = 0.4
FEW = 2
INSET_PX = 5
LANE_PX = (16, 56)
LANE_SHARE = 0.24
_TICK_PX = 18
_MOST_TICKS = 9
_MARGIN = 0.06
_FULL_NUMBERS = (1e-4, 1e6)
_FINEST = 1e-12


@dataclass(frozen=True)
class Row:
    """One channel on the page.

    Attributes
    ----------
    place : int
        Which channel, by its place in the data.
    form : str
    top, height : int
        In logical pixels from the top of all rows.
    low, high : float
        Values at the lower and upper edge.
    lane : int
        How high the lane of its scores is, which stands below its trace; 0 where there is none.
    """

    place: int
    form: Form
    top: int
    height: int
    low: float
    high: float
    lane: int = 0

    @property
    def bottom(self) -> int:
        """The first pixel below, its lane included."""
        return self.top + self.height + self.lane

    def y(self, value: float) -> float:
        """Where ``value`` is drawn, in pixels from the top of all rows."""
        return self.top + (self.high - value) / (self.high - self.low) * self.height

    def value(self, y: float) -> float:
        """The value drawn at ``y``."""
        return self.high - (y - self.top) / self.height * (self.high - self.low)


def lay_out(
    channels: Sequence[ChannelPicture],
    shown: Sequence[int],
    ranges: Mapping[int, tuple[float, float]],
    room_px: int,
    scale: float,
    scored: Collection[int] = (),
) -> tuple[Row, ...]:
    """The rows of the channels ``shown``, from the top.

    Parameters
    ----------
    ranges : mapping
        Values that single channels are zoomed to.
    room_px : int
        What there is to fill: rows of numbers share what compact rows leave, within reason.
    scale : float
        How much higher than that the user wants them.
    scored : collection of int
        The channels with a lane for their scores.
    """
    tall = [place for place in shown if channels[place].form in ("numbers", "states")]
    lanes = {place: LANE_PX[0] for place in scored if place not in tall}
    left = room_px - COMPACT_PX * (len(shown) - len(tall)) - sum(lanes.get(place, 0) for place in shown)
    # A channel with all its commands keeps the larger part of the page, and the commands scroll.
    least = max(ROW_PX[0], int(CHIEF_SHARE * room_px / max(1, len(tall))))
    most = ROW_PX[1] if len(tall) > FEW else max(ROW_PX[1], room_px)
    usual = int(np.clip(left // max(1, len(tall)), min(least, most), most) * scale)
    rows, top = [], 0
    for place in shown:
        height = _height(channels[place], usual)
        lane = lanes.get(place, 0)
        if place in scored and not lane:
            lane = int(np.clip(LANE_SHARE * height, *LANE_PX))
            height -= lane
        low, high = ranges.get(place) or padded(channels[place], height)
        rows.append(Row(place, channels[place].form, top, height, low, high, lane))
        top = rows[-1].bottom
    return tuple(rows)


def _height(channel: ChannelPicture, usual: int) -> int:
    match channel.form:
        case "numbers":
            return usual
        case "states":
            return max(usual, LEVEL_PX * len(channel.levels) + 2 * INSET_PX)
        case _:
            return COMPACT_PX


def padded(channel: ChannelPicture, height: int) -> tuple[float, float]:
    """All values of ``channel`` with a margin above and below."""
    return with_margin(*channel.heights, channel.form, height)


def with_margin(low: float, high: float, form: Form, height: int) -> tuple[float, float]:
    """Values at the edges of a row that shows ``low`` to ``high``."""
    low, high = max(low, -LARGEST), min(high, LARGEST)
    if form in ("switch", "constant", "empty"):
        pad = INSET_PX / max(1, height - 2 * INSET_PX) * ((high - low) or 1.0)
        return bounded(low - pad, high + pad) if high > low else bounded(low - 0.5, high + 0.5)
    pad = max(_MARGIN, 6 / max(height, 1)) * (high - low) if high > low else abs(high) * 1e-3 or 0.5
    return bounded(low - pad, high + pad)


def bounded(low: float, high: float) -> tuple[float, float]:
    """The range [low, high], or the nearest one that numbers can be told apart in and that can be drawn."""
    low, high = min(max(low, -2 * LARGEST), LARGEST), max(min(high, 2 * LARGEST), -LARGEST)
    middle, least = low / 2 + high / 2, max(_FINEST * max(abs(low), abs(high)), 1 / LARGEST)
    return (low, high) if high - low >= least else (middle - least, middle + least)


def row_at(rows: Sequence[Row], y: float) -> Row | None:
    """The row at ``y`` pixels from the top."""
    return next((row for row in rows if row.top <= y < row.bottom), None)


def zoomed(row: Row, factor: float, centre: float) -> Row:
    """``row`` with ``factor`` times as many values about ``centre``."""
    low, high = centre + (row.low - centre) * factor, centre + (row.high - centre) * factor
    return moved(row, low, high)


def moved(row: Row, low: float, high: float) -> Row:
    """``row`` with other values at its edges."""
    low, high = bounded(low, high)
    return replace(row, low=low, high=high)


def value_ticks(row: Row) -> tuple[tuple[float, str], ...]:
    """Round values for the axis of a row of numbers, as many as there is room for, and how they are written."""
    return _ticks(row.low, row.high, row.height)


@lru_cache(maxsize=4096)
def _ticks(low: float, high: float, height: int) -> tuple[tuple[float, str], ...]:
    most = min(max(1, height // _TICK_PX), _MOST_TICKS)
    rough = (high - low) / most
    power = 10.0 ** floor(log10(rough))
    step = power * next((nice for nice in (1, 2, 5) if nice * power >= rough * (1 - 1e-9)), 10)
    edge = 5 / height * (high - low)  # a label needs half its height
    values = np.arange(np.ceil((low + edge) / step), np.floor((high - edge) / step) + 1) * step
    return tuple(zip(values.tolist(), tick_texts(values, step), strict=True))


def tick_texts(values: Floats, step: float) -> list[str]:
    """Numbers as short as ticks ``step`` apart allow."""
    largest = float(np.abs(values).max(initial=0.0))
    if largest >= _FULL_NUMBERS[1] or 0 < step < _FULL_NUMBERS[0]:
        digits = max(0, int(np.floor(np.log10(max(largest, step)) + 1e-9) - np.floor(np.log10(step) + 1e-9)))
        texts = [f"{value:.{min(digits, 6)}e}".replace("e+0", "e").replace("e-0", "e-") for value in values]
        return ["0" if value == 0 else text.replace("-", "−") for value, text in zip(values, texts, strict=True)]
    decimals = places(step)
    return [f"{value + 0.0:.{decimals}f}".replace("-", "−") for value in values]
