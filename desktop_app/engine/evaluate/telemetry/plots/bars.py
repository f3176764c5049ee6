"""What methods are worth side by side, and what one detector is worth on each channel."""

from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.engine.evaluate.telemetry.plots.canvas import DETECTORS, MUTED, TRUTH, figure, panels
from desktop_app.engine.evaluate.telemetry.results import MethodFigures

if TYPE_CHECKING:
    from matplotlib.lines import Line2D

_HATCH = {False: "", True: "////"}


def method_dots(methods: Sequence[MethodFigures], target: Path) -> Path:
    """VUS-PR with its interval, and the corrected F0.5, of every method on each spacecraft."""
    groups = [group.group for group in methods[0].groups]
    rows = np.arange(len(methods))[::-1]
    with figure(target, 4.6 * len(groups) + 1, 0.32 * len(methods) + 1.5) as drawn:
        for number, (axes, group) in enumerate(zip(panels(drawn, len(groups)), groups, strict=True)):
            for row, method in zip(rows, methods, strict=True):
                one = next(one for one in method.groups if one.group == group)
                colour = MUTED if method.control else DETECTORS[0]
                if not isnan(one.vus_pr_low):
                    axes.plot([one.vus_pr_low, one.vus_pr_high], [row, row], color=colour, linewidth=1.6)
                axes.plot(one.vus_pr, row, "o", color=colour, markersize=6)
                axes.plot(one.corrected_f05, row, "D", color="white", markeredgecolor=TRUTH, markersize=6, zorder=3)
            axes.set(xlim=(-0.02, 1.02), ylim=(-0.7, len(methods) - 0.3), title=group or "All channels")
            axes.set_yticks(rows, [method.label for method in methods] if number == 0 else ["" for _ in methods])
        drawn.legend(handles=_marks(), loc="outside lower center", ncols=2)
    return target


def channel_bars(method: MethodFigures, target: Path) -> Path:
    """VUS-PR of every channel that has labels, the best first; hatched where not every event was found."""
    groups = [group.group for group in method.groups]
    of_group = {
        group: sorted(
            (one for one in method.channels if one.group == group and not isnan(one.vus_pr)),
            key=lambda one: -one.vus_pr,
        )
        for group in groups
    }
    most = max((len(channels) for channels in of_group.values()), default=1)
    with figure(target, 4.2 * len(groups) + 0.6, max(0.19 * most, 1.5) + 1.2) as drawn:
        for axes, group in zip(panels(drawn, len(groups)), groups, strict=True):
            channels = of_group[group]
            rows = np.arange(len(channels))
            bars = axes.barh(rows, [one.vus_pr for one in channels], 0.72, color=DETECTORS[0], edgecolor="white")
            for bar, one in zip(bars, channels, strict=True):
                bar.set_hatch(_HATCH[one.events.missed > 0])
                found = f"{one.events.found}/{one.events.found + one.events.missed}"
                said = f" {one.vus_pr:.2f}   {found}" + (f"  +{one.events.false} false" if one.events.false else "")
                axes.annotate(said, (one.vus_pr, bar.get_y() + 0.36), va="center", size=6.5, color="#333333")
            axes.set_yticks(rows, [one.channel for one in channels], size=7)
            axes.set(xlim=(0, 1.42), ylim=(most - 0.4, -0.6), xlabel="VUS-PR   (events found / true, false ones)")
            axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
            axes.set_title(f"{method.label}, {group or 'all channels'}; hatched: an event missed")
            axes.grid(visible=False, axis="y")
    return target


def _marks() -> "list[Line2D]":
    from matplotlib.lines import Line2D

    volume = Line2D([], [], color=DETECTORS[0], marker="o", label="VUS-PR, with 95 % of channels drawn anew")
    event = Line2D(
        [], [], color="white", marker="D", markeredgecolor=TRUTH, markerfacecolor="white", label="corrected event F0.5"
    )
    return [volume, event]
