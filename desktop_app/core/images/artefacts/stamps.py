"""Artefacts of many small stamps at once: the weightiest of each, told only where it is plain."""

import numpy as np

from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.artefacts.artefact import Artefact
from desktop_app.core.images.artefacts.columns import find_columns
from desktop_app.core.images.artefacts.frame import stamp_frame

_LEAST = 6.0


def stamp_artefacts(images: Stamps) -> tuple[Artefact | None, ...]:
    """The weightiest artefact of each stamp, None where there is none.

    Parameters
    ----------
    images : ndarray, shape (m, ny, nx)
        NaN where not known.
    """
    return tuple(_weightiest(image) for image in np.asarray(images))


def _weightiest(image: Stamps) -> Artefact | None:
    frame = stamp_frame(image)
    if frame is None:
        return None
    return max(find_columns(frame, _LEAST), key=lambda artefact: artefact.score, default=None)
