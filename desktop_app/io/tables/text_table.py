"""How a text table is cut into lines and columns: comments, delimiter, the line of names."""

import csv
import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

from desktop_app.core.errors import ReadError
from desktop_app.core.timescales import TimeReference
from desktop_app.io.curves.dates import is_date
from desktop_app.io.tables.column_names import TextColumn, listed
from desktop_app.io.tables.text_columns import Columns, Roles, roles_of

COMMENTS = ("#", "%", "!")
NAME_THEM = "Put a line of names on top, such as time,flux,flux_err."
_MISSING = frozenset({"", "nan", "null", "none", "n/a", "na", "--", "-", "masked", "untrusted"})
_COLUMN_LIMIT = 1000
_DELIMITERS = ("\t", ";", ",", "|")
_NUMBER = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d{1,5})?|inf(?:inity)?)", re.ASCII | re.IGNORECASE)
_NAME_AND_UNIT = re.compile(r"([^\[(]*)[\[(]([^\])]*)[\])]")
_LIMIT = re.compile(r"[<>]\s*(.+)")
_TIME_KIND = re.compile(r"[#%!\s]*DATE\s{0,4}=\s{0,4}(JD|HJD|BJD|MJD)\b", re.IGNORECASE)
_ECSV_COLUMN = re.compile(r"# - \{name: ([^,}]{1,80}), (?:unit: ([^,}]{1,80}))?")
# How astropy writes down that a column is a time: "time:", its class, its format, and further on its scale.
_ECSV_TIME = re.compile(
    r"^# {1,9}([^\s:]{1,80}):\n# {1,12}__class__: astropy\.time\.core\.Time\n# {1,12}format: (\w{1,20})\n"
    r"(?:# {1,12}\w{1,20}: [^\n]{0,80}\n){0,6}?# {1,12}scale: (\w{1,9})$",
    re.MULTILINE,
)
_SAMPLE_ROWS = 200
_SHOWN_ROWS = 12
_IPAC_LINES = 4
_FILLED = 0.9


@dataclass(frozen=True)
class TextTable:
    """Where the rows of a text table begin, and what stands in them.

    Attributes
    ----------
    delimiter : str or None
        None for blanks.
    skipped : int
        Lines before the first row of numbers.
    columns, numbers : tuple of TextColumn
        All of them, and those that hold numbers or limits; without names they are "column 1" and so on.
    sample : list of list of str
        The fields of the first rows.
    is_named : bool
        Whether the file names its columns.
    comments : tuple of str
        The lines of comment before the rows.
    """

    delimiter: str | None
    skipped: int
    columns: tuple[TextColumn, ...]
    numbers: tuple[TextColumn, ...]
    sample: list[list[str]]
    is_named: bool
    comments: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Columns of a row."""
        return len(self.columns)

    def fields(self, column: TextColumn) -> list[str]:
        """The fields of a column in the sample."""
        return [row[column.place] for row in self.sample if len(row) == self.width]

    def as_columns(self, file: str) -> Columns:
        """What the table tells of its columns; those of dates can be a time as numbers can."""
        dates = tuple(
            column for column in self.columns if column not in self.numbers and _are_dates(self.fields(column))
        )
        filled = {column: sum(map(_has_number, self.fields(column))) for column in self.numbers}
        least = _FILLED * len(self.sample)
        sparse = frozenset(column for column in self.numbers if filled[column] < least)
        return Columns(file, self.columns, self.numbers, dates=dates, sparse=sparse, first_rows=self.shown)

    def shown(self) -> tuple[tuple[str, ...], ...]:
        """The first whole rows, for a person."""
        return tuple(tuple(row) for row in self.sample if len(row) == self.width)[:_SHOWN_ROWS]


@dataclass(frozen=True)
class TextLayout:
    """A text table of which each column is told.

    Attributes
    ----------
    table : TextTable
    roles : Roles
    words : tuple of TextColumn
        The columns that are of use as words: dates, bands, objects, flags.
    by_order : bool
        Whether the columns have no names, and are told apart by the order of the first alone.
    """

    table: TextTable
    roles: Roles
    words: tuple[TextColumn, ...] = ()
    by_order: bool = False


def layout_of(table: TextTable, file: str) -> TextLayout:
    """What each column of ``table``, which is in the file called ``file``, is.

    Raises
    ------
    ReadError
        Its columns cannot be told apart.
    """
    if not table.is_named:
        return _told_by_order(table, file)
    roles = roles_of(table.as_columns(file))
    words = tuple(column for column in table.columns if column in roles.words)
    return TextLayout(table, roles, words)


def table_in(lines: list[str], file: str) -> TextTable:
    """The table that begins with ``lines``, whatever its columns are.

    Parameters
    ----------
    lines : list of str
        The first lines of the file, whole ones only.
    file : str
        Its name, for messages.

    Raises
    ------
    ReadError
        There is no table of numbers, or its names and columns are not of one number.
    """
    comments, names, skipped, rows = _parts(lines, file)
    delimiter = delimiter_of(names or rows[0])
    table = [split_line(row, delimiter) for row in rows[:_SAMPLE_ROWS]]
    width = len(table[0])
    if width > _COLUMN_LIMIT:
        raise ReadError(f"{file} has {width:,} columns, which no light curve has.", hint="Write some of them alone.")
    found = _named(names, delimiter, comments, width)
    named = found or tuple(TextColumn(f"column {place + 1}", "", place) for place in range(width))
    if len(named) != width:
        raise ReadError(
            f"{file} names {len(named)} columns ({listed(named)}), but its first row has {width}.",
            hint="Give every column one name.",
        )
    twice = [name for name, count in Counter(column.name for column in named).items() if count > 1]
    if twice:
        raise ReadError(f"{file} has two columns called {twice[0]}.", hint="Give every column a name of its own.")
    whole = [fields for fields in table if len(fields) == width]
    numbers = tuple(column for column in named if all(_is_numeric(fields[column.place]) for fields in whole))
    return TextTable(delimiter, skipped, named, numbers, table, is_named=found is not None, comments=tuple(comments))


def split_line(line: str, delimiter: str | None) -> list[str]:
    """The fields of a line, without quotes and outer blanks; a delimiter within quotes is none."""
    if '"' in line and delimiter is not None:
        try:
            fields = next(csv.reader([line.strip("\r\n")], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:
            fields = line.strip("\r\n").split(delimiter)
        return [field.strip().strip("\"'") for field in fields]
    return [field.strip().strip("\"'") for field in line.strip("\r\n").split(delimiter)]


def number_of(field: str) -> float | None:
    """The number that the field is, NaN where it says that there is none, None where it is something else."""
    if field.lower() in _MISSING:
        return float("nan")
    if _NUMBER.fullmatch(field) is None:
        return None
    return float(field.upper().replace("D", "E"))


def limit_of(field: str) -> float | None:
    """The number in a limit such as ">16.5" or "<13.0"; None where the field is no limit."""
    match = _LIMIT.fullmatch(field)
    return None if match is None or _NUMBER.fullmatch(match[1]) is None else number_of(match[1])


def _is_numeric(field: str) -> bool:
    return number_of(field) is not None or limit_of(field) is not None


def _has_number(field: str) -> bool:
    return field.lower() not in _MISSING and _is_numeric(field)


def _are_dates(fields: list[str]) -> bool:
    given = [field for field in fields if field.lower() not in _MISSING]
    return bool(given) and all(map(is_date, given))


def delimiter_of(line: str) -> str | None:
    """The sign that stands most often between the fields of a line; None where only blanks do."""
    text = line.strip(" \r\n")
    sign = max(_DELIMITERS, key=text.count)
    return sign if sign in text else None


def is_comment(line: str) -> bool:
    """Whether the line is a comment, or empty."""
    text = line.lstrip()
    return not text or text.startswith(COMMENTS)


def _parts(lines: list[str], file: str) -> tuple[list[str], str, int, list[str]]:
    """Comments before the rows, the line of names or "", how many lines stand before the rows, and the rows."""
    comments: list[str] = []
    names = ""
    bars: list[str] = []
    for n, line in enumerate(lines):
        if is_comment(line) or (not names and line.startswith("\\")):
            comments.append(line.strip())
        elif len(bars) < _IPAC_LINES and (not names or bars) and _is_ipac(line):
            bars.append(line)
            names = _ipac_names(bars)
        elif any(field and number_of(field) is not None for field in split_line(line, delimiter_of(names or line))):
            return comments, names, n, [row for row in lines[n:] if not is_comment(row)]
        elif names:
            break
        else:
            names = line.strip()
    begins = f": it begins with {names[:60]!r}" if names else ""
    raise ReadError(
        f"{file} holds no table of numbers{begins}.",
        hint="A light curve in text has columns such as time,flux,flux_err and numbers with a decimal point.",
    )


def _is_ipac(line: str) -> bool:
    """Whether it is a line of an IPAC table's header: words between bars that begin and end it."""
    words = [field.strip() for field in line.strip().strip("|").split("|")]
    return line.startswith("|") and line.rstrip().endswith("|") and not any(map(_NUMBER.fullmatch, words))


def _ipac_names(bars: list[str]) -> str:
    """Names with their units in brackets, out of the lines of names, types, units and of what stands for no value."""
    lines = [[field.strip() for field in bar.strip().strip("|").split("|")] for bar in bars]
    units = lines[2] if len(lines) > 2 and len(lines[2]) == len(lines[0]) else [""] * len(lines[0])
    named = [f"{name}[{unit}]" if unit else name for name, unit in zip(lines[0], units, strict=True)]
    return " ".join("_".join(name.split()) for name in named)


def _named(names: str, delimiter: str | None, comments: list[str], width: int) -> tuple[TextColumn, ...] | None:
    """The columns by the line of names, else by a comment of as many words; None where nothing names them."""
    fields = _name_fields(names, delimiter) if names else _commented_names(comments, delimiter, width)
    if fields is None:
        return None
    units = {name.strip("\"' "): unit.strip("\"' ") for text in comments for name, unit in _ECSV_COLUMN.findall(text)}
    times = _ECSV_TIME.findall("\n".join(comments)) if comments and "%ECSV" in comments[0] else []
    units |= {name: f"{system} {scale}" for name, system, scale in times}
    kinds = [kind[1].upper() for kind in map(_TIME_KIND.match, comments) if kind]
    units |= {name: kinds[0] for name in fields if kinds and name.upper() == "DATE"}
    columns = []
    for place, field in enumerate(fields):
        match = _NAME_AND_UNIT.fullmatch(field)
        name, unit = (match[1], match[2]) if match else (field, units.get(field, ""))
        columns.append(TextColumn(name.strip() or f"column {place + 1}", unit.strip(), place))
    return tuple(columns)


def _name_fields(line: str, delimiter: str | None) -> list[str]:
    # "time [d]  flux [e-/s]" are two names.
    return split_line(re.sub(r"\s{1,20}([\[(])", r"\1", line) if delimiter is None else line, delimiter)


def _commented_names(comments: list[str], delimiter: str | None, width: int) -> list[str] | None:
    """The words of the last comment that has one for each column and no number among them."""
    for comment in reversed(comments):
        text = comment.lstrip("#%! \t")
        for sign in (delimiter, None, ","):
            fields = _name_fields(text, sign)
            if len(fields) == width > 1 and all(number_of(field) is None for field in fields):
                return fields
    return None


def _told_by_order(table: TextTable, file: str) -> TextLayout:
    """A table of two or three columns without names, of which the first alone rises all the way."""
    width = table.width
    whole = [[number_of(field) for field in fields] for fields in table.sample if len(fields) == width]
    values = [[float("nan") if number is None else number for number in numbers] for numbers in whole]
    rising = [len(values) > 1 and all(a[n] < b[n] for a, b in pairwise(values)) for n in range(width)]
    if width not in (2, 3) or rising != [True, False, False][:width]:
        raise table.as_columns(file).unclear(
            f"{file} does not name its {width} columns, and they cannot be told apart: "
            f"the first row is {', '.join(field[:24] for field in table.sample[0][:8])}.",
            NAME_THEM,
            time=table.columns[rising.index(True)].name if rising.count(True) == 1 else "",
        )
    numbers = tuple(TextColumn(name, "", n) for n, name in enumerate(("time", "flux", "flux_err")[:width]))
    taken = "time, flux and flux_err" if width == 3 else "time and flux"
    roles = Roles(
        time=numbers[0],
        reference=TimeReference(),
        days=1.0,
        fluxes=(numbers[1],),
        errors={"flux": numbers[2]} if width == 3 else {},
        notes=(f"The columns have no names: only the first rises all the way, so they are taken for {taken}.",),
    )
    return TextLayout(replace(table, columns=numbers, numbers=numbers), roles, by_order=True)
