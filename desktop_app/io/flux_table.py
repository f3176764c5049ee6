"""FITS tables with a TIME and a FLUX column, as lightkurve and many teams write them."""

from pathlib import Path

from desktop_app.core.data import LightCurve
from desktop_app.io.fits_curve import Layout, read_curve, summarise_curve
from desktop_app.io.fits_table import table_head
from desktop_app.io.reader import Reader

_LAYOUT = Layout(time="TIME", fluxes=("FLUX", "PDCSAP_FLUX", "SAP_FLUX"))


def accepts(path: Path, head: bytes) -> bool:
    """Whether the first table has these columns."""
    table = table_head(path, head)
    return table is not None and _LAYOUT.fits(table)


def read(path: Path) -> LightCurve:
    """The light curve, FLUX shown where it is not empty."""
    return read_curve(path, _LAYOUT)


READER = Reader(
    "flux-table",
    "FITS tables with TIME and FLUX",
    (".fits", ".fit", ".fits.gz", ".fit.gz"),
    accepts,
    read,
    summarise_curve,
)
