"""One evaluation from files and labels to its report, which reads the same to a program from version to version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path

from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.progress import Report, part
from desktop_app.detectors import DEFAULT_DETECTOR, DETECTORS
from desktop_app.engine.evaluate.controls import CONTROLS
from desktop_app.engine.evaluate.intervals import Ratio
from desktop_app.engine.evaluate.predict import (
    WEAKER_FROM,
    Method,
    Task,
    predict_all,
    provenance_of,
)
from desktop_app.engine.evaluate.protocol import (
    LEAST_SLACK_D,
    MOST_MORE_D,
    MOST_TIMES,
    Judged,
    Known,
    Quiet,
    Recall,
    Score,
    score,
)
from desktop_app.engine.evaluate.side_by_side import code_hash
from desktop_app.engine.evaluate.truth import Standing, Truth, find_files, quiet_beside, read_quiet, read_truth
from desktop_app.paths import version

EVALUATION = 1
ALL = "all"
AUTO = "auto"
PER_D = 27


@dataclass(frozen=True)
class Request:
    """What to evaluate, and on what.

    Attributes
    ----------
    folder, truth : Path
    detectors : tuple of str
        Names, or "all"; () for the default.
    settings : mapping of str to str
        Of the one detector that is named.
    threshold : float, optional
    budget : int
        Events more than the true ones that may be looked at in each file.
    quiet : str
        A list of files where nothing happens; "auto" for what lies beside the table, "" for none.
    controls : bool
    jobs : int
        Processes side by side.
    """

    folder: Path
    truth: Path
    detectors: tuple[str, ...] = ()
    settings: Mapping[str, str] | None = None
    threshold: float | None = None
    budget: int = 10
    quiet: str = AUTO
    controls: bool = True
    jobs: int = 1

    def methods(self) -> tuple[Method, ...]:
        """The detectors that are asked for, then the controls.

        Raises
        ------
        ParamError
            No such detector or setting, or settings for more than one.
        """
        names = tuple(dict.fromkeys(DETECTORS if ALL in self.detectors else self.detectors or (DEFAULT_DETECTOR,)))
        settings = self.settings or {}
        if settings and len(names) > 1:
            raise ParamError("Settings can be given for one detector only.", hint="Name it with --detector NAME.")
        for name in names:
            DETECTORS[name].params.checked(settings)
        found = [Method(name, settings=settings, threshold=self.threshold) for name in names]
        return tuple(found + [Method(name, control=True) for name in CONTROLS if self.controls])


@dataclass(frozen=True)
class Evaluation:
    """What came out.

    Attributes
    ----------
    request : Request
    truth : Truth
    methods : tuple of Method
    scores : tuple of Score
        One for each of ``methods``.
    quiet : str
        The list of quiet files that was used; "" where there is none.
    looked_at : tuple of str
        Files that were looked at, as the tables name them.
    no_file : tuple of str
        Files of the tables that are not in the folder: they are left out.
    code : str
        sha256 of all sources that decide what is found.
    """

    request: Request
    truth: Truth
    methods: tuple[Method, ...]
    scores: tuple[Score, ...]
    quiet: str
    looked_at: tuple[str, ...]
    no_file: tuple[str, ...]
    code: str


def evaluate(request: Request, report: Report) -> Evaluation:
    """Look at all files with all methods, then read what they found against the labels.

    Raises
    ------
    ParamError
        No such detector or setting.
    ReadError
        A table cannot be read, or names none of the files.
    """
    # Now and not when the report is written: the sources may be edited meanwhile.
    code = code_hash()
    methods = request.methods()
    truth = read_truth(request.truth)
    beside = quiet_beside(request.truth) if request.quiet == AUTO else Path(request.quiet) if request.quiet else None
    quiet = set(read_quiet(beside)) if beside else set()
    paths = find_files(request.folder, [*truth.events, *quiet])
    tasks, quiet_files = _tasks(paths, methods, truth, quiet)
    if not tasks:
        raise ReadError(
            f"None of the {len(paths):,} files that {request.truth.name} speaks of is in {request.folder}.",
            hint="Name the folder that its file names count from.",
        )
    predictions = predict_all(tasks, request.jobs, part(report, 0.0, 0.95))
    report(0.95, "Comparing with what is known")
    known = Known(truth.events, truth.complete, quiet_files, request.budget)
    scores = tuple(score([one for one in predictions if one.method == method.name], known) for method in methods)
    return Evaluation(
        request,
        truth,
        methods,
        scores,
        str(beside or ""),
        tuple(task.file for task in tasks),
        tuple(sorted(name for name, path in paths.items() if path is None)),
        code,
    )


def _tasks(
    paths: Mapping[str, Path | None], methods: tuple[Method, ...], truth: Truth, quiet: set[str]
) -> tuple[list[Task], frozenset[str]]:
    """One task for each file, however many tables name it; and which of the files are quiet."""
    named: dict[Path, str] = {}
    silent: set[Path] = set()
    for name, path in paths.items():
        if path is not None:
            # A table of quiet stars may name files without their folders: the truth's own name is kept.
            named.setdefault(path, name)
            if name in quiet or not truth.events.get(name, ("something",)):
                silent.add(path)
    tasks = [Task(name, path, methods, inverted=path in silent) for path, name in named.items()]
    return tasks, frozenset(named[path] for path in silent)


def as_json(evaluation: Evaluation) -> dict[str, object]:
    """The report for programs."""
    request, truth = evaluation.request, evaluation.truth
    return {
        "evaluation": EVALUATION,
        "application": f"Peculiar {version()}",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "code_sha256": evaluation.code,
        "folder": str(request.folder),
        "truth": {
            "file": str(truth.path),
            "sha256": truth.sha256,
            "files": len(truth.events),
            **{standing.name.lower(): truth.number(standing) for standing in Standing},
        },
        "quiet": evaluation.quiet or None,
        "looked_at": len(evaluation.looked_at),
        "no_file": list(evaluation.no_file),
        "protocol": {
            "budget": request.budget,
            "weaker_from": WEAKER_FROM,
            "least_slack_d": LEAST_SLACK_D,
            "slack": "the larger of least_slack_d and one cadence",
            "longest_hit": f"{MOST_TIMES:g} times the true event and {MOST_MORE_D:g} d",
            "interval": "95 % bootstrap over files",
        },
        "methods": [
            {"name": method.name, "control": method.control, **provenance_of(method), **_score(of_method)}
            for method, of_method in zip(evaluation.methods, evaluation.scores, strict=True)
        ],
    }


def _score(of_method: Score) -> dict[str, object]:
    return {
        "recall": {kind: _recall(recall) for kind, recall in of_method.recall.items()},
        "weak_recall": {kind: _recall(recall) for kind, recall in of_method.weak.items()},
        "kind_right": _ratios(of_method.right),
        "confusion": of_method.confusion,
        "precision": _ratios(of_method.precision),
        "precision_at_least": _ratios(of_method.precision_at_least),
        "known_false_flagged": _ratio(of_method.known_false),
        "periods_claimed": _ratio(of_method.periods),
        "quiet": _quiet(of_method.quiet),
        "share_flagged": _number(of_method.share),
        "seconds_per_file": _number(of_method.seconds),
        "missed_files": of_method.unread,
        "events": [_event(one) for one in of_method.judged],
    }


def _event(one: Judged) -> dict[str, object]:
    found = one.flagged or one.ranked
    return {
        "file": one.file,
        "kind": one.event.kind,
        "t_start": one.event.start,
        "t_end": one.event.stop,
        "standing": one.event.standing.value,
        "budget": one.budget is not None,
        "ranked": one.ranked is not None,
        "flagged": one.flagged is not None,
        "called": found.kind if found else None,
        "score": found.score if found else None,
    }


def _recall(recall: Recall) -> dict[str, object]:
    return {name: _ratio(getattr(recall, name)) for name in ("budget", "ranked", "flagged")}


def _ratios(ratios: Mapping[str, Ratio]) -> dict[str, object]:
    return {kind: _ratio(of_kind) for kind, of_kind in ratios.items()}


def _ratio(of: Ratio) -> dict[str, object]:
    return {
        "hits": int(of.part),
        "of": int(of.whole),
        "value": _number(of.value),
        "low": _number(of.low),
        "high": _number(of.high),
    }


def _quiet(quiet: Quiet) -> dict[str, object]:
    return {
        "files": quiet.files,
        "false": _rate(quiet.false),
        "inverted": _rate(quiet.inverted),
        "kinds": quiet.kinds,
    }


def _rate(of: Ratio) -> dict[str, object]:
    return {
        "events": int(of.part),
        "days": _number(of.whole),
        "per_day": _number(of.value),
        f"per_{PER_D}_days": _number(PER_D * of.value),
        f"per_{PER_D}_days_low": _number(PER_D * of.low),
        f"per_{PER_D}_days_high": _number(PER_D * of.high),
    }


def _number(value: float) -> float | None:
    """JSON knows no NaN."""
    return value if isfinite(value) else None
