"""Light curves of CDIPS from TESS full-frame images: time in TMID_BJD; fluxes and magnitudes of three apertures.

IFL are fluxes and IRM magnitudes as measured; TFA and PCA are magnitudes with what many stars share taken out.
"""

from desktop_app.io.curves.fits_curve import Layout, table_reader
from desktop_app.io.fits.fits_table import TableHead

_LAYOUT = Layout(
    time="TMID_BJD",
    fluxes=tuple(f"{kind}{aperture}" for kind in ("IFL", "PCA", "TFA", "IRM") for aperture in (1, 2, 3)),
    errors={
        f"{kind}{aperture}": f"{'IFE' if kind == 'IFL' else 'IRE'}{aperture}"
        for kind in ("IFL", "PCA", "TFA", "IRM")
        for aperture in (1, 2, 3)
    },
)


def is_cdips(head: TableHead) -> bool:
    """Whether the keywords and columns are those of this product."""
    return "CDIPS" in head.text("ORIGIN") or head.has("TMID_BJD", "IFL1")


READER = table_reader("cdips", "TESS light curves of CDIPS", _LAYOUT, is_cdips)
