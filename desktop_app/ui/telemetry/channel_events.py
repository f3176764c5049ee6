"""What is drawn of events in rows of telemetry: a shade over each, with the mark and letter of its kind."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.detection import Event
from desktop_app.core.telemetry import Telemetry
from desktop_app.ui.plot_items import MARKED, Frame, PlotItem, free, indexed
from desktop_app.ui.telemetry.telemetry_items import Scene, small
from desktop_app.ui.telemetry.telemetry_marks import draw_verdict
from desktop_app.ui.theme import draw_kind, kind_colour, kind_of

_NARROWEST_PX = 3.0
_REACH_PX = 5.0
_SHADE, _CHOSEN = 56, 36
_MARK_Y_PX = (8.0, 22.0)
_VERDICT_PX = 11.0


@dataclass(frozen=True, eq=False)
class EventMarks:
    """Events as arrays, so that thousands of them are drawn at once.

    Attributes
    ----------
    events : tuple of Event
    place : ndarray, shape (n,)
        Which channel each is in.
    start, stop, peak : ndarray, shape (n,)
        Times; from half a step before the first sample to half a step behind the last.
    kinds : ndarray of str, shape (n,)
    right : ndarray of bool, shape (n,), or None
        Whether each lies on a label; None without ground truth.
    """

    events: tuple[Event, ...]
    place: Ints
    start: Floats
    stop: Floats
    peak: Floats
    kinds: np.ndarray[tuple[int], np.dtype[np.str_]]
    right: Bools | None = None


def event_marks(events: tuple[Event, ...], data: Telemetry, step_s: float, right: Bools | None) -> EventMarks:
    """``events`` of ``data`` as they are drawn."""
    places = {name: place for place, name in enumerate(data.names)}
    rows = np.array([(event.start, event.stop - 1, event.peak) for event in events], np.int64).reshape(-1, 3)
    time = data.time[rows] if len(data) else np.zeros((0, 3))
    return EventMarks(
        events,
        np.array([places.get(event.channel, -1) for event in events], np.int64),
        time[:, 0] - step_s / 2,
        time[:, 1] + step_s / 2,
        time[:, 2],
        np.array([event.kind for event in events], dtype=np.str_),
        right,
    )


class ChannelEventsItem(PlotItem):
    """Events over the rows of their channels; in the strip, those of all channels.

    Parameters
    ----------
    marks : bool
        Whether each has a mark and a letter, and stands in the row of its channel.
    """

    def __init__(self, *, marks: bool = True) -> None:
        super().__init__()
        self._marked = marks
        self._scene = Scene()
        self._marks: EventMarks | None = None
        self._selected: int | None = None
        self._below = False

    def set_below_letters(self, below: bool) -> None:
        """Whether marks stand one line lower, as the letters of labels are above them."""
        self._below = below
        self.update()

    def set_scene(self, scene: Scene) -> None:
        """The rows that are drawn over."""
        self._scene = scene
        self.update()

    def set_events(self, marks: EventMarks | None) -> None:
        """Draw other events; None for none."""
        self._marks = marks
        self.update()

    def set_selected(self, place: int | None) -> None:
        """Which event is outlined."""
        self._selected = place
        self.update()

    def event_at(self, place: int, time: float, pixel_s: float) -> int | None:
        """The event of the channel ``place`` that is drawn at ``time``, the narrowest where several are; or None."""
        marks = self._marks
        if marks is None:
            return None
        reach = _REACH_PX * pixel_s
        here = (marks.place == place) & (marks.start - reach <= time) & (marks.stop + reach >= time)
        found = np.flatnonzero(here)
        return int(found[np.argmin((marks.stop - marks.start)[found])]) if len(found) else None

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Shades first, then marks."""
        marks, view = self._marks, frame.view
        if marks is None or not len(marks.events):
            return
        seen = (marks.stop >= view.start) & (marks.start <= view.stop)
        if not self._marked:
            self._shade(painter, frame, QRectF(frame.left, frame.top, frame.width, frame.height), np.flatnonzero(seen))
            return
        for row in self._scene.seen(view.top, view.bottom):
            mine = np.flatnonzero(seen & (marks.place == row.place))
            if len(mine):
                top = frame.top + row.top - view.top
                area = QRectF(frame.left, top, frame.width, row.height + row.lane - 1)
                self._shade(painter, frame, area, mine)
                self._outline(painter, frame, area, mine)
                self._mark(painter, frame, area, mine)

    def _shade(self, painter: QPainter, frame: Frame, area: QRectF, places: Ints) -> None:
        """One line of pixels for all events of a kind, stretched over the row."""
        marks, width = self._marks, frame.view.width
        assert marks is not None
        scale = frame.view.scale
        left, right = ((frame.x(times[places]) - frame.left) * scale for times in (marks.start, marks.stop))
        missing = np.maximum(0.0, _NARROWEST_PX * scale - (right - left)) / 2
        first = np.clip(np.floor(left - missing), 0, width).astype(np.int64)
        last = np.clip(np.ceil(right + missing), 0, width).astype(np.int64)
        for kind in np.unique(marks.kinds[places]):
            mine = marks.kinds[places] == kind
            edges = np.bincount(first[mine], minlength=width + 1) - np.bincount(last[mine], minlength=width + 1)
            lit = (np.cumsum(edges)[:width] > 0).astype(np.uint8)[None, :]
            colour = kind_colour(str(kind), self.theme)
            colour.setAlpha(_SHADE)
            image: QImage = indexed(lit, [0, colour.rgba()], 1.0)
            painter.drawImage(area, image)

    def _outline(self, painter: QPainter, frame: Frame, area: QRectF, places: Ints) -> None:
        marks, chosen = self._marks, self._selected
        if marks is None or chosen is None or chosen not in places:
            return
        left, right = float(frame.x(marks.start[chosen])), float(frame.x(marks.stop[chosen]))
        missing = max(0.0, _NARROWEST_PX - (right - left)) / 2
        box = QRectF(left - missing, area.top() + 1, right - left + 2 * missing, area.height() - 2)
        colour = kind_colour(str(marks.kinds[chosen]), self.theme)
        colour.setAlpha(_CHOSEN)
        painter.fillRect(box, colour)
        painter.setPen(QPen(QColor(self.theme.accent), 1.5))
        painter.drawRect(box)

    def _mark(self, painter: QPainter, frame: Frame, area: QRectF, places: Sequence[int] | Ints) -> None:
        """A mark, the letter of the kind and the verdict where there is room, the selected and strongest first."""
        marks = self._marks
        assert marks is not None
        painter.setFont(small(painter.font(), bold=True))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(painter.font())
        taken: list[tuple[float, float]] = []
        order = sorted(places, key=lambda place: (place != self._selected, -marks.events[place].score))
        y = area.top() + _MARK_Y_PX[self._below]
        for place in order[:MARKED]:
            x = min(max(float(frame.x(marks.peak[place])), frame.left + 6), frame.left + frame.width - 6)
            letter = kind_of(str(marks.kinds[place])).letter
            told = metrics.horizontalAdvance(letter) + (_VERDICT_PX if marks.right is not None else 0.0)
            if not free(taken, x - 6, x + 6):
                continue
            side = 1 if x + 9 + told <= frame.left + frame.width else -1
            edges = (x - 6, x + 9 + told) if side > 0 else (x - 9 - told, x + 6)
            roomy = free(taken, *edges)
            taken.append(edges if roomy else (x - 6, x + 6))
            draw_kind(painter, str(marks.kinds[place]), QPointF(x, y), 5.0, self.theme)
            if roomy:
                self._tell(painter, QPointF(x + 8 if side > 0 else x - 8 - told, y), letter, metrics, place)

    def _tell(self, painter: QPainter, at: QPointF, letter: str, metrics: QFontMetricsF, place: int) -> None:
        painter.setPen(QColor(self.theme.text))
        painter.drawText(at + QPointF(0, metrics.ascent() / 2 - 1), letter)
        right = self._marks.right if self._marks is not None else None
        if right is not None:
            centre = at + QPointF(metrics.horizontalAdvance(letter) + _VERDICT_PX / 2 + 1, 0)
            draw_verdict(painter, centre, QColor(self.theme.text), right=bool(right[place]))
