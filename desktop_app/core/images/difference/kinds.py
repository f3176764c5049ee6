"""What a change in the sky is: new, varying or moving, by what the template has at its place."""

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.images.difference.alert_numbers import AlertNumbers

CHANGES = ("transient", "variable", "moving")
_THERE_SNR = 6.0
_TRAILED = 1.7


def likely_changes(numbers: AlertNumbers) -> Floats:
    """How likely each of `CHANGES` is for real ones; shape (m, 3), rows sum to 1.

    A source at the place in the template varies. What is new beside other light is a transient. What is new with
    nothing near it, or trailed, moves: among alerts asteroids far outnumber transients without a host, and only
    another night tells them apart.
    """
    at = _rises(np.nan_to_num(numbers.template_snr), _THERE_SNR, 0.3)
    centred = _rises(np.nan_to_num(0.6 * numbers.fwhm_px / np.maximum(numbers.host_away_px, 0.3)), 1.0, 0.15)
    varies = np.where(numbers.sign < 0, 0.95, 0.98 * at * np.where(np.isfinite(numbers.host_away_px), centred, 0.0))
    hosted = _rises(np.nan_to_num(numbers.host_snr), _THERE_SNR, 0.25)
    longer = numbers.major_px / np.maximum(numbers.minor_px, 0.1)
    trailed = _rises(longer, _TRAILED, 0.1) * (numbers.minor_px > 0.6 * numbers.fwhm_px)
    moves = (1 - varies) * np.maximum(1 - hosted, 0.7 * trailed * (1 - at))
    # Without a template nothing tells what was there before.
    unknown = np.isnan(numbers.template_snr)
    varies, moves = np.where(unknown, 1 / 3, varies), np.where(unknown, np.where(trailed > 0.5, 0.5, 0.3), moves)
    return np.column_stack([1 - varies - moves, varies, moves])


def _rises(value: Floats, middle: float, width: float) -> Floats:
    """From 0 to 1 as the logarithm of ``value`` passes that of ``middle``."""
    step = (np.log(np.maximum(value, 1e-6)) - np.log(middle)) / width
    return np.asarray(1 / (1 + np.exp(-np.clip(step, -50, 50))), np.float64)


def reasons_of(numbers: AlertNumbers, place: int, kind: str) -> tuple[str, ...]:
    """Why a change is of its kind, in words for a person."""
    snr = f"a point source of {numbers.snr[place]:.0f} sigma in the difference"
    unknown = bool(np.isnan(numbers.template_snr[place]))
    match kind:
        case "variable":
            way = "brighter" if numbers.sign[place] > 0 else "fainter"
            share = numbers.flux[place] / numbers.template_flux[place] if numbers.template_flux[place] > 0 else np.nan
            by = f" by {abs(share):.0%}" if np.isfinite(share) else ""
            return f"it is {way} than in the template{by}", snr
        case "moving":
            longer = numbers.major_px[place] / max(float(numbers.minor_px[place]), 0.1)
            trail = (f"it is {longer:.1f} times longer than wide",) if longer > _TRAILED else ()
            near = np.nan_to_num(numbers.host_snr[place]) > _THERE_SNR
            before = "nothing was at its place before" if near else "nothing was there before, and nothing is near"
            return *trail, "there is no template" if unknown else before, snr
        case _ if unknown:
            return "there is no template to say what was there before", snr
        case _:
            away = numbers.host_away_px[place]
            host = f"the light of a source is {away:.1f} pixels away" if np.isfinite(away) else "no source is near"
            return "it was not there before", host, snr
