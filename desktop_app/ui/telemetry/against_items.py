"""What is drawn of one channel against another: the samples or their density, marks by shape, what is selected."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from desktop_app.core.arrays import Floats, Ints
from desktop_app.ui.plot_items import Frame, PlotItem, shaded
from desktop_app.ui.raster import FULL, Raster, Shades, stamp
from desktop_app.ui.telemetry.against import AgainstPicture
from desktop_app.ui.theme import TRUTH

_FAINTEST = 60
_RADIUS_PX = (1.1, 2.6)
_ROOMY = 400.0
_MARK_PX, _RING_PX, _HERE_PX = 4.5, 5.5, 7.0
_MOST_CHOSEN = 20_000
_CROWD = 60


class CloudItem(PlotItem):
    """The samples: points where there is room for them, else a density."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: AgainstPicture | None = None
        self._drawn: tuple[object, QImage] | None = None

    def set_picture(self, picture: AgainstPicture | None) -> None:
        """Draw other samples."""
        self._picture, self._drawn = picture, None
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint the shades, made anew where the view or the colours are others."""
        picture = self._picture
        if picture is None or not len(picture.rows):
            return
        wanted = (frame.view, self.theme.name)
        if self._drawn is None or self._drawn[0] != wanted:
            self._drawn = (wanted, self._image(picture, frame))
        painter.drawImage(QRectF(frame.left, frame.top, frame.width, frame.height), self._drawn[1])

    def _image(self, picture: AgainstPicture, frame: Frame) -> QImage:
        if picture.counts is not None:
            dense = density_shades(picture.counts, frame.view.scale)
            return shaded(Raster(dense, 0.0, dense=True), self.theme.point, 1.0)
        view = frame.view
        shades = np.zeros((view.height, view.width), np.uint8)
        room = np.sqrt(_ROOMY / max(len(picture.rows), 1))
        radius = float(np.clip(_RADIUS_PX[1] * room, *_RADIUS_PX)) * view.scale
        stamp(shades, view, picture.x, picture.y, radius)
        return shaded(Raster(shades, 0.0, dense=False), self.theme.point, 1.0)


class MarksItem(PlotItem):
    """Flagged samples as diamonds, labelled ones as rings."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: AgainstPicture | None = None

    def set_picture(self, picture: AgainstPicture | None) -> None:
        """Mark other samples."""
        self._picture = picture
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Rings first, so that a flagged one shows within its ring."""
        picture = self._picture
        if picture is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(TRUTH), 1.25))
        ring = _RING_PX if len(picture.labelled) <= _CROWD else _RING_PX / 1.4
        for at in _points(picture.x[picture.labelled], picture.y[picture.labelled], frame):
            painter.drawEllipse(at, ring, ring)
        painter.setPen(QPen(QColor(self.theme.warning), 1.25))
        # A crowd of full ones would hide the samples.
        radius = _MARK_PX if len(picture.flagged) <= _CROWD else _MARK_PX / 1.5
        if len(picture.flagged) <= _CROWD:
            painter.setBrush(QColor(self.theme.warning))
        for at in _points(picture.x[picture.flagged], picture.y[picture.flagged], frame):
            painter.drawPolygon(diamond(at, radius))


class ChosenItem(PlotItem):
    """The samples that are selected, in the accent colour, and a cross through the one that is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._x: Floats = np.zeros(0)
        self._y: Floats = np.zeros(0)
        self._here: tuple[float, float] | None = None

    def set_chosen(self, x: Floats, y: Floats) -> None:
        """Which samples are selected."""
        step = max(1, -(-len(x) // _MOST_CHOSEN))
        self._x, self._y = x[::step], y[::step]
        self.update()

    def set_here(self, at: tuple[float, float] | None) -> None:
        """Which sample is looked at."""
        self._here = at
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Small squares, which no other mark is; then the cross."""
        colour = QColor(self.theme.accent)
        for at in _points(self._x, self._y, frame):
            painter.fillRect(QRectF(at.x() - 1.5, at.y() - 1.5, 3, 3), colour)
        if self._here is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        (at,) = _points(np.array([self._here[0]]), np.array([self._here[1]]), frame)
        for pen in (QPen(QColor(self.theme.panel), 3.5), QPen(colour, 1.5)):
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, _HERE_PX, _HERE_PX)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(at + QPointF(dx, dy) * _HERE_PX, at + QPointF(dx, dy) * (_HERE_PX + 6))


class RowsMarkItem(PlotItem):
    """Stretches of time, as a light shade over all rows of the page."""

    def __init__(self) -> None:
        super().__init__()
        self._start: Floats = np.zeros(0)
        self._stop: Floats = np.zeros(0)

    def set_stretches(self, start: Floats, stop: Floats) -> None:
        """First and last times of the stretches, in order."""
        self._start, self._stop = start, stop
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Columns of pixels; what touches is one of them."""
        first, last = np.searchsorted(self._stop, frame.view.start), np.searchsorted(self._start, frame.view.stop)
        if last <= first:
            return
        left = np.floor(frame.x(self._start[first:last])).astype(np.int64)
        right = np.maximum(np.ceil(frame.x(self._stop[first:last])).astype(np.int64), left + 2)
        colour = QColor(self.theme.accent)
        colour.setAlpha(70)
        breaks = np.flatnonzero(left[1:] > np.maximum.accumulate(right)[:-1])
        lefts = left[np.concatenate(([0], breaks + 1))]
        rights = np.maximum.accumulate(right)[np.concatenate((breaks, [len(right) - 1]))]
        for a, b in zip(lefts, rights, strict=True):
            painter.fillRect(QRectF(float(a), frame.top, float(b - a), frame.height), colour)


def density_shades(counts: Ints, scale: float) -> Shades:
    """Samples a pixel as shades, darker by their logarithm; a lone sample is as large as two logical pixels.

    Parameters
    ----------
    counts : ndarray of int, shape (height, width)
    scale : float
        Device pixels for one logical pixel.
    """
    side = max(2, round(2 * scale))
    spread = counts.copy()
    for shift in range(1, side):
        spread[:, shift:] += counts[:, :-shift]
    wide = spread.copy()
    for shift in range(1, side):
        wide[shift:] += spread[:-shift]
    most = int(wide.max(initial=1))
    shades = np.zeros(wide.shape, np.uint8)
    filled = wide > 0
    share = np.log1p(wide[filled]) / np.log1p(max(2.0, most / 2))
    shades[filled] = np.clip(_FAINTEST + (FULL - _FAINTEST) * share, 0, FULL).astype(np.uint8)
    return shades


def diamond(at: QPointF, radius: float) -> QPolygonF:
    """A square that stands on a corner."""
    return QPolygonF([at + QPointF(dx, dy) * radius for dx, dy in ((0, -1), (1, 0), (0, 1), (-1, 0))])


def _points(x: Floats, y: Floats, frame: Frame) -> list[QPointF]:
    return [QPointF(a, b) for a, b in zip(frame.x(x), frame.y(y), strict=True)]
