"""What is known of one object of a picture or of a set of cut-outs, in words."""

from collections.abc import Mapping
from math import isfinite

import numpy as np

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import ARTEFACT_KINDS, Detection, Event
from desktop_app.core.images.objects import Outline
from desktop_app.core.positions import sexagesimal
from desktop_app.core.sky_image import SkyImage
from desktop_app.ui.facts import Fact
from desktop_app.ui.images.object_stamps import stamps_of
from desktop_app.ui.images.object_words import date_text, measured_fact
from desktop_app.ui.images.sky_facts import SkyFacts
from desktop_app.ui.inspection import Inspection
from desktop_app.ui.opinion import under
from desktop_app.ui.theme import kind_of
from desktop_app.ui.words import per_cent, significant

_NOWHERE = (float("nan"), float("nan"))
_BAR, _BAR_SIGMAS = 10, 10.0
_MOST_CORNERS = 8


def inspect_object(
    detection: Detection, events: tuple[Event, ...], number: int, sky: SkyFacts | None = None
) -> Inspection:
    """What is known of ``events[number]`` of a picture or of cut-outs.

    Parameters
    ----------
    detection : Detection
    events : tuple of Event
    number : int
    sky : SkyFacts, optional
        Where the picture is on the sky, as far as that is known by now.
    """
    event = events[number]
    facts = (
        *under("Object", (*_named(detection, event.peak), *_kind_facts(event), *_score_facts(detection, event.peak))),
        *under("Why", tuple(Fact("", reason) for reason in event.reasons)),
        *_of_place(detection, event.peak, event.evidence, sky),
        *under("Outline", _corner_facts(event.outline, sky)),
    )
    title = f"Event {number + 1} of {len(events)}"
    return Inspection(title, event.kind, facts, event.peak, _NOWHERE, stamps=stamps_of(detection, event.peak))


def inspect_place(detection: Detection, place: int, sky: SkyFacts | None = None) -> Inspection:
    """What is known of an object that was looked at and is no event."""
    numbers = {name: float(column[place]) for name, column in detection.objects.numbers.items()}
    facts = (
        *under("Object", (*_named(detection, place), *_score_facts(detection, place))),
        *_of_place(detection, place, numbers, sky),
    )
    title = f"Object {place + 1:,} of {len(detection.objects):,}"
    return Inspection(title, "", facts, place, _NOWHERE, stamps=stamps_of(detection, place))


def _of_place(detection: Detection, place: int, numbers: Mapping[str, float], sky: SkyFacts | None) -> tuple[Fact, ...]:
    """Where it is, what the views say, what was measured, what the catalogue says."""
    data = detection.data
    unit = data.unit if isinstance(data, SkyImage | CutoutSet) else ""
    scale = sky.scale_arcsec if sky is not None else float("nan")
    measured = [measured_fact(name, value, unit, scale) for name, value in numbers.items() if isfinite(value)]
    views = [Fact(name, _bar(float(track[place]))) for name, track in detection.scores.tracks.items()]
    return (
        *under("Where", _where(detection, place)),
        *under("Views", tuple(views)),
        *under("Measured", tuple(measured)),
        *under("Catalogue", _catalogue(data, place) if isinstance(data, CutoutSet) else ()),
    )


def _named(detection: Detection, place: int) -> list[Fact]:
    data = detection.data
    return [Fact("Stamp", data.ids[place])] if isinstance(data, CutoutSet) else []


def _kind_facts(event: Event) -> list[Fact]:
    whose = "an artefact" if event.kind in ARTEFACT_KINDS else "of the sky"
    sure = f", {per_cent(event.probability)} sure" if isfinite(event.probability) else ""
    return [Fact("Kind", f"{kind_of(event.kind).label}, {whose}{sure}")]


def _score_facts(detection: Detection, place: int) -> list[Fact]:
    score = float(detection.scores.values[place])
    said = f"{score:.2f} σ" if isfinite(score) else "not looked at"
    limit = f"flagged from {detection.threshold:g} σ on"
    return [Fact("Score", f"{said}, {limit}"), *_rank(detection, score)]


def _rank(detection: Detection, score: float) -> list[Fact]:
    values = detection.scores.values
    if not isfinite(score):
        return []
    looked = int(np.isfinite(values).sum())
    return [Fact("Rank", f"{int((values > score).sum()) + 1:,} of {looked:,}, the strangest first")]


def _where(detection: Detection, place: int) -> tuple[Fact, ...]:
    objects, data = detection.objects, detection.data
    facts = [Fact("Pixel (FITS)", f"x {objects.x[place] + 1:,.2f}, y {objects.y[place] + 1:,.2f}")]
    if objects.frames:
        facts.append(Fact("Frame", objects.frames[place]))
    ra, dec = float(objects.ra_deg[place]), float(objects.dec_deg[place])
    if isfinite(ra) and isfinite(dec):
        facts += [Fact("ICRS", "  ".join(sexagesimal(ra, dec))), Fact("", f"{ra:.6f}° {dec:+.6f}°".replace("-", "−"))]
        # What the sky already has there no program can tell without asking; the position is what one asks with.
        facts.append(Fact("To look up", f"{ra:.5f} {dec:+.5f}, within 5″ in SIMBAD, NED or the MPC"))
    if isinstance(data, SkyImage) and isfinite(data.jd):
        facts.append(Fact("Date", date_text(data.jd, data.time_scale)))
    return tuple(facts)


def _corner_facts(outline: Outline, sky: SkyFacts | None) -> tuple[Fact, ...]:
    """Its size and its corners on the sky; of a figure of many corners, its extremes."""
    if not outline:
        return ()
    x, y = np.array(outline).T
    across, up = float(np.ptp(x)), float(np.ptp(y))
    scale = sky.scale_arcsec if sky is not None else float("nan")
    side = f", {significant(across * scale, 3)}″ × {significant(up * scale, 3)}″" if isfinite(scale) else ""
    facts = [Fact("Size", f"{significant(across, 3)} × {significant(up, 3)} px{side}")]
    if isfinite(scale) and sky is not None and sky.sky is not None and len(outline) <= _MOST_CORNERS:
        for ra, dec in zip(*sky.sky.to_sky(x, y), strict=True):
            if isfinite(ra) and isfinite(dec):
                facts.append(Fact("Corner", f"{ra:.5f}° {dec:+.5f}°".replace("-", "−")))
    return tuple(facts)


def _catalogue(data: CutoutSet, place: int) -> tuple[Fact, ...]:
    numbers = [
        Fact(name, f"{significant(float(series.values[place]), 5)} {series.unit}".strip())
        for name, series in data.columns.items()
        if isfinite(float(series.values[place]))
    ]
    return (*numbers, *(Fact(name, texts[place]) for name, texts in data.labels.items() if texts[place]))


def _bar(sigmas: float) -> str:
    """A bar of blocks and the number: ten blocks are ten sigmas."""
    if not isfinite(sigmas):
        return "not looked at"
    filled = round(_BAR * min(max(sigmas, 0.0), _BAR_SIGMAS) / _BAR_SIGMAS)
    return f"{'█' * filled}{'░' * (_BAR - filled)} {sigmas:.1f} σ".replace("-", "−")
