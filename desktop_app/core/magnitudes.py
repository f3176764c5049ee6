"""Magnitudes and relative fluxes, one from the other: a fainter star has more of the one and less of the other."""

from dataclasses import replace
from math import isnan, log

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Scores
from desktop_app.core.light_curve import LightCurve, magnitudes_in

# A small change of flux, relative to it, is this many magnitudes.
MAG_PER_RELATIVE_FLUX = 2.5 / log(10)
# Ten to the hundredth: more than any two stars differ, and still a number.
_MOST_MAGNITUDES = 250.0
_LEAST_BASELINE = 1e-3


def relative_flux(magnitude: Floats, reference: Floats | float) -> Floats:
    """The flux at ``magnitude`` over that at ``reference``, which broadcast; NaN where either is."""
    return np.power(10.0, -0.4 * np.clip(magnitude - reference, -_MOST_MAGNITUDES, _MOST_MAGNITUDES))


def in_flux(curve: LightCurve) -> LightCurve:
    """``curve`` as detectors look at it: magnitudes become fluxes relative to the median, others stay as they are."""
    unit = magnitudes_in(curve.flux_unit)
    if isnan(unit):
        return curve
    flux = relative_flux(unit * curve.flux, unit * _median(curve))
    return replace(curve, flux=flux, flux_err=flux * unit * curve.flux_err / MAG_PER_RELATIVE_FLUX, flux_unit="")


def in_unit_of(curve: LightCurve, scores: Scores) -> Scores:
    """Scores of ``in_flux(curve)`` with their tracks in the unit of ``curve``, as they are drawn over it."""
    unit = magnitudes_in(curve.flux_unit)
    if isnan(unit) or "baseline" not in scores.tracks:
        return scores
    baseline = np.maximum(scores.tracks["baseline"], _LEAST_BASELINE)
    tracks = dict(scores.tracks)
    tracks["baseline"] = _median(curve) - 2.5 * np.log10(baseline) / unit
    if "noise" in tracks:
        tracks["noise"] = MAG_PER_RELATIVE_FLUX * tracks["noise"] / baseline / unit
    if "step" in tracks:
        before = np.maximum(baseline - tracks["step"], _LEAST_BASELINE)
        tracks["step"] = np.where(tracks["step"] == 0, 0.0, -2.5 * np.log10(baseline / before) / unit)
    if "model" in tracks:
        model = np.maximum(tracks["model"], _LEAST_BASELINE)
        tracks["model"] = _median(curve) - 2.5 * np.log10(model) / unit
    return replace(scores, tracks=tracks)


def _median(curve: LightCurve) -> float:
    seen = curve.flux[curve.usable]
    return float(np.median(seen)) if seen.size else 0.0
