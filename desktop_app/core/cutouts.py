"""Many small pictures of one size, and what a catalogue says of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Ints
from desktop_app.core.light_curve import Series
from desktop_app.core.source import Source

Stamps = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class CutoutSet:
    """Equally sized stamps with an optional catalogue.

    Attributes
    ----------
    source : Source
    images : ndarray of float32, shape (m, ny, nx)
        NaN where a stamp has no value.
    ids : tuple of str
        One a stamp, each once: file names without their ends, or plane numbers of a cube.
    unit : str
    columns : mapping of str to Series
        Columns of numbers of the catalogue, joined by id or position; NaN where it has no row for a stamp.
    labels : mapping of str to tuple of str
        Columns of text of the catalogue; "" where it has no row for a stamp.
    ra_deg, dec_deg : ndarray, shape (m,)
        ICRS of the middle of each stamp; NaN where not known.
    beside : mapping of str to ndarray of float32, shape (m, ny, nx)
        Other pictures of the same objects: template and difference beside the science of alerts; a whole stamp is
        NaN where one is missing.
    slopes_deg : ndarray, shape (m, 2, 2)
        Degrees to the east and to the north, rows, for a pixel along x and along y, columns; NaN where not known.
    """

    source: Source
    images: Stamps
    ids: tuple[str, ...]
    unit: str = ""
    columns: Mapping[str, Series] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ra_deg: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    dec_deg: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    beside: Mapping[str, Stamps] = field(default_factory=dict)
    slopes_deg: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2, 2)))

    def __post_init__(self) -> None:
        m = len(self.images)
        if self.images.ndim != 3 or self.images.dtype != np.float32:
            raise ValueError(f"images are {self.images.dtype} of shape {self.images.shape}")
        for name in ("ra_deg", "dec_deg"):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.full(m, np.nan))
        if not len(self.slopes_deg):
            object.__setattr__(self, "slopes_deg", np.full((m, 2, 2), np.nan))
        lengths = {len(self.ids), len(self.ra_deg), len(self.dec_deg), len(self.slopes_deg)}
        lengths |= {len(series.values) for series in self.columns.values()} | set(map(len, self.labels.values()))
        if lengths != {m} or len(set(self.ids)) != m:
            raise ValueError("ids and columns do not fit the stamps")
        for role, other in self.beside.items():
            if other.shape != self.images.shape or other.dtype != np.float32:
                raise ValueError(f"the {role} is {other.dtype} of shape {other.shape}")
            other.flags.writeable = False
        self.images.flags.writeable = False

    def __len__(self) -> int:
        return len(self.images)

    def of_role(self, role: str) -> Stamps | None:
        """The pictures of one role, shown or beside; None where the set has none."""
        return self.images if role == self.source.part else self.beside.get(role)

    @cached_property
    def digest(self) -> str:
        """sha256 over the stamps, what is beside them, and the numbers of the catalogue."""
        state = sha256(f"cutouts/{self.images.shape}".encode())
        state.update(np.ascontiguousarray(self.images).data)
        for role, other in self.beside.items():
            state.update(f"{self.source.part}/{role}".encode())
            state.update(np.ascontiguousarray(other).data)
        for name, series in self.columns.items():
            state.update(name.encode() + np.ascontiguousarray(series.values).tobytes())
        return state.hexdigest()


def only_stamps(data: CutoutSet, places: Ints) -> CutoutSet:
    """The stamps of ``data`` at ``places``, in that order, with their rows of the catalogue."""
    return replace(
        data,
        images=data.images[places],
        ids=tuple(data.ids[place] for place in places),
        columns={name: replace(series, values=series.values[places]) for name, series in data.columns.items()},
        labels={name: tuple(texts[place] for place in places) for name, texts in data.labels.items()},
        ra_deg=data.ra_deg[places],
        dec_deg=data.dec_deg[places],
        beside={role: other[places] for role, other in data.beside.items()},
        slopes_deg=data.slopes_deg[places],
    )
