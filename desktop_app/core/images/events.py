"""From the scores of objects in pictures to events: one for each object that scores high enough."""

import numpy as np

from desktop_app.core.detection import ARTEFACT_KINDS, Event, Scores


def find_image_events(scores: Scores, threshold: float) -> tuple[Event, ...]:
    """The objects that score ``threshold`` or more, the strangest first; an artefact is no event of the sky."""
    objects = scores.objects
    if objects is None:
        raise TypeError("these scores are not of objects in a picture")
    flagged = np.flatnonzero(scores.values >= threshold)
    return tuple(_event(scores, int(place)) for place in flagged[np.argsort(-scores.values[flagged], kind="stable")])


def _event(scores: Scores, place: int) -> Event:
    objects = scores.objects
    assert objects is not None
    kind = objects.kinds[place]
    return Event(
        start=place,
        stop=place + 1,
        peak=place,
        score=float(scores.values[place]),
        kind=kind,
        evidence={name: float(column[place]) for name, column in objects.numbers.items()},
        suspicion=1.0 if kind in ARTEFACT_KINDS else 0.0,
        reasons=objects.reasons[place],
        outline=objects.outlines[place],
    )
