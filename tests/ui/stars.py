"""Light curves written to disk for the window's tests."""

from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats

FLARE_ROW, DIP_ROW = 600, 1400
_TIME_ZERO = 1325.0


def flaring_star(n: int = 2000, *, seed: int = 0) -> tuple[Floats, Floats]:
    """White noise of 0.1 % with one flare and one dip, both far above it."""
    rng = np.random.default_rng(seed)
    time = _TIME_ZERO + 0.02 * np.arange(n, dtype=np.float64)
    flux = 1 + 1e-3 * rng.standard_normal(n)
    if n > DIP_ROW + 20:
        flux[FLARE_ROW : FLARE_ROW + 12] += 0.08 * np.exp(-np.arange(12) / 3)
        flux[DIP_ROW : DIP_ROW + 15] -= 0.05
    return time, flux


def write_star(path: Path, n: int = 2000, *, seed: int = 0) -> Path:
    """A text light curve of `flaring_star`."""
    time, flux = flaring_star(n, seed=seed)
    table = np.column_stack([time, flux, np.full(n, 1e-3)])
    np.savetxt(path, table, fmt="%.8f", delimiter=",", header="time,flux,flux_err", comments="")
    return path
