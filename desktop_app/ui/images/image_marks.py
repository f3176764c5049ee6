"""What is drawn over an image: outlines of masks, markers with labels, boxes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from desktop_app.core.arrays import Bools, Floats

ToScreen = Callable[[float, float], QPointF]
_LABEL_PX = 4
_HALO_ALPHA = 150


@dataclass(frozen=True, eq=False)
class Outline:
    """The edge of a mask.

    Attributes
    ----------
    mask : ndarray of bool, shape (ny, nx)
    colour : str
        ``#rrggbb``; "" for the theme's.
    width_px : float
    dashed : bool
    """

    mask: Bools
    colour: str = ""
    width_px: float = 2.0
    dashed: bool = False

    @cached_property
    def path(self) -> QPainterPath:
        """The edge as one path, in pixels of the image."""
        return pg.arrayToQPath(*edges_of(self.mask), connect="pairs")


@dataclass(frozen=True)
class Marker:
    """A ring about a place, of one size on the screen."""

    x: float
    y: float
    label: str = ""
    colour: str = ""
    radius_px: float = 9.0


@dataclass(frozen=True)
class Box:
    """A rectangle from edge to edge, in pixels of the image, where pixel 0 reaches from -0.5 to 0.5."""

    left: float
    bottom: float
    right: float
    top: float
    label: str = ""
    colour: str = ""


Mark = Outline | Marker | Box


def edges_of(mask: Bools) -> tuple[Floats, Floats]:
    """Ends of the lines about the pixels of ``mask``: x and y, two after two; what lies on one line is one line."""
    padded = np.pad(mask, 1)
    across = padded[1:] ^ padded[:-1]  # (ny + 1, nx + 2): lines that run along x, below each row
    upright = padded[:, 1:] ^ padded[:, :-1]  # (ny + 2, nx + 1): lines that run along y, left of each column
    y, start, stop = _runs(across)
    x, low, high = _runs(np.ascontiguousarray(upright.T))
    xs = np.concatenate([np.column_stack([start - 1, stop - 1]), np.column_stack([x, x])]).reshape(-1)
    ys = np.concatenate([np.column_stack([y, y]), np.column_stack([low - 1, high - 1])]).reshape(-1)
    return xs - 0.5, ys - 0.5


def _runs(lines: Bools) -> tuple[Floats, Floats, Floats]:
    """Row, start and end of every run of true values."""
    steps = np.diff(np.pad(lines, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(steps == 1)
    return rows.astype(np.float64), starts.astype(np.float64), np.nonzero(steps == -1)[1].astype(np.float64)


def draw_marks(painter: QPainter, marks: tuple[Mark, ...], to_screen: ToScreen, colour: str, halo: str) -> None:
    """Paint ``marks`` in logical pixels; ``halo`` keeps them legible on any image."""
    origin, unit = to_screen(0.0, 0.0), to_screen(1.0, 1.0)
    view = QTransform(unit.x() - origin.x(), 0, 0, unit.y() - origin.y(), origin.x(), origin.y())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for mark in marks:
        for pen in _pens(mark, QColor(mark.colour or colour), halo, painter.device().devicePixelRatio()):
            painter.setPen(pen)
            _draw(painter, mark, view, to_screen)
        if not isinstance(mark, Outline) and mark.label:
            _label(painter, mark, to_screen, QColor(mark.colour or colour), halo)


def _pens(mark: Mark, colour: QColor, halo: str, ratio: float) -> tuple[QPen, QPen]:
    """Pens for the halo and the line; Qt counts a cosmetic one in pixels of the device."""
    width = mark.width_px if isinstance(mark, Outline) else 1.5
    around = QColor(halo)
    around.setAlpha(_HALO_ALPHA)
    pens = QPen(around, ratio * (width + 2)), QPen(colour, ratio * width)
    for pen in pens:
        pen.setCosmetic(True)
    if isinstance(mark, Outline) and mark.dashed:
        pens[1].setStyle(Qt.PenStyle.DashLine)
    return pens


def _draw(painter: QPainter, mark: Mark, view: QTransform, to_screen: ToScreen) -> None:
    match mark:
        case Outline():
            painter.save()
            painter.setTransform(view, True)
            painter.drawPath(mark.path)
            painter.restore()
        case Marker():
            painter.drawEllipse(to_screen(mark.x, mark.y), mark.radius_px, mark.radius_px)
        case Box():
            painter.drawRect(QRectF(to_screen(mark.left, mark.top), to_screen(mark.right, mark.bottom)))


def _label(painter: QPainter, mark: Marker | Box, to_screen: ToScreen, colour: QColor, halo: str) -> None:
    if isinstance(mark, Marker):
        at = to_screen(mark.x, mark.y) + QPointF(mark.radius_px + _LABEL_PX, -mark.radius_px)
    else:
        at = to_screen(mark.left, mark.top) + QPointF(0, -_LABEL_PX)
    text = QPainterPath()
    text.addText(at, painter.font(), mark.label)
    painter.strokePath(text, QPen(QColor(halo), 3))
    painter.fillPath(text, colour)
