"""Tells real alerts from bogus ones: a logistic rule whose weights are never negative, so that each is a reason."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.images.difference.alert_numbers import AlertNumbers

_FAINT_SNR = 8.0
_BRIGHT_SNR = 20.0

REASONS = {
    "misfit": "it does not look like a point source",
    "lumpy": "what is left is no smooth source",
    "sharp": "it is sharper than the seeing: a cosmic ray or a bad pixel",
    "wide": "it is wider than the seeing",
    "long": "it is long and thin",
    "counter": "bright and dark lie side by side: two pictures that were not aligned",
    "negative": "much about it is of the other sign",
    "line": "it runs along a row or a column",
    "bad": "pixels about it have no value",
    "messy": "much else in its difference is no noise",
    "away": "it is off the middle",
    "absent": "the picture that should show it does not",
    "hole": "the science has a hole there",
    "flat": "its top is cut off: saturation",
    "faint": "it is hardly above the noise",
    "residue": "it is a small rest of a bright source",
    "rough residue": "it is a rest of a bright source, and not round",
}
"""What each doubt says, in words for a person."""


@dataclass(frozen=True, eq=False)
class AlertJudge:
    """The rule; `engine.train_alerts` makes it.

    Attributes
    ----------
    names : tuple of str
        The doubts that it weighs, d of them.
    weight : ndarray, shape (3, d)
        What the root of a doubt, the doubt and its square take from the logit of being real.
    start : float
        The logit without a doubt.
    logits, sigmas : ndarray, shape (k,)
        Rising: a bogus alert reaches a logit as rarely as a normal variable reaches the sigmas.
    """

    names: tuple[str, ...]
    weight: Floats
    start: float
    logits: Floats
    sigmas: Floats

    def doubts(self, numbers: AlertNumbers) -> Floats:
        """What each doubt takes from the logit; shape (m, d)."""
        found = doubts_of(numbers)
        return (powers(np.column_stack([found[name] for name in self.names])) * self.weight).sum(axis=1)

    def logit(self, doubts: Floats) -> Floats:
        """The logit of being real; shape (m,)."""
        return np.asarray(self.start - doubts.sum(axis=1), np.float64)

    def sigma(self, logit: Floats) -> Floats:
        """As unlikely as so many sigmas of a normal distribution among bogus alerts; shape (m,)."""
        inside = np.interp(logit, self.logits, self.sigmas)
        low = (self.sigmas[1] - self.sigmas[0]) / (self.logits[1] - self.logits[0])
        high = (self.sigmas[-1] - self.sigmas[-2]) / (self.logits[-1] - self.logits[-2])
        below = self.sigmas[0] + low * (logit - self.logits[0])
        above = self.sigmas[-1] + high * (logit - self.logits[-1])
        return np.where(logit < self.logits[0], below, np.where(logit > self.logits[-1], above, inside))


def powers(doubts: Floats) -> Floats:
    """The roots of doubts, themselves and their squares; shape (m, 3, d)."""
    return np.stack([np.sqrt(doubts), doubts, doubts**2], axis=1)


def doubts_of(numbers: AlertNumbers) -> Mapping[str, Floats]:
    """Reasons not to believe an alert, each 0 where there is none; shapes (m,)."""
    minor = np.log(np.maximum(numbers.minor_px, 0.1) / numbers.fwhm_px)
    longer = np.log(np.maximum(numbers.major_px, 0.1) / np.maximum(numbers.minor_px, 0.1))
    change = np.log10(np.maximum(np.abs(numbers.flux), 1e-30) / np.maximum(numbers.template_flux, 1e-30))
    residue = np.where(np.nan_to_num(numbers.template_snr) > _BRIGHT_SNR, np.clip(-change - 0.3, 0, 3), 0.0)
    return {
        "misfit": np.minimum(numbers.misfit, 2),
        "lumpy": np.minimum(numbers.misfit_free, 2),
        "sharp": np.clip(-minor - 0.2, 0, 2),
        "wide": np.clip(minor - 0.25, 0, 2),
        "long": np.clip(longer - 1.0, 0, 2),
        "counter": np.minimum(numbers.counter, 2),
        "negative": np.minimum(numbers.negative, 2),
        "line": np.clip(numbers.line - 0.1, 0, 1),
        "bad": np.minimum(numbers.bad, 0.5),
        "messy": np.minimum(10 * numbers.messy, 1),
        "away": np.clip(numbers.away_px - 1.0, 0, 3),
        "absent": np.clip(numbers.absent - 0.15, 0, 2),
        "hole": np.minimum(numbers.hole, 2),
        "flat": numbers.flat,
        "faint": np.log(np.maximum(_FAINT_SNR / np.maximum(numbers.snr, 0.5), 1.0)),
        "residue": np.nan_to_num(residue),
        "rough residue": np.nan_to_num(residue) * np.minimum(numbers.misfit + numbers.counter, 2),
    }
