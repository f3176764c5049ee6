"""Whether other targets do the same at the same time: what many stars do at once, the spacecraft does."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Event
from desktop_app.core.light_curve import LightCurve

_FEWEST = 2
_WEIGHT = 2.0
_LIKE = 4.0
_PAD_D = 0.02


@dataclass(frozen=True)
class Company:
    """What other targets did at the same time.

    Attributes
    ----------
    mission, segment : str
        What all of them were observed by, and when: events of other spacecraft tell nothing.
    spans : tuple of (str, float, float)
        For each event of another target: the target, and its first and last time, on the time axis of the data.
    targets : tuple of str
        All that were looked at, those without an event too.
    """

    mission: str = ""
    segment: str = ""
    spans: tuple[tuple[str, float, float], ...] = ()
    targets: tuple[str, ...] = ()


ALONE = Company()


def coincidences(company: Company, data: LightCurve, events: Sequence[Event]) -> tuple[Floats, Floats, Floats]:
    """What the other targets say of each event; three arrays of shape (m,).

    Returns
    -------
    ndarray
        What they add to the logit of the instrument: grows with the number of targets that have an event of like
        length then, over the number expected by chance; 0 for fewer than two.
    ndarray, ndarray
        How many targets do, and of how many.
    """
    m = len(events)
    targets = sorted({*company.targets, *(name for name, _, _ in company.spans)})
    nothing = np.zeros(m)
    source = data.source
    if not targets or (company.mission, company.segment) != (source.mission, source.segment):
        return nothing, nothing, nothing
    number = {name: place for place, name in enumerate(targets)}
    owner = np.array([number[name] for name, _, _ in company.spans], np.int64)
    start = np.array([first for _, first, _ in company.spans], np.float64)
    stop = np.array([last for _, _, last in company.spans], np.float64)
    own_start = data.time[[event.start for event in events]]
    own_stop = data.time[[event.stop - 1 for event in events]]
    known = data.time[np.isfinite(data.time)]
    span_d = float(known[-1] - known[0]) or 1.0
    together, expected = np.zeros(m), np.zeros(m)
    for event in range(m):
        length = own_stop[event] - own_start[event]
        like = (stop - start) <= _LIKE * length + 2 * _PAD_D
        like &= length <= _LIKE * (stop - start) + 2 * _PAD_D
        near = like & (start <= own_stop[event] + _PAD_D) & (stop >= own_start[event] - _PAD_D)
        together[event] = np.unique(owner[near]).size
        covered = Counter[int]()
        for name, width in zip(owner[like], (stop - start)[like], strict=True):
            covered[int(name)] += (width + length + 2 * _PAD_D) / span_d
        expected[event] = sum(min(1.0, share) for share in covered.values())
    surprise = _WEIGHT * np.log((together + 0.5) / (expected + 0.5))
    return np.where(together >= _FEWEST, np.maximum(surprise, 0.0), 0.0), together, np.full(m, float(len(targets)))
