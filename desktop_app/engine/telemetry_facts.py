"""What there is to tell about telemetry: its clock, its labels, and each of its channels."""

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.engine.curve_facts import spaced
from desktop_app.engine.facts import Fact, Group, Value, counted, in_short, number


def groups(telemetry: Telemetry) -> tuple[Group, ...]:
    """Clock, rows and labels; then the channels."""
    labelled = int(telemetry.labelled.sum())
    facts = [
        Fact("Time", _time_range(telemetry)),
        Fact("Cadence", spaced(telemetry.cadence_s)),
        Fact("Rows", f"{len(telemetry):,} of {counted(len(telemetry.channels), 'channel')}"),
        Fact("Labels", _labels(len(telemetry.labels), labelled)),
    ]
    if telemetry.training is not None:
        facts.append(Fact("Training", f"{counted(len(telemetry.training), 'row')} said to be nominal"))
    values: dict[str, Value] = {
        "time": _time_values(telemetry),
        "cadence_s": number(telemetry.cadence_s),
        "rows": len(telemetry),
        "labels": [
            {"start": label.start, "stop": label.stop, "kind": label.kind, "channel": label.channel}
            for label in telemetry.labels
        ],
        "rows_labelled": labelled,
        "training_rows": len(telemetry.training) if telemetry.training is not None else 0,
    }
    return (Group("", tuple(facts), values), _channels(telemetry))


def _channels(telemetry: Telemetry) -> Group:
    facts: list[Fact] = []
    values: list[Value] = []
    for place, channel in enumerate(telemetry.channels):
        column = telemetry.values[:, place]
        missing = int(np.isnan(column).sum())
        finite = column[np.isfinite(column)]
        constant = bool(finite.size) and bool(finite.min() == finite.max())
        facts.append(Fact(channel.name, _told(channel, finite, missing, len(column), constant=constant)))
        values.append(
            {
                "name": channel.name,
                "unit": channel.unit,
                "role": channel.role,
                "states": list(channel.states),
                "nan": missing,
                "constant": constant,
                "low": number(float(finite.min())) if finite.size else None,
                "high": number(float(finite.max())) if finite.size else None,
            }
        )
    return Group("Channels", tuple(facts), {"channels": values})


def _told(channel: Channel, finite: Floats, missing: int, rows: int, *, constant: bool) -> str:
    unit = f" {channel.unit}" if channel.unit else ""
    if not finite.size:
        span = "no value at all"
    elif constant:
        span = f"always {in_short(float(finite[0]))}{unit}"
    else:
        span = f"{in_short(float(finite.min()))} to {in_short(float(finite.max()))}{unit}"
    parts = [span]
    if channel.states:
        parts.append(f"states {', '.join(channel.states[:6])}{', …' if len(channel.states) > 6 else ''}")
    if channel.role == "command":
        parts.append("command")
    if missing:
        parts.append(f"{missing / rows:.1%} NaN")
    return ", ".join(parts)


def _labels(stretches: int, rows: int) -> str:
    if not stretches:
        return "none"
    return f"{stretches:,} {'stretch' if stretches == 1 else 'stretches'} of {counted(rows, 'row')} together"


def _time_range(telemetry: Telemetry) -> str:
    if not len(telemetry):
        return "no rows"
    first, last = float(telemetry.time[0]), float(telemetry.time[-1])
    match telemetry.clock:
        case "utc":
            start, stop = _iso(telemetry)
            jd = [telemetry.zero_unix_s / 86400 + 2440587.5 + end / 86400 for end in (first, last)]
            return f"{start} to {stop} UTC ({(last - first) / 86400:.2f} d)\nJD {jd[0]:.5f} to {jd[1]:.5f}"
        case "elapsed":
            return f"{first:.3f} to {last:.3f} s; the file does not say since when"
        case _:
            return "none: rows are counted"


def _iso(telemetry: Telemetry) -> tuple[str, str]:
    ends = telemetry.zero_unix_s + telemetry.time[[0, -1]]
    start, stop = np.round(ends * 1000).astype("datetime64[ms]")
    return str(start), str(stop)


def _time_values(telemetry: Telemetry) -> dict[str, Value]:
    known = len(telemetry) > 0
    values: dict[str, Value] = {
        "system": telemetry.clock,
        "scale": "UTC" if telemetry.clock == "utc" else "",
        "zero_unix_s": number(telemetry.zero_unix_s),
        "start": float(telemetry.time[0]) if known else None,
        "stop": float(telemetry.time[-1]) if known else None,
    }
    if known and telemetry.clock == "utc":
        values["iso_start"], values["iso_stop"] = _iso(telemetry)
    return values
