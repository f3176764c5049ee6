"""What a FITS file is made of: every HDU with its cards, columns and checksum, in one pass from front to back."""

import re
from collections.abc import Iterator
from math import prod
from pathlib import Path

import numpy as np

from desktop_app.core.errors import ReadError
from desktop_app.io.fits.fits_cards import cards_of
from desktop_app.io.fits.fits_file import Header, parse_header
from desktop_app.io.fits.fits_hdus import BLOCK, HDU_LIMIT, HEADER_LIMIT_BYTES, has_end
from desktop_app.io.fits.fits_table import Column, columns_of
from desktop_app.io.inside.anatomy import Checksum, Clock, ColumnFacts, HeaderCard, Looked, Section, Tally
from desktop_app.io.source import Bytes, open_bytes

_PIECE_BYTES = 1 << 20
# Rows wider than this are not taken apart: a piece of a few would take too much memory.
_WIDEST_ROW_BYTES = 8 << 20
# What is shown of a header without an end: behind that, it is data rather than cards.
_BLOCKS_WITHOUT_END = 64
_SUM = 0xFFFFFFFF
_LETTER = re.compile(r"\s*\d*\s*([A-Z])", re.IGNORECASE)
_BITPIX = {8: ">u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}


def look(path: Path, clock: Clock) -> Looked:
    """Every HDU up to the first that is broken, what is wrong, and what was not looked at."""
    sections: list[Section] = []
    problems: list[str] = []
    notes: list[str] = []
    try:
        with open_bytes(path) as file:
            _walk(path.name, file, clock, sections, problems, notes)
    except ReadError as error:
        problems.append(error.message)
    return "FITS", sections, problems, notes


def _walk(name: str, file: Bytes, clock: Clock, sections: list[Section], problems: list[str], notes: list[str]) -> None:
    at = 0
    while len(sections) < HDU_LIMIT:
        if clock.over:
            notes.append(f"What follows HDU {len(sections) - 1} was not looked at: the file is too large.")
            return
        raw, wrong = _header(file, first=not sections)
        if wrong:
            problems.append(f"{name} {wrong}{f' after HDU {len(sections) - 1}' if sections else ''}.")
        if not raw:
            return
        cards = cards_of(raw)
        try:
            if wrong:
                raise ReadError(wrong)
            header = parse_header(name, len(sections), raw, at)
        except ReadError as error:
            sections.append(Section(len(sections), _named(cards, len(sections)), "broken", "", len(raw), cards))
            if not wrong:
                problems.append(error.message)
            return
        at = header.data_at + header.data_size_padded
        section, missing = _Hdu(header, raw, cards, clock, problems).read(file)
        sections.append(section)
        if missing:
            problems.append(f"{name} is cut short: {missing:,} bytes of {header.hdu} are missing.")
            return


def _header(file: Bytes, *, first: bool) -> tuple[bytes, str]:
    """The next header, b"" at the end of the file; and what is wrong with what stands there instead."""
    raw = file.read(BLOCK)
    if not raw.strip(b"\0 \n"):
        return b"", ""
    if not raw.startswith(b"SIMPLE  =" if first else b"XTENSION"):
        return b"", "holds something that is no FITS"
    blocks, size = [raw], len(raw)
    while not has_end(blocks[-1]):
        more = file.read(BLOCK)
        if not more or size >= HEADER_LIMIT_BYTES:
            wrong = "has a header without end" if more else "is cut short inside a header"
            return b"".join(blocks[:_BLOCKS_WITHOUT_END]), wrong
        blocks.append(more)
        size += len(more)
    return b"".join(blocks), ""


def _named(cards: tuple[HeaderCard, ...], place: int) -> str:
    names = [card.value for card in cards if card.keyword == "EXTNAME" and card.value]
    return names[0] if names else f"HDU {place}" if place else "PRIMARY"


class _Hdu:
    """Reads the data of one HDU in pieces, sums them and counts what its columns hold."""

    def __init__(
        self, header: Header, raw: bytes, cards: tuple[HeaderCard, ...], clock: Clock, problems: list[str]
    ) -> None:
        self.header, self.raw, self.cards, self.clock, self.problems = header, raw, cards, clock, problems
        self.sum, self._unsummed = 0, b""
        self.skipped = False
        self.left = header.data_size_padded

    def read(self, file: Bytes) -> tuple[Section, int]:
        """The section, and how many bytes of its data the file lacks."""
        self.columns_ = self._columns()
        size, padded = self.header.data_size, self.header.data_size_padded
        columns = self._counted(file) if size else self._uncounted()
        for _piece in self._pieces(file, self.left):
            pass
        there = padded - self.left
        missing = max(0, size - there)
        checksum, why = self._verdict(complete=not self.skipped and there == padded)
        told = _told(self.header)
        kind = _kind(self.header)
        length = len(self.raw) + there
        return Section(
            self.header.place, self.header.hdu, kind, told, length, self.cards, columns, checksum, why
        ), missing

    def _columns(self) -> tuple[Column, ...]:
        if not self.header.is_table:
            return ()
        try:
            return tuple(columns_of(self.header).values())
        except ReadError as error:
            self.problems.append(error.message)
            return ()

    def _pieces(self, file: Bytes, count: int, unit: int = 4) -> Iterator[bytes]:
        """The next ``count`` bytes in pieces of whole ``unit`` bytes; passed over once the time is spent."""
        step = max(1, _PIECE_BYTES // (4 * unit)) * 4 * unit
        while count > 0:
            if self.clock.over:
                self.skipped = True
                self.left -= self._passed(file, count)
                return
            piece = file.read(min(step, count))
            if not piece:
                return
            self.left -= len(piece)
            count -= len(piece)
            self._add(piece)
            yield piece

    def _add(self, piece: bytes) -> None:
        """Add whole words to the sum; what is left over waits for the next piece."""
        words = self._unsummed + piece if self._unsummed else piece
        whole = len(words) // 4 * 4
        self.sum = _added(self.sum, words[:whole] if whole < len(words) else words)
        self._unsummed = words[whole:]

    def _passed(self, file: Bytes, count: int) -> int:
        passed = 0
        while passed < count and (more := file.skip(min(count - passed, 16 << 20))):
            passed += more
        return passed

    def _counted(self, file: Bytes) -> tuple[ColumnFacts, ...]:
        header = self.header
        if header.is_table:
            width, rows = header.size("NAXIS1"), header.size("NAXIS2")
            if self.columns_ and 0 < width <= _WIDEST_ROW_BYTES and not _is_packed(header):
                return self._table(file, width, rows)
        elif _kind(header) == "image":
            return (self._pixels(file),)
        return self._uncounted()

    def _table(self, file: Bytes, width: int, rows: int) -> tuple[ColumnFacts, ...]:
        names = [f"f{column.place}" for column in self.columns_]
        dtype = np.dtype(
            [(name, column.dtype) for name, column in zip(names, self.columns_, strict=True)]
        ).newbyteorder(">")
        counts = [_Count(column) for column in self.columns_]
        for piece in self._pieces(file, width * rows, width):
            whole = np.frombuffer(piece[: len(piece) // width * width], dtype)
            with np.errstate(all="ignore"):
                for name, count in zip(names, counts, strict=True):
                    count.add(whole[name])
        return self._uncounted() if self.skipped else tuple(count.facts() for count in counts)

    def _pixels(self, file: Bytes) -> ColumnFacts:
        header, dtype = self.header, np.dtype(_BITPIX[int(self.header.number("BITPIX"))])
        blank = header.number("BLANK") if dtype.kind in "iu" else float("nan")
        tally = Tally()
        for piece in self._pieces(file, prod(header.axes()) * dtype.itemsize, 8):
            with np.errstate(all="ignore"):
                values = np.frombuffer(piece[: len(piece) // dtype.itemsize * dtype.itemsize], dtype)
                tally.add(values, None if np.isnan(blank) else blank)
        if self.skipped:
            return ColumnFacts("pixels", header.text("BUNIT"), dtype.name)
        scale, zero = header.number("BSCALE"), header.number("BZERO")
        scaling = (1.0 if np.isnan(scale) else scale, 0.0 if np.isnan(zero) else zero)
        return tally.facts("pixels", header.text("BUNIT"), dtype.name, *scaling)

    def _uncounted(self) -> tuple[ColumnFacts, ...]:
        """Name, unit and format alone, as far as the header tells them."""
        header = self.header
        if not header.is_table and header.text("XTENSION") != "TABLE":
            return ()
        return tuple(
            ColumnFacts(header.text(f"TTYPE{n}") or f"column {n}", header.text(f"TUNIT{n}"), header.text(f"TFORM{n}"))
            for n in range(1, _whole(header, "TFIELDS") + 1)
        )

    def _verdict(self, *, complete: bool) -> tuple[Checksum, str]:
        """Whether data and header still are what they were when they were written, by the FITS checksum convention."""
        said, summed = self.header.text("CHECKSUM"), self.header.text("DATASUM")
        if not said and not summed.isdecimal():
            return "none", ""
        if not complete:
            return "not checked", ""
        if summed.isdecimal() and int(summed) not in _same(self.sum):
            return "bad", f"the data add up to {self.sum}, DATASUM says {summed}"
        if said and _added(self.sum, self.raw) not in (0, _SUM):
            return "bad", "the header has changed since its CHECKSUM was written"
        return "good", ""


class _Count:
    """Counts one column of a FITS table."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.tally = Tally()
        n, header = column.place + 1, column.header
        self.form = header.text(f"TFORM{n}")
        letter = _LETTER.match(self.form)
        self.letter = letter[1].upper() if letter else ""
        null = header.number(f"TNULL{n}")
        self.null = None if np.isnan(null) or self.letter not in "BIJK" else null
        scale, zero = header.number(f"TSCAL{n}"), header.number(f"TZERO{n}")
        self.scaling = (1.0 if np.isnan(scale) else scale, 0.0 if np.isnan(zero) else zero)

    def add(self, values: np.ndarray) -> None:
        """Count the rows of one piece."""
        match self.letter:
            case "B" | "I" | "J" | "K" | "E" | "D" | "C" | "M":
                self.tally.add(values, self.null)
            case "L":
                self.tally.missing += int((values.view(np.int8) == 0).sum())
            case "A":
                self.tally.missing += int((np.char.strip(values) == b"").sum())

    def facts(self) -> ColumnFacts:
        """What was counted; nothing for bits and for arrays that lie elsewhere."""
        name, unit = self.column.name, self.column.unit
        if self.letter in "XPQ":
            return ColumnFacts(name, unit, self.form)
        return self.tally.facts(name, unit, self.form, *self.scaling)


def _added(total: int, piece: bytes) -> int:
    """The ones' complement sum of 32-bit words, the standard's appendix J, with ``piece`` added to it."""
    total += int(np.frombuffer(piece, ">u4").sum(dtype=np.uint64))
    while total >> 32:
        total = (total & _SUM) + (total >> 32)
    return total


def _same(total: int) -> tuple[int, ...]:
    """``total``, and the other zero where it is one: ones' complement has two."""
    return (0, _SUM) if total in (0, _SUM) else (total,)


def _is_packed(header: Header) -> bool:
    return header.text("ZIMAGE") == "T" or header.text("ZTABLE") == "T"


def _kind(header: Header) -> str:
    match header.text("XTENSION"):
        case "BINTABLE" | "A3DTABLE" if header.text("ZIMAGE") == "T":
            return "compressed image"
        case "BINTABLE" | "A3DTABLE":
            return "compressed table" if header.text("ZTABLE") == "T" else "table"
        case "TABLE":
            return "table in text"
        case _ if not header.axes():
            return "no data"
        case "" | "IMAGE":
            return "image"
        case other:
            return other.lower()


def _told(header: Header) -> str:
    """The size in words: "20,076 rows of 20 columns", "2048 × 1024, float32"."""
    match _kind(header):
        case "table" | "table in text" | "compressed table":
            rows, fields = header.size("NAXIS2"), _whole(header, "TFIELDS")
            return f"{rows:,} {'row' if rows == 1 else 'rows'} of {fields} {'column' if fields == 1 else 'columns'}"
        case "compressed image":
            axes = [header.text(f"ZNAXIS{n}") for n in range(1, _whole(header, "ZNAXIS") + 1)]
            return f"{' × '.join(axes)}, {header.text('ZCMPTYPE') or 'unknown compression'}"
        case "no data":
            return ""
        case _:
            bits = int(header.number("BITPIX"))
            return f"{' × '.join(map(str, header.axes()))}, {np.dtype(_BITPIX[bits]).name}"


def _whole(header: Header, keyword: str) -> int:
    """A count of columns or axes, as FITS allows them; 0 where the header says something else."""
    value = header.value(keyword)
    return value if isinstance(value, int) and 0 < value < 1000 else 0
