"""Light curves of the Kepler, K2 and TESS pipelines (SPOC), the TESS-SPOC full-frame curves among them."""

from pathlib import Path

from desktop_app.core.data import LightCurve
from desktop_app.io.fits_curve import Layout, mission_of, read_curve, summarise_curve
from desktop_app.io.fits_table import table_head
from desktop_app.io.reader import Reader

_LAYOUT = Layout(time="TIME", fluxes=("PDCSAP_FLUX", "SAP_FLUX"))


def accepts(path: Path, head: bytes) -> bool:
    """Whether a mission's table with PDCSAP_FLUX is there."""
    table = table_head(path, head)
    return table is not None and mission_of(table) != "" and _LAYOUT.fits(table) and table.has("PDCSAP_FLUX")


def read(path: Path) -> LightCurve:
    """The light curve, PDCSAP_FLUX shown where it is not empty."""
    return read_curve(path, _LAYOUT)


READER = Reader(
    "spoc", "TESS, Kepler and K2 light curves", (".fits", ".fit", ".fits.gz", ".fit.gz"), accepts, read, summarise_curve
)
