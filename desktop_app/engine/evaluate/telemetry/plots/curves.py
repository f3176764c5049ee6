"""Receiver operating characteristic, and precision against recall, of all methods on each spacecraft."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.core.arrays import Floats
from desktop_app.core.metrics.curves import pr_curve, roc_curve
from desktop_app.engine.evaluate.telemetry.plots.canvas import (
    DASHES,
    DETECTORS,
    MUTED,
    TRUTH,
    Dash,
    Kept,
    figure,
    panels,
)
from desktop_app.engine.evaluate.telemetry.results import GroupFigures, MethodFigures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SAME_EVERYWHERE = frozenset({"flag-all", "flag-none"})


def roc_curves(methods: Sequence[MethodFigures], kept: Kept, target: Path) -> Path:
    """All scores of a spacecraft as they are in one ranking; the dot is where the detector flags."""
    groups = methods[0].groups
    with figure(target, 5.2 * len(groups), 4.8) as drawn:
        for axes, group in zip(panels(drawn, len(groups)), groups, strict=True):
            axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=0.8)
            for method, of_group, look in _looks(methods, group.group):
                false, found = roc_curve(*kept.pooled(method.name, group.group))
                axes.plot(
                    false,
                    found,
                    label=f"{method.label}  {of_group.roc_auc_pooled:.3f}",
                    color=look.colour,
                    linewidth=look.width,
                    linestyle=look.dash,
                )
                if not method.control:
                    axes.plot(of_group.point_false_rate, of_group.point_recall, "o", color=look.colour, markersize=6)
            _dressed(axes, group, "False positive rate", "True positive rate")
    return target


def pr_curves(methods: Sequence[MethodFigures], kept: Kept, target: Path) -> Path:
    """As `roc_curves`, of precision against recall."""
    groups = methods[0].groups
    with figure(target, 5.2 * len(groups), 4.8) as drawn:
        for axes, group in zip(panels(drawn, len(groups)), groups, strict=True):
            share = (group.points.hits + group.points.missed) / max(group.samples, 1)
            axes.axhline(share, color=TRUTH, linewidth=0.8, linestyle=":", label=f"share labelled  {share:.3f}")
            for method, of_group, look in _looks(methods, group.group):
                recall, precision = pr_curve(*kept.pooled(method.name, group.group))
                axes.plot(
                    recall,
                    precision,
                    label=f"{method.label}  VUS-PR {of_group.vus_pr:.3f}",
                    color=look.colour,
                    linewidth=look.width,
                    linestyle=look.dash,
                )
                if not method.control:
                    axes.plot(of_group.point_recall, of_group.point_precision, "o", color=look.colour, markersize=6)
            _dressed(axes, group, "Recall", "Precision")
    return target


class _Look(NamedTuple):
    colour: str
    width: float
    dash: Dash


def _looks(methods: Sequence[MethodFigures], group: str) -> list[tuple[MethodFigures, GroupFigures, _Look]]:
    """Controls in grey, each with a dash of its own, and over them detectors in strong colours."""
    shown = [method for method in methods if method.name not in _SAME_EVERYWHERE]
    controls = [method for method in shown if method.control]
    detectors = [method for method in shown if not method.control]
    looks = {
        **{one.name: _Look(MUTED, 1.0, DASHES[place % len(DASHES)]) for place, one in enumerate(controls)},
        **{one.name: _Look(DETECTORS[place % len(DETECTORS)], 2.2, "-") for place, one in enumerate(detectors)},
    }
    return [
        (one, next(of_group for of_group in one.groups if of_group.group == group), looks[one.name])
        for one in (*controls, *detectors)
    ]


def _line(axes: "Axes", points: tuple[Floats, Floats], label: str, look: _Look) -> None:
    axes.plot(*points, label=label, color=look.colour, linewidth=look.width, linestyle=look.dash)


def _dressed(axes: "Axes", group: GroupFigures, across: str, up: str) -> None:
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel=across, ylabel=up)
    axes.set_title(f"{group.group or 'All channels'}: samples of {group.channels} channels; dot: as deployed")
    axes.set_aspect("equal")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
