"""Events of pictures and of cut-outs as a table: the one definition of their columns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Detection, Event
from desktop_app.core.event_table import Column, EventTable
from desktop_app.core.images.objects import Outline
from desktop_app.core.sky import about
from desktop_app.core.sky_image import SkyImage

_DEFINITIONS = (
    ("file", "File", "", "meta.id;meta.file", "The file or folder the event is in."),
    ("part", "Part", "", "meta.id;meta.dataset", "Which picture of the file; empty where it has one."),
    ("object", "Object", "", "meta.id;src", "The stamp, or the target that the header names."),
    ("event_id", "#", "", "meta.id;meta.main", "Number in the file, the strangest first."),
    ("kind", "Kind", "", "meta.code.class", "What it is: of the sky, or an artefact."),
    ("ra", "RA", "deg", "pos.eq.ra;meta.main", "ICRS right ascension of its middle; empty where not known."),
    ("dec", "Dec", "deg", "pos.eq.dec;meta.main", "ICRS declination of its middle; empty where not known."),
    ("x", "x", "pix", "pos.cartesian.x;instr.det", "Its middle in pixels, from 0 in the middle of the first."),
    ("y", "y", "pix", "pos.cartesian.y;instr.det", "Its middle in pixels, from 0 in the middle of the first."),
    ("jd", "Julian date", "d", "time.epoch;obs", "Middle of the exposure; empty where not known."),
    ("time_scale", "Time scale", "", "time.scale", "The scale of the Julian date."),
    ("score", "Score", "", "stat.likelihood", "How strange it is, in sigmas."),
    ("threshold", "Threshold", "", "stat.likelihood;stat.min", "Score from which on objects were flagged."),
    ("artefact", "Artefact", "", "meta.code.qual", "1 where the instrument or the reduction made it, else 0."),
    ("flux", "Flux", "", "phot.flux", "Above the background, in the unit of the pixels."),
    ("snr", "SNR", "", "stat.snr", "Flux over its uncertainty."),
    ("fwhm", "FWHM", "pix", "phys.angSize;src", "Full width at half maximum."),
    ("region_pixels", "Region, pixels", "", "pos.outline;instr.det", "Corners x y of what is flagged, in pixels."),
    (
        "region_sky",
        "Region, sky",
        "",
        "pos.outline;obs.field",
        "The same as STC-S: POLYGON ICRS and corners in degrees.",
    ),
    ("reasons", "Why", "", "meta.note", "Why it does not belong, the weightiest reason first."),
    ("detector", "Detector", "", "meta.software", "What found it."),
)
"""Name, label, unit, UCD and help of every column, in their order."""


def image_event_table(detection: Detection, events: Sequence[Event]) -> EventTable:
    """The events of one detection in a picture or in cut-outs, numbered from 1 in their order, the strangest first."""
    values = _values(detection, events)
    columns = tuple(Column(*definition, values[definition[0]]) for definition in _DEFINITIONS)
    return EventTable(columns, (detection.provenance,))


def _values(detection: Detection, events: Sequence[Event]) -> dict[str, NDArray[np.generic]]:
    """The values of every column by its name, each of shape (n events,)."""
    data, objects, n = detection.data, detection.objects, len(events)
    places = np.array([event.peak for event in events], np.int64)
    image = data if isinstance(data, SkyImage) else None

    def same(value: str) -> NDArray[np.generic]:
        return np.array([value] * n, dtype=np.str_)

    return {
        "file": same(detection.provenance.file),
        "part": np.array([objects.frames[place] for place in places], dtype=np.str_)
        if objects.frames
        else same(data.source.part),
        "object": np.array([data.ids[place] for place in places], dtype=np.str_)
        if isinstance(data, CutoutSet)
        else same(data.source.object_name),
        "event_id": np.arange(1, n + 1),
        "kind": np.array([event.kind for event in events], dtype=np.str_),
        "ra": objects.ra_deg[places],
        "dec": objects.dec_deg[places],
        "x": objects.x[places],
        "y": objects.y[places],
        "jd": np.full(n, image.jd if image else np.nan),
        "time_scale": same(image.time_scale if image else ""),
        "score": np.array([event.score for event in events], np.float64),
        "threshold": np.full(n, detection.threshold),
        "artefact": np.array([int(event.suspicion >= 0.5) for event in events], np.int64),
        "flux": _evidence(events, "flux"),
        "snr": _evidence(events, "snr"),
        "fwhm": _evidence(events, "fwhm_px"),
        "region_pixels": np.array([in_pixels(event.outline) for event in events], dtype=np.str_),
        "region_sky": np.array(_regions(detection, events), np.str_),
        "reasons": np.array(["; ".join(event.reasons) for event in events], dtype=np.str_),
        "detector": same(detection.provenance.detector),
    }


def in_pixels(outline: Outline) -> str:
    """The corners x y of ``outline`` one after the other, as DS9 and STC-S write polygons."""
    return " ".join(f"{x:.2f} {y:.2f}" for x, y in outline)


def _regions(detection: Detection, events: Sequence[Event]) -> list[str]:
    """The outlines of ``events`` on the sky; those of one picture together, as asking its WCS takes long each time."""
    sky = detection.data.sky if isinstance(detection.data, SkyImage) else None
    if sky is None:
        return [_on_sky(detection, event) for event in events]
    corners = np.array([corner for event in events for corner in event.outline], np.float64).reshape(-1, 2)
    ra, dec = sky.to_sky(corners[:, 0], corners[:, 1]) if len(corners) else (np.zeros(0), np.zeros(0))
    ends = np.cumsum([len(event.outline) for event in events], dtype=np.int64)
    starts = np.concatenate(([0], ends[:-1])) if len(events) else ends
    return [in_stc_s(ra[a:b], dec[a:b]) if b > a else "" for a, b in zip(starts, ends, strict=True)]


def _on_sky(detection: Detection, event: Event) -> str:
    """The outline of ``event`` as STC-S; "" where it has none, or a corner of it has no position."""
    data, objects = detection.data, detection.objects
    if not event.outline:
        return ""
    corners = np.array(event.outline)
    if isinstance(data, CutoutSet):
        middle = np.array([objects.x[event.peak], objects.y[event.peak]])
        place = objects.ra_deg[event.peak], objects.dec_deg[event.peak]
        return in_stc_s(*about(*place, data.slopes_deg[event.peak], corners - middle))
    return ""


def in_stc_s(ra_deg: Floats, dec_deg: Floats) -> str:
    """A polygon with these corners as STC-S; "" where one of them is not known.

    References
    ----------
    Rots, A. H., "STC-S: Space-Time Coordinate Metadata Linear String Implementation", IVOA note (2007).
    """
    if not (np.isfinite(ra_deg).all() and np.isfinite(dec_deg).all()):
        return ""
    return "POLYGON ICRS " + " ".join(f"{ra:.7f} {dec:.7f}" for ra, dec in zip(ra_deg, dec_deg, strict=True))


def _evidence(events: Sequence[Event], name: str) -> NDArray[np.generic]:
    return np.array([event.evidence.get(name, np.nan) for event in events], np.float64)
