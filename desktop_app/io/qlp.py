"""Light curves of the Quick-Look Pipeline (QLP) from TESS full-frame images."""

from desktop_app.io.fits_curve import Layout, table_reader
from desktop_app.io.fits_file import TableHead

_LAYOUT = Layout(time="TIME", fluxes=("KSPSAP_FLUX", "DET_FLUX", "SAP_FLUX"))


def is_qlp(head: TableHead) -> bool:
    """Whether the keywords and columns are those of this product."""
    return "QLP" in head.text("ORIGIN")


READER = table_reader("qlp", "TESS light curves of QLP", _LAYOUT, is_qlp)
