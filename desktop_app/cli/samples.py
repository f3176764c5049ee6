"""``peculiar samples``: files of every kind with known events, to try things out on."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.terminal import say

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="write files of every kind with known events",
        description="Writes five simulated light curves (a clean star, transits, flares, outliers, all together) "
        "as FITS and CSV, target pixels, a picture and telemetry, with the truth beside them.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to write them; made where it does not exist")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same curves (default: 0)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the samples and name them; 0."""
    from desktop_app.engine.samples import write_samples

    for path in write_samples(arguments.folder, seed=arguments.seed):
        say(str(path))
    return 0
