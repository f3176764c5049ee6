"""The report of an evaluation on the terminal."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from math import isnan

from desktop_app.cli.terminal import counted, say
from desktop_app.engine.evaluate.controls import CONTROLS
from desktop_app.engine.evaluate.intervals import Ratio
from desktop_app.engine.evaluate.predict import WEAKER_FROM, Method, provenance_of
from desktop_app.engine.evaluate.protocol import LEAST_SLACK_D, MOST_MORE_D, MOST_TIMES, Recall, Score
from desktop_app.engine.evaluate.report import PER_D, Evaluation
from desktop_app.engine.evaluate.truth import Standing

_NOT_KNOWN = "-"
Rows = list[tuple[str, ...]]


def show_evaluation(done: Evaluation) -> None:
    """Print the whole report on standard output; what was missed, on standard error."""
    for line in _about(done):
        say(line)
    for title, rows in _tables(done):
        say("")
        say(title)
        for line in aligned(rows):
            say(line)
    for line in _missed(done):
        say(line, sys.stderr)


def _about(done: Evaluation) -> Iterator[str]:
    truth = done.truth
    graded, weak, false, out = (truth.number(standing) for standing in Standing)
    yield (
        f"{truth.path}: {counted(len(truth.events), 'file')}; {counted(graded, 'event')} scored, {weak:,} weak ones "
        f"shown apart, {false:,} known to be none, {out:,} left out"
    )
    yield f"{counted(len(done.looked_at), 'file')} looked at in {done.request.folder}"
    quiet = done.quiet or "those that the table gives no event"
    none = (
        ""
        if any(score.quiet.files for score in done.scores)
        else "; none in this folder, so false events are not known"
    )
    yield f"Quiet curves: {quiet}{none}"
    for method in done.methods:
        if not method.control:
            yield _made_by(method)
    yield f"Code {done.code[:12]}, table {truth.sha256[:12]}"
    yield (
        f"A found event is a hit where it lies within {LEAST_SLACK_D:g} d, or one cadence, of the true one and is no "
        f"longer than {MOST_TIMES:g} times that and {MOST_MORE_D:g} d."
    )
    yield (
        f"In each file the strongest flagged events count, {done.request.budget} more than there are true ones; weaker "
        f"ones, from {WEAKER_FROM:g} sigma on, are counted apart where too few are flagged."
    )
    yield "Brackets hold 95 % of bootstrap resamplings of the files."


def _made_by(method: Method) -> str:
    about = provenance_of(method)
    settings = ", ".join(f"{key}={value}" for key, value in method.settings.items())
    weights = f", weights {str(about['weights'])[:12]}" if about["weights"] else ""
    return f"{method.name}: version {about['version']}, threshold {about['threshold']:g}{weights}" + (
        f", {settings}" if settings else ""
    )


def _tables(done: Evaluation) -> Iterator[tuple[str, Rows]]:
    yield "Events found", _recalls(done, [score.recall for score in done.scores])
    if any(score.weak for score in done.scores):
        yield (
            "Weak rows (algorithmic, catalogue), in the same way",
            _recalls(done, [score.weak for score in done.scores]),
        )
    yield "What flagged hits are called", _right(done)
    for method, score in zip(done.methods, done.scores, strict=True):
        if not method.control:
            yield f"{method.name}: true kinds (rows) and what they are called", _confusion(score)
    if any(score.precision for score in done.scores):
        yield "Precision of flagged events, in files whose table is complete", _precision(done, "precision")
    yield (
        "Precision of flagged events is at least this, as the table of known events is not complete",
        _precision(done, "precision_at_least"),
    )
    if any(score.quiet.files for score in done.scores):
        yield "False events on quiet curves", _quiet(done)
    yield "Work", _work(done)


def _recalls(done: Evaluation, recalls: Sequence[Mapping[str, Recall]]) -> Rows:
    kinds = sorted({kind for recall in recalls for kind in recall})
    rows: Rows = [("kind", "events", "", f"true + {done.request.budget} best", "with weaker ones", "all flagged")]
    for kind in kinds:
        head = (kind, f"{max(recall[kind].budget.whole for recall in recalls if kind in recall):.0f}")
        for method, recall in zip(done.methods, recalls, strict=True):
            found = recall.get(kind)
            ratios = (found.budget, found.ranked, found.flagged) if found else ()
            rows.append((*head, _named(method), *(_found(one) for one in ratios or [Ratio(0, 0)] * 3)))
            head = ("", "")
    return rows


def _found(one: Ratio) -> str:
    return f"{one.part:4.0f} {_interval(one)}" if one.whole else _NOT_KNOWN


def _right(done: Evaluation) -> Rows:
    kinds = sorted({kind for score in done.scores for kind in score.right})
    rows: Rows = [("kind right", *kinds, "all", "period claimed", "known false flagged")]
    for method, score in zip(done.methods, done.scores, strict=True):
        right = [score.right.get(kind, Ratio(0, 0)) for kind in kinds]
        part, whole = sum(one.part for one in right), sum(one.whole for one in right)
        rows.append(
            (
                _named(method),
                *(_share(one) for one in right),
                f"{part:.0f} of {whole:.0f} ({part / whole:.1%})" if whole else _NOT_KNOWN,
                _share(score.periods),
                _share(score.known_false),
            )
        )
    return rows


def _confusion(score: Score) -> Rows:
    called = sorted({name for names in score.confusion.values() for name in names})
    rows: Rows = [("", *called)]
    for kind, names in score.confusion.items():
        rows.append((kind, *(str(names.get(name, 0)) for name in called)))
    return rows


def _precision(done: Evaluation, name: str) -> Rows:
    of_methods: list[Mapping[str, Ratio]] = [getattr(score, name) for score in done.scores]
    kinds = sorted({kind for precision in of_methods for kind in precision})
    rows: Rows = [("called", *kinds)]
    for method, precision in zip(done.methods, of_methods, strict=True):
        rows.append((_named(method), *(_share(precision[kind]) if kind in precision else _NOT_KNOWN for kind in kinds)))
    return rows


def _quiet(done: Evaluation) -> Rows:
    rows: Rows = [
        ("", "curves", "days", "events", "per day", f"per {PER_D} d", f"upside down, per {PER_D} d", "called")
    ]
    for method, score in zip(done.methods, done.scores, strict=True):
        quiet = score.quiet
        called = ", ".join(f"{number} {kind}" for kind, number in quiet.kinds.items())
        rows.append(
            (
                _named(method),
                str(quiet.files),
                f"{quiet.false.whole:,.0f}",
                f"{quiet.false.part:,.0f}",
                _number(quiet.false.value, ".3f"),
                _rate(quiet.false),
                _rate(quiet.inverted),
                called or _NOT_KNOWN,
            )
        )
    return rows


def _work(done: Evaluation) -> Rows:
    rows: Rows = [("", "seconds a file", "rows flagged", "files missed")]
    for method, score in zip(done.methods, done.scores, strict=True):
        rows.append(
            (_named(method), _number(score.seconds, ".2f"), _number(score.share, ".2%"), str(len(score.unread)))
        )
    return rows


def _missed(done: Evaluation) -> Iterator[str]:
    if done.no_file:
        shown = ", ".join(done.no_file[:5]) + (" and more" if len(done.no_file) > 5 else "")
        yield f"{counted(len(done.no_file), 'file')} of the tables not found and left out: {shown}"
    for method, score in zip(done.methods, done.scores, strict=True):
        for file, why in score.unread.items():
            yield f"{method.name} missed all events of {file}: {why}"


def _named(method: Method) -> str:
    return CONTROLS[method.name].label if method.control else method.name


def _share(one: Ratio) -> str:
    return f"{one.part:.0f} of {one.whole:.0f}" if one.whole else _NOT_KNOWN


def _interval(one: Ratio) -> str:
    return "" if isnan(one.low) else f"[{one.low:.2f}, {one.high:.2f}]"


def _rate(one: Ratio) -> str:
    if isnan(one.value):
        return _NOT_KNOWN
    return f"{PER_D * one.value:.2f} [{PER_D * one.low:.2f}, {PER_D * one.high:.2f}]"


def _number(value: float, form: str) -> str:
    return _NOT_KNOWN if isnan(value) else format(value, form)


def aligned(rows: Rows) -> Iterator[str]:
    """Rows of text as lines whose columns stand under one another."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
