"""How a text table is cut into columns, and which of them is what: by names and units, never by place."""

import re
from dataclasses import dataclass
from itertools import pairwise

from desktop_app.core.errors import ReadError
from desktop_app.core.timescales import TimeReference
from desktop_app.io.time_zero import days_in, reference_in

COMMENTS = ("#", "%", "!")
NAME_THEM = "Put a line of names on top, such as time,flux,flux_err."
MISSING = frozenset({"", "nan", "null", "none", "n/a", "na", "--", "-", "masked", "inf", "-inf", "+inf"})
_DELIMITERS = ("\t", ";", ",", "|")
_UNIT = re.compile(r"(.*?)\s*[\[(]\s*([^\])]*)\s*[\])]\s*")
_ECSV_COLUMN = re.compile(r"#\s*-\s*\{name:\s*([^,}]+)(?:,\s*unit:\s*([^,}]+))?")
_TIME_NAMES = ("time", "t", "times", "date", "time_d", "time_days", "obstime", "obs_time", "timestamp")
_FLUX_NAMES = (
    "pdcsap_flux",
    "kspsap_flux",
    "det_flux",
    "corr_flux",
    "cor_flux",
    "fcor",
    "flux_corr",
    "detrended_flux",
    "flux",
    "rel_flux",
    "relative_flux",
    "norm_flux",
    "normalized_flux",
    "sap_flux",
    "raw_flux",
    "counts",
    "count_rate",
    "rate",
)
_ERROR_NAMES = (
    "flux_err",
    "flux_error",
    "fluxerr",
    "e_flux",
    "flux_unc",
    "flux_uncertainty",
    "sigma_flux",
    "err",
    "error",
)
_LONE_ERROR_NAMES = ("err", "error", "e", "sigma", "uncertainty", "unc", "dy", "dflux", "std")
_QUALITY_NAMES = ("quality", "sap_quality", "qual", "quality_flag", "quality_flags", "flags", "tess_flags")
_CADENCE_NAMES = ("cadenceno", "cadence", "cadence_no", "cadence_num", "cadence_number", "cadn")
_MAGNITUDE = re.compile(r"(?<![a-z])(mag|mags|magnitude|vmag|gmag|rmag|imag|tmag|kepmag|magpsf|mag_[a-z]+)(?![a-z])")
_NOT_FLUX = ("err", "unc", "bkg", "back", "sky", "sigma", "flag", "qual")


@dataclass(frozen=True)
class TextColumn:
    """One column: its name and unit as the file writes them, and its place."""

    name: str
    unit: str
    place: int

    @property
    def key(self) -> str:
        """The name in lower case, with words joined by underscores."""
        return re.sub(r"[\s.\-]+", "_", self.name.strip().lower())


@dataclass(frozen=True)
class TextLayout:
    """Where the rows of a text table begin, and what its columns are.

    Attributes
    ----------
    delimiter : str or None
        None for blanks.
    skipped : int
        Lines before the first row of numbers.
    columns : tuple of TextColumn
        Every column.
    numbers : tuple of TextColumn
        Those to read.
    time : TextColumn
    reference : TimeReference
    days : float
        How many days the unit of time is.
    fluxes : tuple of TextColumn
        The preferred one first.
    errors : dict of str to TextColumn
        By the name of their flux.
    quality, cadence : TextColumn or None
    notes : tuple of str
    by_order : bool
        Whether the columns have no names and were told apart by the first one's order.
    """

    delimiter: str | None
    skipped: int
    columns: tuple[TextColumn, ...]
    numbers: tuple[TextColumn, ...]
    time: TextColumn
    reference: TimeReference
    days: float
    fluxes: tuple[TextColumn, ...]
    errors: dict[str, TextColumn]
    quality: TextColumn | None = None
    cadence: TextColumn | None = None
    notes: tuple[str, ...] = ()
    by_order: bool = False


def split_line(line: str, delimiter: str | None) -> list[str]:
    """The fields of a line, without quotes and outer blanks."""
    return [field.strip().strip("\"'") for field in line.strip("\r\n").split(delimiter)]


def is_number(field: str) -> bool:
    """Whether the field is a number, or says that there is none."""
    if field.lower() in MISSING:
        return True
    try:
        float(field)
    except ValueError:
        return False
    return "_" not in field


def layout_of(lines: list[str], file: str) -> TextLayout:
    """How the table that begins with ``lines`` is read.

    Parameters
    ----------
    lines : list of str
        The first lines of the file, whole ones only.
    file : str
        Its name, for messages.

    Raises
    ------
    ReadError
        There is no table of numbers, or its columns cannot be told apart.
    """
    comments, names_line, first, rows = _parts(lines, file)
    delimiter = _delimiter(rows[0])
    fields = split_line(rows[0], delimiter)
    if names_line is None:
        names_line = _commented_names(comments, len(fields), delimiter)
    if names_line is None:
        return _without_names(rows, delimiter, first, file)
    columns = _named(names_line, delimiter, comments)
    if len(columns) != len(fields):
        raise ReadError(
            f"{file} names {len(columns)} columns ({_listed(columns)}), but its rows have {len(fields)}.",
            hint="Give every column one name.",
        )
    numeric = [all(is_number(_field(row, delimiter, n)) for row in rows[:200]) for n in range(len(fields))]
    numbers = tuple(column for column, is_numeric in zip(columns, numeric, strict=True) if is_numeric)
    return _with_names(columns, numbers, delimiter, first, file)


def _parts(lines: list[str], file: str) -> tuple[list[str], str | None, int, list[str]]:
    """Comments, the line of names if there is one, where the rows begin, and the rows."""
    comments: list[str] = []
    names_line: str | None = None
    for n, line in enumerate(lines):
        text = line.strip()
        if not text:
            continue
        if text.startswith(COMMENTS):
            comments.append(text)
        elif any(is_number(field) and field for field in split_line(text, _delimiter(text))):
            rows = [row for row in lines[n:] if row.strip() and not row.lstrip().startswith(COMMENTS)]
            return comments, names_line, n, rows
        elif names_line is None:
            names_line = text
        else:
            break
    raise ReadError(
        f"{file} holds no table of numbers{f': it begins with {names_line[:60]!r}' if names_line else ''}.",
        hint="A light curve in text has columns such as time, flux, flux_err.",
    )


def _delimiter(line: str) -> str | None:
    return next((sign for sign in _DELIMITERS if sign in line.strip(" \r\n")), None)


def _field(row: str, delimiter: str | None, place: int) -> str:
    fields = split_line(row, delimiter)
    return fields[place] if place < len(fields) else ""


def _commented_names(comments: list[str], count: int, delimiter: str | None) -> str | None:
    """The last comment that has as many words as there are columns and no number among them."""
    for comment in reversed(comments):
        text = comment.lstrip("#%! \t")
        for sign in (delimiter, None, ","):
            fields = _name_fields(text, sign)
            if len(fields) == count > 1 and not any(is_number(field) for field in fields):
                return text if sign == delimiter else (delimiter or " ").join(fields)
    return None


def _name_fields(line: str, delimiter: str | None) -> list[str]:
    if delimiter is None:
        # "time [d]  flux [e-/s]" are two names.
        line = re.sub(r"\s+([\[(])", r"\1", line)
    return split_line(line, delimiter)


def _named(line: str, delimiter: str | None, comments: list[str]) -> tuple[TextColumn, ...]:
    ecsv = {
        name.strip("\"' "): (unit or "").strip("\"' ") for text in comments for name, unit in _ECSV_COLUMN.findall(text)
    }
    columns = []
    for place, field in enumerate(_name_fields(line, delimiter)):
        match = _UNIT.fullmatch(field)
        name, unit = match.groups() if match else (field, ecsv.get(field, ""))
        columns.append(TextColumn(name.strip(), unit.strip(), place))
    return tuple(columns)


def _with_names(
    columns: tuple[TextColumn, ...], numbers: tuple[TextColumn, ...], delimiter: str | None, skipped: int, file: str
) -> TextLayout:
    time, reference, more_times = _time_column(numbers, columns, file)
    fluxes = _flux_columns(numbers, columns, file)
    notes = [f"Time is taken from {time.name}, not from {', '.join(more_times)}."] if more_times else []
    return TextLayout(
        delimiter=delimiter,
        skipped=skipped,
        columns=columns,
        numbers=numbers,
        time=time,
        reference=reference,
        days=1.0 if reference.known else days_in(time.unit),
        fluxes=fluxes,
        errors=_errors(fluxes, numbers),
        quality=_first(numbers, _QUALITY_NAMES),
        cadence=_first(numbers, _CADENCE_NAMES),
        notes=tuple(notes),
    )


def _time_column(
    numbers: tuple[TextColumn, ...], columns: tuple[TextColumn, ...], file: str
) -> tuple[TextColumn, TimeReference, list[str]]:
    """The column of time, what it counts from, and the other columns that are times as well."""
    spelt = [(column, reference_in(f"{column.name} {column.unit}")) for column in numbers]
    dated = [(column, reference) for column, reference in spelt if reference is not None and not _is_extra(column)]
    # A barycentric time is the better one where a file has several.
    dated.sort(key=lambda pair: not pair[1].barycentric)
    plain = [column for name in _TIME_NAMES for column in numbers if column.key == name]
    if dated:
        time, reference = dated[0]
        return time, reference, [column.name for column, _ in dated[1:]] + [c.name for c in plain if c is not time]
    if not plain:
        raise ReadError(
            f"{file} has no column of time that can be told by its name: its columns are {_listed(columns)}.",
            hint="Name it time, or by what it counts from: BTJD, BKJD, BJD, MJD.",
        )
    return plain[0], TimeReference(), [column.name for column in plain[1:]]


def _is_extra(column: TextColumn) -> bool:
    return any(word in column.key for word in ("err", "corr", "unc", "exp"))


def _flux_columns(
    numbers: tuple[TextColumn, ...], columns: tuple[TextColumn, ...], file: str
) -> tuple[TextColumn, ...]:
    known = [column for name in _FLUX_NAMES for column in numbers if column.key == name]
    further = [
        column
        for column in numbers
        if "flux" in column.key and column not in known and not any(word in column.key for word in _NOT_FLUX)
    ]
    if known or len(further) == 1:
        return (*known, *further)
    if further:
        raise ReadError(
            f"{file} has several columns of flux and none is the usual one: {_listed(tuple(further))}.",
            hint="Name the one to look at flux.",
        )
    if any(_MAGNITUDE.search(f"{column.key} {column.unit.lower()}") for column in columns):
        raise ReadError(
            f"{file} gives its brightness in magnitudes: its columns are {_listed(columns)}.",
            hint="Add a column flux = 10 ** (-0.4 * magnitude).",
        )
    raise ReadError(
        f"{file} has no column of flux that can be told by its name: its columns are {_listed(columns)}.",
        hint="Name it flux.",
    )


def _errors(fluxes: tuple[TextColumn, ...], numbers: tuple[TextColumn, ...]) -> dict[str, TextColumn]:
    errors: dict[str, TextColumn] = {}
    for flux in fluxes:
        own = [f"{flux.key}{ending}" for ending in ("_err", "_error", "err", "_unc", "_uncertainty")]
        found = _first(numbers, (*own, f"e_{flux.key}", f"sigma_{flux.key}", f"d{flux.key}"))
        if found is None and flux is fluxes[0]:
            found = _first(numbers, (*_ERROR_NAMES, *_LONE_ERROR_NAMES))
        if found is not None:
            errors[flux.name] = found
    return errors


def _without_names(rows: list[str], delimiter: str | None, skipped: int, file: str) -> TextLayout:
    """A table of two or three columns that tell themselves apart: only the first one rises all the way."""
    table = [split_line(row, delimiter) for row in rows]
    count = len(table[0])
    whole = [row for row in table if len(row) == count and all(map(is_number, row))]
    columns = tuple(TextColumn(f"column {n + 1}", "", n) for n in range(count))
    values = [[float(field) if field.lower() not in MISSING else float("nan") for field in row] for row in whole]
    rising = [all(b[n] > a[n] for a, b in pairwise(values)) for n in range(count)]
    if count not in (2, 3) or len(whole) < min(len(table), 3) or rising != [True, *[False] * (count - 1)]:
        example = ", ".join(table[0][:8])
        raise ReadError(
            f"{file} does not name its {count} columns, and they cannot be told apart: its first row is {example}.",
            hint=NAME_THEM,
        )
    time, flux = TextColumn("time", "", 0), TextColumn("flux", "", 1)
    numbers = (time, flux, TextColumn("flux_err", "", 2))[:count]
    taken = "time, flux and flux_err" if count == 3 else "time and flux"
    return TextLayout(
        delimiter=delimiter,
        skipped=skipped,
        columns=columns,
        numbers=numbers,
        time=time,
        reference=TimeReference(),
        days=1.0,
        fluxes=(flux,),
        errors={"flux": numbers[2]} if count == 3 else {},
        notes=(f"The columns have no names: the first rises all the way, so they are taken for {taken}.",),
        by_order=True,
    )


def _first(columns: tuple[TextColumn, ...], names: tuple[str, ...]) -> TextColumn | None:
    return next((column for name in names for column in columns if column.key == name), None)


def _listed(columns: tuple[TextColumn, ...]) -> str:
    names = [column.name for column in columns]
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
