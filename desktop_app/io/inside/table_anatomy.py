"""What a table in text or parquet is made of: its columns with what they hold, and its comments as cards."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.errors import ReadError
from desktop_app.io.inside.anatomy import NOT_COUNTED, Clock, ColumnFacts, HeaderCard, Looked, Section, Tally
from desktop_app.io.source import open_bytes
from desktop_app.io.tables.parquet import open_parquet
from desktop_app.io.tables.text_table import delimiter_of, is_comment, number_of, split_line

_PIECE_BYTES = 256 << 10
_LONGEST_LINE_BYTES = 1 << 20
_ROWS_AT_ONCE = 2000
_COMMENTS_KEPT = 2000
_BATCH_ROWS = 64 << 10
_NAME_AND_UNIT = re.compile(r"([^\[(]{1,200})[\[(]([^\])]{1,80})[\])]\s*")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def look_at_text(path: Path, head: bytes, clock: Clock) -> Looked:
    """The columns of delimited text, its comments, and how many rows there are."""
    if not head.strip():
        return "text", (), (f"{path.name} is empty.",), ()
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or _NOT_TEXT.search(head):
        return "unknown", (), (f"{path.name} is nothing that Peculiar knows.",), ()
    if head.lstrip()[:1] in (b"<", b"{", b"["):
        form = "XML" if head.lstrip().startswith(b"<") else "JSON"
        return form, (Section(0, path.name, "document", "", path.stat().st_size),), (), ()
    table = _Text()
    problems: list[str] = []
    try:
        for line in _lines(path):
            table.take(line)
            if table.rows % _ROWS_AT_ONCE == 0 and clock.over:
                table.stopped = True
                break
    except ReadError as error:
        problems.append(error.message)
    section = table.section(path)
    notes = [f"Only the first {table.rows:,} rows were counted: the file is long."] if table.stopped else []
    if table.uneven:
        rows = "1 row of {} has" if table.uneven == 1 else f"{table.uneven:,} rows of {{}} have"
        problems.append(f"{rows.format(path.name)} not as many fields as the first one.")
    return "text", (section,), problems, notes


def _lines(path: Path) -> Iterator[str]:
    rest = b""
    with open_bytes(path) as file:
        while piece := file.read(_PIECE_BYTES):
            *whole, rest = (rest + piece).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
            if len(rest) > _LONGEST_LINE_BYTES:
                raise ReadError(f"{path.name} has a line of more than 1 MiB, which no table has.")
            yield from (line.decode("utf-8-sig", "replace") for line in whole)
    if rest:
        yield rest.decode("utf-8-sig", "replace")


@dataclass
class _Text:
    """What was seen of a text table so far."""

    comments: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    delimiter: str | None = None
    tallies: list[Tally] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)
    waiting: list[list[str]] = field(default_factory=list)
    rows: int = 0
    uneven: int = 0
    begun: bool = False
    stopped: bool = False

    def take(self, line: str) -> None:
        """One more line."""
        if is_comment(line):
            if line.strip() and not self.begun and len(self.comments) < _COMMENTS_KEPT:
                self.comments.append(line.strip())
            return
        if not self.begun:
            self.delimiter = delimiter_of(line)
            self.begun = True
            fields = split_line(line, self.delimiter)
            if not any(field and number_of(field) is not None for field in fields):
                self.names = fields
                return
        self.rows += 1
        self.waiting.append(split_line(line, self.delimiter))
        if len(self.waiting) >= _ROWS_AT_ONCE:
            self._count()

    def _count(self) -> None:
        rows, self.waiting = self.waiting, []
        if not rows:
            return
        if not self.tallies:
            width = len(self.names) or len(rows[0])
            self.tallies, self.texts = [Tally() for _ in range(width)], [0] * width
        width = len(self.tallies)
        even = [row for row in rows if len(row) == width]
        self.uneven += len(rows) - len(even)
        for place, column in enumerate(zip(*even, strict=True)):
            numbers = [number_of(field) for field in column]
            texts = sum(number is None for number in numbers)
            self.texts[place] += texts
            self.tallies[place].add(np.array([number for number in numbers if number is not None], np.float64))

    def section(self, path: Path) -> Section:
        """The table as a section."""
        self._count()
        names = self.names or [f"column {n + 1}" for n in range(len(self.tallies))]
        columns = []
        for place, name in enumerate(names):
            tally = self.tallies[place] if place < len(self.tallies) else Tally()
            told = _NAME_AND_UNIT.fullmatch(name)
            bare, unit = (told[1].strip(), told[2].strip()) if told else (name, "")
            text = place < len(self.texts) and self.texts[place] > 0
            columns.append(ColumnFacts(bare, unit, "text") if text else tally.facts(bare, unit, "number"))
        cards = tuple(HeaderCard("COMMENT", comment.lstrip("#%! ")) for comment in self.comments)
        told_size = f"{self.rows:,} {'row' if self.rows == 1 else 'rows'} of {len(names)} columns"
        return Section(0, path.name, "table", told_size, path.stat().st_size, cards, tuple(columns))


def look_at_parquet(path: Path, clock: Clock) -> Looked:
    """The columns of a parquet file, read in batches while there is time."""
    try:
        with open_parquet(path) as file:
            return _parquet(path, file, clock)
    except ReadError as error:
        return "Parquet", (), (error.message,), ()


def _parquet(path: Path, file: Any, clock: Clock) -> Looked:
    schema, rows = file.schema_arrow, file.metadata.num_rows
    tallies = {name: Tally() for name in schema.names}
    seen = 0
    for batch in file.iter_batches(_BATCH_ROWS, use_threads=False):
        if clock.over:
            break
        for place, name in enumerate(schema.names):
            _tally_arrow(batch.column(place), tallies[name])
        seen += batch.num_rows
    whole = seen == rows
    columns = []
    for entry in schema:
        unit: bytes = (entry.metadata or {}).get(b"unit", b"")
        facts = tallies[entry.name].facts(entry.name, unit.decode("utf-8", "replace"), str(entry.type))
        columns.append(facts if whole else ColumnFacts(facts.name, facts.unit, facts.form, NOT_COUNTED))
    said: dict[bytes, bytes] = schema.metadata or {}
    cards = tuple(
        HeaderCard(key.decode("utf-8", "replace"), value[:2000].decode("utf-8", "replace"))
        for key, value in islice(said.items(), _COMMENTS_KEPT)
    )
    told = f"{rows:,} rows of {len(schema.names)} columns"
    notes = () if whole else ("Its values were not counted: the file is long.",)
    return "Parquet", (Section(0, path.name, "table", told, path.stat().st_size, cards, tuple(columns)),), (), notes


def _tally_arrow(column: Any, tally: Tally) -> None:
    tally.missing += column.null_count
    if str(column.type).rstrip("0123456789") in ("int", "uint", "float", "double", "halffloat", "bool"):
        tally.add(column.drop_null().to_numpy(zero_copy_only=False).astype(np.float64))
