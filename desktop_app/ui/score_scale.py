"""What scores are counted in, how far the threshold goes, and how both are written: sigmas, or times the limit."""

from dataclasses import dataclass
from math import isfinite

from desktop_app.core.detector import DetectorSpec

SIGMA = "σ"


@dataclass(frozen=True)
class ScoreScale:
    """The unit of scores.

    Attributes
    ----------
    unit : str
    lowest, usual, highest : float
        Where thresholds may lie, and where they do until a detector is loaded.
    step : float
        How far one press of a key moves the threshold.
    decimals : int
    histogram_top : float
        The score that a histogram reaches to at least.
    """

    unit: str
    lowest: float
    usual: float
    highest: float
    step: float
    decimals: int
    histogram_top: float

    def text(self, score: float) -> str:
        """ "5.0 σ", "1.20 × limit"; "not looked at" where there is no score."""
        return f"{score:,.{self.decimals}f} {self.unit}" if isfinite(score) else "not looked at"

    def number(self, score: float) -> str:
        """ "5.0", "1.20": where the unit stands beside it anyway."""
        return f"{score:,.{self.decimals}f}"

    def within(self, threshold: float) -> float:
        """``threshold``, or the nearest one that may be."""
        return min(max(threshold, self.lowest), self.highest)


SIGMAS = ScoreScale(SIGMA, 1.0, 5.0, 1000.0, 0.5, 1, 10.0)
LIMITS = ScoreScale("× limit", 0.1, 1.0, 1000.0, 0.1, 2, 3.0)


def scale_of(spec: DetectorSpec) -> ScoreScale:
    """The scale that ``spec`` scores on."""
    return SIGMAS if spec.unit == SIGMA else LIMITS
