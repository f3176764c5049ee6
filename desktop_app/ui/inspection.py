"""What is known of one event or one cadence, in words."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Ints, robust_sigma
from desktop_app.core.detection import Detection, Event
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.pyramid import Pyramid, build_pyramid
from desktop_app.core.quality import hidden_by_quality, quality_names
from desktop_app.core.stitch import piece_name
from desktop_app.core.timescales import TimeSystem, show_time
from desktop_app.ui.facts import Fact
from desktop_app.ui.images.object_stamps import ObjectStamp
from desktop_app.ui.opinion import instrument_facts, kind_facts, known_facts, shape_facts, signal_facts, under
from desktop_app.ui.words import counted, duration, relative, signed, significant

NEAR_D = 0.5 / 24
USUAL_D = 1.0
REACH_ROWS = 100_000
_COMPANIONS = ("BKG", "BACKGROUND", "CENTR", "POS_CORR")


@dataclass(frozen=True)
class Inspection:
    """An event or a cadence, looked at closely.

    Attributes
    ----------
    title : str
    kind : str
        "" for a cadence that belongs to no event.
    facts : tuple of Fact
    row : int
        The row that deviates most, or the one clicked.
    window : (float, float)
        The stretch of time worth drawing.
    residual : Pyramid or None
        Flux less baseline within it; None where nothing was detected yet.
    stamps : tuple of ObjectStamp
        Of an object of a picture: it, and the nearest ordinary one.
    """

    title: str
    kind: str
    facts: tuple[Fact, ...]
    row: int
    window: tuple[float, float]
    residual: Pyramid | None = None
    stamps: tuple[ObjectStamp, ...] = ()


def inspect_event(detection: Detection, events: tuple[Event, ...], number: int, system: TimeSystem) -> Inspection:
    """What is known of ``events[number]``."""
    event, data = events[number], detection.curve
    start, stop = float(data.time[event.start]), float(data.time[event.stop - 1])
    rows = slice(event.start, event.stop)
    facts = (
        *under("Event", kind_facts(event)),
        *_times(data, event.peak, system, "Peak"),
        Fact("Duration", _lasting(event, data)),
        *_piece(data, event.peak),
        Fact("Rows", _stretch(int(data.row[event.start]), int(data.row[event.stop - 1]))),
        Fact("Cadences", _stretch(int(data.cadence[event.start]), int(data.cadence[event.stop - 1]))),
        *_strength(detection, event),
        *under("Shape", shape_facts(event)),
        *under("Instrument", instrument_facts(event)),
        *_quality(data, rows),
        *_companions(data, event.peak, rows),
        *under("Signal", signal_facts(detection, event, system)),
        *under("Known", known_facts(detection, event)),
    )
    title = f"Event {number + 1} of {len(events)}"
    pad = max(2.0 * (stop - start), 0.1, 15 * _step(data, event.peak))
    window = (start - pad, stop + pad)
    return Inspection(title, event.kind, facts, event.peak, window, _residual(detection, event.peak, window))


def inspect_row(data: LightCurve, detection: Detection | None, row: int, system: TimeSystem) -> Inspection:
    """What is known of one cadence that belongs to no event."""
    here = slice(row, row + 1)
    unit = f" {data.flux_unit}" if data.flux_unit else ""
    error = data.flux_err[row]
    flux = significant(float(data.flux[row]), 7) + (f" ± {significant(float(error), 2)}" if np.isfinite(error) else "")
    facts = [
        *_times(data, row, system, "Time"),
        *_piece(data, row),
        Fact("Row", f"{data.row[row]:,}"),
        Fact("Cadence", f"{data.cadence[row]:,}"),
        Fact("Magnitude" if data.in_magnitudes else "Flux", flux + unit, heading="Brightness"),
    ]
    if detection is not None:
        facts += _deviation(detection, row)
    facts += [*_quality(data, here), *_companions(data, row, here)]
    pad = max(0.1, 15 * _step(data, row))
    window = (float(data.time[row]) - pad, float(data.time[row]) + pad)
    title = f"Cadence {data.cadence[row]:,}"
    return Inspection(title, "", tuple(facts), row, window, _residual(detection, row, window))


def _times(data: LightCurve, row: int, system: TimeSystem, label: str) -> list[Fact]:
    time, reference = float(data.time[row]), data.reference
    shown = [show_time(time, reference)]
    if reference.known:
        wanted = [system, TimeSystem.ISO]
        shown += [show_time(time, reference, other) for other in wanted if other is not TimeSystem.NATIVE]
    shown = list(dict.fromkeys(shown))
    return [Fact(label if place == 0 else "", text) for place, text in enumerate(shown)]


def _lasting(event: Event, data: LightCurve) -> str:
    days = event.evidence.get("duration_d", float(data.time[event.stop - 1] - data.time[event.start]))
    return f"{duration(days)}, {counted(event.stop - event.start, 'row')}"


def _piece(data: LightCurve, row: int) -> list[Fact]:
    """Of a stitched curve: which file the row is in, as its number counts there."""
    return [Fact("File", piece_name(data.pieces[int(data.piece[row])]))] if data.pieces else []


def _stretch(first: int, last: int) -> str:
    return f"{first:,}" if first == last else f"{first:,} – {last:,}"


def _strength(detection: Detection, event: Event) -> list[Fact]:
    depth = event.evidence.get("depth", float("nan"))
    snr = event.evidence.get("snr", float("nan"))
    name = "Depth" if depth >= 0 else "Height"
    ppm = f" ({abs(depth) * 1e6:,.0f} ppm)" if np.isfinite(depth) and abs(depth) >= 1e-3 else ""
    return [
        Fact(name, relative(abs(depth)) + ppm, heading="Strength"),
        Fact("Score", f"{event.score:.1f} σ, threshold {detection.threshold:.1f} σ"),
        Fact("Signal to noise", significant(snr, 3) if np.isfinite(snr) else "not known"),
        *_deviation(detection, event.peak)[1:],
    ]


def _deviation(detection: Detection, row: int) -> list[Fact]:
    data, tracks = detection.curve, detection.scores.tracks
    score = float(detection.scores.values[row])
    facts = [Fact("Score", f"{score:.1f} σ" if np.isfinite(score) else "not looked at")]
    if "baseline" in tracks and np.isfinite(tracks["baseline"][row]):
        residual = float(data.flux[row] - tracks["baseline"][row])
        noise = float(tracks["noise"][row]) if "noise" in tracks else float("nan")
        sigmas = f" ({signed((-residual if data.in_magnitudes else residual) / noise)} σ)" if noise > 0 else ""
        unit = f" {data.flux_unit}" if data.flux_unit else ""
        shown = f"{'+' if residual > 0 else ''}{significant(residual)}{unit}"
        if data.in_magnitudes:
            shown = f"{significant(abs(residual))}{unit} {'fainter' if residual > 0 else 'brighter'}"
        facts.append(Fact("From the baseline", shown + sigmas))
    return facts


def _quality(data: LightCurve, rows: slice) -> list[Fact]:
    """The QUALITY bits of the rows themselves and of those within half an hour."""
    around = _around(data, rows)
    time, own_time = data.time[around], data.time[rows]
    known = own_time[np.isfinite(own_time)]
    first, last = (float(known[0]), float(known[-1])) if len(known) else (np.nan, np.nan)
    near = (time >= first - NEAR_D) & (time <= last + NEAR_D)
    near[rows.start - around.start : rows.stop - around.start] = False
    facts = [
        Fact("These rows", _names(data, data.quality[rows]) or "no flags", heading="Quality"),
        Fact("± 30 min", _names(data, data.quality[around][near]) or "no flags"),
    ]
    lost = int((near & ~data.usable[around]).sum())
    if lost:
        facts.append(Fact("", f"{counted(lost, 'row')} nearby hidden"))
    if hidden_by_quality(data.quality[rows], data.source.bits, data.preset).any():
        facts.append(Fact("", f"hidden by the preset “{data.preset}”"))
    return facts


def _around(data: LightCurve, rows: slice) -> slice:
    """The rows that can be near ``rows``: a long file is not gone through as a whole for one event."""
    return slice(max(0, rows.start - REACH_ROWS), min(len(data), rows.stop + REACH_ROWS))


def _names(data: LightCurve, quality: Ints) -> str:
    """ "Straylight (12), Desaturation event (1)", the commonest first."""
    counts: dict[str, int] = {}
    values, numbers = np.unique(quality, return_counts=True)
    for value, n in zip(values, numbers, strict=True):
        for name in quality_names(data.source.bits, int(value)):
            counts[name] = counts.get(name, 0) + int(n)
    return ", ".join(f"{name} ({n})" for name, n in sorted(counts.items(), key=lambda pair: -pair[1]))


def _companions(data: LightCurve, row: int, rows: slice) -> list[Fact]:
    """Background and centroids at ``row`` against their usual level within a day."""
    around = _around(data, rows)
    other = data.usable[around] & (np.abs(data.time[around] - data.time[row]) <= USUAL_D)
    other[rows.start - around.start : rows.stop - around.start] = False
    facts: list[Fact] = []
    for name, series in data.columns.items():
        if name.upper().endswith("_ERR") or not any(word in name.upper() for word in _COMPANIONS):
            continue
        value, usual = float(series.values[row]), series.values[around][other]
        usual = usual[np.isfinite(usual)]
        if not np.isfinite(value) or len(usual) < 10:
            continue
        sigma = robust_sigma(usual)
        unit = f" {series.unit}" if series.unit else ""
        off = f" ({signed((value - float(np.median(usual))) / sigma)} σ)" if sigma > 0 else ""
        facts.append(Fact(name, f"{significant(value, 6)}{unit}{off}", heading="" if facts else "Against the usual"))
    return facts


def _residual(detection: Detection | None, row: int, window: tuple[float, float]) -> Pyramid | None:
    if detection is None or "baseline" not in detection.scores.tracks:
        return None
    data = detection.curve
    around = _around(data, slice(row, row + 1))
    time, baseline = data.time[around], detection.scores.tracks["baseline"][around]
    inside = data.usable[around] & (time >= window[0]) & (time <= window[1])
    return build_pyramid(time, data.flux[around] - baseline, inside)


def _step(data: LightCurve, row: int) -> float:
    time = data.time[max(0, row - 50) : row + 50]
    steps = np.diff(time[np.isfinite(time)])
    steps = steps[steps > 0]
    return float(np.median(steps)) if len(steps) else 0.02
