"""Plants faults into telemetry that is said to be nominal, lets a detector look, and tells which it found."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.events import find_channel_events
from desktop_app.core.channels.fault_recall import FaultRecall, FaultTry
from desktop_app.core.channels.faults import FAULTS, SIZES, Fault, Usual, place, planted, usual_of
from desktop_app.core.detection import Event, Scores
from desktop_app.core.detector import Detector, DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.params import Params
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.telemetry import Telemetry, without_labels
from desktop_app.detectors import spec_of

REFERENCE_SHARE = 0.6
"""Of a nominal stretch: what the detector learns from; faults go into the rest."""
FEWEST_ROWS = 100
SLACK_ROWS = 10
"""So far from a fault an event of it may lie: windows smear."""
__all__ = ["FaultRecall", "fault_recall"]


def fault_recall(
    data: Sequence[Telemetry],
    detector: str | None = None,
    settings: Params | Mapping[str, object] | None = None,
    *,
    trials: int = 10,
    seed: int = 0,
    report: Report = silent,
    kinds: Sequence[str] = (),
    threshold: float | None = None,
) -> FaultRecall:
    """How many planted faults of each kind and size the detector finds in nominal data that it did not learn from.

    Nominal are the training stretch, or the data up to the first label where there is none. The detector learns from
    its first 60 %; a fault at a time is put into the last 40 %. The same seed plants the same faults for every
    detector. A fault is found where, on its rows or within 10 rows of them, samples are flagged that are not
    flagged without it: flagging everything finds nothing.

    Parameters
    ----------
    data : sequence of Telemetry
    detector : str, optional
        A name of the registry; the default one where not given.
    settings : Params or mapping, optional
        The detector's parameters, or some of them by name.
    trials : int
        Faults of each kind and size, dealt out among all measured channels.
    seed : int
    report : callable
        Told the progress; may raise `JobCancelled`.
    kinds : sequence of str
        Names of `FAULTS`; all where not given.
    threshold : float, optional
        The detector's own where not given.

    Raises
    ------
    ParamError
        No such detector or setting.
    FitError
        No channel has enough nominal data.
    """
    spec = spec_of(detector, "telemetry")
    params = settings if isinstance(settings, spec.params) else spec.params.checked(_mapping(settings))
    looking = _Looking(spec, params, spec.threshold if threshold is None else threshold)
    grounds = [ground for one in data for ground in _grounds(one)]
    if not grounds:
        raise FitError(
            f"No channel has {FEWEST_ROWS} nominal samples to plant faults into.",
            hint="Open telemetry with a longer training stretch, or without labels near its start.",
        )
    dealt, left_out = _dealt(grounds, tuple(kinds) or tuple(FAULTS), trials, seed)
    outcome = [
        _tried(ground, dealt[place], looking, seed, part(report, place / len(grounds), (place + 1) / len(grounds)))
        for place, ground in enumerate(grounds)
    ]
    report(1.0, "Counted")
    return _counted(looking, grounds, outcome, left_out)


@dataclass(frozen=True)
class _Looking:
    """Who looks, and from which score on it counts."""

    spec: DetectorSpec
    params: Params
    threshold: float

    def learnt(self, data: Telemetry) -> Detector[Telemetry]:
        return self.spec.build(self.params).fit(data, silent)

    def events(self, data: Telemetry, scores: Scores) -> tuple[Event, ...]:
        return find_channel_events(data, scores, self.threshold)


@dataclass(frozen=True, eq=False)
class _Ground:
    """One measured channel with its commands: the held-out stretch, with the reference as its training."""

    name: str
    data: Telemetry
    usual: Usual

    @property
    def values(self) -> Floats:
        return self.data.values[:, 0]


@dataclass(frozen=True)
class _Outcome:
    """What came of one channel."""

    tries: tuple[FaultTry, ...] = ()
    samples: int = 0
    events: int = 0
    note: str = ""


def _counted(looking: _Looking, grounds: Sequence[_Ground], outcome: Sequence[_Outcome], left_out: int) -> FaultRecall:
    """What came of all channels together."""
    return FaultRecall(
        detector=looking.spec.name,
        version=looking.spec.version,
        settings=looking.params.model_dump(mode="json"),
        threshold=looking.threshold,
        tries=tuple(one for of_channel in outcome for one in of_channel.tries),
        channels=tuple(ground.name for ground, one in zip(grounds, outcome, strict=True) if not one.note),
        nominal_samples=sum(one.samples for one in outcome),
        nominal_events=sum(one.events for one in outcome),
        left_out=left_out,
        notes=tuple(one.note for one in outcome if one.note),
    )


_Planned = tuple[int, Fault]


def _mapping(settings: Params | Mapping[str, object] | None) -> Mapping[str, object]:
    return settings.model_dump() if isinstance(settings, Params) else settings or {}


def _grounds(data: Telemetry) -> list[_Ground]:
    """Every measured channel that has enough nominal data."""
    nominal = without_labels(_nominal(data))
    cut = int(REFERENCE_SHARE * len(nominal))
    if cut < FEWEST_ROWS or len(nominal) - cut < FEWEST_ROWS:
        return []
    commands = [place for place, channel in enumerate(nominal.channels) if channel.role == "command"]
    found = []
    for place_, channel in enumerate(nominal.channels):
        if channel.role != "measured":
            continue
        alone = _columns(nominal, [place_, *commands])
        reference, held = _rows(alone, slice(None, cut)), _rows(alone, slice(cut, None))
        if min(np.isfinite(one.values[:, 0]).sum() for one in (reference, held)) < FEWEST_ROWS:
            continue
        name = " ".join(dict.fromkeys(filter(None, (data.source.part, channel.name))))
        usual = usual_of(reference.values[:, 0])
        found.append(_Ground(name, replace(held, training=replace(reference, training=None)), usual))
    return found


def _nominal(data: Telemetry) -> Telemetry:
    if data.training is not None:
        return data.training
    first = min((label.start for label in data.labels), default=len(data))
    return _rows(data, slice(None, first))


def _rows(data: Telemetry, rows: slice) -> Telemetry:
    return replace(data, time=data.time[rows], values=data.values[rows], row=data.row[rows], labels=(), training=None)


def _columns(data: Telemetry, places: Sequence[int]) -> Telemetry:
    channels = tuple(data.channels[place] for place in places)
    return replace(data, values=data.values[:, list(places)], channels=channels, training=None)


def _dealt(
    grounds: Sequence[_Ground], kinds: Sequence[str], trials: int, seed: int
) -> tuple[list[list[_Planned]], int]:
    """The faults of each ground with their sizes, and for how many there was no ground."""
    dealt: list[list[_Planned]] = [[] for _ in grounds]
    left_out = 0
    for kind in kinds:
        for size in range(len(SIZES)):
            rng = np.random.default_rng([seed, list(FAULTS).index(kind), size])
            turn, missing = 0, trials
            order = rng.permutation(len(grounds))
            while missing and turn < trials + len(grounds):
                at = int(order[turn % len(grounds)])
                turn += 1
                fault = place(grounds[at].values, grounds[at].usual, kind, size, rng)
                if fault is not None:
                    dealt[at].append((size, fault))
                    missing -= 1
            left_out += missing
    return dealt, left_out


def _tried(ground: _Ground, faults: Sequence[_Planned], looking: _Looking, seed: int, report: Report) -> _Outcome:
    """Learn from the reference once, and look at the held-out stretch without and with each fault."""
    report(0.0, f"Learning {ground.name}")
    training = ground.data.training
    assert training is not None
    try:
        # It learns before it sees any of the held-out stretch.
        fitted = looking.learnt(replace(training, training=training))
    except FitError as error:
        return _Outcome(note=f"{ground.name}: {error.message}")
    # Scores of a stream change what scores it: each look begins with what was learnt.
    quiet = deepcopy(fitted).score(ground.data, silent)
    flagged = quiet.values[:, 0] >= looking.threshold
    tries = []
    for number, (size, fault) in enumerate(faults):
        report((number + 1) / (len(faults) + 1), f"{ground.name}: fault {number + 1:,} of {len(faults):,}")
        rng = np.random.default_rng([seed, fault.start, fault.stop])
        values = np.array(ground.data.values)
        values[:, 0] = planted(ground.values, fault, ground.usual, rng)
        data = replace(ground.data, values=values)
        tries.append(_judged(ground.name, size, fault, flagged, data, deepcopy(fitted).score(data, silent), looking))
    looked = int(np.isfinite(quiet.values[:, 0]).sum())
    return _Outcome(tuple(tries), looked, len(looking.events(ground.data, quiet)))


def _judged(
    name: str, size: int, fault: Fault, before: Bools, data: Telemetry, scores: Scores, looking: _Looking
) -> FaultTry:
    values = scores.values[:, 0]
    here = slice(max(fault.start - SLACK_ROWS, 0), fault.stop + SLACK_ROWS)
    found = bool(((values >= looking.threshold) & ~before)[here].any())
    finite = values[here][np.isfinite(values[here])]
    named = ""
    if found:
        overlaps = [
            (min(event.stop, here.stop) - max(event.start, here.start), event.kind)
            for event in looking.events(data, scores)
        ]
        named = max(overlaps, default=(0, ""))[1]
    return FaultTry(name, size, fault, float(finite.max()) if finite.size else float("nan"), found, named)
