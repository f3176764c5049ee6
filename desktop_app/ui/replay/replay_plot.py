"""The rolling plot of a replay: values over what is usual, scores under the threshold, alarms and faults as bands."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.telemetry import Telemetry, stretches
from desktop_app.ui.axes import ScoreAxis, ValueAxis
from desktop_app.ui.picture import squeezed
from desktop_app.ui.plot_items import Frame, PlotItem
from desktop_app.ui.plots import place_axes
from desktop_app.ui.replay.replay_state import ROLLING, ReplayState
from desktop_app.ui.telemetry.clock_axis import ClockAxis
from desktop_app.ui.theme import Theme
from desktop_app.ui.view_boxes import CurveBox

_FEWEST_PX = 110
_ROOM = 0.12
_LEAST_SCORE = 2.0
_ALPHA = 46


@dataclass(frozen=True)
class Band:
    """A stretch of time, ``colour`` the field of the theme that has its colour."""

    start: float
    stop: float
    colour: str
    at_foot: bool = False


class BandsItem(PlotItem):
    """Shaded stretches; those at the foot are a bar on the lower edge."""

    def __init__(self) -> None:
        super().__init__()
        self.bands: tuple[Band, ...] = ()

    def set_bands(self, bands: Sequence[Band]) -> None:
        """Draw other stretches."""
        self.bands = tuple(bands)
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """A rectangle each, at least two pixels wide."""
        for band in self.bands:
            left, right = float(frame.x(band.start)), float(frame.x(band.stop))
            colour = QColor(getattr(self.theme, band.colour))
            top, height = (frame.top + frame.height - 5, 5) if band.at_foot else (frame.top, frame.height)
            if not band.at_foot:
                colour.setAlpha(_ALPHA)
            painter.fillRect(QRectF(left, top, max(2.0, right - left), height), colour)


class ReplayPlot(pg.GraphicsLayoutWidget):
    """Values above, scores below, on one time axis that moves along."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replay-plot")
        self.setAccessibleName("What came in lately, and its scores")
        self.setMinimumSize(200, _FEWEST_PX)
        self.ci.setContentsMargins(0, 4, 8, 0)
        self.ci.setSpacing(4)
        self.value_box, self.score_box = CurveBox(), CurveBox()
        self.score_box.setXLink(self.value_box)
        for box in (self.value_box, self.score_box):
            box.setMouseEnabled(x=False, y=False)
        self._value_axis, self._score_axis, self._time_axis = ValueAxis(), ScoreAxis(), ClockAxis()
        place_axes(self, self.value_box, 0, left=self._value_axis)
        place_axes(self, self.score_box, 1, left=self._score_axis, bottom=self._time_axis)
        self.ci.layout.setRowStretchFactor(0, 3)
        self.ci.layout.setRowStretchFactor(1, 2)
        self.model, self.values, self.scores = (pg.PlotCurveItem(connect="finite") for _ in range(3))
        self.bands, self.score_bands = BandsItem(), BandsItem()
        self.threshold = pg.InfiniteLine(angle=0, movable=False)
        for item in (self.bands, self.model, self.values):
            self.value_box.addItem(item, ignoreBounds=True)
        for item in (self.score_bands, self.scores, self.threshold):
            self.score_box.addItem(item, ignoreBounds=True)
        self._clock: Telemetry | None = None
        self.set_theme(theme)

    def show_replay(self, state: ReplayState) -> None:
        """Draw what came in lately of the channel that is looked at."""
        rolling, place, data = state.rolling, state.place, state.data
        if data is None or place < 0 or not rolling.time.size:
            for line in (self.model, self.values, self.scores):
                line.setData([], [])
            self.bands.set_bands(())
            self.score_bands.set_bands(())
            return
        if data is not self._clock:
            self._clock = data
            self._time_axis.show_clock(data)
        channel = data.channels[data.names.index(state.channel)]
        self._value_axis.setLabel(f"{channel.name} ({channel.unit})" if channel.unit else channel.name)
        time, values = rolling.time, rolling.values[:, place]
        model, scores = rolling.model[:, place], rolling.scores[:, place]
        self.values.setData(time, values)
        self.model.setData(time, model)
        self.scores.setData(time, squeezed(scores))
        self.threshold.setValue(float(squeezed(state.rules.threshold)))
        bands = _bands(state, time, rolling.injected[:, place])
        self.bands.set_bands(bands)
        self.score_bands.set_bands([band for band in bands if not band.at_foot])
        self._fit(time, values, model, scores, state)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.setBackground(theme.panel)
        for box in (self.value_box, self.score_box):
            box.set_theme(theme)
        for axis in (self._value_axis, self._score_axis, self._time_axis):
            axis.setPen(QPen(QColor(theme.line)))
            axis.setTextPen(QColor(theme.muted))
        self._score_axis.setLabel("Score")
        self.values.setPen(pg.mkPen(QColor(theme.point), width=1))
        self.model.setPen(pg.mkPen(QColor(theme.model), width=1))
        self.scores.setPen(pg.mkPen(QColor(theme.accent), width=1))
        self.threshold.setPen(pg.mkPen(QColor(theme.warning), width=1, style=Qt.PenStyle.DashLine))
        self.bands.set_theme(theme)
        self.score_bands.set_theme(theme)

    def _fit(self, time: Floats, values: Floats, model: Floats, scores: Floats, state: ReplayState) -> None:
        assert state.data is not None
        usual = state.data.cadence_s
        width = ROLLING * (usual if usual > 0 else 1.0) if time.size < ROLLING else time[-1] - time[0]
        right = max(time[-1], time[0] + width)
        self.value_box.setXRange(right - width, right + 0.01 * width, padding=0)
        seen = np.concatenate([values, model])
        seen = seen[np.isfinite(seen)]
        if seen.size:
            low, high = float(seen.min()), float(seen.max())
            room = _ROOM * (high - low) or 0.5 * max(1.0, abs(high)) * _ROOM
            self.value_box.setYRange(low - room, high + room, padding=0)
        known = scores[np.isfinite(scores)]
        top = max(_LEAST_SCORE, 1.2 * state.rules.threshold, float(known.max()) if known.size else 0.0)
        self.score_box.setYRange(0.0, 1.08 * float(squeezed(top)), padding=0)


def _bands(state: ReplayState, time: Floats, injected: Bools) -> list[Band]:
    """Alarms of the channel that is drawn, and where its values were changed on purpose."""
    assert state.data is not None
    rolling, clock = state.rolling, state.data.time
    bands = []
    for alarm in state.alarms:
        last = state.row - 1 if alarm.stands else alarm.ended
        if alarm.channel == state.channel and last >= rolling.start:
            colour = "error" if alarm.severity == "critical" else "warning"
            bands.append(Band(float(clock[max(alarm.began, rolling.start)]), float(clock[max(last, 0)]), colour))
    for start, stop in stretches(injected):
        bands.append(Band(float(time[start]), float(time[stop - 1]), "missing", at_foot=True))
    return bands
