"""FITS tables with a TIME and a FLUX column, as lightkurve, K2 Moving Bodies and many teams write them."""

from desktop_app.io.curves.fits_curve import Layout, table_reader
from desktop_app.io.fits.fits_table import TableHead
from desktop_app.io.tables.column_names import BAND_NAMES

_LAYOUT = Layout(time="TIME", fluxes=("FLUX", "PDCSAP_FLUX", "SAP_FLUX"), cadence=("CADENCENO", "CADN"))


def has_curve(head: TableHead) -> bool:
    """Whether there is a flux that is not the one pixel of a target pixel file, and rows are not of several bands."""
    banded = any(name.lower() in BAND_NAMES for name in head.columns)
    return _LAYOUT.fits(head) and "RAW_CNTS" not in head.columns and not banded


READER = table_reader("flux-table", "FITS tables with TIME and FLUX", _LAYOUT, has_curve, several=True)
