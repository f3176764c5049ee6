"""What periodic signals say of single events: a dip that comes back on time is no chance."""

from collections.abc import Sequence
from math import isfinite

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.detection import Event, PeriodicSignal
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.transits.checks import signal_of

_SAYS = 20.0
"""How much more likely the kind of the signal is for its dips: all of them were looked at together to find it."""
_ELSE = {"dip": 0.1}
"""What comes back on time is rarely an irregular dip."""


def membership(data: LightCurve, events: Sequence[Event], signals: Sequence[PeriodicSignal]) -> Ints:
    """Which of ``signals`` each event is a dip of; shape (m,), -1 for none and for what is brighter."""
    return np.array(
        [
            signal_of((float(data.time[event.start]), float(data.time[event.stop - 1])), signals)
            if signals and event.evidence.get("depth", np.nan) > 0
            else -1
            for event in events
        ],
        np.int64,
    )


def weights_of(place: Ints, signals: Sequence[PeriodicSignal], kinds: Sequence[str]) -> Floats:
    """What the probability of each kind is multiplied by; shape (m, kinds)."""
    weights = np.ones((place.size, len(kinds)))
    for number, signal in enumerate(signals):
        if isfinite(signal.period_d):
            of_signal = {**_ELSE, signal.kind: _SAYS}
            weights[place == number] = [of_signal.get(kind, 1.0) for kind in kinds]
    return weights


def signal_evidence(place: int, signals: Sequence[PeriodicSignal]) -> dict[str, float]:
    """Number, period, epoch of the signal that an event belongs to; nothing where it belongs to none."""
    if place < 0:
        return {}
    signal = signals[place]
    found = {"signal": place + 1.0, "epoch": signal.epoch}
    return {**found, "period_d": signal.period_d} if isfinite(signal.period_d) else found
