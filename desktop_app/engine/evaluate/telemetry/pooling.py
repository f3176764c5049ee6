"""Figures of one spacecraft from those of its channels, and whether they exceed what controls reach."""

from collections.abc import Sequence
from math import isnan, nan

import numpy as np

from desktop_app.core.metrics.bootstrap import mean_of
from desktop_app.core.metrics.points import share, sum_points
from desktop_app.core.metrics.sequences import sum_events
from desktop_app.engine.evaluate.telemetry.results import ChannelFigures, Check, GroupFigures, MethodFigures

_PER = 10_000
CHECKED = ("vus_pr", "corrected_f05")
"""The figures that a detector has to exceed every control in."""


def group_figures(group: str, channels: Sequence[ChannelFigures], roc_auc_pooled: float) -> GroupFigures:
    """The figures of ``channels`` together: means of what is a figure of a channel, sums of what is counted.

    Parameters
    ----------
    group : str
    channels : sequence of ChannelFigures
        At least one.
    roc_auc_pooled : float
        Of all their scores in one ranking.
    """
    events, points = sum_events(one.events for one in channels), sum_points(one.points for one in channels)
    volume = mean_of([one.vus_pr for one in channels])
    samples = points.hits + points.false + points.missed + points.quiet
    nominal, nominal_samples = (
        sum(getattr(one, f"nominal_{what}") for one in channels) for what in ("events", "samples")
    )
    late = [delay for one in channels for delay in one.delays]
    return GroupFigures(
        group=group,
        channels=len(channels),
        samples=samples,
        true_events=events.found + events.missed,
        vus_pr=volume.value,
        vus_pr_low=volume.low,
        vus_pr_high=volume.high,
        vus_pr_own=mean_of([one.vus_pr_own for one in channels]).value,
        event_precision=events.precision,
        event_recall=events.recall,
        event_f1=events.f1,
        corrected_precision=events.corrected_precision(points.false_rate),
        corrected_f05=events.corrected_f05(points.false_rate),
        alarms_per_10k=_PER * share(sum(one.alarms for one in channels), samples),
        point_false_rate=points.false_rate,
        nominal_per_10k=_PER * share(nominal, nominal_samples),
        point_precision=points.precision,
        point_recall=points.recall,
        point_f1=points.f1,
        roc_auc_pooled=roc_auc_pooled,
        roc_auc=mean_of([one.roc_auc for one in channels]).value,
        delay=float(np.median(late)) if late else nan,
        affiliation_precision=mean_of([one.affiliation_precision for one in channels]).value,
        affiliation_recall=mean_of([one.affiliation_recall for one in channels]).value,
        range_precision=mean_of([one.range_precision for one in channels]).value,
        range_recall=mean_of([one.range_recall for one in channels]).value,
        nominal_events=nominal,
        nominal_samples=nominal_samples,
        seconds=float(np.median([one.seconds for one in channels])),
        events=events,
        points=points,
    )


def checks_of(methods: Sequence[MethodFigures]) -> tuple[Check, ...]:
    """Each detector against the best control of its table, for each spacecraft and each figure of `CHECKED`.

    Parameters
    ----------
    methods : sequence of MethodFigures
        Without a control among them there is nothing to check.
    """
    controls = [method for method in methods if method.control]
    found: list[Check] = []
    for method in methods:
        if method.control or not controls:
            continue
        for mode in method.modes:
            for figures in method.groups:
                for figure in CHECKED:
                    rivals = [
                        (getattr(of_group, figure), control.label)
                        for control in controls
                        if mode in control.modes
                        for of_group in control.groups
                        if of_group.group == figures.group and not isnan(getattr(of_group, figure))
                    ]
                    best, label = max(rivals, default=(nan, ""))
                    found.append(Check(method.name, mode, figures.group, figure, getattr(figures, figure), label, best))
    return tuple(found)
