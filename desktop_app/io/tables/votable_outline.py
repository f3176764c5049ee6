"""What a VOTable is made of, and whether it is safe to read: no entities, nothing fetched, no sizes without rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod
from xml.parsers.expat import ExpatError, ParserCreate

from desktop_app.core.errors import ReadError

AGAIN = "Download or copy the file again."
LIMIT_BYTES = 256 << 20
_ARRAY_LIMIT_BYTES = 1 << 30
_MOST_FIELDS = 2000
_MOST_TABLES = 1000
_DEEPEST = 60
_ROOT = re.compile(rb"<(?:\w{1,20}:)?VOTABLE[\s>]")
_ARRAY_SIZE = re.compile(r"(?:\d{1,9}x){0,4}(?:\d{1,9}\*?|\*)", re.ASCII)
# Bytes of one value in an array of numpy; letters take four there.
_SIZES = {
    "boolean": 1, "bit": 1, "unsignedByte": 1, "short": 2, "int": 4, "long": 8, "char": 4, "unicodeChar": 4,
    "float": 4, "double": 8, "floatComplex": 8, "doubleComplex": 16,
}  # fmt: skip
_STREAMED = {"char": 1, "unicodeChar": 2}


@dataclass(frozen=True)
class Field:
    """A FIELD or PARAM: its attributes by name, with ``name``, ``ucd`` and ``unit`` at hand."""

    attributes: Mapping[str, str]

    @property
    def name(self) -> str:
        """As a person sees it."""
        return self.attributes.get("name") or self.attributes.get("ID", "")

    @property
    def unit(self) -> str:
        """As the file writes it."""
        return self.attributes.get("unit", "").strip()

    @property
    def ucd(self) -> str:
        """In lower case, as UCDs are compared."""
        return self.attributes.get("ucd", "").strip().lower()

    @property
    def datatype(self) -> str:
        """ "double", "char", ..."""
        return self.attributes.get("datatype", "")

    @property
    def is_number(self) -> bool:
        """Whether a row holds exactly one number; a yes or no and a letter are none."""
        return self.array_size == "1" and self.datatype in ("unsignedByte", "short", "int", "long", "float", "double")

    @property
    def array_size(self) -> str:
        """ "1", "16", "3x2", "*", ..."""
        return self.attributes.get("arraysize", "").strip() or "1"

    @property
    def row_bytes(self) -> int:
        """What a row of it takes in memory, with a byte for each value that says whether there is one."""
        if self.array_size.endswith("*"):
            return 16
        return (_SIZES[self.datatype] + 1) * prod(map(int, self.array_size.split("x")))

    @property
    def stream_bytes(self) -> int:
        """The least that a row of it takes in a binary stream."""
        if self.array_size.endswith("*"):
            return 4
        count = prod(map(int, self.array_size.split("x")))
        return (
            (count + 7) // 8 if self.datatype == "bit" else _STREAMED.get(self.datatype, _SIZES[self.datatype]) * count
        )


@dataclass(frozen=True)
class Outline:
    """One TABLE.

    Attributes
    ----------
    place : int
        Its number in the file, from 0.
    name : str
        "" where it has none.
    fields, params : tuple of Field
        Params of the resources that it is in are among them, the nearest first.
    promised : int
        Rows by its ``nrows``; -1 where it does not say.
    rows : int
        Rows that were counted, of a table that is not a binary stream.
    stream : int
        Letters of its binary stream.
    form : str
        TABLEDATA, BINARY or BINARY2; "" where it has no data.
    ended : bool
        Whether all of it was looked at.
    timesys : mapping of str to mapping
        The attributes of every TIMESYS by its ID.
    """

    place: int
    name: str
    fields: tuple[Field, ...] = ()
    params: tuple[Field, ...] = ()
    promised: int = -1
    rows: int = 0
    stream: int = 0
    form: str = ""
    ended: bool = False
    timesys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def known_rows(self) -> int:
        """How many rows there are, -1 where only reading it would tell."""
        return self.rows if self.ended and self.form == "TABLEDATA" else self.promised


def is_votable(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is a VOTable."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and _ROOT.search(head) is not None


def outline_of(content: bytes, file: str, *, whole: bool = True) -> tuple[Outline, ...]:
    """The tables in ``content``, which is the file called ``file``, or its begin.

    Raises
    ------
    ReadError
        It is no sound XML, or it would have something fetched, or it promises what it does not have.
    """
    parser = ParserCreate()
    outlines = _Outlines(file)
    parser.StartElementHandler = outlines.begin
    parser.EndElementHandler = outlines.end
    parser.CharacterDataHandler = outlines.letters
    parser.StartDoctypeDeclHandler = outlines.refuse_doctype
    parser.EntityDeclHandler = outlines.refuse_entity
    try:
        parser.Parse(content, whole)
    except (ExpatError, LookupError, ValueError) as error:
        raise ReadError(f"{file} is no sound XML: {str(error)[:100]}.", hint=AGAIN) from error
    found = tuple(replace(table, timesys=outlines.timesys) for table in outlines.tables)
    if whole:
        for table in found:
            _check_rows(table, file)
    return found


def _check_rows(table: Outline, file: str) -> None:
    """Refuse a table that promises more rows than are there, or rows larger than memory."""
    what = f"Table {table.name or table.place + 1} of {file}"
    if not table.form:
        return
    least = max(sum(column.stream_bytes for column in table.fields), 1)
    there = table.rows if table.form == "TABLEDATA" else table.stream * 3 // 4 // least
    if table.promised > there:
        raise ReadError(
            f"{what} is cut short: it promises {table.promised:,} rows, and {there:,} are there.", hint=AGAIN
        )
    row_bytes = sum(column.row_bytes for column in table.fields)
    if there * row_bytes > _ARRAY_LIMIT_BYTES:
        raise ReadError(f"{what} has rows of {row_bytes:,} bytes, which no light curve has.", hint=AGAIN)


class _Outlines:
    """Listens to the parser and keeps what tables are made of; refuses what must not be read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.tables: list[Outline] = []
        self.timesys: dict[str, Mapping[str, str]] = {}
        self._open: list[str] = []
        self._params: list[list[Field]] = [[]]
        self._fields: list[Field] = []
        self._table: Outline | None = None
        self._rows = 0
        self._stream = 0

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == "TD":
            return
        tag = tag.rpartition(":")[2]
        if tag in ("TR", "TD"):
            self._rows += tag == "TR"
            return
        self._open.append(tag)
        if len(self._open) > _DEEPEST:
            raise self._refused(f"nests more than {_DEEPEST} elements")
        match tag:
            case "TABLE":
                self._begin_table(attributes)
            case "FIELD":
                self._add_field(attributes)
            case "PARAM" | "INFO":
                if len(self._params[-1]) < _MOST_FIELDS:
                    self._params[-1].append(Field(attributes))
            case "RESOURCE":
                self._params.append([])
            case "TIMESYS":
                self.timesys[attributes.get("ID", "")] = attributes
            case "STREAM" if "href" in attributes:
                raise self._refused("has its data elsewhere, which would have to be fetched")
            case "FITS" | "PARQUET":
                raise self._refused(f"has its data in an attached {tag}")
            case "TABLEDATA" | "BINARY" | "BINARY2":
                self._begin_data(tag)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "TD":
            return
        tag = tag.rpartition(":")[2]
        if tag in ("TR", "TD"):
            return
        self._open.pop()
        if tag == "TABLE" and self._table is not None:
            self._end_table()
        elif tag == "RESOURCE" and len(self._params) > 1:
            self._params.pop()

    def letters(self, text: str) -> None:
        """Text between elements."""
        if self._open and self._open[-1] == "STREAM":
            self._stream += len(text)

    def refuse_doctype(self, *_declared: object) -> None:
        """A document that declares its own type can declare entities that unfold to anything."""
        raise self._refused("declares a document type")

    def refuse_entity(self, *_declared: object) -> None:
        """Entities unfold to anything, or to other files."""
        raise self._refused("declares an entity")

    def _begin_table(self, attributes: dict[str, str]) -> None:
        if len(self.tables) >= _MOST_TABLES:
            raise self._refused(f"has more than {_MOST_TABLES:,} tables")
        said = attributes.get("nrows", "").strip()
        if said and not (said.isdecimal() and len(said) < 12):
            raise self._refused(f"has a table with nrows = {said[:20]!r}")
        name = attributes.get("name") or attributes.get("ID", "")
        self._table = Outline(len(self.tables), name, promised=int(said) if said else -1)
        self._fields, self._rows, self._stream = [], 0, 0
        self._params.append([])
        # A table without data is one too; what follows belongs to it until it ends.
        self.tables.append(self._table)

    def _add_field(self, attributes: dict[str, str]) -> None:
        column = Field(attributes)
        size = column.array_size
        if column.datatype not in _SIZES:
            raise self._refused(f"has a column {column.name[:40]!r} of datatype {column.datatype[:20]!r}")
        sizes = [int(axis) for axis in re.findall(r"\d+", size)]
        if _ARRAY_SIZE.fullmatch(size) is None or 0 in sizes or column.row_bytes > _ARRAY_LIMIT_BYTES:
            raise self._refused(f"has a column {column.name[:40]!r} with arraysize {size[:20]!r}")
        if len(self._fields) >= _MOST_FIELDS:
            raise self._refused(f"has more than {_MOST_FIELDS:,} columns")
        self._fields.append(column)
        self._note(form="")

    def _begin_data(self, form: str) -> None:
        if not self._fields:
            raise self._refused("has a table with data and no columns")
        self._note(form=form)

    def _end_table(self) -> None:
        self._note(form=self._table.form if self._table else "")
        self.tables[-1] = replace(self.tables[-1], ended=True)
        self._params.pop()
        self._table = None

    def _note(self, *, form: str) -> None:
        """Keep what is known of the table so far, so that a file's begin tells of its tables too."""
        if self._table is None:
            return
        params = tuple(param for level in reversed(self._params) for param in level)
        self._table = replace(
            self._table, fields=tuple(self._fields), params=params, rows=self._rows, stream=self._stream, form=form
        )
        self.tables[-1] = self._table

    def _refused(self, how: str) -> ReadError:
        return ReadError(f"{self.file} {how}, which Peculiar does not read.", hint="Save it anew as a plain VOTable.")
