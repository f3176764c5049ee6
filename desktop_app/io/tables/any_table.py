"""Any table of FITS, VOTable, text or parquet, its columns by name, before anyone says what they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from desktop_app.core.errors import ColumnsUnclear, ParamError, ReadError, TablePreview
from desktop_app.core.timescales import TimeReference, named_reference
from desktop_app.io.curves.fits_curve import Layout, source_of, time_reference, zero_offset
from desktop_app.io.curves.time_zero import reference_in
from desktop_app.io.fits.fits_file import guarded, is_fits
from desktop_app.io.fits.fits_hdus import read_hdus
from desktop_app.io.fits.fits_table import Table, TableHead, columns_of, read_table, table_head
from desktop_app.io.source import read_head
from desktop_app.io.tables.column_choice import TableShape, shape_of_names
from desktop_app.io.tables.column_names import TextColumn, listed
from desktop_app.io.tables.named_columns import NamedTable
from desktop_app.io.tables.text_columns import Columns, roles_of
from desktop_app.io.tables.votable_file import outlines_in, outlines_in_head
from desktop_app.io.tables.votable_outline import Outline, is_votable

SHOWN_ROWS = 12
_SHOWN_LETTERS = 40
_PARQUET = b"PAR1"
_TABLES_ONLY = "Columns can be chosen in tables only."


@dataclass(frozen=True, eq=False)
class AnyTable:
    """A table, wholly read.

    Attributes
    ----------
    path : Path
    shape : TableShape
    columns : Columns
        What the file tells of them.
    named : NamedTable
        Their values, and where they come from.
    said : callable
        ``said(column)``: what times in this column count from and their unit, as far as the file says.
    name, tables : str, tuple of str
        Which table of the file this is and which there are; "" and () where there is only one.
    """

    path: Path
    shape: TableShape
    columns: Columns
    named: NamedTable
    said: Callable[[TextColumn], tuple[TimeReference | None, str]]
    name: str = ""
    tables: tuple[str, ...] = ()

    def column(self, name: str, what: str) -> TextColumn:
        """The column called ``name``, for the time, flux or whatever ``what`` is.

        Capitals do not matter where no other column differs by them.

        Raises
        ------
        ParamError
            There is none, or it does not hold numbers; the message lists the columns.
        """
        of_dates = self.columns.dates if what == "time" else ()
        fit = tuple(column for column in self.columns.every if column in self.named.numbers or column in of_dates)
        hint = f"Its columns of numbers are: {listed(fit)}." if fit else "It has no column of numbers."
        exact = [column for column in self.columns.every if column.name == name]
        alike = [column for column in self.columns.every if column.name.lower() == name.lower()]
        found = exact or (alike if len(alike) == 1 else [])
        if not found:
            raise ParamError(f"{self.path.name} has no column {name!r} for the {what}.", hint=hint)
        if found[0] not in fit:
            raise ParamError(f"Column {found[0].name} of {self.path.name} does not hold numbers.", hint=hint)
        return found[0]

    @property
    def preview(self) -> TablePreview:
        """What a person needs to see of it, with what its names tell already."""
        unclear = self.columns.unclear("", "")
        try:
            roles = roles_of(self.columns)
        except ColumnsUnclear as error:
            return _by_place(error.preview)
        except ReadError:
            return unclear.preview
        names, units, rows = unclear.preview.names, unclear.preview.units, unclear.preview.rows
        scatter = roles.errors.get(roles.fluxes[0].name)
        return TablePreview(names, units, rows, roles.time.name, roles.fluxes[0].name, scatter.name if scatter else "")


def _by_place(preview: TablePreview) -> TablePreview:
    """Two or three columns without names are most often time, flux and error."""
    if preview.names not in (("column 1", "column 2"), ("column 1", "column 2", "column 3")):
        return preview
    return replace(preview, time="column 1", flux="column 2", flux_err="column 3" if len(preview.names) > 2 else "")


def shape_of(path: Path) -> TableShape | None:
    """The shape of the table in ``path``, by its first bytes; None where there is none to be seen."""
    if path.is_dir():
        return None
    try:
        head = read_head(path)
        if is_fits(head):
            table = table_head(path, head)
            return (
                None
                if table is None
                else shape_of_names("FITS", (column.name for column in table.columns.values()), path)
            )
        if head.startswith(_PARQUET):
            from desktop_app.io.tables.parquet import columns_in, open_parquet

            with open_parquet(path) as file:
                return shape_of_names("parquet", (column.name for column in columns_in(file, path.name)[0]), path)
        if is_votable(head):
            outlines = [one for one in outlines_in_head(path, head) if one.fields] or _outlines(path)
            return shape_of_names("VOTable", (column.name for column in outlines[0].fields), path)
        from desktop_app.io.tables.text import layout_in_head
        from desktop_app.io.tables.text_lines import is_text

        if not is_text(head):
            return None
        columns = layout_in_head(path, head, lambda table, _file: table.columns)
        return shape_of_names("text", (column.name for column in columns), path)
    except ReadError:
        return None


def open_table(path: Path, name: str = "", *, has: tuple[str, ...] = ()) -> AnyTable:
    """The table in ``path``, wholly read.

    Parameters
    ----------
    path : Path
    name : str
        Which table of a file that holds several.
    has : tuple of str
        Names of columns; where no table has that name, the first that has all these is taken, else the first.

    Raises
    ------
    ReadError
        There is no table, or it is broken.
    """
    head = read_head(path)
    if is_fits(head):
        return _fits_table(path, name, has)
    if head.startswith(_PARQUET):
        from desktop_app.io.tables.parquet import read_named

        return _any("parquet", path, *read_named(path))
    if is_votable(head):
        return _votable_table(path, name, has)
    from desktop_app.io.tables import text
    from desktop_app.io.tables.text_lines import is_text

    if not is_text(head):
        raise ReadError(f"{path.name} holds no table.", hint=_TABLES_ONLY)
    return _any("text", path, *text.read_named(path))


def _any(kind: str, path: Path, columns: Columns, named: NamedTable) -> AnyTable:
    values = next(iter([*named.numbers.values(), *named.words.values()]), np.zeros(0))
    if not len(values):
        raise ReadError(f"{path.name} has no rows of numbers.", hint="Open another file.")
    shape = shape_of_names(kind, (column.name for column in columns.every), path)
    return AnyTable(path, shape, columns, named, lambda column: (columns.said.get(column), ""))


def _named(table: AnyTable, names: tuple[str, ...], at: int) -> AnyTable:
    """``table`` with its name among those of the file, where there are several."""
    return replace(table, name=names[at], tables=names) if len(names) > 1 else table


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """``names`` with their numbers where they would not tell tables apart."""
    return tuple(name if names.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(names, start=1))


def _place(names: tuple[str, ...], columns: Sequence[Sequence[str]], name: str, has: tuple[str, ...]) -> int:
    """The place of the table called ``name``, else of the first that has the columns ``has``, else 0."""
    if name in names:
        return names.index(name)
    wanted = {column.lower() for column in has if column}
    fitting = (place for place, found in enumerate(columns) if wanted <= {column.lower() for column in found})
    return next(fitting, 0)


# VOTable


def _votable_table(path: Path, name: str, has: tuple[str, ...]) -> AnyTable:
    from desktop_app.io.tables import votable

    outlines = _outlines(path)
    names = _distinct([outline.name or f"table {outline.place + 1}" for outline in outlines])
    at = _place(names, [[column.name for column in outline.fields] for outline in outlines], name, has)
    return _named(_any("VOTable", path, *votable.read_named(path, outlines[at])), names, at)


def _outlines(path: Path) -> list[Outline]:
    found = [outline for outline in outlines_in(path) if outline.fields]
    if not found:
        raise ReadError(f"{path.name} is a VOTable without a table of columns.", hint="Open another file.")
    return found


# FITS


def _fits_table(path: Path, name: str, has: tuple[str, ...]) -> AnyTable:
    headers = read_hdus(path).headers
    tables = [TableHead(headers[0], header, columns_of(header)) for header in headers if header.is_table]
    if not tables:
        raise ReadError(f"{path.name} holds no table.", hint=_TABLES_ONLY)
    names = _distinct([head.header.hdu for head in tables])
    at = _place(names, [list(head.columns) for head in tables], name, has)
    return _named(_read_fits(path, tables[at]), names, at)


def _read_fits(path: Path, head: TableHead) -> AnyTable:
    table = read_table(path, head)
    if not table.head.rows:
        raise ReadError(f"Table {table.head.header.hdu} of {path.name} has no rows.", hint="Open another file.")
    columns = table.head.columns.values()
    texts = {column: TextColumn(column.name, column.unit, column.place) for column in columns}
    by_text = {text: column for column, text in texts.items()}
    values = {text: table.floats(column) for column, text in texts.items() if column.is_number}
    notes = () if table.sound else (f"The checksum of {table.head.header.hdu} does not agree: values were changed.",)
    source = source_of(path, table.head, Layout("", ()), notes)

    def said(text: TextColumn) -> tuple[TimeReference | None, str]:
        reference, unit = time_reference(table.head, by_text[text]), table.head.text("TIMEUNIT")
        if not reference.known:
            return None, unit
        offset = 0.0 if reference_in(text.name) else zero_offset(table.head, text.unit or unit)
        zero = reference.zero_jd + offset
        return (
            named_reference(zero, reference.scale, barycentric=reference.barycentric) if offset else reference
        ), unit

    told = Columns(path.name, tuple(texts.values()), tuple(values), first_rows=lambda: _first_rows(table))
    shape = shape_of_names("FITS", (column.name for column in columns), path)
    return AnyTable(path, shape, told, NamedTable(values, source), said)


def _first_rows(table: Table) -> tuple[tuple[str, ...], ...]:
    columns = table.head.columns.values()
    with guarded(f"Table {table.head.header.hdu} of {table.head.header.file}"):
        fields = [table.rows.field(column.place) for column in columns]
        return tuple(tuple(_shown(field[row]) for field in fields) for row in range(min(SHOWN_ROWS, table.head.rows)))


def _shown(value: object) -> str:
    """A field as a person reads it, cut where it is long."""
    if isinstance(value, float | np.floating):
        return f"{value:.10g}"
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN_LETTERS else f"{text[: _SHOWN_LETTERS - 1]}…"
