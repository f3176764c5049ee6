"""Light curves of TGLC from TESS full-frame images."""

from desktop_app.io.curves.fits_curve import Layout, table_reader
from desktop_app.io.fits.fits_table import TableHead

_LAYOUT = Layout(
    time="TIME",
    fluxes=("CAL_PSF_FLUX", "CAL_APER_FLUX", "PSF_FLUX", "APERTURE_FLUX"),
    quality=("TESS_FLAGS",),
    cadence=("CADENCE_NUM",),
    error_cards={
        "CAL_PSF_FLUX": "CPSF_ERR",
        "CAL_APER_FLUX": "CAPE_ERR",
        "PSF_FLUX": "PSF_ERR",
        "APERTURE_FLUX": "APER_ERR",
    },
)


def is_tglc(head: TableHead) -> bool:
    """Whether the keywords and columns are those of this product."""
    return "TGLC" in head.text("ORIGIN") or head.has("CAL_PSF_FLUX", "TGLC_FLAGS")


READER = table_reader("tglc", "TESS light curves of TGLC", _LAYOUT, is_tglc)
