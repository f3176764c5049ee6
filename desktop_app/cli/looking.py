"""Looks at one file after the other: what was found in each goes on a list as soon as it is known."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.cli.bugs import record_bug
from desktop_app.cli.columns import open_chosen, say_remembered
from desktop_app.cli.progress import Note, ReportFile, progress
from desktop_app.cli.terminal import counted, tell
from desktop_app.cli.work import ending_of, worker
from desktop_app.core.errors import ParamError, ReadError, UserError
from desktop_app.core.progress import Report
from desktop_app.core.progress import part as part_of
from desktop_app.core.quality import Preset

if TYPE_CHECKING:
    from desktop_app.core.data import Dataset
    from desktop_app.core.detection import Detection
    from desktop_app.core.event_table import EventTable
    from desktop_app.core.light_curve import LightCurve
    from desktop_app.core.telemetry import Telemetry
    from desktop_app.detectors import Looks
    from desktop_app.engine.cache import ScoreCache
    from desktop_app.engine.company import CompanyBook
    from desktop_app.engine.jobs import Worker
    from desktop_app.io.tables.column_choice import ColumnChoice


@dataclass(frozen=True)
class Request:
    """How to look at every file, and where the list goes: to the terminal where ``out`` is None.

    ``channels`` are parts of telemetry, or channels in them; all where there are none.
    """

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
    channels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """What is looked at in one go: one file, or the files of a light curve that is stitched."""

    looks: "Looks"
    paths: tuple[Path, ...]


@dataclass(frozen=True, eq=False)
class Looked:
    """The events of a light curve or of a part of telemetry, what is said of it, and what was chosen for it."""

    table: "EventTable"
    line: str
    by_choice: bool = False
    channels: frozenset[str] = frozenset()


@dataclass(eq=False)
class Harvest:
    """What was found so far; an interrupted run delivers this.

    Attributes
    ----------
    tables : dict of str to list of EventTable
        By what was looked at.
    done : int
        Items that came to an end, by whatever means.
    within : str
        How far the telemetry at hand has come, in words; "" where none is.
    """

    tables: "dict[Looks, list[EventTable]]" = field(default_factory=dict)
    done: int = 0
    within: str = ""
    by_choice: bool = False
    channels: set[str] = field(default_factory=set)

    def take(self, looks: "Looks", looked: Looked) -> None:
        """Add what was found in one light curve or part."""
        self.tables.setdefault(looks, []).append(looked.table)
        self.by_choice |= looked.by_choice
        self.channels |= looked.channels


@dataclass(frozen=True, eq=False)
class _Tools:
    request: Request
    cache: "ScoreCache | None"
    book: "CompanyBook"
    thread: "Worker"
    report: ReportFile
    note: Note


def look_at_all(items: Sequence[Item], request: Request, harvest: Harvest) -> int:
    """Add what is found to ``harvest``; how many files, parts and channels could not be looked at."""
    from desktop_app.engine.company import CompanyBook

    curves = [item for item in items if item.looks == "light curve"]
    first = curves if request.together else []
    failed = 0
    with ExitStack() as stack:
        cache = stack.enter_context(_cache(request))
        thread = stack.enter_context(worker())
        report, note = stack.enter_context(progress(len(items) + len(first)))
        tools = _Tools(request, cache, CompanyBook(), thread, report, note)
        for place, item in enumerate(first):
            # What cannot be looked at is told the second time.
            ending_of(partial(_of_curve, item.paths, tools), thread, partial(report, place, item.paths[0].name))
        for place, item in enumerate(items, start=len(first)):
            look = _look_at_telemetry if item.looks == "telemetry" else _look_at_one
            failed += look(item, tools, partial(report, place, item.paths[0].name), harvest)
    if harvest.by_choice:
        say_remembered()
    return failed + _tell_missing(request, harvest, items)


# What is looked at in one go


def _look_at_one(item: Item, tools: _Tools, report: Report, harvest: Harvest) -> int:
    """A light curve, a picture or a set of cut-outs; 1 where it could not be looked at."""
    from desktop_app.engine.jobs import Failed, Finished

    of_item = _of_curve if item.looks == "light curve" else _of_picture
    ending = ending_of(partial(of_item, item.paths, tools), tools.thread, report)
    harvest.done += 1  # before it is told, since who reads it may press Ctrl+C
    match ending:
        case Finished(result=Looked() as looked):
            harvest.take(item.looks, looked)
            tools.note(looked.line)
        case Failed(error=error):
            tell(_as_told(error), ", ".join(map(str, item.paths)))
            return 1
    return 0


def _of_curve(paths: tuple[Path, ...], tools: _Tools, report: Report) -> Looked:
    from desktop_app.core.vetting import ALONE
    from desktop_app.engine.events import flagged_events, table_of
    from desktop_app.engine.known import notes_on

    began, request = perf_counter(), tools.request
    report(0.0, "Reading")
    curve, chosen = _opened(paths, request)
    found = _detected(curve, tools, part_of(report, 0.1, 0.95))
    flagged = flagged_events(found, tools.book.company_of(curve) if request.together else ALONE)
    tools.book.note(curve, flagged)
    table = table_of(found, flagged)
    looked_at = f"{curve.usable.sum():,} of {counted(len(curve), 'row')} looked at"
    events = f"{counted(len(table), 'event')} from {found.threshold:g} sigma on"
    line = f"{_called(paths, curve)}: {events}, {looked_at} ({_how(began, cached=found.cached)})"
    return Looked(table, _with_notes(line, (*found.scores.notes, *notes_on(curve, found.scores.signals))), chosen)


def _of_picture(paths: tuple[Path, ...], tools: _Tools, report: Report) -> Looked:
    from desktop_app.engine.events import events_of
    from desktop_app.io import open_file

    began, request, (path,) = perf_counter(), tools.request, paths
    report(0.0, "Reading")
    data = open_file(path, part=request.part, report=part_of(report, 0.0, 0.1))
    found = _detected(data, tools, part_of(report, 0.1, 0.95))
    table = events_of(found)
    seen = counted(int(np.isfinite(found.scores.values).sum()), "object")
    line = f"{_part_called(path, data.source.part, len(data.source.parts))}: {counted(len(table), 'event')} from "
    line += f"{found.threshold:g} sigma on, {seen} looked at ({_how(began, cached=found.cached)})"
    return Looked(table, _with_notes(line, found.scores.notes))


def _opened(paths: tuple[Path, ...], request: Request) -> "tuple[LightCurve, bool]":
    from desktop_app.core.stitch import stitch

    opened = [open_chosen(path, request.quality, request.columns, request.flux, part=request.part) for path in paths]
    return stitch([curve for curve, _ in opened]), any(chosen for _, chosen in opened)


def _called(paths: tuple[Path, ...], curve: "LightCurve") -> str:
    """What a light curve is called on the terminal: by its file, or its object where there are several."""
    if len(paths) == 1:
        return str(paths[0])
    return ", ".join(dict.fromkeys(filter(None, (curve.source.object_name, curve.source.segment))))


# Telemetry


def _look_at_telemetry(item: Item, tools: _Tools, report: Report, harvest: Harvest) -> int:
    """All parts of a file, one after the other, each with a clock of its own; how many could not be looked at."""
    from desktop_app.core.telemetry import Telemetry
    from desktop_app.engine.jobs import Failed, Finished

    (path,) = item.paths
    ending = ending_of(partial(_read, path, tools.request.part), tools.thread, part_of(report, 0.0, 0.0))
    if isinstance(ending, Failed):
        harvest.done += 1
        tell(_as_told(ending.error), str(path))
        return 1
    assert isinstance(ending, Finished)
    first = ending.result
    assert isinstance(first, Telemetry)
    parts = _parts(first, tools.request)
    failed = 0
    for place, name in enumerate(parts):
        data = first if name == first.source.part else None
        told = _naming(part_of(report, place / len(parts), (place + 1) / len(parts)), name)
        ending = ending_of(partial(_of_part, path, name, data, tools), tools.thread, told)
        harvest.within = f"{place + 1:,} of {counted(len(parts), 'part')} of {path.name}"
        match ending:
            case Finished(result=Looked() as looked):
                harvest.take("telemetry", looked)
                tools.note(looked.line)
            case Failed(error=error):
                failed += 1
                tell(_as_told(error), _part_called(path, name, len(parts)))
    harvest.done, harvest.within = harvest.done + 1, ""
    return failed


def _read(path: Path, part: str | None, report: Report) -> "Telemetry":
    from desktop_app.core.telemetry import Telemetry
    from desktop_app.io import open_file

    report(0.0, "Reading")
    data = open_file(path, part=part or None, report=report)
    if not isinstance(data, Telemetry):
        raise ReadError(f"{path.name} is no longer telemetry.", hint="It was changed; run the command again.")
    return data


def _parts(data: "Telemetry", request: Request) -> list[str]:
    """The parts that are asked for; of a table that also shows all channels together, the channels."""
    from desktop_app.io.telemetry.telemetry_long import ALL

    source = data.source
    if request.part is not None or len(source.parts) < 2:
        return [source.part]
    parts = [part for part in source.parts if part != ALL or len(source.parts) == 1]
    return [part for part in parts if part in request.channels] or parts


def _of_part(path: Path, part: str, data: "Telemetry | None", tools: _Tools, report: Report) -> Looked | None:
    """The events of one part; None where it has none of the channels that were asked for."""
    from desktop_app.core.telemetry import only_channels
    from desktop_app.engine.events import events_of

    began, request = perf_counter(), tools.request
    data = _read(path, part, part_of(report, 0.0, 0.1)) if data is None else data
    asked = _asked(data, request)
    if request.channels and not asked:
        return None
    if asked and part not in asked:
        data = only_channels(data, asked)
    found = _detected(data, tools, part_of(report, 0.1, 0.95))
    table = events_of(found)
    measured = [place for place, channel in enumerate(data.channels) if channel.role == "measured"]
    seen = int(np.isfinite(found.scores.values[:, measured]).sum())
    looked_at = f"{seen:,} of {counted(len(data) * len(measured), 'sample')} looked at"
    line = f"{_part_called(path, part, len(data.source.parts))}: {counted(len(table), 'event')} from "
    line += f"{found.threshold:g} × limit on, {looked_at} ({_how(began, cached=found.cached)})"
    return Looked(table, _with_notes(line, found.scores.notes), channels=asked)


def _asked(data: "Telemetry", request: Request) -> frozenset[str]:
    """Which of the channels that were asked for are here: the part itself, or measured channels in it."""
    measured = {channel.name for channel in data.channels if channel.role == "measured"}
    return frozenset(request.channels) & ({data.source.part} | measured)


def _part_called(path: Path, part: str, parts: int) -> str:
    return f"{path} {part}" if part and parts > 1 else str(path)


def _naming(report: Report, name: str) -> Report:
    """``report`` that tells of which part it is."""

    def told(done: float, text: str) -> None:
        report(done, f"{name} · {text}" if name else text)

    return told


# Both


def _tell_missing(request: Request, harvest: Harvest, items: Sequence[Item]) -> int:
    """Tell which of the channels that were asked for are nowhere; how many."""
    missing = [name for name in request.channels if name not in harvest.channels]
    if not missing or not items:
        return 0
    error = ParamError(
        f"No channel that could be looked at is called {', '.join(missing)}.",
        hint="'peculiar info FILE' lists the parts and channels of telemetry.",
    )
    tell(error)
    return len(missing)


def _detected(data: "Dataset", tools: _Tools, report: Report) -> "Detection":
    """What the detector that was asked for says of ``data``."""
    from desktop_app.engine.detect import detect

    asked = tools.request
    return detect(data, asked.detector, asked.settings, threshold=asked.threshold, report=report, cache=tools.cache)


def _with_notes(line: str, notes: Sequence[str]) -> str:
    return "\n".join([line, *(f"  {note}" for note in notes)])


def _how(began: float, *, cached: bool) -> str:
    return f"{perf_counter() - began:.2f} s" + (", scores from the cache" if cached else "")


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
