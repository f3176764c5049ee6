"""``peculiar evaluate``: how well detectors do on files whose events are known."""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli import evaluate_images, evaluate_planetary, evaluate_telemetry
from desktop_app.cli.arguments import add_detectors_and_json, add_settings, sigmas, workers
from desktop_app.cli.terminal import say

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_NO_QUIET = "none"


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known, with one command of its own for each kind of data."""
    parser = commands.add_parser(
        name,
        help="measure detectors on files whose events are known",
        description="Looks at every file with detectors and controls, then holds what was found against what is "
        "known. Labels are never seen by a detector.",
    )
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    _add_light_curves(kinds, "lightcurves")
    evaluate_telemetry.add_to(kinds, "telemetry")
    evaluate_images.add_to(kinds, "images")
    evaluate_planetary.add_to(kinds, "planetary")
    evaluate_telemetry.add_report_to(kinds, "report")


def _add_light_curves(kinds: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    parser = kinds.add_parser(
        name,
        help="light curves, against a table of known events",
        description="Looks at every file that a table of known events names, then holds what was found against it: "
        "recall and kinds of events, false events on quiet curves, and what a running median, chance and a plain "
        "recipe reach on the same files. Labels are never seen by a detector.",
        epilog="The table is a CSV with the columns file, event, t_start, t_end and, if there is one, grade.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder that the files lie in, at any depth")
    parser.add_argument("--truth", type=Path, required=True, metavar="CSV", help="the known events")
    add_detectors_and_json(parser, "the default one")
    add_settings(parser, "a setting of the one detector; may be given several times")
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
        "--jobs", type=workers, default=1, metavar="N", help="processes side by side (default: %(default)s)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and tell; 1 where a file could not be looked at."""
    from desktop_app.cli.evaluate_view import show_evaluation
    from desktop_app.cli.evaluating import awaited, check_target, write_whole
    from desktop_app.engine.evaluate.report import Evaluation, Request, as_json, evaluate

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
        check_target(arguments.json)
    done = awaited(partial(evaluate, request), Evaluation)
    show_evaluation(done)
    if arguments.json:
        write_whole(arguments.json, (json.dumps(as_json(done), indent=1, ensure_ascii=False) + "\n").encode())
        say(f"Report written to {arguments.json}", sys.stderr)
    return int(any(score.unread for score in done.scores))


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of events")
    return int(text)
