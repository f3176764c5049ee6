"""Light curves of the K2 variable catalogue (K2VARCAT)."""

from desktop_app.io.curves.fits_curve import Layout, table_reader
from desktop_app.io.fits.fits_table import TableHead

_LAYOUT = Layout(time="TIME", fluxes=("DETFLUX", "APTFLUX"))


def is_k2varcat(head: TableHead) -> bool:
    """Whether the keywords and columns are those of this product."""
    return head.has("DETFLUX", "APTFLUX")


READER = table_reader("k2varcat", "K2 light curves of K2VARCAT", _LAYOUT, is_k2varcat)
