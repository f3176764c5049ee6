"""The colour maps of pictures, as tables of 256 colours."""

from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QIcon, QImage, QPixmap

Colours = NDArray[np.uint32]

N_COLOURS = 256
DEFAULT_MAP = "grey"
DIFFERENCE_MAP = "diverging"
_OPAQUE = 0xFF000000
_Channel = tuple[tuple[float, float], ...]
# Corners (share, brightness) of red, green and blue, as in DS9.
_CORNERS: dict[str, tuple[_Channel, _Channel, _Channel]] = {
    "grey": (((0, 0), (1, 1)),) * 3,
    "heat": (((0, 0), (0.34, 1), (1, 1)), ((0, 0), (1, 1)), ((0, 0), (0.65, 0), (0.98, 1), (1, 1))),
    "cool": (
        ((0, 0), (0.29, 0), (0.76, 0.1), (1, 1)),
        ((0, 0), (0.22, 0), (0.96, 1), (1, 1)),
        ((0, 0), (0.53, 1), (1, 1)),
    ),
    "rainbow": (
        ((0, 1), (0.2, 0), (0.6, 0), (0.8, 1), (1, 1)),
        ((0, 0), (0.2, 0), (0.4, 1), (0.8, 1), (1, 0)),
        ((0, 1), (0.4, 1), (0.6, 0), (1, 0)),
    ),
}
# What pyqtgraph ships: matplotlib's maps, and those of Kovesi that are even to the eye.
_SHIPPED = {
    "viridis": "viridis",
    "cividis": "cividis",
    "inferno": "inferno",
    "magma": "magma",
    "diverging": "CET-D1",
    "diverging, colour-blind": "CET-CBD1",
    "blue to yellow, colour-blind": "CET-CBL1",
}
# Rainbows make edges where there are none, so theirs comes last.
COLOUR_MAPS = (
    *("grey", "viridis", "cividis", "inferno", "magma", "heat", "cool"),
    *("diverging", "diverging, colour-blind", "blue to yellow, colour-blind", "rainbow"),
)


@lru_cache(maxsize=32)
def colours_of(name: str, *, inverted: bool = False) -> Colours:
    """The colours of a map from its lower to its upper end as 0xffRRGGBB, shape (256,)."""
    if name in _CORNERS:
        shares = np.linspace(0, 1, N_COLOURS)
        channels = [np.interp(shares, *np.array(corners, np.float64).T) for corners in _CORNERS[name]]
        red, green, blue = (np.round(255 * channel).astype(np.uint32) for channel in channels)
    else:
        table = pg.colormap.get(_SHIPPED[name]).getLookupTable(nPts=N_COLOURS, alpha=False)
        red, green, blue = np.asarray(table, np.uint32).T[:3]
    colours = np.uint32(_OPAQUE) | red << np.uint32(16) | green << np.uint32(8) | blue
    colours = np.ascontiguousarray(colours[::-1] if inverted else colours)
    colours.flags.writeable = False
    return colours


@lru_cache(maxsize=32)
def map_icon(name: str) -> QIcon:
    """A map as a small strip for a chooser."""
    strip = np.ascontiguousarray(np.broadcast_to(colours_of(name)[::4], (12, N_COLOURS // 4)))
    image = QImage(strip.data, strip.shape[1], strip.shape[0], QImage.Format.Format_RGB32)
    return QIcon(QPixmap.fromImage(image.copy()))
