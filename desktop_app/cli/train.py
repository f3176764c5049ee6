"""``peculiar train``: learns the weights of a network anew, from a person's own files."""

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from desktop_app.cli.terminal import say
from desktop_app.core.errors import UserError
from desktop_app.core.progress import Report

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="learn the weights of a detector from files of your own",
        description="Trains a network on all files of a folder and writes its weights, and a card that says what "
        "they were trained on and how well they do. Ctrl+C stops it; nothing is written before the training is done.",
    )
    parser.add_argument("model", metavar="NAME", help="which network: lstm_autoencoder, flares, vetting")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the files to learn from")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to write (default: a folder NAME right here)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same weights (default: 0)")
    parser.add_argument("--epochs", type=int, default=0, metavar="N", help="at most so many turns through the data")
    parser.add_argument("--device", default="auto", metavar="DEVICE", help="auto, cpu, cuda or mps (default: auto)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, and tell what came out; 0."""
    from desktop_app.cli.bugs import record_bug
    from desktop_app.cli.progress import progress
    from desktop_app.cli.work import ending_of, worker
    from desktop_app.engine.jobs import Failed, Finished

    out = arguments.out or Path(arguments.model)
    began = perf_counter()
    with worker() as thread, progress(1) as (report, _note):
        match ending_of(partial(_card, arguments, out), thread, partial(report, 0, arguments.model)):
            case Finished(result=dict() as card):
                lines = _told(card, out, perf_counter() - began)
            case Failed(error=error):
                raise error if isinstance(error, UserError) else record_bug(error)
    for line in lines:
        say(line)
    return 0


def _card(arguments: argparse.Namespace, out: Path, report: Report) -> Mapping[str, Any]:
    from desktop_app.engine.train import train

    given = {key: getattr(arguments, key) for key in ("seed", "epochs", "device")}
    return dict(train(arguments.model, arguments.data, out, **given, report=report))


def _told(card: Mapping[str, Any], out: Path, seconds: float) -> list[str]:
    """What is said at the end: where the weights are, and how well they do on what they have not seen."""
    scores = card.get("scores")
    lines = [f"Weights and card written to {out} ({seconds:.0f} s)."]
    if isinstance(scores, Mapping):
        lines += [f"  {name.replace('_', ' ')}: {_number(value)}" for name, value in scores.items()]
    return lines


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
