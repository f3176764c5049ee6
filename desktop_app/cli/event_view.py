"""Events on the terminal: a table for a person, aligned plain text for a pipe."""

import sys
from collections.abc import Mapping, Sequence
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
_SHOWN_OF_CHANNELS = (
    "event_id",
    "part",
    "channel",
    "kind",
    "date_start",
    "t_start",
    "t_end",
    "row_start",
    "row_end",
    "duration",
    "value",
    "unit",
    "score",
    "reasons",
)
_SHOWN_OF_OBJECTS = ("event_id", "part", "object", "kind", "score", "ra", "dec", "x", "y", "flux", "snr", "reasons")
# What a narrow terminal does without, the first first.
_LEFT_OUT = (
    "flux",
    "quality",
    "reasons",
    "unit",
    "value",
    "t_end",
    "row_end",
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
    "part",
    "row_start",
)
_NARROWEST_FILE = 16
_BETWEEN = 3
# Of telemetry, whose columns have no units of their own.
_WITHOUT_UNIT = {"t_start": ".12g", "t_end": ".12g", "duration": ".6g", "value": ".6g", "limits": ".2f"}
_FORMATS = {
    "t_start": ".5f",
    "t_peak": ".5f",
    "t_end": ".5f",
    "score": ".1f",
    "snr": ".1f",
    "probability": ".2f",
    "suspicion": ".2f",
    "ra": ".5f",
    "dec": "+.5f",
    "x": ".1f",
    "y": ".1f",
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
        say(_about_places() if _of_objects(table) else _about_times(set(map(str, table["time_system"])), table))


def _show(columns: Sequence[Column]) -> None:
    if sys.stdout.isatty():
        _show_rich(columns)
    else:
        _show_plain(columns)


def _about_times(systems: set[str], table: EventTable) -> str:
    if any(column.name == "channel" for column in table.columns):
        return _about_channel_times(systems, dated=any(table["date_start"].tolist()))
    if systems == {TimeReference().label}:
        return "The file does not say what its times count from."
    return f"Times are in {systems.pop()}." if len(systems) == 1 else "Times are in the time system of each file."


def _of_objects(table: EventTable) -> bool:
    return any(column.name == "region_pixels" for column in table.columns)


def _about_places() -> str:
    return "Positions are ICRS degrees; pixels count from 0 in the middle of the first. Scores are in sigma."


def _about_channel_times(systems: set[str], *, dated: bool) -> str:
    scores = "Scores are in limits of the channel"
    if dated:
        return f"Dates are in UTC, durations in seconds. {scores}; rows count from 0."
    if systems == {"samples"}:
        return f"{scores}; rows count from 0, and both ends belong to the event."
    return (
        f"Times are in {systems.pop()}. {scores}." if len(systems) == 1 else f"{scores}; times are those of each file."
    )


def _shown(table: EventTable) -> list[Column]:
    by_name = {column.name: column for column in table.columns}
    if "channel" in by_name:
        return _shown_of_channels(table, by_name)
    if _of_objects(table):
        return _shown_of_objects(table, by_name)
    names = list(_SHOWN)
    if len(table.provenance) > 1:
        names.insert(0, "file")
    if len(set(table["time_system"].tolist())) > 1:
        names.insert(names.index("duration"), "time_system")
    return [by_name[name] for name in names]


def _shown_of_channels(table: EventTable, by_name: Mapping[str, Column]) -> list[Column]:
    """Dates where there are any, else times where they are more than rows; what says nothing here is left out."""
    dated, timed = any(table["date_start"].tolist()), set(table["time_system"].tolist()) != {"samples"}
    silent = {name for name in ("part", "unit", "reasons") if not any(table[name].tolist())}
    silent |= {"t_start", "t_end"} if dated or not timed else set()
    silent |= set() if dated else {"date_start"}
    silent |= set() if timed else {"duration"}
    if set(table["channel"].tolist()) == {"value"} and "part" not in silent:
        silent.add("channel")  # the part is the channel
    names = [name for name in _SHOWN_OF_CHANNELS if name not in silent]
    if len({origin.file for origin in table.provenance}) > 1:
        names.insert(0, "file")
    return [replace(by_name[name], name="limits") if name == "score" else by_name[name] for name in names]


def _shown_of_objects(table: EventTable, by_name: Mapping[str, Column]) -> list[Column]:
    """What is known of at least one of the objects; the file where there are several."""
    names = [name for name in _SHOWN_OF_OBJECTS if _says_something(by_name[name])]
    if len({origin.file for origin in table.provenance}) > 1:
        names.insert(0, "file")
    return [by_name[name] for name in names]


def _says_something(column: Column) -> bool:
    values = column.values
    return bool(np.isfinite(values).any()) if np.issubdtype(values.dtype, np.floating) else any(values.tolist())


def _short(column: Column) -> Column:
    """Files by their names alone, where the names tell them apart."""
    names = {path: Path(path).name for path in column.values.tolist()} if column.name == "file" else {}
    if len(set(names.values())) < len(names) or not names:
        return column
    return replace(column, values=np.array([names[path] for path in column.values.tolist()]))


def _head(column: Column) -> str:
    return f"{column.label} [{column.unit}]" if column.unit else column.label


def _texts(column: Column) -> list[str]:
    form = _FORMATS.get(column.name, ".4g")
    form = form if column.unit else _WITHOUT_UNIT.get(column.name, form)
    return [_text(value, form) for value in column.values]


def _text(value: np.generic, form: str) -> str:
    plain = value.item()
    if not isinstance(plain, float):
        return str(plain)
    return "–" if np.isnan(plain) else format(plain, form)


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
