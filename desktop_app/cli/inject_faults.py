"""``peculiar inject`` of telemetry: plants faults into nominal stretches, and tells how many a detector finds."""

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.terminal import counted, say, tell
from desktop_app.core.errors import ParamError, ReadError, UserError
from desktop_app.core.progress import Report

if TYPE_CHECKING:
    from desktop_app.core.channels.fault_recall import FaultRecall
    from desktop_app.core.telemetry import Telemetry

_TRIALS = 10
_OF_CURVES = (
    "kind",
    "depth",
    "snr",
    "duration",
    "period",
    "across",
    "rows",
    "columns",
    "scrambles",
    "scramble",
    "false_events",
    "count",
    "flux",
    "out",
)
_GOOD, _FAIR = 0.9, 0.5


def add_fault_options(parser: argparse.ArgumentParser) -> None:
    """What only telemetry takes."""
    from desktop_app.core.channels.faults import FAULTS

    group = parser.add_argument_group("telemetry")
    group.add_argument(
        "--fault",
        action="append",
        choices=tuple(FAULTS),
        metavar="KIND",
        help=f"plant this kind alone; may be given several times ({', '.join(FAULTS)}; default: all)",
    )
    group.add_argument(
        "--channel", nargs="+", default=[], metavar="NAME", help="plant into these channels or parts alone"
    )


def are_telemetry(paths: Sequence[Path]) -> bool:
    """Whether what was named is telemetry; False also where it cannot be read, which is told in its turn.

    Raises
    ------
    ParamError
        There are light curves and telemetry among ``paths``.
    """
    kinds = [_is_telemetry(path) for path in paths]
    if any(kinds) and not all(kinds):
        other = paths[kinds.index(False)]
        raise ParamError(
            f"{other} is no telemetry, and other files are.", hint="Inject into light curves and telemetry apart."
        )
    return all(kinds)


def refuse_faults(arguments: argparse.Namespace) -> None:
    """Refuse, for light curves, what only telemetry takes.

    Raises
    ------
    ParamError
    """
    if arguments.fault or arguments.channel:
        name = "--fault" if arguments.fault else "--channel"
        raise ParamError(f"{name} is for telemetry.", hint="Leave it out, or name telemetry.")


def run_faults(arguments: argparse.Namespace) -> int:
    """Plant and look; 1 where a file could not be read.

    Raises
    ------
    UserError
        A setting is not possible, or nothing can be planted.
    """
    from desktop_app.detectors import spec_of
    from desktop_app.export.writer import check_target

    given = next((name for name in _OF_CURVES if getattr(arguments, name) is not None), None)
    if given is not None:
        option = given.replace("_", "-")
        raise ParamError(f"--{option} is for light curves.", hint="Faults of telemetry have --fault, --n and --seed.")
    spec_of(arguments.detector, "telemetry").params.checked(dict(arguments.settings))
    if arguments.json:
        check_target(arguments.json)
    data, failed = _opened(arguments)
    if not data:
        return 1
    found = _measured(data, arguments)
    _show(found)
    if arguments.json:
        _write_json(found, arguments.json)
    return int(failed > 0)


def _is_telemetry(path: Path) -> bool:
    from desktop_app.io import summarise

    try:
        return summarise(path).kind == "telemetry"
    except UserError:
        return False


def _opened(arguments: argparse.Namespace) -> "tuple[list[Telemetry], int]":
    """Every part that was asked for, and how many files or parts could not be read."""
    from desktop_app.core.telemetry import Telemetry
    from desktop_app.io import open_file

    data: list[Telemetry] = []
    failed = 0
    for path in arguments.files:
        try:
            first = open_file(path, part=arguments.part)
            parts = first.source.parts if arguments.part is None else ()
            every = [first] + [open_file(path, part=name) for name in parts if name != first.source.part]
        except ParamError:
            raise
        except UserError as error:
            failed += 1
            tell(error, str(path))
            continue
        data += [one for one in every if isinstance(one, Telemetry)]
    return _chosen(data, arguments.channel), failed


def _chosen(data: "list[Telemetry]", names: Sequence[str]) -> "list[Telemetry]":
    """The parts and channels of those names; all where there are none.

    Raises
    ------
    ParamError
        There is no such channel.
    """
    from dataclasses import replace

    if not names:
        return data
    measured = (channel.name for one in data for channel in one.channels if channel.role == "measured")
    known = {name for name in (*measured, *(one.source.part for one in data)) if name}
    unknown = next((name for name in names if name not in known), None)
    if unknown is not None:
        raise ParamError(f"There is no channel {unknown}.", hint=f"There are {', '.join(sorted(known)[:12])}.")
    chosen = []
    for one in data:
        if one.source.part in names:
            chosen.append(one)
            continue
        roles = tuple(
            channel if channel.name in names else replace(channel, role="command") for channel in one.channels
        )
        if any(channel.role == "measured" for channel in roles):
            chosen.append(replace(one, channels=roles))
    return chosen


def _measured(data: "Sequence[Telemetry]", arguments: argparse.Namespace) -> "FaultRecall":
    from desktop_app.cli.progress import progress
    from desktop_app.cli.work import ending_of, worker
    from desktop_app.core.channels.fault_recall import FaultRecall
    from desktop_app.engine.inject_telemetry import fault_recall
    from desktop_app.engine.jobs import Failed, Finished

    def work(report: Report) -> FaultRecall:
        return fault_recall(
            data,
            arguments.detector,
            dict(arguments.settings),
            trials=arguments.n or _TRIALS,
            seed=arguments.seed or 0,
            report=report,
            kinds=tuple(dict.fromkeys(arguments.fault or ())),
            threshold=arguments.threshold,
        )

    with worker() as thread, progress(1) as (report, _note):
        match ending_of(work, thread, partial(report, 0, counted(len(data), "part"))):
            case Finished(result=FaultRecall() as found):
                return found
            case Failed(error=error):
                raise error
    raise ReadError("The work was stopped.")


def _show(found: "FaultRecall") -> None:
    from desktop_app.engine.fault_report import fault_summary, fault_table

    where = found.channels[0] if len(found.channels) == 1 else counted(len(found.channels), "channel")
    say(f"{counted(len(found.tries), 'fault')} planted into {where}, {found.detector} at {found.threshold:g} × limit")
    say("Found, with 95 % intervals:")
    table = fault_table(found)
    if sys.stdout.isatty():
        _show_rich(found, table)
    else:
        widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
        for first, *others in table:
            cells = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
            say("  ".join((first.ljust(widths[0]), *cells)).rstrip())
    for line in fault_summary(found):
        say(line)


def _show_rich(found: "FaultRecall", table: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(header_style="bold", box=SIMPLE_HEAD, show_edge=False)
    for place, head in enumerate(table[0]):
        shown.add_column(head, justify="right" if place else "left", no_wrap=True)
    shares = {count.kind: count.share for count in found.per_kind}
    for kind, *cells in table[1:]:
        style = "green" if shares[kind] >= _GOOD else "yellow" if shares[kind] >= _FAIR else "red"
        shown.add_row(kind, *(Text(cell, style) for cell in cells))
    Console(markup=False, highlight=False).print(shown)


def _write_json(found: "FaultRecall", path: Path) -> None:
    from desktop_app.engine.fault_report import faults_as_json
    from desktop_app.export.writer import write_together

    text = json.dumps(faults_as_json(found), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_together({path: text})
    say(f"{counted(len(found.tries), 'fault')} written to {path}", sys.stderr)
