"""Light curves made by seeded functions, and where the real ones are."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.light_curve import LightCurve
from desktop_app.core.source import Source
from desktop_app.core.timescales import named_reference

SHARED = Path(__file__).parents[2] / "shared" / "data"
REAL = SHARED / "lightcurves"


def real_file(name: str) -> Path:
    """A real light curve below ``shared/data/lightcurves``; skips the test where the data are absent."""
    path = REAL / name
    if not path.exists():
        pytest.skip(f"the real data are not here: {path}")
    return path


def quiet_curve(n: int = 2000, *, seed: int = 0, cadence_d: float = 0.02, noise: float = 1e-3) -> LightCurve:
    """White noise about 1 and nothing else."""
    rng = np.random.default_rng(seed)
    time = 1325.0 + cadence_d * np.arange(n, dtype=np.float64)
    return LightCurve(
        source=Source(object_name="quiet star", mission="TESS"),
        time=time,
        flux=1 + noise * rng.standard_normal(n),
        flux_err=np.full(n, noise),
        reference=named_reference(2457000.0, "TDB", barycentric=True),
    )
