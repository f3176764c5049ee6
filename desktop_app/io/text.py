"""Light curves in delimited text: time, flux and perhaps an error, told by the names of the columns."""

import io
import re
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.data import LightCurve, Series, Source
from desktop_app.core.errors import ReadError
from desktop_app.core.timescales import TimeReference, named_reference
from desktop_app.io.fits_header import is_fits
from desktop_app.io.fits_table import whole_numbers
from desktop_app.io.reader import FileSummary, Reader
from desktop_app.io.rows import Rows, light_curve
from desktop_app.io.source import read_head, read_whole
from desktop_app.io.text_columns import COMMENTS, MISSING, NAME_THEM, TextColumn, TextLayout, layout_of, split_line

_FULL_JD = 2_000_000.0
_SAVE_AS = "Save it as plain text in UTF-8, with columns such as time,flux,flux_err."
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def accepts(_path: Path, head: bytes) -> bool:
    """Whether the file is text at all."""
    return bool(head.strip()) and not is_fits(head) and (head[:2] in _UTF_16 or not _NOT_TEXT.search(head))


def read(path: Path) -> LightCurve:
    """The light curve; the columns are told apart by their names and units.

    Raises
    ------
    ReadError
        It is no table, or its columns cannot be told apart.
    """
    text = _decoded(read_whole(path), path.name)
    layout = layout_of(_first_lines(text), path.name)
    values = _values(text, layout, path.name)
    places = [column.place for column in layout.numbers]
    by_place = {place: np.ascontiguousarray(values[:, n]) for n, place in enumerate(places)}
    time, reference, notes = _times(by_place[layout.time.place], layout)
    columns = {
        column.name: Series(by_place[column.place], column.unit)
        for column in layout.numbers
        if column not in (layout.time, layout.quality, layout.cadence)
    }
    for flux, error in layout.errors.items():
        columns[f"{flux}_ERR"] = columns[error.name]
    if layout.by_order and not np.all(np.diff(time) > 0):
        raise ReadError(
            f"{path.name} does not name its columns, and its first column does not rise all the way.", hint=NAME_THEM
        )
    rows = Rows(
        time,
        reference,
        columns,
        tuple(column.name for column in layout.fluxes),
        _whole(by_place, layout.quality),
        _whole(by_place, layout.cadence),
    )
    source = Source(path=path, object_name=path.name.split(".")[0], notes=(*layout.notes, *notes))
    return light_curve(source, rows)


def summarise(path: Path) -> FileSummary:
    """That the file is a light curve; a text file says no more of itself.

    Raises
    ------
    ReadError
    """
    head = read_head(path)
    layout_of(_first_lines(_decoded(head[: _last_line_end(head)], path.name)), path.name)
    return FileSummary(path=path, kind="light curve")


def _last_line_end(head: bytes) -> int:
    end = head.rfind(b"\n") + 1
    return end or len(head)


def _decoded(data: bytes, file: str) -> str:
    if data[:2] in _UTF_16:
        raise ReadError(f"{file} is text in UTF-16.", hint=_SAVE_AS)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise ReadError(f"{file} is not text: it holds bytes of zero.", hint=_SAVE_AS)
    return text


def _first_lines(text: str) -> list[str]:
    """The first 8 KiB, or the first line where that is longer; whole lines only."""
    start = text[: max(8 << 10, text.find("\n") + 1)]
    lines = start.splitlines()
    return lines if len(start) == len(text) or start.endswith("\n") else lines[:-1]


def _values(text: str, layout: TextLayout, file: str) -> Floats:
    """The columns of numbers; shape (n, number of columns)."""
    places = [column.place for column in layout.numbers]
    try:
        return np.loadtxt(
            io.StringIO(text),
            delimiter=layout.delimiter,
            comments=COMMENTS,
            skiprows=layout.skipped,
            usecols=places,
            ndmin=2,
        )
    except ValueError:
        return _values_by_hand(text, layout, file)


def _values_by_hand(text: str, layout: TextLayout, file: str) -> Floats:
    """The same, line by line: for fields that are empty or say that there is no number."""
    rows: list[list[float]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if number <= layout.skipped or not line.strip() or line.lstrip().startswith(COMMENTS):
            continue
        fields = split_line(line, layout.delimiter)
        if len(fields) != len(layout.columns):
            raise ReadError(
                f"Line {number:,} of {file} has {len(fields)} columns instead of {len(layout.columns)}.",
                hint="The file may be cut short or damaged there.",
            )
        rows.append([_number(fields[column.place], column, number, file) for column in layout.numbers])
    return np.array(rows, dtype=np.float64).reshape(-1, len(layout.numbers))


def _number(field: str, column: TextColumn, line: int, file: str) -> float:
    if field.lower() in MISSING:
        return float("nan")
    try:
        return float(field)
    except ValueError:
        raise ReadError(
            f"Line {line:,} of {file} has {field[:40]!r} in column {column.name}, which is not a number.",
            hint="Mend or delete that line.",
        ) from None


def _times(time: Floats, layout: TextLayout) -> tuple[Floats, TimeReference, list[str]]:
    """Days since a zero that keeps their digits, the reference, and notes."""
    reference = layout.reference
    days = time if layout.days == 1.0 else time * layout.days
    known = days[np.isfinite(days)]
    if not reference.known or reference.zero_jd != 0.0 or known.size == 0:
        return days, reference, []
    first = float(known[0])
    if first < _FULL_JD:
        unknown = TimeReference(scale=reference.scale, barycentric=reference.barycentric)
        note = f"{layout.time.name} is too small for Julian dates: what it counts from is not known."
        return days, unknown, [note]
    zero = 1000.0 * (first // 1000.0)
    if reference.name != "HJD":
        return days - zero, named_reference(zero, reference.scale, barycentric=reference.barycentric), []
    return days - zero, TimeReference(f"HJD − {zero:.10g}", zero, reference.scale), []


def _whole(by_place: dict[int, Floats], column: TextColumn | None) -> Ints:
    return np.zeros(0, np.int64) if column is None else whole_numbers(by_place[column.place])


READER = Reader("text", "Light curves in text", (".csv", ".txt", ".dat", ".tsv", ".ecsv"), accepts, read, summarise)
