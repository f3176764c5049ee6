"""What was found of planted faults as text and as JSON: what the terminal prints, what programs read."""

from math import isfinite, isnan

from desktop_app.core.channels.fault_recall import FaultCount, FaultRecall, FaultTry
from desktop_app.core.channels.faults import FAULTS, SIZES
from desktop_app.paths import version

_UNKNOWN = "–"


def fault_table(found: FaultRecall) -> list[list[str]]:
    """A row for each kind of fault that was planted: the share found of each size and of all, with a head."""
    sizes = {(count.kind, count.size): count for count in found.per_size}
    head = ["Fault", *SIZES, "all", "called so"]
    rows = [
        [
            count.kind,
            *(_share_text(sizes[count.kind, size]) for size in SIZES),
            _share_text(count),
            _UNKNOWN if isnan(count.right) else f"{100 * count.right:.0f} %",
        ]
        for count in found.per_kind
        if count.planted
    ]
    return [head, *rows]


def fault_summary(found: FaultRecall) -> list[str]:
    """Sentences about false events, channels that were not looked at, and faults without room."""
    events = "event" if found.nominal_events == 1 else "events"
    lines = [
        f"Without any fault: {found.nominal_events:,} {events} in {found.nominal_samples:,} samples, "
        f"{found.false_per_10k:.1f} in 10,000."
    ]
    if found.left_out:
        lines.append(f"For {found.left_out:,} faults there was no channel or no room.")
    return [*lines, *found.notes]


def faults_as_json(found: FaultRecall) -> dict[str, object]:
    """The counts and every fault as JSON types; what is not known is null."""
    return {
        "application": f"Peculiar {version()}",
        "detector": {"name": found.detector, "version": found.version, "settings": dict(found.settings)},
        "threshold": found.threshold,
        "channels": list(found.channels),
        "notes": list(found.notes),
        "kinds": {name: {"help": kind.help, "strengths": list(kind.strengths)} for name, kind in FAULTS.items()},
        "counts": [_count(count) for count in (*found.per_kind, *found.per_size) if count.planted],
        "nominal": {
            "samples": found.nominal_samples,
            "events": found.nominal_events,
            "events_per_10k": _known(found.false_per_10k),
        },
        "left_out": found.left_out,
        "faults": [_try(one) for one in found.tries],
    }


def _share_text(count: FaultCount) -> str:
    if not count.planted:
        return _UNKNOWN
    return f"{100 * count.share:.0f} % ({100 * count.low:.0f}–{100 * count.high:.0f})"


def _count(count: FaultCount) -> dict[str, object]:
    return {
        "kind": count.kind,
        "size": count.size or "all",
        "planted": count.planted,
        "found": count.found,
        "share": _known(count.share),
        "low": _known(count.low),
        "high": _known(count.high),
        "called_so": _known(count.right),
    }


def _try(one: FaultTry) -> dict[str, object]:
    return {
        "channel": one.channel,
        "kind": one.fault.kind,
        "size": SIZES[one.size],
        "start": one.fault.start,
        "stop": one.fault.stop,
        "strength": one.fault.strength,
        "score": _known(one.score),
        "found": one.found,
        "called": one.named,
    }


def _known(value: float) -> float | None:
    return value if isfinite(value) else None
