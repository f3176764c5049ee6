"""Remembers when the targets of a session had events, so that each can be compared with the others."""

from collections.abc import Sequence

from desktop_app.core.detection import Event
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.vetting import ALONE, Company

_MOST_TARGETS = 5000
_MOST_EVENTS = 200

Observed = tuple[str, str, str]
"""Mission, segment and what times count from: only what agrees in all of them can be compared."""


class CompanyBook:
    """Events of every target that was looked at, by what observed it and when."""

    def __init__(self) -> None:
        self._targets: dict[Observed, dict[str, tuple[tuple[float, float], ...]]] = {}

    def note(self, curve: LightCurve, events: Sequence[Event]) -> None:
        """Keep when ``events`` were, the strongest where they are many; the last detection of a target counts."""
        observed, name = _observed(curve), _name(curve)
        if not (observed[0] and observed[1] and name):
            return
        targets = self._targets.setdefault(observed, {})
        if name in targets or len(targets) < _MOST_TARGETS:
            strongest = sorted(events, key=lambda event: -event.score)[:_MOST_EVENTS]
            targets[name] = tuple(
                (float(curve.time[event.start]), float(curve.time[event.stop - 1])) for event in strongest
            )

    def company_of(self, curve: LightCurve) -> Company:
        """What other targets of the same mission and segment did; nobody where nothing is known of that."""
        observed, name = _observed(curve), _name(curve)
        others = {key: spans for key, spans in self._targets.get(observed, {}).items() if key != name}
        if not others:
            return ALONE
        spans = tuple((target, start, stop) for target, found in others.items() for start, stop in found)
        return Company(observed[0], observed[1], spans, tuple(others))


def _observed(curve: LightCurve) -> Observed:
    return curve.source.mission, curve.source.segment, curve.reference.label


def _name(curve: LightCurve) -> str:
    return curve.source.object_name or (curve.source.path.name if curve.source.path else "")
