"""Polygons about sources of a picture: the ellipse of their moments, or the pixels that they light up."""

import numpy as np

from desktop_app.core.arrays import Bools
from desktop_app.core.images.background import Background
from desktop_app.core.images.objects import Outline
from desktop_app.core.images.sources import Sources
from desktop_app.core.sky_image import SkyImage

_CORNERS = 16
_IN_AXES = 3.0
_LEAST_AXIS_PX = 0.7
_REACH_IN_AXES = 6.0
_MOST_REACH_PX = 300
_MOST_ROWS = 48


def ellipses(sources: Sources) -> tuple[Outline, ...]:
    """A polygon of 16 corners about each source, three times its second moments."""
    angle = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    along = _IN_AXES * np.maximum(sources.a_px, _LEAST_AXIS_PX)[:, None] * np.cos(angle)  # (m, corners)
    across = _IN_AXES * np.maximum(sources.b_px, _LEAST_AXIS_PX)[:, None] * np.sin(angle)
    turn = np.radians(sources.theta_deg)[:, None]
    x = sources.x[:, None] + along * np.cos(turn) - across * np.sin(turn)
    y = sources.y[:, None] + along * np.sin(turn) + across * np.cos(turn)
    corners = np.round(np.stack([x, y], axis=2), 2).tolist()
    return tuple(tuple((across, up) for across, up in one) for one in corners)


def segment(image: SkyImage, background: Background, sources: Sources, place: int, sigma: float) -> Outline:
    """The pixels of one source that stand above the sky, as a polygon along their edges; () where there are none.

    Parameters
    ----------
    sigma : float
        In sigmas of the sky.
    """
    from scipy.ndimage import label

    x, y = float(sources.x[place]), float(sources.y[place])
    reach = int(np.clip(_REACH_IN_AXES * sources.a_px[place], 5, _MOST_REACH_PX))
    ny, nx = image.pixels.shape
    low, left = max(round(y) - reach, 0), max(round(x) - reach, 0)
    here = slice(low, min(round(y) + reach + 1, ny)), slice(left, min(round(x) + reach + 1, nx))
    with np.errstate(invalid="ignore"):
        lit = image.pixels[here] - background.level[here] > sigma * background.noise[here]
    if image.bad is not None:
        lit &= ~image.bad[here]
    numbers, count = label(lit, structure=np.ones((3, 3)))
    row, column = round(y) - low, round(x) - left
    if not count or not (0 <= row < lit.shape[0] and 0 <= column < lit.shape[1]):
        return ()
    own = numbers[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    own = own[own > 0]
    return _edge(numbers == own[0], left, low) if own.size else ()


def _edge(own: Bools, left: int, low: int) -> Outline:
    """From the left ends of the rows up, and along the right ends down again."""
    rows = np.flatnonzero(own.any(axis=1))
    step = -(-len(rows) // _MOST_ROWS)
    rows = rows[::step]
    first = own[rows].argmax(axis=1) + left - 0.5
    last = own.shape[1] - own[rows, ::-1].argmax(axis=1) + left - 0.5
    up = [corner for x, row in zip(first, rows, strict=True) for corner in _side(float(x), int(row) + low, step)]
    down = [corner for x, row in zip(last, rows, strict=True) for corner in _side(float(x), int(row) + low, step)]
    return tuple(up + down[::-1])


def _side(x: float, row: int, step: int) -> tuple[tuple[float, float], tuple[float, float]]:
    return (x, row - 0.5), (x, row + step - 0.5)
