"""Events on the terminal: a table for a person, aligned plain text for a pipe."""

import sys
from collections.abc import Sequence

import numpy as np

from desktop_app.cli.terminal import say
from desktop_app.core.event_table import Column, EventTable

_SHOWN = ("event_id", "kind", "t_start", "t_peak", "t_end", "duration", "depth", "score", "snr", "quality")
_FORMATS = {"t_start": ".5f", "t_peak": ".5f", "t_end": ".5f", "score": ".1f", "snr": ".1f"}


def show_events(table: EventTable) -> None:
    """Print the events of ``table``, or that there are none, on standard output."""
    if not len(table):
        say("No events.")
        return
    columns = _shown(table)
    heads = [f"{column.label} [{column.unit}]" if column.unit else column.label for column in columns]
    texts = [[_text(column.name, value) for value in column.values] for column in columns]
    right = [bool(np.issubdtype(column.values.dtype, np.number)) for column in columns]
    show = _show_rich if sys.stdout.isatty() else _show_plain
    show(heads, texts, right)
    systems = {str(system) for system in table["time_system"]}
    say(f"Times are in {systems.pop()}." if len(systems) == 1 else "Times are in the time system of each file.")


def _shown(table: EventTable) -> list[Column]:
    names = list(_SHOWN)
    if len(table.provenance) > 1:
        names.insert(0, "file")
    if len(set(table["time_system"].tolist())) > 1:
        names.insert(names.index("duration"), "time_system")
    by_name = {column.name: column for column in table.columns}
    return [by_name[name] for name in names]


def _text(name: str, value: np.generic) -> str:
    plain = value.item()
    if not isinstance(plain, float):
        return str(plain)
    return "–" if np.isnan(plain) else format(plain, _FORMATS.get(name, ".4g"))


def _show_rich(heads: Sequence[str], texts: Sequence[Sequence[str]], right: Sequence[bool]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(header_style="bold")
    for head, to_the_right in zip(heads, right, strict=True):
        table.add_column(head, justify="right" if to_the_right else "left", overflow="fold")
    for row in zip(*texts, strict=True):
        table.add_row(*row)
    # File names may hold what rich takes for its own marks.
    Console(markup=False, highlight=False).print(table)


def _show_plain(heads: Sequence[str], texts: Sequence[Sequence[str]], right: Sequence[bool]) -> None:
    widths = [max(map(len, (head, *column))) for head, column in zip(heads, texts, strict=True)]
    for row in (heads, *zip(*texts, strict=True)):
        aligned = (
            cell.rjust(width) if to_the_right else cell.ljust(width)
            for cell, width, to_the_right in zip(row, widths, right, strict=True)
        )
        say("  ".join(aligned).rstrip())
