"""Where the rows of a catalogue are: on the sky, or in pixels of a picture."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.sky import Sky
from desktop_app.io.images.catalogue import Catalogue
from desktop_app.io.images.joining import POSITIONS

# SExtractor and FITS count pixels from 1.
_FROM_ONE = (("x_image", "y_image"), ("xwin_image", "ywin_image"), ("xpeak_image", "ypeak_image"))
_FROM_ZERO = (
    ("x", "y"),
    ("x_px", "y_px"),
    ("x_pix", "y_pix"),
    ("xcentroid", "ycentroid"),
    ("x_0", "y_0"),
    ("xcenter", "ycenter"),
    ("flxcol", "flxrow"),
    ("column", "row"),
    ("col", "row"),
)


@dataclass(frozen=True, eq=False)
class Positions:
    """Positions of a catalogue, each of shape (n,).

    Attributes
    ----------
    first, second : ndarray
        Right ascension and declination in ICRS degrees, or x and y in pixels from 0; NaN where a row has none.
    on_sky : bool
    """

    first: Floats
    second: Floats
    on_sky: bool

    def in_pixels(self, sky: Sky | None) -> tuple[Floats, Floats]:
        """Pixels x, y of a picture; NaN where they cannot be told, as on the sky of a picture without a place there."""
        if not self.on_sky:
            return self.first, self.second
        nowhere = np.full(len(self.first), np.nan)
        return (nowhere, nowhere) if sky is None else sky.to_pixel(self.first, self.second)


def positions_in(catalogue: Catalogue, *, sky_first: bool = True) -> Positions:
    """Where its rows are.

    Parameters
    ----------
    catalogue : Catalogue
    sky_first : bool
        Whether positions on the sky are taken where there are pixels as well: pixels are those of one picture only.

    Raises
    ------
    ReadError
        No columns tell of positions.
    """
    lower = {name.lower(): series.values for name, series in catalogue.numbers.items()}
    found: list[Positions] = []
    for names, first_pixel in ((POSITIONS, None), (_FROM_ONE, 1.0), (_FROM_ZERO, 0.0)):
        pair = next((pair for pair in names if pair[0] in lower and pair[1] in lower), None)
        if pair is not None:
            first, second = lower[pair[0]], lower[pair[1]]
            on_sky = first_pixel is None
            found.append(Positions(first - (first_pixel or 0.0), second - (first_pixel or 0.0), on_sky))
    if not found:
        raise ReadError(
            f"No columns of {catalogue.path.name} tell where its objects are.",
            hint="Name them ra and dec in degrees, or x and y in pixels counted from 0.",
        )
    return next((one for one in found if one.on_sky == sky_first), found[0])
