"""What became of planted faults: which were found, as what, and how much was flagged where nothing was planted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from desktop_app.core.channels.faults import FAULTS, SIZES, Fault
from desktop_app.core.injection.results import wilson


@dataclass(frozen=True)
class FaultTry:
    """One fault and what became of it.

    Attributes
    ----------
    channel : str
        The part and the channel it was put into.
    size : int
        0 small, 1 medium, 2 large.
    fault : Fault
        In rows of the held-out stretch.
    score : float
        The highest on its rows; NaN where the detector looked at none.
    found : bool
        Whether rows are flagged there that are not without the fault.
    named : str
        The kind of the event that lies on it, "" for none.
    """

    channel: str
    size: int
    fault: Fault
    score: float
    found: bool
    named: str


@dataclass(frozen=True)
class FaultCount:
    """How many faults of one kind, or of one kind and size, were found.

    Attributes
    ----------
    kind, size : str
        ``size`` is "" for all sizes together.
    planted, found : int
    share, low, high : float
        Of those found, with Wilson's 95 % interval; NaN where none was planted.
    right : float
        Of those found the share whose event has a kind that fits; NaN where none was found.
    """

    kind: str
    size: str
    planted: int
    found: int
    share: float
    low: float
    high: float
    right: float


@dataclass(frozen=True, eq=False)
class FaultRecall:
    """What a detector found of planted faults, and what it flagged where nothing was planted.

    Attributes
    ----------
    detector, version, settings : str, int, mapping
        Who looked, and how.
    threshold : float
        From which score on samples were flagged.
    tries : tuple of FaultTry
    channels : tuple of str
        That were looked at, each by its part and name.
    nominal_samples, nominal_events : int
        Samples of the untouched held-out stretches, and the events in them: false ones.
    left_out : int
        Faults for which there was no channel or no room: a constant value cannot freeze.
    notes : tuple of str
        Which channels could not be looked at, and why.
    """

    detector: str
    version: int
    settings: Mapping[str, object]
    threshold: float
    tries: tuple[FaultTry, ...]
    channels: tuple[str, ...]
    nominal_samples: int
    nominal_events: int
    left_out: int = 0
    notes: tuple[str, ...] = ()

    @property
    def false_per_10k(self) -> float:
        """Events per 10,000 samples where nothing was planted; NaN where nothing was looked at."""
        return 1e4 * self.nominal_events / self.nominal_samples if self.nominal_samples else float("nan")

    @cached_property
    def per_kind(self) -> tuple[FaultCount, ...]:
        """Every kind, all sizes together, in the order of `FAULTS`."""
        return tuple(_count(kind, "", [one for one in self.tries if one.fault.kind == kind]) for kind in FAULTS)

    @cached_property
    def per_size(self) -> tuple[FaultCount, ...]:
        """Every kind and size."""
        return tuple(
            _count(kind, name, [one for one in self.tries if (one.fault.kind, one.size) == (kind, size)])
            for kind in FAULTS
            for size, name in enumerate(SIZES)
        )


def _count(kind: str, size: str, tries: Sequence[FaultTry]) -> FaultCount:
    found = [one for one in tries if one.found]
    hits = np.array([len(found)])
    low, high = wilson(hits, np.array([len(tries)]))
    fits = sum(one.named in FAULTS[kind].kinds for one in found)
    share = len(found) / len(tries) if tries else float("nan")
    right = fits / len(found) if found else float("nan")
    return FaultCount(kind, size, len(tries), len(found), share, float(low[0]), float(high[0]), right)
