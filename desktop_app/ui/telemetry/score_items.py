"""What is drawn of scores in rows of telemetry: a lane of scores below each trace, and what the detector expected."""

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from desktop_app.core.arrays import Floats
from desktop_app.core.pyramid import Pyramid
from desktop_app.ui.picture import squeezed
from desktop_app.ui.plot_items import Frame, PlotItem, indexed, reduced
from desktop_app.ui.raster import View
from desktop_app.ui.telemetry.score_tracks import ChannelTrack, ScoreTracks, heights_of, lane_top
from desktop_app.ui.telemetry.telemetry_items import Scene
from desktop_app.ui.telemetry.telemetry_rows import Row

_HOLDS_STEPS = 3.0
_BODY, _BEYOND = 1, 2
_GAP_STEPS = 8.0


class LanesItem(PlotItem):
    """The scores of each channel as columns, those at the threshold or above in another colour, and its line."""

    def __init__(self) -> None:
        super().__init__()
        self._scene = Scene()
        self._tracks: ScoreTracks | None = None
        self._threshold, self._step_s = 1.0, 1.0
        self._known: dict[int, tuple[tuple[float, float, int], Floats]] = {}

    def set_scene(self, scene: Scene) -> None:
        """The rows whose lanes are drawn."""
        self._scene = scene
        self.update()

    def set_tracks(self, tracks: ScoreTracks | None, step_s: float) -> None:
        """Draw other scores; ``step_s`` is the usual step from sample to sample."""
        self._tracks, self._step_s = tracks, step_s
        self._known.clear()
        self.update()

    def set_threshold(self, threshold: float) -> None:
        """Move the line."""
        self._threshold = threshold
        self.update()

    def line_y(self, row: Row) -> float | None:
        """Where the threshold is in the lane of ``row``, in pixels from the top of all rows; None without a lane."""
        if self._tracks is None or not row.lane:
            return None
        top = lane_top(self._tracks.channels[row.place])
        return row.bottom - min(float(squeezed(self._threshold)) / top, 1.0) * (row.lane - 2) - 1

    def threshold_at(self, row: Row, y: float) -> float:
        """The threshold whose line is at ``y``."""
        if self._tracks is None or not row.lane:
            return self._threshold
        share = np.clip((row.bottom - 1 - y) / (row.lane - 2), 0.0, 1.0)
        return float(np.sinh(share * lane_top(self._tracks.channels[row.place])))

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """The lanes in view."""
        if self._tracks is None:
            return
        view = frame.view
        line = QPen(QColor(self.theme.warning), 1.0, Qt.PenStyle.DashLine)
        for row in self._scene.seen(view.top, view.bottom):
            y = self.line_y(row)
            if y is None:
                continue
            top = frame.top + row.top + row.height - view.top
            painter.fillRect(QRectF(frame.left, top, frame.width, row.lane - 1), self._ground())
            painter.drawImage(QPointF(frame.left, round(top * view.scale) / view.scale), self._image(row, view))
            painter.setPen(line)
            height = round(frame.top + y - view.top) + 0.5
            painter.drawLine(QPointF(frame.left, height), QPointF(frame.left + frame.width, height))

    def _ground(self) -> QColor:
        ground = QColor(self.theme.raised)
        ground.setAlpha(120)
        return ground

    def _image(self, row: Row, view: View) -> QImage:
        assert self._tracks is not None
        track = self._tracks.channels[row.place]
        heights = self._heights(row.place, track, view)
        tall = max(1, round((row.lane - 1) * view.scale))
        levels = np.where(np.isfinite(heights), np.maximum(heights / lane_top(track) * tall, 1.0), 0.0)
        line = np.arange(tall, 0, -1)[:, None]  # (height, columns): from the top
        shades = ((line <= levels) * _BODY).astype(np.uint8)
        with np.errstate(invalid="ignore"):
            beyond = heights >= float(squeezed(self._threshold))
        shades[:, beyond] *= _BEYOND
        body, flagged = QColor(self.theme.muted), QColor(self.theme.warning)
        body.setAlpha(170)
        return indexed(shades, [0, body.rgba(), flagged.rgba()], view.scale)

    def _heights(self, place: int, track: ChannelTrack, view: View) -> Floats:
        """The highest squeezed score of each column of pixels; a sample holds until the next where they lie apart."""
        wanted = (view.start, view.stop, view.width)
        known = self._known.get(place)
        if known is not None and known[0] == wanted:
            return known[1]
        series = track.score
        heights = series.envelope(view.start, view.stop, view.width).high
        empty = np.flatnonzero(np.isnan(heights))
        if len(empty) and len(series):
            centres = view.start + (empty + 0.5) * (view.stop - view.start) / view.width
            before = np.searchsorted(series.time, centres, "right") - 1
            near = (before >= 0) & (centres - series.time[before] <= _HOLDS_STEPS * self._step_s)
            heights[empty[near]] = series.values[before[near]]
        self._known[place] = (wanted, heights)
        return heights


class ExpectedItem(PlotItem):
    """What the detector expected of each channel, and between which values it finds it usual, as thin lines."""

    def __init__(self) -> None:
        super().__init__()
        self._scene = Scene()
        self._tracks: ScoreTracks | None = None
        self._step_s = 1.0
        self._known: dict[tuple[int, str], tuple[tuple[float, float, int], tuple[Floats, Floats]]] = {}

    def set_scene(self, scene: Scene) -> None:
        """The rows that are drawn over."""
        self._scene = scene
        self.update()

    def set_tracks(self, tracks: ScoreTracks | None, step_s: float) -> None:
        """Draw those of other scores."""
        self._tracks, self._step_s = tracks, step_s
        self._known.clear()
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Row by row; each clipped to its trace."""
        if self._tracks is None:
            return
        view = frame.view
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in self._scene.seen(view.top, view.bottom):
            if row.form not in ("numbers", "states") or not row.lane:
                continue
            top = frame.top + row.top - view.top
            painter.save()
            painter.setClipRect(QRectF(frame.left, max(top, frame.top), frame.width, row.height))
            levels = self._scene.channels[row.place].levels
            self._draw_lines(painter, frame, row, levels, self._tracks.channels[row.place].tracks)
            painter.restore()

    def _draw_lines(
        self, painter: QPainter, frame: Frame, row: Row, levels: tuple[float, ...], tracks: Mapping[str, Pyramid]
    ) -> None:
        for name, series in tracks.items():
            colour = QColor(self.theme.model if name == "model" else self.theme.accent)
            colour.setAlpha(230 if name == "model" else 150)
            painter.setPen(QPen(colour, 1.2 if name == "model" else 1.0))
            time, values = self._reduced(row.place, name, series, frame.view)
            if not len(time):
                continue
            x, y = frame.x(time), self._y(frame, row, heights_of(levels, values))
            column = (frame.view.stop - frame.view.start) / frame.view.width
            breaks = np.flatnonzero(np.diff(time) > max(_GAP_STEPS * self._step_s, 4 * column)) + 1
            for piece in np.split(np.arange(len(time)), breaks):
                painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(x[piece], y[piece], strict=True)]))

    def _reduced(self, place: int, name: str, series: Pyramid, view: View) -> tuple[Floats, Floats]:
        """The points of a track to draw, kept for as long as the view is: events come and go over it."""
        wanted = (view.start, view.stop, view.width)
        known = self._known.get((place, name))
        if known is None or known[0] != wanted:
            known = self._known[(place, name)] = (wanted, reduced(series, view))
        return known[1]

    def _y(self, frame: Frame, row: Row, values: Floats) -> Floats:
        top = frame.top + row.top - frame.view.top
        with np.errstate(over="ignore", invalid="ignore"):
            return np.clip(top + (row.high - values) / (row.high - row.low) * row.height, top - 1e4, top + 1e4)
