"""What the instrument, a satellite or the reduction left in a picture: what it is, and exactly where."""

from desktop_app.core.images.artefacts.artefact import Artefact, mask_of
from desktop_app.core.images.artefacts.finding import LEAST_SIGMA, Findings, find_artefacts, search_artefacts
from desktop_app.core.images.artefacts.stamps import stamp_artefacts

__all__ = [
    "LEAST_SIGMA",
    "Artefact",
    "Findings",
    "find_artefacts",
    "mask_of",
    "overlap",
    "search_artefacts",
    "stamp_artefacts",
]
