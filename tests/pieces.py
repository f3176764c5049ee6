"""Light curves that belong together: sectors of one star, made by seeded functions."""

from pathlib import Path

import numpy as np

from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.source import Source
from desktop_app.core.timescales import named_reference

STAR = "TIC 42"
CADENCE_D = 0.02


def sector(number: int, *, n: int = 200, level: float = 1000.0, seed: int = 0) -> LightCurve:
    """Half an hour's cadence for ``n`` rows from the 27th day of the sector on; row 7 has no time, row 30 is flagged.

    The file is called ``s0001.fits`` in sector 1; SAP_FLUX is nine tenths of PDCSAP_FLUX.
    """
    rng = np.random.default_rng(100 * number + seed)
    time = 1325.0 + 27.0 * (number - 1) + CADENCE_D * np.arange(n, dtype=np.float64)
    time[7] = np.nan
    flux = level * (1 + 1e-3 * rng.standard_normal(n))
    quality = np.zeros(n, np.int64)
    quality[30] = 128
    error = np.full(n, level * 1e-3)
    columns = {
        "PDCSAP_FLUX": Series(flux, "e-/s"),
        "PDCSAP_FLUX_ERR": Series(error, "e-/s"),
        "SAP_FLUX": Series(0.9 * flux, "e-/s"),
    }
    source = Source(
        path=Path(f"s{number:04d}.fits"), object_name=STAR, mission="TESS", segment=f"sector {number}", ra_deg=84.3
    )
    return LightCurve(
        source=source,
        time=time,
        flux=flux,
        flux_err=error,
        flux_name="PDCSAP_FLUX",
        flux_unit="e-/s",
        reference=named_reference(2457000.0, "TDB", barycentric=True),
        quality=quality,
        cadence=100_000 * number + np.arange(n),
        columns=columns,
        flux_choices=("PDCSAP_FLUX", "SAP_FLUX"),
    )
