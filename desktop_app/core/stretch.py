"""From a level between the cuts to a share of the colours: the stretches of pictures."""

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np

from desktop_app.core.arrays import Floats

Stretch = Literal["linear", "log", "sqrt", "squared", "asinh", "sinh", "histogram"]
STRETCHES: tuple[Stretch, ...] = get_args(Stretch)
LEVELS = 65_536

_LOG = 1000.0
_ASINH = 0.1
_SINH = 1 / 3
_FORMULAS: dict[Stretch, Callable[[Floats], Floats]] = {
    "linear": lambda t: t,
    "log": lambda t: np.log1p(_LOG * t) / np.log1p(_LOG),
    "sqrt": np.sqrt,
    "squared": np.square,
    "asinh": lambda t: np.arcsinh(t / _ASINH) / np.arcsinh(1 / _ASINH),
    "sinh": lambda t: np.sinh(t / _SINH) / np.sinh(1 / _SINH),
}


def stretched(stretch: Stretch, levels: Floats, values: Floats) -> Floats:
    """Shares of the colours, in [0, 1], for levels in [0, 1].

    Parameters
    ----------
    stretch : str
    levels : ndarray
        0 at the lower cut, 1 at the upper one.
    values : ndarray, sorted
        A sample of the picture as levels, for histogram equalisation.
    """
    if stretch != "histogram":
        return _FORMULAS[stretch](levels)
    inside = values[(values >= 0) & (values <= 1)]
    if not len(inside):
        return levels
    # Equal values are one step; between the values the shares rise evenly.
    steps, counts = np.unique(inside, return_counts=True)
    below = np.cumsum(counts) - counts / 2
    return np.interp(levels, np.append(steps, 1.0), np.append(below, len(inside)) / len(inside), left=0.0)


def contrasted(shares: Floats, contrast: float, bias: float) -> Floats:
    """Shares of the colours after contrast and bias as DS9 has them: 1 and 0.5 change nothing."""
    return np.clip((shares - bias) * contrast + 0.5, 0.0, 1.0)
