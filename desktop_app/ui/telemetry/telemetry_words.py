"""What the telemetry page says in words: what the data are, what is marked in them, and what the parts were asked."""

from collections import Counter
from collections.abc import Sequence
from math import isfinite

from desktop_app.core.channels.marking import Marking
from desktop_app.core.detection import Event
from desktop_app.core.telemetry import Interval, Telemetry
from desktop_app.ui.score_scale import LIMITS
from desktop_app.ui.state import AppState
from desktop_app.ui.telemetry.telemetry_marks import letter_of
from desktop_app.ui.telemetry.telemetry_picture import TelemetryPicture
from desktop_app.ui.theme import TRUTH, Theme, kind_colour, kind_of
from desktop_app.ui.words import counted, duration

_DAY_S = 86400.0
_BETWEEN = "&nbsp;&nbsp; "


def data_facts(data: Telemetry, picture: TelemetryPicture) -> list[str]:
    """Mission, channels, rows, cadence and labels, where there are any."""
    constant = sum(one.form == "constant" for one in picture.channels)
    facts = [
        data.source.mission,
        counted(len(data.channels), "channel") + (f", {constant} constant" if constant else ""),
        counted(len(data), "row"),
        f"{duration(data.cadence_s / _DAY_S)} cadence" if isfinite(data.cadence_s) else "",
        counted(len(data.labels), "label") if data.labels else "",
    ]
    return [fact for fact in facts if fact]


def legend_of(labels: Sequence[Interval], events: Sequence[Event] | None, marking: Marking | None, theme: Theme) -> str:
    """What the outlined stretches and the marks are, and how they agree; "" where there are none.

    Parameters
    ----------
    events : sequence of Event or None
        None where nobody looked.
    """
    told = []
    if labels and marking is not None:
        told.append(f"✓ {marking.hits:,} hit, ✗ {marking.missed:,} missed, ✗ {marking.false:,} false")
    if labels:
        told.append("Ground truth: " + _BETWEEN.join(_kinds_of_labels(labels)))
    if events:
        told.append("Events: " + _BETWEEN.join(_kinds_of_events(events, theme)))
    elif events is not None:
        told.append("No events")
    return "&nbsp; ·&nbsp; ".join(told)


def parts_told(state: AppState) -> str:
    """With what the parts were looked at, where that is not what is chosen now."""
    parts = state.parts
    if not parts.found:
        return ""
    done = f"{len(parts.found):,} of {counted(len(parts.names), 'part')}" if len(parts.found) < len(parts.names) else ""
    spec = state.spec
    same = spec is not None and (spec.name, state.settings) == (parts.detector, parts.settings)
    if same and state.threshold == parts.threshold:
        return done
    what = f"By {parts.detector} at {LIMITS.text(parts.threshold)}; run again for what is chosen now."
    return f"{done}. {what}" if done else what


def _kinds_of_labels(labels: Sequence[Interval]) -> list[str]:
    kinds = Counter(label.kind for label in labels)
    return [
        f'<span style="background: {TRUTH}; color: #ffffff"><b>&nbsp;{letter_of(Interval(0, 1, kind))}&nbsp;</b></span>'
        f"&nbsp;{kind} ({n})"
        for kind, n in sorted(kinds.items())
    ]


def _kinds_of_events(events: Sequence[Event], theme: Theme) -> list[str]:
    kinds = Counter(event.kind for event in events)
    return [
        f'<span style="color: {kind_colour(kind, theme).name()}"><b>{kind_of(kind).letter}</b></span>'
        f"&nbsp;{kind} ({n:,})"
        for kind, n in kinds.most_common()
    ]
