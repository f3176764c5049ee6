"""What the instrument, a satellite or the reduction left in a picture: what it is, and exactly where."""

from desktop_app.core.images.artefacts.artefact import Artefact, mask_of, overlap
from desktop_app.core.images.artefacts.finding import LEAST_SIGMA, find_artefacts
from desktop_app.core.images.artefacts.stamps import stamp_artefacts

__all__ = ["LEAST_SIGMA", "Artefact", "find_artefacts", "mask_of", "overlap", "stamp_artefacts"]
