"""Which HDUs of a FITS file hold pictures, what their planes are called, and the pixels of any one of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path

from desktop_app.core.arrays import Bools
from desktop_app.core.sky_image import Pixels
from desktop_app.io.fits.fits_file import Header
from desktop_app.io.fits.fits_hdus import read_hdu
from desktop_app.io.images.stored_pixels import Storage, flagged, read_flags, read_plane, read_planes, storage_of
from desktop_app.io.images.tiles import read_tiled_plane, tiles_of

# So many planes are named one by one; a list of more helps nobody.
NAMED_PLANES = 10_000
# Time, wavelength, polarisation; the number of planes grows with every further one.
_MOST_STACKED = 6
SCIENCE = ("SCI", "SCIENCE", "IMAGE", "DATA", "CUTOUTSCIENCE")
_BAD_PLANES = ("BAD", "SAT", "CR", "NO_DATA", "EDGE", "SUSPECT", "INTRP", "UNMASKEDNAN")
FLAGS = ("DQ", "MASK", "FLAGS", "FLAG", "BPM", "BADPIX")


@dataclass(frozen=True, eq=False)
class Picture:
    """One HDU with a picture, or a stack of them.

    Attributes
    ----------
    header : Header
        Of the image, or of the table that keeps it in tiles.
    name : str
        What the HDU is called among the parts of its file: "SCI", "SCI,2", "HDU 3".
    axes : tuple of int
        Of the image, as FITS counts: the fastest first; at least two.
    bitpix : int
        Of the image.
    """

    header: Header
    name: str
    axes: tuple[int, ...]
    bitpix: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of one plane."""
        return self.axes[1], self.axes[0]

    @property
    def stacked(self) -> tuple[int, ...]:
        """The sizes of the axes behind the second."""
        return self.axes[2:]

    @property
    def planes(self) -> int:
        """The number of planes."""
        return prod(self.stacked)

    @property
    def parts(self) -> tuple[str, ...]:
        """What its planes are called: by the places, from 1, along the axes that are longer than 1."""
        if self.planes == 1:
            return (self.name,)
        places = (self._along_axes(plane) for plane in range(min(self.planes, NAMED_PLANES)))
        return tuple(f"{self.name}[{self._told(place)}]" for place in places)

    def _told(self, place: tuple[int, ...]) -> str:
        return ",".join(str(at + 1) for at, size in zip(place, self.stacked, strict=True) if size > 1)

    @cached_property
    def storage(self) -> Storage:
        """How its pixels stand in the file."""
        storage = storage_of(self.header, self.bitpix)
        blank = self.header.value("ZBLANK")
        if self.tiled and storage.blank is None and self.bitpix > 0 and type(blank) is int:
            return Storage(storage.bitpix, storage.scale, storage.zero, blank)
        return storage

    @property
    def tiled(self) -> bool:
        """Whether it is kept as compressed tiles."""
        return self.header.is_table

    def pixels(self, path: Path, plane: int) -> Pixels:
        """One plane, shape (ny, nx).

        Raises
        ------
        ReadError
        """
        if not self.tiled:
            return read_plane(path, self.header, self.storage, self.shape, plane)
        tiles = tiles_of(self.header, self.axes, self.storage)
        return read_tiled_plane(tiles, read_hdu(path, self.header), self._along_axes(plane))

    def every_plane(self, path: Path) -> Iterator[Pixels]:
        """All planes one after the other; the file is opened once where they are not compressed.

        Raises
        ------
        ReadError
        """
        if not self.tiled:
            yield from read_planes(path, self.header, self.storage, self.shape, range(self.planes))
            return
        tiles = tiles_of(self.header, self.axes, self.storage)
        content = read_hdu(path, self.header)
        for plane in range(self.planes):
            yield read_tiled_plane(tiles, content, self._along_axes(plane))

    def flags(self, path: Path, plane: int, bits: int | None = None) -> Bools:
        """Where a plane of a mask says anything, or has one of ``bits``, shape (ny, nx).

        Raises
        ------
        ReadError
        """
        if self.tiled:
            return flagged(self.pixels(path, plane), bits)
        return read_flags(path, self.header, self.storage, self.shape, plane, bits)

    def _along_axes(self, plane: int) -> tuple[int, ...]:
        """The place of a plane along each axis behind the second."""
        places = []
        for size in self.stacked:
            plane, place = divmod(plane, size)
            places.append(place)
        return tuple(places)


def axes_of(header: Header) -> tuple[int, ...]:
    """The axes of the image in an HDU, also of one that is kept in tiles; () where there is none.

    Raises
    ------
    ReadError
        They cannot be.
    """
    if header.is_table:
        if header.text("ZIMAGE") != "T":
            return ()
        count = header.size("ZNAXIS")
        return tuple(header.size(f"ZNAXIS{n}") for n in range(1, min(count, 999) + 1))
    if header.text("XTENSION") not in ("", "IMAGE") or is_grouped(header):
        return ()
    return tuple(header.axes())


def is_picture(axes: Sequence[int]) -> bool:
    """Whether an image of these axes has two that can be looked at, and not too many behind them."""
    stacked = sum(size > 1 for size in axes[2:])
    return len(axes) >= 2 and axes[0] > 1 and axes[1] > 1 and all(axes) and stacked <= _MOST_STACKED


def is_grouped(header: Header) -> bool:
    """Whether the data are random groups, as radio interferometers wrote them."""
    return header.text("GROUPS") == "T" and header.axes()[:1] == [0]


def pictures_in(headers: Sequence[Header]) -> tuple[Picture, ...]:
    """The HDUs that hold pictures, in their order.

    Raises
    ------
    ReadError
        One has axes that cannot be.
    """
    found = [(header, axes) for header in headers if is_picture(axes := axes_of(header))]
    times = Counter(header.hdu for header, _axes in found)
    pictures = []
    taken: set[str] = set()
    for header, axes in found:
        bitpix = header.size("ZBITPIX" if header.is_table else "BITPIX")
        name = header.hdu
        if times[name] > 1:
            name = f"{name},{header.text('EXTVER') or 1}"
        if name in taken:
            name = f"HDU {header.place}"
        taken.add(name)
        pictures.append(Picture(header, name, axes, bitpix))
    return tuple(pictures)


def science_first(pictures: Sequence[Picture]) -> Picture:
    """The one to look at first: named as science, else the first that is no mask."""
    for wanted in SCIENCE:
        for picture in pictures:
            if picture.header.text("EXTNAME").upper() == wanted:
                return picture
    return next((picture for picture in pictures if picture.header.text("EXTNAME").upper() not in FLAGS), pictures[0])


def bits_that_count(flags: Header, primary: Header) -> int | None:
    """The bits of a mask that make a pixel bad; None where all do.

    JWST marks a pixel that is not to be used in bit 1, and with the others what was done to it. Masks of the Rubin
    pipelines name their bits in the header, detected objects among them.
    """
    if primary.text("TELESCOP") == "JWST":
        return 1
    named = {name: flags.number(f"MP_{name}") for name in _BAD_PLANES}
    if not any(0 <= place < 63 for place in named.values()):
        return None
    return sum(1 << int(place) for place in named.values() if 0 <= place < 63)


def flags_of(picture: Picture, pictures: Sequence[Picture]) -> Picture | None:
    """The mask or data quality that belongs to ``picture``: of the same EXTVER and shape; None where there is none."""
    version = picture.header.text("EXTVER") or "1"
    name = picture.header.text("EXTNAME").upper()
    if name in FLAGS:
        return None
    for other in pictures:
        fits = other.axes[:2] == picture.axes[:2] and other.planes in (1, picture.planes)
        if other.header.text("EXTNAME").upper() in FLAGS and fits and (other.header.text("EXTVER") or "1") == version:
            return other
    return None
