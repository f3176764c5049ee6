"""Which columns of a table a person chose, and where the choice is kept for all tables laid out alike."""

import json
import logging
import os
import re
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from desktop_app.io.source import version_of
from desktop_app.paths import config_folder

SCHEMA = 1
LIMIT = 500
_LIMIT_BYTES = 4 << 20
_NO_NAME = re.compile(r"column \d+")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ColumnChoice:
    """What a person said of the columns of a table; "" where the file shall say it.

    Attributes
    ----------
    time, flux : str
        Names of columns.
    flux_err, quality : str
        Names of columns; "" for none.
    time_unit : str
        "d", "h", "min" or "s".
    zero : str
        What times count from: "BTJD", "BKJD", "BJD", "MJD", "JD" and their like, also with a scale ("BJD TDB"), or a
        Julian date as a number.
    table : str
        Which table of a file that holds several; "" for the first with these columns.
    """

    time: str = ""
    flux: str = ""
    flux_err: str = ""
    quality: str = ""
    time_unit: str = ""
    zero: str = ""
    table: str = ""

    def said(self) -> str:
        """The choice in a line: "time from t, flux from f1 ± e1, in s, from MJD"."""
        error = f" ± {self.flux_err}" if self.flux_err else ""
        parts = [f"time from {self.time}" if self.time else "", f"flux from {self.flux}{error}" if self.flux else ""]
        parts += [f"quality from {self.quality}" if self.quality else ""]
        parts += [f"of table {self.table}" if self.table else ""]
        parts += [
            f"times in {self.time_unit}" if self.time_unit else "",
            f"counted from {self.zero}" if self.zero else "",
        ]
        return ", ".join(filter(None, parts))


@dataclass(frozen=True)
class TableShape:
    """What tables have in common that one choice of columns serves.

    Attributes
    ----------
    kind : str
        "FITS", "text", "parquet" or "VOTable".
    names : tuple of str
        Of all columns.
    folder : str
        Where the file lies, of tables that do not name their columns: that two numbers make a row tells nothing of
        what they are, but files side by side are most often from one hand. "" for all others.
    """

    kind: str
    names: tuple[str, ...]
    folder: str = ""

    @property
    def key(self) -> str:
        """The same for all tables of one kind with these names, in whatever order."""
        parts = [self.kind, self.folder, *sorted(self.names)]
        return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def shape_of_names(kind: str, names: Iterable[str], path: Path) -> TableShape:
    """The shape of the table in ``path`` with these columns."""
    found = tuple(names)
    nameless = all(_NO_NAME.fullmatch(name) for name in found)
    return TableShape(kind, found, os.path.realpath(path.parent) if nameless else "")


@dataclass(frozen=True)
class Remembered:
    """One choice that is kept.

    Attributes
    ----------
    shape : TableShape
    choice : ColumnChoice
    file : str
        The name of the file it was made for.
    """

    shape: TableShape
    choice: ColumnChoice
    file: str = ""


def remembered() -> tuple[Remembered, ...]:
    """Every choice that is kept, the latest first; none where what keeps them cannot be read."""
    path = _path()
    return _read(path, version_of(path))


def remember(shape: TableShape, choice: ColumnChoice, file: str) -> None:
    """Keep ``choice`` for all tables of this shape; where the disk is full or read-only it is not kept."""
    others = [kept for kept in remembered() if kept.shape.key != shape.key]
    _write([Remembered(shape, choice, file), *others][:LIMIT])


def forget(keys: frozenset[str]) -> int:
    """Drop the choices for shapes with these keys; how many there were."""
    kept = remembered()
    left = [one for one in kept if one.shape.key not in keys]
    if len(left) < len(kept):
        _write(left)
    return len(kept) - len(left)


def _path() -> Path:
    return config_folder() / "columns.json"


@lru_cache(maxsize=4)
def _read(path: Path, version: tuple[int, int]) -> tuple[Remembered, ...]:
    if not 0 < version[1] <= _LIMIT_BYTES:
        return ()
    try:
        with path.open(encoding="utf-8") as file:
            whole = json.load(file)
        if whole["schema"] != SCHEMA:
            raise ValueError(f"its schema is {whole['schema']!r}")
        return tuple(_parsed(entry) for entry in whole["layouts"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        _log.info("The columns chosen before cannot be read from %s and are forgotten: %s", path, error)
        return ()


def _parsed(entry: dict[str, object]) -> Remembered:
    names, chosen = entry["names"], entry["choice"]
    kind, folder, file = (entry[key] for key in ("kind", "folder", "file"))
    if not (isinstance(kind, str) and isinstance(folder, str) and isinstance(file, str) and isinstance(chosen, dict)):
        raise TypeError("an entry is not of its form")
    if not isinstance(names, list) or not all(isinstance(text, str) for text in [*names, *chosen.values()]):
        raise TypeError("an entry holds something that is no text")
    known = {one.name for one in fields(ColumnChoice)}
    choice = ColumnChoice(**{key: text for key, text in chosen.items() if key in known})
    return Remembered(TableShape(kind, tuple(names), folder), choice, file)


def _write(kept: list[Remembered]) -> None:
    entries = [asdict(one.shape) | {"choice": asdict(one.choice), "file": one.file} for one in kept]
    text = json.dumps({"schema": SCHEMA, "layouts": entries}, indent=1, ensure_ascii=True) + "\n"
    path = _path()
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        _log.info("The choice of columns is not kept in %s: %s", path, error)
        with suppress(OSError):
            aside.unlink()
