"""The confusion matrix of one detector as deployed, in samples, with its events beside it."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.engine.evaluate.telemetry.plots.canvas import figure, panels
from desktop_app.engine.evaluate.telemetry.results import GroupFigures, MethodFigures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DARK = 0.55


def confusion(method: MethodFigures, target: Path) -> Path:
    """Samples by what is labelled and what was flagged; shares are of each row."""
    with figure(target, 4.0 * len(method.groups), 3.9) as drawn:
        for axes, group in zip(panels(drawn, len(method.groups)), method.groups, strict=True):
            _matrix(axes, method, group)
    return target


def _matrix(axes: "Axes", method: MethodFigures, group: GroupFigures) -> None:
    points, events = group.points, group.events
    counts = np.array([[points.hits, points.missed], [points.false, points.quiet]], np.float64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    words = (("hit", "missed"), ("false", "quiet"))
    for row in range(2):
        for column in range(2):
            share = shares[row, column]
            said = f"{words[row][column]}\n{counts[row, column]:,.0f}\n{share:.1%}"
            colour = "white" if share > _DARK else "#1b2430"
            axes.text(column, row, said, ha="center", va="center", color=colour, size=11)
    axes.set_xticks([0, 1], ["flagged", "not flagged"])
    axes.set_yticks([0, 1], ["labelled", "not labelled"], rotation=90, va="center")
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title(f"{method.label}, {group.group or 'all channels'}: samples as deployed")
    axes.set_xlabel(f"events: {events.found} found, {events.missed} missed, {events.false} false")
