"""Target pixel files of TESS, Kepler and K2, and cut-outs of full-frame images in the same form (TESScut)."""

import re
from dataclasses import replace
from math import isfinite
from pathlib import Path

import numpy as np

from desktop_app.core.apertures import aperture_name, aperture_told
from desktop_app.core.errors import ReadError
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.pixels import TargetPixels
from desktop_app.core.source import Source
from desktop_app.io.curves.fits_curve import SUFFIXES, Layout, source_of, summarise_curve, times_of, whole_of
from desktop_app.io.curves.rows import Rows, light_curve
from desktop_app.io.fits.fits_file import AGAIN
from desktop_app.io.fits.fits_table import TableHead, head_of_table, table_head
from desktop_app.io.pixels.pixel_scan import Opened, open_pixels
from desktop_app.io.pixels.pixel_sky import corner_of, sky_of_pixels
from desktop_app.io.pixels.pixel_table import ROW_LIMIT_BYTES, PixelTable, field_of
from desktop_app.io.reader import FileSummary, Reader, the_only_part
from desktop_app.io.source import version_of

_EXTENSIONS = ("PIXELS", "TARGETTABLES")
_LAYOUT = Layout(time="TIME", fluxes=("FLUX",))
_TDIM = re.compile(r"\(\s*(\d{1,6})\s*,\s*(\d{1,6})\s*\)")
_NUMBERS = re.compile(r"\d*[BIJKED]")
_BACKGROUND = "FLUX_BKG"
_CATALOGUES = {"TESS": ("TICID", "TIC"), "Kepler": ("KEPLERID", "KIC"), "K2": ("KEPLERID", "EPIC")}


def accepts(path: Path, head: bytes) -> bool:
    """Whether the first table has a time and a picture in each row."""
    table = table_head(path, head)
    if table is None or _LAYOUT.time not in table.columns or not table.columns[_LAYOUT.time].is_time:
        return False
    return table.header.hdu.upper() in _EXTENSIONS or _frame_size(table, "FLUX") is not None


def read(path: Path, part: str | None = None) -> TargetPixels:
    """The pixels, and the light curve that they add up to in the pipeline's aperture.

    Raises
    ------
    ReadError
    """
    the_only_part(path.name, part)
    version = version_of(path)
    table = _pixel_table(path, version, head_of_table(path))
    head, number = table.head, table.flux.column.place + 1
    opened = open_pixels(table, tuple(name for name in head.columns if _is_kept(head, name)))
    corner = corner_of(head, number, opened.pipeline.header)
    curve = replace(_curve(path, table, opened), flux_origin=aperture_told(opened.aperture, corner))
    in_order = np.array_equal(curve.row, np.arange(len(curve)))
    mask = opened.pipeline.mask
    return TargetPixels(
        source=curve.source,
        curve=curve,
        frames=opened.frames if in_order else replace(opened.frames, order=curve.row),
        unit=table.flux.column.unit,
        mission_mask=np.ones(table.size, np.int64) if mask is None else mask,
        aperture=opened.aperture,
        corner=corner,
        sky=sky_of_pixels(head, number, opened.pipeline.header),
    )


def summarise(path: Path) -> FileSummary:
    """What the headers say.

    Raises
    ------
    ReadError
    """
    head = head_of_table(path)
    said = summarise_curve(path, _LAYOUT)
    size = _frame_size(head, "FLUX")
    name = said.object_name or _name(source_of(path, head, _LAYOUT, ()), head)
    return replace(said, kind="target pixels", object_name=name, shape=size or ())


READER = Reader("target-pixels", "Target pixel files and TESScut cut-outs", SUFFIXES, accepts, read, summarise)


def _frame_size(head: TableHead, name: str) -> tuple[int, int] | None:
    """Height and width of the pictures in the column; None where it holds none."""
    if name not in head.columns:
        return None
    column = head.columns[name]
    n = column.place + 1
    said = _TDIM.fullmatch(head.header.text(f"TDIM{n}"))
    if said is None or not _NUMBERS.fullmatch(head.header.text(f"TFORM{n}").upper()):
        return None
    width, height = int(said[1]), int(said[2])
    fits = width * height == int(np.prod(column.dtype.shape, dtype=np.int64)) > 0
    return (height, width) if fits else None


def _pixel_table(path: Path, version: tuple[int, int], head: TableHead) -> PixelTable:
    hdu = f"Table {head.header.hdu} of {path.name}"
    if "FLUX" not in head.columns:
        listed = ", ".join(column.name for column in head.columns.values())
        raise ReadError(f"{hdu} has no column FLUX: its columns are {listed}.", hint="Open a target pixel file.")
    size = _frame_size(head, "FLUX")
    if size is None:
        n = head.columns["FLUX"].place + 1
        said = f"TFORM{n} = {head.header.text(f'TFORM{n}')!r}, TDIM{n} = {head.header.text(f'TDIM{n}')!r}"
        raise ReadError(f"Column FLUX of {hdu[0].lower()}{hdu[1:]} holds no pictures: {said}.", hint=AGAIN)
    if head.rows == 0:
        raise ReadError(f"{hdu} has no rows.", hint="Open another file.")
    if head.header.size("NAXIS1") > ROW_LIMIT_BYTES:
        raise ReadError(
            f"{hdu} has rows of {head.header.size('NAXIS1') >> 20:,} MiB, which no target pixel file has.", hint=AGAIN
        )
    further = {name: field_of(head, name) for name in ("FLUX_ERR", _BACKGROUND) if _frame_size(head, name) == size}
    return PixelTable(
        path, version, head, size, field_of(head, "FLUX"), further.get("FLUX_ERR"), further.get(_BACKGROUND)
    )


def _is_kept(head: TableHead, name: str) -> bool:
    """Whether the column is the time, or holds one plain number a row and is no picture of a single pixel."""
    column = head.columns[name]
    if name == _LAYOUT.time:
        return True
    form = head.header.text(f"TFORM{column.place + 1}").upper()
    return column.is_number and bool(_NUMBERS.fullmatch(form)) and _frame_size(head, name) is None


def _curve(path: Path, table: PixelTable, opened: Opened) -> LightCurve:
    head, unit, name = table.head, table.flux.column.unit, aperture_name(opened.aperture)
    columns = {name: Series(opened.flux, unit), f"{name}_ERR": Series(opened.error, unit)}
    if opened.background is not None and table.background is not None:
        columns[f"{_BACKGROUND} mean"] = Series(opened.background, table.background.column.unit)
    kept = opened.numbers.stored
    elsewhere = {_LAYOUT.time, *_LAYOUT.quality, *_LAYOUT.cadence}
    further = [head.columns[key] for key in kept if key not in elsewhere]
    columns |= {column.name: Series(opened.numbers.floats(column), column.unit) for column in further}
    time, reference = times_of(opened.numbers, _LAYOUT, path.name)
    quality, cadence = (
        whole_of(opened.numbers, tuple(name for name in names if name in kept))
        for names in (_LAYOUT.quality, _LAYOUT.cadence)
    )
    source = source_of(path, head, _LAYOUT, opened.notes)
    named = replace(source, object_name=head.text("OBJECT") or _name(source, head))
    return light_curve(named, Rows(time, reference, columns, (name,), quality, cadence))


def _name(source: Source, head: TableHead) -> str:
    """What the target is called where OBJECT is empty: its number in a catalogue, its position, or the file's name."""
    keyword, catalogue = _CATALOGUES.get(source.mission, ("", ""))
    if keyword and head.text(keyword).isdecimal() and int(head.text(keyword)):
        return f"{catalogue} {head.text(keyword)}"
    if isfinite(source.ra_deg) and isfinite(source.dec_deg):
        return f"{source.ra_deg:.5f} {source.dec_deg:+.5f}"
    return source.object_name
