"""Light curves of K2SFF: K2 with the motion of the telescope taken out, by the best aperture."""

from desktop_app.io.curves.fits_curve import Layout, table_reader
from desktop_app.io.fits.fits_table import TableHead

_LAYOUT = Layout(time="T", fluxes=("FCOR", "FRAW"))


def is_k2sff(head: TableHead) -> bool:
    """Whether the keywords and columns are those of this product."""
    return head.has("FCOR", "FRAW", "ARCLENGTH")


READER = table_reader("k2sff", "K2 light curves of K2SFF", _LAYOUT, is_k2sff, several=True)
