"""What an image file holds, by its headers: its pictures, their names, what they show and where on the sky."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from desktop_app.core.errors import ReadError
from desktop_app.core.sky import Sky
from desktop_app.core.source import Source
from desktop_app.io.fits.fits_file import AGAIN, Header, cards_of
from desktop_app.io.fits.fits_hdus import Hdus, header_text, read_hdu, read_hdus
from desktop_app.io.images.exposure import exposure_of
from desktop_app.io.images.pictures import NAMED_PLANES, Picture, axes_of, is_grouped, pictures_in, science_first
from desktop_app.io.images.stamp_stack import has_rows_for, is_stack_of_stamps
from desktop_app.io.images.triplets import stem_of
from desktop_app.io.source import version_of

_STAMPS = "as stamps"
_TABLES = ("WCSDVARR", "D2IMARR", "WCS-TABLE")
_TABLES_LIMIT_BYTES = 64 << 20


@dataclass(frozen=True, eq=False)
class ImageFile:
    """The pictures of one file.

    Attributes
    ----------
    path : Path
    hdus : Hdus
    pictures : tuple of Picture
        At least one.
    parts : tuple of str
        What can be opened: the planes of every picture, and stacks of stamps as a whole.
    default : str
        The part to open where none is asked for.
    """

    path: Path
    hdus: Hdus
    pictures: tuple[Picture, ...]
    parts: tuple[str, ...]
    default: str

    @property
    def primary(self) -> Header:
        """The first header."""
        return self.hdus.headers[0]

    def of_part(self, part: str) -> tuple[Picture, int | None]:
        """The picture and the plane of a part; None for all planes as stamps."""
        for picture in self.pictures:
            if part == f"{picture.name} {_STAMPS}":
                return picture, None
            if part in picture.parts:
                return picture, picture.parts.index(part)
        raise AssertionError(part)


def image_file(path: Path) -> ImageFile:
    """The pictures of a file, by its headers.

    Raises
    ------
    ReadError
        There are none.
    """
    return _image_file(path, version_of(path))


@lru_cache(maxsize=4)
def _image_file(path: Path, _version: tuple[int, int]) -> ImageFile:
    hdus = read_hdus(path)
    pictures = pictures_in(hdus.headers)
    if not pictures:
        raise _no_picture(path, hdus)
    parts: list[str] = []
    default = ""
    for picture in pictures:
        parts += picture.parts
        if is_stack_of_stamps(picture):
            parts.append(f"{picture.name} {_STAMPS}")
            if has_rows_for(picture, hdus.headers):
                default = default or parts[-1]
    return ImageFile(path, hdus, pictures, tuple(parts), default or science_first(pictures).parts[0])


def _no_picture(path: Path, hdus: Hdus) -> ReadError:
    for header in hdus.headers:
        if is_grouped(header):
            return ReadError(
                f"{path.name} holds random groups of a radio interferometer, which are no picture.",
                hint="Make an image of them first.",
            )
    for header in hdus.headers:
        axes = [size for size in axes_of(header) if size != 1]
        if len(axes) == 1 and axes[0]:
            return ReadError(
                f"HDU {header.hdu} of {path.name} has one axis of {axes[0]:,} pixels: a spectrum, and no picture.",
                hint="Peculiar does not open spectra.",
            )
    said = f": {hdus.problem}" if hdus.problem else "."
    return ReadError(f"{path.name} holds no picture{said}", hint=AGAIN if hdus.problem else "Open another file.")


def stack_in(path: Path) -> str | None:
    """The part that is the first stack of stamps in a file; None where there is none.

    Raises
    ------
    ReadError
    """
    return next((part for part in image_file(path).parts if part.endswith(f" {_STAMPS}")), None)


def source_of(file: ImageFile, picture: Picture, part: str) -> Source:
    """Where a picture comes from."""
    exposure = exposure_of(picture.header, file.primary)
    shown = (file.primary,) if picture.header is file.primary else (file.primary, picture.header)
    return Source(
        path=file.path,
        object_name=exposure.object_name or stem_of(file.path.name),
        mission=exposure.mission,
        segment=exposure.segment,
        ra_deg=exposure.ra_deg,
        dec_deg=exposure.dec_deg,
        part=part if len(file.parts) > 1 else "",
        parts=file.parts if len(file.parts) > 1 else (),
        notes=_notes_on(file),
        cards=lambda: cards_of(*shown),
    )


def _notes_on(file: ImageFile) -> tuple[str, ...]:
    many = [picture for picture in file.pictures if picture.planes > NAMED_PLANES]
    told = (f"{picture.planes:,} planes of {picture.name}" for picture in many)
    named = (f"Only the first {NAMED_PLANES:,} of {stack} are named." for stack in told)
    return (*((file.hdus.problem,) if file.hdus.problem else ()), *named)


def sky_of(file: ImageFile, picture: Picture) -> Sky | None:
    """The WCS of a picture; masks and errors without one have that of the science of the same EXTVER and shape."""
    header = picture.header
    if not _has_wcs(header):
        version = header.text("EXTVER") or "1"
        alike = [
            other.header
            for other in file.pictures
            if _has_wcs(other.header)
            and other.shape == picture.shape
            and (other.header.text("EXTVER") or "1") == version
        ]
        if not alike:
            return None
        header = alike[0]
    try:
        sky = Sky(header_text(file.path, header), tables=_tables_for(file, header))
    except ReadError:
        return None
    return sky if "" in sky.keys else sky.with_key(sky.keys[0])


def _has_wcs(header: Header) -> bool:
    return any(header.text(f"CTYPE1{key}") for key in ("", "A", "B", "C", "D"))


def _tables_for(file: ImageFile, header: Header) -> tuple[bytes, ...]:
    """The HDUs with lookup tables that the WCS of a header names."""
    asked = any(header.text(word) for word in ("CPDIS1", "CPDIS2", "D2IMDIS1", "D2IMDIS2", "AXISCORR"))
    names = set(_TABLES) if asked else set()
    if any(header.text(f"CTYPE{n}").endswith("-TAB") for n in (1, 2, 3)):
        names |= {header.text(f"PS{n}_0").upper() for n in (1, 2, 3)} - {""}
    wanted = [other for other in file.hdus.headers if other.place and other.text("EXTNAME").upper() in names]
    if sum(other.parsed.data_size for other in wanted) > _TABLES_LIMIT_BYTES:
        return ()
    try:
        return tuple(read_hdu(file.path, other) for other in wanted)
    except ReadError:
        return ()
