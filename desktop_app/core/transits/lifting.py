"""Gives the dips of periodic signals the score of the signal: what all of them say together, each of them is."""

from collections.abc import Sequence

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import PeriodicSignal
from desktop_app.core.flattened import Flattened
from desktop_app.core.transits.around import light_of
from desktop_app.core.transits.checks import has_secondary
from desktop_app.core.transits.fit import Shape, second_shape, shape_of

CERTAIN = 5.0
"""The score of each dip of a signal that only just is one."""


def lift(values: Floats, flat: Flattened, signals: Sequence[PeriodicSignal], least_snr: float) -> None:
    """Raise the rows in dips of ``signals`` to the signal's score at least; ``values`` are changed in place.

    That is `CERTAIN` where all dips together are ``least_snr`` strong, and rises with the root of the signal to
    noise. A dip is left alone where the data are brighter than the baseline.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Scores of the rows of ``flat``.
    flat : Flattened
    signals : sequence of PeriodicSignal
    least_snr : float
    """
    light = light_of(flat)
    for signal in reversed(signals):
        shape = shape_of(signal, light.scale)
        _raise(values, flat, shape, _score(signal.snr, least_snr))
        if signal.kind == "eclipse" and has_secondary(signal.checks):
            _raise(values, flat, second_shape(signal, shape), _score(signal.checks["secondary"], least_snr))


def _score(snr: float, least_snr: float) -> float:
    return CERTAIN * float(np.sqrt(max(snr / least_snr, 1.0)))


def _raise(values: Floats, flat: Flattened, shape: Shape, score: float) -> None:
    curve = flat.curve
    first = np.ceil((curve.time[0] - shape.epoch) / shape.period_d)
    last = np.floor((curve.time[-1] - shape.epoch) / shape.period_d)
    middle = shape.epoch + shape.period_d * np.arange(first, last + 1)
    reach = 0.5 * max(shape.duration_d, curve.cadence_d)
    starts, stops = np.searchsorted(curve.time, middle - reach), np.searchsorted(curve.time, middle + reach)
    for start, stop in zip(starts, stops, strict=True):
        if start < stop and curve.residual[start:stop].sum() < 0:
            values[start:stop] = max(score, float(values[start:stop].max()))
