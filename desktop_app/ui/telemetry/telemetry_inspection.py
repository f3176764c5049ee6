"""What is known of one sample of telemetry, in words."""

from math import isinf, isnan

from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.ui.facts import Fact
from desktop_app.ui.inspection import Inspection
from desktop_app.ui.telemetry.clock_axis import exact_time
from desktop_app.ui.words import significant

_AROUND = 100


def inspect_sample(data: Telemetry, row: int, *, training: bool = False) -> Inspection:
    """The time of ``row``, the labels on it, and the values of all channels.

    Parameters
    ----------
    training : bool
        Whether the row is one of the training stretch.
    """
    looked_at = data.training if training and data.training is not None else data
    time = float(looked_at.time[row])
    facts = [Fact("Time", exact_time(looked_at, time))] if looked_at.clock != "samples" else []
    if looked_at.clock == "utc":
        facts.append(Fact("", f"{looked_at.zero_unix_s + time:.3f} s Unix time"))
    facts.append(Fact("Row", f"{looked_at.row[row]:,}" + (" of the training stretch" if training else "")))
    facts += _labels(looked_at, row)
    for place, channel in enumerate(looked_at.channels):
        value = value_text(channel, float(looked_at.values[row, place]))
        facts.append(Fact(channel.name, value, heading="" if place else "Values"))
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
