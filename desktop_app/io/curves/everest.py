"""Light curves of EVEREST: K2 with the motion of the telescope taken out, by its pixels."""

from desktop_app.io.curves.fits_curve import BKJD, Layout, table_reader
from desktop_app.io.fits.fits_table import TableHead

_LAYOUT = Layout(
    time="TIME",
    fluxes=("FLUX", "FCOR", "FRAW"),
    cadence=("CADN",),
    # EVEREST gives the errors of the raw flux alone, and takes them for those of the corrected ones.
    errors=dict.fromkeys(("FLUX", "FCOR", "FRAW"), "FRAW_ERR"),
    mission="K2",
    zero=BKJD,
)


def is_everest(head: TableHead) -> bool:
    """Whether the keywords and columns are those of this product."""
    return head.has("FLUX", "FRAW", "FRAW_ERR", "CADN")


READER = table_reader("everest", "K2 light curves of EVEREST", _LAYOUT, is_everest)
