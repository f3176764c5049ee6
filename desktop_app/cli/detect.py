"""``peculiar detect``: the events of any number of files, on the terminal or in a file."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.arguments import add_settings, sigmas
from desktop_app.cli.columns import add_column_options, choice_in
from desktop_app.cli.delivery import deliver, list_file, targets
from desktop_app.cli.found_files import Found, all_in, of_kind
from desktop_app.cli.gathering import by_object
from desktop_app.cli.looking import Harvest, Item, Request, look_at_all
from desktop_app.cli.terminal import counted, say
from desktop_app.core.errors import ParamError
from desktop_app.core.quality import PRESETS

if TYPE_CHECKING:
    from argparse import _SubParsersAction


INTERRUPTED = 130


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="list the events of files and folders",
        description="Finds what does not belong in light curves, telemetry, pictures and cut-outs, and lists it. A "
        "file that cannot be read gets a sentence, the others are looked at all the same. Of telemetry every part is "
        "looked at, on its own clock; a folder of small pictures of one size is a set of cut-outs, ranked together. "
        "'peculiar scan' ranks the sources of many pictures together.",
        epilog="'peculiar detectors' lists the detectors of every kind of data and their settings.",
    )
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="a light curve, telemetry, a picture, cut-outs, or a folder of them",
    )
    parser.add_argument(
        "--detector", metavar="NAME", help="what looks for events; 'peculiar detectors' tells the defaults"
    )
    add_settings(parser, "a setting of the detector; may be given several times")
    parser.add_argument(
        "--threshold",
        type=sigmas,
        metavar="X",
        help="flag from this score on, in sigma, or in limits of a channel (default: the detector's own)",
    )
    _add_what(parser)
    _add_how(parser)
    add_column_options(parser, flux=False)
    parser.set_defaults(run=run)


def _add_what(parser: argparse.ArgumentParser) -> None:
    """Which rows, columns and parts of a file are looked at."""
    parser.add_argument("--flux", metavar="COLUMN", help="look at this flux column (default: the best there is)")
    parser.add_argument(
        "--part",
        metavar="NAME",
        help="look at this filter, aperture, table or picture (default: the first; of telemetry all)",
    )
    parser.add_argument(
        "--channel",
        nargs="+",
        action="extend",
        default=[],
        dest="channels",
        metavar="NAME",
        help="look at these channels or parts of telemetry alone (default: all)",
    )
    parser.add_argument(
        "--quality", choices=PRESETS, default="default", help="which QUALITY bits hide a row (default: %(default)s)"
    )


def _add_how(parser: argparse.ArgumentParser) -> None:
    """Where the list goes, and what is looked at together."""
    parser.add_argument(
        "--out",
        type=list_file,
        metavar="FILE",
        help="write the list here, as .ecsv or .csv; of telemetry also as .json, a label file, of pictures as .reg, "
        "regions for DS9. Where there are several kinds of data, the lists of telemetry and of pictures go to FILE "
        "with _telemetry and _pictures at the end of its name",
    )
    parser.add_argument(
        "--stitch",
        action="store_true",
        help="look at the files of one object (sectors, quarters, campaigns) as one light curve",
    )
    parser.add_argument(
        "--vet-together",
        action="store_true",
        help="suspect what many targets of one mission and sector, quarter or campaign do at once; looks twice",
    )
    parser.add_argument("--no-cache", action="store_true", help="neither use nor keep scores of other runs")


def run(arguments: argparse.Namespace) -> int:
    """Look at the files; 1 where one of them could not be looked at."""
    request = Request(
        arguments.detector,
        dict(arguments.settings),
        arguments.threshold,
        arguments.flux,
        arguments.part,
        arguments.quality,
        arguments.out,
        no_cache=arguments.no_cache,
        columns=choice_in(arguments, flux_alone=False),
        stitch=arguments.stitch,
        together=arguments.vet_together,
        channels=tuple(dict.fromkeys(arguments.channels)),
    )
    return look_and_deliver(arguments.files, request)


def look_and_deliver(paths: Sequence[Path], request: Request) -> int:
    """Look at ``paths`` and deliver the list of events, also where Ctrl+C ends the work early; the exit status."""
    from desktop_app.export.writer import check_target

    if request.out:
        check_target(request.out)
    found, failed = all_in(paths, as_curves=request.columns is not None, sequences=_of_sequences(request.detector))
    found = _with_channels(_looked_at_by(found, request), request)
    where = targets(request.out, (one.looks for one in found))
    items, unread = _items(found, request)
    failed += unread
    harvest = Harvest()
    stopped = False
    try:
        failed += look_at_all(items, request, harvest)
    except KeyboardInterrupt:
        stopped = True
        alone = {one.looks for one in found} == {"light curve"}
        what = "light curve" if request.stitch and alone else "file"
        within = f", and {harvest.within}" if harvest.within else ""
        say(f"Stopped: {harvest.done:,} of {counted(len(items), what)} looked at{within}.", sys.stderr)
    failed += not deliver(harvest.tables, where, always_show=request.always_show)
    return INTERRUPTED if stopped else int(failed > 0)


def _of_sequences(detector: str | None) -> bool:
    """Whether the detector looks at all frames of a field together."""
    from desktop_app.detectors import IMAGE_DETECTORS

    return detector is not None and detector in set(IMAGE_DETECTORS) and IMAGE_DETECTORS[detector].whole_sequence


def _looked_at_by(found: list[Found], request: Request) -> list[Found]:
    """What the detector can look at, once its settings are checked.

    What lies in a folder and is of another kind is told and left out.

    Raises
    ------
    ParamError
        There is no such detector for a file that was named, or no such setting.
    """
    from desktop_app.detectors import OF_KIND, PLURAL, spec_of

    kinds = list(dict.fromkeys(one.looks for one in found))
    able = [looks for looks in kinds if request.detector is None or request.detector in OF_KIND[looks][0]]
    for looks in kinds:
        if looks in able or not able or any(one.named for one in found if one.looks == looks):
            spec_of(request.detector, looks).params.checked(request.settings)
        else:
            what = counted(len(of_kind(found, looks)), "file")
            say(f"{what} of {PLURAL[looks]} passed over: {request.detector} does not look at them.", sys.stderr)
    return [one for one in found if one.looks in able]


def _with_channels(found: list[Found], request: Request) -> list[Found]:
    """Telemetry alone where channels were asked for.

    Raises
    ------
    ParamError
        A light curve was named, or there is no telemetry.
    """
    if not request.channels:
        return found
    if request.part is not None:
        raise ParamError("Channels are chosen by --channel or by --part, not by both.", hint="Leave one of them out.")
    named = next((one.path for one in found if one.named and one.looks != "telemetry"), None)
    if named is not None:
        raise ParamError(f"{named} is no telemetry, so it has no channels.", hint="Leave out --channel, or the file.")
    telemetry = [one for one in found if one.looks == "telemetry"]
    if found and not telemetry:
        raise ParamError("There is no telemetry, so there are no channels to choose from.", hint="Leave out --channel.")
    return telemetry


def _items(found: Sequence[Found], request: Request) -> tuple[list[Item], int]:
    """What is looked at in one go, in order, and how many files could not be read to tell."""
    if not request.stitch:
        return [Item(one.looks, (one.path,)) for one in found], 0
    alone = frozenset(one.path for one in found if not one.named)
    curves, unread = by_object(of_kind(found, "light curve"), alone=alone)
    stitched = [Item("light curve", paths) for paths in curves]
    return [*stitched, *(Item(one.looks, (one.path,)) for one in found if one.looks != "light curve")], unread
