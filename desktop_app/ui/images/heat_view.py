"""Which pixels of the object looked at do not belong, as far as that is wanted and known."""

from dataclasses import dataclass

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Scores

OPACITIES = (10, 100)


@dataclass(frozen=True, eq=False)
class HeatView:
    """A map of strangeness over a picture or a stamp.

    Attributes
    ----------
    on : bool
        Whether somebody wants to see it.
    opacity : int
        In per cent.
    place : int or None
        The row of the object that the map is of.
    of : Scores or None
        The scores that the map belongs to; it says nothing of any others.
    values : ndarray, shape (ny, nx), or None
        How strange each pixel is; None until it is known.
    why_not, way_out : str
        Why there is no map and what to do, "" where there is one or nobody asked.
    """

    on: bool = False
    opacity: int = 55
    place: int | None = None
    of: Scores | None = None
    values: Floats | None = None
    why_not: str = ""
    way_out: str = ""


NO_HEAT = HeatView()
