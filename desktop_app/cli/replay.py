"""``peculiar replay``: telemetry as if it came in live, with its alarms on the terminal and in a log."""

import argparse
import math
import sys
import uuid
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from desktop_app.cli.arguments import add_settings
from desktop_app.cli.terminal import counted, say
from desktop_app.core.errors import ParamError, ReadError

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from collections.abc import Sequence

    from desktop_app.core.channels.alarms import LogEntry
    from desktop_app.core.telemetry import Telemetry
    from desktop_app.engine.alarm_log import AlarmLog
    from desktop_app.engine.pace import Pace
    from desktop_app.engine.replay import Frame, Replay, ReplayPlan

INTERRUPTED = 130
_TICK_S = 0.05
_STATUS_S = 0.25
_NAMES_SHOWN = 12


@dataclass
class _Told:
    """What the summary needs, counted as it comes."""

    run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    samples: int = 0
    seconds: float = 0.0
    raised: int = 0
    critical: int = 0
    standing: int = 0
    injected: list[str] = field(default_factory=list)


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="replay telemetry as if it came in live, and log its alarms",
        description="Lets the rows of telemetry come in one after the other. Each is judged by earlier ones alone, "
        "which is less sure than a look at the whole file ('peculiar detect'). An alarm is raised when several of the "
        "last samples are beyond the limit, and cleared after many in a row that are not.",
        epilog="Speeds are times the clock of the data, or samples a second where they have none.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="telemetry")
    parser.add_argument("--part", metavar="NAME", help="this part of the file (default: the first)")
    parser.add_argument(
        "--channel",
        nargs="+",
        default=[],
        metavar="NAME",
        help="channels, or parts of the file (default: all of the first part)",
    )
    parser.add_argument("--speed", type=_speed, default=math.inf, metavar="X", help="1 to 1000, or max (the default)")
    parser.add_argument("--from", type=_row, default=0, dest="first", metavar="ROW", help="begin at this row")
    parser.add_argument("--log", type=Path, metavar="FILE", help="append what happens to alarms, as .csv or .jsonl")
    parser.add_argument("--threshold", type=float, metavar="X", help="in limits of the channel (default: 1)")
    parser.add_argument(
        "--raise-after", type=_share, metavar="K/N", help="alarm after K of the last N samples (default: 3/5)"
    )
    parser.add_argument("--clear-after", type=_row, metavar="M", help="over after M samples below (default: 50)")
    add_settings(parser, "of 'stream'")
    parser.add_argument(
        "--inject", type=_fault, metavar="KIND@ROW", help="put a fault into the first channel; alarms of it say so"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Replay to the end, one part of the file after the other, or until Ctrl+C; 130 after that."""
    from desktop_app.engine.alarm_log import AlarmLog
    from desktop_app.engine.pace import Pace
    from desktop_app.engine.replay import Replay

    plan = _plan(arguments)
    parts, plan = _parts(arguments, plan)
    told = _Told()
    with AlarmLog(arguments.log) if arguments.log else nullcontext() as log:
        for part in parts:
            replay = Replay(_opened(arguments.file, part), plan)
            inject = _checked(arguments.inject, replay)
            data = replay.data
            rows = counted(len(data) - plan.first, "row")
            say(f"Replaying {_called(data)}: {rows} of {_channels(replay)}; run {told.run}")
            try:
                replay.prepare()
                for note in replay.notes:
                    say(note, sys.stderr)
                for alarm in replay.standing:
                    say(f"{alarm.channel}: alarm {alarm.number} stands since row {data.row[alarm.raised]:,}")
                _go(replay, Pace(data, plan.first, arguments.speed), log, told, inject)
            except KeyboardInterrupt:
                _tell(replay, replay.at_stop(), log, told)
                say(f"Stopped at row {replay.row:,}.", sys.stderr)
                _summarise(replay, told)
                return INTERRUPTED
            told.standing += len(replay.standing)
            told.injected += [injected.text for injected in replay.injections]
    _summarise(None, told)
    return 0


def _parts(arguments: argparse.Namespace, plan: "ReplayPlan") -> "tuple[list[str | None], ReplayPlan]":
    """The parts of the file to replay: those that ``--channel`` names, where these are parts and no channels."""
    first = _opened(arguments.file, arguments.part)
    names, parts = arguments.channel, first.source.parts
    unknown = [name for name in names if name not in (*first.names, *parts)]
    if unknown:
        known = (*first.names, *parts)
        shown = ", ".join(known[:_NAMES_SHOWN]) + (", …" if len(known) > _NAMES_SHOWN else "")
        raise ParamError(f"There is no channel and no part called {unknown[0]!r}.", hint=f"Choose from: {shown}.")
    if arguments.part or not names or set(names) & set(first.names) or not set(names) <= set(parts):
        return [arguments.part], plan
    return list(names), replace(plan, channels=())


def _opened(path: Path, part: str | None) -> "Telemetry":
    from desktop_app.core.telemetry import Telemetry
    from desktop_app.io import open_file

    data = open_file(path, part=part)
    if not isinstance(data, Telemetry):
        raise ReadError(f"{path.name} is no telemetry.", hint="'peculiar detect' looks at light curves.")
    return data


def _checked(inject: "tuple[str, int] | None", replay: "Replay") -> "tuple[str, int] | None":
    n, first = len(replay.data), replay.plan.first
    if inject is not None and not first <= inject[1] < n:
        raise ParamError(f"No fault can be put at row {inject[1]:,}.", hint=f"Rows {first:,} to {n - 1:,} come in.")
    return inject


def _go(replay: "Replay", pace: "Pace", log: "AlarmLog | None", told: _Told, inject: "tuple[str, int] | None") -> None:
    from desktop_app.engine.replay import BLOCK_ROWS

    watched, last_s, shown_s = sys.stderr.isatty(), monotonic(), 0.0
    while not replay.done:
        now_s = monotonic()
        rows, last_s = pace.rows_due(replay.row, now_s - last_s, BLOCK_ROWS), now_s
        if inject is not None and replay.row <= inject[1]:
            rows = min(rows, inject[1] - replay.row)
            if replay.row == inject[1]:
                say(f"{replay.channels[0]}: {replay.inject(inject[0], replay.channels[0]).text}")
                inject = None
                continue
        if not rows:
            sleep(min(_TICK_S, max(0.001, pace.wait_s(replay.row))))
            continue
        frame = replay.step(rows)
        told.seconds += frame.seconds
        told.samples += frame.values.size
        _tell(replay, frame.entries, log, told)
        if watched and now_s - shown_s > _STATUS_S:
            shown_s = now_s
            sys.stderr.write(f"\r\x1b[2K{_status(replay, frame)}")
            sys.stderr.flush()
    if watched:
        sys.stderr.write("\r\x1b[2K")


def _tell(replay: "Replay", entries: "Sequence[LogEntry]", log: "AlarmLog | None", told: _Told) -> None:
    """What happened: into the log first, then on the terminal."""
    from desktop_app.engine.alarm_log import LogOrigin, line_of, record_of

    if not entries:
        return
    origin, threshold = LogOrigin(told.run, replay.data), replay.plan.alarms.threshold
    records = [record_of(entry, origin, threshold) for entry in entries]
    if log is not None:
        log.append(records)
    for entry, record in zip(entries, records, strict=True):
        told.raised += entry.what == "raised"
        told.critical += entry.what in ("cleared", "open") and entry.alarm.severity == "critical"
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[2K")
        say(line_of(record))
    sys.stdout.flush()


def _status(replay: "Replay", frame: "Frame") -> str:
    level = max(frame.levels, key=("STANDBY", "NOMINAL", "WATCH", "ALARM").index)
    return f"row {replay.row:,} of {len(replay.data):,}  {level}  {1e6 * frame.latency_s:,.0f} µs a sample"


def _summarise(stopped: "Replay | None", told: _Told) -> None:
    standing, injected = told.standing, list(told.injected)
    if stopped is not None:
        standing += len(stopped.standing)
        injected += [one.text for one in stopped.injections]
    rate = told.samples / told.seconds if told.seconds else 0.0
    every = 1e4 * told.raised / told.samples if told.samples else 0.0
    say(
        f"{counted(told.raised, 'alarm')} ({told.critical} critical) in {counted(told.samples, 'sample')}, "
        f"{every:.2f} per 10,000; {standing} not cleared; {rate:,.0f} samples a second"
    )
    if injected:
        say("Of a stream that was changed on purpose: " + "; ".join(injected))


def _plan(arguments: argparse.Namespace) -> "ReplayPlan":
    from desktop_app.core.channels.alarms import AlarmParams
    from desktop_app.core.channels.streaming import StreamParams
    from desktop_app.engine.replay import ReplayPlan

    rules: dict[str, object] = {}
    if arguments.threshold is not None:
        rules["threshold"] = arguments.threshold
    if arguments.raise_after:
        rules["raise_after"], rules["of_last"] = arguments.raise_after
    if arguments.clear_after:
        rules["clear_after"] = arguments.clear_after
    stream = StreamParams.checked(dict(arguments.settings))
    return ReplayPlan(tuple(arguments.channel), arguments.first, stream, AlarmParams.checked(rules))


def _called(data: "Telemetry") -> str:
    name = data.source.path.name if data.source.path else data.source.object_name
    return f"{name}, {data.source.part}" if data.source.part else name


def _channels(replay: "Replay") -> str:
    names = replay.channels
    return ", ".join(names) if len(names) <= 4 else counted(len(names), "channel")


def _speed(text: str) -> float:
    try:
        value = math.inf if text == "max" else float(text)
    except ValueError:
        value = math.nan
    if not (1 <= value <= 1000 or value == math.inf) or text.lower().startswith("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number from 1 to 1000 nor max")
    return value


def _row(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _share(text: str) -> tuple[int, int]:
    some, slash, of = text.partition("/")
    if not (slash and some.isdecimal() and of.isdecimal() and 1 <= int(some) <= int(of)):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form K/N, with K up to N")
    return int(some), int(of)


def _fault(text: str) -> tuple[str, int]:
    kind, at, row = text.rpartition("@")
    if not (at and kind and row.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form KIND@ROW")
    return kind, int(row)
