"""Clean windows with events planted in: what a network learns not to repeat."""

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.window_errors import Windows

_HEIGHTS = (1.0, 40.0)
_LONGEST = 0.6


def planted(windows: Windows, rng: np.random.Generator) -> Windows:
    """``windows`` with one event in each: a box, a ramped dip, a flare or a step, of either sign but for flares.

    Parameters
    ----------
    windows : ndarray of float32, shape (w, steps)
        In sigmas.
    rng : Generator
    """
    n, steps = windows.shape
    height = np.exp(rng.uniform(np.log(_HEIGHTS[0]), np.log(_HEIGHTS[1]), n))
    length = np.exp(rng.uniform(0.0, np.log(max(2.0, _LONGEST * steps)), n))
    begin = rng.uniform(-0.3 * length, steps)
    kind = rng.integers(0, 4, n)
    sign = np.where((kind == 2) | (rng.random(n) < 0.5), 1.0, -1.0)
    # How far each step is into its event, in lengths of that; shape (w, steps).
    into = (np.arange(steps)[None, :] + 0.5 - begin[:, None]) / length[:, None]
    shapes = np.stack([_box(into), _trapezoid(into), _flare(into), _step(into)])
    event = sign[:, None] * height[:, None] * shapes[kind, np.arange(n)]
    return (windows + event).astype(np.float32)


def _box(into: Floats) -> Floats:
    return ((into >= 0) & (into < 1)).astype(np.float64)


def _trapezoid(into: Floats) -> Floats:
    return np.clip(3.0 * np.minimum(into, 1 - into), 0.0, 1.0)


def _flare(into: Floats) -> Floats:
    """Up at once, down to a twentieth within its length."""
    return np.where(into >= 0, np.exp(-3.0 * np.maximum(into, 0.0)), 0.0)


def _step(into: Floats) -> Floats:
    return (into >= 0).astype(np.float64)
