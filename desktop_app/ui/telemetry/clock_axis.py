"""The time axis of telemetry, and its times in words: dates, elapsed time or sample numbers."""

from math import ceil, floor, isfinite, log10

import numpy as np

from desktop_app.core.telemetry import Clock, Telemetry
from desktop_app.ui.axes import Ticks, TimeAxis, places
from desktop_app.ui.words import duration

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_STEPS_S = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(step * _MINUTE for step in (1, 2, 5, 10, 15, 30)),
    *(step * _HOUR for step in (1, 2, 3, 6, 12)),
    *(step * _DAY for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)),
)
_FARTHEST_S = 2.0e11


class ClockAxis(TimeAxis):
    """Seconds written as the clock of the data counts: UTC dates, elapsed time, or samples."""

    def __init__(self) -> None:
        super().__init__()
        self._clock: Clock = "samples"
        self._zero = 0.0
        self._unit = 1.0
        self._days = ""

    def show_clock(self, data: Telemetry) -> None:
        """Write times as ``data`` count them, and say so in the title."""
        self._clock = data.clock
        self._zero = data.zero_unix_s if data.clock == "utc" and isfinite(data.zero_unix_s) else 0.0
        length = float(data.time[-1] - data.time[0]) if len(data) else 0.0
        self._unit, name = _unit_of(length) if data.clock == "elapsed" else (1.0, "")
        titles: dict[Clock, str] = {"utc": "UTC", "elapsed": f"Elapsed time ({name})", "samples": "Sample"}
        self._days = ""
        self.setLabel(titles[data.clock])
        self.picture = None
        self.update()

    def tell_days(self, start: float, stop: float) -> None:
        """Say in the title on which days the stretch in view lies."""
        if self._clock != "utc":
            return
        first, last = (_date(self._zero, time, "ms")[:-13] for time in (start, stop))
        days = first if first == last else f"{first} to {last}"
        if days != self._days:
            self._days = days
            self.setLabel(f"UTC, {days}")

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Ticks:  # noqa: N803 - pyqtgraph's names
        """Ticks at round dates or numbers."""
        if self._clock == "utc":
            return self._dated(minVal, maxVal, max(size, 1.0))
        unit = self._unit
        ticks: Ticks = super(TimeAxis, self).tickValues(minVal / unit, maxVal / unit, size)
        if self._clock == "samples":
            ticks = [(spacing, values) for spacing, values in ticks if spacing >= 1]
        ticks = [(spacing * unit, [value * unit for value in values]) for spacing, values in ticks]
        return self._roomy(ticks, size / (maxVal - minVal))

    def tickStrings(self, values: list[float], _scale: float, spacing: float) -> list[str]:
        """The dates or numbers at the ticks."""
        if self._clock == "utc":
            return [_short(self._zero, value, spacing) for value in values]
        decimals = places(spacing / self._unit)
        return [f"{value / self._unit:,.{decimals}f}".replace("-", "−") for value in values]

    def _dated(self, first: float, last: float, size: float) -> Ticks:
        """Ticks at round dates, as close as the labels allow."""
        seconds = (last - first) / size  # in a pixel
        days = 10.0 ** ceil(log10(max(seconds * _room(_DAY) / _DAY, 1.0)))
        step = next((step for step in _STEPS_S if step >= seconds * _room(step)), days * _DAY)
        start, stop = ceil((first + self._zero) / step), floor((last + self._zero) / step)
        return [(step, [place * step - self._zero for place in range(start, stop + 1)])]

    def _offset(self) -> float:
        return self._zero if self._clock == "utc" else 0.0


def exact_time(data: Telemetry, time: float) -> str:
    """A time as ``data`` count it, to the last digit that is known: "2022-01-27 02:20:37.000 UTC"."""
    match data.clock:
        case "utc":
            return f"{_date(data.zero_unix_s, time, 'us' if _finer_than_ms(data, time) else 'ms')} UTC"
        case "elapsed":
            return f"{time:,.6f}".rstrip("0").rstrip(".").replace("-", "−") + " s"
        case "samples":
            return f"sample {time:,.0f}".replace("-", "−")


def stretch_text(data: Telemetry, seconds: float) -> str:
    """How long a stretch is: "2.1 h", or "1,200 samples"."""
    return f"{seconds:,.0f} samples" if data.clock == "samples" else duration(seconds / _DAY)


def _finer_than_ms(data: Telemetry, time: float) -> bool:
    milliseconds = 1000 * (data.zero_unix_s % 1 + time)
    return abs(milliseconds - round(milliseconds)) > 0.01


def _unit_of(length_s: float) -> tuple[float, str]:
    if length_s < 3 * _HOUR:
        return 1.0, "s"
    return (_HOUR, "h") if length_s < 4 * _DAY else (_DAY, "d")


def _room(step: float) -> float:
    """Pixels that labels ``step`` seconds apart need."""
    if step >= _MINUTE:
        return 84.0 if step >= _DAY else 60.0
    return 76.0 if step >= 1 else 96.0


def _short(zero: float, time: float, spacing: float) -> str:
    """The time of day as long as ticks ``spacing`` seconds apart need, and the day itself at midnight."""
    stamp = _date(zero, time, "ms")
    day, clock = stamp[:-13], stamp[-12:]
    if spacing >= _DAY or clock == "00:00:00.000":
        return day
    return clock[:5] if spacing >= _MINUTE * 0.999 else clock[:8] if spacing >= 0.999 else clock


def _date(zero: float, time: float, unit: str) -> str:
    """A calendar date; seconds are taken apart from the fraction so that microseconds outlive the large number."""
    if not abs(zero + time) < _FARTHEST_S:
        return "out of range           "
    whole = floor(zero) + floor(time)
    parts = 1_000_000 if unit == "us" else 1000
    rest = round(((zero - floor(zero)) + (time - floor(time))) * parts)
    stamp = np.array(whole * parts + rest).astype(f"datetime64[{unit}]")
    return str(stamp).replace("T", " ")
