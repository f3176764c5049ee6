"""``peculiar scan``: one ranking of all that many pictures show."""

import argparse
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from desktop_app.cli.arguments import add_settings, sigmas
from desktop_app.cli.delivery import deliver, list_file, targets
from desktop_app.cli.evaluating import awaited
from desktop_app.cli.terminal import counted, say
from desktop_app.core.progress import Report

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from desktop_app.core.detection import Detection
    from desktop_app.engine.cutting_settings import Cutting

_CUT = ("by", "catalogue", "side", "sigma", "least_snr", "overlap", "one", "recentre")


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="rank the sources of all pictures of a folder together",
        description="Cuts the sources out of every picture of a folder, knows one object over all frames it is in, and "
        "lists the objects that look like no other. A folder of stamps of one size is ranked as it is, target pixel "
        "files by their pictures and light curves. Frames that are cut are kept: a scan that was ended goes on where "
        "it was.",
        epilog="'peculiar detectors' lists the detectors of cut-outs and their settings.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="pictures, stamps, or one file with many of them")
    parser.add_argument("--detector", metavar="NAME", help="what ranks the stamps (default: the default one)")
    add_settings(parser, "a setting of the detector; may be given several times")
    parser.add_argument("--threshold", type=sigmas, metavar="X", help="flag from this score on, in sigma")
    parser.add_argument("--top", type=_count, metavar="N", help="list the N strangest, flagged or not")
    parser.add_argument(
        "--out", type=list_file, metavar="FILE", help="write the list here, as .ecsv, .csv, or .reg for DS9"
    )
    parser.add_argument("--no-cache", action="store_true", help="neither use nor keep scores and cuts of other runs")
    _add_cutting(parser)
    parser.set_defaults(run=run)


def _add_cutting(parser: argparse.ArgumentParser) -> None:
    cut = parser.add_argument_group("how pictures are cut")
    cut.add_argument("--by", choices=("sources", "grid", "catalogue"), help="where to cut (default: sources)")
    cut.add_argument("--catalogue", type=Path, metavar="FILE", help="positions: FITS, VOTable, ECSV or CSV")
    cut.add_argument("--side", type=_count, metavar="PX", help="the side of a stamp (default: what fits the sources)")
    cut.add_argument(
        "--sigma", type=sigmas, metavar="X", help="pixels of a source are so far above the sky (default: 3)"
    )
    cut.add_argument("--least-snr", type=sigmas, metavar="X", help="leave out sources with less signal to noise")
    cut.add_argument("--overlap", type=_share, metavar="SHARE", help="how much of a square the next one covers as well")
    cut.add_argument(
        "--one", choices=("best", "median"), help="one stamp of an object that is in many frames, not all of them"
    )
    cut.add_argument("--recentre", action="store_true", default=None, help="move positions onto the light near them")


def run(arguments: argparse.Namespace) -> int:
    """Rank and list; 0.

    Raises
    ------
    UserError
        There is nothing to rank, or the list cannot be written.
    """
    from desktop_app.core.detection import Detection

    where = targets(arguments.out, ("cutouts",))
    began = perf_counter()
    with TemporaryDirectory(prefix="peculiar-", ignore_cleanup_errors=True) as aside:
        kept_in = Path(aside) if arguments.no_cache else None
        found = awaited(partial(_scanned, arguments, kept_in), Detection, arguments.folder.name)
    return int(not _deliver(found, arguments, where, perf_counter() - began))


def _scanned(arguments: argparse.Namespace, kept_in: Path | None, report: Report) -> "Detection":
    from desktop_app.engine.cache import ScoreCache
    from desktop_app.engine.scan import scan

    return scan(
        arguments.folder,
        arguments.detector,
        dict(arguments.settings),
        _cutting(arguments),
        report,
        None if kept_in is None else ScoreCache(kept_in),
        threshold=arguments.threshold,
    )


def _cutting(arguments: argparse.Namespace) -> "Cutting | None":
    """How to cut; None where nobody said, so that stamps are taken as they are."""
    from desktop_app.engine.cutting_settings import Cutting

    given = {name: getattr(arguments, name) for name in _CUT if getattr(arguments, name) is not None}
    if not given:
        return None
    if "side" in given:
        given["side_px"] = given.pop("side")
    if "catalogue" in given:
        given.setdefault("by", "catalogue")
    return Cutting(**given)


def _deliver(found: "Detection", arguments: argparse.Namespace, where: dict[str, Path], seconds: float) -> bool:
    from dataclasses import replace

    import numpy as np

    from desktop_app.engine.events import events_of

    values = found.scores.values
    looked = np.sort(values[np.isfinite(values)])
    if arguments.top is not None and looked.size:
        found = replace(found, threshold=float(looked[-min(arguments.top, looked.size)]))
    table = events_of(found)
    listed = f"the {len(table):,} strangest" if arguments.top is not None else f"{counted(len(table), 'event')}"
    how = f"{seconds:.1f} s" + (", scores from the cache" if found.cached else "")
    line = f"{arguments.folder}: {listed} from {found.threshold:.3g} sigma on, "
    say(f"{line}{counted(looked.size, 'stamp')} ranked ({how})", sys.stderr)
    for note in (*found.data.source.notes, *found.scores.notes):
        say(f"  {note}", sys.stderr)
    return deliver({"cutouts": [table]}, where)


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0 to below 1")
    return value
