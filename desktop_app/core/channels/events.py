"""Cuts the scores of channels into events, and says what kind each one is and why it does not belong."""

from collections.abc import Mapping
from weakref import WeakKeyDictionary

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.channels.evidence import Evidence, evidence_of
from desktop_app.core.channels.kinds import kinds_of
from desktop_app.core.channels.nearest import nearest_like
from desktop_app.core.channels.nominal import Nominal, nominal_of
from desktop_app.core.channels.reasons import Teller
from desktop_app.core.detection import Event, Scores
from desktop_app.core.telemetry import Telemetry

JOIN_ROWS = 5
"""Runs of one channel with so many samples or fewer between them are one event."""
_NEAREST_ROWS, _NEAREST_EVENTS = 50_000, 10
_NOMINALS: WeakKeyDictionary[Telemetry, dict[int, Nominal]] = WeakKeyDictionary()


def find_channel_events(data: Telemetry, scores: Scores, threshold: float) -> tuple[Event, ...]:
    """Stretches of samples of one channel that score ``threshold`` or more, in the order of time.

    Samples that were not looked at neither belong to an event nor end it; runs with `JOIN_ROWS` samples or fewer
    between them are one event. The kind comes from the values, not from the detector; see `core.channels.kinds`.
    Commands have no events.

    Evidence, NaN where it is not known, in the unit of the channel unless said: "duration_s", "samples" (number),
    "value" (at the peak), "usual_low" and "usual_high", "deviation" (beyond the usual range where outside, else from
    what was expected or from the level before) and "deviation_sigma" (that in sigmas of the scatter), "level",
    "level_before", "level_after", "scatter_ratio" (times the usual), "outside" (share of the samples), "missing"
    (rows), "still" (samples without a change); of a pattern "nearest_row" and "nearest_distance" (root mean square)
    of the stretch most like it.

    Parameters
    ----------
    data : Telemetry
    scores : Scores
        Of shape (n, c).
    threshold : float
        In the unit of the scores.
    """
    events: list[Event] = []
    for place, channel in enumerate(data.channels):
        if channel.role == "measured":
            known = np.isfinite(data.values[:, place])
            starts, stops = _cut(np.where(known, scores.values[:, place], np.nan), threshold)
            if starts.size:
                events += _events_of(data, scores, place, starts, stops)
    return tuple(sorted(events, key=lambda event: (event.start, event.channel)))


def nominal_in(data: Telemetry, place: int) -> Nominal | None:
    """What the channel number ``place`` usually does, by its training stretch where there is one; None for no values.

    It is kept for as long as the data are: moving a threshold asks again and again.
    """
    kept = _NOMINALS.setdefault(data, {})
    if place not in kept:
        trained = _trained(data, place)
        known = trained if trained.size else _finite(data.values[:, place])
        if not known.size:
            return None
        kept[place] = nominal_of(known, trained=bool(trained.size))
    return kept[place]


def _trained(data: Telemetry, place: int) -> Floats:
    """The finite values of the training stretch of a channel; () where there is none."""
    name = data.channels[place].name
    if data.training is None or name not in data.training.names:
        return np.zeros(0)
    return _finite(data.training.values[:, data.training.names.index(name)])


def _finite(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _cut(values: Floats, threshold: float) -> tuple[Ints, Ints]:
    """The rows at which events start and stop."""
    flagged = np.flatnonzero(values >= threshold)
    if not flagged.size:
        return flagged, flagged
    looked = np.cumsum(np.isfinite(values))
    breaks = np.flatnonzero(np.diff(looked[flagged]) > JOIN_ROWS + 1)
    first = np.concatenate(([0], breaks + 1))
    last = np.concatenate((breaks, [len(flagged) - 1]))
    return flagged[first], flagged[last] + 1


def _events_of(data: Telemetry, scores: Scores, place: int, starts: Ints, stops: Ints) -> list[Event]:
    """The events of one channel."""
    channel, nominal = data.channels[place], nominal_in(data, place)
    if nominal is None:
        return []
    values, scored = data.values[:, place], scores.values[:, place]
    found = evidence_of(values, starts, stops, nominal)
    kinds = kinds_of(found, nominal, channel).tolist()
    peaks = _peaks(scored, starts, stops)
    told = _told(data, scores, place, found, nominal, peaks)
    told["duration_s"] = data.time[stops - 1] - data.time[starts]
    numbers = {name: column.tolist() for name, column in told.items()}
    teller = Teller(found, nominal, channel, data.cadence_s)
    nearest = _nearest(values, kinds, starts, stops, scored[peaks])
    events = []
    for number, (start, stop, peak, kind) in enumerate(
        zip(starts.tolist(), stops.tolist(), peaks.tolist(), kinds, strict=True)
    ):
        evidence = {name: column[number] for name, column in numbers.items()} | nearest.get(number, {})
        reasons = teller.reasons(number, kind, evidence["value"], evidence.get("nearest_distance"))
        score = float(scored[peak])
        events.append(Event(start, stop, peak, score, kind, evidence, reasons=reasons, channel=channel.name))
    return events


def _peaks(scored: Floats, starts: Ints, stops: Ints) -> Ints:
    """The row of the highest score in each stretch, the first of equal ones."""
    filled = np.append(np.where(np.isfinite(scored), scored, -np.inf), -np.inf)
    pairs = np.column_stack([starts, stops]).ravel()
    highest = np.maximum.reduceat(filled, pairs)[::2]
    rows = np.repeat(highest, stops - starts)
    within = np.concatenate([np.arange(a, b) for a, b in zip(starts.tolist(), stops.tolist(), strict=True)])
    top = within[filled[within] == rows]
    return top[np.searchsorted(top, starts)]


def _told(
    data: Telemetry, scores: Scores, place: int, found: Evidence, nominal: Nominal, peaks: Ints
) -> dict[str, Floats]:
    """The numbers that are told of each event, by name."""
    value = data.values[peaks, place]
    model = scores.tracks["model"][peaks, place] if "model" in scores.tracks else np.full(len(peaks), np.nan)
    expected = np.where(np.isfinite(model), model, np.where(np.isfinite(found.before), found.before, nominal.middle))
    outside = found.outside > 0.0
    beyond = np.where(found.above >= found.below, found.above, -found.below)
    with np.errstate(over="ignore", invalid="ignore"):
        deviation = np.where(outside, beyond, value - expected)
        sigmas = deviation / nominal.sigma if nominal.sigma > 0 else np.full(len(peaks), np.nan)
    return {
        "samples": found.samples.astype(np.float64),
        "value": value,
        "usual_low": np.full(len(peaks), nominal.low),
        "usual_high": np.full(len(peaks), nominal.high),
        "deviation": deviation,
        "deviation_sigma": sigmas,
        "level": found.level,
        "level_before": found.before,
        "level_after": found.after,
        "scatter_ratio": found.scatter_ratio,
        "outside": found.outside,
        "missing": found.missing.astype(np.float64),
        "still": found.still,
    }


def _nearest(
    values: Floats, kinds: list[str], starts: Ints, stops: Ints, score: Floats
) -> Mapping[int, dict[str, float]]:
    """Of the strongest patterns where the stretch most like each is; each costs a look at the whole channel."""
    patterns = np.array([number for number, kind in enumerate(kinds) if kind == "pattern"], np.int64)
    if not patterns.size or len(values) > _NEAREST_ROWS:
        return {}
    strongest = patterns[np.argsort(-score[patterns], kind="stable")][:_NEAREST_EVENTS]
    found = {number: nearest_like(values, int(starts[number]), int(stops[number])) for number in strongest.tolist()}
    return {
        number: {"nearest_row": float(near[0]), "nearest_distance": near[1]}
        for number, near in found.items()
        if near is not None
    }
