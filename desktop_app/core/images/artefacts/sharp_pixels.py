"""Pixels that step up from their neighbours more than noise and more than anything the optics could draw."""

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.images.artefacts.frame import Frame
from desktop_app.core.images.artefacts.sharpness import Singles, about, laplacian, mend, sharpness
from desktop_app.core.progress import Report, part

_SHARP = 4.5
_CONTRAST = 5.0
_GROW = 0.45
_PASSES = 3
_BLOCK = 16
_BAND_PIXELS = 1_000_000
_AT_ONCE = 20_000
_MOST_OF_PICTURE = 0.02
_SAID = "Looking for cosmic rays"


class SharpPixels:
    """The pixels that are sharp, found band by band and then about what was found."""

    def __init__(self, frame: Frame, report: Report) -> None:
        self.frame, self.report, self.done = frame, report, 0.0
        self.own = np.float32(_per_level(frame, part(report, 0.0, 0.1)))
        self.values = np.array(frame.pixels, np.float32)
        self.lap = np.zeros(frame.shape, np.float32)
        self.hits = np.zeros(frame.shape, bool)
        self.sharpest = np.zeros(frame.shape, np.float32)

    def run(self) -> bool:
        """Fill `hits` and `sharpest`, mend `values`; False where too much of the picture is sharp."""
        if not self._first():
            return False
        for n in range(1, _PASSES):
            self._said(0.6 + 0.1 * n)
            if not self._again():
                break
        return not self._too_many()

    def _first(self) -> bool:
        """What stands out alone, and all that hangs together with it by its edges."""
        ny, nx = self.frame.shape
        rows = max(1, _BAND_PIXELS // nx)
        found: list[Ints] = []
        for first in range(0, ny, rows):
            self._said(0.1 + 0.2 * first / ny)
            laplacian(self.values, self.frame.good, self.lap, first, min(first + rows, ny))
        for first in range(0, ny, rows):
            self._said(0.3 + 0.2 * first / ny)
            high = np.flatnonzero(self.lap[first : first + rows] >= 2 * _SHARP * self.frame.noise) + first * nx
            sharp, contrast = self._sharpness(high, _SHARP)
            new = (sharp > _SHARP) & (contrast > _CONTRAST)
            self.sharpest.flat[high[new]] = sharp[new]
            found.append(high[new])
        edge = np.concatenate(found)
        self.hits.flat[edge] = True
        self._grow(edge)
        return not self._too_many() and self._mended()

    def _grow(self, edge: Ints) -> None:
        looked = self.hits.copy()
        while edge.size and not self._too_many():
            self._said()
            near = _neighbours(edge, self.frame.shape)
            near = near[~looked.flat[near] & (self.lap.flat[near] >= 2 * _SHARP * _GROW * self.frame.noise)]
            looked.flat[near] = True
            sharp, _ = self._sharpness(near, _SHARP * _GROW)
            edge, sharp = near[sharp > _SHARP * _GROW], sharp[sharp > _SHARP * _GROW]
            self.hits.flat[edge], self.sharpest.flat[edge] = True, sharp

    def _again(self) -> bool:
        """What is sharp now that the hits are mended; False where nothing is."""
        near = about(self.hits, 4) & ~self.hits & (self.lap >= 2 * _SHARP * _GROW * self.frame.noise)
        at = np.flatnonzero(near)
        sharp, contrast = self._sharpness(at, _SHARP * _GROW)
        new = (sharp > _SHARP) & (contrast > _CONTRAST)
        hits = self.hits.copy()
        hits.flat[at[new]] = True
        new |= (sharp > _SHARP * _GROW) & about(hits, 1).flat[at]
        if not new.any():
            return False
        self.hits.flat[at[new]], self.sharpest.flat[at[new]] = True, sharp[new]
        return not self._too_many() and self._mended()

    def _mended(self) -> bool:
        mend(self.values, self.hits, self.frame.good)
        ny, nx = self.frame.shape
        rows = max(1, _BAND_PIXELS // nx)
        for first in range(0, ny, rows):
            self._said()
            laplacian(self.values, self.frame.good, self.lap, first, min(first + rows, ny))
        return True

    def _sharpness(self, at: Ints, least: float) -> tuple[Singles, Singles]:
        sharp, contrast = np.zeros(len(at), np.float32), np.zeros(len(at), np.float32)
        frame, noise = self.frame, np.float32(self.frame.noise)
        for first in range(0, len(at), _AT_ONCE):
            self._said()
            some = slice(first, first + _AT_ONCE)
            sharp[some], contrast[some] = sharpness(
                self.values, frame.good, frame.level, self.lap, noise, self.own, least, at[some]
            )
        return sharp, contrast

    def _said(self, done: float = 0.0) -> None:
        self.done = max(self.done, done)
        self.report(self.done, _SAID)

    def _too_many(self) -> bool:
        return bool(np.count_nonzero(self.hits) > _MOST_OF_PICTURE * self.hits.size)


def _neighbours(at: Ints, shape: tuple[int, int]) -> Ints:
    """The flat places of the pixels that touch those ``at``, each once."""
    y, x = np.divmod(at[:, None], shape[1])
    dy, dx = np.repeat([-1, 0, 1], 3), np.tile([-1, 0, 1], 3)
    y, x = y + dy, x + dx
    inside = (y >= 0) & (y < shape[0]) & (x >= 0) & (x < shape[1])
    near: Ints = np.unique((y * shape[1] + x)[inside])
    return near


def _per_level(frame: Frame, report: Report) -> float:
    """How the variance grows with the level, from the differences of neighbours in small blocks; at least 0."""
    ny, nx = (n // _BLOCK * _BLOCK for n in frame.shape)
    if ny < 2 * _BLOCK or nx < 2 * _BLOCK:
        return 0.0
    rows = max(_BLOCK, _BAND_PIXELS // nx // _BLOCK * _BLOCK)
    slopes: list[Floats] = []
    for first in range(0, ny, rows):
        report(first / ny, _SAID)
        band = slice(first, min(first + rows, ny)), slice(0, nx)
        blocks, over = _blocks(frame.pixels[band]), np.median(_blocks(frame.pixels[band] - frame.level[band]), axis=1)
        lit = over > 3 * frame.noise
        if not lit.any():
            continue
        square = blocks[lit].reshape(-1, _BLOCK, _BLOCK).astype(np.float64)
        along_x = np.median(np.abs(np.diff(square, axis=2)), axis=(1, 2))
        along_y = np.median(np.abs(np.diff(square, axis=1)), axis=(1, 2))
        # What has structure is rough across it; the smoother axis tells the noise.
        variance = (1.4826 * np.minimum(along_x, along_y)) ** 2 / 2
        slopes.append((variance - frame.noise**2) / over[lit])
    found = np.concatenate(slopes) if slopes else np.empty(0)
    return float(max(np.median(found), 0.0)) if found.size >= 8 else 0.0


def _blocks(band: Singles) -> Singles:
    """The pixels of each square block, shape (blocks, pixels of a block)."""
    ny, nx = band.shape
    blocks = band.reshape(ny // _BLOCK, _BLOCK, nx // _BLOCK, _BLOCK).swapaxes(1, 2)
    return blocks.reshape(-1, _BLOCK * _BLOCK)
