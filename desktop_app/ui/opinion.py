"""What vetting says of an event, in words: what it is, its shape, why the instrument is suspected, what is known."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite, isnan

from desktop_app.core.detection import Detection, Event
from desktop_app.core.timescales import TimeSystem, show_time
from desktop_app.engine.known import matches_of
from desktop_app.ui.facts import Fact
from desktop_app.ui.theme import kind_of
from desktop_app.ui.words import counted, duration, per_cent, signed, significant

_LEAST_TOLD = 0.05
_EVEN, _FLAT, _POINTED = 0.2, 0.85, 0.5


def under(heading: str, facts: Sequence[Fact]) -> list[Fact]:
    """``facts`` with ``heading`` above the first."""
    return [replace(facts[0], heading=heading), *facts[1:]] if facts else []


def kind_facts(event: Event) -> list[Fact]:
    """What it is, how sure, and what else it could be."""
    if isnan(event.probability):
        return [Fact("Kind", f"{kind_of(event.kind).label}, by its shape alone")]
    facts = [Fact("Kind", f"{kind_of(event.kind).label}, {per_cent(event.probability)} sure")]
    others = {name.removeprefix("p_"): p for name, p in event.evidence.items() if name.startswith("p_")}
    others.pop(event.kind, None)
    told = [(name, p) for name, p in sorted(others.items(), key=lambda pair: -pair[1]) if p >= _LEAST_TOLD]
    if told:
        name = "Else" if event.kind != "artefact" else "By its shape"
        facts.append(Fact(name, ", ".join(f"{kind_of(kind).label.lower()} {per_cent(p)}" for kind, p in told)))
    return facts


def shape_facts(event: Event) -> list[Fact]:
    """Symmetry, bottom, and how it stands out among stretches of its length."""
    known = event.evidence
    if "asymmetry" not in known:
        return []
    facts: list[Fact] = []
    if event.stop - event.start > 2:
        facts.append(Fact("Sides", _sides(known)))
        if known.get("depth", 0) > 0:
            facts.append(Fact("Bottom", _bottom(known)))
        elif {"rise_d", "decay_d"} <= set(known):
            facts.append(
                Fact("Rise, decay", f"{duration(known['rise_d'])}, {duration(known['decay_d'])} at half height")
            )
    if "red_snr" in known:
        facts.append(Fact("Stands out", f"{known['red_snr']:.1f} times what stretches of this length usually do"))
    if known.get("mirror", 0) > 0:
        opposite = "brighter" if known.get("depth", 0) > 0 else "fainter"
        facts.append(Fact("Mirror test", f"the strongest to the {opposite} side reaches {_times(known['mirror'])}"))
    alike = int(known.get("alike", 0))
    facts.append(Fact("Alike", f"{counted(alike, 'other event')} as deep and long" if alike else "none in this curve"))
    return facts


def _sides(known: Mapping[str, float]) -> str:
    uneven = known["asymmetry"]
    if abs(uneven) < _EVEN and known.get("lopsided", 0) < _EVEN:
        return f"even (asymmetry {signed(uneven)})"
    return f"{'quick rise, slow return' if uneven < 0 else 'slow rise, quick return'} (asymmetry {signed(uneven)})"


def _bottom(known: Mapping[str, float]) -> str:
    flat = known.get("flatness", float("nan"))
    word = "flat" if flat > _FLAT else "pointed" if flat < _POINTED else "rounded"
    return f"{word} (outer quarters at {flat:.0%} of the middle)".replace("%", " %")


def _times(share: float) -> str:
    return f"{share:.0%} of it".replace("%", " %") if share < 3 else "more than three times it"


def instrument_facts(event: Event) -> list[Fact]:
    """How much the instrument is suspected, and why."""
    facts: list[Fact] = []
    if not isnan(event.suspicion):
        facts.append(Fact("Suspicion", per_cent(event.suspicion)))
    facts += [Fact("Why" if place == 0 else "", reason) for place, reason in enumerate(event.reasons)]
    if not event.reasons and not isnan(event.suspicion):
        facts.append(Fact("", "no reason found"))
    known = event.evidence
    if known.get("company_of", 0) > 0:
        facts.append(Fact("Other targets", f"{known['company']:.0f} of {known['company_of']:.0f} do the same"))
    if isfinite(known.get("gap_h", float("nan"))):
        facts.append(Fact("To the next gap", duration(known["gap_h"] / 24)))
    return facts


def signal_facts(detection: Detection, event: Event, system: TimeSystem) -> list[Fact]:
    """The periodic signal that it belongs to."""
    number = event.evidence.get("signal", 0)
    if not 0 < number <= len(detection.scores.signals):
        return []
    signal = detection.scores.signals[int(number) - 1]
    facts = [Fact("Number", f"{int(number)}, {kind_of(signal.kind).label.lower()}")]
    if isfinite(signal.period_d):
        facts.append(Fact("Period", f"{significant(signal.period_d, 7)} d"))
    reference = detection.curve.reference
    shown = show_time(signal.epoch, reference, system if reference.known else TimeSystem.NATIVE)
    facts.append(Fact("Epoch", shown))
    facts.append(Fact("SNR, SDE", f"{signal.snr:.1f}, {signal.sde:.1f}"))
    return facts


def known_facts(detection: Detection, event: Event) -> list[Fact]:
    """What tables of known objects say of the target, and of this event."""
    matches = matches_of(detection.curve)
    facts = [Fact("" if place else "Target", match.told) for place, match in enumerate(matches)]
    place, hours = event.evidence.get("known", -1), event.evidence.get("known_h", 0.0)
    if 0 <= place < len(matches):
        late = f"{duration(hours / 24)} {'after' if hours > 0 else 'before'} the predicted middle"
        facts.append(Fact("This event", f"predicted for {matches[int(place)].known.name}, {late}"))
    return facts
