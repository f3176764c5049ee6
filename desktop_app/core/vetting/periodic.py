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
_LEAST = 1e-4


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


def together(likely: Floats, place: Ints, says: Sequence[str], kinds: Sequence[str]) -> Floats:
    """Probabilities of shape (m, kinds) once the dips of a signal are judged together, all of them of one kind.

    Each dip of a signal gets the mean logarithm of all its dips, and what the signal says for its own kind.

    Parameters
    ----------
    likely : ndarray, shape (m, kinds)
    place : ndarray of int, shape (m,)
        Which signal each event belongs to, -1 for none.
    says : sequence of str
        The kind that each signal speaks for; "" for one that came but once.
    kinds : sequence of str
    """
    found = likely.copy()
    for number, kind in enumerate(says):
        here = place == number
        if kind and here.any():
            weights = [{**_ELSE, kind: _SAYS}.get(name, 1.0) for name in kinds]
            found[here] = np.exp(np.log(np.maximum(likely[here], _LEAST)).mean(axis=0)) * weights
    return np.asarray(found / found.sum(axis=1, keepdims=True), np.float64)


def says_of(signals: Sequence[PeriodicSignal]) -> tuple[str, ...]:
    """The kind that each signal speaks for."""
    return tuple(signal.kind if isfinite(signal.period_d) else "" for signal in signals)


def signal_evidence(place: int, signals: Sequence[PeriodicSignal]) -> dict[str, float]:
    """Number, period, epoch of the signal that an event belongs to; nothing where it belongs to none."""
    if place < 0:
        return {}
    signal = signals[place]
    found = {"signal": place + 1.0, "epoch": signal.epoch}
    return {**found, "period_d": signal.period_d} if isfinite(signal.period_d) else found
