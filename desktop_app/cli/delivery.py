"""Shows the events of all files on the terminal, or writes them: those of light curves and of telemetry apart."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.terminal import counted, say, tell
from desktop_app.core.errors import WriteError

if TYPE_CHECKING:
    from desktop_app.core.event_table import EventTable
    from desktop_app.detectors import Looks

_ORDER: "tuple[Looks, ...]" = ("light curve", "telemetry")


def list_file(text: str) -> Path:
    """The file that ``--out`` names, as argparse takes it."""
    from desktop_app.export import writer_for

    path = Path(text)
    try:
        writer_for(path)
    except WriteError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return path


def targets(out: Path | None, looks: "Iterable[Looks]") -> "dict[Looks, Path]":
    """Where the events of each kind go: their columns differ, so that telemetry has a file of its own beside ``out``.

    Raises
    ------
    WriteError
        A file cannot be written as far as can be told, or the format is of telemetry alone.
    """
    from desktop_app.export import writer_for
    from desktop_app.export.writer import check_target

    if out is None:
        return {}
    there = set(looks)
    kinds = [kind for kind in _ORDER if kind in there]
    if "light curve" in kinds and writer_for(out).of == "telemetry":
        raise WriteError(
            f"{out.name} would be a list of intervals in telemetry, and there are light curves to look at.",
            hint="Let the name end in .csv or .ecsv, or look at telemetry alone.",
        )
    where = {kind: out for kind in kinds}
    if len(kinds) > 1:
        where["telemetry"] = out.with_name(f"{out.stem}_telemetry{out.suffix}")
    for path in where.values():
        check_target(path)
    return where


def deliver(
    tables: "Mapping[Looks, Sequence[EventTable]]", where: "Mapping[Looks, Path]", *, always_show: bool = False
) -> bool:
    """Write or show the events of all files; whether that went well.

    Parameters
    ----------
    tables : mapping of str to sequence of EventTable
        By what was looked at.
    where : mapping of str to Path
        As `targets` says.
    always_show : bool
        Whether they are shown although they are written.
    """
    from desktop_app.cli.event_view import show_events
    from desktop_app.core.event_table import join_tables

    well, shown = True, 0
    for kind in _ORDER:
        if not tables.get(kind):
            continue
        table = join_tables(tables[kind])
        written = kind in where and _written(table, where[kind])
        if always_show or not written:
            if shown:
                say("")
            show_events(table)
            shown += 1
        well &= written or kind not in where
    return well


def _written(table: "EventTable", path: Path) -> bool:
    from desktop_app.export import write_events

    try:
        written = write_events(table, path)
    except WriteError as error:
        tell(error)
        return False
    say(f"{counted(len(table), 'event')} written to {' and '.join(map(str, written))}")
    return True
