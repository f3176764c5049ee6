"""Arrays of numbers in numpy's own format: its header is read here, and nothing is ever evaluated or unpickled."""

import re
from dataclasses import dataclass
from math import prod

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.io.source import Bytes

MAGIC = b"\x93NUMPY"
VALUES_LIMIT_BYTES = 1 << 30
# numpy writes about 120 bytes for an array of numbers.
_HEADER_LIMIT_BYTES = 8 << 10
_HEADER = re.compile(
    r"\s*\{\s*'descr'\s*:\s*(?P<descr>'[^']{1,12}'|\[.*\]|.{1,40}?)\s*,"
    r"\s*'fortran_order'\s*:\s*(?P<fortran>True|False)\s*,"
    r"\s*'shape'\s*:\s*\((?P<shape>[0-9L,\s]{0,200})\)\s*,?\s*\}\s*",
    re.DOTALL,
)
_NUMBERS = re.compile(r"'([<>|=]?)(b1|\?|[iu][1248]|f[248])'")
_AGAIN = "Download or copy the file again."
_SAVE_PLAIN = "Save it as a plain array of numbers: numpy.save(name, numpy.asarray(values, float))."


@dataclass(frozen=True)
class NpyHead:
    """What the header of an array says.

    Attributes
    ----------
    shape : tuple of int
    dtype : dtype
        Of a number or a yes and no; as it lies in the file.
    fortran : bool
        Whether the first axis runs fastest.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    fortran: bool

    @property
    def bytes(self) -> int:
        """What the numbers take in the file."""
        return prod(self.shape) * self.dtype.itemsize


def read_npy_head(file: Bytes, name: str) -> NpyHead:
    """The header that ``file`` is at; the numbers follow it.

    Parameters
    ----------
    file : Bytes
    name : str
        How messages call it.

    Raises
    ------
    ReadError
        It is broken, or the array holds something else than numbers.
    """
    begin = file.read(len(MAGIC) + 2)
    if len(begin) < len(MAGIC) + 2 or not begin.startswith(MAGIC) or begin[6] not in (1, 2, 3):
        raise ReadError(f"{name} does not begin like an array of numpy.", hint=_AGAIN)
    count_bytes = 2 if begin[6] == 1 else 4
    count = int.from_bytes(file.read(count_bytes), "little")
    raw = file.read(min(count, _HEADER_LIMIT_BYTES))
    found = _HEADER.fullmatch(raw.decode("latin-1"))
    if count > _HEADER_LIMIT_BYTES or len(raw) < count or found is None:
        raise ReadError(f"{name} has a header that is damaged.", hint=_AGAIN)
    number = _NUMBERS.fullmatch(found["descr"])
    if number is None:
        raise ReadError(f"{name} holds {_other(found['descr'])}, not plain numbers.", hint=_SAVE_PLAIN)
    sizes = [size.strip().removesuffix("L") for size in found["shape"].split(",") if size.strip()]
    if not all(size.isdecimal() and len(size) < 15 for size in sizes):
        raise ReadError(f"{name} says that its shape is ({', '.join(sizes)[:60]}), which cannot be.", hint=_AGAIN)
    shape = tuple(map(int, sizes))
    return NpyHead(shape, np.dtype(number[1] + number[2].replace("?", "b1")), found["fortran"] == "True")


def read_npy(file: Bytes, name: str) -> Floats:
    """The array that ``file`` is at, as float64; shape as in the file.

    Raises
    ------
    ReadError
        It is broken, cut short or too large, or holds something else than numbers.
    """
    head = read_npy_head(file, name)
    if prod(head.shape) * 8 > VALUES_LIMIT_BYTES:
        shape = " × ".join(map(str, head.shape))
        raise ReadError(f"{name} has {shape} numbers, too many to look at.", hint="Save a part of it on its own.")
    content = file.read(head.bytes)
    if len(content) < head.bytes:
        raise ReadError(
            f"{name} is cut short: {head.bytes:,} bytes of numbers are promised and {len(content):,} are there.",
            hint=_AGAIN,
        )
    flat = np.frombuffer(content, head.dtype)
    # A signalling NaN is no news.
    with np.errstate(all="ignore"):
        values = flat.reshape(head.shape, order="F" if head.fortran else "C").astype(np.float64, copy=False)
    return np.ascontiguousarray(values) if values.ndim else values


def _other(descr: str) -> str:
    if "O" in descr:
        return "Python objects, which Peculiar never unpacks"
    if descr.startswith("["):
        return "records of several columns"
    return {"c": "complex numbers", "S": "text", "U": "text", "M": "dates", "m": "spans of time"}.get(
        descr.strip("'<>|=")[:1], f"values of type {descr[:20]}"
    )
