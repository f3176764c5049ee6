"""Light curves of the Kepler, K2 and TESS pipelines (SPOC), the TESS-SPOC full-frame curves among them."""

from desktop_app.io.curves.fits_curve import Layout, mission_of, table_reader
from desktop_app.io.fits.fits_table import TableHead

_LAYOUT = Layout(time="TIME", fluxes=("PDCSAP_FLUX", "SAP_FLUX"))


def is_of_a_mission(head: TableHead) -> bool:
    """Whether the keywords and columns are those of this product."""
    return mission_of(head) != "" and head.has("PDCSAP_FLUX")


READER = table_reader("spoc", "TESS, Kepler and K2 light curves", _LAYOUT, is_of_a_mission)
