"""``peculiar evaluate``: how well detectors do on files whose events are known."""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.arguments import setting, sigmas
from desktop_app.cli.terminal import say
from desktop_app.core.errors import WriteError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from desktop_app.engine.evaluate.report import Evaluation, Request

_KINDS = ("lightcurves",)
_NO_QUIET = "none"


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="measure detectors on files whose events are known",
        description="Looks at every file that a table of known events names, then holds what was found against it: "
        "recall and kinds of events, false events on quiet curves, and what a running median, chance and a plain "
        "recipe reach on the same files. Labels are never seen by a detector.",
        epilog="The table is a CSV with the columns file, event, t_start, t_end and, if there is one, grade.",
    )
    parser.add_argument("what", choices=_KINDS, help="the kind of data")
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder that the files lie in, at any depth")
    parser.add_argument("--truth", type=Path, required=True, metavar="CSV", help="the known events")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the report here, for programs")
    parser.add_argument(
        "--detector", nargs="+", default=[], metavar="NAME", help="which detectors, or all (default: the default one)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=setting,
        dest="settings",
        metavar="KEY=VALUE",
        help="a setting of the one detector; may be given several times",
    )
    parser.add_argument(
        "--threshold",
        type=sigmas,
        metavar="X",
        help="flag from this score on, in sigma (default: each detector's own)",
    )
    parser.add_argument(
        "--budget",
        type=_count,
        default=10,
        metavar="N",
        help="events more than the true ones that count in each file, the strongest first (default: %(default)s)",
    )
    parser.add_argument(
        "--quiet",
        default="auto",
        metavar="LIST",
        help="files where nothing happens: a CSV whose column grp says quiet, or a name a line; "
        "auto takes the CSV beside the table, none does without (default: %(default)s)",
    )
    parser.add_argument("--no-controls", action="store_true", help="only the detectors: no running median, no chance")
    parser.add_argument(
        "--jobs", type=_workers, default=1, metavar="N", help="processes side by side (default: %(default)s)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and tell; 1 where a file could not be looked at."""
    from desktop_app.cli.evaluate_view import show_evaluation
    from desktop_app.engine.evaluate.report import Request

    request = Request(
        arguments.folder,
        arguments.truth,
        tuple(arguments.detector),
        dict(arguments.settings),
        arguments.threshold,
        arguments.budget,
        "" if arguments.quiet == _NO_QUIET else arguments.quiet,
        not arguments.no_controls,
        arguments.jobs,
    )
    if arguments.json:
        _check_target(arguments.json)
    done = _evaluated(request)
    show_evaluation(done)
    if arguments.json:
        _write(arguments.json, done)
        say(f"Report written to {arguments.json}", sys.stderr)
    return int(any(score.unread for score in done.scores))


def _evaluated(request: "Request") -> "Evaluation":
    from desktop_app.cli.progress import progress
    from desktop_app.cli.work import ending_of, worker
    from desktop_app.engine.evaluate.report import Evaluation, evaluate
    from desktop_app.engine.jobs import Failed, Finished

    with worker() as thread, progress(1) as (report, _note):
        match ending_of(partial(evaluate, request), thread, partial(report, 0, "Evaluating")):
            case Finished(result=Evaluation() as done):
                return done
            case Failed(error=error):
                raise error
    raise KeyboardInterrupt


def _check_target(path: Path) -> None:
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise WriteError(f"{path} cannot be written.", hint="Name a file in a folder that is there.")


def _write(path: Path, done: "Evaluation") -> None:
    from desktop_app.engine.evaluate.report import as_json

    aside = path.with_name(f"{path.name}.part")
    try:
        aside.write_text(json.dumps(as_json(done), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror or error}.", hint="Name another file.") from error


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of events")
    return int(text)


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes from 1 to 64")
    return int(text)
