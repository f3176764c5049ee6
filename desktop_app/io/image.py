"""FITS images: of one HDU or of many, stacks of them, compressed or not; each plane of each is a part of the file."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from desktop_app.core.arrays import Bools
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import ReadError
from desktop_app.core.sky import Sky
from desktop_app.core.sky_image import Pixels, SkyImage
from desktop_app.core.source import Source
from desktop_app.io.exposure import Exposure, exposure_of
from desktop_app.io.fits_file import AGAIN, Header, cards_of, headers, is_fits
from desktop_app.io.fits_hdus import Hdus, header_text, read_hdu, read_hdus
from desktop_app.io.pictures import (
    NAMED_PLANES,
    SCIENCE,
    Picture,
    axes_of,
    flags_of,
    is_grouped,
    is_picture,
    pictures_in,
    science_first,
)
from desktop_app.io.reader import HEAD_BYTES, FileSummary, Reader, chosen_part
from desktop_app.io.source import version_of
from desktop_app.io.stamp_stack import has_rows_for, is_stack_of_stamps, read_stamps
from desktop_app.io.triplets import files_beside, named_alike, stem_of

SUFFIXES = (".fits", ".fit", ".fts", ".fits.gz", ".fit.gz", ".fts.gz", ".fz")
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


def accepts(path: Path, head: bytes) -> bool:
    """Whether the first HDU with data is an image, of whatever axes, or one behind it is named as science."""
    found = headers(path, head) if is_fits(head) else ()
    first = next((header for header in found if _holds_something(header)), None)
    if first is not None and not first.is_table:
        return first.text("XTENSION") in ("", "IMAGE")
    if first is not None and first.text("ZIMAGE") == "T":
        return True
    if not found or (first is None and len(head) < HEAD_BYTES):
        return False
    behind = read_hdus(path).headers
    return any(header.text("EXTNAME").upper() in SCIENCE and is_picture(axes_of(header)) for header in behind)


def _holds_something(header: Header) -> bool:
    return bool(header.axes()) and (all(header.axes()) or is_grouped(header))


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


def read(path: Path, part: str | None = None) -> SkyImage | CutoutSet:
    """One picture of a file, or a stack of stamps.

    Raises
    ------
    ReadError
    ParamError
        There is no such part.
    """
    file = image_file(path)
    part = file.parts[chosen_part(path.name, file.parts, file.default if part is None else part)]
    picture, plane = file.of_part(part)
    if plane is None:
        return read_stamps(path, picture, file.hdus.headers, source_of(file, picture, part))
    return _with_companions(file, picture, read_picture(file, picture, plane, part))


def stack_in(path: Path) -> str | None:
    """The part that is the first stack of stamps in a file; None where there is none.

    Raises
    ------
    ReadError
    """
    return next((part for part in image_file(path).parts if part.endswith(f" {_STAMPS}")), None)


def read_picture(file: ImageFile, picture: Picture, plane: int, part: str) -> SkyImage:
    """One plane, with its mask and its place on the sky, without what stands beside it.

    Raises
    ------
    ReadError
    """
    exposure = exposure_of(picture.header, file.primary)
    pixels = picture.pixels(file.path, plane)
    bad, notes = _bad(file, picture, plane)
    source = source_of(file, picture, part)
    return SkyImage(
        source=replace(source, notes=(*source.notes, *notes)),
        pixels=pixels,
        unit=picture.header.text("BUNIT"),
        bad=bad,
        sky=sky_of(file, picture),
        jd=exposure.jd,
        time_scale=exposure.time_scale,
    )


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
    named = (f"Only the first {NAMED_PLANES:,} of {picture.planes:,} planes of {picture.name} are named." for picture in many)
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


def _bad(file: ImageFile, picture: Picture, plane: int) -> tuple[Bools | None, tuple[str, ...]]:
    """Where the mask that belongs to a picture says anything; and why it could not be read."""
    flags = flags_of(picture, file.pictures)
    if flags is None:
        return None, ()
    try:
        return flags.flags(file.path, plane if flags.planes > 1 else 0), ()
    except ReadError as error:
        return None, (f"The mask {flags.name} is left out: {error.message}",)


def _with_companions(file: ImageFile, picture: Picture, image: SkyImage) -> SkyImage:
    """``image`` with the pictures of the same alert beside it, where it is one of an alert."""
    beside: dict[str, Pixels] = {}
    notes: list[str] = []
    inside = named_alike([other.header.text("EXTNAME") for other in file.pictures])
    outside = files_beside(file.path) if len(file.pictures) == 1 else {}
    for role in inside or outside:
        try:
            if inside:
                other = file.pictures[inside[role]]
                pixels = image.pixels if other is picture else other.pixels(file.path, 0)
            elif outside[role] == file.path:
                pixels = image.pixels
            else:
                sibling = image_file(outside[role])
                pixels = science_first(sibling.pictures).pixels(sibling.path, 0)
        except ReadError as error:
            notes.append(f"The {role} is left out: {error.message}")
            continue
        if pixels.shape != image.pixels.shape:
            notes.append(f"The {role} is left out: it has {pixels.shape[1]} × {pixels.shape[0]} pixels.")
            continue
        beside[role] = pixels
    if len(beside) < 2 or not any(pixels is image.pixels for pixels in beside.values()):
        return image
    return replace(image, beside=beside, source=replace(image.source, notes=(*image.source.notes, *notes)))


def summarise(path: Path) -> FileSummary:
    """What the headers say.

    Raises
    ------
    ReadError
    """
    file = image_file(path)
    picture, plane = file.of_part(file.default)
    exposure: Exposure = exposure_of(picture.header, file.primary)
    return FileSummary(
        path=path,
        kind="cutouts" if plane is None else "image",
        object_name=exposure.object_name,
        mission=exposure.mission,
        segment=exposure.segment,
        rows=picture.planes if plane is None else sum(other.planes for other in file.pictures),
        shape=picture.shape,
    )


READER = Reader("image", "FITS images", SUFFIXES, accepts, read, summarise)
