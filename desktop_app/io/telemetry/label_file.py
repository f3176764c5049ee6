"""Label files: which stretches of which channel somebody called anomalous, as telemanom, Orion and plain tables say."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Literal

from desktop_app.core.errors import ReadError
from desktop_app.io.source import open_bytes, version_of
from desktop_app.io.telemetry.moments import unix_seconds

Counted = Literal["rows", "dates", "numbers"]

_LIMIT_BYTES = 32 << 20
_LIMIT = 200_000
_STARTS = ("start", "begin", "start_time", "starttime", "t_start", "row_start", "start_row", "start_index", "start_idx")
_ENDS = (
    "end",
    "stop",
    "end_time",
    "endtime",
    "stop_time",
    "t_end",
    "t_stop",
    "row_end",
    "end_row",
    "end_index",
    "end_idx",
)
_CHANNELS = ("channel", "chan_id", "signal", "series", "sensor", "name", "parameter")
_KINDS = ("class", "kind", "label", "type", "tag", "category", "event")
_PAIR = re.compile(r"[\[(]\s*(\d{1,15})\s*,\s*(\d{1,15})\s*[\])]")
_HINT = (
    "Labels are a table with columns such as start,end or channel,start,end, telemanom's labeled_anomalies.csv, "
    'or JSON such as {"channel": [[start, end]]}.'
)


@dataclass(frozen=True)
class Labelled:
    """A stretch that carries a label; both ends belong to it.

    Attributes
    ----------
    start, end : float
        Row numbers from 0, unix seconds, or plain numbers of which the file does not say what they count.
    counted : str
        "rows", "dates" or "numbers".
    kind, channel : str
        ``channel`` is "" where the file names none.
    """

    start: float
    end: float
    counted: Counted
    kind: str = "anomaly"
    channel: str = ""


@dataclass(frozen=True)
class LabelFile:
    """What a label file says.

    Attributes
    ----------
    stretches : tuple of Labelled
    groups : mapping of str to str
        The spacecraft of each channel, where the file tells.
    """

    stretches: tuple[Labelled, ...]
    groups: Mapping[str, str]


def read_labels(path: Path) -> LabelFile:
    """The stretches that ``path`` names.

    Raises
    ------
    ReadError
        It is no label file, or a broken one.
    """
    return _read(path, version_of(path))


@lru_cache(maxsize=8)
def _read(path: Path, _version: tuple[int, int]) -> LabelFile:
    with open_bytes(path) as file:
        raw = file.read(_LIMIT_BYTES + 1)
    if len(raw) > _LIMIT_BYTES:
        raise ReadError(f"{path.name} is larger than {_LIMIT_BYTES >> 20} MiB, which no label file is.", hint=_HINT)
    text = raw.decode("utf-8-sig", "replace")
    try:
        found = _of_json(text) if text.lstrip()[:1] in ("{", "[") else _of_table(text)
    except (ValueError, csv.Error, RecursionError, OverflowError) as error:
        said = " ".join(str(error).split())[:160].rstrip(".") or type(error).__name__
        raise ReadError(f"{path.name} cannot be read as labels: {said}.", hint=_HINT) from error
    if len(found.stretches) > _LIMIT:
        raise ReadError(f"{path.name} names more than {_LIMIT:,} stretches.", hint=_HINT)
    return found


def _of_json(text: str) -> LabelFile:
    content = json.loads(text)
    groups: dict[str, str] = {}
    found: list[Labelled] = []
    if isinstance(content, dict):
        for channel, entry in content.items():
            if isinstance(entry, dict):
                groups[channel] = str(entry.get("spacecraft", ""))[:40]
            found.extend(_entries(entry, channel, "anomaly"))
    else:
        found.extend(_entries(content, "", "anomaly"))
    return LabelFile(tuple(found), {channel: group for channel, group in groups.items() if group})


def _entries(entry: object, channel: str, kind: str) -> Iterator[Labelled]:
    """The stretches in a piece of JSON: [start, end], [start, end, kind], {"start": …, "end": …} and lists of those."""
    if isinstance(entry, dict):
        named = {str(key).lower(): value for key, value in entry.items()}
        start, end = _first(named, _STARTS), _first(named, _ENDS)
        channel = str(_first(named, _CHANNELS) or channel)[:200]
        kind = str(_first(named, _KINDS) or kind)[:60]
        if start is not None and end is not None:
            rows = any(key in named for key in (*_STARTS, *_ENDS) if "row" in key or "ind" in key or "idx" in key)
            yield _labelled(start, end, kind, channel, rows=rows)
            return
        for key in ("anomalies", "events", "intervals", "anomaly_sequences", "labels"):
            if key in named:
                yield from _entries(named[key], channel, kind)
        return
    if not isinstance(entry, list):
        raise ValueError(f"{str(entry)[:40]!r} stands where a stretch should")
    if 2 <= len(entry) <= 3 and not isinstance(entry[0], (list, dict)):
        yield _labelled(entry[0], entry[1], str(entry[2])[:60] if len(entry) > 2 else kind, channel)
        return
    for inner in entry:
        yield from _entries(inner, channel, kind)


def _of_table(text: str) -> LabelFile:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise ValueError("it is empty")
    delimiter = max("\t;,", key=lines[0].count)
    rows = csv.DictReader(lines, delimiter=delimiter)
    names = {str(name).strip().lower(): str(name) for name in rows.fieldnames or ()}
    if "chan_id" in names and "anomaly_sequences" in names:
        return _of_telemanom(list(rows), names)
    start, end = _name(names, _STARTS), _name(names, _ENDS)
    if not start or not end:
        raise ValueError(f"its columns are {', '.join(list(names)[:20])}, none of which is a start and an end")
    channel, kind = _name(names, _CHANNELS), _name(names, _KINDS)
    counted_rows = any(word in start.lower() for word in ("row", "ind", "idx"))
    found = [
        _labelled(
            row[start],
            row[end],
            (row[kind] or "anomaly").strip()[:60] if kind else "anomaly",
            (row[channel] or "").strip()[:200] if channel else "",
            rows=counted_rows,
        )
        for row in rows
    ]
    return LabelFile(tuple(found), {})


def _of_telemanom(rows: Sequence[Mapping[str, str]], names: Mapping[str, str]) -> LabelFile:
    found: list[Labelled] = []
    groups: dict[str, str] = {}
    for row in rows:
        channel = (row[names["chan_id"]] or "").strip()[:200]
        groups[channel] = (row.get(names.get("spacecraft", "")) or "").strip()[:40]
        kinds = re.findall(r"[A-Za-z_]{1,60}", row.get(names.get("class", "")) or "")
        for n, (start, end) in enumerate(_PAIR.findall(row[names["anomaly_sequences"]] or "")):
            found.append(_labelled(start, end, kinds[n] if n < len(kinds) else "anomaly", channel, rows=True))
    return LabelFile(tuple(found), {channel: group for channel, group in groups.items() if group})


def _labelled(start: object, end: object, kind: str, channel: str, *, rows: bool = False) -> Labelled:
    bounds = [_number(bound) for bound in (start, end)]
    counted: Counted = "rows" if rows else "numbers"
    if any(bound is None for bound in bounds):
        bounds = [unix_seconds(str(bound)) for bound in (start, end)]
        counted = "dates"
    if bounds[0] is None or bounds[1] is None:
        raise ValueError(f"{str(start)[:30]!r} to {str(end)[:30]!r} is no stretch of rows or times")
    return Labelled(min(bounds[0], bounds[1]), max(bounds[0], bounds[1]), counted, kind, channel)


def _number(bound: object) -> float | None:
    if isinstance(bound, bool) or not isinstance(bound, (int, float, str)):
        return None
    try:
        number = float(bound)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _first(named: Mapping[str, object], keys: tuple[str, ...]) -> object:
    return next((named[key] for key in keys if named.get(key) is not None), None)


def _name(names: Mapping[str, str], known: tuple[str, ...]) -> str:
    return next((names[key] for key in known if key in names), "")
