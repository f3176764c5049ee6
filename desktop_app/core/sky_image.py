"""A picture of the sky: pixels, what is wrong with them, and where they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools
from desktop_app.core.sky import Sky
from desktop_app.core.source import Source

Pixels = NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FrameSequence:
    """The frames of one field that a picture is one of; each is opened when it is asked for.

    Attributes
    ----------
    names : tuple of str
        In order of time.
    open : callable
        ``open(name)``: one frame. Raises `ReadError`.
    version : callable
        A text that is another one whenever a frame has changed.
    """

    names: tuple[str, ...]
    open: Callable[[str], "SkyImage"]
    version: Callable[[], str]


@dataclass(frozen=True, eq=False)
class SkyImage:
    """One picture of a file; ``source.parts`` names the others.

    Attributes
    ----------
    source : Source
    pixels : ndarray of float32 or float64, shape (ny, nx)
        Row 0 is the lowest; NaN where the file has no value. Integers of 16 bits are float32, longer ones float64.
    unit : str
        BUNIT as the file writes it.
    bad : ndarray of bool, shape (ny, nx), or None
        Where the mask or the data-quality extension says that a pixel is not to be trusted.
    sky : Sky or None
        None where the header says nothing of the sky.
    jd : float
        Julian date of the middle of the exposure in ``time_scale``; NaN where not known.
    time_scale : str
        "UTC", "TDB", ..., or "" where not known.
    beside : mapping of str to ndarray, shape (ny, nx)
        Pictures that belong beside it: science, template and difference of an alert.
    sequence : FrameSequence or None
        All frames of the field where it is one of several; the digest is of this one alone.
    """

    source: Source
    pixels: Pixels
    unit: str = ""
    bad: Bools | None = None
    sky: Sky | None = None
    jd: float = float("nan")
    time_scale: str = ""
    beside: Mapping[str, Pixels] = field(default_factory=dict)
    sequence: FrameSequence | None = None

    def __post_init__(self) -> None:
        if self.pixels.ndim != 2 or self.pixels.dtype not in (np.float32, np.float64):
            raise ValueError(f"pixels are {self.pixels.dtype} of shape {self.pixels.shape}")
        for other in (*self.beside.values(), *(() if self.bad is None else (self.bad,))):
            if other.shape != self.pixels.shape:
                raise ValueError(f"a companion has shape {other.shape}, the pixels {self.pixels.shape}")
            other.flags.writeable = False
        self.pixels.flags.writeable = False

    @cached_property
    def digest(self) -> str:
        """sha256 over the pixels and the mask."""
        state = sha256(f"image/{self.pixels.shape}/{self.pixels.dtype}".encode())
        for array in (self.pixels, *(() if self.bad is None else (self.bad,)), *self.beside.values()):
            state.update(np.ascontiguousarray(array).data)
        return state.hexdigest()
