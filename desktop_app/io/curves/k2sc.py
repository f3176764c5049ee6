"""Light curves of K2SC: K2 with the trends of position and of time taken out, which stand beside it."""

from desktop_app.io.curves.fits_curve import BKJD, Layout, table_reader
from desktop_app.io.fits.fits_table import TableHead

_LAYOUT = Layout(
    time="TIME",
    fluxes=("FLUX",),
    cadence=("CADENCE",),
    errors={"FLUX": "ERROR"},
    mission="K2",
    zero=BKJD,
    notes=("The flux is free of the star's own slow variation: that is the trend of time, in a column beside it.",),
)


def is_k2sc(head: TableHead) -> bool:
    """Whether the keywords and columns are those of this product; its first version called the trends otherwise."""
    return head.has("FLUX", "MFLAGS") and (head.has("TRTIME", "TRPOSI") or head.has("TREND_T", "TREND_P"))


READER = table_reader("k2sc", "K2 light curves of K2SC", _LAYOUT, is_k2sc, several=True)
