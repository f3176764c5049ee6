"""Bytes of a file, front to back and bounded: gzip is unpacked on the way, and nothing but a plain file is opened."""

import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from desktop_app.core.errors import ReadError
from desktop_app.io.reader import HEAD_BYTES

UNPACKED_LIMIT_BYTES = 4 << 30
# Light curves shrink two- to fivefold; what shrinks two-hundredfold beyond the first 64 MiB is no light curve.
RATIO_LIMIT = 200
RATIO_FREE_BYTES = 64 << 20
_PACKED_CHUNK_BYTES = 64 << 10
_UNPACKED_CHUNK_BYTES = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"


class Bytes(Protocol):
    """A file that is read once, front to back."""

    def read(self, count: int) -> bytes:
        """The next ``count`` bytes; fewer only where the file ends."""
        ...

    def skip(self, count: int) -> int:
        """Pass over the next ``count`` bytes; how many there were."""
        ...

    def finish(self) -> None:
        """Read what is left, so that a damaged end is noticed."""
        ...


@contextmanager
def open_bytes(path: Path) -> Iterator[Bytes]:
    """The bytes of ``path``, unpacked where they are gzipped.

    Raises
    ------
    ReadError
        There is no such file, it may not be read, it is no plain file, or its gzip stream is broken or a bomb.
    """
    try:
        _check_plain(path)
        with path.open("rb") as file:
            packed = file.read(2) == GZIP_MAGIC
            file.seek(0)
            yield _Gzip(file, path.name) if packed else _Plain(file)
    except FileNotFoundError as error:
        raise ReadError(f"There is no file {path}.", hint="Check the name and the folder.") from error
    except PermissionError as error:
        raise ReadError(f"{path.name} may not be read by you.", hint="Ask its owner for permission to read.") from error
    except OSError as error:
        raise ReadError(
            f"{path.name} cannot be read: {error}.", hint="Copy it to a local disk and try again."
        ) from error


def is_packed(path: Path) -> bool:
    """Whether the plain file ``path`` is gzipped."""
    with path.open("rb") as file:
        return file.read(2) == GZIP_MAGIC


def version_of(path: Path) -> tuple[int, int]:
    """Changes when the file does: its time of change and its size, zeros where there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)


def _check_plain(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except ValueError as error:
        raise ReadError(f"{path!r} is no name that a file can have.", hint="Check the name.") from error
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "not a plain file"
        raise ReadError(f"{path.name or path} is {what}.", hint="Give the name of a light-curve file.")


def read_head(path: Path) -> bytes:
    """The first `HEAD_BYTES` bytes of ``path``, unpacked.

    Raises
    ------
    ReadError
    """
    with open_bytes(path) as file:
        return file.read(HEAD_BYTES)


class _Plain:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = os.fstat(file.fileno()).st_size

    def read(self, count: int) -> bytes:
        # Python sets aside what is asked for before it looks how much there is.
        piece = self._file.read(min(count, self._left))
        self._left -= len(piece)
        return piece

    def skip(self, count: int) -> int:
        passed = min(count, self._left)
        self._file.seek(passed, os.SEEK_CUR)
        self._left -= passed
        return passed

    def finish(self) -> None:
        return


class _Gzip:
    """A gzip stream unpacked piece by piece; zlib checks its checksum where each member ends."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._stream = zlib.decompressobj(wbits=31)
        self._packed = b""
        self._packed_count = 0
        self._unpacked_count = 0
        self._ended = False

    def read(self, count: int) -> bytes:
        pieces: list[bytes] = []
        while count > 0 and (piece := self._piece(min(count, _UNPACKED_CHUNK_BYTES))):
            pieces.append(piece)
            count -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def skip(self, count: int) -> int:
        passed = 0
        while passed < count and (piece := self._piece(min(count - passed, _UNPACKED_CHUNK_BYTES))):
            passed += len(piece)
        return passed

    def finish(self) -> None:
        while self._piece(_UNPACKED_CHUNK_BYTES):
            pass

    def _piece(self, count: int) -> bytes:
        while not self._ended:
            if not self._packed:
                self._packed = self._file.read(_PACKED_CHUNK_BYTES)
                self._packed_count += len(self._packed)
                self._check_more_comes()
            try:
                piece = self._stream.decompress(self._packed, count)
            except zlib.error as error:
                raise self._broken(f"its gzip stream is damaged ({error})") from error
            self._packed = self._stream.unconsumed_tail
            if self._stream.eof:
                self._next_member()
            if piece:
                self._unpacked_count += len(piece)
                self._check_size()
                return piece
        return b""

    def _check_more_comes(self) -> None:
        if not self._packed:
            raise self._broken("its gzip stream ends too early")

    def _next_member(self) -> None:
        rest = self._stream.unused_data or self._file.read(_PACKED_CHUNK_BYTES)
        self._packed = rest.lstrip(b"\0")
        self._ended = not self._packed
        self._stream = zlib.decompressobj(wbits=31)

    def _check_size(self) -> None:
        unlikely = self._unpacked_count > max(RATIO_FREE_BYTES, RATIO_LIMIT * self._packed_count)
        if unlikely or self._unpacked_count > UNPACKED_LIMIT_BYTES:
            raise ReadError(
                f"{self._name} unpacks to more than {self._unpacked_count >> 20} MiB, which no light curve does.",
                hint="Unpack it yourself if you trust it, and open what comes out.",
            )

    def _broken(self, how: str) -> ReadError:
        return ReadError(f"{self._name} cannot be unpacked: {how}.", hint="Download or copy the file again.")
