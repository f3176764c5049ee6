"""The one pass through a target pixel file that is opened: its plain columns, and the flux summed in an aperture."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from desktop_app.core.apertures import THRESHOLD_SIGMA, threshold_aperture
from desktop_app.core.arrays import Bools, Floats, Ints, whole_numbers
from desktop_app.core.errors import ReadError
from desktop_app.core.pixels import IN_OPTIMAL_APERTURE, Frames, frames_at, median_of
from desktop_app.io.fits.fits_table import Column, TableHead
from desktop_app.io.pixels.pixel_aperture import TAIL_LIMIT_BYTES, PipelineAperture, pipeline_aperture
from desktop_app.io.pixels.pixel_frames import KeptFrames, PlainFrames, Sums
from desktop_app.io.pixels.pixel_table import Field, PixelTable, Raw, field_of
from desktop_app.io.source import is_packed, open_bytes

KEPT_LIMIT_BYTES = 512 << 20


@dataclass(frozen=True, eq=False)
class Numbers:
    """The plain columns of the table, as stored."""

    head: TableHead
    fields: Mapping[str, Field]
    stored: Mapping[str, Raw]

    def floats(self, column: Column) -> Floats:
        """The column as float64, scaled, NaN where the file has no value."""
        name = column.name.upper()
        values = self.fields[name].floats(self.stored[name])
        return values.reshape(len(values), *column.dtype.shape)

    def ints(self, column: Column) -> Ints:
        """The column as int64; 0 where the file has no whole number."""
        field = self.fields[column.name.upper()]
        if field.stored.kind == "i" and field.is_unscaled and np.isnan(field.null):
            return self.stored[column.name.upper()].astype(np.int64).ravel()
        return whole_numbers(self.floats(column))


@dataclass(frozen=True, eq=False)
class Opened:
    """What the pass found.

    Attributes
    ----------
    frames : PlainFrames or KeptFrames
        In the order of the file.
    numbers : Numbers
    pipeline : PipelineAperture
    aperture : ndarray of bool, shape (ny, nx)
        The pixels that were summed.
    flux, error : ndarray, shape (n,)
    background : ndarray, shape (n,), or None
        The mean over the pixels; None where the file has none.
    notes : tuple of str
    """

    frames: PlainFrames | KeptFrames
    numbers: Numbers
    pipeline: PipelineAperture
    aperture: Bools
    flux: Floats
    error: Floats
    background: Floats | None
    notes: tuple[str, ...]


def open_pixels(table: PixelTable, plain: tuple[str, ...]) -> Opened:
    """Go through the file once.

    Parameters
    ----------
    table : PixelTable
    plain : tuple of str
        The columns to keep, in upper case; each has a number or two a row.

    Raises
    ------
    ReadError
        The file ends inside the table, or is gzipped and too large to be kept in memory.
    """
    return _open_packed(table, plain) if is_packed(table.path) else _open_plain(table, plain)


def _open_plain(table: PixelTable, plain: tuple[str, ...]) -> Opened:
    """The aperture first, from behind the table; then the table."""
    header = table.head.header
    with open_bytes(table.path) as file:
        file.skip(header.data_at)
        passed = file.skip(header.parsed.data_size_padded)
        if passed < table.head.rows * table.width:
            raise table.cut_short(passed // table.width)
        pipeline = pipeline_aperture(file.read(TAIL_LIMIT_BYTES), table.path.name, table.size)
    frames = PlainFrames(table)
    aperture, notes = _aperture(pipeline, frames)
    adding, going = Sums(table, aperture), _Pass(table, plain)
    with open_bytes(table.path) as file:
        file.skip(header.data_at)
        for first, content, rows in table.blocks(file):
            going.take(first, content, rows)
            adding.add(first, table.flux.cut(rows), table.error.cut(rows) if table.error else None)
    flux, error = adding.result(None)
    return going.opened(frames, pipeline, aperture, (flux, error), (*notes, *_blank(adding.blank_rows)))


def _open_packed(table: PixelTable, plain: tuple[str, ...]) -> Opened:
    """The table first, of which flux and error are kept; then the aperture behind it."""
    n, header = table.head.rows, table.head.header
    _check_room(table)
    flux = np.empty((n, table.flux.count), table.flux.stored)
    error = np.empty((n, table.error.count), table.error.stored) if table.error else None
    going = _Pass(table, plain)
    with open_bytes(table.path) as file:
        file.skip(header.data_at)
        for first, content, rows in table.blocks(file):
            going.take(first, content, rows)
            flux[first : first + len(rows)] = table.flux.cut(rows)
            if error is not None and table.error is not None:
                error[first : first + len(rows)] = table.error.cut(rows)
        file.skip(header.parsed.data_size_padded - n * table.width)
        pipeline = pipeline_aperture(file.read(TAIL_LIMIT_BYTES), table.path.name, table.size)
        file.finish()
    frames = KeptFrames(table, flux, error)
    aperture, notes = _aperture(pipeline, frames)
    adding = frames.added(aperture)
    return going.opened(frames, pipeline, aperture, adding.result(None), (*notes, *_blank(adding.blank_rows)))


def _check_room(table: PixelTable) -> None:
    row = table.flux.size + (table.error.size if table.error else 0) + 8 * len(table.head.columns)
    needed = table.head.rows * row
    if needed > KEPT_LIMIT_BYTES:
        raise ReadError(
            f"{table.path.name} is gzipped, and its frames would take {needed >> 20:,} MiB of memory.",
            hint="Unpack it: frames of a plain file are read one by one.",
        )


class _Pass:
    """What is gathered on the way through the table."""

    def __init__(self, table: PixelTable, plain: tuple[str, ...]) -> None:
        n = table.head.rows
        self._table = table
        self._fields = {name: field_of(table.head, name) for name in plain}
        self._stored = {name: np.empty((n, field.count), field.stored) for name, field in self._fields.items()}
        self._background = np.full(n, np.nan) if table.background else None
        self._summed = 0

    def take(self, first: int, content: bytes, rows: "np.ndarray[tuple[int, int], np.dtype[np.uint8]]") -> None:
        """Keep what matters of the rows from ``first`` on."""
        here = slice(first, first + len(rows))
        for name, field in self._fields.items():
            self._stored[name][here] = field.cut(rows)
        if self._background is not None and self._table.background is not None:
            self._background[here] = _mean(self._table.background.floats(self._table.background.cut(rows)))
        padded = content if len(content) % 4 == 0 else content + bytes(4 - len(content) % 4)
        self._summed += int(np.frombuffer(padded, ">u4").sum(dtype=np.uint64))

    def opened(
        self,
        frames: PlainFrames | KeptFrames,
        pipeline: PipelineAperture,
        aperture: Bools,
        sums: tuple[Floats, Floats],
        notes: tuple[str, ...],
    ) -> Opened:
        """All that was found."""
        numbers = Numbers(self._table.head, self._fields, self._stored)
        notes = (*notes, *self._checked())
        return Opened(frames, numbers, pipeline, aperture, sums[0], sums[1], self._background, notes)

    def _checked(self) -> list[str]:
        """A note where the table's checksum does not agree; a heap behind it would belong to the sum."""
        header = self._table.head.header
        told = header.text("DATASUM")
        if not told.isdecimal() or header.size("PCOUNT"):
            return []
        total = self._summed
        while total >> 32:
            total = (total & 0xFFFFFFFF) + (total >> 32)
        agrees = total % 0xFFFFFFFF == int(told) % 0xFFFFFFFF
        return [] if agrees else [f"The checksum of {header.hdu} does not agree: values were damaged or changed."]


def _mean(values: Floats) -> Floats:
    """The mean of each row, of what it has; NaN where it has nothing."""
    known = np.isfinite(values)
    with np.errstate(all="ignore"):
        return np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1)


def _aperture(pipeline: PipelineAperture, frames: Frames) -> tuple[Bools, tuple[str, ...]]:
    """The pipeline's aperture; where it has none, the pixels that stand out of the median frame, which is noted."""
    if pipeline.mask is not None and (pipeline.mask & IN_OPTIMAL_APERTURE).any():
        return (pipeline.mask & IN_OPTIMAL_APERTURE) > 0, ()
    why = pipeline.problem or "The pipeline chose no aperture."
    median = median_of(frames_at(frames, np.arange(frames.shape[0], dtype=np.int64)))
    bright = threshold_aperture(median)
    if not bright.any():
        known = np.isfinite(median)
        every = known if known.any() else np.ones_like(known)
        return every, (f"{why} No pixel stands out of the median frame, so all are summed.",)
    how = f"stand {THRESHOLD_SIGMA:g} sigma out of the median frame about its middle"
    return bright, (f"{why} Those that {how} are summed: {int(bright.sum()):,} px.",)


def _blank(rows: int) -> list[str]:
    what = "row has" if rows == 1 else "rows have"
    return [f"{rows:,} {what} zero in every pixel, which counts as missing."] if rows else []
