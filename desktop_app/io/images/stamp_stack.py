"""A cube whose planes are stamps of many objects, perhaps with a table of them in the same file."""

from collections.abc import Sequence
from math import prod
from pathlib import Path

import numpy as np

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import ReadError
from desktop_app.core.source import Source
from desktop_app.io.fits.fits_file import Header
from desktop_app.io.images.catalogue import read_catalogue
from desktop_app.io.images.joining import in_order, noted, with_rows
from desktop_app.io.images.pictures import Picture

STAMP_PX = 256
FEWEST_STAMPS = 8
LIMIT_BYTES = 1 << 30


def is_stack_of_stamps(picture: Picture) -> bool:
    """Whether the planes are so small and so many that they can be looked at as stamps."""
    return max(picture.shape) <= STAMP_PX and picture.planes >= FEWEST_STAMPS


def has_rows_for(picture: Picture, headers: Sequence[Header]) -> bool:
    """Whether the file has a table with one row for each plane, so that the planes are objects, no wavelengths."""
    if len([size for size in picture.stacked if size > 1]) != 1 or picture.header.text("CTYPE3"):
        return False
    tables = (header for header in headers if header.is_table and header.text("ZIMAGE") != "T")
    return any(header.size("NAXIS2") == picture.planes for header in tables)


def read_stamps(path: Path, picture: Picture, headers: Sequence[Header], source: Source) -> CutoutSet:
    """All planes as stamps, with the rows of the table that the file has for them.

    Raises
    ------
    ReadError
    """
    check_stamps(path.name, picture.planes, picture.shape)
    images = np.empty((picture.planes, *picture.shape), np.float32)
    for plane, pixels in enumerate(picture.every_plane(path)):
        images[plane] = pixels
    ids = tuple(str(plane) for plane in range(1, picture.planes + 1))
    stamps = CutoutSet(source, images, ids, picture.header.text("BUNIT"))
    if not has_rows_for(picture, headers):
        return stamps
    try:
        return with_rows(stamps, read_catalogue(path, picture.planes), in_order(picture.planes))
    except ReadError as error:
        return noted(stamps, f"The table is left out: {error.message}")


def check_stamps(name: str, count: int, shape: tuple[int, int]) -> None:
    """Refuse more stamps than memory should hold.

    Raises
    ------
    ReadError
    """
    if 4 * count * prod(shape) > LIMIT_BYTES:
        size = f"{count:,} stamps of {shape[1]} × {shape[0]} pixels"
        raise ReadError(f"{name} has {size}, which is more than can be held at once.", hint="Open a part of them.")
