"""Reads tables of known events, and finds the files they speak of."""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from math import isfinite, nan
from pathlib import Path, PurePosixPath

from desktop_app.core.errors import ReadError

NEEDED = ("file", "event", "t_start", "t_end")
_GRADED = frozenset({"measured", "hand-vetted real", "hand-vetted", "published", ""})
_WEAK = frozenset({"algorithmic", "catalogue"})
_FALSE = "hand-vetted not real"
_NOTHING = frozenset({"", "none", "quiet"})
_KINDS = {"eclipse/fp": "eclipse", "aperiodic dip": "dip", "solar-system-object crossing": "crossing"}
_QUIET = "quiet"
_YES = frozenset({"yes", "true", "1"})


class Standing(StrEnum):
    """What a row of the table is good for."""

    GRADED = "graded"
    WEAK = "weak"
    FALSE = "false"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class TrueEvent:
    """An event that somebody knows of.

    Attributes
    ----------
    kind : str
        "flare", "transit", "eclipse", "dip", "crossing" (of a body of the solar system), or what the table says.
    start, stop : float
        First and last time, in the file's own time.
    standing : Standing
    """

    kind: str
    start: float
    stop: float
    standing: Standing = Standing.GRADED


@dataclass(frozen=True)
class Truth:
    """What is known of a set of files.

    Attributes
    ----------
    path : Path
    sha256 : str
        Of the bytes of the table.
    events : mapping of str to tuple of TrueEvent
        By the name of the file as the table gives it; () for a file that is known to hold nothing.
    complete : frozenset of str
        Files of which the table says, in a column "complete", that it names every event of theirs.
    """

    path: Path
    sha256: str
    events: Mapping[str, tuple[TrueEvent, ...]]
    complete: frozenset[str] = frozenset()

    def number(self, standing: Standing) -> int:
        """How many rows stand so."""
        return sum(event.standing is standing for events in self.events.values() for event in events)


def read_truth(path: Path) -> Truth:
    """The known events in a CSV with the columns `NEEDED`; without a column "grade" every row counts.

    Rows graded measured, hand-vetted (real) or published are held against detections; algorithmic and catalogue rows
    are weak, "hand-vetted NOT real" ones are known to be none, all others are left out. A row whose event is empty,
    "none" or "quiet" says that the file holds nothing; "yes" in a column "complete" that all of its events are named.

    Raises
    ------
    ReadError
        No such file, a column is missing, or a time is no number.
    """
    content, rows = rows_of(path)
    check_columns(path, rows, NEEDED)
    events: dict[str, list[TrueEvent]] = {}
    for place, row in enumerate(rows, start=2):
        known = events.setdefault(posix(row["file"]), [])
        if row["event"].strip().lower() not in _NOTHING:
            known.append(_event(path, place, row))
    complete = frozenset(posix(row["file"]) for row in rows if row.get("complete", "").strip().lower() in _YES)
    return Truth(path, sha256(content).hexdigest(), {name: tuple(known) for name, known in events.items()}, complete)


def read_quiet(path: Path) -> tuple[str, ...]:
    """The files that a list holds to be quiet: a CSV with a column "grp" that says so, or a name a line.

    Raises
    ------
    ReadError
    """
    content, rows = rows_of(path)
    if rows and {"file", "grp"} <= set(rows[0]):
        return tuple(posix(row["file"]) for row in rows if row["grp"].strip().lower() == _QUIET)
    if rows and "file" in rows[0]:
        return tuple(posix(row["file"]) for row in rows)
    lines = content.decode("utf-8-sig", errors="replace").splitlines()
    names = tuple(posix(line) for line in lines if line.strip() and not line.startswith("#"))
    if not names:
        raise ReadError(f"{path} names no files.", hint="Give a file name a line, or a CSV with columns file and grp.")
    return names


def quiet_beside(truth: Path) -> Path | None:
    """The first CSV in the folder of ``truth`` that has the columns "file" and "grp"."""
    for path in sorted(truth.parent.glob("*.csv")):
        with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
            head = next(csv.reader(file), [])
        if path != truth and {"file", "grp"} <= set(head):
            return path
    return None


def find_files(folder: Path, names: Iterable[str]) -> dict[str, Path | None]:
    """Where in ``folder`` or below each of ``names`` is; None for those that are not there.

    Names are compared from their end, so ``folder`` may be the root that they count from, or any folder below it;
    of several files with one name the one with most folders in common is taken.

    Raises
    ------
    ReadError
        ``folder`` is none.
    """
    if not folder.is_dir():
        raise ReadError(f"{folder} is not a folder.", hint="Name the folder that holds the files.")
    names = tuple(names)
    wanted = {PurePosixPath(name).name for name in names}
    there: dict[str, list[Path]] = {}
    for base, _folders, files in os.walk(folder):
        for file in wanted.intersection(files):
            there.setdefault(file, []).append(Path(base, file))
    return {name: _closest(name, sorted(there.get(PurePosixPath(name).name, []))) for name in names}


def _closest(name: str, paths: Sequence[Path]) -> Path | None:
    wanted = PurePosixPath(name).parts[::-1]

    def in_common(path: Path) -> int:
        same = [a == b for a, b in zip(wanted, path.resolve().parts[::-1], strict=False)]
        return same.index(False) if False in same else len(same)

    return max(paths, key=in_common, default=None)


def rows_of(path: Path) -> tuple[bytes, list[dict[str, str]]]:
    """The bytes of a CSV and its rows by column.

    Raises
    ------
    ReadError
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReadError(f"{path} cannot be read: {error.strerror or error}.", hint="Check its name.") from error
    text = content.decode("utf-8-sig", errors="replace")
    try:
        rows = [
            {str(key): value if isinstance(value, str) else "" for key, value in row.items()}
            for row in csv.DictReader(text.splitlines())
        ]
    except csv.Error as error:
        raise ReadError(f"{path} is no CSV table: {error}.", hint="Its fields are separated by commas.") from error
    return content, rows


def check_columns(path: Path, rows: list[dict[str, str]], needed: Sequence[str]) -> None:
    """See to it that there are rows, and that they have what is needed.

    Raises
    ------
    ReadError
    """
    if not rows:
        raise ReadError(f"{path} has no rows.", hint=f"Its columns are: {', '.join(needed)}.")
    missing = [name for name in needed if name not in rows[0]]
    if missing:
        raise ReadError(
            f"{path} has no column {missing[0]!r}.",
            hint=f"Such a table has the columns {', '.join(needed)}.",
        )


def _event(path: Path, place: int, row: Mapping[str, str]) -> TrueEvent:
    times = [_number(row[name]) for name in ("t_start", "t_mid", "t_end") if name in row]
    known = [time for time in times if isfinite(time)]
    if not known:
        raise ReadError(f"{path}, line {place}: the event has no time.", hint="t_start and t_end are days, as numbers.")
    return TrueEvent(_kind(row["event"]), min(known), max(known), _standing(row.get("grade", "")))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return nan


def _kind(text: str) -> str:
    plain = text.strip().lower().split(" (")[0]
    return _KINDS.get(plain, plain)


def _standing(grade: str) -> Standing:
    plain = grade.strip().lower()
    if plain in _GRADED:
        return Standing.GRADED
    if plain == _FALSE:
        return Standing.FALSE
    return Standing.WEAK if plain.split(" (")[0] in _WEAK else Standing.LEFT_OUT


def posix(name: str) -> str:
    """The name of a file as tables of any system write it, with slashes."""
    return name.strip().replace("\\", "/")
