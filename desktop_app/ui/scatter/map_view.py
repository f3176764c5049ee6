"""What is known of the map of objects beyond what the detector says: a layout that took time."""

from dataclasses import dataclass

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Scores


@dataclass(frozen=True, eq=False)
class MapView:
    """A layout of the objects of one detection.

    Attributes
    ----------
    of : Scores or None
        The scores whose objects it lays out; it says nothing of any others.
    places : ndarray, shape (m, 2), or None
    """

    of: Scores | None = None
    places: Floats | None = None


NO_MAP = MapView()
