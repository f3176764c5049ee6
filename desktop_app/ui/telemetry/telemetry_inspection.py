"""What is known of one sample of telemetry, in words."""

from math import isfinite, isinf, isnan

import numpy as np

from desktop_app.core.channels.marking import Marking
from desktop_app.core.detection import Detection, Event
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.ui.facts import Fact
from desktop_app.ui.inspection import Inspection
from desktop_app.ui.score_scale import LIMITS
from desktop_app.ui.telemetry.clock_axis import exact_time, stretch_text
from desktop_app.ui.words import counted, significant

_AROUND = 100
_WIDER = 2.0
_SCORES_TOLD = 10
_EVIDENCE_SHOWN_ELSEWHERE = ("duration_s", "samples", "value", "usual_low", "usual_high", "nearest_row")
_EVIDENCE = {
    "deviation": "Off by",
    "deviation_sigma": "In scatters",
    "level_before": "Level before",
    "level": "Level in it",
    "level_after": "Level after",
    "scatter_ratio": "Scatter",
    "outside": "Outside the range",
    "missing": "Rows without a value",
    "still": "Samples unchanged",
    "nearest_distance": "Most like it, differs by",
}
_IN_UNIT = ("deviation", "level_before", "level", "level_after", "nearest_distance")


def inspect_channel_event(
    detection: Detection, events: tuple[Event, ...], number: int, marking: Marking | None
) -> Inspection:
    """What is known of ``events[number]`` of telemetry: why, when, how strong, and the values of all channels."""
    event, data = events[number], detection.telemetry
    place = data.names.index(event.channel)
    channel = data.channels[place]
    facts = (
        Fact("Channel", channel.name + (f" ({channel.unit})" if channel.unit else "")),
        *(Fact("Why" if not n else "", reason) for n, reason in enumerate(event.reasons or (_plainly(event),))),
        *_when(data, event),
        *_how_strong(detection, event, place),
        *_evidence(event, channel),
        *_verdict(data, event, number, marking),
        *_values(data, event.peak, "Values at the peak"),
    )
    first, last = event.start, event.stop - 1
    pad = max(_AROUND // 2, round(_WIDER * (last - first)))
    window = float(data.time[max(0, first - pad)]), float(data.time[min(len(data) - 1, last + pad)])
    return Inspection(f"Event {number + 1:,} of {len(events):,}", event.kind, facts, event.peak, window)


def inspect_sample(
    data: Telemetry, row: int, *, training: bool = False, detection: Detection | None = None
) -> Inspection:
    """The time of ``row``, the labels on it, its highest scores, and the values of all channels.

    Parameters
    ----------
    training : bool
        Whether the row is one of the training stretch.
    detection : Detection, optional
        Of ``data``, where somebody looked.
    """
    looked_at = data.training if training and data.training is not None else data
    time = float(looked_at.time[row])
    facts = [Fact("Time", exact_time(looked_at, time))] if looked_at.clock != "samples" else []
    if looked_at.clock == "utc":
        facts.append(Fact("", f"{looked_at.zero_unix_s + time:.3f} s Unix time"))
    facts.append(Fact("Row", f"{looked_at.row[row]:,}" + (" of the training stretch" if training else "")))
    facts += _labels(looked_at, row)
    facts += _scores(detection, row)
    facts += _values(looked_at, row, "Values")
    first, last = max(0, row - _AROUND), min(len(looked_at) - 1, row + _AROUND)
    window = (float(looked_at.time[first]), float(looked_at.time[last]))
    return Inspection(f"Sample {looked_at.row[row]:,}", "", tuple(facts), row, window)


def value_text(channel: Channel, value: float, digits: int = 7) -> str:
    """A value with its unit, or the name of its state: "28.1 V", "SAFE (1)", "no value"."""
    if isnan(value):
        return "no value"
    if isinf(value):
        return "∞" if value > 0 else "−∞"
    if channel.states and value == int(value) and 0 <= value < len(channel.states):
        return f"{channel.states[int(value)]} ({value:.0f})"
    text = f"{value:,.0f}" if value == round(value) and abs(value) < 1e9 else significant(value, digits)
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text} {channel.unit}".rstrip().replace("-", "−")


def _plainly(event: Event) -> str:
    return f"scores {LIMITS.text(event.score)}"


def _when(data: Telemetry, event: Event) -> list[Fact]:
    first, last = event.start, event.stop - 1
    rows = f"{data.row[first]:,}" if first == last else f"{data.row[first]:,} – {data.row[last]:,}"
    told = [Fact("Rows", f"{rows} ({counted(event.stop - event.start, 'sample')})")]
    if data.clock != "samples":
        start, peak, end = (exact_time(data, float(data.time[at])) for at in (first, event.peak, last))
        lasted = stretch_text(data, float(data.time[last] - data.time[first]))
        told = [Fact("From", start), Fact("Peak", peak), Fact("To", end), Fact("Duration", lasted), *told]
    return [Fact(told[0].label, told[0].value, heading="When"), *told[1:]]


def _how_strong(detection: Detection, event: Event, place: int) -> list[Fact]:
    data, tracks = detection.telemetry, detection.scores.tracks
    channel = data.channels[place]
    score = f"{LIMITS.text(event.score)}, threshold {LIMITS.text(detection.threshold)}"
    facts = [Fact("Score", score, heading="Strength")]
    value = event.evidence.get("value", float(data.values[event.peak, place]))
    facts.append(Fact("Value at the peak", value_text(channel, value)))
    low, high = (event.evidence.get(name, float("nan")) for name in ("usual_low", "usual_high"))
    if isfinite(low) and isfinite(high):
        facts.append(Fact("Usually", f"{value_text(channel, low, 5)} to {value_text(channel, high, 5)}"))
    told = {name: float(tracks[name][event.peak, place]) for name in ("low", "high", "model") if name in tracks}
    if isfinite(told.get("model", float("nan"))):
        facts.append(Fact("Expected", value_text(channel, told["model"], 5)))
    edges = [told.get("low", float("nan")), told.get("high", float("nan"))]
    if np.isfinite(edges).all():
        between = f"{value_text(channel, edges[0], 5)} to {value_text(channel, edges[1], 5)}"
        facts.append(Fact("Detector's limits", between))
    return facts


def _evidence(event: Event, channel: Channel) -> list[Fact]:
    facts: list[Fact] = []
    for name, value in event.evidence.items():
        if name in _EVIDENCE_SHOWN_ELSEWHERE or not isfinite(value):
            continue
        label = _EVIDENCE.get(name, name.replace("_", " ").capitalize())
        facts.append(Fact(label, _evidence_text(name, value, channel), heading="" if facts else "Evidence"))
    return facts


def _evidence_text(name: str, value: float, channel: Channel) -> str:
    if name in _IN_UNIT:
        return f"{significant(value)} {channel.unit}".rstrip()
    match name:
        case "outside":
            return f"{100 * value:.3g} % of the samples"
        case "scatter_ratio":
            return f"{significant(value, 3)} times the usual"
        case "missing" | "still":
            return f"{value:,.0f}"
        case _:
            return significant(value)


def _verdict(data: Telemetry, event: Event, number: int, marking: Marking | None) -> list[Fact]:
    """Whether the event lies on a label."""
    if marking is None or number >= len(marking.right):
        return []
    if not marking.right[number]:
        return [Fact("Ground truth", "false: on no label")]
    on = [label for label in data.labels_on(event.channel) if label.start < event.stop and label.stop > event.start]
    told = "; ".join(f"{label.kind}, rows {label.start:,} to {label.stop - 1:,}" for label in on)
    return [Fact("Ground truth", f"right: {told}")]


def _scores(detection: Detection | None, row: int) -> list[Fact]:
    """The highest scores of the channels that were looked at."""
    if detection is None:
        return []
    scores, names = detection.scores.values[row], detection.telemetry.names
    order = [int(place) for place in np.argsort(-scores, kind="stable") if np.isfinite(scores[place])]
    return [
        Fact(names[place], LIMITS.text(float(scores[place])), heading="" if n else "Scores")
        for n, place in enumerate(order[:_SCORES_TOLD])
    ]


def _values(data: Telemetry, row: int, heading: str) -> list[Fact]:
    return [
        Fact(channel.name, value_text(channel, float(data.values[row, place])), heading="" if place else heading)
        for place, channel in enumerate(data.channels)
    ]


def _labels(data: Telemetry, row: int) -> list[Fact]:
    here = [label for label in data.labels if label.start <= row < label.stop]
    if not data.labels:
        return []
    if not here:
        return [Fact("Ground truth", "no label here")]
    return [
        Fact(
            "" if place else "Ground truth",
            f"{label.kind}, rows {label.start:,} to {label.stop - 1:,}{_about(label.channel)}",
        )
        for place, label in enumerate(here)
    ]


def _about(channel: str) -> str:
    return f", on {channel}" if channel else ""
