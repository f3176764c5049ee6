"""``peculiar detect``: the events of any number of files, on the terminal or in a file."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from desktop_app.cli.arguments import setting, sigmas
from desktop_app.cli.bugs import record_bug
from desktop_app.cli.columns import add_column_options, choice_in, open_chosen, say_remembered
from desktop_app.cli.gathering import by_object
from desktop_app.cli.terminal import counted, say, tell
from desktop_app.core.errors import ReadError, UserError, WriteError
from desktop_app.core.progress import Report
from desktop_app.core.progress import part as part_of
from desktop_app.core.quality import PRESETS, Preset

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from desktop_app.core.event_table import EventTable
    from desktop_app.core.light_curve import LightCurve
    from desktop_app.engine.cache import ScoreCache
    from desktop_app.engine.company import CompanyBook
    from desktop_app.io.tables.column_choice import ColumnChoice

INTERRUPTED = 130


@dataclass(frozen=True)
class Request:
    """How to look at every file, and where the list goes: to the terminal where ``out`` is None."""

    detector: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    threshold: float | None = None
    flux: str | None = None
    part: str | None = None
    quality: Preset = "default"
    out: Path | None = None
    always_show: bool = False
    no_cache: bool = False
    columns: "ColumnChoice | None" = None
    stitch: bool = False
    together: bool = False


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="list the events of files and folders",
        description="Finds the events of light curves and lists them. A file that cannot be read gets a sentence, "
        "the others are looked at all the same.",
        epilog="'peculiar detectors' lists the detectors and their settings.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a light curve, or a folder of them")
    parser.add_argument(
        "--detector", metavar="NAME", help="what looks for events; 'peculiar detectors' tells the default"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=setting,
        dest="settings",
        metavar="KEY=VALUE",
        help="a setting of the detector; may be given several times",
    )
    parser.add_argument(
        "--threshold", type=sigmas, metavar="X", help="flag from this score on, in sigma (default: the detector's own)"
    )
    parser.add_argument("--flux", metavar="COLUMN", help="look at this flux column (default: the best there is)")
    parser.add_argument("--part", metavar="NAME", help="look at this filter, aperture or table (default: the first)")
    parser.add_argument(
        "--quality", choices=PRESETS, default="default", help="which QUALITY bits hide a row (default: %(default)s)"
    )
    parser.add_argument("--out", type=_list_file, metavar="FILE", help="write the list here, as .ecsv or .csv")
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
    add_column_options(parser, flux=False)
    parser.set_defaults(run=run)


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
    )
    return look_and_deliver(arguments.files, request)


def look_and_deliver(paths: Sequence[Path], request: Request) -> int:
    """Look at ``paths`` and deliver the list of events, also where Ctrl+C ends the work early; the exit status."""
    from desktop_app.detectors import DEFAULT_DETECTOR, DETECTORS
    from desktop_app.export.writer import check_target

    DETECTORS[request.detector or DEFAULT_DETECTOR].params.checked(request.settings)
    if request.out:
        check_target(request.out)
    files, failed = files_of(paths)
    tables: list[EventTable] = []
    stopped = False
    curves: list[tuple[Path, ...]] = [(path,) for path in files]
    if request.stitch:
        curves, unread = by_object(files, alone=frozenset(files) - frozenset(paths))
        failed += unread
    try:
        failed += _look_at_all(curves, request, tables)
    except KeyboardInterrupt:
        stopped = True
        what = "light curve" if request.stitch else "file"
        say(f"Stopped: {len(tables):,} of {counted(len(curves), what)} looked at.", sys.stderr)
    failed += not _deliver(tables, request)
    return INTERRUPTED if stopped else int(failed > 0)


def files_of(paths: Sequence[Path]) -> tuple[list[Path], int]:
    """The files, those of folders with a light curve in their place, each once; and how many folders hold none."""
    from desktop_app.io import data_files

    files: dict[Path, None] = {}
    failed = 0
    for path in paths:
        listed = data_files(path) if path.is_dir() else [path]
        found = [file for file in listed if _may_hold_curve(file)] if path.is_dir() else listed
        if len(found) < len(listed):
            say(f"{path}: {counted(len(listed) - len(found), 'file')} without a light curve passed over.", sys.stderr)
        files.update(dict.fromkeys(found))
        if not found:
            failed += 1
            tell(ReadError(f"There are no light curves in the folder {path}.", hint="Name the files themselves."))
    return list(files), failed


def _may_hold_curve(path: Path) -> bool:
    """Whether the headers speak of a light curve, or cannot be read: that is told when its turn comes."""
    from desktop_app.io import summarise

    try:
        return summarise(path).kind in ("light curve", "target pixels")
    except UserError:
        return True


def _look_at_all(curves: Sequence[tuple[Path, ...]], request: Request, tables: "list[EventTable]") -> int:
    """Add the events of each light curve, of one file or several, to ``tables``; how many could not be looked at."""
    from desktop_app.cli.progress import progress
    from desktop_app.cli.work import ending_of, worker
    from desktop_app.core.event_table import EventTable
    from desktop_app.engine.company import CompanyBook
    from desktop_app.engine.jobs import Failed, Finished

    failed = 0
    book = CompanyBook()
    with ExitStack() as stack:
        cache = stack.enter_context(_cache(request))
        thread = stack.enter_context(worker())
        report, note = stack.enter_context(progress(len(curves) * (1 + request.together)))
        chosen = False
        for place, paths in enumerate(curves if request.together else ()):
            # What cannot be looked at is told the second time.
            work = partial(_events_of_files, paths, request, cache, book)
            ending_of(work, thread, partial(report, place, paths[0].name))
        done = len(curves) * request.together
        for place, paths in enumerate(curves):
            work = partial(_events_of_files, paths, request, cache, book)
            match ending_of(work, thread, partial(report, done + place, paths[0].name)):
                case Finished(result=(EventTable() as table, str() as line, bool() as by_choice)):
                    tables.append(table)
                    note(line)
                    chosen |= by_choice
                case Failed(error=error):
                    failed += 1
                    tell(_as_told(error), ", ".join(map(str, paths)))
    if chosen:
        say_remembered()
    return failed


def _events_of_files(
    paths: tuple[Path, ...], request: Request, cache: "ScoreCache | None", book: "CompanyBook", report: Report
) -> "tuple[EventTable, str, bool]":
    """The events of one file, or of several stitched; a line on what was done; whether columns were chosen."""
    from desktop_app.core.vetting import ALONE
    from desktop_app.detectors import DEFAULT_DETECTOR
    from desktop_app.engine.detect import detect
    from desktop_app.engine.events import flagged_events, table_of
    from desktop_app.engine.known import notes_on

    began = perf_counter()
    report(0.0, "Reading")
    curve, chosen = _opened(paths, request)
    found = detect(
        curve,
        request.detector or DEFAULT_DETECTOR,
        request.settings,
        threshold=request.threshold,
        report=part_of(report, 0.1, 0.95),
        cache=cache,
    )
    flagged = flagged_events(found, book.company_of(curve) if request.together else ALONE)
    book.note(curve, flagged)
    table = table_of(found, flagged)
    looked_at = f"{curve.usable.sum():,} of {counted(len(curve), 'row')} looked at"
    how = f"{perf_counter() - began:.2f} s" + (", scores from the cache" if found.cached else "")
    events = f"{counted(len(table), 'event')} from {found.threshold:g} sigma on"
    line = f"{_called(paths, curve)}: {events}, {looked_at} ({how})"
    line = "\n".join([line, *(f"  {note}" for note in notes_on(curve, found.scores.signals))])
    return table, line, chosen


def _opened(paths: tuple[Path, ...], request: Request) -> "tuple[LightCurve, bool]":
    from desktop_app.core.stitch import stitch

    opened = [_open(path, request) for path in paths]
    return stitch([curve for curve, _ in opened]), any(chosen for _, chosen in opened)


def _open(path: Path, request: Request) -> "tuple[LightCurve, bool]":
    return open_chosen(path, request.quality, request.columns, request.flux, part=request.part)


def _called(paths: tuple[Path, ...], curve: "LightCurve") -> str:
    """What a light curve is called on the terminal: by its file, or its object where there are several."""
    if len(paths) == 1:
        return str(paths[0])
    return ", ".join(dict.fromkeys(filter(None, (curve.source.object_name, curve.source.segment))))


@contextmanager
def _cache(request: Request) -> "Iterator[ScoreCache | None]":
    """None for the user's own; with ``no_cache`` an empty one that is gone afterwards."""
    if not request.no_cache:
        yield None
        return
    from desktop_app.engine.cache import ScoreCache

    with TemporaryDirectory(prefix="peculiar-", ignore_cleanup_errors=True) as folder:
        yield ScoreCache(Path(folder))


def _as_told(error: Exception) -> UserError:
    if isinstance(error, UserError):
        return error
    if isinstance(error, MemoryError):
        return ReadError("There is not enough memory for this file.", hint="Close other programs, or cut the file.")
    return record_bug(error)


def _deliver(tables: "Sequence[EventTable]", request: Request) -> bool:
    """Write or show the events of all files; whether that went well."""
    from desktop_app.cli.event_view import show_events
    from desktop_app.core.event_table import join_tables
    from desktop_app.export import write_events

    if not tables:
        return True
    table = join_tables(tables)
    if request.always_show or not request.out:
        show_events(table)
    if not request.out:
        return True
    try:
        written = write_events(table, request.out)
    except WriteError as error:
        tell(error)
        if not request.always_show:
            show_events(table)
        return False
    say(f"{counted(len(table), 'event')} written to {' and '.join(map(str, written))}")
    return True


def _list_file(text: str) -> Path:
    from desktop_app.export import writer_for

    path = Path(text)
    try:
        writer_for(path)
    except WriteError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return path
