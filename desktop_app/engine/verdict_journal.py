"""The SQLite file behind the verdicts: rows are added and read, whatever happens to the disk or the process."""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from desktop_app.core.errors import ReadError, UserError, WriteError

SCHEMA = 1
_TEXTS = (
    *("uid", "at", "key", "data", "object", "source", "verdict", "kind", "comment", "detector", "application", "who"),
    *("batch", "act"),
)
_NUMBERS = ("ra_deg", "dec_deg", "score", "threshold")
COLUMNS = (*_TEXTS, *_NUMBERS)
_CREATE = (
    "CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, "
    + ", ".join(f"{name} TEXT NOT NULL" for name in _TEXTS[1:])
    + ", "
    + ", ".join(f"{name} REAL" for name in _NUMBERS)
    + ")",
    "CREATE INDEX IF NOT EXISTS by_key ON journal (key, at)",
    "CREATE INDEX IF NOT EXISTS by_object ON journal (object)",
    "CREATE INDEX IF NOT EXISTS by_dec ON journal (dec_deg)",
    # Rows are added; whoever would change or delete one is refused by the file itself.
    "CREATE TRIGGER IF NOT EXISTS never_changed BEFORE UPDATE ON journal "
    "BEGIN SELECT RAISE(ABORT, 'rows of the journal are never changed'); END",
    "CREATE TRIGGER IF NOT EXISTS never_deleted BEFORE DELETE ON journal "
    "BEGIN SELECT RAISE(ABORT, 'rows of the journal are never deleted'); END",
)
_INSERT = f"INSERT OR IGNORE INTO journal ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM journal"
_AT_ONCE = 500
_SPOILT = ("malformed", "not a database", "file is encrypted", "unsupported file format")

_log = logging.getLogger(__name__)

Row = dict[str, object]
RowsOf = Callable[[Sequence[str]], dict[str, list[Row]]]
Write = Callable[[Sequence[Mapping[str, object]]], list[str]]


class Journal:
    """One file of rows.

    Parameters
    ----------
    path : Path
        Made with the first row.
    patience_s : float
        How long another program may hold it before that is an error.
    """

    def __init__(self, path: Path, *, patience_s: float = 5.0) -> None:
        self.path = path
        self._patience_s = patience_s
        self._lock = Lock()
        self._checked = False
        self.notes: list[str] = []

    @contextmanager
    def writing(self) -> Iterator[tuple[RowsOf, Write]]:
        """One transaction: what it reads and what it writes; all of it is on the disk when it ends, or none.

        Raises
        ------
        WriteError
        """
        with self._lock, self._opened_to_write() as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield lambda keys: _rows_of(connection, keys), lambda rows: _written(connection, rows)
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise self._cannot(error, WriteError, "written") from error

    def rows(self) -> list[Row]:
        """Every row, in the order in which they were written."""
        return self._read(lambda connection: _fetched(connection, f"{_SELECT} ORDER BY seq"))

    def rows_of(self, keys: Sequence[str]) -> dict[str, list[Row]]:
        """The rows of those subjects that have any."""
        if not keys or not self.path.exists():
            return {}
        with self._lock, self._opened_to_read() as connection:
            try:
                return _rows_of(connection, keys)
            except sqlite3.Error as error:
                raise self._cannot(error, ReadError, "read") from error

    def rows_called(self, name: str) -> list[Row]:
        """The rows of all objects with that id, whatever they are in."""
        return self._read(lambda connection: _fetched(connection, f"{_SELECT} WHERE object = ? ORDER BY seq", name))

    def rows_between(self, low_deg: float, high_deg: float) -> list[Row]:
        """The rows of objects between two declinations."""
        where = f"{_SELECT} WHERE dec_deg BETWEEN ? AND ? AND ra_deg IS NOT NULL ORDER BY seq"
        return self._read(lambda connection: _fetched(connection, where, low_deg, high_deg))

    # Opening

    def _read(self, how: Callable[[sqlite3.Connection], list[Row]]) -> list[Row]:
        if not self.path.exists():
            return []
        with self._lock, self._opened_to_read() as connection:
            try:
                return how(connection)
            except sqlite3.Error as error:
                raise self._cannot(error, ReadError, "read") from error

    @contextmanager
    def _opened_to_write(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._check()
            connection = self._connected()
        except (sqlite3.Error, OSError) as error:
            raise self._cannot(error, WriteError, "written") from error
        with closing(connection):
            yield connection

    @contextmanager
    def _opened_to_read(self) -> Iterator[sqlite3.Connection]:
        try:
            self._check()
            connection = self._connected()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise self._cannot(error, ReadError, "read") from error
            connection = self._connected_to_what_stands()
        except (sqlite3.Error, OSError) as error:
            raise self._cannot(error, ReadError, "read") from error
        with closing(connection):
            yield connection

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=self._patience_s, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            connection.execute("PRAGMA synchronous = FULL")
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > SCHEMA:
                raise ReadError(
                    f"{self.path} was written by a newer Peculiar.", hint="Update Peculiar, or name another file."
                )
            if version < SCHEMA:
                connection.execute("BEGIN IMMEDIATE")
                for statement in _CREATE:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {SCHEMA}")
                connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection

    def _connected_to_what_stands(self) -> sqlite3.Connection:
        """A file on a disk that can only be read; nothing else changes it."""
        try:
            connection = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        except sqlite3.Error as error:
            raise self._cannot(error, ReadError, "read") from error
        connection.row_factory = sqlite3.Row
        return connection

    # A damaged file

    def _check(self) -> None:
        """Look through the file once; a damaged one is put aside, and what can be read of it is kept."""
        if self._checked or not self.path.exists():
            return
        try:
            with closing(sqlite3.connect(self.path, timeout=self._patience_s)) as connection:
                said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        except sqlite3.OperationalError:
            return  # locked or read-only, which is told where it is opened
        except sqlite3.DatabaseError as error:
            said = str(error)
        self._checked = True
        if said != "ok":
            self._set_aside()

    def _set_aside(self) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        aside = self.path.with_name(f"{self.path.stem}.damaged-{stamp}{self.path.suffix}")
        rescued = self._readable()
        for end in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{self.path}{end}").rename(f"{aside}{end}")
        if rescued:
            with closing(self._connected()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                _written(connection, rescued)
                connection.execute("COMMIT")
        self.notes.append(
            f"The file of verdicts was damaged and is kept as {aside.name}; {len(rescued):,} of its rows could be read."
        )
        _log.info("%s", self.notes[-1])

    def _readable(self) -> list[Row]:
        """The rows that a damaged file still gives."""
        rows: list[Row] = []
        with suppress(sqlite3.Error), closing(sqlite3.connect(self.path, timeout=self._patience_s)) as connection:
            connection.row_factory = sqlite3.Row
            # Row after row: those before the damage are given before it is met.
            for row in connection.execute(f"{_SELECT} ORDER BY seq"):
                rows.append(dict(row))  # noqa: PERF401  what came before an error is kept
        return rows

    def _cannot(self, error: BaseException, kind: type[UserError], done: str) -> UserError:
        said = str(error)
        if any(one in said for one in _SPOILT):
            self._checked = False  # it was sound when it was opened first: looked at anew next time
        for sign, why, hint in (
            ("full", "the disk is full", "Make room, then decide once more; what was decided before is kept."),
            ("locked", "another program holds it", "Close that program, or wait until it is done."),
            ("readonly", "it may only be read", "Make it writable, or move it with PECULIAR_VERDICTS."),
            ("unable to open", "it cannot be opened there", "Move it with PECULIAR_VERDICTS."),
        ):
            if sign in said:
                return kind(f"The verdicts in {self.path} cannot be {done}: {why}.", hint=hint)
        return kind(
            f"The verdicts in {self.path} cannot be {done}: {said}.", hint="Move the file with PECULIAR_VERDICTS."
        )


def _rows_of(connection: sqlite3.Connection, keys: Sequence[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for first in range(0, len(keys), _AT_ONCE):
        some = keys[first : first + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        for row in _fetched(connection, f"{_SELECT} WHERE key IN ({marks}) ORDER BY seq", *some):
            found.setdefault(str(row["key"]), []).append(row)
    return found


def _written(connection: sqlite3.Connection, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Add rows; the uids of those that were not there yet."""
    new = []
    for row in rows:
        values = [None if row[name] != row[name] else row[name] for name in COLUMNS]  # NaN is NULL
        if connection.execute(_INSERT, values).rowcount:
            new.append(str(row["uid"]))
    return new


def _fetched(connection: sqlite3.Connection, query: str, *values: object) -> list[Row]:
    return [dict(row) for row in connection.execute(query, values)]
