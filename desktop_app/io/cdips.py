"""Light curves of CDIPS from TESS full-frame images: time in TMID_BJD, fluxes of three apertures beside magnitudes."""

from desktop_app.io.fits_curve import Layout, table_reader
from desktop_app.io.fits_file import TableHead

_LAYOUT = Layout(
    time="TMID_BJD",
    fluxes=("IFL1", "IFL2", "IFL3"),
    errors={"IFL1": "IFE1", "IFL2": "IFE2", "IFL3": "IFE3"},
)


def is_cdips(head: TableHead) -> bool:
    """Whether the keywords and columns are those of this product."""
    return "CDIPS" in head.text("ORIGIN") or head.has("TMID_BJD", "IFL1")


READER = table_reader("cdips", "TESS light curves of CDIPS", _LAYOUT, is_cdips)
