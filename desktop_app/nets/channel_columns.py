"""What networks of a channel are fed: its values at even steps, in units of its own training, and the commands."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Ints
from desktop_app.core.channels.scaling import Grid, Scale, grid_of, scale_of
from desktop_app.core.channels.series import Series
from desktop_app.core.channels.windows import begins, split_in_time
from desktop_app.core.errors import FitError

Windows = NDArray[np.float32]
HELD_BACK = 0.2
"""The latest part of the training stretch decides when to stop."""
_LIMIT = 2.5
_FIRST_PART = 0.4
_FEWEST_WINDOWS = 3


@dataclass(frozen=True, eq=False)
class Columns:
    """One channel as a network sees it.

    Attributes
    ----------
    grid : Grid
        Where the samples of the series are among the steps.
    values : ndarray of float32, shape (m, 1 + k)
        The value in shares of its range, held within where networks are at home, and the commands.
    """

    grid: Grid
    values: Windows

    def windows(self, begin: Ints, length: int) -> Windows:
        """Those that begin at some steps; shape (w, length, 1 + k)."""
        rows = begin[:, None] + np.arange(length)[None, :]  # (w, length)
        return self.values[rows]


def known_of(series: Series) -> Series:
    """The stretch to learn from: the training of the channel, or the first part of it where it has none."""
    if series.training is not None:
        return series.training
    stop = round(_FIRST_PART * len(series))
    return Series(series.channel, series.time[:stop], series.values[:stop], series.commands[:stop])


def training_scale(series: Series) -> Scale:
    """The range of what there is to learn from, by which the network sees all.

    Raises
    ------
    FitError
        There is nothing.
    """
    values = known_of(series).values
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        raise FitError("There is no value to learn from.", hint="Open a stretch that holds values.")
    scale = scale_of(finite)
    if finite.min() < finite.max():
        return scale
    # A constant: how much of a change is much has to be guessed.
    return Scale(scale.middle, abs(scale.middle) or 1.0)


def columns_of(series: Series, scale: Scale, *, commands: bool) -> Columns:
    """``series`` as a network sees it.

    Parameters
    ----------
    series : Series
    scale : Scale
        That of the training.
    commands : bool
        Whether the commands stand beside the value; each holds until the next sample.
    """
    grid = grid_of(series)
    value = np.clip(2 * scale.of(grid.values), -2 * _LIMIT, 2 * _LIMIT)[:, None]
    if not commands or not series.commands.shape[1]:
        return Columns(grid, value.astype(np.float32))
    last = np.searchsorted(grid.places, np.arange(len(value)), side="right") - 1
    beside = series.commands[grid.rows[last]] if len(value) else np.zeros((0, series.commands.shape[1]))
    return Columns(grid, np.concatenate([value, np.clip(beside, -2 * _LIMIT, 2 * _LIMIT)], axis=1).astype(np.float32))


def of_training(series: Series, length: int, stride: int, *, commands: bool) -> tuple[Windows, Windows]:
    """Windows of the training stretch to learn from, and later ones to judge by; no sample is in both.

    Windows with much missing are left out.

    Raises
    ------
    FitError
        There are too few.
    """
    columns = columns_of(known_of(series), training_scale(series), commands=commands)
    n = len(columns.values)
    if n < _FEWEST_WINDOWS * length:
        raise FitError(
            f"There are {columns.grid.rows.size} values to learn from; the network needs {_FEWEST_WINDOWS * length}.",
            hint="Choose shorter windows, or open a longer stretch.",
        )
    begin = begins(n, length, stride)
    whole = columns.grid.windows(length)[begin]
    learn, judge = (columns.windows(begin[part & whole], length) for part in split_in_time(begin, length, HELD_BACK))
    if not len(learn) or not len(judge):
        raise FitError("Too many values of the training stretch are missing.", hint="Open another stretch.")
    return learn, judge
