"""FITS images: of one HDU or of many, stacks of them, compressed or not; each plane of each is a part of the file."""

from dataclasses import replace
from pathlib import Path

from desktop_app.core.arrays import Bools
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import ReadError
from desktop_app.core.sky_image import Pixels, SkyImage
from desktop_app.io.fits.fits_file import Header, headers, is_fits
from desktop_app.io.fits.fits_hdus import read_hdus
from desktop_app.io.images.exposure import exposure_of
from desktop_app.io.images.image_file import ImageFile, image_file, sky_of, source_of
from desktop_app.io.images.pictures import (
    SCIENCE,
    Picture,
    axes_of,
    bits_that_count,
    flags_of,
    is_grouped,
    is_picture,
    science_first,
)
from desktop_app.io.images.stamp_stack import read_stamps
from desktop_app.io.images.triplets import files_beside, named_alike
from desktop_app.io.reader import HEAD_BYTES, FileSummary, Reader, chosen_part

SUFFIXES = (".fits", ".fit", ".fts", ".fits.gz", ".fit.gz", ".fts.gz", ".fz")


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


def _bad(file: ImageFile, picture: Picture, plane: int) -> tuple[Bools | None, tuple[str, ...]]:
    """Where the mask that belongs to a picture says anything; and why it could not be read."""
    flags = flags_of(picture, file.pictures)
    if flags is None:
        return None, ()
    try:
        bits = bits_that_count(flags.header, file.primary)
        return flags.flags(file.path, plane if flags.planes > 1 else 0, bits), ()
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
    exposure = exposure_of(picture.header, file.primary)
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
