"""Which column of a table is the time, which are labels, and which are channels of telemetry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from desktop_app.core.errors import ReadError
from desktop_app.io.curves.time_zero import reference_in
from desktop_app.io.tables.column_names import TextColumn, listed, tells_of_light
from desktop_app.io.tables.text_table import number_of
from desktop_app.io.telemetry.moments import EPOCHS, is_date

Holds = Literal["numbers", "dates", "states", "clock", "nothing"]

CHANNEL_LIMIT = 20_000
_TIMES = (
    *("timestamp", "time", "datetime", "date_time", "time_utc", "utc_time", "utc", "date", "scet", "ert", "epoch"),
    *("unix_time", "unixtime", "unix", "ts", "t", "times", "timestamps", "elapsed", "elapsed_time", "met", "sclk"),
    *("time_s", "time_ms", "time_us", "time_ns", "seconds", "sec", "_time", "ds", "index_time", "sample_time"),
)
_LIKE_TIME = re.compile(r"timestamp|datetime|(?:^|_)(?:time|epoch|utc|elapsed)(?:_|$)")
_LABELS = ("is_anomaly", "anomaly", "anomalous", "anomaly_label", "label", "labels", "ground_truth", "class")
_INDEX = re.compile(r"unnamed:?_*\d*|index|row|row_number|column_1|id")
_POSITIONS = frozenset({"ra", "dec", "ra_deg", "dec_deg", "raj2000", "dej2000", "_raj2000", "_dej2000", "ra_icrs"})
_FLUXES = frozenset(
    {"rate", "count_rate", "net_rate", "counts", "err", "error", "e", "sigma", "dy", "uncertainty", "unc", "err_rate"}
)
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,12})?)?Z?")
_BOUNDS = ({"start", "end"}, {"start", "stop"}, {"start_time", "end_time"}, {"t_start", "t_end"}, {"anomaly_sequences"})
# Up to so many columns may as well be a time, a flux and its error.
_FEW_COLUMNS = 3
_TELLING = re.compile(r"timestamp|elapsed|unix|epoch|sclk|(?:^|_)met(?:_|$)|^ts$|_(?:ms|us|ns)$")
_DATE_HINT = "Write dates like 2022-01-27T02:20:37.5Z, or times as numbers in seconds."


@dataclass(frozen=True)
class ChannelTable:
    """What the columns of a table of telemetry are.

    Attributes
    ----------
    time : TextColumn or None
        None where rows have no times.
    clock : TextColumn or None
        The time of day, where it stands beside the date.
    dated : bool
        Whether times are dates, not numbers.
    label : TextColumn or None
    numbers, states : tuple of TextColumn
        The channels, in two kinds.
    notes : tuple of str
    """

    time: TextColumn | None
    clock: TextColumn | None
    dated: bool
    label: TextColumn | None
    numbers: tuple[TextColumn, ...]
    states: tuple[TextColumn, ...]
    notes: tuple[str, ...] = ()


def what_it_holds(fields: Sequence[str]) -> Holds:
    """What a column holds, by its first fields."""
    read = [(field, number_of(field)) for field in fields]
    # Not a number is what says that there is none.
    given = [(field, number) for field, number in read if number is None or number == number]
    if not given:
        return "nothing"
    # A logger writes ERR or OVERFLOW where it has no number.
    if sum(number is not None for _, number in given) > len(given) / 2:
        return "numbers"
    if all(is_date(field) for field, _ in given):
        return "dates"
    return "clock" if all(_CLOCK.fullmatch(field) for field, _ in given) else "states"


def is_of_light(columns: Sequence[TextColumn]) -> bool:
    """Whether some column is called like a brightness or its error: such a table is a light curve, not telemetry."""
    return tells_of_light(tuple(columns)) or any(
        column.key in _FLUXES or column.key.endswith(("_err", "_error")) for column in columns
    )


def is_of_sky(columns: Sequence[TextColumn]) -> bool:
    """Whether some column is a position in the sky, as catalogues have it, or a Julian date."""
    return any(column.key in _POSITIONS or _is_julian(column) for column in columns)


@lru_cache(maxsize=4)
def channels_in(columns: tuple[TextColumn, ...], sample: tuple[tuple[str, ...], ...], file: str) -> ChannelTable:
    """What the columns of a table are.

    Parameters
    ----------
    columns : tuple of TextColumn
    sample : tuple of tuple of str
        The fields of the first rows.
    file : str
        Its name, for messages.

    Raises
    ------
    ReadError
        The time is written in a way that can be read in two, or there is no channel.
    """
    holds = {column: what_it_holds([row[column.place] for row in sample]) for column in columns}
    time = _time(columns, holds, sample, file)
    dated = time is not None and holds[time] == "dates"
    clock = _clock(time, columns, holds, sample) if dated else None
    label = next((column for name in _LABELS for column in columns if column.key == name and column != time), None)
    index = next((column for column in columns[:1] if column != time and _only_counts(column, sample)), None)
    others = [column for column in columns if column not in (time, clock, label, index)]
    if not others and label is not None:
        others, label = [label], None
    if not others:
        raise ReadError(
            f"{file} has no channel beside its time: its columns are {listed(columns)}.",
            hint="Each channel is a column of its own.",
        )
    if len(others) > CHANNEL_LIMIT:
        raise ReadError(f"{file} has {len(others):,} columns, too many to look at.", hint="Save some of them alone.")
    numbers = tuple(column for column in others if holds[column] in ("numbers", "nothing"))
    return ChannelTable(
        time,
        clock,
        dated,
        label,
        numbers,
        tuple(column for column in others if holds[column] not in ("numbers", "nothing")),
        (f"Column {index.name or '1'} only counts the rows and is left out.",) if index is not None else (),
    )


def is_telemetry(
    columns: Sequence[TextColumn], table: ChannelTable, sample: Sequence[Sequence[str]], *, is_named: bool
) -> bool:
    """Whether a table in which nothing is called like a brightness is one of channels.

    It is where its times are dates or unix times, and where it has more columns than a light curve without names
    could have; not where it lists places in the sky or names something in each row.
    """
    if table.dated:
        return True
    if is_of_sky(columns) or not table.numbers or (not is_named and len(columns) <= _FEW_COLUMNS):
        return False
    if table.time is None:
        return len(columns) > _FEW_COLUMNS and not _is_catalogue(table, sample)
    if len(columns) > _FEW_COLUMNS or table.label is not None or table.states:
        return True
    time = table.time
    return _TELLING.search(time.key) is not None or _is_epoch([row[time.place] for row in sample])


def _is_catalogue(table: ChannelTable, sample: Sequence[Sequence[str]]) -> bool:
    """Whether a table without times names something in each row, or holds more words than numbers."""
    if len(table.states) > len(table.numbers):
        return True
    for column in table.states:
        words = [row[column.place] for row in sample]
        if len(words) > 1 and len(set(words)) > len(words) / 2:
            return True
    return False


def is_list_of_labels(columns: Sequence[TextColumn]) -> bool:
    """Whether the columns are those of a label file."""
    keys = {column.key for column in columns}
    return any(bounds <= keys for bounds in _BOUNDS)


def is_called_time(name: str) -> bool:
    """Whether a column of that name is a time."""
    key = re.sub(r"[\s.\-]+", "_", name.strip().lower())
    return key in _TIMES or _LIKE_TIME.search(key) is not None


def _time(
    columns: tuple[TextColumn, ...], holds: dict[TextColumn, Holds], sample: Sequence[Sequence[str]], file: str
) -> TextColumn | None:
    by_key = {column.key: column for column in reversed(columns)}
    called = [by_key[name] for name in _TIMES if name in by_key]
    called += [column for key, column in by_key.items() if key not in _TIMES and _LIKE_TIME.search(key)][::-1]
    # A Julian date says by its name what it counts.
    called = [column for column in columns if _is_julian(column) and holds[column] == "numbers"] + called
    dates = [column for column in columns if holds[column] == "dates"]
    numbers = [column for column in called if holds[column] == "numbers"]
    found = [column for column in called if holds[column] == "dates"] + numbers + dates
    if found:
        return found[0]
    if columns and holds[columns[0]] == "numbers" and _is_epoch([row[0] for row in sample]):
        return columns[0]
    unread = [column for column in called if holds[column] in ("states", "clock") and column.key not in ("t", "met")]
    if unread:
        field = next((row[unread[0].place] for row in sample if row[unread[0].place].strip()), "")
        raise ReadError(
            f"Column {unread[0].name} of {file} holds {field[:40]!r}, which is neither an ISO date nor a number.",
            hint=_DATE_HINT,
        )
    return None


def _only_counts(column: TextColumn, sample: Sequence[Sequence[str]]) -> bool:
    """Whether the column is called like an index and rises by one from row to row."""
    numbers = [number_of(row[column.place]) for row in sample]
    rising = all(a is not None and b is not None and b - a == 1 for a, b in pairwise(numbers))
    return rising and len(numbers) > 1 and _INDEX.fullmatch(column.key) is not None


def _clock(
    time: TextColumn | None,
    columns: tuple[TextColumn, ...],
    holds: dict[TextColumn, Holds],
    sample: Sequence[Sequence[str]],
) -> TextColumn | None:
    """The column of the time of day that belongs to a column of plain dates."""
    if time is None or any(":" in row[time.place] for row in sample):
        return None
    return next((column for column in columns if holds[column] == "clock"), None)


def _is_epoch(fields: Sequence[str]) -> bool:
    """Whether the numbers rise, and all are unix times."""
    times = [number_of(field) for field in fields]
    known = [time for time in times if time is not None and time == time]
    rising = len(known) == len(fields) > 1 and all(a <= b for a, b in pairwise(known))
    return rising and known[0] < known[-1] and any(low <= known[0] and known[-1] < end for low, end, _ in EPOCHS)


def _is_julian(column: TextColumn) -> bool:
    reference = reference_in(f"{column.name} {column.unit}")
    return reference is not None and reference.known
