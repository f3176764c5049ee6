"""Why a file that no reader accepts cannot be opened, said in a sentence."""

from pathlib import Path

from desktop_app.core.errors import ColumnsUnclear, ReadError, TablePreview
from desktop_app.io.fits_file import AGAIN, Header, headers, is_fits, table_head

_KINDS = "Peculiar opens light curves, target pixel files, FITS images and telemetry."
_NAMES, _NAME_LETTERS = 30, 40


def refusal(path: Path, head: bytes) -> ReadError:
    """What to tell about a file that begins with ``head``."""
    if not head:
        return ReadError(f"{path.name} is empty.", hint=AGAIN)
    if not is_fits(head):
        return ReadError(f"{path.name} is neither FITS nor text.", hint=_KINDS)
    found = headers(path, head)
    if not found:
        return ReadError(f"{path.name} begins like FITS, but its first header has no end.", hint=AGAIN)
    table = table_head(path, head)
    if table is None:
        parts = ", ".join(map(_described, found))
        return ReadError(f"{path.name} holds no light curve: {parts}.", hint=_KINDS)
    columns = table.columns.values()
    names = [column.name for column in columns]
    listed = ", ".join(names[:30]) + (f" and {len(names) - 30} more" if len(names) > 30 else "")
    return ColumnsUnclear(
        f"Table {table.header.hdu} of {path.name} is no light curve that Peculiar knows: its columns are {listed}.",
        preview=TablePreview(tuple(names), tuple(column.unit for column in columns)),
        hint=_KINDS,
    )


def folder_refusal(path: Path) -> ReadError:
    """What to tell about a folder that is not one thing."""
    return ReadError(f"{path.name or path} is a folder, and no data set by itself.", hint="Open the files in it.")


def _described(header: Header) -> str:
    axes = header.axes()
    size = " × ".join(map(str, axes))
    if header.text("XTENSION") == "TABLE":
        return f"{header.hdu} is a table in text"
    return f"{header.hdu} is an image of {size}" if axes else f"{header.hdu} has no data"
