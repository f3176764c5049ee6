"""Why a file that no reader accepts cannot be opened, said in a sentence."""

from pathlib import Path

from desktop_app.core.errors import ColumnsUnclear, ReadError, TablePreview
from desktop_app.io.fits.fits_file import AGAIN, Header, headers, is_fits
from desktop_app.io.fits.fits_table import table_head
from desktop_app.io.tables.any_table import shape_of

_KINDS = "Peculiar opens light curves, target pixel files, FITS images and telemetry."
_NAMES, _NAME_LETTERS = 30, 40


def refusal(path: Path, head: bytes) -> ReadError:
    """What to tell about a file that begins with ``head``."""
    if not head:
        return ReadError(f"{path.name} is empty.", hint=AGAIN)
    if not is_fits(head):
        shape = shape_of(path)
        if shape is not None:
            what = f"{path.name} is a table of which Peculiar cannot tell what it holds"
            return _unclear(what, shape.names, ("",) * len(shape.names))
        return ReadError(f"{path.name} is neither FITS nor text.", hint=_KINDS)
    found = headers(path, head)
    if not found:
        return ReadError(f"{path.name} begins like FITS, but its first header has no end.", hint=AGAIN)
    table = table_head(path, head)
    if table is None:
        parts = ", ".join(map(_described, found))
        return ReadError(f"{path.name} holds no light curve: {parts}.", hint=_KINDS)
    columns = table.columns.values()
    what = f"Table {table.header.hdu} of {path.name} is no light curve that Peculiar knows"
    return _unclear(what, tuple(column.name for column in columns), tuple(column.unit for column in columns))


def _unclear(what: str, names: tuple[str, ...], units: tuple[str, ...]) -> ColumnsUnclear:
    """The error for a table of which a person may know more."""
    shown = [name[:_NAME_LETTERS] for name in names[:_NAMES]]
    listed = ", ".join(shown) + (f" and {len(names) - _NAMES} more" if len(names) > _NAMES else "")
    hint = "If it is a light curve, say which column is the time and which the flux."
    return ColumnsUnclear(f"{what}: its columns are {listed}.", preview=TablePreview(names, units), hint=hint)


def folder_refusal(path: Path) -> ReadError:
    """What to tell about a folder that is not one thing."""
    return ReadError(f"{path.name or path} is a folder, and no data set by itself.", hint="Open the files in it.")


def _described(header: Header) -> str:
    axes = header.axes()
    size = " × ".join(map(str, axes))
    if header.text("XTENSION") == "TABLE":
        return f"{header.hdu} is a table in text"
    return f"{header.hdu} is an image of {size}" if axes else f"{header.hdu} has no data"
