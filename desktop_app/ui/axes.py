"""Axes that say what they show: times in any system, values without offsets, scores in sigmas."""

from math import ceil, floor, log10

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QFontMetricsF

from desktop_app.core.timescales import TimeReference, TimeSystem, offset_of
from desktop_app.ui.picture import squeezed
from desktop_app.ui.words import dates

_SECOND = 1 / 86400
_STEPS_D = (
    *(step * _SECOND for step in (1, 2, 5, 10, 30)),
    *(step * 60 * _SECOND for step in (1, 2, 5, 10, 30)),
    *(step / 24 for step in (1, 2, 3, 6, 12)),
    *(1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 5000.0),
)
_SCORE_TICKS = (0, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000)
_PIXELS_PER_DATE = 150
_BETWEEN_LABELS_PX = 10
_TEXT_LEVELS = 2
Ticks = list[tuple[float, list[float]]]


def places(spacing: float) -> int:
    """Decimal places that tell ticks ``spacing`` apart from each other."""
    return max(0, ceil(-log10(spacing) - 1e-9)) if spacing > 0 else 0


class TimeAxis(pg.AxisItem):
    """Time in the file's own system, or in another one, with ticks that are round in the one shown."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.enableAutoSIPrefix(False)
        self._reference = TimeReference()
        self._system = TimeSystem.NATIVE

    def show_as(self, reference: TimeReference, system: TimeSystem) -> None:
        """Write times of ``reference`` as ``system``, and say so in the title."""
        self._reference, self._system = reference, system
        self.setLabel(title_of(reference, system))
        self.picture = None
        self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Ticks:  # noqa: N803 - pyqtgraph's names
        """Ticks at round numbers or dates of the system shown."""
        offset = self._offset()
        if self._system is TimeSystem.ISO:
            wanted = (maxVal - minVal) * _PIXELS_PER_DATE / max(size, 1.0)
            roomy = [step for step in _STEPS_D if step <= max(wanted, (maxVal - minVal) / 2)]
            step = roomy[-1] if roomy else _STEPS_D[0]
            first, last = ceil((minVal + offset) / step), floor((maxVal + offset) / step)
            dated = [(step, [place * step - offset for place in range(first, last + 1)])]
            return self._roomy(dated, size / (maxVal - minVal))
        ticks: Ticks = super().tickValues(minVal + offset, maxVal + offset, size)
        ticks = [(spacing, [value - offset for value in values]) for spacing, values in ticks]
        return self._roomy(ticks, size / (maxVal - minVal))

    def tickStrings(self, values: list[float], _scale: float, spacing: float) -> list[str]:
        """The numbers or dates at the ticks."""
        if self._system is TimeSystem.ISO:
            return [_date(stamp, spacing) for stamp in dates(np.array(values, np.float64), self._reference)]
        offset = self._offset()
        return [f"{value + offset:.{places(spacing)}f}" for value in values]

    def _roomy(self, ticks: Ticks, pixels_per_day: float) -> Ticks:
        """The ticks, with so few of them labelled that no label runs into the next."""
        self.style["maxTextLevel"] = _TEXT_LEVELS
        spacing, values = ticks[0] if ticks else (1.0, [])
        if not values:
            return ticks
        label = self.tickStrings(values[:1], 1.0, spacing)[0]
        width = QFontMetricsF(self.font()).horizontalAdvance(label) + _BETWEEN_LABELS_PX
        every = ceil(width / max(spacing * pixels_per_day, 1e-9))
        if every <= 1:
            return ticks
        self.style["maxTextLevel"] = 0
        labelled = [value for value in values if round((value + self._offset()) / spacing) % every == 0]
        labelled = labelled or [values[len(values) // 2]]
        return [(spacing, labelled), (spacing, [value for value in values if value not in labelled]), *ticks[1:]]

    def _offset(self) -> float:
        if self._system is TimeSystem.ISO:
            return self._reference.zero_jd - 0.5  # days begin at midnight
        return offset_of(self._reference, self._system) if self._reference.known else 0.0


class ValueAxis(pg.AxisItem):
    """Values in full: no prefix, no offset."""

    def __init__(self, side: str = "left") -> None:
        super().__init__(side)
        self.enableAutoSIPrefix(False)

    def tickStrings(self, values: list[float], _scale: float, spacing: float) -> list[str]:
        """The numbers at the ticks, with a power of ten only where there is no other way."""
        if values and max(abs(value) for value in values) >= 1e8:
            return [f"{value:.4g}" for value in values]
        return [f"{value:.{places(spacing)}f}" for value in values]


class ScoreAxis(pg.AxisItem):
    """Scores, drawn squeezed and written as they are."""

    def __init__(self, place: str = "left") -> None:
        super().__init__(place)
        self.enableAutoSIPrefix(False)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Ticks:  # noqa: N803 - pyqtgraph's names
        """Ticks at 0, 1, 2, 5, 10, ..., as many as there is room for."""
        heights = [float(squeezed(float(score))) for score in _SCORE_TICKS]
        room = (maxVal - minVal) * (18 if self.orientation == "left" else 36) / max(size, 1.0)
        kept: list[float] = []
        for height in heights:
            if minVal <= height <= maxVal and (not kept or height - kept[-1] >= room):
                kept.append(height)
        return [(1.0, kept)]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """The scores at the ticks."""
        return [f"{np.sinh(value):.0f}" for value in values]


def title_of(reference: TimeReference, system: TimeSystem) -> str:
    """ "Time (BTJD, TDB)"; what the file counts in where nothing is known."""
    if system is TimeSystem.NATIVE or not reference.known:
        return f"Time ({reference.label}{'' if reference.known else ', d'})"
    name = "ISO date" if system is TimeSystem.ISO else str(system)
    return f"Time ({name}, {reference.scale})" if reference.scale else f"Time ({name})"


def _date(stamp: str, spacing: float) -> str:
    """A date as long as ticks ``spacing`` days apart need."""
    day, clock = stamp.split("T")
    if spacing >= 1:
        return day
    return f"{day} {clock[:5]}" if spacing >= 60 * _SECOND * 0.999 else f"{day} {clock[:8]}"
