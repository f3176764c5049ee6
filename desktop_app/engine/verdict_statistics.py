"""What verdicts come to: how many, confirmed or not, against what detectors flagged, by day, and the last few."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.engine.verdicts import VERDICTS, Entry

RECENT = 10


@dataclass(frozen=True)
class VerdictStatistics:
    """Counts of objects; each counts as it stands now.

    Attributes
    ----------
    objects : int
        That were decided on.
    verdicts, kinds, days : tuple of (str, int)
        How many have each verdict, each kind (the most frequent first), and were last decided on each day (UTC).
    comments : int
        That have a comment.
    flagged : int
        That a detector had flagged when they were decided on.
    confirmed, false_positives, false_negatives : int
        Flagged and interesting; flagged, but ordinary or an artefact; interesting, but not flagged.
    unclassified : int
        Without a verdict: those whose verdict was taken back, and those of ``of`` that nobody decided on.
    recent : tuple of Entry
        The last `RECENT`, the latest first.
    """

    objects: int
    verdicts: tuple[tuple[str, int], ...]
    kinds: tuple[tuple[str, int], ...]
    days: tuple[tuple[str, int], ...]
    comments: int
    flagged: int
    confirmed: int
    false_positives: int
    false_negatives: int
    unclassified: int
    recent: tuple[Entry, ...]


def statistics(latest: Sequence[Entry], *, of: int | None = None) -> VerdictStatistics:
    """What ``latest``, one row for each object, comes to.

    Parameters
    ----------
    latest : sequence of Entry
    of : int, optional
        How many objects there are in all, where that is known.
    """
    decided = [entry for entry in latest if entry.verdict]
    by_verdict = Counter(entry.verdict for entry in decided)
    kinds = Counter(entry.kind for entry in decided if entry.kind)
    days = Counter(entry.at[:10] for entry in decided)
    flagged = [entry for entry in decided if entry.flagged]
    confirmed = sum(entry.verdict == "interesting" for entry in flagged)
    missed = sum(entry.verdict == "interesting" and entry.flagged is False for entry in decided)
    return VerdictStatistics(
        objects=len(decided),
        verdicts=tuple((name, by_verdict[name]) for name in VERDICTS),
        kinds=tuple(kinds.most_common()),
        days=tuple(sorted(days.items())),
        comments=sum(bool(entry.comment) for entry in latest),
        flagged=len(flagged),
        confirmed=confirmed,
        false_positives=len(flagged) - confirmed,
        false_negatives=missed,
        unclassified=(len(latest) if of is None else of) - len(decided),
        recent=tuple(sorted(decided, key=lambda entry: entry.at, reverse=True)[:RECENT]),
    )
