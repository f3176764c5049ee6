"""Holds predictions against what is known: which events are found, as what, and how much is found for nothing."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan, nan

from desktop_app.engine.evaluate.intervals import Ratio, ratio
from desktop_app.engine.evaluate.predict import Found, Prediction
from desktop_app.engine.evaluate.truth import Standing, TrueEvent

LEAST_SLACK_D = 0.02
MOST_TIMES = 3.0
MOST_MORE_D = 1.0
MISSED = "missed"
_CROSSES = ("asteroid", "solar-system", "solar system", "moving body")


@dataclass(frozen=True)
class Recall:
    """How many of the true events of one kind are found.

    Attributes
    ----------
    budget : Ratio
        Among the strongest flagged events of their file, as many as it has true ones and the budget.
    ranked : Ratio
        The same, where too few are flagged filled with the strongest weaker ones.
    flagged : Ratio
        Among all flagged events.
    """

    budget: Ratio
    ranked: Ratio
    flagged: Ratio


@dataclass(frozen=True)
class Quiet:
    """False events on curves where nothing happens, per day.

    Attributes
    ----------
    files : int
    false, inverted : Ratio
        Events and days; in the flux, and in the flux upside down.
    kinds : mapping of str to int
        What the false events (not those upside down) were called.
    """

    files: int
    false: Ratio
    inverted: Ratio
    kinds: Mapping[str, int]


@dataclass(frozen=True)
class Score:
    """All figures of one method.

    Attributes
    ----------
    recall, weak : mapping of str to Recall
        By kind: of graded and of weak rows.
    right : mapping of str to Ratio
        By true kind: among the flagged hits, those called what they are.
    confusion : mapping of str to mapping of str to int
        By true kind: what its events were called, `MISSED` where none was flagged.
    precision : mapping of str to Ratio
        By found kind: flagged events that are true ones of this kind, in files whose table is complete.
    precision_at_least : mapping of str to Ratio
        The same in all files with true events, where a flagged event that no row names counts as false.
    known_false : Ratio
        Of the rows known to be no events, those that are flagged.
    periods : Ratio
        Of the dips and crossings that are found, those for which a period is claimed.
    quiet : Quiet
    share : float
        Of the rows that were looked at, those in flagged events; mean over files.
    seconds : float
        Mean over files.
    unread : mapping of str to str
        Files without a prediction, and why; their events count as missed.
    judged : tuple of Judged
        Each true event that is not left out, and what hit it.
    """

    recall: Mapping[str, Recall]
    weak: Mapping[str, Recall]
    right: Mapping[str, Ratio]
    confusion: Mapping[str, Mapping[str, int]]
    precision: Mapping[str, Ratio]
    precision_at_least: Mapping[str, Ratio]
    known_false: Ratio
    periods: Ratio
    quiet: Quiet
    share: float
    seconds: float
    unread: Mapping[str, str]
    judged: tuple["Judged", ...]


@dataclass(frozen=True)
class Known:
    """The labels of all files.

    Attributes
    ----------
    events : mapping of str to tuple of TrueEvent
    complete : collection of str
        Files whose every event is in the table.
    quiet : collection of str
        Files where nothing happens but what ``events`` names.
    budget : int
        How many events more than the true ones may be looked at.
    """

    events: Mapping[str, tuple[TrueEvent, ...]]
    complete: Collection[str] = ()
    quiet: Collection[str] = ()
    budget: int = 10


@dataclass(frozen=True)
class Judged:
    """One true event of one standing, and the found events that hit it in the three lists of `Recall`."""

    file: str
    event: TrueEvent
    budget: Found | None
    ranked: Found | None
    flagged: Found | None


def score(predictions: Sequence[Prediction], known: Known) -> Score:
    """The figures of the predictions of one method, one for each file."""
    judged = [one for prediction in predictions for one in _judged(prediction, known)]
    graded = [one for one in judged if one.event.standing is Standing.GRADED]
    hits = [one for one in graded if one.flagged]
    open_ended = [one for one in hits if one.event.kind in ("dip", "crossing")]
    seen = [prediction for prediction in predictions if not prediction.error]
    eventful = [one for one in seen if any(e.standing is Standing.GRADED for e in known.events.get(one.file, ()))]
    return Score(
        recall=_recall(graded),
        weak=_recall([one for one in judged if one.event.standing is Standing.WEAK]),
        right={
            kind: ratio(_by_file((one.file, is_right(one.event.kind, one.flagged)) for one in of_kind))
            for kind, of_kind in _by_kind(hits).items()
        },
        confusion=_confusion(graded),
        precision=_precision([one for one in eventful if one.file in known.complete], known),
        precision_at_least=_precision(eventful, known),
        known_false=ratio(
            _by_file((one.file, one.flagged is not None) for one in judged if one.event.standing is Standing.FALSE)
        ),
        periods=ratio(_by_file((one.file, bool(one.flagged and isfinite(one.flagged.period_d))) for one in open_ended)),
        quiet=_quiet([one for one in seen if one.file in known.quiet], known),
        share=_mean(one.share for one in seen),
        seconds=_mean(one.seconds for one in seen),
        unread={one.file: one.error for one in predictions if one.error},
        judged=tuple(judged),
    )


def is_right(kind: str, found: Found | None) -> bool:
    """Whether ``found`` is called what an event of ``kind`` is.

    A crossing of the solar system's bodies is an artefact to whoever looks at the star, or anything else that says
    what it is in its reasons; a dip that comes alone must not be given a period.
    """
    if found is None:
        return False
    if kind == "crossing":
        return found.kind == "artefact" or any(word in reason for reason in found.reasons for word in _CROSSES)
    if kind == "dip":
        return found.kind == "dip" and isnan(found.period_d)
    return found.kind == kind


def slack_d(cadence_d: float) -> float:
    """How far apart a true and a found event may lie and still be one, in days."""
    return max(LEAST_SLACK_D, cadence_d) if isfinite(cadence_d) else LEAST_SLACK_D


def is_hit(event: TrueEvent, found: Found, slack: float) -> bool:
    """Whether the two overlap, and ``found`` is not so long that it would overlap with anything."""
    length = event.stop - event.start
    overlap = found.start <= event.stop + slack and found.stop >= event.start - slack
    return overlap and found.stop - found.start <= MOST_TIMES * length + MOST_MORE_D


def _judged(prediction: Prediction, known: Known) -> list[Judged]:
    events = known.events.get(prediction.file, ())
    graded = sum(event.standing is Standing.GRADED for event in events)
    slack = slack_d(prediction.cadence_d)
    may = graded + known.budget
    ranked = (prediction.flagged + prediction.weaker)[:may]

    def hit(event: TrueEvent, among: Sequence[Found]) -> Found | None:
        return next((one for one in among if is_hit(event, one, slack)), None)

    return [
        Judged(
            prediction.file,
            event,
            hit(event, prediction.flagged[:may]),
            hit(event, ranked),
            hit(event, prediction.flagged),
        )
        for event in events
        if event.standing is not Standing.LEFT_OUT
    ]


def _recall(judged: Sequence[Judged]) -> dict[str, Recall]:
    return {
        kind: Recall(
            *(
                ratio(_by_file((one.file, getattr(one, name) is not None) for one in of_kind))
                for name in ("budget", "ranked", "flagged")
            )
        )
        for kind, of_kind in _by_kind(judged).items()
    }


def _by_kind(judged: Iterable[Judged]) -> dict[str, list[Judged]]:
    kinds: dict[str, list[Judged]] = {}
    for one in judged:
        kinds.setdefault(one.event.kind, []).append(one)
    return dict(sorted(kinds.items()))


def _by_file(hits: Iterable[tuple[str, bool]]) -> list[tuple[float, float]]:
    """Hits and events of each file."""
    counts: dict[str, tuple[float, float]] = {}
    for file, hit in hits:
        part, whole = counts.get(file, (0.0, 0.0))
        counts[file] = part + hit, whole + 1
    return list(counts.values())


def _confusion(graded: Sequence[Judged]) -> dict[str, dict[str, int]]:
    return {
        kind: dict(Counter(one.flagged.kind if one.flagged else MISSED for one in of_kind).most_common())
        for kind, of_kind in _by_kind(graded).items()
    }


def _precision(predictions: Sequence[Prediction], known: Known) -> dict[str, Ratio]:
    """By found kind; what overlaps a row that is weak or left out is not judged."""
    counts: dict[str, list[tuple[float, float]]] = {}
    for prediction in predictions:
        slack = slack_d(prediction.cadence_d)
        events = known.events.get(prediction.file, ())
        right, found = Counter[str](), Counter[str]()
        for one in prediction.flagged:
            hit = [event for event in events if is_hit(event, one, slack)]
            true = any(event.standing is Standing.GRADED and is_right(event.kind, one) for event in hit)
            unsure = any(event.standing in (Standing.WEAK, Standing.LEFT_OUT) for event in hit)
            if true or not unsure:
                right[one.kind] += true
                found[one.kind] += 1
        for kind, number in found.items():
            counts.setdefault(kind, []).append((right[kind], number))
    return {kind: ratio(pairs) for kind, pairs in sorted(counts.items())}


def _quiet(predictions: Sequence[Prediction], known: Known) -> Quiet:
    def false(prediction: Prediction, found: Sequence[Found]) -> list[Found]:
        events, slack = known.events.get(prediction.file, ()), slack_d(prediction.cadence_d)
        return [one for one in found if not any(is_hit(event, one, slack) for event in events)]

    kinds = Counter(one.kind for prediction in predictions for one in false(prediction, prediction.flagged))
    turned = [(one, one.inverted) for one in predictions if one.inverted is not None]
    return Quiet(
        len(predictions),
        ratio((len(false(one, one.flagged)), one.days) for one in predictions),
        ratio((len(false(one, inverted)), one.days) for one, inverted in turned),
        dict(kinds.most_common()),
    )


def _mean(values: Iterable[float]) -> float:
    known = [value for value in values if isfinite(value)]
    return sum(known) / len(known) if known else nan
