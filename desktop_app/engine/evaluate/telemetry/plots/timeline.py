"""One channel from first to last sample: its value, its score, and what was hit, missed and flagged for nothing."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.series import measured_series
from desktop_app.core.metrics.sequences import overlaps
from desktop_app.core.telemetry import without_labels
from desktop_app.engine.evaluate.telemetry.plots.canvas import (
    FALSE,
    HIT,
    SCORE,
    TRUTH,
    VALUE,
    Kept,
    figure,
    thinned,
)
from desktop_app.engine.evaluate.telemetry.results import Evaluation, MethodFigures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOG_FROM = 20.0


def timeline(done: Evaluation, method: MethodFigures, place: int, kept: Kept, target: Path) -> Path:
    """The channel number ``place`` of the evaluation, as ``method`` sees it."""
    channel, figures = done.channels[place], method.channels[place]
    data = without_labels(kept.places[channel.part].open())
    every = measured_series(data)
    values = [every[column].values for column in channel.columns]
    truth = np.array(channel.events, np.int64).reshape(-1, 2)
    found = np.array(figures.found, np.int64).reshape(-1, 2)
    with figure(target, 9.0, 4.6) as drawn:
        above, middle, below = drawn.subplots(3, 1, sharex=True, height_ratios=(2.2, 1.6, 0.9))
        _values(above, values, truth)
        _scores(middle, kept.scores(method.name, channel), method.threshold or 1.0, truth)
        _strips(below, truth, found)
        volume = "" if figures.vus_pr != figures.vus_pr else f", VUS-PR {figures.vus_pr:.3f}"
        name = f"{channel.group} {channel.name}".strip()
        above.set_title(
            f"{name}, {method.label}: {figures.events.found} of {len(truth)} events found, "
            f"{figures.events.false} false{volume}"
        )
        below.set(xlim=(0, channel.samples), xlabel="sample")
    return target


def _values(axes: "Axes", values: list[Floats], truth: "np.ndarray") -> None:
    _shaded(axes, truth)
    for one in values:
        axes.plot(*thinned(np.arange(one.size, dtype=np.float64), one), color=VALUE, linewidth=0.7)
    axes.set_ylabel("value")


def _scores(axes: "Axes", scores: Floats, threshold: float, truth: "np.ndarray") -> None:
    _shaded(axes, truth)
    axes.plot(*thinned(np.arange(scores.size, dtype=np.float64), scores), color=SCORE, linewidth=0.9)
    axes.axhline(threshold, color="black", linewidth=0.9, linestyle="--")
    highest = float(np.nanmax(scores, initial=threshold))
    if highest > _LOG_FROM * threshold:
        axes.set_yscale("symlog", linthresh=threshold)
    axes.set_ylim(bottom=min(0.0, float(np.nanmin(scores, initial=0.0))), top=1.08 * highest)
    axes.annotate("threshold", (1, threshold), (-2, 2), ("axes fraction", "data"), "offset points", size=7, ha="right")
    axes.set_ylabel("score")


def _strips(axes: "Axes", truth: "np.ndarray", found: "np.ndarray") -> None:
    """True events above, flagged ones below; told apart by hatching as well as by colour."""
    met = overlaps(truth, found)
    for number, (start, stop) in enumerate(truth):
        face, hatch = (TRUTH, "") if met[number].any() else ("white", "xxxx")
        axes.broken_barh([(start, stop - start)], (1.1, 0.8), facecolor=face, edgecolor=TRUTH, hatch=hatch)
    for number, (start, stop) in enumerate(found):
        face, edge, hatch = (HIT, HIT, "") if met[:, number].any() else (FALSE, "#7a4868", "////")
        axes.broken_barh([(start, stop - start)], (0.1, 0.8), facecolor=face, edgecolor=edge, hatch=hatch)
    axes.set_yticks([1.5, 0.5], ["truth", "flagged"])
    axes.set_ylim(0, 2)
    axes.grid(visible=False, axis="y")
    _legend(axes)


def _legend(axes: "Axes") -> None:
    from matplotlib.patches import Patch

    axes.legend(
        handles=[
            Patch(facecolor=TRUTH, edgecolor=TRUTH, label="true, found"),
            Patch(facecolor="white", edgecolor=TRUTH, hatch="xxxx", label="true, missed"),
            Patch(facecolor=HIT, edgecolor=HIT, label="flagged, a hit"),
            Patch(facecolor=FALSE, edgecolor="#7a4868", hatch="////", label="flagged, false"),
        ],
        loc="upper center",
        bbox_to_anchor=(0.5, -0.55),
        ncols=4,
    )


def _shaded(axes: "Axes", truth: "np.ndarray") -> None:
    for start, stop in truth:
        axes.axvspan(start, stop, facecolor=TRUTH, alpha=0.14, edgecolor=TRUTH, linewidth=0.8)
