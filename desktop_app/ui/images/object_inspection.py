"""What is known of one object of a picture or of a set of cut-outs, in words."""

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Detection, Event
from desktop_app.ui.facts import Fact
from desktop_app.ui.inspection import Inspection
from desktop_app.ui.opinion import under
from desktop_app.ui.words import significant

_NOWHERE = (float("nan"), float("nan"))


def inspect_object(detection: Detection, events: tuple[Event, ...], number: int) -> Inspection:
    """What is known of ``events[number]`` of a picture or of cut-outs."""
    event, objects, data = events[number], detection.objects, detection.data
    place = event.peak
    named = [Fact("Stamp", data.ids[place])] if isinstance(data, CutoutSet) else []
    where = [Fact("Pixel", f"x {objects.x[place]:.2f}, y {objects.y[place]:.2f}")]
    if objects.ra_deg[place] == objects.ra_deg[place]:
        where.append(Fact("ICRS", f"{objects.ra_deg[place]:.6f}° {objects.dec_deg[place]:+.6f}°".replace("-", "−")))
    strength = [Fact("Score", f"{event.score:.2f} σ, flagged from {detection.threshold:g} σ on")]
    views = [Fact(name, f"{track[place]:.2f} σ") for name, track in detection.scores.tracks.items()]
    measured = [Fact(name, significant(value, 4)) for name, value in event.evidence.items() if value == value]
    facts = (
        *under("Object", (*named, *where, *strength)),
        *under("Why", tuple(Fact("", reason) for reason in event.reasons)),
        *under("Views", tuple(views)),
        *under("Measured", tuple(measured)),
    )
    return Inspection(f"Event {number + 1} of {len(events)}", event.kind, facts, place, _NOWHERE)
