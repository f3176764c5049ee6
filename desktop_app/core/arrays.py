"""Array types, and arrays that nobody can write to."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def frozen_floats(values: ArrayLike) -> Floats:
    """A read-only float64 view of ``values`` in native byte order; a copy only where the type demands one."""
    array = np.ascontiguousarray(values, dtype=np.float64).view()
    array.flags.writeable = False
    return array


def frozen_ints(values: ArrayLike) -> Ints:
    """A read-only int64 view of ``values`` in native byte order; a copy only where the type demands one."""
    array = np.ascontiguousarray(values, dtype=np.int64).view()
    array.flags.writeable = False
    return array


def whole_numbers(values: Floats) -> Ints:
    """``values`` as int64; 0 where a value is no number that float64 counts exactly."""
    known = np.abs(values) <= 2.0**53
    return np.where(known, values, 0.0).astype(np.int64)


def robust_sigma(values: Floats) -> float:
    """The standard deviation that Gaussian ``values`` with this median absolute deviation would have.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN is left out. NaN comes back where nothing is finite.
    """
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return float("nan")
    return float(1.4826 * np.median(np.abs(finite - np.median(finite))))
