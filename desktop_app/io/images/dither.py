"""Floating-point pixels back from the whole numbers that compression made of them, with the dither taken out again.

The random numbers and their order are those of appendix I of the FITS standard.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_COUNT = 10_000
_MULTIPLIER, _MODULUS = 16807, 2147483647
_LONGEST_START = 500
# With the second method this number means exactly zero, whatever the scale.
_EXACT_ZERO = -2147483646
METHODS = ("", "NONE", "NO_DITHER", "SUBTRACTIVE_DITHER_1", "SUBTRACTIVE_DITHER_2")


@dataclass(frozen=True)
class Dither:
    """How whole numbers were made of floating-point pixels.

    Attributes
    ----------
    method : str
        One of `METHODS`, as ZQUANTIZ names it.
    seed : int
        ZDITHER0: which random number the first tile begins with.
    """

    method: str
    seed: int

    def values(self, stored: NDArray[np.generic], row: int, scaling: tuple[float, float, float]) -> NDArray[np.float64]:
        """The pixels of a tile.

        Parameters
        ----------
        stored : ndarray of int, shape (n,)
        row : int
            The tile's row in the table, from 0.
        scaling : tuple of float
            Scale, zero, and the number that means no value, NaN for none.
        """
        scale, zero, blank = scaling
        numbers = stored.astype(np.float64)
        values = numbers
        if self.method.startswith("SUBTRACTIVE"):
            values = numbers - _sequence((row + self.seed - 1) % _COUNT, len(numbers)) + 0.5
        values = values * scale + zero
        if self.method == "SUBTRACTIVE_DITHER_2":
            values[numbers == _EXACT_ZERO] = 0.0
        values[numbers == blank] = np.nan
        return values


@lru_cache(maxsize=1)
def _randoms() -> NDArray[np.float32]:
    seed, drawn = 1, []
    for _ in range(_COUNT):
        seed = _MULTIPLIER * seed % _MODULUS
        drawn.append(seed / _MODULUS)
    return np.array(drawn, np.float32)


def _sequence(start: int, count: int) -> NDArray[np.float64]:
    """The ``count`` random numbers for a tile that begins with number ``start``."""
    randoms, pieces, got = _randoms(), [], 0
    while got < count:
        piece = randoms[int(randoms[start] * _LONGEST_START) :][: count - got]
        pieces.append(piece)
        got += len(piece)
        start = (start + 1) % _COUNT
    return np.concatenate(pieces).astype(np.float64)
