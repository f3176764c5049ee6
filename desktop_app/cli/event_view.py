"""Events on the terminal: a table for a person, aligned plain text for a pipe."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from desktop_app.cli.signal_view import signal_columns
from desktop_app.cli.terminal import say
from desktop_app.core.event_table import Column, EventTable
from desktop_app.core.timescales import TimeReference

_SHOWN = (
    "event_id",
    "kind",
    "t_start",
    "t_peak",
    "t_end",
    "duration",
    "depth",
    "score",
    "snr",
    "probability",
    "suspicion",
    "quality",
)
# What a narrow terminal does without, the first first.
_LEFT_OUT = (
    "quality",
    "t_end",
    "t_start",
    "dips",
    "sde",
    "why",
    "snr",
    "time_system",
    "suspicion",
    "depth",
    "duration",
    "probability",
)
_NARROWEST_FILE = 16
_BETWEEN = 3
_FORMATS = {
    "t_start": ".5f",
    "t_peak": ".5f",
    "t_end": ".5f",
    "score": ".1f",
    "snr": ".1f",
    "probability": ".2f",
    "suspicion": ".2f",
    "period": ".6f",
    "epoch": ".5f",
    "hours": ".2f",
    "sde": ".1f",
    "odd_even": ".1f",
}


def show_events(table: EventTable) -> None:
    """Print the events of ``table``, or that there are none, and what repeats, on standard output."""
    if len(table):
        _show([_short(column) for column in _shown(table)])
    else:
        say("No events.")
    if table.signals:
        say("")
        _show(signal_columns(table))
    if len(table):
        say(_about_times({str(system) for system in table["time_system"]}))


def _show(columns: Sequence[Column]) -> None:
    if sys.stdout.isatty():
        _show_rich(columns)
    else:
        _show_plain(columns)


def _about_times(systems: set[str]) -> str:
    if systems == {TimeReference().label}:
        return "The file does not say what its times count from."
    return f"Times are in {systems.pop()}." if len(systems) == 1 else "Times are in the time system of each file."


def _shown(table: EventTable) -> list[Column]:
    names = list(_SHOWN)
    if len(table.provenance) > 1:
        names.insert(0, "file")
    if len(set(table["time_system"].tolist())) > 1:
        names.insert(names.index("duration"), "time_system")
    by_name = {column.name: column for column in table.columns}
    return [by_name[name] for name in names]


def _short(column: Column) -> Column:
    """Files by their names alone, where the names tell them apart."""
    names = {path: Path(path).name for path in column.values.tolist()} if column.name == "file" else {}
    if len(set(names.values())) < len(names) or not names:
        return column
    return replace(column, values=np.array([names[path] for path in column.values.tolist()]))


def _head(column: Column) -> str:
    return f"{column.label} [{column.unit}]" if column.unit else column.label


def _texts(column: Column) -> list[str]:
    return [_text(column.name, value) for value in column.values]


def _text(name: str, value: np.generic) -> str:
    plain = value.item()
    if not isinstance(plain, float):
        return str(plain)
    return "–" if np.isnan(plain) else format(plain, _FORMATS.get(name, ".4g"))


def _is_number(column: Column) -> bool:
    return bool(np.issubdtype(column.values.dtype, np.number))


def _show_rich(columns: Sequence[Column]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    # File names may hold what rich takes for its own marks.
    console = Console(markup=False, highlight=False)
    table = Table(header_style="bold", box=SIMPLE_HEAD, show_edge=False)
    fitting = _fitting(columns, console.width)
    for column in fitting:
        # A long file name may be broken, a number never.
        width = _NARROWEST_FILE if column.name == "file" else _width(column)
        justify: Literal["left", "right"] = "right" if _is_number(column) else "left"
        table.add_column(_head(column), justify=justify, overflow="fold", min_width=width)
    for row in zip(*map(_texts, fitting), strict=True):
        table.add_row(*row)
    console.print(table)
    if len(fitting) < len(columns):
        say("A wider terminal shows more columns; --out writes them all.")


def _fitting(columns: Sequence[Column], width: int) -> Sequence[Column]:
    for name in _LEFT_OUT:
        needed = sum(min(_width(column), _NARROWEST_FILE) + _BETWEEN for column in columns)
        if needed <= width:
            break
        columns = [column for column in columns if column.name != name]
    return columns


def _width(column: Column) -> int:
    return max(map(len, (_head(column), *_texts(column))))


def _show_plain(columns: Sequence[Column]) -> None:
    widths = [_width(column) for column in columns]
    for row in (map(_head, columns), *zip(*map(_texts, columns), strict=True)):
        aligned = (
            cell.rjust(width) if _is_number(column) else cell.ljust(width)
            for cell, width, column in zip(row, widths, columns, strict=True)
        )
        say("  ".join(aligned).rstrip())
