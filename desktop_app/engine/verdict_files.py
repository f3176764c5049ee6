"""Verdicts as files to take along: the whole journal, or how everything stands, as CSV, ECSV or JSON, and back."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import dropwhile
from math import isfinite
from pathlib import Path

from desktop_app.core.errors import ParamError, ReadError
from desktop_app.engine.verdict_journal import COLUMNS
from desktop_app.engine.verdicts import VERDICTS, Entry, VerdictStore, entry_of, now, row_of
from desktop_app.export.writer import write_together

SUFFIXES = (".csv", ".ecsv", ".json")
FORMAT = "peculiar verdicts 1"
_WRITTEN = tuple(name for name in COLUMNS if name != "key")
_NUMBERS = ("ra_deg", "dec_deg", "score", "threshold")
_UNITS = {"ra_deg": "deg", "dec_deg": "deg"}
_NEEDED = ("data", "object", "verdict", "at")


@dataclass(frozen=True)
class Merged:
    """What an import came to.

    Attributes
    ----------
    added, known : int
        Rows that are new, and those that were there already.
    conflicts : tuple of str
        Objects on which both sides decided differently, a sentence each: the later one holds.
    refused : tuple of str
        Rows that were left out, a sentence each.
    """

    added: int
    known: int
    conflicts: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def write_verdicts(entries: Sequence[Entry], path: Path) -> Path:
    """Write rows into ``path``, in the format that its suffix names.

    Raises
    ------
    ParamError
        The suffix names no format.
    WriteError
        The file cannot be written; what stood there is left as it was.
    """
    rows = [row_of(entry) for entry in entries]
    match _suffix(path):
        case ".json":
            kept = [{name: _in_json(row[name]) for name in _WRITTEN} for row in rows]
            text = json.dumps({"format": FORMAT, "verdicts": kept}, indent=1, ensure_ascii=False) + "\n"
        case ".ecsv":
            text = _ecsv_head() + _csv_text(rows)
        case _:
            text = _csv_text(rows)
    return write_together({path: text})[0]


def read_verdicts(path: Path) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The rows of a file that `write_verdicts` wrote, or that has its columns; and what of it was left out, and why.

    Raises
    ------
    ReadError
        It cannot be read, or has no such columns.
    """
    suffix = _suffix(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{path.name} cannot be read: {_why(error)}.", hint="Give a CSV, ECSV or JSON file.") from error
    rows = _json_rows(path, text) if suffix == ".json" else _csv_rows(path, text)
    entries, refused = [], []
    for number, row in enumerate(rows, start=1):
        try:
            entries.append(_checked(row))
        except ValueError as error:
            refused.append(f"Row {number}: {error}.")
    return tuple(entries), tuple(refused)


def import_verdicts(store: VerdictStore, path: Path) -> Merged:
    """Add the rows of ``path`` that ``store`` does not have; nothing there is changed.

    Raises
    ------
    ReadError, WriteError
    """
    entries, refused = read_verdicts(path)
    here = store.entries()
    known = {entry.uid for entry in here}
    new = [entry for entry in dict.fromkeys(entries) if entry.uid not in known]
    conflicts = _conflicts(_latest(here), _latest(new))
    added = store.add(new)
    return Merged(len(added), len(entries) - len(added), conflicts, refused)


def _conflicts(ours: Mapping[str, Entry], theirs: Mapping[str, Entry]) -> tuple[str, ...]:
    told = []
    for key, there in theirs.items():  # in the order of the file
        here = ours.get(key)
        if here is None or here.verdict == there.verdict or not here.verdict or not there.verdict:
            continue
        holds = there if there.at > here.at else here
        told.append(
            f"{there.subject.object}: {here.verdict} here ({here.at[:16]}), {there.verdict} there ({there.at[:16]}); "
            f"{holds.verdict} holds, as the later one."
        )
    return tuple(told)


def _latest(entries: Sequence[Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in entries:
        before = found.get(entry.subject.key)
        if before is None or entry.at >= before.at:
            found[entry.subject.key] = entry
    return found


def _checked(row: Mapping[str, object]) -> Entry:
    """The row as an entry; ValueError where it cannot be one."""
    for name in _NEEDED:
        if name not in row or (name != "verdict" and not str(row[name] or "")):
            raise ValueError(f"it has no {name}")
    verdict = str(row["verdict"] or "")
    if verdict and verdict not in VERDICTS:
        raise ValueError(f"“{verdict}” is no verdict")
    at = datetime.fromisoformat(str(row["at"]))
    if at.tzinfo is None:
        raise ValueError(f"its date {row['at']} does not say in which time zone it is")
    full: dict[str, object] = {name: "" if row.get(name) is None else str(row.get(name)) for name in _WRITTEN}
    full |= {name: _number(name, row.get(name)) for name in _NUMBERS}
    if not full["uid"]:
        # A row written by hand has no name of its own: what it says is its name, so that it is taken once.
        full["uid"] = sha256(json.dumps([full[name] for name in _WRITTEN if name != "uid"]).encode()).hexdigest()[:32]
    full |= {"act": "import", "at": at.astimezone(UTC).isoformat(timespec="milliseconds")}
    return entry_of(full)


def _number(name: str, value: object) -> float:
    if value is None or str(value).strip() in ("", "nan", "NaN"):
        return float("nan")
    try:
        return float(str(value))
    except ValueError:
        raise ValueError(f"{name} is “{value}”, which is no number") from None


def _json_rows(path: Path, text: str) -> list[dict[str, object]]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{path.name} is no JSON: {error}.", hint="Export the verdicts once more.") from error
    rows = told.get("verdicts") if isinstance(told, dict) else told
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ReadError(f"{path.name} has no list of verdicts.", hint='It has to hold {"verdicts": [...]}.')
    return rows


def _csv_rows(path: Path, text: str) -> list[dict[str, object]]:
    lines = dropwhile(lambda line: line.startswith("#"), text.splitlines(keepends=True))
    try:
        reader = csv.DictReader(io.StringIO("".join(lines), newline=""))
        names = reader.fieldnames or ()
        missing = [name for name in _NEEDED if name not in names]
        if missing:
            raise ReadError(
                f"{path.name} has no column {missing[0]}.", hint=f"It needs the columns {', '.join(_NEEDED)}."
            )
        return [{str(name): value for name, value in row.items()} for row in reader]
    except csv.Error as error:
        raise ReadError(f"{path.name} cannot be read: {error}.", hint="Export the verdicts once more.") from error


def _csv_text(rows: Sequence[Mapping[str, object]]) -> str:
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(_WRITTEN)
    writer.writerows([_in_csv(row[name]) for name in _WRITTEN] for row in rows)
    return made.getvalue()


def _ecsv_head() -> str:
    """The header of ECSV 1.0: names, units and types of the columns."""
    lines = ["%ECSV 1.0", "---", "delimiter: ','", "datatype:"]
    for name in _WRITTEN:
        kind = "float64" if name in _NUMBERS else "string"
        unit = f", unit: {_UNITS[name]}" if name in _UNITS else ""
        lines.append(f"- {{name: {name}{unit}, datatype: {kind}}}")
    lines += ["meta: !!omap", f"- {{format: '{FORMAT}'}}", f"- {{written: '{now()}'}}", "schema: astropy-2.0"]
    return "".join(f"# {line}\n" for line in lines)


def _in_csv(value: object) -> str:
    if isinstance(value, float):
        return repr(value) if isfinite(value) else ""
    return str(value)


def _in_json(value: object) -> object:
    return None if isinstance(value, float) and not isfinite(value) else value


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ParamError(f"{path.name} names no format of verdicts.", hint=f"Let it end in {', '.join(SUFFIXES)}.")
    return suffix


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is no text"
    return str(error.strerror) if isinstance(error, OSError) and error.strerror else str(error)
