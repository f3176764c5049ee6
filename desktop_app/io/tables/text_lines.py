"""The lines of a text file, read in pieces of whole lines and bounded."""

import re
from collections.abc import Iterator
from pathlib import Path

from desktop_app.core.errors import ReadError
from desktop_app.io.fits.fits_file import is_fits
from desktop_app.io.source import open_bytes

# Small pieces let other threads run in between: numpy's text reader keeps the interpreter to itself.
_PIECE_BYTES = 512 << 10
_LONGEST_LINE_BYTES = 16 << 20
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_TEXT = bytes(byte for byte in range(256) if byte not in {*range(9), *range(14, 27), *range(28, 32), 127})
LINE_END = re.compile(r"\r\n|\r|\n")


def is_text(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is text at all."""
    return bool(head.strip()) and not is_fits(head) and (head[:2] in _UTF_16 or not head.translate(None, _TEXT))


def pieces(path: Path) -> Iterator[str]:
    """The text in pieces of whole lines.

    Raises
    ------
    ReadError
        It is no text in UTF-8, or has a line without end.
    """
    rest = b""
    with open_bytes(path) as file:
        while piece := file.read(_PIECE_BYTES):
            whole, end, tail = piece.rpartition(b"\n")
            if end:
                yield decoded(rest + whole + end, path.name)
                rest = tail
            else:
                rest += piece
            if len(rest) > _LONGEST_LINE_BYTES:
                raise ReadError(f"{path.name} has a line of more than 16 MiB.", hint="Open a table of short lines.")
    if rest.strip():
        yield decoded(rest, path.name)


def decoded(data: bytes, file: str) -> str:
    """The text that ``data`` is, in UTF-8 or else latin-1.

    Raises
    ------
    ReadError
        It is in UTF-16, or no text.
    """
    if data[:2] in _UTF_16 or b"\0" in data:
        what = "text in UTF-16" if data[:2] in _UTF_16 else "not plain text: it holds zero bytes"
        raise ReadError(f"{file} is {what}.", hint="Save it as plain text in UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
