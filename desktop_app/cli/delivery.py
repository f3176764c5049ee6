"""Shows the events of all files on the terminal, or writes them: a list for each kind of data."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.terminal import counted, say, tell
from desktop_app.core.errors import WriteError

if TYPE_CHECKING:
    from desktop_app.core.event_table import EventTable
    from desktop_app.detectors import Looks

_LISTS: "dict[str, tuple[Looks, ...]]" = {
    "light curves": ("light curve",),
    "telemetry": ("telemetry",),
    "pictures": ("image", "cutouts"),
}
"""Which kinds share a list, as their events have the same columns; the order is that of the lists."""


def list_file(text: str) -> Path:
    """The file that ``--out`` names, as argparse takes it."""
    from desktop_app.export import writer_for

    path = Path(text)
    try:
        writer_for(path)
    except WriteError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return path


def targets(out: Path | None, looks: "Iterable[Looks]") -> dict[str, Path]:
    """Where each list goes: the first to ``out``, others, whose columns differ, to files of their own beside it.

    Raises
    ------
    WriteError
        A file cannot be written as far as can be told, or the format does not take these events.
    """
    from desktop_app.export import writer_for
    from desktop_app.export.writer import check_target

    if out is None:
        return {}
    there = set(looks)
    lists = [name for name, kinds in _LISTS.items() if there.intersection(kinds)]
    only = writer_for(out).of
    if only and (strange := [name for name in lists if name != only]):
        raise WriteError(
            f"{out.name} would be a file for events of {only}, and there are {strange[0]} to look at.",
            hint=f"Let the name end in .csv or .ecsv, or look at {only} alone.",
        )
    where = {name: out if n == 0 else out.with_name(f"{out.stem}_{name}{out.suffix}") for n, name in enumerate(lists)}
    for path in where.values():
        check_target(path)
    return where


def deliver(
    tables: "Mapping[Looks, Sequence[EventTable]]", where: Mapping[str, Path], *, always_show: bool = False
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
    for name, kinds in _LISTS.items():
        found = [table for kind in kinds for table in tables.get(kind, ())]
        if not found:
            continue
        table = join_tables(found)
        written = name in where and _written(table, where[name])
        if always_show or not written:
            if shown:
                say("")
            show_events(table)
            shown += 1
        well &= written or name not in where
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
