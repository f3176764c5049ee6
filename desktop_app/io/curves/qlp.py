"""Light curves of the Quick-Look Pipeline (QLP) from TESS full-frame images."""

from desktop_app.io.curves.fits_curve import Layout, table_reader
from desktop_app.io.fits.fits_table import TableHead

_OTHER_BITS_SECTOR = 56


def _bits(head: TableHead) -> str:
    """QLP marks what it takes for imprecise by another bit from sector 56 on."""
    return "QLP from sector 56" if head.number("SECTOR") >= _OTHER_BITS_SECTOR else "QLP"


_LAYOUT = Layout(time="TIME", fluxes=("KSPSAP_FLUX", "DET_FLUX", "SYS_RM_FLUX", "SAP_FLUX"), flags=_bits)


def is_qlp(head: TableHead) -> bool:
    """Whether the keywords and columns are those of this product."""
    return "QLP" in head.text("ORIGIN")


READER = table_reader("qlp", "TESS light curves of QLP", _LAYOUT, is_qlp)
