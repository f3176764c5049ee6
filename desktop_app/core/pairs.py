"""Stamps and the numbers beside them as a network takes them: on common scales, of one size, with masks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats, Ints, robust_sigma
from desktop_app.core.cutouts import CutoutSet, Stamps
from desktop_app.core.errors import FitError

Singles = NDArray[np.float32]

SIDES_PX = (16, 32)
MOST_COLUMNS = 24
_PLACES = frozenset(
    {"x", "y", "ra", "dec", "ra_deg", "dec_deg", "raj2000", "dej2000", "id", "number", "row", "index", "field"}
)
"""Columns that tell where something is or what it is called, of which no picture can speak."""
_QUANTILES = (0.01, 0.1, 0.5, 0.9, 0.99)
_RADII = (0.12, 0.25, 0.5)
_FEWEST_KNOWN = 0.5
_HALF = 0.5
_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pictures with numbers, one row each.

    Attributes
    ----------
    images : ndarray of float32, shape (m, 2, side, side)
        The picture, 0 where nothing is known of it, and where it is known (1) or not (0).
    briefs : ndarray of float32, shape (m, q)
        Quantiles and means of the picture.
    values, known : ndarray of float32, shape (m, k)
        The numbers, 0 where not known, and whether they are known (1) or not (0).
    """

    images: Singles
    briefs: Singles
    values: Singles
    known: Singles

    def __len__(self) -> int:
        return len(self.images)

    @property
    def tensors(self) -> tuple[Singles, Singles, Singles, Singles]:
        """In the order in which the network takes them."""
        return self.images, self.briefs, self.values, self.known

    def only(self, rows: Ints) -> "Pairs":
        """These rows of it."""
        return Pairs(*(array[rows] for array in self.tensors))


@dataclass(frozen=True, eq=False)
class PairScaling:
    """How stamps and numbers of one set are brought to common scales; fitted once, used on whatever comes later.

    Attributes
    ----------
    columns : tuple of str
        The numbers, in their order.
    shape : tuple of int
        Height and width of the stamps in pixels.
    side : int
        Of the pictures that the network sees.
    light : ndarray, shape (3,)
        Middle and width of the pixels, and the spread of their arcus sinus hyperbolicus.
    briefs : ndarray, shape (2, q)
        Middle and width of what pictures are described by in brief.
    numbers : ndarray, shape (4, k)
        Middle and width of the numbers, mean and spread of the arcus sinus hyperbolicus of what they make.
    """

    columns: tuple[str, ...]
    shape: tuple[int, int]
    side: int
    light: Floats
    briefs: Floats
    numbers: Floats

    @classmethod
    def fitted(cls, data: CutoutSet, columns: Sequence[str]) -> Self:
        """The scales of ``data``."""
        ny, nx = data.images.shape[1:]
        side = SIDES_PX[0] if max(ny, nx) <= SIDES_PX[0] else SIDES_PX[1]
        some = data.images[:: max(1, len(data) // 2000)]
        pixels: Floats = some[np.isfinite(some)].astype(np.float64)
        if not pixels.size:
            raise FitError("No stamp has a pixel with a value.", hint="Open other stamps.")
        middle = float(np.median(pixels))
        width = robust_sigma(pixels) or float(pixels.std()) or 1.0
        spread = float(np.arcsinh((pixels - middle) / width).std()) or 1.0
        raw = cls(tuple(columns), (ny, nx), side, np.array([middle, width, spread]), np.zeros((2, 0)), np.zeros((4, 0)))
        briefs = raw._described(raw._seen(data.images))
        table = [_scale_of(data.columns[name].values) for name in columns]
        return cls(
            raw.columns,
            raw.shape,
            side,
            raw.light,
            np.array([np.median(briefs, 0), np.maximum(briefs.std(0), 1e-6)]),
            np.array(table, np.float64).reshape(len(columns), 4).T,
        )

    def applied(self, data: CutoutSet) -> Pairs:
        """``data`` on these scales; its columns and shape have to be those of the fit."""
        seen = self._seen(data.images)
        briefs = (self._described(seen) - self.briefs[0]) / self.briefs[1]
        light = np.arcsinh(seen[:, 0]) / self.light[2]
        raw = np.column_stack([data.columns[name].values for name in self.columns])
        known = np.isfinite(raw)
        middle, width, mean, spread = self.numbers
        values = (np.arcsinh((np.where(known, raw, middle) - middle) / width) - mean) / spread
        return Pairs(
            np.stack([light * seen[:, 1], seen[:, 1]], axis=1).astype(np.float32),
            np.clip(briefs, -20, 20).astype(np.float32),
            np.where(known, np.clip(values, -20, 20), 0.0).astype(np.float32),
            known.astype(np.float32),
        )

    def numbers_back(self, place: int, values: Floats) -> Floats:
        """``values`` of the column at ``place`` in the unit of the catalogue."""
        middle, width, mean, spread = self.numbers[:, place]
        return np.asarray(middle + width * np.sinh(np.clip(values * spread + mean, -30, 30)), np.float64)

    def picture_back(self, picture: Floats) -> Floats:
        """``picture`` of shape (side, side) at the size of the stamps; its scale stays that of the network."""
        rows, columns = (_shares(n, self.side) for n in self.shape)
        weights = rows.sum(0)[:, None] * columns.sum(0)[None, :]
        return np.asarray(rows.T @ picture @ columns / np.maximum(weights, _TINY), np.float64)

    def _seen(self, images: Stamps) -> Singles:
        """The stamps at the size of the network in sigmas of the set, and where they are known: (m, 2, side, side)."""
        rows, columns = (_shares(n, self.side).astype(np.float32) for n in images.shape[1:])
        known = np.isfinite(images)
        scaled = np.where(known, (images - np.float32(self.light[0])) / np.float32(self.light[1]), np.float32(0.0))
        light = rows @ np.asarray(scaled, np.float32) @ columns.T
        there = rows @ known.astype(np.float32) @ columns.T
        enough = there > _HALF
        return np.stack([np.where(enough, light / np.maximum(there, 1e-6), 0.0), enough], axis=1).astype(np.float32)

    def _described(self, seen: Singles) -> Floats:
        """Each picture in a few numbers, shape (m, q): on the soft scale, and its brightness about the middle."""
        flat = np.arcsinh(seen[:, 0].reshape(len(seen), -1)).astype(np.float64)
        rows, columns = np.mgrid[: self.side, : self.side] - (self.side - 1) / 2
        far = np.hypot(rows, columns).ravel() / self.side
        linear = seen[:, 0].reshape(len(seen), -1)
        near = [np.arcsinh(3 * linear[:, far <= radius].mean(1)) for radius in _RADII]
        about = np.quantile(flat, _QUANTILES, axis=1)
        return np.column_stack([flat.mean(1), flat.std(1), flat.max(1), *about, *near]).astype(np.float64)


def usable_columns(data: CutoutSet) -> tuple[str, ...]:
    """The columns that a picture may have to do with: numbers, known of most stamps, that are not all the same."""
    found = []
    for name, series in data.columns.items():
        finite = series.values[np.isfinite(series.values)]
        if name.lower() in _PLACES or finite.size < _FEWEST_KNOWN * len(data) or not finite.size:
            continue
        if finite.max() > finite.min():
            found.append(name)
    return tuple(found[:MOST_COLUMNS])


def _scale_of(values: Floats) -> tuple[float, float, float, float]:
    """Middle and width of a column, mean and spread of what they make of it."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return 0.0, 1.0, 0.0, 1.0
    middle = float(np.median(finite))
    width = robust_sigma(finite) or float(finite.std()) or 1.0
    soft = np.arcsinh((finite - middle) / width)
    return middle, width, float(soft.mean()), float(soft.std()) or 1.0


def _shares(n: int, side: int) -> Floats:
    """How much of each of ``n`` pixels lies in each of ``side``; shape (side, n), each row sums to one."""
    edges = np.arange(side + 1) * n / side
    low, high = edges[:-1, None], edges[1:, None]
    pixel = np.arange(n)[None, :]
    over = np.clip(np.minimum(high, pixel + 1) - np.maximum(low, pixel), 0, None)
    return over / over.sum(axis=1, keepdims=True)
