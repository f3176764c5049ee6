"""What there is to tell about data, whatever their kind: in words for people, in values for machines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.data import Dataset, kind_of
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.pixels import TargetPixels
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Telemetry

Value = str | int | float | bool | None | Sequence["Value"] | Mapping[str, "Value"]


@dataclass(frozen=True)
class Fact:
    """One thing to tell: what it is about, and what there is to say; lines after the first stand below it."""

    label: str
    text: str


@dataclass(frozen=True)
class Group:
    """Facts that belong together.

    Attributes
    ----------
    heading : str
        "" for what comes first.
    facts : tuple of Fact
    values : mapping of str to Value
        The same for machines; the keys stay as they are from version to version.
    """

    heading: str
    facts: tuple[Fact, ...]
    values: Mapping[str, Value] = field(default_factory=dict)


def facts_of(data: Dataset) -> tuple[Group, ...]:
    """All there is to tell about ``data``; the first group says what they are."""
    from desktop_app.engine import curve_facts, picture_facts, telemetry_facts

    match data:
        case LightCurve():
            groups = curve_facts.groups(data)
        case TargetPixels():
            groups = (*picture_facts.pixel_groups(data), *curve_facts.groups(data.curve))
        case SkyImage():
            groups = picture_facts.image_groups(data)
        case CutoutSet():
            groups = picture_facts.cutout_groups(data)
        case Telemetry():
            groups = telemetry_facts.groups(data)
    # What has no heading goes on from what comes first.
    known = _known(data)
    return (_identity(data), *sorted(groups, key=lambda group: bool(group.heading)), *known, *_notes(data.source))


def values_of(groups: Sequence[Group]) -> dict[str, Value]:
    """The values of all ``groups`` in one mapping."""
    return {key: value for group in groups for key, value in group.values.items()}


def number(value: float) -> float | None:
    """``value`` for machines: None where it is not known."""
    return float(value) if isfinite(value) else None


def counted(n: int, noun: str) -> str:
    """ "1 row", "20,076 rows"."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def in_short(value: float) -> str:
    """A number of at most six digits; "–" where there is none."""
    return f"{value:.6g}".replace("-", "−") if isfinite(value) else "–"


def sexagesimal(ra_deg: float, dec_deg: float) -> str:
    """A position as hours and degrees: "05:37:09.89 -80:28:08.8"."""
    hours = divmod(round(ra_deg / 15 * 3600 * 100) % (24 * 360000), 360000)
    degrees = divmod(round(abs(dec_deg) * 3600 * 10), 36000)
    ra = f"{hours[0]:02d}:{hours[1] // 6000:02d}:{hours[1] % 6000 / 100:05.2f}"
    return f"{ra} {'-' if dec_deg < 0 else '+'}{degrees[0]:02d}:{degrees[1] // 600:02d}:{degrees[1] % 600 / 10:04.1f}"


def position(ra_deg: float, dec_deg: float) -> str:
    """A position in degrees and as hours and degrees; "not told" where it is not known."""
    if not (isfinite(ra_deg) and isfinite(dec_deg)):
        return "not told"
    return f"{ra_deg:.6f} {dec_deg:+.6f} deg (ICRS)\n{sexagesimal(ra_deg, dec_deg)}"


def _identity(data: Dataset) -> Group:
    source = data.source
    facts = [
        Fact("Kind", kind_of(data)),
        Fact("Object", source.object_name or "not told"),
        Fact("Mission", ", ".join(filter(None, (source.mission, source.segment))) or "not told"),
        Fact("Position", position(source.ra_deg, source.dec_deg)),
    ]
    if len(source.parts) > 1:
        place = (
            f" ({source.parts.index(source.part) + 1} of {len(source.parts)})" if source.part in source.parts else ""
        )
        facts.append(Fact("Part", f"{source.part}{place}"))
    return Group(
        "",
        tuple(facts),
        {
            "kind": kind_of(data),
            "object": source.object_name,
            "mission": source.mission,
            "segment": source.segment,
            "ra_deg": number(source.ra_deg),
            "dec_deg": number(source.dec_deg),
            "part": source.part,
            "parts": source.parts,
        },
    )


def _known(data: Dataset) -> tuple[Group, ...]:
    """What a user's own tables say of the target of a light curve."""
    from desktop_app.core.data import curve_in
    from desktop_app.engine.known import matches_of

    curve = curve_in(data)
    matches = matches_of(curve) if curve is not None else ()
    facts = tuple(Fact("", match.told) for match in matches)
    values = {"known": [{"name": one.known.name, "type": one.known.kind, "table": one.known.table} for one in matches]}
    return (Group("Known", facts, values),) if matches else ()


def _notes(source: Source) -> tuple[Group, ...]:
    group = Group("Notes", tuple(Fact("", note) for note in source.notes), {"notes": source.notes})
    return (group,) if source.notes else ()
