"""Where the rows of channels stand above one another, and which values each of them shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.ui.axes import places
from desktop_app.ui.telemetry_picture import ChannelPicture, Form

COMPACT_PX = 20
LEVEL_PX = 15
ROW_PX = (72, 240)
CHIEF_SHARE = 0.4
FEW = 2
INSET_PX = 5
_TICK_PX = 18
_MOST_TICKS = 9
_MARGIN = 0.06
_FULL_NUMBERS = (1e-4, 1e6)


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
    """

    place: int
    form: Form
    top: int
    height: int
    low: float
    high: float

    @property
    def bottom(self) -> int:
        """The first pixel below."""
        return self.top + self.height

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
    """
    tall = [place for place in shown if channels[place].form in ("numbers", "states")]
    left = room_px - COMPACT_PX * (len(shown) - len(tall))
    # A channel with all its commands keeps the larger part of the page, and the commands scroll.
    least = max(ROW_PX[0], int(CHIEF_SHARE * room_px / max(1, len(tall))))
    most = ROW_PX[1] if len(tall) > FEW else max(ROW_PX[1], room_px)
    usual = int(np.clip(left // max(1, len(tall)), min(least, most), most) * scale)
    rows, top = [], 0
    for place in shown:
        height = _height(channels[place], usual)
        low, high = ranges.get(place) or padded(channels[place], height)
        rows.append(Row(place, channels[place].form, top, height, low, high))
        top += height
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
    if form in ("switch", "constant", "empty"):
        pad = INSET_PX / max(1, height - 2 * INSET_PX) * ((high - low) or 1.0)
        return (low - pad, high + pad) if high > low else (low - 0.5, high + 0.5)
    pad = max(_MARGIN, 6 / max(height, 1)) * (high - low) if high > low else abs(high) * 1e-3 or 0.5
    return low - pad, high + pad


def row_at(rows: Sequence[Row], y: float) -> Row | None:
    """The row at ``y`` pixels from the top."""
    return next((row for row in rows if row.top <= y < row.bottom), None)


def zoomed(row: Row, factor: float, centre: float) -> Row:
    """``row`` with ``factor`` times as many values about ``centre``."""
    low, high = centre + (row.low - centre) * factor, centre + (row.high - centre) * factor
    return replace(row, low=low, high=high) if high - low > 1e-12 * max(abs(low), abs(high), 1e-300) else row


def value_ticks(row: Row) -> tuple[Floats, list[str]]:
    """Round values for the axis of a row of numbers, as many as there is room for, and how they are written."""
    most = min(max(1, row.height // _TICK_PX), _MOST_TICKS)
    rough = (row.high - row.low) / most
    power = 10.0 ** np.floor(np.log10(rough))
    step = power * next((nice for nice in (1, 2, 5) if nice * power >= rough * (1 - 1e-9)), 10)
    edge = 5 / row.height * (row.high - row.low)  # a label needs half its height
    values = np.arange(np.ceil((row.low + edge) / step), np.floor((row.high - edge) / step) + 1) * step
    return values, tick_texts(values, float(step))


def tick_texts(values: Floats, step: float) -> list[str]:
    """Numbers as short as ticks ``step`` apart allow."""
    largest = float(np.abs(values).max(initial=0.0))
    if largest >= _FULL_NUMBERS[1] or 0 < step < _FULL_NUMBERS[0]:
        digits = max(0, int(np.floor(np.log10(max(largest, step)) + 1e-9) - np.floor(np.log10(step) + 1e-9)))
        texts = [f"{value:.{min(digits, 6)}e}".replace("e+0", "e").replace("e-0", "e-") for value in values]
        return ["0" if value == 0 else text.replace("-", "−") for value, text in zip(values, texts, strict=True)]
    decimals = places(step)
    return [f"{value + 0.0:.{decimals}f}".replace("-", "−") for value in values]
