"""``peculiar evaluate telemetry``: how well detectors do on labelled channels; and what was kept of that."""

import argparse
import math
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.arguments import add_detectors_and_json, add_settings, workers
from desktop_app.cli.terminal import say

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_FAULTS = 10


def add_to(kinds: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make ``evaluate telemetry`` known."""
    parser = kinds.add_parser(
        name,
        help="telemetry, against labels of anomalies",
        description="Looks at every channel with detectors and controls, writes what is found to disk, and lets "
        "another process hold it against the labels. Nothing is adjusted to them: no threshold is searched on labels, "
        "and no point is adjusted.",
        epilog="DATA is a folder with train/, test/ and labeled_anomalies.csv, an .npz with its _labels.json beside "
        "it, or any other file or folder of telemetry with labels. A detector can stand beside itself with other "
        "settings: --detector discord discord:mode=watch.",
    )
    parser.add_argument("data", type=Path, metavar="DATA", help="a file or folder of telemetry")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="labels, in place of those that come with the data")
    add_detectors_and_json(parser, "the default one, and the one that streams")
    add_settings(parser, "a setting of the one detector; may be given several times")
    parser.add_argument(
        "--threshold", type=_limit, metavar="X", help="flag from this score on (default: the detector's own)"
    )
    parser.add_argument("--plots", type=Path, metavar="DIR", help="draw plots into this folder")
    parser.add_argument(
        "--faults",
        type=_faults,
        nargs="?",
        const=_FAULTS,
        default=0,
        metavar="N",
        help=f"also plant N faults of each kind and size into nominal data, and count those found (N: {_FAULTS})",
    )
    parser.add_argument("--no-controls", action="store_true", help="only the detectors: no chance, no plain checks")
    parser.add_argument("--strict", action="store_true", help="end with status 1 where a check fails")
    parser.add_argument(
        "--jobs", type=workers, default=0, metavar="N", help="processes side by side (default: one a core)"
    )
    parser.set_defaults(run=run)


def add_report_to(kinds: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make ``evaluate report`` known."""
    parser = kinds.add_parser(
        name,
        help="show a report of telemetry that was kept with --json",
        description="Prints the tables of a report that 'peculiar evaluate telemetry DATA --json FILE' kept; without "
        "FILE those of the development channels that ship.",
    )
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="the report (default: the one that ships)")
    parser.add_argument("--markdown", action="store_true", help="as tables for a document")
    parser.set_defaults(run=run_report)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and tell; 1 where a method has no figures, or a check failed and that is asked for."""
    from desktop_app.cli.evaluate_telemetry_view import show_evaluation
    from desktop_app.cli.evaluating import awaited, check_target, write_whole
    from desktop_app.engine.evaluate.telemetry.report import Request, evaluate
    from desktop_app.engine.evaluate.telemetry.results import Evaluation, as_json

    request = Request(
        arguments.data,
        arguments.labels,
        tuple(arguments.detector),
        dict(arguments.settings),
        arguments.threshold,
        not arguments.no_controls,
        arguments.faults,
        arguments.jobs,
    )
    if arguments.json:
        check_target(arguments.json)
    if arguments.plots and not arguments.plots.is_dir():
        check_target(arguments.plots)
    done = awaited(partial(evaluate, request, plots=arguments.plots), Evaluation)
    show_evaluation(done)
    if arguments.json:
        write_whole(arguments.json, as_json(done))
        say(f"Report written to {arguments.json}", sys.stderr)
    if arguments.plots:
        say(f"Plots written to {arguments.plots}", sys.stderr)
    refused = any(method.refused for method in done.methods)
    return int(refused or (arguments.strict and bool(done.failed)))


def run_report(arguments: argparse.Namespace) -> int:
    """Show a report that was kept."""
    from desktop_app.cli.evaluate_telemetry_view import show_evaluation, show_markdown
    from desktop_app.engine.evaluate.telemetry.results import read_results, shipped_results

    done = read_results(arguments.file or shipped_results())
    (show_markdown if arguments.markdown else show_evaluation)(done)
    return 0


def _limit(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a score above 0")
    return value


def _faults(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of faults from 1 to 1000")
    return int(text)
