"""Folders of FITS images: their files in the order people count, and what the first of them are."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from desktop_app.core.errors import ReadError
from desktop_app.io.fits.fits_file import Header, headers
from desktop_app.io.images import image
from desktop_app.io.images.pictures import axes_of, is_picture
from desktop_app.io.source import read_head, version_of

MOST_FILES = 100_000
_LOOKED_AT = 5
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, eq=False)
class FirstPicture:
    """The first picture in a file, by the headers at its beginning, and the primary header."""

    header: Header
    primary: Header
    shape: tuple[int, int]


def image_names(folder: Path) -> tuple[str, ...]:
    """The names in ``folder`` that end like those of FITS files, 9 before 10."""
    return _image_names(folder, version_of(folder))


@lru_cache(maxsize=8)
def _image_names(folder: Path, _version: tuple[int, int]) -> tuple[str, ...]:
    try:
        names = [entry.name for entry in folder.iterdir() if entry.name.lower().endswith(image.SUFFIXES)]
    except OSError:
        return ()
    return tuple(sorted((name for name in names if not name.startswith(".")), key=as_people_count)[:MOST_FILES])


def as_people_count(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which 9 comes before 10."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(name.lower()))


def first_picture(path: Path) -> FirstPicture | None:
    """The first picture of a file; None where it holds something else or cannot be read."""
    try:
        head = read_head(path)
        if not image.accepts(path, head):
            return None
        found = headers(path, head)
        pictures = [(header, axes) for header in found if is_picture(axes := axes_of(header))]
    except ReadError:
        return None
    if not pictures:
        return None
    header, axes = pictures[0]
    return FirstPicture(header, found[0], (axes[1], axes[0]))


def sample(folder: Path) -> list[FirstPicture | None]:
    """The first pictures of some files spread over the folder."""
    names = image_names(folder)
    step = max(len(names) // _LOOKED_AT, 1)
    return [first_picture(folder / name) for name in names[::step][:_LOOKED_AT]]
