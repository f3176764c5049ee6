"""Light curves of eleanor from TESS full-frame images."""

from desktop_app.io.curves.fits_curve import Layout, table_reader
from desktop_app.io.fits.fits_table import TableHead

_LAYOUT = Layout(
    time="TIME",
    fluxes=("CORR_FLUX", "PCA_FLUX", "PSF_FLUX", "RAW_FLUX"),
    cadence=("FFIINDEX",),
    errors={"CORR_FLUX": "FLUX_ERR", "RAW_FLUX": "FLUX_ERR"},
    flags=lambda _head: "eleanor",
)


def is_eleanor(head: TableHead) -> bool:
    """Whether the keywords and columns are those of this product."""
    return head.has("CORR_FLUX", "RAW_FLUX", "FFIINDEX")


READER = table_reader("eleanor", "TESS light curves of eleanor", _LAYOUT, is_eleanor)
