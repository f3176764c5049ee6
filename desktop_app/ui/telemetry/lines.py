"""What a list says of channels and of parts, line by line: one kind of line for both."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, isnan, nan

from desktop_app.core.channels.marking import Marking
from desktop_app.core.detection import Event
from desktop_app.core.telemetry import Telemetry
from desktop_app.ui.score_scale import LIMITS
from desktop_app.ui.telemetry.parts import PartFound, PartLook, Parts
from desktop_app.ui.telemetry.score_tracks import ScoreTracks
from desktop_app.ui.telemetry.telemetry_items import said_of
from desktop_app.ui.telemetry.telemetry_picture import ChannelPicture, TelemetryPicture
from desktop_app.ui.telemetry.thumbs import Thumb, shares, with_marks
from desktop_app.ui.words import counted, significant

KINDS = {"numbers": "numbers", "states": "states", "switch": "on/off", "constant": "constant", "empty": "empty"}
_SUBSYSTEM = re.compile(r"([A-Za-z]+)(?=[-._/])")


@dataclass(frozen=True, eq=False)
class Line:
    """One channel, or one part.

    Attributes
    ----------
    name, unit, kind : str
    missing, spread : float
        Share of rows without a value, and standard deviation; NaN where not known.
    tip : str
    thumb : Thumb or None
    top : float
        The highest score; NaN where nobody looked.
    events : int or None
        None where nobody looked.
    wrong : str
        What ground truth says against it: "1 missed, 2 false"; "" where nothing, or nothing is known.
    """

    name: str
    unit: str = ""
    kind: str = ""
    missing: float = 0.0
    spread: float = nan
    tip: str = ""
    thumb: Thumb | None = None
    top: float = nan
    events: int | None = None
    wrong: str = ""

    @property
    def strangeness(self) -> tuple[float, int, float]:
        """Sorts the strangest first: by highest score, then by events, then by what varies most."""
        top = self.top if isfinite(self.top) else -1.0
        return (-top, -(self.events or 0), -self.spread if isfinite(self.spread) else float("inf"))


def subsystem_of(name: str) -> str:
    """The letters before the first dash, dot, underscore or slash: "P" of "P-1", "" of "heater"."""
    found = _SUBSYSTEM.match(name)
    return found.group(1) if found else ""


def subsystems_of(names: Sequence[str]) -> list[str]:
    """The subsystems among ``names``, by name; none unless there are several, and fewer than names."""
    known = Counter(subsystem for name in names if (subsystem := subsystem_of(name)))
    return sorted(known, key=str.lower) if 1 < len(known) <= len(names) / 2 else []


def lines_of_channels(
    data: Telemetry,
    picture: TelemetryPicture,
    tracks: ScoreTracks | None,
    events: Sequence[Event],
    marking: Marking | None,
) -> tuple[Line, ...]:
    """A line for each channel, in their order; scores and events where ``tracks`` has any."""
    mine: dict[str, list[int]] = {}
    for number, event in enumerate(events):
        mine.setdefault(event.channel, []).append(number)
    peaks = shares(data, events)
    lines = []
    for place, one in enumerate(picture.channels):
        name = one.channel.name
        top = tracks.channels[place].top if tracks else nan
        its = mine.get(name, [])
        false = 0 if marking is None else int((~marking.right[its]).sum())
        lines.append(
            Line(
                name,
                one.channel.unit,
                kind_text(one),
                one.missing,
                one.spread,
                _channel_tip(one, top, len(its)),
                with_marks(one.thumb, peaks[its]) if its and one.thumb else one.thumb,
                top,
                len(its) if isfinite(top) else None,
                _wrong(_missed_on(name, data, marking), false),
            )
        )
    return tuple(lines)


def lines_of_parts(parts: Parts) -> tuple[Line, ...]:
    """A line for each part, in the order of the file."""
    return tuple(_line_of_part(name, parts.looks.get(name), parts.found.get(name)) for name in parts.names)


def kind_text(channel: ChannelPicture) -> str:
    """What a channel is, in a word or two."""
    if channel.form == "states":
        return f"{len(channel.levels)} states"
    return "command" if channel.channel.role == "command" and channel.form == "switch" else KINDS[channel.form]


def _missed_on(name: str, data: Telemetry, marking: Marking | None) -> int:
    if marking is None:
        return 0
    of_it = (place for place, label in enumerate(data.labels) if label.channel == name)
    return sum(not marking.found[place] for place in of_it)


def _wrong(missed: int, false: int) -> str:
    told = [f"{n:,} {word}" for n, word in ((missed, "missed"), (false, "false")) if n]
    return ", ".join(told)


def _line_of_part(name: str, look: PartLook | None, found: PartFound | None) -> Line:
    tip = [name]
    if look is not None:
        labels = f", {counted(look.labels, 'label')}" if look.labels else ""
        tip.append(f"{counted(look.rows, 'row')}, {counted(look.channels, 'channel')}{labels}")
    if found is None:
        spread = look.spread if look else nan
        return Line(name, tip="\n".join(tip), spread=spread, thumb=look.thumb if look else None)
    wrong = _wrong(found.missed, found.false) if found.labelled else ""
    if found.problem:
        tip.append(found.problem)
    else:
        tip.append(f"{counted(found.events, 'event')}, highest score {LIMITS.text(found.top)}")
    if found.labelled:
        tip.append(f"{found.hits:,} of {counted(found.hits + found.missed, 'label')} hit, {found.false:,} false")
    tip += found.notes
    return Line(
        name,
        tip="\n".join(tip),
        spread=look.spread if look else nan,
        thumb=found.thumb or (look.thumb if look else None),
        top=found.top,
        events=None if found.problem or isnan(found.top) else found.events,
        wrong=wrong,
    )


def _channel_tip(channel: ChannelPicture, top: float, events: int) -> str:
    unit = f" {channel.channel.unit}" if channel.channel.unit else ""
    lines = [channel.channel.name, kind_text(channel)]
    if channel.form in ("constant", "empty"):
        lines[1:] = [said_of(channel)]
    elif channel.form == "states":
        lines.append(", ".join(channel.level_name(level) or significant(level) for level in channel.levels))
    else:
        lines.append(f"{significant(channel.low)} to {significant(channel.high)}{unit}")
        lines.append(f"standard deviation {significant(channel.spread)}{unit}")
    lines.append(f"{100 * channel.missing:.3g} % NaN" if channel.missing else "no NaN")
    if isfinite(top):
        lines.append(f"{counted(events, 'event')}, highest score {LIMITS.text(top)}")
    return "\n".join(lines)
