"""What every plot of an evaluation shares: its look, its colours, and the numbers that predictions are drawn from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.engine.evaluate.telemetry.files import Found, read_found, read_manifest
from desktop_app.engine.evaluate.telemetry.predict import Place
from desktop_app.engine.evaluate.telemetry.results import Channel, Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito: told apart by everybody, in print too.
TRUTH = "#d55e00"
HIT = "#009e73"
FALSE = "#cc79a7"
SCORE = "#0072b2"
VALUE = "#333333"
MUTED = "#767676"
DETECTORS = ("#0072b2", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
Dash = str | tuple[int, tuple[int, ...]]
DASHES: tuple[Dash, ...] = (
    "-",
    "--",
    "-.",
    ":",
    (0, (5, 1)),
    (0, (3, 1, 1, 1)),
    (0, (1, 1)),
    (0, (7, 2, 1, 2)),
)
_DPI = 150


@dataclass(frozen=True, eq=False)
class Kept:
    """What was predicted, part by part in the order of the places.

    Attributes
    ----------
    places : tuple of Place
    found : tuple of mapping of str to Found
    channels : tuple of Channel
    """

    places: tuple[Place, ...]
    found: tuple[Mapping[str, Found], ...]
    channels: tuple[Channel, ...]

    def scores(self, method: str, channel: Channel) -> Floats:
        """What ``method`` scored ``channel``, shape (n,); NaN where it has no score."""
        scores = self.found[channel.part][method].scores[:, channel.columns]
        known = np.where(np.isnan(scores), -np.inf, scores).max(axis=1)
        return np.where(np.isneginf(known), np.nan, known)

    def pooled(self, method: str, group: str) -> tuple[Floats, Bools]:
        """All scores of one spacecraft as they are, and what is labelled; two arrays of one length."""
        channels = [channel for channel in self.channels if channel.group == group]
        scores = np.concatenate([self.scores(method, channel) for channel in channels])
        return scores, np.concatenate([truth_of(channel) for channel in channels])


def kept_in(done: Evaluation, places: Sequence[Place], folder: Path) -> Kept:
    """The predictions in ``folder`` of every method that has figures."""
    methods = tuple(method.name for method in done.methods if method.groups)
    return Kept(tuple(places), tuple(read_found(folder, run, methods) for run in read_manifest(folder)), done.channels)


def truth_of(channel: Channel) -> Bools:
    """Which samples are labelled, shape (n,)."""
    rows = np.zeros(channel.samples, np.bool_)
    for start, stop in channel.events:
        rows[start:stop] = True
    return rows


@contextmanager
def figure(target: Path, width: float, height: float) -> Iterator["Figure"]:
    """A figure of ``width`` by ``height`` inches that is written to ``target`` when the block ends."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context(
        {
            "font.family": "DejaVu Sans",
            "font.size": 9.0,
            "axes.titlesize": 10.0,
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": "#444444",
            "axes.linewidth": 0.8,
            "axes.grid": True,
            "grid.color": "#e4e4e4",
            "grid.linewidth": 0.6,
            "axes.axisbelow": True,
            "legend.frameon": False,
            "legend.fontsize": 8.0,
            "figure.facecolor": "white",
            "savefig.facecolor": "white",
            "hatch.linewidth": 0.7,
        }
    ):
        drawn = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(drawn)
        yield drawn
        drawn.savefig(target, dpi=_DPI, metadata={"Software": "Peculiar"})


def panels(drawn: "Figure", number: int) -> "list[Axes]":
    """``number`` panels side by side."""
    return list(drawn.subplots(1, number, squeeze=False)[0])


def thinned(x: Floats, y: Floats, most: int = 4000) -> tuple[Floats, Floats]:
    """A line with no more than ``most`` points that keeps the lowest and highest of each stretch.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
    """
    if y.size <= most:
        return x, y
    edges = np.linspace(0, y.size, most // 2 + 1).astype(np.int64)[:-1]
    low, high = np.fmin.reduceat(y, edges), np.fmax.reduceat(y, edges)
    return np.repeat(x[edges], 2), np.column_stack([low, high]).ravel()


def file_word(name: str) -> str:
    """``name`` as a part of a file's name."""
    return re.sub(r"[^\w.+-]+", "_", name)[:80]
