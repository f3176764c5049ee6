"""Adds to the evidence of events what is measured of those that are flares."""

from collections.abc import Sequence
from dataclasses import replace
from math import isnan

from desktop_app.core.detection import Event, Scores
from desktop_app.core.flares.measure import flare_evidence
from desktop_app.core.light_curve import LightCurve, magnitudes_in
from desktop_app.core.magnitudes import MAG_PER_RELATIVE_FLUX, relative_flux

FLARE = "flare"


def with_flares_measured(data: LightCurve, scores: Scores, events: Sequence[Event]) -> tuple[Event, ...]:
    """``events`` with the evidence of `flare_evidence` for those of kind flare, in the same order.

    Nothing is added where the scores have no tracks "baseline" and "noise".
    """
    if not any(event.kind == FLARE for event in events) or not {"baseline", "noise"} <= set(scores.tracks):
        return tuple(events)
    flux, baseline, noise = data.flux, scores.tracks["baseline"], scores.tracks["noise"]
    unit = magnitudes_in(data.flux_unit)
    if not isnan(unit):
        flux, noise = relative_flux(unit * flux, unit * baseline), unit * noise / MAG_PER_RELATIVE_FLUX
        baseline = 0.0 * baseline + 1.0
    residual = flux - baseline

    def measured(event: Event) -> Event:
        if event.kind != FLARE:
            return event
        more = flare_evidence(data.time, residual, baseline, noise, event.start, event.stop)
        return replace(event, evidence={**event.evidence, **more})

    return tuple(measured(event) for event in events)
