"""``peculiar samples``: files of every kind with known events, to try things out on."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.terminal import counted, say

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="write files of every kind with known events",
        description="Writes five simulated light curves (a clean star, transits, flares, outliers, all together) "
        "as FITS and CSV, target pixels, a picture and telemetry, with the truth beside them; with --images folders of "
        "stamps, alerts, frames and pairs of picture and numbers, as 'peculiar evaluate images' takes them.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to write them; made where it does not exist")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same curves (default: 0)")
    parser.add_argument("--images", action="store_true", help="write folders of simulated pictures instead")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the samples and name them; 0."""
    from desktop_app.engine.samples import write_samples

    if arguments.images:
        return _write_images(arguments.folder, arguments.seed)
    for path in write_samples(arguments.folder, seed=arguments.seed):
        say(str(path))
    return 0


def _write_images(folder: Path, seed: int) -> int:
    """Write the pictures, and name their folders; there are hundreds of files."""
    from desktop_app.cli.evaluating import awaited
    from desktop_app.engine.sample_images import write_image_samples

    written = awaited(lambda report: write_image_samples(folder, seed=seed, report=report), list, "Simulating")
    for place in dict.fromkeys(path.parent if path.parent != folder else path for path in written):
        say(f"{place}: {counted(len(list(place.iterdir())), 'file')}" if place.is_dir() else str(place))
    return 0
