"""Draws what was found over a picture: outlines, the mark of each kind, names where there is room, and other objects.

All that is in view goes to Qt in a few calls, so that thousands of outlines follow the mouse.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.ui.images.found import NOTHING_FOUND, Found, Shown
from desktop_app.ui.images.image_sight import Sight
from desktop_app.ui.theme import DARK, Theme, draw_kind, kind_colour, kind_of

NAMED = 60
_OUTLINED_PX = 15.0
_RING_PX, _SMALL_RING_PX, _CROWD = 8.0, 5.5, 80
_FINE = 8000
_MARKED = 1500
_MARK_PX = 5.5
_CELL_PX = 30
_NAMED_PX = 26.0
_HALO = QColor(0, 0, 0, 150)
_DOT_PX = 2.2
_BRACKET_PX, _AROUND_PX = 7.0, 4.0


class FoundLayer:
    """The events of one picture, which of them is selected, and where an object is looked at that is no event."""

    def __init__(self) -> None:
        self.found: Found = NOTHING_FOUND
        self.shown = Shown()
        self.selected: int | None = None
        self.here: tuple[float, float] | None = None

    def paint(self, painter: QPainter, sight: Sight, theme: Theme) -> None:
        """Dots first, then outlines, marks and names, and the selected event on top."""
        found, ratio = self.found, painter.device().devicePixelRatio()
        if self.shown.others:
            _paint_dots(painter, sight, found, ratio)
        if self.here is not None:
            at = sight.place_of(*self.here)
            _paint_brackets(painter, QRectF(at, at), theme, ratio)
        if not len(found):
            return
        seen = found.in_sight(sight.window(), _CELL_PX / sight.aim.scale) & ~found.of_kinds(self.shown.hidden)
        places = np.flatnonzero(seen)
        left, right, bottom, top = found.boxes[places].T
        sides = np.maximum(right - left, top - bottom) * sight.aim.scale
        outlined = (sides >= _OUTLINED_PX) & (np.diff(found.first)[places] > 0)
        _paint_outlines(painter, sight, found, places[outlined], ratio)
        _paint_marks(painter, sight, found, places, outlined, ratio)
        if self.selected is not None and self.selected < len(found):
            _paint_selected(painter, sight, found, self.selected, theme, ratio)
        chosen = places == self.selected
        named = chosen | (sides >= _NAMED_PX) if len(places) <= NAMED else chosen
        _write_names(painter, sight, found, places[named])


def _on_screen(sight: Sight, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    aim = sight.aim
    return sight.width / 2 + (x - aim.x) * aim.scale, sight.height / 2 - (y - aim.y) * aim.scale


def _paint_dots(painter: QPainter, sight: Sight, found: Found, ratio: float) -> None:
    """Objects that are no events, each a faint dot."""
    window = sight.window()
    inside = (found.others_x >= window.left) & (found.others_x <= window.right)
    inside &= (found.others_y >= window.bottom) & (found.others_y <= window.top)
    _stamp(painter, _dot(ratio), *_on_screen(sight, found.others_x[inside], found.others_y[inside]))


def _paint_outlines(painter: QPainter, sight: Sight, found: Found, places: Ints, ratio: float) -> None:
    """All lines of a kind at once; a crowd without halos and without smoothing, which would hold up the mouse."""
    fine = int((found.first[places + 1] - found.first[places]).sum()) <= _FINE
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, fine)
    for name, of_kind in _by_kind(found, places):
        lines = _lines(sight, found, of_kind)
        if fine:
            _draw_lines(painter, lines, _pen(_HALO, 3.5 * ratio))
        _draw_lines(painter, lines, _pen(kind_colour(name, DARK), 1.5 * ratio if fine else ratio))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_marks(painter: QPainter, sight: Sight, found: Found, places: Ints, outlined: Bools, ratio: float) -> None:
    """The mark of its kind at the corner of each outline; about what is too small for one, a ring with the mark.

    Where outlines are so many that marks would lie on one another, those wait until one zooms in.
    """
    ring = _RING_PX if len(places) <= _CROWD else _SMALL_RING_PX
    for name, of_kind in _by_kind(found, places):
        with_outline = np.isin(of_kind, places[outlined], assume_unique=True)
        corners, rings = of_kind[with_outline], of_kind[~with_outline]
        if len(places) <= _MARKED:
            x, y = _on_screen(sight, found.mark_x[corners], found.mark_y[corners])
            _stamp(painter, _mark(name, 0.0, ratio), x, y)
        _stamp(painter, _mark(name, ring, ratio), *_on_screen(sight, found.x[rings], found.y[rings]))


def _paint_selected(painter: QPainter, sight: Sight, found: Found, place: int, theme: Theme, ratio: float) -> None:
    """The outline of the selected event in full strength, and brackets about it."""
    colour = kind_colour(found.kinds[place], DARK)
    lines = _lines(sight, found, np.array([place]))
    for pen in (_pen(_HALO, 5 * ratio), _pen(colour, 2.5 * ratio)):
        _draw_lines(painter, lines, pen)
    left, right, bottom, top = (float(edge) for edge in found.boxes[place])
    box = QRectF(sight.place_of(left, top), sight.place_of(right, bottom))
    _paint_brackets(painter, box, theme, ratio)


def _paint_brackets(painter: QPainter, box: QRectF, theme: Theme, ratio: float) -> None:
    """Brackets about a box of the screen, never smaller than a ring."""
    more = max(_RING_PX - min(box.width(), box.height()) / 2, 0.0) + _AROUND_PX
    box.adjust(-more, -more, more, more)
    brackets = QPainterPath()
    for corner, across, up in (
        (box.topLeft(), 1, 1),
        (box.topRight(), -1, 1),
        (box.bottomRight(), -1, -1),
        (box.bottomLeft(), 1, -1),
    ):
        brackets.moveTo(corner + QPointF(across * _BRACKET_PX, 0))
        brackets.lineTo(corner)
        brackets.lineTo(corner + QPointF(0, up * _BRACKET_PX))
    for pen in (_pen(_HALO, 5 * ratio), _pen(QColor(theme.mark), 2 * ratio)):
        painter.setPen(pen)
        painter.drawPath(brackets)


def _write_names(painter: QPainter, sight: Sight, found: Found, places: Ints) -> None:
    """Kind and score beside the mark."""
    for place in places:
        at = sight.place_of(float(found.mark_x[place]), float(found.mark_y[place]))
        text = QPainterPath()
        said = f"{kind_of(found.kinds[place]).label} {found.scores[place]:.1f} σ"
        text.addText(at + QPointF(_RING_PX + 5, 4), painter.font(), said)
        painter.strokePath(text, QPen(QColor(0, 0, 0, 200), 3))
        painter.fillPath(text, kind_colour(found.kinds[place], DARK))


def _by_kind(found: Found, places: Ints) -> Iterator[tuple[str, Ints]]:
    names = np.array([found.kinds[place] for place in places], np.str_)
    for name in dict.fromkeys(names.tolist()):
        yield name, places[names == name]


def _lines(sight: Sight, found: Found, places: Ints) -> Floats:
    """The lines of the outlines of some events on the screen: x and y of both ends, shape (m, 4)."""
    lengths = found.first[places + 1] - found.first[places]
    if not lengths.sum():
        return np.zeros((0, 4))
    ends = np.cumsum(lengths)
    corners = np.arange(ends[-1]) + np.repeat(found.first[places] - (ends - lengths), lengths)
    x, y = _on_screen(sight, found.corner_x[corners], found.corner_y[corners])
    goes_on = np.ones(len(corners), np.bool_)
    goes_on[ends[lengths > 0] - 1] = False
    start = np.flatnonzero(goes_on)
    return np.column_stack([x[start], y[start], x[start + 1], y[start + 1]])


def _draw_lines(painter: QPainter, lines: Floats, pen: QPen) -> None:
    """Lines from one array: a path of thousands of outlines takes Qt a hundred times as long."""
    painter.setPen(pen)
    drawn = PrimitiveArray(QLineF, 4)
    drawn.resize(len(lines))
    drawn.ndarray()[:] = lines
    painter.drawLines(*drawn.drawargs())


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen


def _stamp(painter: QPainter, pixmap: QPixmap, x: Floats, y: Floats) -> None:
    """The same small picture in many places."""
    draw, half = painter.drawPixmap, pixmap.deviceIndependentSize().width() / 2
    for left, top in zip((x - half).tolist(), (y - half).tolist(), strict=True):
        draw(QPointF(left, top), pixmap)


@lru_cache(maxsize=128)
def _mark(name: str, ring_px: float, ratio: float) -> QPixmap:
    """The mark of a kind on a dark ground, at the upper right of a ring where ``ring_px`` is not 0."""
    pixmap, painter, middle = _canvas(ratio)
    at = middle
    if ring_px:
        for pen in (QPen(_HALO, 3.5), QPen(kind_colour(name, DARK), 1.5)):
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, ring_px, ring_px)
        at = middle + QPointF(0.72 * ring_px + 1, -0.72 * ring_px - 1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 110))
    painter.drawEllipse(at, _MARK_PX + 1.2, _MARK_PX + 1.2)
    draw_kind(painter, name, at, _MARK_PX, DARK)
    painter.end()
    return pixmap


@lru_cache(maxsize=4)
def _dot(ratio: float) -> QPixmap:
    pixmap, painter, middle = _canvas(ratio)
    painter.setPen(QPen(QColor(0, 0, 0, 120), 1))
    painter.setBrush(QColor(255, 255, 255, 130))
    painter.drawEllipse(middle, _DOT_PX, _DOT_PX)
    painter.end()
    return pixmap


def _canvas(ratio: float) -> tuple[QPixmap, QPainter, QPointF]:
    """An empty picture of `_CELL_PX` logical pixels, and its middle."""
    side = round(_CELL_PX * ratio)
    pixmap = QPixmap(side, side)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return pixmap, painter, QPointF(side / ratio / 2, side / ratio / 2)
