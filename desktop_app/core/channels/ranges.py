"""Ranges that an operator gives: between which values each channel is nominal, read from the text of a table."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isnan

from desktop_app.core.errors import ParamError

_CHANNELS = ("channel", "chan_id", "name", "parameter", "signal", "sensor")
_LOWS = ("low", "lower", "min", "minimum", "from")
_HIGHS = ("high", "upper", "max", "maximum", "to")
_HINT = "Write a line such as battery_V,6.8,8.4 for each channel; leave a side empty where there is no limit."


@dataclass(frozen=True)
class Range:
    """Between which values a channel is nominal, both ends included; infinite where a side is open."""

    low: float
    high: float


def ranges_in(text: str, file: str) -> dict[str, Range]:
    """The ranges by channel.

    Parameters
    ----------
    text : str
        CSV with the columns channel, low and high (also name, min, max and the like; a head is not needed), or YAML
        or JSON: ``{channel: [low, high]}``, ``{channel: {low: ..., high: ...}}`` or a list of such with a channel.
    file : str
        What errors call it; its ending tells CSV from YAML.

    Raises
    ------
    ParamError
        It is not such a table, or a range is upside down.
    """
    structured = file.lower().endswith((".yaml", ".yml", ".json"))
    entries = _from_yaml(text, file) if structured else _from_csv(text, file)
    ranges: dict[str, Range] = {}
    for where, name, low, high in entries:
        if name in ranges:
            raise ParamError(f"{file} has two ranges of {name}: {where}.", hint="Keep one of them.")
        ranges[name] = _range(file, where, name, low, high)
    if not ranges:
        raise ParamError(f"{file} holds no ranges.", hint=_HINT)
    return ranges


_Entry = tuple[str, str, object, object]


def _from_csv(text: str, file: str) -> Iterable[_Entry]:
    lines = [line for line in text.removeprefix("\ufeff").splitlines() if line.strip() and not line.startswith("#")]
    delimiter = next((mark for mark in (";", "\t", ",") if lines and mark in lines[0]), ",")
    rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    places = _places(rows[0]) if rows else None
    body = rows if places is None else rows[1:]
    name, low, high = places or (0, 1, 2)
    for number, row in enumerate(body, 1 if places is None else 2):
        if len(row) <= max(name, low, high):
            raise ParamError(
                f"Line {number} of {file} has {len(row)} cells; a range has a channel, a low and a high one.",
                hint=_HINT,
            )
        yield f"line {number}", row[name].strip(), row[low].strip(), row[high].strip()


def _places(head: Sequence[str]) -> tuple[int, int, int] | None:
    """In which columns channel, low and high are; None where the first line is no head."""
    words = [cell.strip().lower() for cell in head]
    found = [next((words.index(word) for word in known if word in words), -1) for known in (_CHANNELS, _LOWS, _HIGHS)]
    return None if min(found) < 0 else (found[0], found[1], found[2])


def _from_yaml(text: str, file: str) -> Iterable[_Entry]:
    import yaml

    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise ParamError(f"{file} cannot be read as YAML{where}.", hint=_HINT) from error
    if isinstance(content, Mapping):
        for name, told in content.items():
            yield str(name), str(name), *_two(told, file, str(name))
        return
    if not isinstance(content, list):
        raise ParamError(f"{file} is no table of ranges.", hint=_HINT)
    for number, told in enumerate(content, 1):
        name = _one_of(told, _CHANNELS) if isinstance(told, Mapping) else None
        if name is None:
            raise ParamError(f"Entry {number} of {file} names no channel.", hint=_HINT)
        yield f"entry {number}", str(name), *_two(told, file, f"entry {number}")


def _two(told: object, file: str, where: str) -> tuple[object, object]:
    if isinstance(told, Mapping):
        return _one_of(told, _LOWS), _one_of(told, _HIGHS)
    if isinstance(told, list) and len(told) == 2:
        return told[0], told[1]
    raise ParamError(f"{where} of {file} has no low and high value.", hint=_HINT)


def _one_of(told: Mapping[object, object], known: Sequence[str]) -> object:
    return next((told[word] for word in known if word in told), None)


def _range(file: str, where: str, name: str, low: object, high: object) -> Range:
    if not name:
        raise ParamError(f"A range in {file} names no channel: {where}.", hint=_HINT)
    found = Range(_number(file, name, low, -inf), _number(file, name, high, inf))
    if not found.low < found.high:
        raise ParamError(
            f"The range of {name} in {file} begins at {found.low:g} and ends at {found.high:g}.", hint=_HINT
        )
    if found == Range(-inf, inf):
        raise ParamError(f"The range of {name} in {file} is open on both sides.", hint="Leave the channel out.")
    return found


def _number(file: str, name: str, told: object, empty: float) -> float:
    if told is None or told == "":
        return empty
    try:
        number = float(str(told))
    except ValueError:
        number = float("nan")
    if isnan(number) or isinstance(told, bool):
        raise ParamError(f"{told!r} is no limit of {name} in {file}.", hint=_HINT)
    return number
