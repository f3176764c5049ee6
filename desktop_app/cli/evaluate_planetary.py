"""``peculiar evaluate planetary``: how well pictures are told from those whose numbers do not go with them."""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.terminal import say

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from desktop_app.core.progress import Report
    from desktop_app.engine.evaluate.planetary import PlanetaryEvaluation

_USUAL = 2000


def add_to(kinds: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make ``evaluate planetary`` known."""
    parser = kinds.add_parser(
        name,
        help="pictures with numbers: simulated ground as a probe sees it",
        description="Simulates pictures of ground with the numbers that were taken beside, on a seed that no weights "
        "were trained on: some show something built without its heat, some have the numbers of another scene, and a "
        "second set is clean. Scores them with the autoencoder that ships, and with plain methods on the same pairs.",
    )
    parser.add_argument("--seed", type=_seed, default=0, help="another seed gives other pairs (default: %(default)s)")
    parser.add_argument(
        "--n", type=_count, default=_USUAL, metavar="N", help="usual pairs in each set (default: %(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the report here, for programs")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and tell; 0."""
    from desktop_app.cli.evaluating import awaited, check_target, write_whole
    from desktop_app.engine.evaluate.planetary import PlanetaryEvaluation, as_json

    if arguments.json:
        check_target(arguments.json)
    done = awaited(partial(_evaluated, arguments.seed, arguments.n), PlanetaryEvaluation)
    _show(done)
    if arguments.json:
        write_whole(arguments.json, (json.dumps(as_json(done), indent=1, ensure_ascii=False) + "\n").encode())
        say(f"Report written to {arguments.json}", sys.stderr)
    return 0


def _evaluated(seed: int, n: int, report: "Report") -> "PlanetaryEvaluation":
    from desktop_app.engine.evaluate.planetary import evaluate_planetary

    return evaluate_planetary(seed=seed, n=n, report=report)


def _show(done: "PlanetaryEvaluation") -> None:
    from desktop_app.cli.evaluate_view import aligned

    odd = done.n // 4
    say(
        f"Seed {done.seed}: {done.n:,} usual pairs with {odd:,} structures without heat and {odd:,} mismatched pairs, "
        f"and {done.n:,} clean pairs."
    )
    rows: list[tuple[str, ...]] = [
        ("Method", "flags beyond", "cold found", "mismatched found", "false alarms", "AUC cold", "AUC mismatched")
    ]
    rows += [
        (
            one.method,
            one.rule,
            f"{one.detected:.3f}",
            f"{one.mismatched:.3f}",
            f"{one.false_alarms:.2%}",
            f"{one.auc_cold:.3f}",
            f"{one.auc_mismatched:.3f}",
        )
        for one in done.figures
    ]
    for line in aligned(rows):
        say(line)
    for goal, met in done.goals.items():
        say(f"{'met' if met else 'NOT MET'}: {goal}")


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) > 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a seed from 0 to 1000000")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not 200 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of pairs from 200 to 100000")
    return int(text)
