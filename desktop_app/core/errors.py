"""Errors that are told to a person: a sentence that names the thing, and the way out."""

from dataclasses import dataclass
from pathlib import Path


class UserError(Exception):
    """Something the user can mend; everything else that is raised is a bug.

    Parameters
    ----------
    message : str
        One sentence that names the file, column or setting.
    hint : str
        What to do about it; may be empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ReadError(UserError):
    """A file that cannot be read."""


@dataclass(frozen=True)
class TablePreview:
    """What a person needs to see of a table in order to say which column is what.

    Attributes
    ----------
    names, units : tuple of str
        Of all its columns, in file order, as the file writes them; a unit is "" where it gives none.
    rows : tuple of tuple of str
        The first rows as text, a field for each column.
    time, flux, flux_err : str
        The names of the columns that were taken for these; "" where nothing told.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    time: str = ""
    flux: str = ""
    flux_err: str = ""


class ColumnsUnclear(ReadError):  # noqa: N818  it reads as what it says
    """A table whose columns have to be told apart by a person.

    Parameters
    ----------
    message, hint : str
        As in `UserError`.
    preview : TablePreview
        What there is to choose from.
    """

    def __init__(self, message: str, *, preview: TablePreview, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.preview = preview

    @property
    def can_be_told(self) -> bool:
        """Whether there are columns enough for a time and a flux."""
        return len(self.preview.names) > 1


class DatasetsUnclear(ReadError):  # noqa: N818  it reads as what it says
    """A file in whose tree of datasets a person has to choose what to look at.

    Parameters
    ----------
    message, hint : str
        As in `UserError`.
    path : Path
        The file.
    """

    def __init__(self, message: str, *, path: Path, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path


class ParamError(UserError):
    """A setting that does not exist or is out of its range."""


class FitError(UserError):
    """Data that a detector cannot work on."""


class WriteError(UserError):
    """A file that cannot be written."""
