"""The report of an evaluation of telemetry on the terminal, and as tables for a document."""

import sys
from collections.abc import Iterator
from math import isnan

from desktop_app.cli.evaluate_view import Rows, aligned
from desktop_app.cli.terminal import counted, say
from desktop_app.engine.evaluate.telemetry.controls import BOTH, Mode
from desktop_app.engine.evaluate.telemetry.results import (
    MARGIN,
    Check,
    Evaluation,
    Faults,
    GroupFigures,
    MethodFigures,
)

_NOT_KNOWN = "-"
_MODES: dict[Mode, str] = {
    "offline": "offline (a score may depend on the whole file)",
    "streaming": "streaming (a score depends on nothing later than its sample)",
}
_MAIN = (
    "",
    "VUS-PR",
    "95 % of channels",
    "own buffer",
    "event P",
    "event R",
    "event F1",
    "corr. F0.5",
    "alarms",
    "point FPR",
    "nominal",
)
_POINTS = (
    "",
    "point P",
    "point R",
    "point F1",
    "AUC pooled",
    "AUC",
    "delay",
    "affil. P",
    "affil. R",
    "range P",
    "range R",
    "s/channel",
)
_RANKS = ("", "VUS-PR", "95 %", "event P", "event R", "event F1", "corr. F0.5", "nominal")
_SAMPLES = ("", "alarms", "point P", "point R", "point F1", "point FPR", "AUC pooled", "AUC", "delay")
_FIGURES = {"vus_pr": "VUS-PR", "corrected_f05": "corrected F0.5"}


def show_evaluation(done: Evaluation) -> None:
    """Print the whole report on standard output; what has no figures, on standard error as well."""
    for line in about(done):
        say(line)
    for title, rows in tables(done):
        say("")
        say(title)
        for line in aligned(rows):
            say(line)
    say("")
    for line in _checked(done):
        say(line)
    for method in done.methods:
        if method.refused:
            say(f"{method.name} has no figures: {method.refused}", sys.stderr)


def show_markdown(done: Evaluation) -> None:
    """Print one table for each spacecraft and mode as a document takes it, planted faults, and the checks."""
    say("\n".join(markdown(done)))


def markdown(done: Evaluation) -> Iterator[str]:
    """The lines of `show_markdown`."""
    for title, rows in (*_document_tables(done), *_fault_tables(done)):
        yield f"**{title}**"
        yield ""
        head, *body = rows
        for row in (head, tuple("---" for _ in head), *body):
            yield f"| {' | '.join(row)} |"
        yield ""
    for line in _checked(done):
        yield f"- {line}"


def _document_tables(done: Evaluation) -> Iterator[tuple[str, Rows]]:
    """As `tables`, with columns few enough for the width of a page."""
    for title, figures in _groups(done):
        yield title, [_RANKS, *(_ranks(*one) for one in figures)]
        yield "The same, by samples", [_SAMPLES, *(_samples(*one) for one in figures)]


def tables(done: Evaluation) -> Iterator[tuple[str, Rows]]:
    """Every table with its title: each spacecraft offline and streaming, then planted faults."""
    for title, figures in _groups(done):
        yield title, [_MAIN, *(_main(*one) for one in figures)]
        yield "By samples, and secondary figures", [_POINTS, *(_points(*one) for one in figures)]
    yield from _fault_tables(done)


def _groups(done: Evaluation) -> Iterator[tuple[str, list[tuple[MethodFigures, GroupFigures]]]]:
    """The methods of each spacecraft and mode that a detector was evaluated in, with what the table is called."""
    for mode in BOTH:
        shown = [method for method in done.methods if mode in method.modes and method.groups]
        if all(method.control for method in shown):
            continue
        for group in shown[0].groups:
            about = f"{group.group or 'All channels'}, {_MODES[mode]}: {counted(group.channels, 'channel')}, "
            about += f"{counted(group.true_events, 'true event')}, {group.samples:,} samples"
            yield about, [(one, of_group) for one in shown for of_group in one.groups if of_group.group == group.group]


def _fault_tables(done: Evaluation) -> Iterator[tuple[str, Rows]]:
    for faults in done.faults:
        yield _fault_title(faults), _fault_rows(faults)


def about(done: Evaluation) -> Iterator[str]:
    """What the figures are of, and what they mean."""
    yield f"Report set: {done.report_set}"
    yield f"Constants {done.constants_sha256[:12]}, chosen on: {done.selection_set}"
    hashes = f"data {done.data_sha256[:12]}, labels {done.labels_sha256[:12]}, code {done.code_sha256[:12]}"
    yield f"Hashes: {hashes}; seed {done.seed}"
    for method in done.methods:
        if not method.control:
            weights = f", weights {method.weights[:12]}" if method.weights else ""
            yield (
                f"{method.name}: version {method.version}, threshold {method.threshold:g}{weights}, "
                f"output {method.output[:12]}"
            )
            if seen := {channel.name for channel in done.channels} & set(method.taught):
                yield (
                    f"NOT UNSEEN: the weights of {method.name} learnt from labels of {len(seen)} of these channels, or "
                    "were chosen by them; figures that hold these tell nothing of other channels."
                )
    yield (
        f"VUS-PR: buffers of up to {done.window} samples, mean over channels; own buffer: as long as the channel's "
        "autocorrelation asks for. Events: a true one is found where a flagged one overlaps with it, and counts once."
    )
    yield (
        "corr. F0.5: precision times the share of unlabelled samples that are not flagged. alarms: flagged events in "
        "10,000 samples; nominal: false ones in 10,000 samples of held-out training. delay: samples from the onset, "
        "median."
    )
    yield (
        "Samples without a value have no score: they rank last. Affiliation of chance is about 0.5: see the row random."
    )
    yield f"{counted(len(done.channels), 'channel')} in {done.seconds:.0f} s"


def _main(method: MethodFigures, one: GroupFigures) -> tuple[str, ...]:
    interval = _NOT_KNOWN if isnan(one.vus_pr_low) else f"{one.vus_pr_low:.3f} to {one.vus_pr_high:.3f}"
    return (
        method.label,
        _three(one.vus_pr),
        interval,
        _three(one.vus_pr_own),
        _three(one.event_precision),
        _three(one.event_recall),
        _three(one.event_f1),
        _three(one.corrected_f05),
        _number(one.alarms_per_10k, ".1f"),
        _three(one.point_false_rate),
        _number(one.nominal_per_10k, ".1f"),
    )


def _ranks(method: MethodFigures, one: GroupFigures) -> tuple[str, ...]:
    label, volume, interval, _own, *events, _alarms, _rate, nominal = _main(method, one)
    return (label, volume, interval.replace(" to ", "–"), *events, nominal)


def _samples(method: MethodFigures, one: GroupFigures) -> tuple[str, ...]:
    main, points = _main(method, one), _points(method, one)
    return (main[0], main[8], *points[1:4], main[9], *points[4:7])


def _points(method: MethodFigures, one: GroupFigures) -> tuple[str, ...]:
    return (
        method.label,
        _three(one.point_precision),
        _three(one.point_recall),
        _three(one.point_f1),
        _three(one.roc_auc_pooled),
        _three(one.roc_auc),
        _number(one.delay, ".0f"),
        _three(one.affiliation_precision),
        _three(one.affiliation_recall),
        _three(one.range_precision),
        _three(one.range_recall),
        _number(one.seconds, ".2f"),
    )


def _fault_title(faults: Faults) -> str:
    nominal = _number(faults.nominal_per_10k, ".1f")
    return (
        f"{faults.method}: faults planted into held-out training; {nominal} false events in 10,000 samples without any"
    )


def _fault_rows(faults: Faults) -> Rows:
    rows: Rows = [("fault", "planted", "found", "share", "95 %", "called so")]
    for row in faults.rows:
        known = row.planted > 0
        rows.append(
            (
                row.kind,
                str(row.planted),
                str(row.found),
                _number(row.found / row.planted, ".0%") if known else _NOT_KNOWN,
                f"{row.low:.0%} to {row.high:.0%}" if known else _NOT_KNOWN,
                _number(row.right, ".0%"),
            )
        )
    return rows


def _checked(done: Evaluation) -> Iterator[str]:
    if not done.checks:
        yield "No control was run, so nothing tells what these figures are worth."
        return
    for check in done.failed:
        yield f"FAILED CHECK: {_told(check)}"
    passed = len(done.checks) - len(done.failed)
    yield (
        f"{passed} of {len(done.checks)} checks passed: every control is exceeded by {MARGIN:g} in VUS-PR and in the "
        "corrected F0.5."
    )


def _told(check: Check) -> str:
    where = ", ".join(word for word in (check.method, check.mode, check.group) if word)
    return (
        f"{where}: {_FIGURES[check.figure]} {check.value:.3f} does not exceed that of the control "
        f"{check.control!r}, {check.best:.3f}, by {MARGIN:g}."
    )


def _three(value: float) -> str:
    return _number(value, ".3f")


def _number(value: float, form: str) -> str:
    return _NOT_KNOWN if isnan(value) else format(value, form)
